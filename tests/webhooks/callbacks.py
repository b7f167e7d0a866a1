"""Callbacks for tests: bodies as the API writes them, signed."""

from __future__ import annotations

import json
from typing import Any

from sinch_numbers.webhooks import sign

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
