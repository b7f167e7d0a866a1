"""What is known of a billable call over all its exchanges, and whether it may still send."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from sinch_numbers import Attempt, Processed, Sent, TransportError
from sinch_numbers._sending.billable import BillableCall


class Lease:
    """A guard of a call, as the ledger's lease is one."""

    def __init__(self) -> None:
        self.may_send = True
        self.stale = False
        self.confirmed = 0

    def is_stale(self) -> bool:
        return self.stale

    async def confirm(self) -> None:
        self.confirmed += 1
        if not self.may_send:
            raise TransportError("taken over", sent=Sent.NEVER)


@pytest.fixture
def call() -> BillableCall:
    return BillableCall()


ATTEMPTS = {
    Processed.NO: Attempt(status_code=None, sent=Sent.NEVER),
    Processed.YES: Attempt(status_code=404, sent=Sent.ARRIVED),
    Processed.MAYBE: Attempt(status_code=None, sent=Sent.UNKNOWN),
}
LIMITED = Attempt(status_code=429, sent=Sent.ARRIVED)


async def in_flight() -> asyncio.Task[Any]:
    """A task that does not end by itself."""
    task = asyncio.create_task(asyncio.Event().wait(), name="in flight")
    await asyncio.sleep(0)
    return task


# --- what is known ---


def test_a_call_that_was_not_sent_was_not_processed(call: BillableCall) -> None:
    assert (call.processed, call.latest, call.exchanges) == (Processed.NO, Processed.NO, 0)


@pytest.mark.parametrize("processed", Processed)
async def test_a_call_may_have_been_processed_while_an_exchange_is_in_flight(
    call: BillableCall, processed: Processed
) -> None:
    await call.begin_exchange()
    assert (call.processed, call.latest, call.exchanges) == (Processed.MAYBE, Processed.MAYBE, 1)
    call.end_exchange(ATTEMPTS[processed])
    assert (call.processed, call.latest, call.exchanges) == (processed, processed, 1)


@pytest.mark.parametrize("later", Processed)
async def test_a_later_exchange_does_not_make_an_unclear_one_clear(
    call: BillableCall, later: Processed
) -> None:
    for processed in (Processed.MAYBE, later):
        await call.begin_exchange()
        call.end_exchange(ATTEMPTS[processed])
    assert (call.processed, call.latest, call.exchanges) == (Processed.MAYBE, later, 2)


@pytest.mark.parametrize("later", ATTEMPTS.values())
async def test_a_call_may_have_been_processed_by_an_earlier_copy_once_a_response_was_a_429(
    call: BillableCall, later: Attempt
) -> None:
    assert not call.was_limited
    for attempt in (LIMITED, later):
        await call.begin_exchange()
        call.end_exchange(attempt)
        assert (call.processed, call.was_limited) == (Processed.MAYBE, True)
    assert call.latest is later.processed


def test_a_resumed_call_may_have_been_processed_by_an_earlier_process(call: BillableCall) -> None:
    call.resume()
    assert (call.processed, call.latest) == (Processed.MAYBE, Processed.NO)


# --- whether it may send ---


async def test_abandoning_a_call_that_was_not_sent_cancels_its_task(call: BillableCall) -> None:
    task = await in_flight()
    call.abandon(task)
    await asyncio.wait([task])
    assert task.cancelled()
    assert not call.may_send


@pytest.mark.parametrize("processed", [Processed.YES, Processed.MAYBE])
async def test_abandoning_a_call_that_may_have_been_processed_lets_its_task_run(
    call: BillableCall, processed: Processed
) -> None:
    await call.begin_exchange()
    call.end_exchange(ATTEMPTS[processed])
    task = await in_flight()
    call.abandon(task)
    assert not task.cancelling()
    assert not call.may_send
    task.cancel()


async def test_an_abandoned_call_sends_nothing_and_does_not_confirm_its_lease(call: BillableCall) -> None:
    call.guard = lease = Lease()
    call.abandoned = True
    for check in (call.begin_exchange, call.before_send):
        with pytest.raises(TransportError, match="cancelled") as caught:
            await check()
        assert caught.value.sent is Sent.NEVER
    assert lease.confirmed == 0


async def test_a_call_confirms_its_lease_just_before_it_sends(call: BillableCall) -> None:
    call.guard = lease = Lease()
    await call.begin_exchange()
    assert lease.confirmed == 0
    await call.before_send()
    assert lease.confirmed == 1


async def test_a_call_with_a_stale_lease_confirms_it_before_the_exchange_too(call: BillableCall) -> None:
    call.guard = lease = Lease()
    lease.stale = True
    await call.begin_exchange()
    assert lease.confirmed == 1


async def test_a_call_whose_lease_was_taken_over_does_not_send(call: BillableCall) -> None:
    call.guard = lease = Lease()
    lease.may_send = False
    assert not call.may_send
    with pytest.raises(TransportError, match="taken over"):
        await call.before_send()


async def test_a_call_without_a_lease_may_send(call: BillableCall) -> None:
    await call.begin_exchange()
    await call.before_send()
    assert call.may_send
