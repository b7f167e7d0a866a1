"""Basic authentication, and bearer tokens that the user provides."""

from __future__ import annotations

import base64
import inspect
from collections.abc import Awaitable, Callable
from typing import Protocol, TypeAlias, cast

from .._redaction import Secret
from ..errors import ConfigurationError
from .tokens import is_token

TokenFunction: TypeAlias = Callable[[], str | Awaitable[str]]
"""A function, sync or async, that returns a bearer token."""


class TokenProvider(Protocol):
    """Your own source of bearer tokens, such as a sidecar or a vault."""

    async def get_token(self, *, rejected: str | None = None) -> str:
        """Returns a bearer token. `rejected` is the token that the API has just rejected: return the same one to give up."""
        ...


class _Function:
    """A provider that calls a function for each exchange, and again after the API rejected its token."""

    def __init__(self, function: TokenFunction) -> None:
        self._function = function

    async def get_token(self, *, rejected: str | None = None) -> str:
        token = self._function()
        return await token if inspect.isawaitable(token) else token


def token_provider(auth: TokenProvider | TokenFunction) -> TokenProvider:
    """`auth` as a provider. Raises ConfigurationError if it is neither a provider nor a function."""
    if hasattr(auth, "get_token"):
        return cast("TokenProvider", auth)
    if callable(auth):
        return _Function(auth)
    raise ConfigurationError(
        f"auth must be 'oauth2', 'basic', a token provider or a function that returns a token, not {auth!r}"
    )


class BasicAuth:
    """Sends the key itself with every call. The API allows it for tests, with stricter rate limits."""

    def __init__(self, key_id: str, key_secret: Secret) -> None:
        self._value = basic(key_id, key_secret)

    def ready(self) -> Secret | None:
        return self._value

    async def credentials(self) -> Secret:
        return self._value

    async def renew(self, rejected: Secret) -> bool:
        return False

    def accepted(self) -> None:
        """Nothing to do."""


class BearerAuth:
    """Tokens from the user's provider."""

    def __init__(self, provider: TokenProvider) -> None:
        self._provider = provider

    def ready(self) -> Secret | None:
        return None

    async def credentials(self) -> Secret:
        return bearer(await self._provider.get_token())

    async def renew(self, rejected: Secret) -> bool:
        token = await self._provider.get_token(rejected=rejected.reveal().removeprefix("Bearer "))
        return f"Bearer {token}" != rejected.reveal()

    def accepted(self) -> None:
        """Nothing to do."""


def basic(key_id: str, key_secret: Secret) -> Secret:
    """The `Authorization` value of HTTP Basic (RFC 7617)."""
    pair = f"{key_id}:{key_secret.reveal()}".encode()
    return Secret("Basic " + base64.b64encode(pair).decode("ascii"))


def bearer(token: str) -> Secret:
    if not is_token(token):
        del token  # tracebacks show the locals of a frame
        raise ConfigurationError("the token provider returned something that is not a bearer token")
    return Secret(f"Bearer {token}")
