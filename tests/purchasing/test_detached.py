"""A call that has begun runs to its end, whatever becomes of its caller."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import attrs
import pytest

from sinch_numbers import (
    ActiveNumber,
    APIConnectionError,
    Budget,
    ConfigurationError,
    EntryState,
    HttpRequest,
    HttpResponse,
    NumbersClient,
    OrphanedPurchase,
    OutcomeUnknownError,
    PurchaseLedger,
    RetryPolicy,
    Sent,
)
from sinch_numbers.sandbox import Sandbox

from .steps import cancelled_after, offered


@pytest.fixture
async def buyer(sandbox: Sandbox, url: str, orphans: list[OrphanedPurchase]) -> AsyncIterator[NumbersClient]:
    async with NumbersClient(
        project_id="sandbox-project",
        key_id="k",
        key_secret="s",
        base_url=url,
        auth_url=url,
        clock=sandbox.clock,
        on_orphaned_purchase=orphans.append,
    ) as client:
        yield client


@pytest.fixture(autouse=True)
async def no_complaint_of_the_loop() -> AsyncIterator[None]:
    """Fails a test in which the loop complains, for example of an exception that was never retrieved."""
    complaints: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
    yield
    assert not complaints


# --- the caller is cancelled ---


async def test_a_rent_whose_caller_timed_out_is_finished_and_reported_as_an_orphan(
    sandbox: Sandbox, buyer: NumbersClient, orphans: list[OrphanedPurchase]
) -> None:
    number = await offered(buyer)
    held = sandbox.faults.hold("RentNumber", after_commit=True)

    async def rent_until(limit: asyncio.Timeout) -> None:
        async with limit:
            await buyer.available_numbers.rent(number)

    limit = asyncio.timeout(None)
    call = asyncio.ensure_future(rent_until(limit))
    await held.reached()
    limit.reschedule(asyncio.get_running_loop().time())
    with pytest.raises(TimeoutError):
        await call
    held.release()
    await buyer.aclose()
    [orphan] = orphans
    assert orphan.operation == "RentNumber"
    assert orphan.number is not None
    assert orphan.number.phone_number == orphan.phone_number == number
    assert [charge.phone_number for charge in sandbox.charges] == [number]


async def test_an_orphan_whose_response_is_lost_is_looked_up_and_not_sent_again(
    sandbox: Sandbox, buyer: NumbersClient, orphans: list[OrphanedPurchase]
) -> None:
    number = await offered(buyer)
    held = sandbox.faults.hold("RentNumber")
    sandbox.faults.add("drop_before_commit", operation="GetActiveNumber", times=2)
    call = asyncio.ensure_future(buyer.available_numbers.rent(number))
    await held.reached()
    call.cancel()
    await asyncio.wait([call])
    sandbox.faults.clear()
    sandbox.faults.add("drop_after_commit", operation="RentNumber", times=None)
    await buyer.aclose()
    assert call.cancelled()
    assert len(orphans) == 1
    assert sum(request.operation == "RentNumber" for request in sandbox.requests) == 1


@pytest.mark.parametrize("next_call", ["GetActiveNumber", "RentNumber"])
async def test_a_purchase_that_got_a_429_is_looked_up_although_its_caller_is_gone(
    sandbox: Sandbox, orphans: list[OrphanedPurchase], ledger: PurchaseLedger, next_call: str
) -> None:
    """The copy that a gateway sent got the 429: cancelled while it asks, or before it is sent again."""
    budget = Budget(max_numbers=1)
    attempts = 1 if next_call == "GetActiveNumber" else 3
    client = sandbox.client(
        ledger=ledger,
        budget=budget,
        on_orphaned_purchase=orphans.append,
        retry=RetryPolicy(max_attempts=attempts),
    )
    number = await offered(client)
    sandbox.faults.add("status_after_commit", operation="RentNumber", status=429)
    held = sandbox.faults.hold(next_call)
    call = asyncio.ensure_future(client.available_numbers.rent(number))
    await held.reached()
    call.cancel()
    await asyncio.wait([call])
    sandbox.faults.clear()
    await client.aclose()
    assert [orphan.number and orphan.number.phone_number for orphan in orphans] == [number]
    assert [(entry.phone_number, entry.state) for entry in await ledger.entries()] == [
        (number, EntryState.RENTED)
    ]
    assert budget.numbers == len(sandbox.charges) == 1


async def test_a_call_that_is_cancelled_before_it_was_sent_is_never_sent(
    sandbox: Sandbox, buyer: NumbersClient, orphans: list[OrphanedPurchase]
) -> None:
    held = sandbox.faults.hold("Token")
    call = asyncio.ensure_future(buyer.available_numbers.rent("+12025550134"))
    await held.reached()
    call.cancel()
    await asyncio.wait([call])
    held.release()
    await buyer.aclose()
    assert call.cancelled()
    assert not orphans
    assert {request.operation for request in sandbox.requests} == {"Token"}


async def test_nothing_is_sent_if_the_caller_was_cancelled_while_the_transport_connected(
    orphans: list[OrphanedPurchase],
) -> None:
    connecting, proceed = asyncio.Event(), asyncio.Event()
    sent: list[str] = []

    class SlowToConnect:
        async def send(self, request: HttpRequest) -> HttpResponse:
            connecting.set()
            await proceed.wait()
            if request.before_send is not None:
                await request.before_send()
            sent.append(request.url)
            raise AssertionError("the purchase was sent")

        async def aclose(self) -> None: ...

    async with NumbersClient(
        project_id="p", auth=lambda: "token", transport=SlowToConnect(), on_orphaned_purchase=orphans.append
    ) as client:
        call = asyncio.ensure_future(client.available_numbers.rent("+12025550134"))
        await connecting.wait()
        call.cancel()
        await asyncio.wait([call])
        proceed.set()
    assert not sent
    [orphan] = orphans
    assert isinstance(orphan.error, APIConnectionError)
    assert orphan.error.sent is Sent.NEVER


class WithoutBeforeSend:
    """A user's transport that does not await `before_send`."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._inner = sandbox.transport()

    async def send(self, request: HttpRequest) -> HttpResponse:
        return await self._inner.send(attrs.evolve(request, before_send=None))

    async def aclose(self) -> None: ...


