"""Which authenticator the client's options ask for, and the token endpoint that feeds the token cache."""

from __future__ import annotations

import json
import re
from typing import Literal

import attrs

from .. import _defaults
from .._generated.types import Request
from .._redaction import Secret
from .._sending.pipeline import Pipeline
from .._sending.settings import Settings, captured
from .._validation import check_secret, check_text
from ..errors import ConfigurationError, InvalidResponseError
from ..retry import Safety
from ..stores import Store
from . import (
    Authenticator,
    BasicAuth,
    BearerAuth,
    OAuth2TokenCache,
    Token,
    TokenProvider,
    is_token,
)

__all__ = ["authenticator"]

_REQUEST = Request(
    operation="Token", method="POST", path="/oauth2/token", query="", body=b"grant_type=client_credentials"
)


def authenticator(
    pipeline: Pipeline,
    auth: Literal["oauth2", "basic"] | TokenProvider,
    key_id: str,
    key_secret: Secret,
    auth_url: str,
    settings: Settings,
    store: Store,
) -> Authenticator:
    """What `auth` asks for; raises ConfigurationError where it is none of the three, or its key is missing."""
    if not isinstance(auth, str):
        return BearerAuth(auth)
    if auth not in {"oauth2", "basic"}:
        raise ConfigurationError(f"auth has to be 'oauth2', 'basic' or a token provider, not {auth!r}")
    check_text("key_id", key_id)
    basic = BasicAuth(key_id, check_secret("key_secret", key_secret))
    if auth == "basic":
        return basic
    return OAuth2TokenCache(
        fetch=_TokenEndpoint(pipeline, settings, basic, auth_url).fetch,
        store=store,
        identity=f"{auth_url} {key_id}",
        clock=pipeline.clock,
        tasks=pipeline.tasks,
    )


class _TokenEndpoint:
    """`POST /oauth2/token`, repeated as a read is: a token that nobody got harms nobody."""

    def __init__(self, pipeline: Pipeline, settings: Settings, key: BasicAuth, url: str) -> None:
        self._pipeline = pipeline
        # A token request is nobody's call: shown to a user's hook or in a list of raw answers, it would leak the token.
        self._settings = attrs.evolve(settings, on_response=None)
        self._key = key
        self._url = url

    async def fetch(self) -> Token:
        """A new token; raises what the pipeline does, and InvalidResponseError for an answer that has none."""
        captured.set(None)
        attempt = 1
        while True:
            try:
                return await self._once()
            except InvalidResponseError:
                # A proxy's page, say: as passing as a 502 that it did not call one.
                if attempt >= self._settings.retry.max_attempts:
                    raise
                if not await self._pipeline.pause(self._settings, attempt):
                    raise
            attempt += 1

    async def _once(self) -> Token:
        raw = await self._pipeline.send(
            _REQUEST,
            Safety.READ,
            self._settings,
            self._key,
            base_url=self._url,
            content_type="application/x-www-form-urlencoded",
        )
        return parse_token(raw.content, now=self._pipeline.clock.time(), url=raw.url)


def parse_token(content: bytes, *, now: float, url: str) -> Token:
    """The token of an answer of the token endpoint; raises InvalidResponseError where there is none in it."""
    fields = _token_fields(content)
    if fields is None:
        # The body is withheld, from the locals too: it may be a token in a form that is not understood.
        del content
        raise InvalidResponseError(
            "the token endpoint answered without an access_token", status_code=200, method="POST", url=url
        )
    value, lifetime = fields
    return Token(value=value, issued_at=now, expires_at=now + _seconds(lifetime))


def _token_fields(content: bytes) -> tuple[Secret, object] | None:
    try:
        fields = json.loads(content)
        value, lifetime = fields["access_token"], fields.get("expires_in")
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return (Secret(value), lifetime) if is_token(value) else None


def _seconds(lifetime: object) -> float:
    """The lifetime that a token endpoint tells, where it makes sense."""
    if isinstance(lifetime, str) and re.fullmatch(r"[0-9]{1,9}", lifetime):
        lifetime = int(lifetime)
    if isinstance(lifetime, bool) or not isinstance(lifetime, int | float):
        return _defaults.TOKEN_LIFETIME
    return float(lifetime) if 0 < lifetime <= _defaults.MAX_TOKEN_LIFETIME else _defaults.TOKEN_LIFETIME
