"""Raw HTTP/1.1 to a served sandbox, to send invalid requests and to see every byte that comes back."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from .driver import basic


async def exchange(url: str, request: bytes) -> bytes:
    """All bytes received after sending `request`, until the connection closes."""
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    try:
        writer.write(request)
        await writer.drain()
        return await asyncio.wait_for(reader.read(), 30)
    finally:
        writer.close()


def request(method: str, path: str, body: Any = None, *, headers: str = "") -> bytes:
    """The bytes of a request with Basic credentials and `Connection: close`."""
    content = b"" if body is None else json.dumps(body).encode()
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nAuthorization: {basic()}\r\n{headers}"
    if content:
        head += f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n"
    return head.encode() + b"\r\n" + content


async def fetch(url: str, method: str, path: str, body: Any = None, *, headers: str = "") -> tuple[int, Any]:
    """The status and the JSON of a response."""
    response = await exchange(url, request(method, path, body, headers=headers))
    head, _, content = response.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(content)


async def run(*command: str, cwd: Path | None = None) -> tuple[int, str]:
    """A process's exit status and its output."""
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, cwd=cwd
    )
    output, _ = await asyncio.wait_for(process.communicate(), 120)
    assert process.returncode is not None
    return process.returncode, output.decode()
