"""One access token for all calls of a client, and through a store for several processes.

The token is refreshed in the background ahead of expiry while it still serves. Callers wait only if no usable token
is left, and one request serves all of them. Source: the Numbers API's pages on OAuth 2.0.
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
    """One token for all callers, renewed ahead of its expiry, shared through `store` if several processes use one.

    `fetch` performs the token request, its retries included. After it failed, callers without a usable token get
    its error at once for a short while instead of asking again.
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
            # Each waiter gets a copy; raising one instance repeatedly would grow its traceback.
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
        token = None if self._store is None else await self._from_store(self._store)
        if token is None:
            token = await self._from_endpoint()
        self._token = token
        return token

    async def _from_store(self, store: BoundedStore) -> Token | None:
        try:
            stored = await store.get(self._key)
        except StoreError:
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
        if self._store is None:
            return token
        try:
            await self._store.set(self._key, token.to_bytes(), ttl=token.expires_at - self._clock.time())
        except StoreError:
            # The token is good all the same, and without it each call would ask for another.
            logger.warning("the token store failed; the token is kept in this client alone", exc_info=True)
        return token


def _twin(error: NumbersError) -> NumbersError:
    """The same error without a traceback, which would grow with each time that it is raised."""
    twin = copy(error)
    twin.__cause__ = error.__cause__
    return twin
