"""An inbox believes its own secrets, and never an empty one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from sinch_numbers import ConfigurationError, EventType
from sinch_numbers.sandbox import VirtualClock
from sinch_numbers.webhooks import DeadLetter, Receipt, WebhookInbox

from .callbacks import PROJECT, SECRET, body_of, signed
from .durable import Durable

VOICE = EventType.PROVISIONING_TO_VOICE_PLATFORM


@pytest.fixture
def store(clock: VirtualClock) -> Durable:
    return Durable(clock)


@pytest.fixture
def letters() -> list[DeadLetter]:
    return []


@pytest.fixture
def inbox(store: Durable, clock: VirtualClock, letters: list[DeadLetter]) -> WebhookInbox:
    return WebhookInbox(SECRET, store=store, clock=clock, project_id=PROJECT, on_dead_letter=letters.append)


@pytest.mark.parametrize("secrets", [None, "", "  ", [], [""], ["a", ""], b"secret"])
def test_an_inbox_without_a_secret_cannot_be_made(secrets: Any) -> None:
    with pytest.raises(ConfigurationError, match="secret"):
        WebhookInbox(secrets)


async def test_during_a_rotation_both_secrets_are_accepted(store: Durable, clock: VirtualClock) -> None:
    inbox = WebhookInbox((secret for secret in ("old", "new")), store=store, clock=clock)
    for index, secret in enumerate(("old", "new")):
        body = body_of(f"id-{index}")
        assert (await inbox.receive(body, signed(body, secret))).status == 200
    assert (await inbox.receive(body_of(), signed(body_of(), "another"))).status == 401


async def test_secrets_may_come_from_an_async_function(store: Durable, clock: VirtualClock) -> None:
    current: list[str] = ["first"]

    async def secrets() -> Iterable[str]:
        return current

    inbox = WebhookInbox(secrets, store=store, clock=clock)
    assert (await inbox.receive(body_of(), signed(body_of(), "second"))).status == 401
    current.append("second")
    assert (await inbox.receive(body_of(), signed(body_of(), "second"))).status == 200


@pytest.mark.parametrize("given", [[], "", None])
async def test_secrets_that_cannot_be_had_are_not_the_senders_fault(
    store: Durable, clock: VirtualClock, given: Any
) -> None:
    async def secrets() -> Any:
        if given is None:
            raise LookupError("the vault is sealed")
        return given

    inbox = WebhookInbox(secrets, store=store, clock=clock)
    assert await inbox.receive(body_of(), signed(body_of())) == Receipt(status=503, reason="no secrets")
