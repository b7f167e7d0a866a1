from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest

from sinch_numbers.sandbox import Sandbox

from .driver import NUMBER, Api


async def search(api: Api, query: str = "regionCode=US&type=LOCAL") -> list[dict[str, Any]]:
    reply = await api.get(f"availableNumbers?{query}")
    assert reply.status == 200
    found: list[dict[str, Any]] = reply.body["availableNumbers"]
    return found


def phones(numbers: list[dict[str, Any]]) -> list[str]:
    return [number["phoneNumber"] for number in numbers]


async def test_an_available_number_shows_everything_that_the_spec_names(api: Api) -> None:
    assert (await api.get(f"availableNumbers/{NUMBER}")).body == {
        "phoneNumber": NUMBER,
        "regionCode": "US",
        "type": "LOCAL",
        "capability": ["SMS", "VOICE"],
        "setupPrice": {"currencyCode": "USD", "amount": "0.50"},
        "monthlyPrice": {"currencyCode": "USD", "amount": "1.00"},
        "paymentIntervalMonths": 1,
        "supportingDocumentationRequired": False,
    }


async def test_a_plus_in_a_path_works_literally_and_encoded(api: Api) -> None:
    plain, encoded = (
        await api.get("availableNumbers/+12025550134"),
        await api.get("availableNumbers/%2B12025550134"),
    )
    assert plain.body == encoded.body


async def test_a_search_gives_ten_numbers_unless_told_otherwise(api: Api) -> None:
    assert len(await search(api)) == 10
    assert len(await search(api, "regionCode=US&type=LOCAL&size=3")) == 3
    assert len(await search(api, "regionCode=US&type=LOCAL&size=500")) == 500


async def test_a_search_is_a_sample_that_depends_on_the_seed_alone() -> None:
    first, again, other = [phones(await search(Api(Sandbox(seed=seed)))) for seed in (1, 1, 2)]
    assert first == again
    assert first != other
    assert first != sorted(first)


async def test_all_numbers_of_a_region_and_type_can_be_found_and_differ(api: Api, sandbox: Sandbox) -> None:
    sandbox.options.max_page_size = 100_000
    found = phones(await search(api, "regionCode=US&type=LOCAL&size=100000"))
    assert len(found) == len(set(found)) > 20_000
    assert NUMBER in found


async def test_the_regions_have_fictional_numbers_of_several_types(api: Api) -> None:
    regions = (await api.get("availableRegions")).body["availableRegions"]
    assert {"US", "CA", "GB", "SE", "DE", "AU"} <= {region["regionCode"] for region in regions}
    assert regions[-1] == {"regionCode": "US", "regionName": "United States", "types": ["LOCAL", "TOLL_FREE"]}
    for region in regions:
        for kind in region["types"]:
            [number] = await search(api, f"regionCode={region['regionCode']}&type={kind}&size=1")
            assert (number["regionCode"], number["type"]) == (region["regionCode"], kind)
            assert Decimal(number["monthlyPrice"]["amount"]) > 0


async def test_american_numbers_lie_in_the_range_for_fiction(api: Api) -> None:
    for number in phones(await search(api, "regionCode=US&type=LOCAL&size=1000")):
        assert number[5:10] == "55501"


async def test_somewhere_documents_are_required(api: Api) -> None:
    [german] = await search(api, "regionCode=DE&type=LOCAL&size=1")
    assert german["supportingDocumentationRequired"] is True


async def test_regions_can_be_narrowed_to_types(api: Api) -> None:
    toll_free = (await api.get("availableRegions?types=TOLL_FREE")).body["availableRegions"]
    assert [region["regionCode"] for region in toll_free] == ["GB", "US"]
    both = (await api.get("availableRegions?types=TOLL_FREE&types=MOBILE")).body["availableRegions"]
    assert len(both) > len(toll_free)
    unspecified = (await api.get("availableRegions?types=NUMBER_TYPE_UNSPECIFIED")).body["availableRegions"]
    assert len(unspecified) == 8


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
    found = phones(await search(api, query))
    assert found
    assert all(re.fullmatch(where, phone) for phone in found)


