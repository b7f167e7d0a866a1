"""What may be shown of an exchange: known-safe headers, and bodies without the secrets that they carry."""

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

# The value of any JSON member whose name speaks of a secret, closed or cut off by the end of the body.
_SECRET_MEMBER = re.compile(
    rb'("[^"\\]*(?:secret|token|password|assertion)[^"\\]*"\s*:\s*")((?:[^"\\]|\\.)*\\?)', re.IGNORECASE
)


class Secret:
    """A string that no repr, format, pickle or comparison of types gives away."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def is_text(self) -> bool:
        """Whether it is a string with something in it."""
        return isinstance(self._value, str) and bool(self._value.strip())

    def __repr__(self) -> str:
        return MASK

    def __bool__(self) -> bool:
        return bool(self._value)

    def __reduce__(self) -> tuple[type[Secret], tuple[str]]:
        return Secret, (MASK,)


class Headers(dict[str, str]):
    """Request headers whose repr is safe to show, for a debugger or an error tracker that prints locals."""

    def __repr__(self) -> str:
        return repr(redact_headers(self))


class Options(dict[str, Any]):
    """A client's options, of which the repr shows the names alone."""

    def __repr__(self) -> str:
        return repr(dict.fromkeys(self, MASK))


def redact_headers(headers: Mapping[str, str], secrets: Iterable[Secret] = ()) -> dict[str, str]:
    """The same header names, with the values of all but known-safe ones masked, and `secrets` in those."""
    safe = dict.fromkeys(headers, MASK)
    for name, value in headers.items():
        if name.lower() in _SAFE_HEADERS:
            for secret in filter(None, secrets):
                value = value.replace(secret.reveal(), MASK)
            safe[name] = value
    return safe


def redact_body(body: bytes, secrets: Iterable[Secret] = ()) -> bytes:
    """`body` without the values of secret members, and without `secrets` wherever they stand."""
    mask = MASK.encode()
    body = _SECRET_MEMBER.sub(rb"\1" + mask, body)
    for secret in filter(None, secrets):
        body = body.replace(secret.reveal().encode(), mask)
    return body


def secrets_of(authorization: Secret, body: bytes | None) -> tuple[Secret, ...]:
    """What a request holds that its answer could echo: the credentials without their scheme, and secret members."""
    members = _SECRET_MEMBER.finditer(body or b"")
    # The request's JSON is our own, so that its strings can be read back.
    found = [Secret(json.loads(b'"' + member[2] + b'"')) for member in members]
    return (Secret(authorization.reveal().partition(" ")[2]), *found)
