from __future__ import annotations

import base64
import sys
from typing import Any
from urllib.parse import quote

import pytest

from sinch_numbers.sandbox import Sandbox, SandboxOptions

from .driver import NUMBER, Api, phones

LIST = "activeNumbers?regionCode=US&type=LOCAL"


async def pages(api: Api, query: str = "") -> list[list[dict[str, Any]]]:
    """All pages, by following the page tokens."""
    found: list[list[dict[str, Any]]] = []
    token = ""
    while True:
        page = await api.listed(query + (f"&pageToken={quote(token, safe='')}" if token else ""))
        found.append(page["activeNumbers"])
        token = page.get("nextPageToken")
        if not token:
            return found


async def test_a_page_is_sorted_by_phone_number_and_has_the_total(api: Api) -> None:
    for last in (3, 1, 2):
        await api.rent(f"+1202555013{last}")
    page = await api.listed()
    assert [number["phoneNumber"][-1] for number in page["activeNumbers"]] == ["1", "2", "3"]
    assert (page["totalSize"], page["nextPageToken"]) == (3, "")


async def test_all_pages_together_contain_every_number_once(api: Api, sandbox: Sandbox) -> None:
    numbers = sandbox.seed_active(95, project_id="project-1")
    found = await pages(api, "&pageSize=10")
    assert [len(page) for page in found] == [10] * 9 + [5]
    assert [number["phoneNumber"] for page in found for number in page] == sorted(numbers)


async def test_a_listing_that_ends_with_a_full_page_has_no_empty_page(api: Api, sandbox: Sandbox) -> None:
    sandbox.seed_active(20, project_id="project-1")
    assert [len(page) for page in await pages(api, "&pageSize=10")] == [10, 10]


async def test_the_page_size_has_a_default_and_a_maximum(api: Api, sandbox: Sandbox) -> None:
    sandbox.seed_active(2_000, project_id="project-1")
    sizes = [
        len((await api.listed(f"&pageSize={size}"))["activeNumbers"]) for size in ("", "0", "128", "5000")
    ]
    assert sizes == [100, 100, 128, 1000]


async def test_page_tokens_are_base64_that_must_be_encoded_in_a_url(api: Api, sandbox: Sandbox) -> None:
    sandbox.seed_active(200, project_id="project-1")
    tokens: list[str] = []
    token = ""
    for _ in range(150):
        token = (await api.listed(f"&pageSize=1&pageToken={quote(token, safe='')}"))["nextPageToken"]
        base64.b64decode(token, validate=True)
        tokens.append(token)
    assert all(token.endswith("=") for token in tokens)
    assert any("+" in token for token in tokens)
    assert any("/" in token for token in tokens)


@pytest.mark.parametrize("end", ["empty", "null", "absent"])
async def test_the_last_page_has_an_empty_null_or_absent_token(end: Any) -> None:
    page = await Api(Sandbox(SandboxOptions(end_of_listing=end))).listed()
    ends: dict[str, dict[str, Any]] = {
        "empty": {"nextPageToken": ""},
        "null": {"nextPageToken": None},
        "absent": {},
    }
    assert page == {"activeNumbers": [], **ends[end], "totalSize": 0}


@pytest.mark.parametrize("token", ["nonsense", "bm9uc2Vuc2U=", "ä", "%00", "+"])
async def test_an_invalid_page_token_is_a_400(api: Api, token: str) -> None:
    assert (await api.get(f"{LIST}&pageToken={quote(token)}")).violation == (
        "page_token",
        "Invalid page_token",
    )


async def test_a_page_token_of_another_query_is_a_400(api: Api, sandbox: Sandbox) -> None:
    sandbox.seed_active(3, project_id="project-1")
    token = quote((await api.listed("&pageSize=1"))["nextPageToken"], safe="")
    assert (await api.get(f"{LIST}&pageToken={token}")).status == 200
    for other in ("&orderBy=displayName", "&capability=SMS", "&numberPattern.pattern=1"):
        assert (await api.get(f"{LIST}&pageToken={token}{other}")).status == 400


async def test_numbers_added_between_pages_do_not_shift_them(api: Api, sandbox: Sandbox) -> None:
    sandbox.options.visibility_delay = 5
    numbers = [f"+1202555013{digit}" for digit in (1, 3, 5, 7)]
    for number in numbers:
        await api.rent(number)
    sandbox.clock.advance(5)
    token = quote((await api.listed("&pageSize=2"))["nextPageToken"], safe="")
    await api.rent("+12025550130")
    await api.rent("+12025550134")
    sandbox.clock.advance(5)
    rest = (await api.listed(f"&pageToken={token}"))["activeNumbers"]
    assert [number["phoneNumber"][-1] for number in rest] == ["4", "5", "7"]


async def test_numbers_can_be_sorted_by_display_name(api: Api) -> None:
    for digit, name in ((1, "b"), (2, "a"), (3, "b"), (4, "")):
        await api.rent(f"+1202555013{digit}")
        await api.patch({"displayName": name}, f"+1202555013{digit}")
    found = [
        number["phoneNumber"][-1]
        for page in await pages(api, "&orderBy=displayName&pageSize=1")
        for number in page
    ]
    assert found == ["4", "2", "1", "3"]
    await api.patch({"displayName": "c"}, "+12025550134")
    assert [
        number["phoneNumber"][-1] for number in (await api.listed("&orderBy=displayName"))["activeNumbers"]
    ] == [*"2134"]


