"""Listing, getting, updating and releasing active numbers."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_httpx import HTTPXMock

from sinch_numbers import BadRequestError, ConfigurationError, NotFoundError, SearchPattern, sms, voice
from sinch_numbers.sandbox import Sandbox

from ..support import NUMBER, make_client
from .exchanges import ENCODED, FOREIGN, ROOT, Exchange, assert_refuses, assert_sends

EXCHANGES: dict[str, Exchange] = {
    "list": Exchange(
        lambda client: client.active_numbers.list(
            region_code="US", number_type="LOCAL", number_pattern="55", search_pattern=SearchPattern.END,
            capabilities=["SMS"], page_size=3, order_by="displayName",
        ).first(),
        "GET",
        f"{ROOT}/activeNumbers?numberPattern.pattern=55&numberPattern.searchPattern=END&capability=SMS&pageSize=3"
        "&orderBy=displayName&regionCode=US&type=LOCAL",
    ),
    "get": Exchange(lambda client: client.active_numbers.get(NUMBER), "GET", f"{ROOT}/activeNumbers/{ENCODED}"),
    "update": Exchange(
        lambda client: client.active_numbers.update(
            NUMBER, display_name="", sms_configuration=sms.link("plan", "campaign"),
            voice_configuration=voice.est("trunk"), callback_url="https://me.example/",
        ),
        "PATCH",
        f"{ROOT}/activeNumbers/{ENCODED}",
        {"displayName": "", "smsConfiguration": {"servicePlanId": "plan", "campaignId": "campaign"},
         "voiceConfiguration": {"type": "EST", "trunkId": "trunk"}, "callbackUrl": "https://me.example/"},
    ),
    "unlink": Exchange(
        lambda client: client.active_numbers.unlink_sms(NUMBER),
        "PATCH",
        f"{ROOT}/activeNumbers/{ENCODED}",
        {"smsConfiguration": {"servicePlanId": "", "campaignId": ""}},
    ),
}  # fmt: skip


@pytest.mark.parametrize("exchange", EXCHANGES.values(), ids=EXCHANGES)
async def test_an_operation_sends_its_arguments_where_they_belong(
    httpx_mock: HTTPXMock, exchange: Exchange
) -> None:
    await assert_sends(httpx_mock, exchange)


@pytest.mark.parametrize("exchange", EXCHANGES.values(), ids=EXCHANGES)
@pytest.mark.parametrize("body", FOREIGN.values(), ids=FOREIGN)
async def test_a_200_that_is_not_about_what_was_asked_for_is_an_invalid_response(
    httpx_mock: HTTPXMock, exchange: Exchange, body: Any
) -> None:
    await assert_refuses(httpx_mock, exchange, body)


async def test_lists_that_are_null_are_empty(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(json={"activeNumbers": None})

    assert await make_client().active_numbers.list(region_code="US", number_type="LOCAL").collect() == []


async def test_a_number_that_the_project_does_not_have_is_not_found(sandbox: Sandbox) -> None:
    with pytest.raises(NotFoundError, match="NOT_FOUND"):
        await sandbox.client().active_numbers.get(NUMBER)


async def test_a_bad_request_names_the_field(sandbox: Sandbox) -> None:
    with pytest.raises(BadRequestError) as caught:
        await (
            sandbox.client()
            .active_numbers.list(region_code="US", number_type="LOCAL", order_by="size")
            .first()
        )

    assert caught.value.field_violations


async def test_a_configuration_that_the_api_returned_can_be_sent_back(sandbox: Sandbox) -> None:
    client = sandbox.client()
    rented = await client.available_numbers.rent_first(
        region_code="US", number_type="LOCAL", voice_configuration=voice.rtc("app")
    )
    number = rented.phone_number
    rented = await client.active_numbers.wait_until_provisioned(number)
    again = await client.active_numbers.update(number, voice_configuration=rented.voice_configuration)

    assert again.phone_number == number


async def test_an_update_that_changes_nothing_raises_before_anything_is_sent() -> None:
    with pytest.raises(ConfigurationError, match="nothing to change"):
        await make_client().active_numbers.update(NUMBER)
    with pytest.raises(ConfigurationError, match="nothing to change"):
        await make_client().active_numbers.update_many([NUMBER])
