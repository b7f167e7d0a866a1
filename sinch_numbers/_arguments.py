"""Checks of what a user passes, before anything is sent."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from .errors import ConfigurationError

__all__ = ["check_base_url", "check_count", "check_id", "check_phone_number", "check_text"]

_E164 = re.compile(r"\+[0-9]{7,15}")
_LOOPBACK = frozenset({"localhost", "::1"})


def check_phone_number(phone_number: str) -> str:
    """`phone_number` where it is E.164; else raises ConfigurationError."""
    if not isinstance(phone_number, str) or not _E164.fullmatch(phone_number):
        raise ConfigurationError(
            f"phone_number has to be E.164, '+' and 7 to 15 digits, such as '+12025550134', not {phone_number!r}"
        )
    return phone_number


def check_text(name: str, value: str) -> str:
    """`value` where it is a string with something in it."""
    if not isinstance(value, str) or not value.strip():
        raise ConfigurationError(f"{name} has to be a string that is not empty, not {value!r}")
    return value


def check_id(name: str, value: str) -> str:
    """`value` where it can be a segment of a path."""
    check_text(name, value)
    if value in {".", ".."} or not value.isprintable() or value != value.strip():
        raise ConfigurationError(f"{name} cannot be {value!r}")
    return value


def check_count(name: str, value: int | None) -> int | None:
    """`value` where it is None or at least 1."""
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 1):
        raise ConfigurationError(f"{name} has to be a whole number of at least 1, not {value!r}")
    return value


def check_base_url(name: str, url: str, *, allow_insecure: bool) -> str:
    """`url` without a slash at the end, where it is https, or http to this machine, or `allow_insecure`."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except (ValueError, AttributeError, TypeError):
        raise ConfigurationError(f"{name} is no URL: {url!r}") from None
    if (
        parts.scheme not in {"http", "https"}
        or not host
        or parts.query
        or parts.fragment
        or "@" in parts.netloc
    ):
        raise ConfigurationError(
            f"{name} has to be http(s)://host[:port][/path] without credentials, query or fragment"
        )
    if parts.scheme == "http" and not allow_insecure and not _is_loopback(host):
        raise ConfigurationError(
            f"{name} is http to {host}: the credentials would be readable on the way. Use https, or pass allow_insecure=True"
        )
    return url.rstrip("/")


def _is_loopback(host: str) -> bool:
    return host in _LOOPBACK or re.fullmatch(r"127(\.[0-9]{1,3}){3}", host) is not None
