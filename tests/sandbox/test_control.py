from __future__ import annotations

from typing import Any

import pytest

from sinch_numbers import TransportError
from sinch_numbers.sandbox import Sandbox

from .driver import NUMBER, Api, Response


async def control(api: Api, method: str, path: str, body: Any = None) -> Response:
    """A request to the control API, which needs no credentials."""
    return await api.call(
        method, f"/__sandbox__/{path}", body, headers={"Authorization": "", "Content-Type": "text/plain"}
    )


async def test_advance_moves_the_clock_and_runs_what_is_scheduled(api: Api) -> None:
    await api.rent(body={"voiceConfiguration": {"appId": "app"}})
    response = await control(api, "POST", "advance", {"seconds": 10})
    assert (response.status, response.body) == (200, {"time": "2025-01-15T09:30:10Z"})
    assert (await api.number())["voiceConfiguration"]["appId"] == "app"
    assert (await control(api, "POST", "advance")).body == response.body


async def test_faults_are_scripted_listed_and_cleared(api: Api) -> None:
    body = {"operation": "RentNumber", "times": 2, "kind": "drop_after_commit"}
    added = await control(api, "POST", "faults", body)
    assert (added.status, added.body["kinds"], added.body["times"]) == (201, ["drop_after_commit"], 2)
    with pytest.raises(TransportError):
        await api.rent()
    [listed] = (await control(api, "GET", "faults")).body["faults"]
    assert listed == {**added.body, "times": 1, "hits": 1}
    assert (await control(api, "DELETE", "faults")).body == {"faults": []}
    assert (await api.rent("+12025550135")).status == 200


async def test_every_setting_of_a_fault_can_be_scripted(api: Api) -> None:
    settings = {"kind": "status", "phoneNumber": NUMBER, "skip": 1, "probability": 1, "seed": 3, "status": 500, "times": None,
                "headers": {"Retry-After": "3"}, "body": {"a": 1}, "seconds": 0.5, "commit": True, "drop": False}  # fmt: skip
    assert (await control(api, "POST", "faults", settings)).status == 201
    assert (await api.rent()).status == 200
    response = await api.get(f"activeNumbers/{NUMBER}")
    assert (response.status, response.headers["retry-after"], response.body) == (500, "3", {"a": 1})


async def test_random_faults_can_be_scripted(api: Api) -> None:
    body = {
        "kind": "random",
        "rate": 1,
        "kinds": ["status"],
        "operations": ["ListAvailableRegions"],
        "seed": 1,
        "status": 418,
    }
    assert (await control(api, "POST", "faults", body)).status == 201
    assert (await api.get("availableRegions")).status == 418


async def test_held_calls_can_be_released(api: Api) -> None:
    await control(api, "POST", "faults", {"kind": "hold"})
    released = await control(api, "POST", "faults:release")
    assert [fault["kinds"] for fault in released.body["faults"]] == [["hold"]]
    assert (await api.rent()).status == 200


async def test_charges_are_listed_in_order_and_can_be_filtered_by_project(api: Api, sandbox: Sandbox) -> None:
    await api.rent()
    await Api(sandbox, "project-2").rent("+12025550135")
    charges = (await control(api, "GET", "charges")).body["charges"]
    assert charges[0] == {
        "phoneNumber": NUMBER,
        "amount": "1.50",
        "currencyCode": "USD",
        "reason": "rent",
        "at": "2025-01-15T09:30:00Z",
    }
    assert [charge["phoneNumber"] for charge in charges] == [NUMBER, "+12025550135"]
    assert (await control(api, "GET", "charges?projectId=project-2")).body["charges"] == charges[1:]


async def test_numbers_of_all_projects_are_listed_in_the_api_format(api: Api, sandbox: Sandbox) -> None:
    await Api(sandbox, "project-2").rent("+12025550135")
    await api.rent()
    numbers = (await control(api, "GET", "numbers")).body["activeNumbers"]
    assert numbers[0] == await api.number()
    assert [number["projectId"] for number in numbers] == ["project-1", "project-2"]
    assert (await control(api, "GET", "numbers?projectId=project-2")).body["activeNumbers"] == numbers[1:]


