"""The request for an access token."""

from __future__ import annotations

import itertools

import attrs

from .._generated.types import Request
from .._sending.flow_control import flow_control
from .._sending.hooks import captured
from .._sending.pipeline import Pipeline
from .._sending.settings import Settings
from ..clock import Clock
from ..errors import InvalidResponseError, NumbersError, name_auth_url
from ..retry import Safety
from .schemes import BasicAuth
from .tokens import Token, parse_token

_REQUEST = Request(
    operation="Token", method="POST", path="/oauth2/token", query="", body=b"grant_type=client_credentials"
)


class TokenEndpoint:
    """`POST /oauth2/token`, retried like a read: a token lost in transit is harmless."""

    def __init__(
        self, pipeline: Pipeline, settings: Settings, key: BasicAuth, *, url: str, clock: Clock
    ) -> None:
        """`url` is the base URL of the host. `clock` gives the time at which a token was issued."""
        self._pipeline = pipeline
        # Hide token requests from hooks and raw_responses(): they would leak the token.
        # The rate limit is that of the API, which is another host.
        self._settings = attrs.evolve(settings, on_response=None, rate_limiter=None)
        self._key = key
        self._url = url
        self._clock = clock

    async def fetch(self) -> Token:
        """A new token. Raises what the pipeline raises, and InvalidResponseError if the response has no token."""
        captured.set(None)
        flow_control.set(None)  # all calls of a bulk run wait for it
        try:
            return await self._fetch()
        except NumbersError as error:
            name_auth_url(error)
            raise

    async def _fetch(self) -> Token:
        for attempt_number in itertools.count(1):
            raw = await self._pipeline.send(
                _REQUEST,
                Safety.READ,
                self._settings,
                self._key,
                base_url=self._url,
                content_type="application/x-www-form-urlencoded",
            )
            try:
                return parse_token(raw.content, now=self._clock.time(), url=raw.url)
            except InvalidResponseError:
                # E.g. a proxy's HTML page with status 200: as transient as a 502.
                if attempt_number >= self._settings.retry.max_attempts:
                    raise
                if not await self._pipeline.pause(self._settings, attempt_number):
                    raise
        raise AssertionError  # the loop has no other end
