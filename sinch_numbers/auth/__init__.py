"""How a call proves who it is: OAuth2 client credentials with a token cache, Basic, or a bearer of one's own.

The cache refreshes in the background ahead of expiry while the old token serves, lets callers wait only where no
usable token is left, and asks once for all of them. Source: the Numbers API's pages on OAuth 2.0 and Basic.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import logging
import re
from collections.abc import Awaitable, Callable
from copy import copy
from typing import Protocol, TypeGuard

import attrs

from .. import _defaults
from .._redaction import Secret
from .._sending.tasks import TaskClosed, TaskGroup, shielded
from ..attempts import Sent
from ..clock import Clock
from ..errors import APIConnectionError, ConfigurationError, NumbersError
from ..stores import Store

__all__ = ["Authenticator", "BasicAuth", "BearerAuth", "OAuth2TokenCache", "Token", "TokenProvider"]

logger: logging.Logger = logging.getLogger("sinch_numbers.auth")


class TokenProvider(Protocol):
    """A source of bearer tokens of one's own, such as a sidecar or a vault."""

    async def get_token(self, *, rejected: str | None = None) -> str:
        """A bearer token. `rejected` is one that the API has just refused: return it again to give up."""
        ...


class Authenticator(Protocol):
    """What the pipeline asks for each exchange."""

    async def credentials(self) -> Secret:
        """The value of the `Authorization` header."""
        ...

    async def renew(self, rejected: Secret) -> bool:
        """After a 401: whether another attempt has other credentials than `rejected`."""
        ...

    def accepted(self) -> None:
        """Hears that the API took the credentials, whatever it said to the call."""
        ...


class BasicAuth:
    """The key itself, with every call; the API allows it for tests, with harder rate limits."""

    def __init__(self, key_id: str, key_secret: Secret) -> None:
        self._value = basic(key_id, key_secret)

    async def credentials(self) -> Secret:
        return self._value

    async def renew(self, rejected: Secret) -> bool:
        return False

    def accepted(self) -> None:
        """Needs no news."""


class BearerAuth:
    """Tokens of the user's own provider."""

    def __init__(self, provider: TokenProvider) -> None:
        self._provider = provider

    async def credentials(self) -> Secret:
        return _bearer(await self._provider.get_token())

    async def renew(self, rejected: Secret) -> bool:
        token = await self._provider.get_token(rejected=rejected.reveal().removeprefix("Bearer "))
        return f"Bearer {token}" != rejected.reveal()

    def accepted(self) -> None:
        """Needs no news."""


def basic(key_id: str, key_secret: Secret) -> Secret:
    """The `Authorization` value of HTTP Basic (RFC 7617)."""
    pair = f"{key_id}:{key_secret.reveal()}".encode()
    return Secret("Basic " + base64.b64encode(pair).decode("ascii"))


def _bearer(token: str) -> Secret:
    if not is_token(token):
        del token  # tracebacks show the locals of a frame
        raise ConfigurationError("the token provider returned something that is no bearer token")
    return Secret(f"Bearer {token}")


def is_token(value: object) -> TypeGuard[str]:
    """Whether a header can carry it."""
    return isinstance(value, str) and re.fullmatch(r"[!-~]+", value) is not None


@attrs.frozen(kw_only=True)
class Token:
    """An access token. The times are in seconds since the epoch."""

    value: Secret
    issued_at: float
    expires_at: float

    @property
    def refresh_at(self) -> float:
        """From here on it is renewed in the background."""
        return self.expires_at - min(_defaults.TOKEN_REFRESH_AHEAD, 0.2 * (self.expires_at - self.issued_at))

    @property
    def usable_until(self) -> float:
        """From here on callers wait for the next: the API's clock may be ahead of ours."""
        return self.expires_at - min(_defaults.TOKEN_EXPIRY_MARGIN, 0.05 * (self.expires_at - self.issued_at))

    def to_bytes(self) -> bytes:
        fields = {"value": self.value.reveal(), "issued_at": self.issued_at, "expires_at": self.expires_at}
        return json.dumps(fields).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> Token | None:
        """The token that `to_bytes` wrote, or None where something else stands in the store."""
        try:
            fields = json.loads(data)
            value, issued_at, expires_at = fields["value"], fields["issued_at"], fields["expires_at"]
            return cls(value=Secret(str(value)), issued_at=float(issued_at), expires_at=float(expires_at))
        except (ValueError, TypeError, KeyError, RecursionError):
            return None


