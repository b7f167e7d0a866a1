"""Callbacks of the Numbers API: verified, parsed, kept, and handled at least once.

unwrap(body, headers, secrets)      verify, then parse: all that a handler of web requests needs
WebhookInbox(secrets, store=...)    keeps callbacks, and hands each to its handlers until they succeed
"""

from __future__ import annotations

from .events import parse, unwrap
from .failures import Failure, explain
from .inbox import WebhookInbox
from .records import DeadLetter, Delivery, PendingEvent, Receipt
from .signature import sign, verify

__all__ = [
    "DeadLetter",
    "Delivery",
    "Failure",
    "PendingEvent",
    "Receipt",
    "WebhookInbox",
    "explain",
    "parse",
    "sign",
    "unwrap",
    "verify",
]
