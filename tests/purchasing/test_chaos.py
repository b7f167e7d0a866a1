"""Random faults, cancellations and stores that fail, all at once: every charge is accounted for."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from decimal import Decimal

import attrs
import pytest

from sinch_numbers import (
    ActiveNumber,
    Budget,
    MemoryStore,
    NumbersClient,
    NumbersError,
    OrphanedPurchase,
    OutcomeUnknownError,
    PurchaseLedger,
    Refused,
    Rented,
    RetryPolicy,
    Timeout,
    Unknown,
)
from sinch_numbers.bulk import outcome_of
from sinch_numbers.sandbox import Sandbox

from .steps import ORDER

pytestmark = pytest.mark.slow

# --- thousands of purchases over real loopback HTTP ---


RENTS = 2_000

KINDS = (
    "status",
    "status_after_commit",
    "drop_before_commit",
    "drop_after_commit",
    "truncated",
    "reset_mid_headers",
    "html",
    "invalid_json",
)


def new_client(sandbox: Sandbox, url: str) -> NumbersClient:
    return NumbersClient(
        project_id="sandbox-project",
        key_id="key",
        key_secret="secret",
        base_url=url,
        auth_url=url,
        clock=sandbox.clock,
        timeout=Timeout(read=5),
        # A generous retry quota: the faults are to test the outcomes, not the quota.
        retry=RetryPolicy(quota=100_000),
    )


def charged(sandbox: Sandbox) -> Counter[str]:
    return Counter(charge.phone_number for charge in sandbox.charges)


@pytest.mark.parametrize("seed", [1, 2])
async def test_the_charges_of_2000_rents_through_random_faults_are_those_that_were_reported(
    sandbox: Sandbox, url: str, seed: int
) -> None:
    sandbox.options.max_page_size = RENTS
    async with new_client(sandbox, url) as client:
        offers = await client.available_numbers.search(region_code="US", number_type="LOCAL", size=RENTS)
        assert len(offers) == RENTS
        sandbox.faults.random(rate=0.3, kinds=KINDS, seed=seed)
        limit = asyncio.Semaphore(50)
        told: dict[str, Rented | Refused | Unknown] = {}

        async def rent(phone_number: str) -> None:
            async with limit:
                try:
                    number = await client.available_numbers.rent(phone_number)
                except NumbersError as error:
                    told[phone_number] = outcome_of(error, phone_number)
                else:
                    told[phone_number] = Rented(phone_number=phone_number, number=number)

        wanted = [offer.phone_number for offer in offers]
        await asyncio.gather(*(rent(phone_number) for phone_number in wanted))
    books = charged(sandbox)
    rented = {number for number, outcome in told.items() if isinstance(outcome, Rented)}
    unknown = {number for number, outcome in told.items() if isinstance(outcome, Unknown)}
    assert set(books.values()) <= {1}, "a number was charged twice"
    assert rented <= set(books), "a number was reported rented that was not"
    assert set(books) <= rented | unknown, "a number was charged of which the caller was not told"
    assert len(books) == len(rented) + len(unknown & set(books))
    # The faults did strike, and most purchases got through them.
    assert sum(fault.hits for fault in sandbox.faults) > RENTS * 0.3
    assert len(rented) > 0.9 * len(wanted)


@pytest.mark.parametrize("seed", range(3))
async def test_rent_many_through_random_faults_never_buys_more_than_count(
    sandbox: Sandbox, url: str, seed: int
) -> None:
    sandbox.faults.random(rate=0.4, kinds=KINDS, operations=("RentNumber", "GetActiveNumber"), seed=seed)
    async with new_client(sandbox, url) as client:
        outcomes = await client.available_numbers.rent_many(
            count=200, region_code="US", number_type="LOCAL", concurrency=16
        )
    books = charged(sandbox)
    rented = {outcome.phone_number for outcome in outcomes if isinstance(outcome, Rented)}
    unknown = {outcome.phone_number for outcome in outcomes if isinstance(outcome, Unknown)}
    assert len(outcomes) == 200
    assert len(books) <= 200
    assert set(books.values()) <= {1}
    assert rented <= set(books) <= rented | unknown


# --- everything at once ---


class Unreliable(MemoryStore):
    """A store that fails now and then, before or after it did what it was asked to."""

    def __init__(self, sandbox: Sandbox, dice: random.Random, rate: float) -> None:
        super().__init__(clock=sandbox.clock)
        self._dice = dice
        self.rate = rate

    def _stumble(self) -> None:
        if self._dice.random() < self.rate:
            raise OSError("the store failed")

    async def set(self, key: str, value: bytes, *, ttl: float | None = None) -> None:
        self._stumble()
        await super().set(key, value, ttl=ttl)
        self._stumble()

    async def replace(self, key: str, old: bytes, new: bytes, *, ttl: float | None = None) -> bool:
        replaced = await super().replace(key, old, new, ttl=ttl)
        self._stumble()
        return replaced


FAULT_KINDS = (
    "status",
    "status_after_commit",
    "drop_before_commit",
    "drop_after_commit",
    "truncated",
    "html",
    "refused",
    "hang_before_commit",
    "hang_after_commit",
    "latency",
)


@attrs.define
class Chaos:
    """Two clients that buy concurrently, single numbers and a batch, through faults; and what was reported of it."""

    sandbox: Sandbox
    dice: random.Random
    ledger: PurchaseLedger
    budget: Budget
    told: list[str | None] = attrs.field(factory=list[str | None])
    given: list[str] = attrs.field(factory=list[str])

    def hear(self, number: ActiveNumber | None, error: NumbersError | None, phone_number: str | None) -> None:
        if number is not None:
            self.given.append(number.phone_number)
            self.told.append(number.phone_number)
        elif isinstance(error, OutcomeUnknownError):
            self.told.append(phone_number)

    def orphaned(self, orphan: OrphanedPurchase) -> None:
        self.hear(orphan.number, orphan.error, orphan.phone_number)

    async def one(self, client: NumbersClient) -> None:
        try:
            number = await client.available_numbers.rent_first(region_code="US", number_type="LOCAL")
        except OutcomeUnknownError as error:
            self.hear(None, error, error.phone_number)
        except (NumbersError, OSError):
            pass
        else:
            self.hear(number, None, None)

    async def many(self, client: NumbersClient) -> None:
        try:
            outcomes = await client.available_numbers.rent_many(count=8, concurrency=3, **ORDER)
        except (NumbersError, OSError):
            return
        for outcome in outcomes:
            number = outcome.number if isinstance(outcome, Rented) else None
            error = outcome.error if isinstance(outcome, Unknown) else None
            self.hear(number, error, outcome.phone_number)

    async def run(self) -> None:
        clients = [
            self.sandbox.client(
                ledger=self.ledger,
                budget=self.budget,
                on_orphaned_purchase=self.orphaned,
                max_connections=self.dice.choice((2, 100)),
                close_timeout=0.05,
            )
            for _ in range(2)
        ]
        calls = [asyncio.ensure_future(self.one(self.dice.choice(clients))) for _ in range(12)]
        calls += [asyncio.ensure_future(self.many(client)) for client in clients]
        for call in self.dice.sample(calls, 5):
            for _ in range(self.dice.randrange(40)):
                await asyncio.sleep(0)
            call.cancel()
        await clients[0].aclose()
        await asyncio.wait(calls)
        await clients[1].aclose()


@pytest.mark.usefixtures("quiet_loop")
async def test_through_faults_cancellations_and_a_failing_store_every_charge_is_accounted_for() -> None:
    for seed in range(40):
        sandbox, dice = Sandbox(seed=seed), random.Random(seed)
        store = Unreliable(sandbox, dice, dice.choice((0.0, 0.05)))
        budget = Budget(max_total=24, currency="USD")
        chaos = Chaos(sandbox, dice, PurchaseLedger(store), budget)
        sandbox.options.visibility_delay = dice.choice((0.0, 3.0))
        sandbox.faults.random(dice.choice((0.1, 0.4)), kinds=FAULT_KINDS, seed=seed)
        await chaos.run()
        store.rate = 0.0
        sandbox.faults.clear()
        charged = Counter(charge.phone_number for charge in sandbox.charges)
        written = {entry.phone_number: entry for entry in await chaos.ledger.entries()}
        may_be = {number for number, entry in written.items() if entry.may_have_been_charged}
        assert set(charged.values()) <= {1}, seed
        assert set(charged) <= {*chaos.told} | may_be, seed
        assert set(chaos.given) <= set(charged), seed
        assert budget.reserved == 0, seed
        total = sum((Decimal(charge.amount) for charge in sandbox.charges), Decimal(0))
        assert total <= budget.spent <= 24, seed
        sandbox.clock.advance(3_600)
        async with sandbox.client(ledger=PurchaseLedger(store)) as client:
            await client.resume_purchases()
            sandbox.clock.advance(3_600)
            await client.resume_purchases()
            order = await chaos.ledger.entries(batch="order")
            assert all((entry.phone_number in charged) for entry in order), seed
            outcomes = await client.available_numbers.rent_many(count=8, **ORDER)
        assert {type(outcome) for outcome in outcomes} == {Rented}, seed
        assert len({outcome.phone_number for outcome in outcomes}) == 8, seed