async def test_an_unknown_order_is_a_400_that_names_it(api: Api) -> None:
    assert (await api.get(f"{LIST}&orderBy=XXX")).violation == ("order_by", "Invalid order_by XXX")
    assert (await api.get(f"{LIST}&orderBy=phoneNumber")).status == 200


async def test_filters_apply_to_a_listing_and_its_total(api: Api) -> None:
    for number in ("+12025550134", "+12065550134", "+12065550138"):
        await api.rent(number)
    queries = ["&numberPattern.pattern=%2B1206&numberPattern.searchPattern=START", "&capability=SMS&capability=VOICE",
               "&numberPattern.pattern=38&numberPattern.searchPattern=END",
               "&capability=VOICE&numberPattern.pattern=206"]  # fmt: skip
    assert [(await api.listed(query))["totalSize"] for query in queries] == [2, 2, 1, 2]
    assert (await api.get("activeNumbers?regionCode=US&type=TOLL_FREE")).body["totalSize"] == 0


async def test_a_filtered_listing_shows_newly_rented_numbers(api: Api) -> None:
    sizes: list[int] = []
    for digit in range(3):
        await api.rent(f"+1202555013{digit}")
        sizes.append((await api.listed("&capability=SMS"))["totalSize"])
    assert sizes == [1, 2, 3]


async def test_many_different_filters_can_be_in_use(api: Api) -> None:
    await api.rent()
    patterns = range(100)
    found = [(await api.listed(f"&numberPattern.pattern={pattern}"))["totalSize"] for pattern in patterns]
    assert found == [int(str(pattern) in NUMBER) for pattern in patterns]


SEVERAL = ["+12025550134", "+46313900600", "+46701740610", "+447700900123"]


@pytest.fixture
async def several(api: Api) -> Api:
    """A project with numbers of three regions and two types."""
    for number in SEVERAL:
        await api.rent(number)
    return api


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", SEVERAL),
        ("regionCode=SE", ["+46313900600", "+46701740610"]),
        ("type=MOBILE", ["+447700900123", "+46701740610"]),
        ("type=NUMBER_TYPE_UNSPECIFIED&regionCode=&pageSize=100", SEVERAL),
        ("numberPattern.pattern=0134", ["+12025550134"]),
        ("capability=SMS&capability=VOICE&type=LOCAL", ["+12025550134"]),
        ("regionCode=IE", []),
    ],
)
async def test_a_listing_without_region_or_type_has_those_of_all(
    several: Api, query: str, found: list[str]
) -> None:
    page = (await several.get(f"activeNumbers?{query}")).body
    assert phones(page["activeNumbers"]) == sorted(found)
    assert (page["totalSize"], page["nextPageToken"]) == (len(found), "")


async def test_a_listing_of_all_has_pages_and_an_order(several: Api) -> None:
    first = (await several.get("activeNumbers?pageSize=3")).body
    assert (len(first["activeNumbers"]), first["totalSize"]) == (3, 4)
    token = quote(first["nextPageToken"], safe="")
    second = (await several.get(f"activeNumbers?pageSize=3&pageToken={token}")).body
    assert phones(first["activeNumbers"] + second["activeNumbers"]) == sorted(SEVERAL)
    assert (await several.get(f"{LIST}&pageToken={token}")).status == 400

    await several.patch({"displayName": "a"}, "+46701740610")
    await several.release("+46313900600")
    named = (await several.get("activeNumbers?orderBy=displayName")).body["activeNumbers"]
    assert phones(named)[-1] == "+46701740610"


async def test_a_listing_of_all_shows_new_and_expired_numbers_at_once(several: Api, sandbox: Sandbox) -> None:
    assert (await several.get("activeNumbers")).body["totalSize"] == 4
    await several.rent("+12025550135")
    await several.release("+46313900600")
    assert (await several.get("activeNumbers")).body["totalSize"] == 5
    sandbox.clock.advance(31 * 86400)
    assert (await several.get("activeNumbers")).body["totalSize"] == 4


async def test_region_and_type_can_be_required(several: Api, sandbox: Sandbox) -> None:
    sandbox.options.missing_filters = "reject"
    assert (await several.get("activeNumbers?type=LOCAL")).violation[0] == "region_code"
    assert (await several.get("activeNumbers?regionCode=US")).violation[0] == "type"
    sandbox.options.missing_filters = "mobile"
    assert (await several.get("activeNumbers?type=LOCAL")).violation[0] == "region_code"
    mobile = (await several.get("activeNumbers?regionCode=SE")).body
    assert phones(mobile["activeNumbers"]) == ["+46701740610"]


@pytest.mark.slow
async def test_a_page_of_a_hundred_thousand_numbers_is_not_more_work_than_one_of_a_thousand(
    api: Api, sandbox: Sandbox
) -> None:
    async def work(query: str) -> int:
        """How many function calls it takes to get a page again."""
        await api.listed(query)
        calls = 0

        def count(*_: object) -> None:
            nonlocal calls
            calls += 1

        sys.setprofile(count)
        try:
            await api.listed(query)
        finally:
            sys.setprofile(None)
        return calls

    queries = ["&pageSize=10", "&pageSize=10&capability=SMS", "&pageSize=10&orderBy=displayName"]
    sandbox.seed_active(1_000, project_id="project-1")
    few = [await work(query) for query in queries]
    sandbox.seed_active(99_000, project_id="project-1")
    many = [await work(query) for query in queries]
    assert (await api.listed())["totalSize"] == 100_000
    assert all(after < 1.2 * before for before, after in zip(few, many, strict=True))
