"""The page of a served sandbox: what it holds, for a person with a browser. It updates itself every second."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from html import escape
from itertools import chain, islice
from typing import Any

from .backend import Backend
from .clock import utc
from .responses import Response, timestamp

_ROWS = 50
"""The most rows of a table: the newest ones. The control API has all."""

_STYLE = """
body { font: 14px/1.4 system-ui, sans-serif; margin: 2em; color: #222 }
h1 { font-size: 1.3em } h2 { font-size: 1em; margin: 1.5em 0 .3em }
table { border-collapse: collapse } th, td { text-align: left; padding: .15em 1.2em .15em 0; vertical-align: top }
th { font-weight: 600; color: #666 } td { font-family: ui-monospace, monospace } .struck { color: #b00 }
"""
_SCRIPT = """
setInterval(async () => {
  const main = document.querySelector("main");
  try {
    const response = await fetch(location.href, {headers: {accept: "text/html"}});
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    main.replaceWith(page.querySelector("main"));
  } catch {
    document.querySelector("#state").textContent = "the sandbox has ended";
  }
}, 1000);
"""


def _hash(text: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"


# Only this script and this style, and no other host: names and URLs on the page come from clients.
_POLICY = (
    f"default-src 'none'; script-src {_hash(_SCRIPT)}; style-src {_hash(_STYLE)}; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def page(backend: Backend) -> Response:
    """The page, with what the sandbox holds now."""
    content = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Sandbox of the Numbers API</title>'
        f"<style>{_STYLE}</style></head><body><h1>Sandbox of the Numbers API</h1>{_main(backend)}"
        f"<script>{_SCRIPT}</script></body></html>"
    )
    headers = {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": _POLICY,
        "cache-control": "no-store",
    }
    return Response(200, headers=headers, content=content.encode())


def _main(backend: Backend) -> str:
    projects = [backend.state.project(name).numbers for name in sorted(backend.state.projects)]
    # Without a look at all of them: a page of 100,000 numbers would hold up the API each second.
    numbers = islice(chain.from_iterable(reversed(project.values()) for project in projects), _ROWS)
    charges, requests, callbacks = backend.charges, backend.requests, list(backend.callbacks)
    return "".join(
        [
            f'<main><p id="state">{timestamp(backend.clock.now())} on its clock, ',
            f"{backend.tokens_issued} access tokens issued</p>",
            _table(
                "Numbers",
                ("project", "number", "region", "type", "name", "voice", "SMS", "expires"),
                (_number(number.to_wire()) for number in numbers),
                sum(map(len, projects)),
            ),
            _table(
                "Charges",
                ("at", "project", "number", "reason", "amount"),
                (
                    (timestamp(charge.at), charge.project_id, charge.phone_number, charge.reason,
                     f"{charge.amount} {charge.currency_code}")
                    for charge in reversed(charges[-_ROWS:])
                ),
                len(charges),
            ),
            _table(
                "Requests",
                ("at", "method", "path", "status", "fault"),
                (
                    (timestamp(utc(each.at)), each.method, each.path, each.status or "-", each.fault or "")
                    for each in reversed(requests[-_ROWS:])
                ),
                len(requests),
            ),
            _table(
                "Faults",
                ("kinds", "operations", "number", "left", "struck"),
                (
                    (" ".join(fault.kinds), " ".join(sorted(fault.operations)), fault.phone_number or "any",
                     "always" if fault.times is None else fault.times, fault.hits)
                    for fault in [*backend.faults][:_ROWS]
                ),
                len(backend.faults),
            ),
            _table(
                "Callbacks",
                ("at", "number", "event", "URL", "attempt", "response"),
                (
                    (timestamp(utc(sent.at)), sent.phone_number, sent.event_type, sent.url, sent.attempt,
                     sent.status or sent.error or "-")
                    for sent in reversed(callbacks[-_ROWS:])
                ),
                len(callbacks),
            ),
            "</main>",
        ]
    )  # fmt: skip


def _table(title: str, headings: Sequence[str], rows: Iterable[Sequence[Any]], count: int) -> str:
    if not count:
        return f"<h2>{title}: none</h2>"
    shown = f", {_ROWS} of them shown" if count > _ROWS else ""
    head = "".join(f"<th>{heading}</th>" for heading in headings)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows
    )
    return f"<h2>{title}: {count}{shown}</h2><table><tr>{head}</tr>{body}</table>"


def _number(number: dict[str, Any]) -> Sequence[Any]:
    voice: dict[str, Any] = number["voiceConfiguration"] or {}
    sms: dict[str, Any] = number["smsConfiguration"] or {}
    linked = next((voice[name] for name in ("appId", "trunkId", "serviceId") if voice.get(name)), "")
    coming, coming_sms = voice.get("scheduledVoiceProvisioning"), sms.get("scheduledProvisioning")
    return (
        number["projectId"],
        number["phoneNumber"],
        number["regionCode"],
        number["type"],
        number["displayName"],
        f"{voice.get('type', '') if linked else ''} {linked} {coming['status'] if coming else ''}".strip(),
        f"{sms.get('servicePlanId', '')} {coming_sms['status'] if coming_sms else ''}".strip(),
        number["expireAt"] or "",
    )
