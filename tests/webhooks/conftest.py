"""An inbox in memory, on a virtual clock."""

from __future__ import annotations

import pytest

from sinch_numbers.sandbox import VirtualClock
from sinch_numbers.webhooks import DeadLetter, WebhookInbox

from .callbacks import SECRET


@pytest.fixture
def letters() -> list[DeadLetter]:
    return []


@pytest.fixture
def inbox(clock: VirtualClock, letters: list[DeadLetter]) -> WebhookInbox:
    return WebhookInbox(SECRET, clock=clock, on_dead_letter=letters.append)
