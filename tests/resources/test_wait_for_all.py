"""wait_until_all_provisioned: an outcome for each number, in few requests."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import aclosing
from itertools import pairwise
from typing import Any

import pytest

from sinch_numbers import (
    Completed,
    ConfigurationError,
    Failed,
    NotFoundError,
    NumberEvent,
    NumbersClient,
    ProvisioningFailedError,
    Rented,
    RetryPolicy,
    ServerError,
    SystemClock,
    WaitTimeoutError,
    voice,
)
from sinch_numbers.provisioning import is_provisioned
from sinch_numbers.sandbox import Sandbox
from sinch_numbers.webhooks import Delivery, WebhookInbox

from ..support import NUMBER, arrived, until
from ..webhooks.callbacks import SECRET, body_of, signed


async def rented(client: NumbersClient, count: int, *, region_code: str = "US") -> list[str]:
    """Numbers whose voice configuration takes 10 seconds, by the sandbox's clock."""
    outcomes = await client.available_numbers.rent_many(
        count=count,
        region_code=region_code,
        number_type="LOCAL" if region_code == "US" else "MOBILE",
        voice_configuration=voice.rtc("app"),
    )
    return [outcome.phone_number for outcome in outcomes if isinstance(outcome, Rented)]


def requests(sandbox: Sandbox, since: int) -> list[tuple[float, str, str]]:
    """Time, operation and query of each request after the first `since`."""
    return [(request.at, request.operation or "", request.query) for request in sandbox.requests[since:]]


def operations(sandbox: Sandbox, since: int) -> Counter[str]:
    return Counter(operation for _, operation, _ in requests(sandbox, since))


