from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from pytest_httpx import HTTPXMock

from sinch_numbers import (
    BadRequestError,
    Capability,
    ConfigurationError,
    NotFoundError,
    NumbersClient,
    NumberType,
    SearchPattern,
    ServerError,
    models,
    sms,
    voice,
)
from sinch_numbers.sandbox import Sandbox

from ..support import BASE, HMAC_SECRET, NUMBER, PROJECT, make_client

ROOT = f"{BASE}/v1/projects/{PROJECT}"
ENCODED = "%2B12025550134"

Call = Callable[[NumbersClient], Awaitable[object]]

# Each operation with all its arguments: the method, the URL and the body that it sends.
REQUESTS: list[tuple[str, Call, str, str, Any]] = [
    (
        "search",
        lambda client: client.available_numbers.search(
            region_code="US", number_type=NumberType.LOCAL, number_pattern="+1202", search_pattern="START",
            capabilities=[Capability.SMS, "VOICE"], size=5,
        ),
        "GET",
        f"{ROOT}/availableNumbers?regionCode=US&type=LOCAL&numberPattern.pattern=%2B1202&numberPattern.searchPattern=START"
        "&capabilities=SMS&capabilities=VOICE&size=5",
        None,
    ),
    ("get available", lambda client: client.available_numbers.get(NUMBER), "GET", f"{ROOT}/availableNumbers/{ENCODED}", None),
    (
        "list",
        lambda client: client.active_numbers.list(
            region_code="US", number_type="LOCAL", number_pattern="55", search_pattern=SearchPattern.END,
            capabilities=["SMS"], page_size=3, order_by="displayName", cursor="a+b=",
        ).first(),
        "GET",
        f"{ROOT}/activeNumbers?regionCode=US&type=LOCAL&numberPattern.pattern=55&numberPattern.searchPattern=END"
        "&capability=SMS&pageSize=3&pageToken=a%2Bb%3D&orderBy=displayName",
        None,
    ),
    ("get", lambda client: client.active_numbers.get(NUMBER), "GET", f"{ROOT}/activeNumbers/{ENCODED}", None),
    (
        "update",
        lambda client: client.active_numbers.update(
            NUMBER, display_name="", sms_configuration=sms.link("plan", "campaign"),
            voice_configuration=voice.est("trunk"), callback_url="https://me.example/",
        ),
        "PATCH",
        f"{ROOT}/activeNumbers/{ENCODED}",
        {"displayName": "", "smsConfiguration": {"servicePlanId": "plan", "campaignId": "campaign"},
         "voiceConfiguration": {"type": "EST", "trunkId": "trunk"}, "callbackUrl": "https://me.example/"},
    ),
    (
        "unlink",
        lambda client: client.active_numbers.unlink_sms(NUMBER),
        "PATCH",
        f"{ROOT}/activeNumbers/{ENCODED}",
        {"smsConfiguration": {"servicePlanId": "", "campaignId": ""}},
    ),
    ("regions", lambda client: client.available_regions.list(), "GET", f"{ROOT}/availableRegions", None),
    (
        "regions of types",
        lambda client: client.available_regions.list(number_types=["MOBILE", NumberType.TOLL_FREE]),
        "GET",
        f"{ROOT}/availableRegions?types=MOBILE&types=TOLL_FREE",
        None,
    ),
    ("get callbacks", lambda client: client.callback_configuration.get(), "GET", f"{ROOT}/callbackConfiguration", None),
    (
        "update callbacks",
        lambda client: client.callback_configuration.update(hmac_secret=HMAC_SECRET),
        "PATCH",
        f"{ROOT}/callbackConfiguration",
        {"hmacSecret": HMAC_SECRET},
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("call", "method", "url", "body"), [row[1:] for row in REQUESTS], ids=[row[0] for row in REQUESTS]
)
async def test_an_operation_sends_its_arguments_where_they_belong(
    httpx_mock: HTTPXMock, call: Call, method: str, url: str, body: Any
) -> None:
    httpx_mock.add_response(json={})
    await call(make_client())

    [request] = httpx_mock.get_requests()
    path, _, query = str(request.url).partition("?")
    assert (request.method, path) == (method, url.partition("?")[0])
    assert sorted(query.split("&")) == sorted(url.partition("?")[2].split("&"))
    assert (json.loads(request.content) if request.content else None) == body
    assert request.headers.get("content-type") == (None if body is None else "application/json")


@pytest.mark.parametrize("call", [row[1] for row in REQUESTS], ids=[row[0] for row in REQUESTS])
async def test_an_operation_survives_an_answer_that_says_nothing(httpx_mock: HTTPXMock, call: Call) -> None:
    httpx_mock.add_response(text="{}")

    await call(make_client())


async def test_lists_that_are_null_are_empty(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(
        json={"availableRegions": None, "availableNumbers": None, "activeNumbers": None}, is_reusable=True
    )
    client = make_client()

    assert await client.available_regions.list() == []
    assert await client.available_numbers.search(region_code="US", number_type="LOCAL") == []
    assert await client.active_numbers.list(region_code="US", number_type="LOCAL").collect() == []


async def test_an_offer_has_its_prices(sandbox: Sandbox) -> None:
    client = sandbox.client()
    [offer] = await client.available_numbers.search(region_code="US", number_type="LOCAL", size=1)
    same = await client.available_numbers.get(offer.phone_number)

    assert same == offer
    assert offer.monthly_price is not None
    assert offer.monthly_price.currency_code


async def test_a_number_is_available_until_it_is_rented(sandbox: Sandbox) -> None:
    client = sandbox.client()
    [offer] = await client.available_numbers.search(region_code="US", number_type="LOCAL", size=1)
    number = offer.phone_number

    assert await client.available_numbers.is_available(number)
    await client.available_numbers.rent(number)
    assert not await client.available_numbers.is_available(number)


async def test_whether_a_number_is_available_is_not_answered_where_the_api_fails(sandbox: Sandbox) -> None:
    sandbox.faults.add("status", operation="GetAvailableNumber", times=None, status=500)
    with pytest.raises(ServerError):
        await sandbox.client().available_numbers.is_available(NUMBER)


async def test_a_number_that_the_project_does_not_have_is_not_found(sandbox: Sandbox) -> None:
    with pytest.raises(NotFoundError, match="NOT_FOUND"):
        await sandbox.client().active_numbers.get(NUMBER)


async def test_what_the_api_refuses_names_the_field(sandbox: Sandbox) -> None:
    with pytest.raises(BadRequestError) as caught:
        await (
            sandbox.client()
            .active_numbers.list(region_code="US", number_type="LOCAL", order_by="size")
            .first()
        )

    assert caught.value.field_violations


async def test_an_object_that_the_api_returned_can_be_sent_back(sandbox: Sandbox) -> None:
    client = sandbox.client()
    rented = await client.available_numbers.rent_first(
        region_code="US", number_type="LOCAL", voice_configuration=voice.rtc("app")
    )
    number = rented.phone_number
    rented = await client.active_numbers.wait_until_provisioned(number)
    again = await client.active_numbers.update(number, voice_configuration=rented.voice_configuration)

    assert again.phone_number == number


async def test_a_secret_of_any_text_is_left_to_the_api_to_judge(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(json={"hmacSecret": "s"})
    configuration = await make_client().callback_configuration.update(hmac_secret="\u00fc" * 300)

    assert isinstance(configuration, models.CallbackConfiguration)


async def test_a_change_that_changes_nothing_is_refused_before_anything_is_sent() -> None:
    with pytest.raises(ConfigurationError, match="nothing to change"):
        await make_client().active_numbers.update(NUMBER)
    with pytest.raises(ConfigurationError, match="nothing to change"):
        await make_client().active_numbers.update_many([NUMBER])


async def test_all_numbers_of_a_change_get_it_in_order(sandbox: Sandbox) -> None:
    wanted = sandbox.seed_active(5)[::-1]
    outcomes = await sandbox.client().active_numbers.update_many(wanted, display_name="ours")

    assert [outcome.phone_number for outcome in outcomes] == wanted
    assert {number["displayName"] for number in sandbox.active_numbers()} == {"ours"}


@pytest.mark.parametrize("size", [0, -1, True, "5"])
async def test_a_size_that_is_no_count_is_refused(size: Any) -> None:
    with pytest.raises(ConfigurationError, match="size"):
        await make_client().available_numbers.search(region_code="US", number_type="LOCAL", size=size)


@pytest.mark.parametrize("operation", ["search", "rent_first", "rent_any", "quote", "rent_many"])
async def test_one_string_where_several_capabilities_are_meant_is_refused(operation: str) -> None:
    extra = {"count": 1} if operation in {"quote", "rent_many"} else {}
    method = getattr(make_client().available_numbers, operation)
    with pytest.raises(ConfigurationError, match="capabilities"):
        await method(region_code="US", number_type="LOCAL", capabilities="SMS", **extra)
    with pytest.raises(ConfigurationError, match="number_types"):
        await make_client().available_regions.list(number_types="LOCAL")