async def test_with_a_transport_that_ignores_before_send_no_number_of_a_cancelled_caller_is_lost(
    sandbox: Sandbox, orphans: list[OrphanedPurchase]
) -> None:
    for steps in range(40):
        sandbox.reset()
        orphans.clear()
        async with sandbox.client(
            transport=WithoutBeforeSend(sandbox), on_orphaned_purchase=orphans.append
        ) as client:
            number = await offered(client)
            gone = await cancelled_after(steps, asyncio.ensure_future(client.available_numbers.rent(number)))
        assert len(sandbox.charges) == (len(orphans) if gone else 1), f"cancelled after {steps} steps"


async def test_a_number_that_is_bought_in_the_same_loop_step_as_the_cancellation_is_not_lost(
    sandbox: Sandbox, orphans: list[OrphanedPurchase]
) -> None:
    """Cancels the caller at every possible step of the loop: each time the number is returned, reported, or not bought."""
    bought = False
    for steps in range(60):
        sandbox.reset()
        orphans.clear()
        async with sandbox.client(on_orphaned_purchase=orphans.append) as client:
            number = await offered(client)
            call = asyncio.ensure_future(client.available_numbers.rent(number))
            for _ in range(steps):
                await asyncio.sleep(0)
            call.cancel()
            await asyncio.wait([call])
        bought = bool(sandbox.charges)
        told = not call.cancelled() or any(orphan.number is not None for orphan in orphans)
        assert told == bought, f"cancelled after {steps} steps"
    assert bought, "the last call was not even slow enough to be cancelled after it was done"


async def test_an_unknown_outcome_in_the_same_loop_step_as_the_cancellation_is_reported(
    sandbox: Sandbox, orphans: list[OrphanedPurchase]
) -> None:
    gone, steps = True, 0
    while gone:
        sandbox.reset()
        orphans.clear()
        sandbox.faults.add("drop_after_commit", operation="RentAnyNumber")
        async with sandbox.client(on_orphaned_purchase=orphans.append) as client:
            call = client.available_numbers.rent_any(region_code="US", number_type="LOCAL")
            gone = await cancelled_after(steps, asyncio.ensure_future(call))
        if gone:
            assert len(sandbox.charges) == sum(
                isinstance(orphan.error, OutcomeUnknownError) for orphan in orphans
            ), f"cancelled after {steps} steps"
        steps += 1
    assert len(sandbox.charges) == 1


async def test_the_hook_for_orphans_can_be_async_and_can_raise(sandbox: Sandbox, url: str) -> None:
    seen: list[str | None] = []

    async def hook(orphan: OrphanedPurchase) -> None:
        await asyncio.sleep(0)
        seen.append(orphan.phone_number)
        raise RuntimeError("a bug in the hook")

    async with NumbersClient(
        project_id="p", key_id="k", key_secret="s", base_url=url, auth_url=url, on_orphaned_purchase=hook
    ) as client:
        number = await offered(client)
        held = sandbox.faults.hold("RentNumber")
        call = asyncio.ensure_future(client.available_numbers.rent(number))
        await held.reached()
        call.cancel()
        await asyncio.wait([call])
        held.release()
    assert seen == [number]


