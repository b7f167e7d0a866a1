"""The signature of callbacks: `X-Sinch-Signature` is the lower-case hex HMAC-SHA1 of the raw body.

The secret is that of the callback configuration, in UTF-8. The signature covers no time and no address, so a replay can
be told only by the event's id and age: `WebhookInbox` looks at both. Source: the Numbers API's page on callbacks.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Any, TypeAlias

from ..errors import ConfigurationError, SignatureError

HEADER = "x-sinch-signature"

Key: TypeAlias = hmac.HMAC
"""An HMAC of nothing so far, to be copied for each body: most of the work is to prepare the key."""
Body: TypeAlias = bytes | bytearray | memoryview
Headers: TypeAlias = Mapping[str, str] | Iterable[tuple[str | bytes, str | bytes]]
"""Request headers: a mapping, as web frameworks have it, or pairs, as in an ASGI scope."""

_SECRETS = 32
"""Secrets whose keys are kept."""
_LENGTH = 40
"""Hex digits of a SHA-1 digest."""
_DIGEST = re.compile(r"[0-9a-f]{40}")


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
    if not isinstance(signature, str) or not _is_signed(raw, signature, keys):
        raise _refusal(signature)


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


def check_secrets(secrets: str | Iterable[str]) -> tuple[Key, ...]:
    """The secrets as keys. Raises ConfigurationError for an empty one, which would let anybody sign, or for none."""
    keys: tuple[Any, ...]
    if isinstance(secrets, str):
        keys = (_key(secrets),)
    else:
        keys = tuple(_key(secret) if isinstance(secret, str) else None for secret in _several(secrets))
    if None in keys or not keys:
        del secrets  # tracebacks show the locals of a frame
        what = "has to be a string that is not empty" if keys else "is needed, and there is none"
        raise ConfigurationError(f"a secret of callbacks {what}")
    return keys


@lru_cache(_SECRETS)
def _key(secret: str) -> Key | None:
    """The secret as a key, made once; None if anybody could sign with it."""
    if not secret or secret.isspace():
        return None
    try:
        return hmac.new(secret.encode(), digestmod="sha1")
    except UnicodeEncodeError:
        return None  # not raised: the error holds the secret


def _several(secrets: Any) -> tuple[Any, ...]:
    # The keys of a mapping are hardly the secrets.
    if not isinstance(secrets, Mapping):
        with suppress(TypeError):
            return tuple(secrets)
    raise ConfigurationError("a secret of callbacks has to be a string that is not empty")


def materialized(headers: Headers) -> Headers:
    """The same headers, to be looked through more than once."""
    pairs: Any = headers
    return headers if hasattr(headers, "keys") else [*pairs]


def _all_values(headers: Any, wanted: str) -> list[str]:
    # Of two lines of one name, a mapping gives two items, or one with a comma, which is no signature.
    pairs: Iterable[tuple[str | bytes, str | bytes]] = (
        headers.items() if hasattr(headers, "keys") else headers
    )
    values: list[str] = []
    length = len(wanted)
    for name, value in pairs:
        # Most names have another length, which is seen sooner.
        if len(name) == length and _text(name).lower() == wanted:
            values.append(_text(value))
    return values


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _raw(body: Body) -> bytes:
    if isinstance(body, bytes):
        return body
    if isinstance(body, bytearray | memoryview):
        return bytes(body)
    raise TypeError(
        f"the body has to be the raw bytes of the request, not {type(body).__name__}: "
        "what was decoded and encoded again has another signature"
    )


def _is_signed(body: bytes, signature: str, keys: tuple[Key, ...]) -> bool:
    if len(signature) != _LENGTH or not signature.isascii():
        return False
    found = False
    for key in keys:
        # All are compared, so that the time taken does not tell which one it was.
        found |= hmac.compare_digest(_digest(body, key), signature)
    return found


def _refusal(signature: object) -> SignatureError:
    """Why a signature is not believed."""
    if signature is None or signature == "":
        return SignatureError("the callback has no X-Sinch-Signature header", reason="missing")
    if isinstance(signature, str) and "," in signature:
        # What a server makes of two header lines.
        return SignatureError("the callback has several X-Sinch-Signature headers", reason="several")
    if not isinstance(signature, str) or not _DIGEST.fullmatch(signature):
        return SignatureError("X-Sinch-Signature is not 40 lower-case hex digits", reason="malformed")
    return SignatureError(
        "the signature does not match the body: is it the raw body, and the project's current HMAC secret?",
        reason="mismatch",
    )


def _digest(body: bytes, key: Key) -> str:
    mac = key.copy()
    mac.update(body)
    return mac.hexdigest()
