from __future__ import annotations

import pytest

from sinch_numbers.sandbox import Sandbox

from .driver import NUMBER, Api


@pytest.mark.parametrize(
    "raw",
    [b"{",
     b"[]", b'"text"', b"null", b"7", b"{'a': 1}", b'{"a": NaN}', b"\xff\xfe", b"[" * 100_000, b'{"a":' * 100_000,
     b'{"a": 1' + b"0" * 10_000 + b"}", "{}".encode("utf-16")],
)  # fmt: skip
async def test_a_body_that_is_not_a_json_object_is_a_400(api: Api, raw: bytes) -> None:
    for path in (f"availableNumbers/{NUMBER}:rent", "availableNumbers:rentAny"):
        response = await api.call("POST", path, raw=raw)
        assert (response.status, response.body["error"]["status"]) == (400, "INVALID_ARGUMENT")


@pytest.mark.parametrize("raw", [b"", b" "])
async def test_a_rent_without_a_body_is_one_with_an_empty_object_unless_told_otherwise(
    api: Api, sandbox: Sandbox, raw: bytes
) -> None:
    rent = f"availableNumbers/{NUMBER}:rent"
    sandbox.options.missing_body = "reject"
    assert (await api.call("POST", rent, raw=raw)).status == 400
    sandbox.options.missing_body = "empty"
    assert (await api.call("POST", rent, raw=raw)).status == 200
    assert (await api.call("POST", "availableNumbers:rentAny", raw=raw)).violation[0] == "region_code"
    assert (await api.call("PATCH", f"activeNumbers/{NUMBER}", raw=raw)).status == 400


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "application/xml", "", "json"]
)
async def test_a_body_with_another_content_type_is_a_415(api: Api, content_type: str) -> None:
    response = await api.call(
        "POST", f"availableNumbers/{NUMBER}:rent", {}, headers={"Content-Type": content_type}
    )
    assert response.status == 415


@pytest.mark.parametrize(
    "content_type", ["application/json", "Application/JSON; charset=utf-8", "application/merge-patch+json"]
)
async def test_several_content_types_mean_json(api: Api, content_type: str) -> None:
    response = await api.call(
        "POST", f"availableNumbers/{NUMBER}:rent", {}, headers={"Content-Type": content_type}
    )
    assert response.status == 200