class OAuth2TokenCache:
    """One token for all callers, renewed ahead of its expiry, shared through `store` where several processes use one.

    `fetch` performs the token request, its retries included. After it failed, callers without a usable token get
    its error at once for a short while instead of asking again.
    """

    def __init__(
        self,
        *,
        fetch: Callable[[], Awaitable[Token]],
        store: Store,
        identity: str,
        clock: Clock,
        tasks: TaskGroup,
    ) -> None:
        self._fetch = fetch
        self._store = store
        self._key = "sinch-numbers/token/" + hashlib.sha256(identity.encode()).hexdigest()
        self._clock = clock
        self._tasks = tasks
        self._token: Token | None = None
        self._refresh: asyncio.Task[Token] | None = None
        self._rejected: str | None = None
        self._doubted_since: float | None = None
        self._failure: NumbersError | None = None
        self._closed_until = 0.0

    async def credentials(self) -> Secret:
        token = self._token
        now = self._clock.time()
        if token is None or now >= token.usable_until:
            token = await self._renewal()
        elif now >= token.refresh_at and not self._failing():
            self._refreshing()
        return _bearer(token.value.reveal())

    async def renew(self, rejected: Secret) -> bool:
        token = self._token
        if token is not None and _bearer(token.value.reveal()).reveal() == rejected.reveal():
            now = self._clock.monotonic()
            if self._doubted_since is not None and now - self._doubted_since < _defaults.TOKEN_FAILURE_PAUSE:
                # It came in place of one that was refused, and is refused too: it is not the token that is wrong.
                return False
            # Still the cached one: nobody has renewed it since. Later 401s of the same token find another here.
            self._token = None
            self._rejected = token.value.reveal()
            self._doubted_since = now
        return True

    def accepted(self) -> None:
        self._doubted_since = None

    async def _renewal(self) -> Token:
        refresh = self._refreshing()
        try:
            return await shielded(refresh)
        except NumbersError as error:
            # All that wait get the same failure: each its own copy, or their tracebacks would run together.
            raise _twin(error) from error.__cause__
        except TaskClosed:
            raise APIConnectionError("the client was closed meanwhile", sent=Sent.NEVER) from None

    def _failing(self) -> bool:
        return self._failure is not None and self._clock.monotonic() < self._closed_until

    def _refreshing(self) -> asyncio.Task[Token]:
        """The one refresh that is under way in this loop, started if there is none."""
        loop = asyncio.get_running_loop()
        if self._refresh is None or self._refresh.done() or self._refresh.get_loop() is not loop:
            self._refresh = self._tasks.start(self._renewed(), name="sinch-numbers token refresh")
        return self._refresh

    async def _renewed(self) -> Token:
        if self._failing() and self._failure is not None:
            raise _twin(self._failure)
        token = await self._from_store()
        if token is None:
            token = await self._from_endpoint()
        self._token = token
        return token

    async def _from_store(self) -> Token | None:
        try:
            stored = await self._store.get(self._key)
        except Exception:
            logger.warning("the token store failed; a token is requested instead", exc_info=True)
            return None
        token = Token.from_bytes(stored) if stored is not None else None
        if token is None or self._clock.time() >= token.refresh_at or token.value.reveal() == self._rejected:
            return None
        return token

    async def _from_endpoint(self) -> Token:
        try:
            token = await self._fetch()
        except NumbersError as error:
            logger.warning("no access token: %s", error)
            self._failure = _twin(error)
            self._closed_until = self._clock.monotonic() + _defaults.TOKEN_FAILURE_PAUSE
            raise
        self._failure = None
        try:
            await self._store.set(self._key, token.to_bytes(), ttl=token.expires_at - self._clock.time())
        except Exception:
            # The token is good all the same, and without it each call would ask for another.
            logger.warning("the token store failed; the token is kept in this client alone", exc_info=True)
        return token


def _twin(error: NumbersError) -> NumbersError:
    """The same error without a traceback, which would grow with each time that it is raised."""
    twin = copy(error)
    twin.__cause__ = error.__cause__
    return twin
