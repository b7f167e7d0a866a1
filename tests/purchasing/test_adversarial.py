"""What a hostile review found: combinations of faults that no single table holds."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import attrs
import httpx
import pytest

from sinch_numbers import (
    ActiveNumber,
    Budget,
    EntryState,
    HttpRequest,
    HttpResponse,
    MemoryStore,
    MockTransport,
    NotFoundError,
    NumbersClient,
    NumbersError,
    NumberTakenError,
    OrphanedPurchase,
    OutcomeUnknownError,
    PurchaseLedger,
    Refused,
    Rented,
    StoreError,
    Unknown,
)
from sinch_numbers.bulk import Outcome
from sinch_numbers.sandbox import Sandbox

from .matrix import closed_port


@pytest.fixture
def orphans() -> list[OrphanedPurchase]:
    return []


async def offered(client: NumbersClient) -> str:
    [offer] = await client.available_numbers.search(region_code="US", number_type="LOCAL", size=1)
    return offer.phone_number or ""


async def cancelled_after(steps: int, call: asyncio.Future[ActiveNumber]) -> bool:
    """Cancels `call` after that many turns of the loop; whether it was not done by then."""
    for _ in range(steps):
        await asyncio.sleep(0)
    call.cancel()
    await asyncio.wait([call])
    return call.cancelled()


class WithoutBeforeSend:
    """A transport of a user's who never heard of `before_send`."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._inner = sandbox.transport()

    async def send(self, request: HttpRequest) -> HttpResponse:
        return await self._inner.send(attrs.evolve(request, before_send=None))

    async def aclose(self) -> None: ...


