"""One access token for all calls of a client, and, through a store, for several processes.

The token is renewed in the background before it expires. Callers wait only if there is no usable token, and one token
request serves all of them. Source: the Numbers API's pages on OAuth 2.0.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable
from copy import copy

from .. import _defaults
from .._redaction import Secret
from .._sending.tasks import TaskClosed, TaskGroup, shielded
from ..attempts import Sent
from ..clock import Clock
from ..errors import APIConnectionError, NumbersError, StoreError
from ..stores.bounded import BoundedStore
from .tokens import Token

logger: logging.Logger = logging.getLogger("sinch_numbers.auth")


class OAuth2TokenCache:
    """One token for all callers, renewed before it expires. `store`, if there is one, shares it among processes.

    `fetch` requests a token, including retries. For a short while after it failed, callers without a usable token get
    its error at once, and no token is requested.
    """

    def __init__(
        self,
        *,
        fetch: Callable[[], Awaitable[Token]],
        store: BoundedStore | None,
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

    def ready(self) -> Secret | None:
        token = self._token
        return token.authorization if token is not None and self._clock.time() < token.refresh_at else None

    async def credentials(self) -> Secret:
        token = self._token
        now = self._clock.time()
        if token is None or now >= token.usable_until:
            token = await self._renewal()
        elif now >= token.refresh_at and not self._failing():
            self._refreshing()
        return token.authorization

    async def renew(self, rejected: Secret) -> bool:
        token = self._token
        if token is not None and token.authorization.reveal() == rejected.reveal():
            now = self._clock.monotonic()
            if self._doubted_since is not None and now - self._doubted_since < _defaults.TOKEN_FAILURE_PAUSE:
                # The replacement was rejected as well, so the token is not the problem.
                return False
            # Only the first 401 of a token gets here: later ones find another token in the cache.
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
            # Each waiter gets a copy; raising one instance repeatedly would grow its traceback.
            raise _twin(error) from error.__cause__
        except TaskClosed:
            raise APIConnectionError(
                "the client was closed during the token request", sent=Sent.NEVER
            ) from None

    def _failing(self) -> bool:
        return self._failure is not None and self._clock.monotonic() < self._closed_until

    def _refreshing(self) -> asyncio.Task[Token]:
        """The task that renews the token in this loop. Starts one if none is running."""
        loop = asyncio.get_running_loop()
        if self._refresh is None or self._refresh.done() or self._refresh.get_loop() is not loop:
            self._refresh = self._tasks.start(self._renewed(), name="sinch-numbers token refresh")
        return self._refresh

    async def _renewed(self) -> Token:
        if self._failing() and self._failure is not None:
            raise _twin(self._failure)
        token = None if self._store is None else await self._from_store(self._store)
        if token is None:
            token = await self._from_endpoint()
        self._token = token
        return token

    async def _from_store(self, store: BoundedStore) -> Token | None:
        try:
            stored = await store.get(self._key)
        except StoreError:
            logger.warning("the token store failed; requesting a token instead", exc_info=True)
            return None
        token = Token.from_bytes(stored) if stored is not None else None
        if token is None or self._clock.time() >= token.refresh_at or token.value.reveal() == self._rejected:
            return None
        return token

    async def _from_endpoint(self) -> Token:
        try:
            token = await self._fetch()
        except NumbersError as error:
            logger.warning("the token request failed: %s", error)
            self._failure = _twin(error)
            self._closed_until = self._clock.monotonic() + _defaults.TOKEN_FAILURE_PAUSE
            raise
        self._failure = None
        if self._store is None:
            return token
        try:
            await self._store.set(self._key, token.to_bytes(), ttl=token.expires_at - self._clock.time())
        except StoreError:
            # The token is valid nonetheless, and without it each call would request another.
            logger.warning("the token store failed; only this client keeps the token", exc_info=True)
        return token


def _twin(error: NumbersError) -> NumbersError:
    """A copy of the error without its traceback, which would grow each time that the error is raised."""
    twin = copy(error)
    twin.__cause__ = error.__cause__
    return twin
