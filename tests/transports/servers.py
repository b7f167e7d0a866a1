"""Servers and certificates for the tests of transports."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import attrs
import trustme

CA = trustme.CA()
OTHER_CA = trustme.CA()


def server_context(
    name: str = "localhost",
    *,
    authority: trustme.CA = CA,
    expired: bool = False,
    client_authority: bool = False,
) -> ssl.SSLContext:
    """The TLS context of a server whose certificate is for `name`."""
    past = datetime.now(UTC) - timedelta(days=1)
    certificate = authority.issue_cert(
        name, not_before=past - timedelta(days=1), not_after=past if expired else past + timedelta(days=30)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)  # pyright: ignore[reportUnknownMemberType]
    if client_authority:
        CA.configure_trust(context)  # pyright: ignore[reportUnknownMemberType]
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def client_context(*, with_certificate: bool = False) -> ssl.SSLContext:
    """The TLS context of a client that trusts `CA`."""
    context = ssl.create_default_context()
    CA.configure_trust(context)  # pyright: ignore[reportUnknownMemberType]
    if with_certificate:
        CA.issue_cert("client@example.com").configure_cert(context)  # pyright: ignore[reportUnknownMemberType]
    return context


@attrs.define
class Tunnel:
    """A proxy on loopback that serves CONNECT only."""

    url: str
    heads: list[bytes] = attrs.field(factory=list[bytes])
    """The CONNECT requests that were received."""
    status: bytes = b"200 OK"


@asynccontextmanager
async def tunnel() -> AsyncGenerator[Tunnel]:
    """A proxy that connects to the host that it is asked for, or answers with `Tunnel.status`."""
    proxy = Tunnel("")
    tasks: set[asyncio.Task[None]] = set()
    writers: list[asyncio.StreamWriter] = []

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65_536):
                writer.write(data)
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        writers.append(writer)
        with contextlib.suppress(asyncio.CancelledError):  # else asyncio logs it
            await connect(reader, writer)

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        proxy.heads.append(head)
        writer.write(b"HTTP/1.1 " + proxy.status + b"\r\n\r\n")
        if not proxy.status.startswith(b"200"):
            writer.close()
            return
        host, _, port = head.split()[1].decode().rpartition(":")
        upstream_reader, upstream = await asyncio.open_connection(host, int(port))
        writers.append(upstream)
        await asyncio.gather(pump(reader, upstream), pump(upstream_reader, writer))

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    proxy.url = f"http://user:proxy-password@127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield proxy
    finally:
        server.close()
        for writer in writers:
            writer.transport.abort()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
