from __future__ import annotations

import asyncio
import gc
import re
from collections.abc import Callable
from contextlib import aclosing
from typing import Any

import pytest

from sinch_numbers import (
    ActiveNumber,
    BadRequestError,
    ConfigurationError,
    Pager,
    PaginationError,
    ServerError,
)
from sinch_numbers.sandbox import Sandbox

from .support import make_client, turns


def numbers(sandbox: Sandbox, **options: Any) -> Pager[ActiveNumber]:
    return sandbox.client().active_numbers.list(region_code="US", number_type="LOCAL", **options)


def names(found: list[ActiveNumber]) -> list[str | None]:
    return [number.phone_number for number in found]


@pytest.fixture
def seeded(sandbox: Sandbox) -> list[str]:
    return sorted(sandbox.seed_active(25))


# --- reading ---


async def test_a_pager_yields_every_item_in_order(sandbox: Sandbox, seeded: list[str]) -> None:
    found = [number async for number in numbers(sandbox, page_size=10)]

    assert names(found) == seeded


async def test_a_pager_yields_pages_with_their_cursor_and_the_total(
    sandbox: Sandbox, seeded: list[str]
) -> None:
    pages = [page async for page in numbers(sandbox, page_size=10).pages()]

    assert [len(page.items) for page in pages] == [10, 10, 5]
    assert {page.total_size for page in pages} == {25}
    assert [page.cursor is None for page in pages] == [False, False, True]


async def test_the_first_item_takes_one_page(sandbox: Sandbox, seeded: list[str]) -> None:
    first = await numbers(sandbox, page_size=1).first()

    assert first is not None
    assert first.phone_number == seeded[0]
    assert [request.operation for request in sandbox.requests].count("ListActiveNumbers") == 1


async def test_the_first_item_of_an_empty_listing_is_none(sandbox: Sandbox) -> None:
    assert await numbers(sandbox).first() is None
    assert await numbers(sandbox).collect() == []


@pytest.mark.parametrize(("limit", "pages"), [(0, 0), (1, 1), (10, 1), (11, 2), (25, 3), (99, 3), (None, 3)])
async def test_collecting_reads_no_more_pages_than_its_limit_needs(
    sandbox: Sandbox, seeded: list[str], limit: int | None, pages: int
) -> None:
    found = await numbers(sandbox, page_size=10).collect(limit=limit)

    assert names(found) == seeded[:limit]
    assert [request.operation for request in sandbox.requests].count("ListActiveNumbers") == pages


@pytest.mark.parametrize("limit", [-1, True, 1.5, "3"])
async def test_a_limit_that_is_not_a_count_is_a_configuration_error(sandbox: Sandbox, limit: Any) -> None:
    with pytest.raises(ConfigurationError, match="limit"):
        await numbers(sandbox).collect(limit=limit)


async def test_a_pager_that_is_iterated_twice_starts_over(sandbox: Sandbox, seeded: list[str]) -> None:
    pager = numbers(sandbox, page_size=10)
    once = [number async for number in pager]
    twice = [number async for number in pager]

    assert names(once) == names(twice) == seeded


async def test_a_pager_that_is_not_iterated_sends_nothing(sandbox: Sandbox) -> None:
    numbers(sandbox)

    assert sandbox.requests == []


@pytest.mark.parametrize("ending", ["empty", "null", "absent"])
async def test_a_listing_ends_at_an_empty_null_or_absent_page_token(
    sandbox: Sandbox, seeded: list[str], ending: Any
) -> None:
    sandbox.options.end_of_listing = ending

    assert names(await numbers(sandbox, page_size=25).collect()) == seeded


# --- resuming ---


