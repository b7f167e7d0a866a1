"""`sinch-numbers doctor`: what is wrong with this machine's way to the API."""

from __future__ import annotations

import asyncio
import json as json_text
import os
import platform
import socket
import ssl
import sys
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from email.utils import parsedate_to_datetime
from importlib.util import find_spec
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

import attrs

from .. import _defaults
from .._redaction import plain
from .._version import __version__
from ..errors import AuthenticationError, NumbersError, PermissionDeniedError
from .exits import Exit
from .options import Json
from .session import connected

if TYPE_CHECKING:
    from ..client import NumbersClient

_NEEDED = ("SINCH_PROJECT_ID", "SINCH_KEY_ID", "SINCH_KEY_SECRET")
_CONNECT_TIMEOUT = 10.0
_CLOCK_WARNING, _CLOCK_FAILURE = 60.0, 3600.0
"""Seconds between this machine's clock and the API's. Beyond an hour, it cannot be told who rented a number."""
_CERTIFICATE_WARNING = 14
"""Days until a certificate expires."""

State = Literal["ok", "warning", "failed"]


@attrs.frozen
class Finding:
    """What a check found."""

    check: str
    state: State
    text: str
    advice: str = ""


async def doctor(*, json: Json = False) -> int:
    """Check the environment, the network, TLS, the token, the clock, and what the key may do. It only reads."""
    failed = False
    async for finding in findings():
        failed = failed or finding.state == "failed"
        if json:
            print(json_text.dumps(attrs.asdict(finding)), flush=True)
        else:
            advice = f"\n{'':23}-> {plain(finding.advice)}" if finding.advice else ""
            print(f"{finding.state:<8} {finding.check:<14}{plain(finding.text)}{advice}", flush=True)
    return Exit.FAILED if failed else Exit.DONE


async def findings() -> AsyncGenerator[Finding, None]:
    """All checks, one after the other. Those that cannot succeed any more are left out."""
    yield installation()
    environment = variables(os.environ)
    yield environment
    urls = {
        "API": os.environ.get("SINCH_NUMBERS_BASE_URL") or _defaults.API_URL,
        "token host": os.environ.get("SINCH_AUTH_URL") or _defaults.AUTH_URL,
    }
    can_connect = True
    for name, url in urls.items():
        found = await connection(name, url)
        yield found
        can_connect = can_connect and found.state != "failed"
    if environment.state != "failed" and can_connect:
        async for found in calls():
            yield found


def installation() -> Finding:
    """The versions, and the extras that are there."""
    extras = [name for name in ("aiohttp", "orjson", "starlette", "uvicorn") if find_spec(name) is not None]
    text = f"sinch-numbers {__version__}, Python {platform.python_version()} on {sys.platform}"
    return Finding("versions", "ok", f"{text}; {', '.join(extras) or 'no extras'}")


def variables(environment: Mapping[str, str]) -> Finding:
    """Whether the project and its key are in the environment."""
    missing = [name for name in _NEEDED if not environment.get(name)]
    if missing:
        return Finding(
            "environment",
            "failed",
            f"{', '.join(missing)} missing",
            "set them to the project id, key id and key secret of the Sinch dashboard",
        )
    padded = [name for name in _NEEDED if environment[name] != environment[name].strip()]
    if padded:
        return Finding(
            "environment", "failed", f"{', '.join(padded)} begins or ends with a space", "remove it"
        )
    text = f"the project {environment['SINCH_PROJECT_ID']}, and a key"
    base, auth = (bool(environment.get(name)) for name in ("SINCH_NUMBERS_BASE_URL", "SINCH_AUTH_URL"))
    if base != auth:
        return Finding(
            "environment",
            "warning",
            f"{text}; only one of SINCH_NUMBERS_BASE_URL and SINCH_AUTH_URL is set",
            "the key goes to two different systems: set both, or none",
        )
    return Finding("environment", "ok", text)