async def test_numbers_can_be_seeded(api: Api) -> None:
    body = {"count": 3, "projectId": "project-1", "regionCode": "GB", "type": "MOBILE"}
    seeded = (await control(api, "POST", "numbers", body)).body["phoneNumbers"]
    listed = (await api.get("activeNumbers?regionCode=GB&type=MOBILE")).body["activeNumbers"]
    assert [number["phoneNumber"] for number in listed] == seeded


async def test_numbers_and_offers_of_ones_own_can_be_seeded(api: Api) -> None:
    number = {"phoneNumber": NUMBER, "voiceConfiguration": {"appId": "app"}}
    seeded = await control(api, "POST", "numbers", {"numbers": [number], "projectId": "project-1"})
    assert (seeded.status, seeded.body) == (201, {"phoneNumbers": [NUMBER]})
    assert (await api.number())["voiceConfiguration"]["appId"] == "app"
    offer = {"numbers": ["+551155256325"], "regionCode": "BR", "type": "LOCAL"}
    assert (await control(api, "POST", "offers", offer)).body == {"phoneNumbers": ["+551155256325"]}
    assert (await api.rent("+551155256325")).status == 200
    for path, body in (("numbers", {"numbers": [7]}), ("numbers", {}), ("offers", offer)):
        assert (await control(api, "POST", path, body)).status == 400


async def test_requests_lists_the_log_and_the_number_of_tokens_issued(api: Api) -> None:
    await api.token()
    await api.get("availableNumbers?regionCode=US&type=LOCAL")
    body = (await control(api, "GET", "requests")).body
    assert body["tokensIssued"] == 1
    assert body["requests"][1] == {
        "method": "GET",
        "path": "/v1/projects/project-1/availableNumbers",
        "query": "regionCode=US&type=LOCAL",
        "operation": "ListAvailableNumbers",
        "at": 1736933400.0,
        "status": 200,
        "fault": None,
    }


async def test_tokens_can_be_revoked_with_a_form_of_401(api: Api) -> None:
    headers = {"Authorization": f"Bearer {(await api.token()).body['access_token']}"}
    assert (await control(api, "POST", "tokens:revoke", {"form": 4})).body == {}
    response = await api.call("GET", "availableRegions", headers=headers)
    assert (response.status, response.headers["content-type"]) == (401, "application/problem+json")
    assert (await control(api, "POST", "tokens:revoke")).status == 200


async def test_provisioning_can_be_made_to_fail(api: Api) -> None:
    body = {"phoneNumber": NUMBER, "what": "sms", "errorCodes": ["INTERNAL_ERROR"], "times": 1}
    assert (await control(api, "POST", "provisioning:fail", body)).status == 201
    await api.rent(body={"smsConfiguration": {"servicePlanId": "plan"}})
    await control(api, "POST", "advance", {"seconds": 60})
    assert (await api.number())["smsConfiguration"]["scheduledProvisioning"]["errorCodes"] == [
        "INTERNAL_ERROR"
    ]


async def test_options_can_be_changed(api: Api) -> None:
    assert (await control(api, "PATCH", "options", {"trial": True, "credit": "5"})).status == 200
    assert (await api.rent()).status == 403
    await control(api, "POST", "reset")
    assert (await api.rent()).status == 403


