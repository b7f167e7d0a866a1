from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
from pytest_httpx import HTTPXMock

from sinch_numbers import (
    ActiveNumber,
    ConfigurationError,
    InvalidResponseError,
    NotFoundError,
    Page,
    Pager,
    PaginationError,
    RetryPolicy,
    ServerError,
)
from sinch_numbers.sandbox import Sandbox

from .support import make_client

LISTING = re.compile(r".*/activeNumbers\?.*")


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


# --- servers that never end ---


def serve(httpx_mock: HTTPXMock, pages: Iterator[dict[str, Any]]) -> None:
    def respond(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=json.dumps(next(pages)))

    httpx_mock.add_callback(respond, url=LISTING, is_reusable=True)


def page(*phone_numbers: str, token: Any) -> dict[str, Any]:
    return {"activeNumbers": [{"phoneNumber": number} for number in phone_numbers], "nextPageToken": token}


def listing() -> Pager[ActiveNumber]:
    return make_client(retry=RetryPolicy(max_attempts=1)).active_numbers.list(
        region_code="US", number_type="LOCAL"
    )


@pytest.mark.parametrize("token", ["a+b/c==", "a&b=c", "\u00fc %", "\u4e2d", "+" * 5])
async def test_any_page_token_is_sent_back_unchanged(httpx_mock: HTTPXMock, token: str) -> None:
    serve(httpx_mock, iter([page("+12025550101", token=token), page("+12025550102", token="")]))
    await listing().collect()

    query = httpx_mock.get_requests()[1].url.query.decode()
    assert parse_qs(query)["pageToken"] == [token]
    assert not {*query} & {*"+/ "}


async def stuck(
    httpx_mock: HTTPXMock, pages: Iterator[dict[str, Any]]
) -> tuple[PaginationError, Pager[ActiveNumber]]:
    serve(httpx_mock, pages)
    pager = listing()
    with pytest.raises(PaginationError) as caught:
        await pager.collect()
    return caught.value, pager


async def test_a_page_token_that_is_repeated_at_once_ends_the_listing_with_an_error(
    httpx_mock: HTTPXMock,
) -> None:
    counter = iter(range(100))
    pages = (page(f"+1202555{next(counter):04}", token="A") for _ in counter)
    error, pager = await stuck(httpx_mock, pages)

    assert "repeated a page token" in str(error)
    assert error.cursor == pager.cursor == "A"
    assert len(httpx_mock.get_requests()) == 2


async def test_a_page_token_that_is_repeated_later_ends_the_listing_with_an_error(
    httpx_mock: HTTPXMock,
) -> None:
    tokens = ["A", "B", "C", "B"]
    pages = (page(f"+1202555010{index}", token=token) for index, token in enumerate(tokens))
    error, _ = await stuck(httpx_mock, pages)

    assert "repeated a page token" in str(error)
    assert len(httpx_mock.get_requests()) == 4


async def test_two_equal_pages_with_different_tokens_end_the_listing_with_an_error(
    httpx_mock: HTTPXMock,
) -> None:
    error, _ = await stuck(httpx_mock, (page("+12025550101", token=f"{index}") for index in range(100)))

    assert "two pages with the same items" in str(error)
    assert len(httpx_mock.get_requests()) == 2


async def test_a_last_page_that_equals_the_one_before_is_not_an_error(httpx_mock: HTTPXMock) -> None:
    serve(httpx_mock, iter([page("+12025550101", token="A"), page("+12025550101", token=None)]))

    assert len(await listing().collect()) == 2


async def test_99_empty_pages_in_a_row_are_not_an_error_and_100_are(
    httpx_mock: HTTPXMock,
) -> None:
    def pages() -> Iterator[dict[str, Any]]:
        for index in range(99):
            yield page(token=f"a{index}")
        yield page("+12025550101", token="b")
        for index in range(1000):
            yield page(token=f"c{index}")

    error, _ = await stuck(httpx_mock, pages())

    assert str(error) == "the server returned 100 empty pages in a row"
    assert len(httpx_mock.get_requests()) == 200


async def test_a_listing_with_too_many_pages_raises_an_error_with_a_cursor_to_go_on() -> None:
    async def fetch(cursor: str | None) -> Page[int]:
        index = int(cursor or 0)
        return Page(items=(index,), cursor=str(index + 1), total_size=None)

    with pytest.raises(PaginationError) as caught:
        await Pager(fetch, max_pages=5).collect()
    assert "more than 5 pages" in str(caught.value)
    assert caught.value.cursor is not None

    assert await Pager(fetch, cursor=caught.value.cursor).first() == 4


@pytest.mark.parametrize(
    "token",
    [2, 0, False, ["A"], {"token": "A"}, 1.5, "A" * 16_385, "\ud800"],
    ids=lambda token: repr(token)[:9],
)
async def test_a_page_token_that_cannot_be_sent_back_raises_and_does_not_end_the_listing(
    httpx_mock: HTTPXMock, token: Any
) -> None:
    pages = iter([page("+12025550101", token="A"), page("+12025550102", token=token)])
    error, pager = await stuck(httpx_mock, pages)

    assert "page token" in str(error)
    assert error.cursor == pager.cursor == "A"


@pytest.mark.parametrize("numbers", [None, {}, {"0": {"phoneNumber": "+12025550102"}}, "none", 0])
async def test_a_page_without_a_list_is_an_invalid_response_and_can_be_read_again(
    httpx_mock: HTTPXMock, numbers: Any
) -> None:
    broken = {"nextPageToken": ""} if numbers is None else {"activeNumbers": numbers, "nextPageToken": ""}
    serve(httpx_mock, iter([page("+12025550101", token="A"), broken]))
    pager = listing()
    with pytest.raises(InvalidResponseError, match="activeNumbers"):
        await pager.collect()

    assert pager.cursor == "A"


async def test_a_4xx_to_a_listing_is_raised_like_any_other(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(404)
    with pytest.raises(NotFoundError):
        await listing().first()


@pytest.mark.parametrize(
    ("arguments", "named"),
    [({"region_code": ""}, "region_code"), ({"number_type": " "}, "number_type"), ({"page_size": 0}, "page_size"),
     ({"page_size": True}, "page_size"), ({"capabilities": "SMS"}, "capabilities")],
)  # fmt: skip
def test_wrong_arguments_raise_when_the_listing_is_made(arguments: Any, named: str) -> None:
    make: Callable[..., Pager[ActiveNumber]] = make_client().active_numbers.list
    with pytest.raises(ConfigurationError, match=named):
        make(**({"region_code": "US", "number_type": "LOCAL"} | arguments))
