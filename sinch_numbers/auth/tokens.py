"""An access token: its times, how it is stored, and how a response of the token endpoint is read. Pure."""

from __future__ import annotations

import json
import re
from typing import TypeGuard

import attrs

from .. import _defaults
from .._redaction import Secret
from ..errors import InvalidResponseError


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