async def test_a_pattern_alone_may_be_anywhere(api: Api) -> None:
    assert NUMBER in phones(await search(api, "regionCode=US&type=LOCAL&numberPattern.pattern=2025550134"))


async def test_capabilities_have_to_be_there_all(api: Api) -> None:
    voice = await search(api, "regionCode=US&type=LOCAL&capabilities=VOICE&size=300")
    both = await search(api, "regionCode=US&type=LOCAL&capabilities=SMS&capabilities=VOICE&size=300")
    assert {tuple(number["capability"]) for number in voice} == {("VOICE",), ("SMS", "VOICE")}
    assert {tuple(number["capability"]) for number in both} == {("SMS", "VOICE")}


async def test_a_region_or_type_without_numbers_has_none(api: Api) -> None:
    assert await search(api, "regionCode=XX&type=LOCAL") == []
    assert await search(api, "regionCode=US&type=MOBILE") == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("type=LOCAL", "region_code"),
        ("regionCode=&type=LOCAL", "region_code"),
        ("regionCode=us&type=LOCAL", "region_code"),
        ("regionCode=US", "type"),
        ("regionCode=US&type=NUMBER_TYPE_UNSPECIFIED", "type"),
        ("regionCode=US&type=LOCAL&size=-1", "size"),
        ("regionCode=US&type=LOCAL&size=2147483648", "size"),
        ("regionCode=US&type=LOCAL&numberPattern.pattern=abc", "number_pattern.pattern"),
        (
            "regionCode=US&type=LOCAL&numberPattern.pattern=+1206&numberPattern.searchPattern=START",
            "number_pattern.pattern",
        ),
        (
            "regionCode=US&type=LOCAL&numberPattern.pattern=1206&numberPattern.searchPattern=START",
            "number_pattern.pattern",
        ),
    ],
)
async def test_a_search_that_makes_no_sense_is_a_400_that_names_the_field(
    api: Api, query: str, field: str
) -> None:
    assert (await api.get(f"availableNumbers?{query}")).violation[0] == field


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("availableNumbers?regionCode=US&type=XXX", 'parsing field "type": "XXX" is not a valid value'),
        ("availableNumbers?regionCode=US&type=LOCAL&size=x", 'parsing field "size": "x" is not a valid value'),
        ("availableNumbers?regionCode=US&type=LOCAL&capabilities=MMS",
         'parsing field "capabilities": "MMS" is not a valid value'),
        ("availableNumbers?regionCode=US&type=LOCAL&numberPattern.searchPattern=X",
         'parsing field "search_pattern": "X" is not a valid value'),
        ("availableRegions?types=PAGER", 'parsing field "types": "PAGER" is not a valid value'),
    ],
)  # fmt: skip
async def test_an_unknown_word_is_a_400_with_a_message_and_no_details(
    api: Api, path: str, message: str
) -> None:
    reply = await api.get(path)
    expected: dict[str, Any] = {"code": 400, "message": message, "status": "INVALID_ARGUMENT", "details": []}
    assert (reply.status, reply.body["error"]) == (400, expected)


@pytest.mark.parametrize(
    "number", ["+12025559999", "+1", "12025550134", "nonsense", "+120255501345", "%2B%2F"]
)
async def test_a_number_that_does_not_exist_is_a_404_that_says_what_was_looked_for(
    api: Api, number: str
) -> None:
    reply = await api.get(f"availableNumbers/{number}")
    assert reply.status == 404
    name = number.replace("%2B", "+").replace("%2F", "/")
    details = {
        "type": "ResourceInfo",
        "resourceType": "AvailableNumber",
        "resourceName": name,
        "owner": "",
        "description": "",
    }
    assert reply.body == {"error": {"code": 404, "message": "", "status": "NOT_FOUND", "details": [details]}}


async def test_a_rented_number_is_no_longer_available_to_anybody(api: Api, sandbox: Sandbox) -> None:
    number = phones(await search(api))[0]
    assert (await api.rent(number)).status == 200
    for project in ("project-1", "project-2"):
        other = Api(sandbox, project)
        assert number not in phones(await search(other))
        assert (await other.get(f"availableNumbers/{number}")).status == 404
