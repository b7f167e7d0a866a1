"""The signature of callbacks: `X-Sinch-Signature` is the lower-case hex HMAC-SHA1 of the raw body.

The secret is that of the callback configuration, in UTF-8. The signature covers no time and no address, so a replay can
be told only by the event's id and age: `WebhookInbox` looks at both. Source: the Numbers API's page on callbacks.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from ..errors import ConfigurationError, SignatureError

HEADER = "x-sinch-signature"

Body: TypeAlias = bytes | bytearray | memoryview
Headers: TypeAlias = Mapping[str, str] | Iterable[tuple[str | bytes, str | bytes]]
"""Request headers: a mapping, as web frameworks have it, or pairs, as in an ASGI scope."""

_DIGEST = re.compile(r"[0-9a-f]{40}")
# What frameworks call the method that returns all values of a header: Starlette and Werkzeug, aiohttp, http.client.
_ALL_VALUES = ("getlist", "getall", "get_all")


def sign(body: Body, secret: str) -> str:
    """The signature of `body`: what the API sends in `X-Sinch-Signature`."""
    [key] = check_secrets(secret)
    return _digest(_raw(body), key)


def verify(body: Body, signature: str | None, secrets: str | Iterable[str]) -> None:
    """Returns if `body` is signed with one of `secrets`; several are for the time of a rotation.

    Args:
        body: The request's body as it came, not decoded and encoded again.
        signature: The value of `X-Sinch-Signature`, None if there is no such header.
        secrets: One secret, or several of which any may have signed.

    Raises:
        SignatureError: The callback must not be believed. Its `reason` is `missing`, `malformed`, `several` or
            `mismatch`. It does not tell the signature that would be right.
        ConfigurationError: A secret is empty, or there is none.
        TypeError: `body` is not bytes.
    """
    keys = check_secrets(secrets)
    raw = _raw(body)
    if signature is None or signature == "":
        raise SignatureError("the callback has no X-Sinch-Signature header", reason="missing")
    if not isinstance(signature, str) or not _DIGEST.fullmatch(signature):
        if isinstance(signature, str) and "," in signature:
            # What a server makes of two header lines.
            raise SignatureError("the callback has several X-Sinch-Signature headers", reason="several")
        raise SignatureError("X-Sinch-Signature is not 40 lower-case hex digits", reason="malformed")
    # All are compared, so that the time taken does not tell which one it was.
    matches = [hmac.compare_digest(_digest(raw, key), signature) for key in keys]
    if not any(matches):
        raise SignatureError(
            "the signature does not match the body: is it the raw body, and the project's current HMAC secret?",
            reason="mismatch",
        )


def signature_of(headers: Headers) -> str | None:
    """The one `X-Sinch-Signature` header, its name in any case; None if there is none.

    Raises SignatureError if there are several: taking the first would let anybody put theirs before it.
    """
    values = _all_values(headers, HEADER)
    if len(values) > 1:
        raise SignatureError("the callback has several X-Sinch-Signature headers", reason="several")
    return values[0] if values else None


def header(headers: Headers, name: str) -> str | None:
    """The first header of this name (lower case), in lower case; None if there is none."""
    values = _all_values(headers, name)
    return values[0].strip().lower() if values else None


def check_secrets(secrets: str | Iterable[str]) -> tuple[bytes, ...]:
    """The secrets as keys. Raises ConfigurationError for an empty one, which would let anybody sign, or for none."""
    given = (secrets,) if isinstance(secrets, str) else _several(secrets)
    if not given:
        raise ConfigurationError("verifying callbacks needs a secret, and there is none")
    keys: list[bytes] = []
    for secret in given:
        if not isinstance(secret, str) or not secret.strip() or re.search("[\ud800-\udfff]", secret):
            del secrets, given, secret  # tracebacks show the locals of a frame
            raise ConfigurationError("a secret of callbacks has to be a string that is not empty")
        keys.append(secret.encode())
    return tuple(keys)


def _several(secrets: Any) -> tuple[Any, ...]:
    if secrets is None or isinstance(secrets, bytes | Mapping):
        raise ConfigurationError("a secret of callbacks has to be a string that is not empty")
    try:
        return tuple(secrets)
    except TypeError:
        raise ConfigurationError("a secret of callbacks has to be a string that is not empty") from None


def materialized(headers: Headers) -> Headers:
    """The same headers, to be looked through more than once."""
    pairs: Any = headers
    return headers if hasattr(headers, "keys") else [*pairs]


def _all_values(headers: Any, wanted: str) -> list[str]:
    for name in _ALL_VALUES:
        if (method := getattr(headers, name, None)) is not None:
            try:
                return [_text(value) for value in method(wanted) or ()]
            except KeyError:
                return []
    pairs: Iterable[tuple[str | bytes, str | bytes]] = (
        headers.items() if hasattr(headers, "keys") else headers
    )
    return [_text(value) for name, value in pairs if _text(name).lower() == wanted]


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _raw(body: Body) -> bytes:
    if isinstance(body, bytes | bytearray | memoryview):
        return bytes(body)
    raise TypeError(
        f"the body has to be the raw bytes of the request, not {type(body).__name__}: "
        "what was decoded and encoded again has another signature"
    )


def _digest(body: bytes, key: bytes) -> str:
    return hmac.digest(key, body, "sha1").hex()
