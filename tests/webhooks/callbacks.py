"""Callbacks for tests: bodies as the API writes them, signed."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from sinch_numbers.webhooks import WebhookInbox, sign

SECRET = "callback-secret"
NUMBER = "+12025550134"
PROJECT = "project-1"


def body_of(event_id: str = "01jr7stexp0znky34pj07dwp41", **fields: Any) -> bytes:
    """The body of a callback; `fields` replace those of a voice link that succeeded."""
    event = {
        "eventId": event_id,
        "timestamp": "2025-01-15T09:29:00.123456789",
        "projectId": PROJECT,
        "resourceId": NUMBER,
        "resourceType": "ACTIVE_NUMBER",
        "eventType": "PROVISIONING_TO_VOICE_PLATFORM",
        "status": "SUCCEEDED",
        "failureCode": None,
    }
    return json.dumps(event | fields, separators=(",", ":")).encode()


def signed(body: bytes, secret: str = SECRET) -> dict[str, str]:
    """The headers of a callback."""
    return {"Content-Type": "application/json", "X-Sinch-Signature": sign(body, secret)}


async def handled(inbox: WebhookInbox) -> None:
    """Returns once nothing is pending."""
    while await inbox.pending():
        await asyncio.sleep(0)


async def receive(inbox: WebhookInbox, event_id: str = "id-1", **fields: Any) -> str:
    """Has the inbox receive a signed callback; returns the reason of the receipt."""
    body = body_of(event_id, **fields)
    return (await inbox.receive(body, signed(body))).reason
