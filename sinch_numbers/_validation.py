"""Checks of the arguments that a user passes, before anything is sent."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TypeVar
from urllib.parse import urlsplit

from . import _defaults
from ._redaction import Headers, Secret
from .errors import ConfigurationError

T = TypeVar("T")

_E164 = re.compile(r"\+[0-9]{7,15}")
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_HEADER_VALUE = re.compile(r"([!-~]([ -~\t]*[!-~])?)?")
_OWN_HEADERS = frozenset(
    {
        "accept",
        "accept-encoding",
        "authorization",
        "content-length",
        "content-type",
        "host",
        "transfer-encoding",
    }
)
_LOOPBACK = frozenset({"localhost", "::1"})


def check_phone_number(phone_number: str) -> str:
    """`phone_number` if it is E.164; otherwise raises ConfigurationError."""
    if not isinstance(phone_number, str) or not _E164.fullmatch(phone_number):
        raise ConfigurationError(
            f"phone_number must be E.164, '+' and 7 to 15 digits, such as '+12025550134', not {phone_number!r}"
        )
    return phone_number


def check_text(name: str, value: str) -> str:
    """`value` if it is a string that is not blank."""
    if not isinstance(value, str) or not value.strip():
        raise ConfigurationError(f"{name} must be a non-blank string, not {value!r}")
    return value


def check_secret(name: str, secret: Secret) -> Secret:
    """`secret` if it is text that is not blank. The error does not show it."""
    # An environment variable may contain a lone surrogate, which cannot be encoded in UTF-8.
    if not secret.is_text() or re.search("[\ud800-\udfff]", secret.reveal()):
        raise ConfigurationError(f"{name} must be a non-blank string")
    return secret


def check_id(name: str, value: str) -> str:
    """`value` if it can be a segment of a path."""
    check_text(name, value)
    if value in {".", ".."} or not value.isprintable() or value != value.strip():
        raise ConfigurationError(f"{name} cannot be {value!r}")
    return value


def check_count(name: str, value: int | None) -> int | None:
    """`value` if it is None or at least 1."""
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 1):
        raise ConfigurationError(f"{name} must be an integer of at least 1, not {value!r}")
    return value


def check_type(name: str, value: T | None, kind: type[T]) -> T | None:
    """`value` if it is None or a `kind`."""
    if value is not None and not isinstance(value, kind):
        raise ConfigurationError(f"{name} must be a {kind.__name__}, not {value!r}")
    return value


def with_headers(headers: Mapping[str, str], further: Mapping[str, str]) -> Headers:
    """`headers` and `further` ones, which replace headers of the same name, whatever the case of its letters.

    Raises ConfigurationError for a header that the client sets itself or that is not valid in HTTP. The error does not
    show the value.
    """
    for name in further:
        if not isinstance(name, str) or not _HEADER_NAME.fullmatch(name):
            raise ConfigurationError(f"{name!r} is not a valid header name")
        if name.lower() in _OWN_HEADERS:
            raise ConfigurationError(f"headers cannot set {name}: the client sets it")
        if not isinstance(further[name], str) or not _HEADER_VALUE.fullmatch(further[name]):
            raise ConfigurationError(f"the value of the header {name!r} is not valid in HTTP")
    replaced = {name.lower() for name in further}
    return Headers({**{name: headers[name] for name in headers if name.lower() not in replaced}, **further})


def check_several(name: str, values: Iterable[T] | None) -> list[T] | None:
    """`values` as a list. Raises ConfigurationError for a string: its letters are never meant."""
    if isinstance(values, str):
        raise ConfigurationError(f"{name} must be a list, such as [{values!r}], not one string")
    return None if values is None else list(values)


def check_base_url(name: str, url: str, *, allow_insecure: bool) -> str:
    """`url` without a trailing slash, if it is https, or http to this machine, or http with `allow_insecure`."""
    try:
        # urlsplit drops some characters silently: it would check another URL than the one that is used.
        if not re.fullmatch(r"[!-~]+", url) or {*url} & {*"?#\\"} or len(url) > _defaults.MAX_BASE_URL_LENGTH:
            raise ValueError
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except (ValueError, AttributeError, TypeError):
        host, parts = None, urlsplit("")
    if parts.scheme not in {"http", "https"} or not host or "@" in parts.netloc:
        raise ConfigurationError(
            f"{name} must be http(s)://host[:port][/path] without credentials, query or fragment"
        )
    if parts.scheme == "http" and not allow_insecure and not is_loopback(host):
        raise ConfigurationError(
            f"{name} is http to {host}, which sends the credentials unencrypted. Use https, or pass allow_insecure=True"
        )
    return url.rstrip("/")


def check_token_url(auth_url: str, *, base_url: str) -> None:
    """Raises ConfigurationError if `auth_url` is Sinch's, but `base_url` is this machine's, such as a sandbox's.

    Somebody forgot to set it, and the key of a test would be sent to Sinch.
    """
    production = urlsplit(_defaults.AUTH_URL).hostname
    if urlsplit(auth_url).hostname == production and is_loopback(urlsplit(base_url).hostname or ""):
        raise ConfigurationError(
            f"base_url is on this machine ({base_url}), but auth_url is {auth_url}. "
            "Set auth_url (SINCH_AUTH_URL) as well; a sandbox has the same URL for both"
        )


def is_loopback(host: str) -> bool:
    """Whether `host` is this machine."""
    return host in _LOOPBACK or re.fullmatch(r"127(\.[0-9]{1,3}){3}", host) is not None
