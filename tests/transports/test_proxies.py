"""Proxies of the environment, and one that is named."""

from __future__ import annotations

from typing import Any

import pytest

from sinch_numbers import APIConnectionError, HttpRequest, HttpxTransport, RetryPolicy, Sent, TransportError
from sinch_numbers.transports.httpx_client import HttpxClientTransport

from ..raw_server import http_response, raw_server
from ..support import closed_port, make_client

ONCE = RetryPolicy(max_attempts=1)


async def empty(_: bytes) -> bytes:
    return http_response()


def request(url: str, **options: Any) -> HttpRequest:
    return HttpRequest(method="GET", url=url, headers={}, **options)


async def lost(transport: HttpxTransport | HttpxClientTransport, message: HttpRequest) -> TransportError:
    with pytest.raises(TransportError) as caught:
        await transport.send(message)
    return caught.value


@pytest.fixture
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return monkeypatch


INSECURE: dict[str, Any] = {"base_url": "http://numbers.example", "allow_insecure": True, "retry": ONCE}


@pytest.mark.parametrize("variable", ["http_proxy", "all_proxy"])
@pytest.mark.parametrize("prefix", ["http://", ""])
async def test_a_proxy_of_the_environment_is_used(
    no_proxies: pytest.MonkeyPatch, variable: str, prefix: str
) -> None:
    async with raw_server(empty) as proxy:
        no_proxies.setenv(variable, proxy.url.replace("http://", prefix))
        async with make_client(**INSECURE) as client:
            await client.available_regions.list()

    assert proxy.requests[0].startswith(b"GET http://numbers.example/v1/projects/")


@pytest.mark.parametrize("exempt", ["0.0.0.0", "*", "0.0.0.0:{port}", "elsewhere.example,0.0.0.0"])
async def test_hosts_in_no_proxy_are_reached_directly(no_proxies: pytest.MonkeyPatch, exempt: str) -> None:
    async with raw_server(empty) as proxy, raw_server(empty) as server:
        port = server.url.rpartition(":")[2]
        no_proxies.setenv("http_proxy", proxy.url)
        no_proxies.setenv("no_proxy", exempt.format(port=port))
        async with make_client(base_url=f"http://0.0.0.0:{port}", allow_insecure=True) as client:
            await client.available_regions.list()

    assert (proxy.connections, server.connections) == (0, 1)


async def test_loopback_addresses_are_reached_directly(no_proxies: pytest.MonkeyPatch) -> None:
    async with raw_server(empty) as proxy, raw_server(empty) as server:
        no_proxies.setenv("http_proxy", proxy.url)
        async with make_client(base_url=server.url) as client:
            await client.available_regions.list()

    assert (proxy.connections, server.connections) == (0, 1)


async def test_the_proxy_option_overrides_the_environment(no_proxies: pytest.MonkeyPatch) -> None:
    async with raw_server(empty) as proxy:
        no_proxies.setenv("http_proxy", f"http://127.0.0.1:{closed_port()}")
        transport = HttpxTransport(proxy=proxy.url)
        async with make_client(transport=transport, **INSECURE) as client:
            await client.available_regions.list()
        await transport.aclose()

    assert proxy.connections == 1


async def test_a_request_whose_proxy_refuses_the_tunnel_was_never_sent(
    no_proxies: pytest.MonkeyPatch,
) -> None:
    async def refuse(_: bytes) -> bytes:
        return http_response(407)

    async with raw_server(refuse) as proxy:
        error = await lost(HttpxTransport(proxy=proxy.url), request("https://numbers.example"))

    assert error.sent is Sent.NEVER
    assert proxy.requests[0].startswith(b"CONNECT numbers.example:443 ")


@pytest.mark.parametrize(
    "proxy", ["gopher://user:canary@127.0.0.1:1", "socks5://user:canary@127.0.0.1:1", "http://[::1"]
)
async def test_the_error_of_an_unusable_proxy_does_not_show_its_password(
    no_proxies: pytest.MonkeyPatch, proxy: str
) -> None:
    no_proxies.setenv("http_proxy", proxy)
    with pytest.raises(APIConnectionError) as caught:
        await make_client(**INSECURE).available_regions.list()

    assert caught.value.sent is Sent.NEVER
    assert "proxy" in str(caught.value).lower()
    assert "canary" not in str(caught.value)