async def test_a_transport_that_ignores_before_send_loses_no_number_of_a_caller_who_left(
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


async def test_an_unknown_outcome_that_comes_in_the_same_turn_as_the_cancellation_is_handed_over(
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


async def test_a_purchase_that_outlives_its_caller_and_the_client_is_handed_over_as_unknown(
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


def test_a_loop_that_ends_while_a_purchase_is_in_flight_hands_it_over(
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


def fails_after(tokens: int) -> Callable[[], str]:
    """A token provider that breaks, in its own way, after it gave some tokens."""
    left = ["token"] * tokens

    def token() -> str:
        if not left:
            raise RuntimeError("the vault is sealed")
        return left.pop()

    return token


def any_token(sandbox: Sandbox, authorization: str) -> MockTransport:
    """A transport that gives every request a token that the sandbox knows; the provider's own is nobody's."""
    inner = sandbox.transport()

    async def send(request: HttpRequest) -> HttpResponse:
        headers = {**request.headers, "Authorization": authorization}
        return await inner.send(attrs.evolve(request, headers=headers))

    return MockTransport(send)


@pytest.mark.parametrize("operation", ["rent", "release"])
async def test_a_token_provider_that_breaks_while_the_outcome_is_looked_for_leaves_it_unknown(
    sandbox: Sandbox, client: NumbersClient, operation: str
) -> None:
    number = await offered(client)
    if operation == "release":
        await client.available_numbers.rent(number)
    transport = any_token(sandbox, "Basic a2V5OnNlY3JldA==")
    sandbox.faults.add("drop_after_commit", operation="RentNumber")
    sandbox.faults.add("drop_after_commit", operation="ReleaseNumber")
    async with sandbox.client(auth=fails_after(1), transport=transport) as buyer:
        resource = buyer.available_numbers if operation == "rent" else buyer.active_numbers
        with pytest.raises(OutcomeUnknownError, match=number.replace("+", r"\+")):
            await getattr(resource, operation)(number)
    assert len(sandbox.charges) == 1


async def test_a_number_that_is_about_to_expire_is_no_proof_of_a_rent(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    number = await offered(client)
    await client.available_numbers.rent(number)
    await client.active_numbers.release(number)
    sandbox.faults.add("status", operation="RentNumber", status=503)
    with pytest.raises(OutcomeUnknownError, match="expires"):
        await client.available_numbers.rent(number)


async def test_a_release_of_a_number_that_appears_late_is_waited_for(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    sandbox.options.visibility_delay = 5
    number = await client.available_numbers.rent(await offered(client))
    sandbox.faults.add("drop_after_commit", operation="ReleaseNumber")
    released = await client.active_numbers.release(number.phone_number or "")
    assert released.expire_at is not None


class TakingTurns(MemoryStore):
    """A store that lets others in before and after each of its steps, as a file or a server does."""

    async def get(self, key: str) -> bytes | None:
        await asyncio.sleep(0)
        return await super().get(key)

    async def add(self, key: str, value: bytes, *, ttl: float | None = None) -> bool:
        for _ in range(9 if "/batch/one" in key else 1):
            await asyncio.sleep(0)
        added = key not in self._entries
        if added:
            await MemoryStore.set(self, key, value, ttl=ttl)
        await asyncio.sleep(0)
        return added


ORDER: dict[str, Any] = {"region_code": "US", "number_type": "LOCAL", "batch": "order"}


async def left_open(sandbox: Sandbox, client: NumbersClient, store: MemoryStore, count: int) -> None:
    """A batch whose requests were all lost, an hour ago, and whose numbers somebody else has by now."""
    sandbox.faults.add("drop_before_commit", operation="RentNumber", times=None)
    first = client.with_options(ledger=PurchaseLedger(store))
    outcomes = await first.available_numbers.rent_many(count=count, **ORDER)
    sandbox.faults.clear()
    sandbox.clock.advance(3_600)
    async with sandbox.client(project_id="somebody-else") as other:
        for outcome in outcomes:
            await other.available_numbers.rent(outcome.phone_number or "")


@pytest.mark.parametrize("turns", [0, 7, 26])
async def test_buyers_who_go_on_with_one_batch_at_a_time_buy_no_number_too_many(
    sandbox: Sandbox, client: NumbersClient, turns: int
) -> None:
    store = MemoryStore(clock=sandbox.clock)
    await left_open(sandbox, client, store, 20)

    async def buyer(delay: int) -> list[Outcome]:
        for _ in range(delay):
            await asyncio.sleep(0)
        own = client.with_options(ledger=PurchaseLedger(store))
        return await own.available_numbers.rent_many(count=20, **ORDER)

    told = await asyncio.gather(buyer(0), buyer(turns), buyer(2 * turns))
    bought = [charge.phone_number for charge in sandbox.charges if charge.project_id == "sandbox-project"]
    assert len(bought) == 20
    entries = await PurchaseLedger(store).entries()
    assert {entry.phone_number for entry in entries} == set(bought)
    assert {o.phone_number for outcomes in told for o in outcomes if isinstance(o, Rented)} == set(bought)


async def test_two_slots_never_claim_one_number(sandbox: Sandbox) -> None:
    store = TakingTurns(clock=sandbox.clock)

    async def claim(ledger: PurchaseLedger, batch: str, delay: int) -> bool:
        for _ in range(delay):
            await asyncio.sleep(0)
        try:
            lease = await ledger._claims.claim(batch, 0, "+12025550134", price=None, now=1.0)
            return lease is not None
        except NumberTakenError:
            return False

    for delay in range(8):
        batches = f"one-{delay}", f"two-{delay}"
        ledger, other = PurchaseLedger(store, name=f"{delay}"), PurchaseLedger(store, name=f"{delay}")
        assert sum(await asyncio.gather(claim(ledger, batches[0], 0), claim(other, batches[1], delay))) == 1


async def test_a_slot_whose_number_is_another_slots_is_filled_with_another_number(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    store = MemoryStore(clock=sandbox.clock)
    ledger = PurchaseLedger(store)
    client = client.with_options(ledger=ledger)
    [first] = await client.available_numbers.rent_many(count=1, **ORDER)
    # A crash came between the slot and its number.
    [entry] = await ledger.entries()
    left = attrs.evolve(entry, key=entry.key[:-1] + "1", state=EntryState.INTENT, owner="another process")
    await store.add(left.key, left.written().raw)
    [_, second] = await client.available_numbers.rent_many(count=2, **ORDER)
    assert isinstance(second, Rented)
    assert second.phone_number != first.phone_number
    assert len(sandbox.charges) == 2


@pytest.mark.parametrize("budget", [Budget(max_numbers=3), Budget(max_total="4.50", currency="USD")])
async def test_a_slot_that_the_budget_does_not_cover_is_not_left_open(
    sandbox: Sandbox, client: NumbersClient, budget: Budget
) -> None:
    ledger = PurchaseLedger(MemoryStore(clock=sandbox.clock))
    client = client.with_options(ledger=ledger, budget=budget)
    await client.available_numbers.rent_many(count=6, **ORDER)
    assert len(sandbox.charges) == 3
    assert [entry.state for entry in await ledger.entries()] == [EntryState.RENTED] * 3
    assert budget.reserved == 0


async def test_a_slot_whose_price_cannot_be_asked_for_is_not_left_open(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    ledger = PurchaseLedger(MemoryStore(clock=sandbox.clock))
    number = await offered(client)
    client = client.with_options(ledger=ledger, budget=Budget(max_total=5, currency="USD"))
    sandbox.faults.add("status", operation="GetAvailableNumber", times=None)
    [outcome] = await client.available_numbers.rent_many(phone_numbers=[number], batch="order")
    assert isinstance(outcome, Refused)
    assert await ledger.entries() == []


async def test_an_open_entry_that_the_budget_does_not_let_finish_stays_counted(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    store = MemoryStore(clock=sandbox.clock)
    sandbox.faults.add("drop_after_commit", operation="RentNumber", times=None)
    sandbox.faults.add("status", operation="GetActiveNumber", times=None)
    first = client.with_options(ledger=PurchaseLedger(store))
    await first.available_numbers.rent_many(count=3, **ORDER)
    budget = Budget(max_numbers=2)
    budget.include(await PurchaseLedger(store).entries())
    second = client.with_options(ledger=PurchaseLedger(store), budget=budget)
    await second.available_numbers.rent_many(count=3, **ORDER)
    assert budget.numbers == len(sandbox.charges) == 3
    assert {entry.is_settled for entry in await PurchaseLedger(store).entries()} == {False}


async def test_a_search_that_fails_leaves_no_purchase_open(sandbox: Sandbox, client: NumbersClient) -> None:
    sandbox.faults.add("status", operation="ListAvailableNumbers", times=None)
    [outcome] = await client.available_numbers.rent_many(count=1, region_code="US", number_type="LOCAL")
    assert isinstance(outcome, Refused)


async def test_a_search_that_the_api_knows_nothing_of_is_not_repeated_for_ever(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    sandbox.faults.add("status", operation="ListAvailableNumbers", status=404, times=100)
    [outcome] = await client.available_numbers.rent_many(count=1, region_code="US", number_type="LOCAL")
    assert isinstance(outcome, Refused)
    assert isinstance(outcome.error, NotFoundError)
    assert sum(request.operation == "ListAvailableNumbers" for request in sandbox.requests) == 1


async def test_what_rent_many_had_bought_when_it_was_cancelled_is_handed_over(
    sandbox: Sandbox, orphans: list[OrphanedPurchase]
) -> None:
    async with sandbox.client(on_orphaned_purchase=orphans.append) as client:
        held = sandbox.faults.hold("RentNumber", skip=20)
        buying = asyncio.ensure_future(
            client.available_numbers.rent_many(count=50, region_code="US", number_type="LOCAL")
        )
        await held.reached(8)
        buying.cancel()
        await asyncio.wait([buying])
        held.release()
    assert len(sandbox.charges) == 28
    told = sorted(orphan.phone_number or "" for orphan in orphans if orphan.number is not None)
    assert told == sorted(charge.phone_number for charge in sandbox.charges)


async def test_a_store_that_fails_costs_rent_many_the_slots_that_it_cannot_claim(sandbox: Sandbox) -> None:
    class Full(MemoryStore):
        async def add(self, key: str, value: bytes, *, ttl: float | None = None) -> bool:
            if len(self._entries) >= 2 * 5:
                raise OSError("no space left on device")
            return await super().add(key, value, ttl=ttl)

    async with sandbox.client(ledger=PurchaseLedger(Full(clock=sandbox.clock))) as client:
        outcomes = await client.available_numbers.rent_many(count=9, concurrency=1, **ORDER)
    assert [type(outcome) for outcome in outcomes] == [Rented] * 5 + [Refused] * 4
    assert {type(outcome.error) for outcome in outcomes if isinstance(outcome, Refused)} == {StoreError}
    assert len(sandbox.charges) == 5


@pytest.mark.parametrize("seed", range(3))
async def test_calls_at_a_time_are_never_given_the_same_number(
    sandbox: Sandbox, client: NumbersClient, seed: int
) -> None:
    kinds = ("drop_before_commit", "drop_after_commit", "status", "status_after_commit")
    sandbox.faults.random(0.3, kinds=kinds, operations=("RentNumber",), seed=seed)
    number = await offered(client)
    told = await asyncio.gather(
        *(client.available_numbers.rent_first(region_code="US", number_type="LOCAL") for _ in range(20)),
        # As a web application does that searches and then rents the first offer, for two visitors at a time.
        *(client.available_numbers.rent(number) for _ in range(5)),
        return_exceptions=True,
    )
    rented = [outcome.phone_number for outcome in told if isinstance(outcome, ActiveNumber)]
    assert len(set(rented)) == len(rented)
    assert sorted(rented) == sorted(charge.phone_number for charge in sandbox.charges)


async def test_a_number_can_be_rented_again_once_it_was_released(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    number = await offered(client)
    await client.available_numbers.rent(number)
    await client.active_numbers.release(number)
    sandbox.clock.advance(40 * 24 * 3_600)
    sandbox.faults.add("drop_after_commit", operation="RentNumber")
    assert (await client.available_numbers.rent(number)).phone_number == number


async def test_a_call_that_waits_for_its_turn_leaves_with_its_caller(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    number = await offered(client)
    held = sandbox.faults.hold("RentNumber")
    first = asyncio.ensure_future(client.available_numbers.rent(number))
    await held.reached()
    assert await cancelled_after(10, asyncio.ensure_future(client.available_numbers.rent(number)))
    held.release()
    assert (await first).phone_number == number
    assert sum(request.operation == "RentNumber" for request in sandbox.requests) == 1


async def test_a_hook_of_the_http_client_that_cannot_connect_elsewhere_hides_no_purchase(
    sandbox: Sandbox, url: str
) -> None:
    """The hook's ConnectError is about its own request; the rent, which it heard of, was answered."""
    heard: list[str] = []

    async def audit(response: httpx.Response) -> None:
        path = response.request.url.path
        heard.append(path)
        if path.endswith(":rent") and heard.count(path) == 1:
            async with httpx.AsyncClient() as other:
                await other.post(closed_port())

    async with (
        httpx.AsyncClient(event_hooks={"response": [audit]}) as http_client,
        NumbersClient(
            project_id="p",
            key_id="k",
            key_secret="s",
            base_url=url,
            auth_url=url,
            clock=sandbox.clock,
            http_client=http_client,
        ) as client,
    ):
        number = await offered(client)
        assert (await client.available_numbers.rent(number)).phone_number == number
    assert len(sandbox.charges) == 1


async def test_a_number_is_given_when_the_api_gives_it_and_not_only_when_the_ledger_has_it(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    written = asyncio.Event()

    class Slow(MemoryStore):
        async def set(self, key: str, value: bytes, *, ttl: float | None = None) -> None:
            if b'"rented"' in value:
                await written.wait()
            await super().set(key, value, ttl=ttl)

    booked = client.with_options(ledger=PurchaseLedger(Slow(clock=sandbox.clock)))
    held = sandbox.faults.hold("RentAnyNumber", after_commit=True)
    first = asyncio.ensure_future(booked.available_numbers.rent_any(region_code="US", number_type="LOCAL"))
    await held.reached()
    held.release()
    number = sandbox.charges[0].phone_number
    sandbox.faults.add("drop_before_commit", operation="RentNumber")
    with pytest.raises(NumberTakenError):
        await client.available_numbers.rent(number)
    written.set()
    assert (await first).phone_number == number


@pytest.mark.parametrize("moment", ["before it is sent", "after it is sold"])
@pytest.mark.usefixtures("quiet_loop")
async def test_a_store_that_hangs_does_not_keep_a_client_from_closing(
    sandbox: Sandbox, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Hanging(MemoryStore):
        async def replace(self, key: str, old: bytes, new: bytes, *, ttl: float | None = None) -> bool:
            if b'"intent"' not in new:
                await asyncio.Event().wait()
            return await super().replace(key, old, new, ttl=ttl)

    monkeypatch.setattr("sinch_numbers._defaults.ABANDONED_GRACE", 0.01)
    ledger = PurchaseLedger(Hanging(clock=sandbox.clock))
    client = sandbox.client(ledger=ledger, close_timeout=0.01)
    held = sandbox.faults.hold("Token" if moment == "before it is sent" else "RentNumber", after_commit=True)
    call = asyncio.ensure_future(client.available_numbers.rent("+12025550134"))
    await held.reached()
    if moment == "after it is sold":
        held.release()
    await client.aclose()
    held.release()
    with pytest.raises(NumbersError, match="closed"):
        await call
    assert [entry.state for entry in await ledger.entries()] == [EntryState.INTENT]


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


KINDS = (
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
    """Two clients that buy at a time, one at a time and by the batch, while all goes wrong; and what was told to whom."""

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
async def test_whatever_goes_wrong_at_a_time_every_charge_is_accounted_for() -> None:
    for seed in range(40):
        sandbox, dice = Sandbox(seed=seed), random.Random(seed)
        store = Unreliable(sandbox, dice, dice.choice((0.0, 0.05)))
        budget = Budget(max_total=24, currency="USD")
        chaos = Chaos(sandbox, dice, PurchaseLedger(store), budget)
        sandbox.options.visibility_delay = dice.choice((0.0, 3.0))
        sandbox.faults.random(dice.choice((0.1, 0.4)), kinds=KINDS, seed=seed)
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
