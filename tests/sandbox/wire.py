"""Speaks raw HTTP/1.1 to a served sandbox: what no well-behaved client would send, and what it would hide."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from .driver import basic


async def exchange(url: str, request: bytes) -> bytes:
    """Everything that comes back for `request` until the connection closes."""
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    try:
        writer.write(request)
        await writer.drain()
        return await asyncio.wait_for(reader.read(), 30)
    finally:
        writer.close()


def request(method: str, path: str, body: Any = None, *, headers: str = "") -> bytes:
    """A request that asks for the connection to be closed afterwards, with Basic credentials."""
    content = b"" if body is None else json.dumps(body).encode()
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: {basic()}\r\n{headers}"
    )
    if content:
        head += f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n"
    return head.encode() + b"\r\n" + content


async def fetch(url: str, method: str, path: str, body: Any = None, *, headers: str = "") -> tuple[int, Any]:
    """The status and the JSON of an answer."""
    answer = await exchange(url, request(method, path, body, headers=headers))
    head, _, content = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(content)


async def run(*command: str, cwd: Path | None = None) -> tuple[int, str]:
    """A process's exit status and what it wrote."""
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, cwd=cwd
    )
    output, _ = await asyncio.wait_for(process.communicate(), 120)
    assert process.returncode is not None
    return process.returncode, output.decode()
