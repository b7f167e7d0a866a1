from __future__ import annotations

from typing import Any

import pytest

from sinch_numbers.sandbox import Sandbox

from .driver import NUMBER, Api


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", f"activeNumbers/{NUMBER}", "GET, PATCH"),
        ("DELETE", "activeNumbers", "GET"),
        ("GET", f"availableNumbers/{NUMBER}:rent", "POST"),
        ("GET", "availableNumbers:rentAny", "POST"),
        ("HEAD", "availableRegions", "GET"),
        ("OPTIONS", "callbackConfiguration", "GET, PATCH"),
        ("GET", "/oauth2/token", "POST"),
        ("BREW", "/__sandbox__/faults", "DELETE, GET, POST"),
    ],
)
async def test_a_wrong_method_is_a_405_that_lists_the_allowed_ones(
    api: Api, method: str, path: str, allowed: str
) -> None:
    response = await api.call(method, path)
    assert (response.status, response.headers["allow"]) == (405, allowed)
    assert response.body["error"]["code"] == 405


@pytest.mark.parametrize(
    "path",
    ["/", "/v1", "/v2/projects/p/availableRegions", "availableRegions/", "nothing", "//", "/v1/projects//availableRegions",
     "activeNumbers/+1/2", "/__sandbox__/", "/__sandbox__/nothing", "/oauth2"],
)  # fmt: skip
async def test_an_unknown_path_is_a_404_in_the_api_format(api: Api, path: str) -> None:
    response = await api.get(path)
    assert (response.status, response.body["error"]["status"]) == (404, "NOT_FOUND")


async def test_a_body_that_is_too_large_is_a_413(api: Api, sandbox: Sandbox) -> None:
    path = f"availableNumbers/{NUMBER}:rent"
    largest = b"{" + b" " * (1024 * 1024 - 2) + b"}"
    assert (await api.call("POST", path, raw=largest + b" ")).status == 413
    assert (await api.call("POST", path, raw=largest, headers={"Content-Length": "x"})).status == 200
    sandbox.options.max_body_bytes = 2
    assert (await api.call("PATCH", f"activeNumbers/{NUMBER}", {"displayName": "x"})).status == 413


async def test_a_project_id_can_contain_any_character(sandbox: Sandbox) -> None:
    odd = Api(sandbox, "a%2Fb%20%C3%B6%3F%FF")
    assert (await odd.rent()).body["projectId"] == "a/b ö?\ufffd"
    assert (await odd.get("callbackConfiguration")).status == 200


async def test_every_response_of_the_api_has_its_own_request_id(api: Api) -> None:
    responses = [await api.get("availableRegions"), await api.get("nothing"), await api.token()]
    assert len({response.headers["x-request-id"] for response in responses}) == 3


async def test_received_requests_are_logged_in_order(api: Api, sandbox: Sandbox) -> None:
    await api.token()
    await api.get(
        "availableNumbers?regionCode=US&type=LOCAL&numberPattern.pattern=%2B1206&numberPattern.searchPattern=START"
    )
    sandbox.clock.advance(5)
    await api.get("activeNumbers/%2B12025550134")
    await api.call("PUT", "activeNumbers")
    await api.get("/nowhere")
    await api.get("/__sandbox__/requests")
    seen: list[tuple[Any, ...]] = [
        (request.method, request.path, request.query, request.operation, request.status)
        for request in sandbox.requests
    ]
    prefix = "/v1/projects/project-1"
    query = "regionCode=US&type=LOCAL&numberPattern.pattern=%2B1206&numberPattern.searchPattern=START"
    assert seen == [
        ("POST", "/oauth2/token", "", "Token", 200),
        ("GET", f"{prefix}/availableNumbers", query, "ListAvailableNumbers", 200),
        ("GET", f"{prefix}/activeNumbers/%2B12025550134", "", "GetActiveNumber", 404),
        ("PUT", f"{prefix}/activeNumbers", "", None, 405),
        ("GET", "/nowhere", "", None, 404),
    ]
    assert sandbox.requests[2].at - sandbox.requests[1].at == 5


@pytest.mark.parametrize("path", ["+12025550134:rent", "%2B12025550134:rent", "%2B12025550134%3Arent"])
async def test_the_path_of_a_rent_can_be_percent_encoded(api: Api, path: str) -> None:
    assert (await api.call("POST", f"availableNumbers/{path}", {})).status == 200


async def test_a_plus_in_a_path_can_be_literal_or_encoded(api: Api) -> None:
    plain, encoded = (
        await api.get("availableNumbers/+12025550134"),
        await api.get("availableNumbers/%2B12025550134"),
    )
    assert plain.body == encoded.body
