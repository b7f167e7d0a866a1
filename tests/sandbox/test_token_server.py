from __future__ import annotations

import base64
import json

import pytest

from sinch_numbers.sandbox import Sandbox, SandboxOptions

from .driver import Api, basic

REGIONS = "availableRegions"


async def status_with(api: Api, authorization: str) -> int:
    return (await api.call("GET", REGIONS, headers={"Authorization": authorization})).status


async def test_a_token_is_valid_until_it_expires_on_the_virtual_clock(api: Api, sandbox: Sandbox) -> None:
    token = (await api.token()).body
    assert token.keys() == {"access_token", "expires_in", "scope", "token_type"}
    assert (token["expires_in"], token["scope"], token["token_type"]) == (3599, "", "bearer")
    bearer = f"Bearer {token['access_token']}"

    sandbox.clock.advance(3598)
    assert await status_with(api, bearer) == 200
    sandbox.clock.advance(1)
    assert await status_with(api, bearer) == 401


async def test_a_token_is_a_jwt_with_the_key_and_the_expiry(api: Api, sandbox: Sandbox) -> None:
    token = (await api.token(basic("my-key", "s"))).body["access_token"]
    header, claims, signature = (
        base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in token.split(".")
    )
    assert json.loads(header)["alg"] == "RS256"
    assert json.loads(claims)["sub"] == "my-key"
    assert json.loads(claims)["exp"] == int(sandbox.clock.time()) + 3599
    assert len(signature) == 256


async def test_every_token_is_different_and_older_ones_stay_valid(api: Api, sandbox: Sandbox) -> None:
    tokens = [(await api.token()).body["access_token"] for _ in range(3)]
    assert len(set(tokens)) == 3
    assert [await status_with(api, f"Bearer {token}") for token in tokens] == [200, 200, 200]
    assert sandbox.tokens_issued == 3


@pytest.mark.parametrize(
    "authorization",
    ["", "Basic", "Basic ?", "Basic " + base64.b64encode(b"no-colon").decode(), basic("", "s"), basic("k", ""), "Digest x",
     "Basic " + base64.b64encode(b"\xff:\xff").decode(), "Bearer", "Bearer eyJ.not.mine"],
)  # fmt: skip
async def test_invalid_credentials_are_a_401(api: Api, authorization: str) -> None:
    response = await api.call("GET", REGIONS, headers={"Authorization": authorization})
    assert response.status == 401
    assert response.body["error"]["status"] == "UNAUTHENTICATED"
    assert "www-authenticate" in response.headers


async def test_any_key_is_accepted_unless_one_is_configured() -> None:
    sandbox = Sandbox(SandboxOptions(key_id="the-key", key_secret="the-secret"))
    api = Api(sandbox)
    assert await status_with(api, basic("the-key", "the-secret")) == 200
    assert await status_with(api, basic("the-key", "another")) == 401
    assert await status_with(api, basic("another", "the-secret")) == 401
    assert (await api.token(basic("the-key", "another"))).status == 401
    assert (await api.token(basic("the-key", "the-secret"))).status == 200


async def test_the_first_form_of_a_401_has_the_expiry_of_the_token(api: Api, sandbox: Sandbox) -> None:
    bearer = f"Bearer {(await api.token()).body['access_token']}"
    sandbox.clock.advance(10_000)
    response = await api.call("GET", REGIONS, headers={"Authorization": bearer})
    assert response.headers["www-authenticate"].startswith(
        'Bearer error="invalid_token", error_description="Jwt expired at 2025-01-15T10:29:59Z", error_uri="'
    )


async def test_revoked_tokens_get_a_401_of_the_given_form(api: Api, sandbox: Sandbox) -> None:
    challenges: list[str | None] = []
    for form in (1, 2, 3, 4):
        bearer = f"Bearer {(await api.token()).body['access_token']}"
        assert await status_with(api, bearer) == 200
        sandbox.revoke_tokens(form=form)
        response = await api.call("GET", REGIONS, headers={"Authorization": bearer})
        assert response.status == 401
        challenges.append(response.headers.get("www-authenticate"))
        if form == 4:
            assert response.headers["content-type"] == "application/problem+json"
            assert response.body["title"] == "Token expired"
            assert response.body["type"].endswith("/registry/access-token-expired")
    assert challenges[0] is not None
    assert challenges[0].startswith('Bearer error="invalid_token"')
    assert challenges[1:] == ['Bearer realm="proxy", error="expired"', None, 'Basic realm="Realm"']


def test_there_are_four_forms_of_a_401(sandbox: Sandbox) -> None:
    with pytest.raises(ValueError):
        sandbox.revoke_tokens(form=5)


async def test_the_token_endpoint_returns_oauth_errors(api: Api) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    no_grant = await api.call("POST", "/oauth2/token", headers=form, raw=b"scope=x")
    as_json = await api.call("POST", "/oauth2/token", {"grant_type": "client_credentials"})
    stranger = await api.token("Bearer x")
    found = [(response.status, response.body["error"]) for response in (no_grant, as_json, stranger)]
    assert found == [(400, "unsupported_grant_type"), (400, "invalid_request"), (401, "invalid_client")]
    assert {"error", "error_description", "error_verbose", "error_hint"} <= no_grant.body.keys()
    assert stranger.headers["www-authenticate"].startswith("Basic")


async def test_the_token_endpoint_allows_thirty_requests_refilled_at_ten_per_second(
    api: Api, sandbox: Sandbox
) -> None:
    sandbox.options.token_rate_limit = True
    assert [(await api.token()).status for _ in range(31)] == [200] * 30 + [429]
    refused = await api.token()
    assert (refused.content, refused.headers["x-envoy-ratelimited"]) == (b"", "true")
    assert "retry-after" not in refused.headers
    sandbox.clock.advance(0.5)
    assert [(await api.token()).status for _ in range(6)] == [200] * 5 + [429]


async def test_token_requests_are_unlimited_by_default(api: Api) -> None:
    assert [(await api.token()).status for _ in range(40)] == [200] * 40


async def test_a_configured_project_is_the_only_one_that_exists(sandbox: Sandbox) -> None:
    sandbox.options.project_id = "mine"
    mine, other = Api(sandbox, "mine"), Api(sandbox, "other")
    assert (await mine.get(REGIONS)).status == 200
    assert (await mine.get("callbackConfiguration")).status == 200
    assert (await other.get(REGIONS)).body["error"]["status"] == "PERMISSION_DENIED"
    missing = await other.get("callbackConfiguration")
    assert missing.status == 404
    assert missing.body["error"]["message"] == "Could not find project with ID: other"
    assert missing.body["error"]["details"][0]["resourceType"] == "CallbackConfiguration"
