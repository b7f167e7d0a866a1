"""Basic, and bearer tokens from a provider of the user's."""

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
    """A source of bearer tokens of your own, such as a sidecar or a vault."""

    async def get_token(self, *, rejected: str | None = None) -> str:
        """A bearer token. `rejected` is one that the API has just rejected: return it again to give up."""
        ...


class _Function:
    """A provider made of a function: it is called for each exchange, and again after its token was rejected."""

    def __init__(self, function: TokenFunction) -> None:
        self._function = function

    async def get_token(self, *, rejected: str | None = None) -> str:
        token = self._function()
        return await token if inspect.isawaitable(token) else token


def token_provider(auth: TokenProvider | TokenFunction) -> TokenProvider:
    """`auth` as a provider; raises ConfigurationError if it cannot give tokens."""
    if hasattr(auth, "get_token"):
        return cast("TokenProvider", auth)
    if callable(auth):
        return _Function(auth)
    raise ConfigurationError(
        f"auth has to be 'oauth2', 'basic', a token provider or a function that returns a token, not {auth!r}"
    )


class BasicAuth:
    """The key itself, with every call; the API allows it for tests, with harder rate limits."""

    def __init__(self, key_id: str, key_secret: Secret) -> None:
        self._value = basic(key_id, key_secret)

    async def credentials(self) -> Secret:
        return self._value

    async def renew(self, rejected: Secret) -> bool:
        return False

    def accepted(self) -> None:
        """Nothing to do."""


class BearerAuth:
    """Tokens of the user's own provider."""

    def __init__(self, provider: TokenProvider) -> None:
        self._provider = provider

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
