"""What can be a handler."""

from __future__ import annotations

import pytest

from sinch_numbers import ConfigurationError, NumberEvent
from sinch_numbers.webhooks import Delivery, WebhookInbox
from sinch_numbers.webhooks.handlers import Handle, Handlers

from .callbacks import handled, receive


def test_a_handler_has_to_be_async_and_have_a_name_of_its_own(inbox: WebhookInbox) -> None:
    def not_async(event: NumberEvent, delivery: Delivery) -> None: ...

    async def take(event: NumberEvent, delivery: Delivery) -> None: ...

    with pytest.raises(ConfigurationError, match="async function"):
        inbox.on()(not_async)  # type: ignore[type-var]
    with pytest.raises(ConfigurationError, match="async function, not 7"):
        inbox.on()(7)  # type: ignore[type-var]
    with pytest.raises(ConfigurationError, match="types of events"):
        inbox.on(7)(take)  # type: ignore[arg-type]
    assert inbox.on()(take) is take
    with pytest.raises(ConfigurationError, match="already"):
        inbox.on("ANOTHER")(take)
    inbox.on("ANOTHER", name="the second")(take)


async def test_an_object_with_an_async_call_is_a_handler(inbox: WebhookInbox) -> None:
    class Counting:
        count = 0

        async def __call__(self, event: NumberEvent, delivery: Delivery) -> None:
            self.count += 1

    counting = Counting()
    inbox.on()(counting)
    async with inbox:
        await receive(inbox)
        await handled(inbox)
    assert counting.count == 1


async def linked(event: NumberEvent, delivery: Delivery) -> None: ...


class Linked:
    class Inner:
        async def __call__(self, event: NumberEvent, delivery: Delivery) -> None: ...


@pytest.mark.parametrize(
    ("handler", "name"), [(linked, "linked"), (Linked.Inner(), "Linked.Inner")], ids=["function", "object"]
)
def test_a_handler_is_known_by_where_it_is_defined_which_stays_the_same_over_restarts(
    handler: Handle, name: str
) -> None:
    handlers = Handlers()
    handlers.add((), handler, None)
    assert [each.name for each in handlers.of("ANY")] == [f"tests.webhooks.test_handlers.{name}"]