async def test_a_listing_resumes_at_the_page_that_failed(sandbox: Sandbox, seeded: list[str]) -> None:
    sandbox.faults.add("status", operation="ListActiveNumbers", skip=1, status=500, times=3)
    pager = numbers(sandbox, page_size=10)
    found: list[ActiveNumber] = []

    async def read() -> None:
        async for number in pager:
            found.append(number)  # noqa: PERF401  an extension would be lost with the error

    with pytest.raises(ServerError):
        await read()
    assert len(found) == 10
    assert pager.cursor is not None

    rest = await numbers(sandbox, page_size=10, cursor=pager.cursor).collect()
    assert names(found + rest) == seeded


async def test_a_listing_resumes_after_a_page_whose_cursor_was_kept(
    sandbox: Sandbox, seeded: list[str]
) -> None:
    pages = numbers(sandbox, page_size=10).pages()
    page = await anext(pages)
    await pages.aclose()
    resumed = numbers(sandbox, page_size=10, cursor=page.cursor)
    assert resumed.cursor == page.cursor

    assert names(await resumed.collect()) == seeded[10:]
    assert names(await resumed.collect()) == seeded[10:]
    assert resumed.cursor is None


async def test_after_a_break_the_cursor_leads_to_the_next_page(sandbox: Sandbox, seeded: list[str]) -> None:
    pager = numbers(sandbox, page_size=10)
    async for _ in pager:
        break

    assert names(await numbers(sandbox, cursor=pager.cursor).collect()) == seeded[10:]


async def test_a_page_that_fails_is_retried_before_the_listing_fails(
    sandbox: Sandbox, seeded: list[str]
) -> None:
    sandbox.faults.add("status", operation="ListActiveNumbers", skip=1, status=503, times=2)

    assert names(await numbers(sandbox, page_size=10).collect()) == seeded


async def test_a_cursor_is_a_short_word_that_a_url_or_a_file_name_can_have(
    sandbox: Sandbox, seeded: list[str]
) -> None:
    page = await numbers(sandbox, page_size=10)

    assert re.fullmatch(r"[A-Za-z0-9_-]{10,200}", page.cursor or "")


@pytest.mark.parametrize(
    "other",
    [{"region_code": "GB"}, {"number_type": "MOBILE"}, {"number_pattern": "202"}, {"capabilities": ["SMS"]},
     {"order_by": "displayName"}, {"region_code": None}],
    ids=str,
)  # fmt: skip
async def test_a_cursor_of_another_query_is_refused_before_anything_is_sent(
    sandbox: Sandbox, seeded: list[str], other: dict[str, Any]
) -> None:
    cursor = (await numbers(sandbox, page_size=10)).cursor
    sent = len(sandbox.requests)
    query: dict[str, Any] = {"region_code": "US", "number_type": "LOCAL", "cursor": cursor} | other
    with pytest.raises(ConfigurationError, match="other filters"):
        sandbox.client().active_numbers.list(**query)
    with pytest.raises(ConfigurationError, match="another project"):
        sandbox.client(project_id="other").active_numbers.list(
            region_code="US", number_type="LOCAL", cursor=cursor
        )

    assert len(sandbox.requests) == sent


async def test_a_cursor_goes_on_with_another_page_size_and_the_same_capabilities_in_another_order(
    sandbox: Sandbox, seeded: list[str]
) -> None:
    every = names(await numbers(sandbox, capabilities=["SMS", "VOICE"]).collect())
    cursor = (await numbers(sandbox, page_size=10, capabilities=["SMS", "VOICE"])).cursor
    rest = await numbers(sandbox, page_size=3, capabilities=("VOICE", "SMS"), cursor=cursor).collect()

    assert rest
    assert names(rest) == every[10:]


@pytest.mark.parametrize(
    "cursor",
    ["", "A", "a+b/c=", "AAAAAAAA", "\u4e2d", "\ud800", "A" * 20, "A" * 100_000, 7, b"AAAAAAAAAAAA"],
    ids=lambda cursor: repr(cursor)[:12],
)
def test_what_is_no_cursor_is_refused(cursor: Any) -> None:
    with pytest.raises(ConfigurationError, match="cursor"):
        make_client().active_numbers.list(cursor=cursor)


