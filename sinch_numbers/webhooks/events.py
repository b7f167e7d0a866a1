"""From the body of a callback to an event: parsing, what it says of itself, and the order of events."""

from __future__ import annotations

import calendar
import hashlib
import re
from collections.abc import Iterable
from typing import Any

import attrs

from .._generated.types import json_object
from ..errors import PayloadError
from ..models import NumberEvent
from .signature import Headers, signature_of, verify

MAX_SIZE = 65_536
"""Bytes of a callback's body, at the most."""

WORD = re.compile(r"[\w.:+-]{1,128}", re.ASCII)
"""A name that can be a part of a key."""
_TIMESTAMP = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9})\d*)?(?:[Zz]|([+-])(\d\d):?(\d\d))?"
)


def parse(body: bytes, *, max_size: int = MAX_SIZE) -> NumberEvent:
    """The event in `body`, which is not verified: `unwrap` does both.

    Raises:
        PayloadError: The body is larger than `max_size` bytes, or not a JSON object. Unknown types, statuses and fields
            are kept, as in all models.
    """
    if len(body) > max_size:
        raise PayloadError(f"the callback has {len(body)} bytes, more than {max_size}", reason="too large")
    try:
        return NumberEvent.from_dict(json_object(body))
    except (ValueError, TypeError):
        # Outside the except, so that the body is in no traceback.
        pass
    raise PayloadError(f"the callback is not a JSON object ({len(body)} bytes)", reason="unreadable")


def unwrap(body: bytes, headers: Headers, secrets: str | Iterable[str]) -> NumberEvent:
    """The verified event of a callback: what a handler of web requests needs.

    Args:
        body: The request's body as it came.
        headers: The request's headers: a mapping, or pairs as in an ASGI scope. Names are matched in any case.
        secrets: The HMAC secret of the project's callback configuration, or several during a rotation.

    Raises:
        SignatureError: The callback is not signed, or not with these secrets: respond with 401.
        PayloadError: It is signed, and not readable: respond with 200 all the same, or the API may send it again.
        ConfigurationError: A secret is empty, or there is none.
    """
    verify(body, signature_of(headers), secrets)
    return parse(body)


def nanoseconds(timestamp: object) -> int | None:
    """When an event happened, in nanoseconds since the epoch; None if `timestamp` cannot be read.

    The API writes up to nine digits of the second, which a datetime would cut to six. Without a zone it means UTC.
    """
    found = _TIMESTAMP.fullmatch(timestamp) if isinstance(timestamp, str) else None
    if found is None:
        return None
    year, month, day, hour, minute, second = map(int, found.groups()[:6])
    if not (year > 0 and 1 <= month <= 12 and 1 <= day <= 31 and hour < 24 and minute < 60 and second <= 60):
        return None
    seconds = calendar.timegm((year, month, day, hour, minute, second))
    if found[8] is not None:
        offset = int(found[9]) * 3600 + int(found[10]) * 60
        seconds += -offset if found[8] == "+" else offset
    return seconds * 1_000_000_000 + int((found[7] or "0").ljust(9, "0"))


_KINDS = (("VOICE", "voice"), ("CAMPAIGN", "campaign"), ("10DLC", "campaign"), ("SMS", "sms"))


def kind_of(event_type: str) -> str:
    """What an event is about: `voice`, `sms`, `campaign` or `order`. Only events of one kind follow each other."""
    return next((kind for word, kind in _KINDS if word in event_type), "order")


@attrs.frozen(kw_only=True)
class Envelope:
    """What an event's body says of itself, as far as it can be read. Nothing here has to be a string in the body."""

    key: str
    """Names the event in the store: its project and its id, or a digest of its body if it has none that can be used."""
    event_id: str
    happened: int | None
    """In nanoseconds since the epoch, None if it is not said."""
    fields: dict[str, Any]
    is_readable: bool
    """Whether the body is a JSON object."""

    @classmethod
    def of(cls, body: bytes) -> Envelope:
        """The envelope of a signed body, whatever it is."""
        is_readable = True
        try:
            fields = json_object(body)
        except ValueError:
            fields, is_readable = {}, False
        event_id, project_id = fields.get("eventId"), fields.get("projectId")
        if not (isinstance(event_id, str) and WORD.fullmatch(event_id)):
            event_id = digest(body)
        if not (isinstance(project_id, str) and WORD.fullmatch(project_id)):
            project_id = "-"
        return cls(
            key=f"{project_id}/{event_id}",
            event_id=event_id,
            happened=nanoseconds(fields.get("timestamp")),
            fields=fields,
            is_readable=is_readable,
        )

    def text(self, name: str) -> str:
        """The field if it is a string, else an empty one."""
        value = self.fields.get(name)
        return value if isinstance(value, str) else ""


def digest(body: bytes) -> str:
    """An id for a body that has none of its own."""
    return "sha256-" + hashlib.sha256(body).hexdigest()
