from __future__ import annotations

import re

import pytest

from sinch_numbers.sandbox import Sandbox

from .driver import NUMBER, Api, phones


async def test_a_search_returns_ten_numbers_by_default(api: Api) -> None:
    assert len(await api.search()) == 10
    assert len(await api.search("regionCode=US&type=LOCAL&size=3")) == 3
    assert len(await api.search("regionCode=US&type=LOCAL&size=500")) == 500


async def test_a_search_is_a_sample_that_depends_only_on_the_seed() -> None:
    first, again, other = [phones(await Api(Sandbox(seed=seed)).search()) for seed in (1, 1, 2)]
    assert first == again
    assert first != other
    assert first != sorted(first)


async def test_all_numbers_of_a_region_and_type_can_be_found_and_differ(api: Api, sandbox: Sandbox) -> None:
    sandbox.options.max_page_size = 100_000
    found = phones(await api.search("regionCode=US&type=LOCAL&size=100000"))
    assert len(found) == len(set(found)) > 20_000
    assert NUMBER in found


@pytest.mark.parametrize(
    ("pattern", "kind", "where"),
    [
        ("%2B1206", "START", r"\+1206.*"),
        ("0134", "END", r".*0134"),
        ("7255", "CONTAINS", r".*7255.*"),
    ],
)
async def test_a_pattern_narrows_a_search(api: Api, pattern: str, kind: str, where: str) -> None:
    query = f"regionCode=US&type=LOCAL&numberPattern.pattern={pattern}&numberPattern.searchPattern={kind}"
    found = phones(await api.search(query))
    assert found
    assert all(re.fullmatch(where, phone) for phone in found)


async def test_a_start_without_the_leading_plus_matches_nothing(api: Api) -> None:
    query = "regionCode=US&type=LOCAL&numberPattern.pattern=1206&numberPattern.searchPattern=START"
    assert await api.search(query) == []
    pattern = {"pattern": "1206", "searchPattern": "START"}
    assert (await api.rent_any(regionCode="US", type="LOCAL", numberPattern=pattern)).status == 404
    await api.rent("+12065550134")
    assert (await api.get(f"activeNumbers?{query}")).body["totalSize"] == 0


async def test_a_pattern_without_a_search_pattern_matches_anywhere(api: Api) -> None:
    assert NUMBER in phones(await api.search("regionCode=US&type=LOCAL&numberPattern.pattern=2025550134"))


async def test_a_number_must_have_all_the_capabilities(api: Api) -> None:
    voice = await api.search("regionCode=US&type=LOCAL&capabilities=VOICE&size=300")
    both = await api.search("regionCode=US&type=LOCAL&capabilities=SMS&capabilities=VOICE&size=300")
    assert {tuple(number["capability"]) for number in voice} == {("VOICE",), ("SMS", "VOICE")}
    assert {tuple(number["capability"]) for number in both} == {("SMS", "VOICE")}


async def test_a_region_or_type_without_numbers_is_an_empty_list(api: Api) -> None:
    assert await api.search("regionCode=XX&type=LOCAL") == []
    assert await api.search("regionCode=US&type=MOBILE") == []
