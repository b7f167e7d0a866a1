"""A named batch keeps what it was ordered with, and refuses to be another order."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sinch_numbers import (
    ConfigurationError,
    MemoryStore,
    NumbersClient,
    PurchaseLedger,
    Rented,
    sms,
    voice,
)
from sinch_numbers.purchasing.claims import Claims
from sinch_numbers.sandbox import Sandbox

from .scripted_store import Scripted
from .steps import ORDER, offers

BASE: dict[str, Any] = {
    "count": 2,
    "region_code": "US",
    "number_type": "LOCAL",
    "capabilities": ["SMS", "VOICE"],
    "sms_configuration": sms.link("plan"),
    "voice_configuration": voice.rtc("app"),
    "callback_url": "https://example.com/secret-token",
    "batch": "order",
}

KEPT: list[dict[str, Any]] = [
    {
        "callback_url": None,
        "count": 1,
        "phone_numbers": "ab7c4bf535705dbd4dcac588703bb372",
        "sms_configuration": None,
        "voice_configuration": None,
    },
    {
        "allow_documents": True,
        "callback_url": "dab3faf13b02e5baf7f20d6d1458d94d",
        "capabilities": ["SMS", "VOICE"],
        "count": 2,
        "number_pattern": None,
        "number_type": "LOCAL",
        "payment_interval_months": 1,
        "phone_numbers": None,
        "region_code": "US",
        "search_pattern": None,
        "sms_configuration": "2c45b85532c602221a44ee9799a255d6",
        "voice_configuration": "36cd8879cc7b5531aa71733c228080cd",
    },
]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("count", 3),
        ("count", 1),
        ("region_code", "CA"),
        ("number_type", "MOBILE"),
        ("number_pattern", "555"),
        ("search_pattern", "END"),
        ("capabilities", ["SMS"]),
        ("capabilities", None),
        ("payment_interval_months", None),
        ("allow_documents", False),
        ("sms_configuration", sms.link("plan", "campaign")),
        ("sms_configuration", None),
        ("voice_configuration", voice.rtc("another")),
        ("callback_url", "https://example.com/another"),
    ],
)
async def test_another_order_is_refused_by_the_name_of_what_differs(
    sandbox: Sandbox, buyer: NumbersClient, name: str, value: object
) -> None:
    await buyer.available_numbers.rent_many(**BASE)
    another: dict[str, Any] = {**BASE, name: value}
    with pytest.raises(
        ConfigurationError, match=f"'order' was ordered with other arguments: {name}\\."
    ) as caught:
        await buyer.available_numbers.rent_many(**another)
    assert "secret-token" not in str(caught.value)
    assert len(sandbox.charges) == 2


async def test_the_same_order_in_other_words_continues_it(sandbox: Sandbox, buyer: NumbersClient) -> None:
    first = await buyer.available_numbers.rent_many(**BASE)
    reworded: dict[str, Any] = {
        "capabilities": ("VOICE", "SMS"),
        "voice_configuration": {"type": "RTC", "app_id": "app"},
        "concurrency": 1,
    }
    order: dict[str, Any] = {**BASE, **reworded}
    again = await buyer.available_numbers.rent_many(**order)
    assert [outcome.phone_number for outcome in again] == [outcome.phone_number for outcome in first]
    assert len(sandbox.charges) == 2


async def test_the_order_is_kept_in_the_form_in_which_other_versions_of_this_package_read_it(
    buyer: NumbersClient, store: MemoryStore
) -> None:
    await buyer.available_numbers.rent_many(**BASE)
    await buyer.available_numbers.rent_many(phone_numbers=["+12025550134"], batch="named")
    kept = [json.loads(raw) for _, raw in await store.items("sinch-numbers/ledger/default/order/")]
    assert kept == KEPT


async def test_other_numbers_are_another_order(sandbox: Sandbox, buyer: NumbersClient) -> None:
    first, second = await offers(buyer, 2)
    await buyer.available_numbers.rent_many(phone_numbers=[first], batch="order")
    with pytest.raises(ConfigurationError, match="other arguments: phone_numbers"):
        await buyer.available_numbers.rent_many(phone_numbers=[second], batch="order")
    with pytest.raises(ConfigurationError, match="other arguments: allow_documents, number_type, payment"):
        await buyer.available_numbers.rent_many(count=1, **ORDER)
    [outcome] = await buyer.available_numbers.rent_many(phone_numbers=[first], batch="order")
    assert isinstance(outcome, Rented)


async def test_what_stands_at_the_order_and_is_none_is_an_error(
    sandbox: Sandbox, buyer: NumbersClient, store: MemoryStore
) -> None:
    for content in (b"", b"[]", b"\xff"):
        await store.set("sinch-numbers/ledger/default/order/order", content)
        with pytest.raises(ConfigurationError, match="something else at the order"):
            await buyer.available_numbers.rent_many(count=1, **ORDER)
    assert not sandbox.charges


async def test_a_batch_of_an_earlier_version_without_an_order_goes_on(
    sandbox: Sandbox, buyer: NumbersClient, store: MemoryStore
) -> None:
    await buyer.available_numbers.rent_many(count=2, **ORDER)
    key = "sinch-numbers/ledger/default/order/order"
    raw = await store.get(key)
    assert raw is not None
    await store.delete(key, raw)
    await buyer.available_numbers.rent_many(count=3, **ORDER)
    assert len(sandbox.charges) == 3


@pytest.mark.parametrize("how", ["before", "after", "late"])
async def test_an_order_whose_write_got_no_response_is_read_back(how: str) -> None:
    store = Scripted()
    claims = PurchaseLedger(store, name="name")._claims
    store.script = [how]
    await claims.check_order("batch", {"count": 1, "batch": "b"})
    assert await store.get("sinch-numbers/ledger/name/order/batch") == b'{"batch": "b", "count": 1}'
    await claims.check_order("batch", {"batch": "b", "count": 1})
    with pytest.raises(ConfigurationError, match="count"):
        await claims.check_order("batch", {"count": 2, "batch": "b"})
    assert isinstance(claims, Claims)