async def connection(name: str, url: str) -> Finding:
    """Whether the host of a URL can be reached, and shows a certificate that is trusted."""
    from ..transports.proxies import environment_proxy

    parts = urlsplit(url)
    host, is_tls = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if is_tls else 80)
    proxy = environment_proxy(parts.scheme, host, f"{host}:{port}")
    if proxy is not None:
        way = urlsplit(proxy)
        return Finding(name, "ok", f"{host}, through the proxy {way.hostname}:{way.port or ''}".rstrip(":"))
    try:
        expires = await _certificate(host, port, is_tls)
    except ssl.SSLCertVerificationError as error:
        advice = "a proxy that reads TLS? SSL_CERT_FILE names the authorities to trust; check the clock too"
        return Finding(name, "failed", f"{host}: {error.verify_message}", advice)
    except socket.gaierror:
        return Finding(name, "failed", f"{host} is not known", "check the name, and the DNS of this machine")
    except (TimeoutError, OSError) as error:
        why = "no response" if isinstance(error, TimeoutError) else error.strerror or type(error).__name__
        return Finding(name, "failed", f"{host} port {port}: {why}", "check firewalls, proxies and the URL")
    if expires is None:
        return Finding(name, "ok", f"{host} port {port}, without TLS")
    days = (ssl.cert_time_to_seconds(expires) - time.time()) / 86_400
    state: State = "ok" if days > _CERTIFICATE_WARNING else "warning"
    return Finding(name, state, f"{host} port {port}, TLS, certificate for {days:.0f} more days")


async def _certificate(host: str, port: int, is_tls: bool) -> str | None:
    """When the certificate of a server expires; None without TLS. Raises OSError if it cannot be reached or trusted."""
    from ..transports.tls import client_context

    async with asyncio.timeout(_CONNECT_TIMEOUT):
        context = client_context(True) if is_tls else None
        _, writer = await asyncio.open_connection(host, port, ssl=context)
        try:
            certificate: dict[str, str] = writer.get_extra_info("peercert") or {}
            return certificate.get("notAfter")
        finally:
            writer.close()


async def calls() -> AsyncGenerator[Finding, None]:
    """The token, the clock, and what the key may do."""
    async with connected() as client:
        with client.raw_responses() as responses:
            try:
                await client.available_regions.list()
                failure = None
            except NumbersError as error:
                failure = error
        url = str(getattr(failure, "url", ""))
        if failure is not None and url.endswith("/oauth2/token"):
            yield Finding("token", "failed", str(failure), _advice(failure))
            return
        if isinstance(failure, AuthenticationError):
            yield Finding("token", "failed", str(failure), _advice(failure))
            return
        yield Finding("token", "ok", "the key gets one")
        headers: Mapping[str, str] = (
            responses[-1].headers if responses else getattr(failure, "headers", None) or {}
        )
        yield clock(headers.get("date"), time.time())
        yield _permission("regions", failure)
        for name, call in _READS.items():
            try:
                await call(client)
                failure = None
            except NumbersError as error:
                failure = error
            yield _permission(name, failure)
        yield Finding("may rent", "ok", "not tried: that would buy a number")


_READS: Mapping[str, Callable[[NumbersClient], Awaitable[object]]] = {
    "search": lambda client: client.available_numbers.search(region_code="US", number_type="LOCAL", size=1),
    "list": lambda client: client.active_numbers.list(
        region_code="US", number_type="LOCAL", page_size=1
    ).first(),
    "callbacks": lambda client: client.callback_configuration.get(),
}


def clock(date: str | None, now: float) -> Finding:
    """Whether this machine's clock agrees with the `Date` of a response."""
    try:
        ahead = now - parsedate_to_datetime(date or "").timestamp()
    except ValueError:
        return Finding("clock", "warning", "the response has no date to compare with")
    if abs(ahead) <= _CLOCK_WARNING:
        return Finding("clock", "ok", "agrees with the API's")
    where = "ahead of" if ahead > 0 else "behind"
    state: State = "failed" if abs(ahead) > _CLOCK_FAILURE else "warning"
    return Finding("clock", state, f"{abs(ahead):.0f} s {where} the API's", "synchronize it, as by NTP")


def _permission(name: str, failure: NumbersError | None) -> Finding:
    check = f"may {name}"
    if failure is None:
        return Finding(check, "ok", "yes")
    return Finding(check, "failed", str(failure), _advice(failure))


def _advice(failure: NumbersError) -> str:
    if isinstance(failure, AuthenticationError):
        return "the key or its secret is wrong, or was revoked: make another in the Sinch dashboard"
    if isinstance(failure, PermissionDeniedError):
        return "the key is not allowed to do this in this project"
    return ""