async def test_a_listing_with_more_pages_than_max_pages_raises_an_error_with_a_cursor_to_go_on(
    sandbox: Sandbox, seeded: list[str]
) -> None:
    found: list[ActiveNumber] = []

    async def read() -> None:
        async for number in numbers(sandbox, page_size=10, max_pages=2):
            found.append(number)  # noqa: PERF401  an extension would be lost with the error

    with pytest.raises(PaginationError, match="more than 2 pages") as caught:
        await read()
    rest = await numbers(sandbox, page_size=10, cursor=caught.value.cursor).collect()

    assert names(found + rest) == seeded


# --- reading ahead ---


def listings(sandbox: Sandbox) -> int:
    return [request.operation for request in sandbox.requests].count("ListActiveNumbers")


async def test_the_next_page_is_read_while_the_consumer_works_on_one_and_no_further(
    sandbox: Sandbox, seeded: list[str]
) -> None:
    async with aclosing(numbers(sandbox, page_size=5).pages()) as pages:
        await anext(pages)
        await turns(50)
        assert listings(sandbox) == 2
        await anext(pages)
        await turns(50)
        assert listings(sandbox) == 3


async def test_without_prefetch_a_page_is_read_when_it_is_asked_for(
    sandbox: Sandbox, seeded: list[str]
) -> None:
    async with aclosing(numbers(sandbox, page_size=5).pages(prefetch=False)) as pages:
        await anext(pages)
        await turns(50)

    assert listings(sandbox) == 1


async def test_a_consumer_that_stops_cancels_the_page_that_is_read_ahead(
    sandbox: Sandbox, seeded: list[str]
) -> None:
    held = sandbox.faults.hold("ListActiveNumbers", skip=1)
    pages = numbers(sandbox, page_size=5).pages()
    await anext(pages)
    await held.reached()
    await pages.aclose()

    assert not [task for task in asyncio.all_tasks() if "next page" in task.get_name()]


async def test_an_error_of_the_page_that_is_read_ahead_is_raised_when_that_page_is_asked_for(
    sandbox: Sandbox, seeded: list[str]
) -> None:
    sandbox.faults.add("status", operation="ListActiveNumbers", skip=1, status=400)
    pages = numbers(sandbox, page_size=20).pages()
    page = await anext(pages)
    await turns(50)
    with pytest.raises(BadRequestError) as caught:
        await anext(pages)

    assert caught.value.cursor == page.cursor


async def test_a_consumer_that_stops_before_a_page_that_failed_never_sees_its_error(
    sandbox: Sandbox, seeded: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    sandbox.faults.add("status", operation="ListActiveNumbers", skip=1, status=400)
    async for _ in numbers(sandbox, page_size=20):
        await turns(50)
        break
    gc.collect()
    await turns(50)

    assert not [record for record in caplog.records if record.name == "asyncio"]


async def test_awaiting_a_listing_gives_its_first_page(sandbox: Sandbox, seeded: list[str]) -> None:
    page = await numbers(sandbox, page_size=10)

    assert names([*page.items]) == seeded[:10]
    assert page.total_size == 25
    assert listings(sandbox) == 1


@pytest.mark.parametrize(
    ("arguments", "named"),
    [({"region_code": ""}, "region_code"), ({"number_type": " "}, "number_type"), ({"page_size": 0}, "page_size"),
     ({"page_size": True}, "page_size"), ({"capabilities": "SMS"}, "capabilities")],
)  # fmt: skip
def test_wrong_arguments_raise_when_the_listing_is_made(arguments: Any, named: str) -> None:
    make: Callable[..., Pager[ActiveNumber]] = make_client().active_numbers.list
    with pytest.raises(ConfigurationError, match=named):
        make(**({"region_code": "US", "number_type": "LOCAL"} | arguments))
