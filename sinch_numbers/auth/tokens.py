"""An access token: when to renew it, its form in a store, and the parser of a token response. Pure."""

from __future__ import annotations

import json
import re
from typing import TypeGuard

import attrs

from .. import _defaults
from .._redaction import Secret
from ..errors import InvalidResponseError


def is_token(value: object) -> TypeGuard[str]:
    """Whether `value` is a string that a header can contain."""
    return isinstance(value, str) and re.fullmatch(r"[!-~]+", value) is not None


@attrs.frozen(kw_only=True)
class Token:
    """An access token. Times are in seconds since the epoch."""

    value: Secret
    issued_at: float
    expires_at: float
    authorization: Secret = attrs.field(init=False)
    """The value of the `Authorization` header."""
    refresh_at: float = attrs.field(init=False)
    """When to renew it in the background."""
    usable_until: float = attrs.field(init=False)
    """When to stop using it. It is before the expiry because the API's clock may be ahead of ours."""

    def __attrs_post_init__(self) -> None:
        # Computed once, not for each call.
        life = self.expires_at - self.issued_at
        times = {
            "authorization": Secret(f"Bearer {self.value.reveal()}"),
            "refresh_at": self.expires_at - min(_defaults.TOKEN_REFRESH_AHEAD, 0.2 * life),
            "usable_until": self.expires_at - min(_defaults.TOKEN_EXPIRY_MARGIN, 0.05 * life),
        }
        for name, value in times.items():
            object.__setattr__(self, name, value)

    def to_bytes(self) -> bytes:
        """The token as it is kept in a store."""
        fields = {"value": self.value.reveal(), "issued_at": self.issued_at, "expires_at": self.expires_at}
        return json.dumps(fields).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> Token | None:
        """The token that `to_bytes` wrote, or None if `data` is anything else."""
        try:
            fields = json.loads(data)
            value = fields["value"]
            issued_at, expires_at = float(fields["issued_at"]), float(fields["expires_at"])
            # A token that never expires, as with NaN, would be used until the API rejects it.
            if not is_token(value) or not 0 < expires_at - issued_at <= _defaults.MAX_TOKEN_LIFETIME:
                return None
            return cls(value=Secret(value), issued_at=issued_at, expires_at=expires_at)
        except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
            return None


def parse_token(content: bytes, *, now: float, url: str) -> Token:
    """The token in a response of the token endpoint. Raises InvalidResponseError if there is none."""
    fields = _token_fields(content)
    if fields is None:
        # The error does not show the body, nor does its traceback: it may contain a token in an unknown format.
        del content
        raise InvalidResponseError(
            "the response of the token endpoint has no access_token", status_code=200, method="POST", url=url
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
    """`expires_in` as seconds, or the default lifetime if it is not believable."""
    if isinstance(lifetime, str) and re.fullmatch(r"[0-9]{1,9}", lifetime):
        lifetime = int(lifetime)
    if isinstance(lifetime, bool) or not isinstance(lifetime, int | float):
        return _defaults.TOKEN_LIFETIME
    return float(lifetime) if 0 < lifetime <= _defaults.MAX_TOKEN_LIFETIME else _defaults.TOKEN_LIFETIME
