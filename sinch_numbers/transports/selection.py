"""The transport of a client, from its options `transport` and `http_client`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, cast

from ..errors import ConfigurationError
from . import Transport
from .httpx import AsyncClient, HttpxTransport
from .httpx_client import HttpxClientTransport

if TYPE_CHECKING:
    from aiohttp import ClientSession


def select_transport(transport: object, http_client: object) -> tuple[Transport, bool]:
    """The transport, and whether the client closes it: it closes only what it has made.

    Raises ConfigurationError for anything that is not a transport or an asynchronous HTTP client that is supported.
    """
    if transport is not None and http_client is not None:
        raise ConfigurationError("pass transport or http_client, not both")
    if http_client is not None:
        return _with_client(http_client), False
    if transport is None or isinstance(transport, str):
        return _named("httpx" if transport is None else transport), True
    if (
        not isinstance(transport, type)
        and callable(getattr(transport, "send", None))
        and callable(getattr(transport, "aclose", None))
    ):
        return cast("Transport", transport), False
    raise ConfigurationError(
        f"transport must be 'httpx', 'aiohttp' or an object with send() and aclose(), not {_kind(transport)}"
    )


def _named(name: str) -> Transport:
    if name == "httpx":
        return HttpxTransport()
    if name != "aiohttp":
        raise ConfigurationError(f"transport must be 'httpx', 'aiohttp' or a transport, not {name[:40]!r}")
    try:
        from .aiohttp import AiohttpTransport
    except ImportError as error:
        raise ConfigurationError(
            f"transport='aiohttp' needs the extra: pip install 'sinch-numbers[aiohttp]' ({error})"
        ) from error
    return AiohttpTransport()


def _with_client(client: object) -> Transport:
    if isinstance(client, AsyncClient):
        return HttpxClientTransport(client)
    aiohttp = sys.modules.get("aiohttp")  # who passes a session has imported it
    if aiohttp is not None and isinstance(client, aiohttp.ClientSession):
        from .aiohttp import AiohttpSessionTransport

        return AiohttpSessionTransport(cast("ClientSession", client))
    raise ConfigurationError(
        f"http_client must be an httpx.AsyncClient or an aiohttp.ClientSession, not {_kind(client)}"
    )


def _kind(value: object) -> str:
    return f"{type(value).__module__}.{type(value).__qualname__}"
