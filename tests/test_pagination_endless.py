"""Listings of servers that repeat themselves, never end, or answer something else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
from pytest_httpx import HTTPXMock

from sinch_numbers import (
    ActiveNumber,
    InvalidResponseError,
    NotFoundError,
    Pager,
    PaginationError,
    RetryPolicy,
)
from sinch_numbers.transports import HttpResponse
from sinch_numbers.transports.mock import MockTransport

from .support import make_client

LISTING = re.compile(r".*/activeNumbers\?.*")


def names(found: list[ActiveNumber]) -> list[str | None]:
    return [number.phone_number for number in found]


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


async def cursor_of(token: str) -> str | None:
    """The cursor of a listing of `listing()` that leads to the page of `token`."""
    body = json.dumps(page("+12025550101", token=token)).encode()
    transport = MockTransport(lambda _: HttpResponse(content=body))
    return (
        await make_client(transport=transport).active_numbers.list(region_code="US", number_type="LOCAL")
    ).cursor


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
    assert error.cursor == pager.cursor == await cursor_of("A")
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

    assert names(await listing().collect()) == ["+12025550101"]


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
    assert error.cursor == pager.cursor == await cursor_of("A")


@pytest.mark.parametrize("numbers", [None, {}, {"0": {"phoneNumber": "+12025550102"}}, "none", 0])
async def test_a_page_without_a_list_is_an_invalid_response_and_can_be_read_again(
    httpx_mock: HTTPXMock, numbers: Any
) -> None:
    broken = {"nextPageToken": ""} if numbers is None else {"activeNumbers": numbers, "nextPageToken": ""}
    serve(httpx_mock, iter([page("+12025550101", token="A"), broken]))
    pager = listing()
    with pytest.raises(InvalidResponseError, match="activeNumbers") as caught:
        await pager.collect()

    assert caught.value.cursor == pager.cursor == await cursor_of("A")


async def test_a_4xx_to_a_listing_is_raised_like_any_other(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(404)
    with pytest.raises(NotFoundError):
        await listing().first()


async def test_a_number_that_another_one_pushed_to_the_next_page_is_listed_once(
    httpx_mock: HTTPXMock,
) -> None:
    serve(
        httpx_mock,
        iter(
            [page("+12025550101", "+12025550102", token="A"), page("+12025550102", "+12025550103", token="")]
        ),
    )

    assert names(await listing().collect()) == ["+12025550101", "+12025550102", "+12025550103"]
