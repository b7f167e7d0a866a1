"""A ledger entry as it stands in the store."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from sinch_numbers import (
    Entry,
    EntryState,
    Price,
)

ENTRY = Entry(
    key="ledger/call/1",
    operation="RentNumber",
    phone_number="+12025550134",
    state=EntryState.INTENT,
    price=Price(Decimal("1.50"), "USD"),
    began_at=1.5,
    owner="host 1 word",
)


@pytest.mark.parametrize("state", EntryState)
@pytest.mark.parametrize("price", [None, Price(Decimal("0.10"), "EUR")])
def test_an_entry_is_read_as_it_was_written(state: EntryState, price: Price | None) -> None:
    written = ENTRY.written(state=state, price=price, settled_at=2.5, detail="d", unconfirmed_since=2.0)
    read = Entry.read(written.key, written.raw)

    assert read == written
    assert (read.state, read.price, read.raw) == (state, price, written.raw)


def test_each_write_of_an_entry_has_a_version_of_its_own() -> None:
    once, twice = ENTRY.written(), ENTRY.written()

    assert once.version
    assert once.version != twice.version
    assert once.raw != twice.raw


def test_fields_that_another_version_of_the_package_wrote_are_kept() -> None:
    fields = json.loads(ENTRY.written().raw) | {"colour": "red"}
    read = Entry.read(ENTRY.key, json.dumps(fields).encode())

    assert json.loads(read.written(state=EntryState.RENTED).raw)["colour"] == "red"


@pytest.mark.parametrize(
    ("state", "is_settled", "may_have_been_charged"),
    [
        (EntryState.INTENT, False, True),
        (EntryState.UNKNOWN, False, True),
        (EntryState.RENTED, True, True),
        (EntryState.REFUSED, True, False),
    ],
)
def test_the_state_of_a_rent_says_whether_it_is_settled_and_may_have_been_charged(
    state: EntryState, is_settled: bool, may_have_been_charged: bool
) -> None:
    entry = ENTRY.written(state=state)

    assert (entry.is_settled, entry.may_have_been_charged) == (is_settled, may_have_been_charged)
    assert not ENTRY.written(operation="ReleaseNumber", state=state).may_have_been_charged


def test_a_slot_of_a_batch_has_its_number_in_its_key() -> None:
    slot = ENTRY.written(key="sinch-numbers/ledger/name/batch/order/00000012")

    assert (slot.is_slot, slot.batch, slot.slot) == (True, "order", 12)
    assert (ENTRY.is_slot, ENTRY.batch) == (False, "")
    assert ENTRY.written(key="sinch-numbers/ledger/name/batch/order/last").slot == -1
    assert not ENTRY.written(key="sinch-numbers/ledger/batch/call/00000012").is_slot


def test_the_setup_price_is_kept_and_is_0_in_an_entry_of_a_version_that_did_not_write_it() -> None:
    written = ENTRY.written(price=Price(Decimal("2.50"), "USD", setup=Decimal("1.25")))
    fields = json.loads(written.raw)
    earlier = json.dumps(fields | {"price": fields["price"][:2]}).encode()

    for raw, setup in [(written.raw, Decimal("1.25")), (earlier, Decimal(0))]:
        price = Entry.read(ENTRY.key, raw).price
        assert price is not None
        assert (price.amount, price.setup) == (Decimal("2.50"), setup)


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ({"operation": None}, "TypeError: operation is not text"),
        ({"phone_number": 5}, "TypeError: phone_number is not text"),
        ({"began_at": True}, "TypeError: began_at is not a time"),
        ({"price": ["x", "USD"]}, "ValueError: 'x' is not an amount"),
        ({"price": ["-1", "USD"]}, "ValueError: '-1' is not an amount of money"),
    ],
)
def test_an_entry_that_cannot_be_read_says_why_and_claims_nothing_else(
    broken: dict[str, Any], reason: str
) -> None:
    fields = json.loads(ENTRY.written(orphaned=True).raw)
    read = Entry.read(ENTRY.key, json.dumps(fields | broken).encode())

    assert read == Entry(
        key=ENTRY.key,
        operation="",
        phone_number=None,
        state=EntryState.UNREADABLE,
        began_at=0.0,
        detail=f"not a ledger entry: {reason}",
    )
