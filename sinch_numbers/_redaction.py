"""What may be shown of an exchange: headers known to be safe, and bodies without their secrets."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

MASK = "***"

_SAFE_HEADERS = frozenset(
    {
        "allow",
        "cache-control",
        "content-encoding",
        "content-length",
        "content-type",
        "date",
        "retry-after",
        "server",
        "traceparent",
        "user-agent",
        "via",
        "www-authenticate",
        "x-envoy-ratelimited",
        "x-request-id",
    }
)

# The value of any JSON member with a name like that of a secret. The end of the body may cut the value off.
_SECRET_MEMBER = re.compile(
    rb'("[^"\\]*(?:secret|token|password|assertion)[^"\\]*"\s*:\s*")((?:[^"\\]|\\.)*\\?)', re.IGNORECASE
)


class Secret:
    """A string that its repr, format and pickle do not reveal."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def is_text(self) -> bool:
        """Whether it is a string that is not blank."""
        return isinstance(self._value, str) and bool(self._value.strip())

    def __repr__(self) -> str:
        return MASK

    def __bool__(self) -> bool:
        return bool(self._value)

    def __reduce__(self) -> tuple[type[Secret], tuple[str]]:
        return Secret, (MASK,)


class Headers(dict[str, str]):
    """Request headers with a repr that is safe to show: debuggers and error trackers print local variables."""

    def __repr__(self) -> str:
        return repr(redact_headers(self))


class Options(dict[str, Any]):
    """A client's options. The repr shows only their names."""

    def __repr__(self) -> str:
        return repr(dict.fromkeys(self, MASK))


def redact_headers(headers: Mapping[str, str], secrets: Iterable[Secret] = ()) -> dict[str, str]:
    """The headers, with all values masked except the known-safe ones. In those, `secrets` are masked."""
    safe = dict.fromkeys(headers, MASK)
    for name, value in headers.items():
        if name.lower() in _SAFE_HEADERS:
            for secret in filter(None, secrets):
                value = value.replace(secret.reveal(), MASK)
            safe[name] = value
    return safe


def redact_body(body: bytes, secrets: Iterable[Secret] = ()) -> bytes:
    """`body` with the values of secret members masked, and `secrets` masked everywhere."""
    mask = MASK.encode()
    body = _SECRET_MEMBER.sub(rb"\1" + mask, body)
    for secret in filter(None, secrets):
        body = body.replace(secret.reveal().encode(), mask)
    return body


def secrets_of(authorization: Secret, body: bytes | None) -> tuple[Secret, ...]:
    """The secrets in a request that its response could echo: the credentials without their scheme, and secret members."""
    members = _SECRET_MEMBER.finditer(body or b"")
    # We wrote the request's JSON, so its strings can be decoded.
    found = [Secret(json.loads(b'"' + member[2] + b'"')) for member in members]
    return (Secret(authorization.reveal().partition(" ")[2]), *found)