async def test_a_reset_can_set_another_seed(api: Api, sandbox: Sandbox) -> None:
    await api.rent()
    await control(api, "POST", "advance", {"seconds": 5})
    assert (await control(api, "POST", "reset", {"seed": 7})).body == {"seed": 7}
    assert (await control(api, "POST", "advance", {"seconds": 0})).body == {"time": "2025-01-15T09:30:00Z"}
    assert (sandbox.seed, sandbox.charges) == (7, [])


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "advance", {"seconds": -1}),
        ("POST", "advance", {"seconds": "1"}),
        ("POST", "advance", {"seconds": 1e300}),
        ("POST", "advance", {"minutes": 1}),
        ("POST", "advance", {"\ud800": 1}),
        ("POST", "advance", [1]),
        ("POST", "faults", {}),
        ("POST", "faults", {"kind": "explosion"}),
        ("POST", "faults", {"kind": "refused"}),
        ("POST", "faults", {"kind": "random", "kinds": ["refused"]}),
        ("POST", "faults", {"kind": "random", "kinds": [["status"]]}),
        ("POST", "faults", {"kind": "random", "times": -1}),
        ("POST", "faults", {"kind": "random", "phoneNumber": NUMBER}),
        ("POST", "faults", {"kind": "status", "rate": 1}),
        ("POST", "faults", {"kind": "status", "headers": {"a": 1}}),
        ("POST", "faults", {"kind": "status", "headers": {"a\n": "b"}}),
        ("POST", "faults", {"kind": "status", "status": True}),
        ("POST", "faults", {"kind": "status", "operation": "Everything"}),
        ("POST", "numbers", {"count": -1}),
        ("POST", "numbers", {"count": 1, "regionCode": "XX"}),
        ("POST", "tokens:revoke", {"form": 5}),
        ("POST", "provisioning:fail", {"what": "fax"}),
        ("POST", "provisioning:fail", {"errorCodes": [1]}),
        ("PATCH", "options", {"nothing": 1}),
        ("PATCH", "options", {"visibility_delay": "soon"}),
        ("PATCH", "options", {"credit": "much"}),
        ("PATCH", "options", {"credit": "NaN"}),
        ("POST", "reset", {"seed": None}),
    ],
)
async def test_an_invalid_request_is_a_400_with_a_message(
    api: Api, method: str, path: str, body: Any
) -> None:
    response = await control(api, method, path, body)
    assert (response.status, response.body["error"]["status"]) == (400, "INVALID_ARGUMENT")
    assert response.body["error"]["message"]
    assert (await api.rent()).status == 200


async def test_a_body_that_is_too_large_is_a_413(api: Api) -> None:
    assert (await control(api, "POST", "advance", {"seconds": " " * 1024 * 1024})).status == 413


# --- who may use it ---


async def status_of(api: Api, **headers: str) -> tuple[int, str]:
    """The status of a control request with these headers, and the message of its error."""
    response = await api.call("POST", "/__sandbox__/reset", {"seed": 7}, headers=headers)
    error = response.body.get("error", {"message": ""})
    return response.status, error["message"]


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST:8013",
        "127.0.0.1:8013",
        "127.8.0.1",
        "[::1]:8013",
        "192.168.0.7:80",
        "[fe80::1]",
    ],
)
async def test_the_control_api_responds_to_this_machine_and_to_addresses(api: Api, host: str) -> None:
    assert await status_of(api, Host=host) == (200, "")
    assert await status_of(api, Host=host, Origin=f"http://{host}") == (200, "")


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8013", "localhost.evil.example", "127.0.0.1.evil.example", "localhost@evil.example",
     "localhost:80@evil.example", "sandbox", "", "[", "[::1", "0x7f.1"],
)  # fmt: skip
async def test_a_host_name_of_somebody_else_cannot_reach_the_control_api(api: Api, host: str) -> None:
    for headers in ({"Host": host}, {"Host": host, "Origin": f"http://{host}"}):
        status, message = await status_of(api, **headers)
        assert status == 403
        assert "control_hosts" in message
    assert api.sandbox.seed == 0


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "", "http://localhost", "http://localhost:8014", "http://localhost:8013.evil.example"],
)  # fmt: skip
async def test_a_page_of_another_origin_cannot_use_the_control_api(api: Api, origin: str) -> None:
    status, message = await status_of(api, Host="localhost:8013", Origin=origin)
    assert (status, api.sandbox.seed) == (403, 0)
    assert "pages of" in message
    for method in ("GET", "OPTIONS", "DELETE"):
        headers = {"Host": "localhost:8013", "Origin": origin}
        response = await api.call(method, "/__sandbox__/faults", headers=headers)
        assert response.status == 403


async def test_an_option_allows_another_host_name(api: Api) -> None:
    api.sandbox.options.control_hosts = ("sandbox",)
    assert (await status_of(api, Host="sandbox:8013"))[0] == 200
    assert (await status_of(api, Host="sandbox:8013", Origin="https://evil.example"))[0] == 403
    with pytest.raises(TypeError, match="control_hosts must be a list"):
        api.sandbox.options.control_hosts = "sandbox"  # type: ignore[assignment]


async def test_the_api_itself_responds_to_any_host(api: Api) -> None:
    response = await api.call("GET", "availableRegions", headers={"Host": "numbers.api.sinch.com"})
    assert response.status == 200
