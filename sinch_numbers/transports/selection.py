"""The transport of a client, from its options `transport`, `http_client` and `max_response_size`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any, cast

from .. import _defaults
from .._validation import check_count
from ..errors import ConfigurationError
from . import Transport

# An HTTP library is imported only if it is used.
_NAMED = {"httpx": "HttpxTransport", "httpx2": "Httpx2Transport", "aiohttp": "AiohttpTransport"}
_CLIENTS = {
    "httpx": ("AsyncClient", "httpx_client", "HttpxClientTransport"),
    "httpx2": ("AsyncClient", "httpx_client", "HttpxClientTransport"),
    "aiohttp": ("ClientSession", "aiohttp", "AiohttpSessionTransport"),
}
_NAMES = ", ".join(repr(name) for name in _NAMED)


def select_transport(
    transport: object, http_client: object, max_response_size: int | None = None
) -> tuple[Transport, bool]:
    """The transport, and whether the client closes it: it closes only what it has made.

    Raises ConfigurationError for anything that is not a transport or an asynchronous HTTP client that is supported.
    """
    if transport is not None and http_client is not None:
        raise ConfigurationError("pass transport or http_client, not both")
    limit = _defaults.MAX_RESPONSE_SIZE if max_response_size is None else max_response_size
    check_count("max_response_size", limit)
    if http_client is not None:
        adapter = _adapter(http_client)
        if adapter is None:
            raise ConfigurationError(
                "http_client must be an httpx.AsyncClient, httpx2.AsyncClient or aiohttp.ClientSession, "
                f"not {_kind(http_client)}"
            )
        return adapter(http_client, max_response_size=limit), False
    if transport is None or isinstance(transport, str):
        return _named("httpx" if transport is None else transport, limit), True
    if (
        isinstance(transport, type)
        or not callable(getattr(transport, "send", None))
        or not callable(getattr(transport, "aclose", None))
    ):
        raise ConfigurationError(
            f"transport must be {_NAMES} or an object with send() and aclose(), not {_kind(transport)}"
        )
    if _adapter(transport) is not None:
        raise ConfigurationError(f"pass a {_kind(transport)} as http_client, not as transport")
    if max_response_size is not None:
        raise ConfigurationError("pass max_response_size to the transport, not to the client")
    return cast("Transport", transport), False


def _named(name: str, limit: int) -> Transport:
    if name not in _NAMED:
        raise ConfigurationError(f"transport must be {_NAMES} or a transport, not {name[:40]!r}")
    try:
        module: Any = import_module(f".{name}", __package__)
    except ImportError as error:
        raise ConfigurationError(
            f"transport={name!r} needs the extra: pip install 'sinch-numbers[{name}]' ({error})"
        ) from error
    return cast("Transport", getattr(module, _NAMED[name])(max_response_size=limit))


def _adapter(client: object) -> Callable[..., Transport] | None:
    """What makes a transport of a client of the user. None if it is not a client that is supported."""
    for name, (kind, home, adapter) in _CLIENTS.items():
        library = sys.modules.get(name)  # who passes a client has imported its library
        if library is not None and isinstance(client, getattr(library, kind)):
            module: Any = import_module(f".{home}", __package__)
            return cast("Callable[..., Transport]", getattr(module, adapter))
    return None


def _kind(value: object) -> str:
    return f"{type(value).__module__}.{type(value).__qualname__}"