async def test_there_is_an_outcome_for_each_number_in_order_once_it_is_in_force(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    numbers = (await rented(client, 30))[::-1]
    begin = sandbox.clock.monotonic()
    outcomes = await client.active_numbers.wait_until_all_provisioned(numbers)

    assert [outcome.item for outcome in outcomes] == numbers
    assert all(isinstance(outcome, Completed) and is_provisioned(outcome.result) for outcome in outcomes)
    assert 10 <= sandbox.clock.monotonic() - begin < 10 + 10


async def test_iterated_it_gives_each_number_once_it_is_ready(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    waiting = await rented(client, 2)
    [ready] = sandbox.seed_active(1)
    begin = sandbox.clock.monotonic()
    outcomes = client.active_numbers.wait_until_all_provisioned([*waiting, ready])
    found = [(outcome.item, sandbox.clock.monotonic() - begin) async for outcome in outcomes]

    assert found[0] == (ready, 0)
    assert {item for item, _ in found[1:]} == {*waiting}
    assert all(seconds >= 10 for _, seconds in found[1:])


@pytest.mark.parametrize("numbers", [[], ()])
async def test_without_numbers_nothing_is_sent(sandbox: Sandbox, client: NumbersClient, numbers: Any) -> None:
    assert await client.active_numbers.wait_until_all_provisioned(numbers) == []
    assert sandbox.requests == []


# --- in few requests ---


async def test_many_numbers_are_looked_up_in_one_listing(sandbox: Sandbox, client: NumbersClient) -> None:
    numbers = await rented(client, 90)
    since = len(sandbox.requests)
    await client.active_numbers.wait_until_all_provisioned(numbers)
    sent = requests(sandbox, since)

    assert {operation for _, operation, _ in sent} == {"ListActiveNumbers"}
    assert len(sent) == len({at for at, _, _ in sent}) < 10


async def test_one_number_is_asked_for_and_not_listed(sandbox: Sandbox, client: NumbersClient) -> None:
    numbers = await rented(client, 1)
    since = len(sandbox.requests)
    await client.active_numbers.wait_until_all_provisioned(numbers)

    assert {*operations(sandbox, since)} == {"GetActiveNumber"}


async def test_a_few_numbers_of_many_are_asked_for_once_the_length_of_the_listing_is_known(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    sandbox.seed_active(1000)
    numbers = await rented(client, 4)
    since = len(sandbox.requests)
    await client.active_numbers.wait_until_all_provisioned(numbers)
    count = operations(sandbox, since)

    assert count["ListActiveNumbers"] <= 2
    assert count["GetActiveNumber"] >= 4


async def test_the_listing_of_the_region_is_read_if_it_is_shorter(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    sandbox.seed_active(1000)
    numbers = await rented(client, 40, region_code="SE")
    since = len(sandbox.requests)
    await client.active_numbers.wait_until_all_provisioned(numbers)
    sent = requests(sandbox, since)
    looks = sorted({at for at, _, _ in sent})

    assert {operation for _, operation, _ in sent} == {"ListActiveNumbers"}
    for look in looks[1:]:
        assert [query for at, _, query in sent if at == look] == ["regionCode=SE&type=MOBILE"]


async def test_a_listing_is_left_as_soon_as_all_numbers_were_seen(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    numbers = sorted(sandbox.seed_active(1000))[:150]
    await client.active_numbers.wait_until_all_provisioned(numbers)

    assert arrived(sandbox, "ListActiveNumbers") == 2


@pytest.mark.parametrize("missing_filters", ["reject", "mobile"])
async def test_where_the_api_does_not_list_everything_it_lists_regions_and_types(
    sandbox: Sandbox, client: NumbersClient, missing_filters: Any
) -> None:
    sandbox.options.missing_filters = missing_filters
    numbers = [*await rented(client, 30), *await rented(client, 20, region_code="SE")]
    since = len(sandbox.requests)
    outcomes = await client.active_numbers.wait_until_all_provisioned(numbers)
    sent = requests(sandbox, since)
    first = min(at for at, _, _ in sent)

    assert all(isinstance(outcome, Completed) for outcome in outcomes)
    assert sum(operation == "GetActiveNumber" for _, operation, _ in sent) <= 50
    later = {query for at, operation, query in sent if at > first and operation == "ListActiveNumbers"}
    assert later == {"regionCode=US&type=LOCAL", "regionCode=SE&type=MOBILE"}


async def test_the_pauses_grow_and_are_not_the_same_for_all(sandbox: Sandbox, client: NumbersClient) -> None:
    sandbox.options.provisioning_seconds = 3600
    numbers = await rented(client, 10)
    since = len(sandbox.requests)
    await client.active_numbers.wait_until_all_provisioned(numbers, timeout=7200)
    looks = sorted({at for at, _, _ in requests(sandbox, since)})
    pauses = [later - earlier for earlier, later in pairwise(looks)]

    assert 0.75 <= pauses[0] <= 1.25
    assert min(pauses[10:-1]) >= 7.5
    assert max(pauses) <= 12.5
    assert len({round(pause, 3) for pause in pauses[10:]}) > 10


# --- failures ---


async def test_a_number_that_fails_does_not_end_the_wait_for_the_others(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    numbers = await rented(client, 10)
    sandbox.fail_provisioning(numbers[4], what="voice")
    await client.active_numbers.update(numbers[4], voice_configuration=voice.rtc("other"))
    outcomes = await client.active_numbers.wait_until_all_provisioned(numbers)

    assert [type(outcome) for outcome in outcomes] == [*[Completed] * 4, Failed, *[Completed] * 5]
    assert isinstance(outcomes[4], Failed)
    assert isinstance(outcomes[4].error, ProvisioningFailedError)
    assert outcomes[4].error.number.phone_number == numbers[4]


async def test_a_number_that_the_project_does_not_have_is_failed_and_not_waited_for(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    numbers = await rented(client, 3)
    outcomes = client.active_numbers.wait_until_all_provisioned([NUMBER, *numbers])
    begin = sandbox.clock.monotonic()
    async with aclosing(aiter(outcomes)) as found:
        first = await anext(found)
        assert sandbox.clock.monotonic() == begin
        rest = [outcome async for outcome in found]

    assert isinstance(first, Failed)
    assert first.item == NUMBER
    assert isinstance(first.error, NotFoundError)
    assert {type(outcome) for outcome in rest} == {Completed}


async def test_a_listing_that_fails_ends_the_wait(sandbox: Sandbox, client: NumbersClient) -> None:
    numbers = await rented(client, 3)
    sandbox.faults.add("status", operation="ListActiveNumbers", status=500, times=None)
    with pytest.raises(ServerError):
        await client.active_numbers.wait_until_all_provisioned(numbers)


async def test_a_request_for_one_number_that_fails_is_the_outcome_of_that_number(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    sandbox.options.missing_filters = "reject"
    numbers = await rented(client, 3)
    client = client.with_options(retry=RetryPolicy(max_attempts=1))
    sandbox.faults.add("status", operation="GetActiveNumber", phone_number=numbers[0], status=500)
    first, *others = await client.active_numbers.wait_until_all_provisioned(numbers)

    assert isinstance(first, Failed)
    assert isinstance(first.error, ServerError)
    assert {type(outcome) for outcome in others} == {Completed}


async def test_a_wait_that_times_out_names_what_is_pending_and_a_later_one_goes_on_with_it(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    ready = sandbox.seed_active(3)
    pending = await rented(client, 12)
    begin = sandbox.clock.monotonic()
    found: list[str] = []

    async def read() -> None:
        async for outcome in client.active_numbers.wait_until_all_provisioned([*pending, *ready], timeout=5):
            found.append(outcome.item)  # noqa: PERF401  an extension would be lost with the error

    with pytest.raises(WaitTimeoutError, match="12 of 15 numbers were not provisioned within 5 s") as caught:
        await read()

    assert sandbox.clock.monotonic() - begin == pytest.approx(5)
    assert found == ready
    assert caught.value.pending == tuple(pending)
    assert pending[9] in str(caught.value)
    assert pending[10] not in str(caught.value)
    assert "and 2 more" in str(caught.value)
    rest = await client.active_numbers.wait_until_all_provisioned(caught.value.pending)
    assert [type(outcome) for outcome in rest] == [Completed] * 12


async def test_the_error_of_a_single_wait_names_its_number_too(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    [number] = await rented(client, 1)
    with pytest.raises(WaitTimeoutError) as caught:
        await client.active_numbers.wait_until_provisioned(number, timeout=1)

    assert caught.value.pending == (number,)


@pytest.mark.parametrize(
    "arguments",
    [
        {"phone_numbers": NUMBER},
        {"phone_numbers": [NUMBER, NUMBER]},
        {"phone_numbers": ["12025550134"]},
        {"timeout": 0},
        {"timeout": float("nan")},
        {"interval": -1},
    ],
)
def test_wrong_arguments_are_refused_before_anything_is_sent(
    sandbox: Sandbox, arguments: dict[str, Any]
) -> None:
    given: dict[str, Any] = {"phone_numbers": [NUMBER]} | arguments
    with pytest.raises(ConfigurationError):
        sandbox.client().active_numbers.wait_until_all_provisioned(**given)
    assert sandbox.requests == []


# --- callbacks ---


class Still(SystemClock):
    """A clock whose waits do not end by themselves."""

    async def sleep(self, seconds: float) -> None:
        await asyncio.Event().wait()


async def tell(inbox: WebhookInbox, number: str) -> None:
    body = body_of(f"id-{number[1:]}", resourceId=number, projectId="sandbox-project", timestamp=None)
    assert (await inbox.receive(body, signed(body))).status == 200


async def test_a_callback_makes_it_look_at_that_number_and_at_no_other(
    sandbox: Sandbox, quiet_loop: None
) -> None:
    async with WebhookInbox(SECRET) as inbox, sandbox.client(clock=Still()) as client:
        inbox.on()(ignored)
        numbers = await rented(client, 5)
        outcomes = client.active_numbers.wait_until_all_provisioned(
            numbers, timeout=600, interval=60, inbox=inbox
        )
        async with aclosing(aiter(outcomes)) as found:
            coming = asyncio.ensure_future(anext(found))
            await until(lambda: arrived(sandbox, "ListActiveNumbers", 200) > 0)
            listed = arrived(sandbox, "ListActiveNumbers")
            await tell(inbox, numbers[2])
            await until(lambda: arrived(sandbox, "GetActiveNumber") == 1)
            assert not coming.done()  # the API says that it is not ready
            sandbox.clock.advance(60)
            await tell(inbox, numbers[3])
            outcome = await coming
            assert set(inbox._watches) == {*numbers} - {numbers[3]}
        assert inbox._watches == {}  # nothing is left of a wait that has ended

    assert outcome.item == numbers[3]
    assert arrived(sandbox, "GetActiveNumber") == 2
    assert arrived(sandbox, "ListActiveNumbers") == listed


async def ignored(event: NumberEvent, delivery: Delivery) -> None: ...


async def test_without_callbacks_it_looks_when_it_would_have_done(sandbox: Sandbox) -> None:
    inbox = WebhookInbox(SECRET)
    inbox.use_clock(sandbox.clock)
    client = sandbox.client()
    numbers = await rented(client, 5)
    begin = sandbox.clock.monotonic()
    outcomes = await client.active_numbers.wait_until_all_provisioned(numbers, inbox=inbox)

    assert [type(outcome) for outcome in outcomes] == [Completed] * 5
    assert 10 <= sandbox.clock.monotonic() - begin < 20