@pytest.mark.slow
async def test_after_5000_cancelled_purchases_the_next_succeeds_and_no_number_is_lost(
    sandbox: Sandbox, buyer: NumbersClient, orphans: list[OrphanedPurchase]
) -> None:
    sandbox.options.max_page_size = 6_000
    offers = await buyer.available_numbers.search(region_code="US", number_type="LOCAL", size=6_000)
    numbers = [offer.phone_number for offer in offers]
    assert len(numbers) > 2_000
    held = sandbox.faults.hold("RentNumber")
    calls = [
        asyncio.ensure_future(buyer.available_numbers.rent(numbers[index % len(numbers)]))
        for index in range(5_000)
    ]
    await held.reached(100)
    for call in calls:
        call.cancel()
    await asyncio.wait(calls)
    held.release()
    sandbox.faults.clear()
    free = await offered(buyer)
    assert (await buyer.available_numbers.rent(free)).phone_number == free
    await buyer.aclose()
    handed_over = [orphan.phone_number or "" for orphan in orphans if orphan.number is not None]
    # 100 had a connection and were sent; the others were waiting for one, and were never sent.
    assert sorted([*handed_over, free]) == sorted(charge.phone_number for charge in sandbox.charges)
    assert sum(request.operation == "RentNumber" for request in sandbox.requests) == 101
    names = {task.get_name() for task in asyncio.all_tasks()}
    assert not [name for name in names if name.startswith("sinch-numbers")]


# --- the client is closed, or the loop ends ---


async def test_a_purchase_that_outlives_its_caller_and_the_client_is_reported_as_unknown(
    sandbox: Sandbox, orphans: list[OrphanedPurchase]
) -> None:
    client = sandbox.client(on_orphaned_purchase=orphans.append, close_timeout=0.01)
    number = await offered(client)
    held = sandbox.faults.hold("RentNumber", after_commit=True)
    call = asyncio.ensure_future(client.available_numbers.rent(number))
    await held.reached()
    call.cancel()
    await asyncio.wait([call])
    await client.aclose()
    held.release()
    [orphan] = orphans
    assert orphan.phone_number == number
    assert isinstance(orphan.error, OutcomeUnknownError)


def test_a_purchase_in_flight_when_the_event_loop_ends_is_reported_as_unknown(
    sandbox: Sandbox, orphans: list[OrphanedPurchase]
) -> None:
    async def main() -> asyncio.Task[ActiveNumber]:
        client = sandbox.client(on_orphaned_purchase=orphans.append)
        number = await offered(client)
        held = sandbox.faults.hold("RentNumber", after_commit=True)
        call = asyncio.create_task(client.available_numbers.rent(number))
        await held.reached()
        return call

    assert asyncio.run(main()).cancelled()
    [orphan] = orphans
    assert isinstance(orphan.error, OutcomeUnknownError)


async def test_a_purchase_that_does_not_end_within_close_timeout_raises_outcome_unknown(
    sandbox: Sandbox, url: str
) -> None:
    client = NumbersClient(
        project_id="p", key_id="k", key_secret="s", base_url=url, auth_url=url, close_timeout=0.05
    )
    number = await offered(client)
    held = sandbox.faults.hold("RentNumber", after_commit=True)
    call = asyncio.ensure_future(client.available_numbers.rent(number))
    await held.reached()
    await client.aclose()
    with pytest.raises(OutcomeUnknownError, match="closed"):
        await call
    held.release()
    with pytest.raises(ConfigurationError, match="closed"):
        await client.available_numbers.rent(number)


async def test_a_caller_that_survived_a_cancellation_before_still_gets_the_error_of_the_close(
    sandbox: Sandbox, url: str
) -> None:
    client = NumbersClient(
        project_id="p", key_id="k", key_secret="s", base_url=url, auth_url=url, close_timeout=0.05
    )
    number = await offered(client)
    held = sandbox.faults.hold("RentNumber", after_commit=True)

    async def stubborn() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await client.available_numbers.rent(number)

    call = asyncio.ensure_future(stubborn())
    await asyncio.sleep(0)
    call.cancel()
    await held.reached()
    await client.aclose()
    held.release()
    with pytest.raises(OutcomeUnknownError, match="closed"):
        await call


async def test_a_purchase_that_was_not_sent_when_the_client_closed_was_never_sent(
    sandbox: Sandbox, url: str
) -> None:
    client = NumbersClient(
        project_id="p", key_id="k", key_secret="s", base_url=url, auth_url=url, close_timeout=0.05
    )
    held = sandbox.faults.hold("Token")
    call = asyncio.ensure_future(client.available_numbers.rent("+12025550134"))
    await held.reached()
    await client.aclose()
    held.release()
    with pytest.raises(APIConnectionError) as caught:
        await call
    assert caught.value.sent is Sent.NEVER
