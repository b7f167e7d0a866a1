"""What may be shown of an exchange: known-safe headers, and bodies without the secrets that they carry."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

__all__ = ["MASK", "Headers", "Secret", "redact_body", "redact_headers"]

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


def redact_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """The same header names, with the values of all but known-safe ones masked."""
    return {name: value if name.lower() in _SAFE_HEADERS else MASK for name, value in headers.items()}


def redact_body(body: bytes, secrets: Iterable[Secret] = ()) -> bytes:
    """`body` without the values of secret members, and without `secrets` wherever they stand."""
    mask = MASK.encode()
    body = _SECRET_MEMBER.sub(rb"\1" + mask, body)
    for secret in secrets:
        if value := secret.reveal().encode():
            body = body.replace(value, mask)
    return body
