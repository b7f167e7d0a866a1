"""Each web framework receives callbacks under a real server, by the lines of docs/callbacks.md."""

from __future__ import annotations

import asyncio
import re
import socket
import sys
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import attrs
import httpx
import pytest

from .callbacks import body_of, signed

pytestmark = pytest.mark.slow

PAGE = Path(__file__).parent.parent.parent / "docs" / "callbacks.md"
SECRET = "the HMAC secret"
NUMBERS = [f"+120255501{index:02d}" for index in range(20)]

AIOHTTP = """
import socket
from aiohttp import web
from application import app
web.run_app(app, sock=socket.socket(fileno={fd}), print=None)
"""
FLASK = """
from werkzeug.serving import make_server
from application import app
make_server("127.0.0.1", 0, app, fd={fd}, threaded=True).serve_forever()
"""
DJANGO = """
from django.conf import settings
settings.configure(ROOT_URLCONF="application", SECRET_KEY="x", ALLOWED_HOSTS=["*"])
import django
django.setup()
"""
DJANGO_ASYNC = f"""{DJANGO}
import socket
import uvicorn
from django.core.asgi import get_asgi_application
server = uvicorn.Server(uvicorn.Config(get_asgi_application(), lifespan="off"))
server.run(sockets=[socket.socket(fileno={{fd}})])
"""
DJANGO_SYNC = f"""{DJANGO}
from werkzeug.serving import make_server
from django.core.wsgi import get_wsgi_application
make_server("127.0.0.1", 0, get_wsgi_application(), fd={{fd}}, threaded=True).serve_forever()
"""
RUN = "import asyncio; from application import inbox; asyncio.run(inbox.run())"


@attrs.frozen
class Setting:
    """A framework and a server."""

    heading: str
    """Where the page has its lines."""
    server: tuple[str, ...]
    """Arguments of Python; `{fd}` is the socket that the server listens on."""
    path: str = "/numbers/"
    too_large: int = 413
    """The status for a body of 70,000 bytes that is not signed."""
    handles: bool = True
    """Whether the server's process handles events. If not, another one does, as the page says."""


SETTINGS = {
    "Starlette, uvicorn": Setting("Starlette", ("-m", "uvicorn", "application:app", "--fd", "{fd}")),
    "FastAPI, uvicorn": Setting("FastAPI", ("-m", "uvicorn", "application:app", "--fd", "{fd}")),
    "FastAPI, hypercorn": Setting("FastAPI", ("-m", "hypercorn", "application:app", "--bind", "fd://{fd}")),
    "alone, uvicorn": Setting("FastAPI", ("-m", "uvicorn", "application:inbox.asgi", "--fd", "{fd}")),
    "aiohttp": Setting("aiohttp", ("-c", AIOHTTP), "/numbers"),
    "Flask, werkzeug": Setting("Flask", ("-c", FLASK), "/numbers", handles=False),
    "Django, uvicorn": Setting("Django", ("-c", DJANGO_ASYNC), "/numbers", 401, handles=False),
    "Django, werkzeug": Setting("Django", ("-c", DJANGO_SYNC), "/numbers-sync", 401, handles=False),
}


def lines_of(heading: str) -> str:
    """The program below a heading of the page."""
    found = re.search(
        rf"^## {heading}\n.*?^```python\n(.*?)^```$", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE
    )
    assert found is not None
    return found[1]


@asynccontextmanager
async def running(
    *arguments: str, cwd: Path, listener: socket.socket
) -> AsyncGenerator[asyncio.StreamReader]:
    """A Python process that inherits the socket, and what it prints; it is terminated at the end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        cwd=cwd,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        pass_fds=[listener.fileno()],
    )
    assert process.stdout is not None
    try:
        yield process.stdout
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


@asynccontextmanager
async def serving(
    setting: Setting, cwd: Path
) -> AsyncGenerator[tuple[httpx.AsyncClient, asyncio.StreamReader]]:
    """A client of the server, and what the handlers print."""
    (cwd / "application.py").write_text(lines_of(setting.heading), "utf-8")
    async with AsyncExitStack() as stack:
        # The socket listens before the server is there, so that nobody has to wait for it.
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=128))
        server = [argument.format(fd=listener.fileno()) for argument in setting.server]
        output = await stack.enter_async_context(running(*server, cwd=cwd, listener=listener))
        if not setting.handles:
            output = await stack.enter_async_context(running("-c", RUN, cwd=cwd, listener=listener))
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        listener.close()
        client = httpx.AsyncClient(base_url=url, timeout=60, trust_env=False)
        yield await stack.enter_async_context(client), output


def event(index: int) -> bytes:
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
    return body_of(f"id-{index}", resourceId=NUMBERS[index], timestamp=f"{now}789")


def handled(lines: list[bytes]) -> list[list[str]]:
    """What the handlers say, without what the server logs."""
    return [line.decode().split() for line in lines if line.startswith(b"+")]


@pytest.mark.parametrize("setting", SETTINGS.values(), ids=SETTINGS)
async def test_what_is_signed_arrives_in_the_handler_once_and_nothing_else_does(
    setting: Setting, tmp_path: Path
) -> None:
    async with serving(setting, tmp_path) as (client, output):

        async def post(body: bytes, headers: object = None) -> tuple[int, str]:
            headers = signed(body, SECRET) if headers is None else headers
            response = await client.post(setting.path, content=body, headers=headers)  # type: ignore[arg-type]
            return response.status_code, response.text

        bodies = [event(index) for index in range(20)]
        good = list(signed(bodies[0], SECRET).items())
        assert await post(b'{"resourceId":"forged"}', signed(b"another body", SECRET)) == (401, "mismatch")
        assert await post(bodies[0], {}) == (401, "missing")
        assert await post(bodies[0], {"x-sinch-signature": "abc"}) == (401, "malformed")
        assert await post(bodies[0], [*good, good[-1]]) == (401, "several")
        assert await post(bodies[0], [*good, ("Content-Encoding", "gzip")]) == (415, "encoded")
        with suppress(httpx.TransportError):  # the server may close the connection before all of it is sent
            assert (await post(b"x" * 70_000, {}))[0] == setting.too_large

        received = await asyncio.gather(*map(post, bodies))
        assert received == [(200, "stored")] * 20
        assert await asyncio.gather(*map(post, bodies)) == [(200, "repeat")] * 20

        seen: list[list[str]] = []
        async with asyncio.timeout(60):
            while len(seen) < 20:
                seen += handled([await output.readline()])
    seen += handled((await output.read()).splitlines())
    expected = [[number, "PROVISIONING_TO_VOICE_PLATFORM", "SUCCEEDED"] for number in NUMBERS]
    assert sorted(seen) == expected
