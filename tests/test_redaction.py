from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sinch_numbers._redaction import Headers, Options, Secret, redact_body, redact_headers, secrets_of

from .exposure import leaks
from .support import HMAC_SECRET, KEY_SECRET, TOKEN

VIEWS: list[Callable[[Secret], object]] = [
    repr,
    str,
    "{}".format,
    "{!r:>10}".format,
    lambda secret: f"{secret}",
    lambda secret: "%s %r" % (secret, secret),  # noqa: UP031
    pickle.dumps,
    lambda secret: pickle.loads(pickle.dumps(secret)).reveal(),
    lambda secret: copy.deepcopy(secret).reveal(),
    lambda secret: [secret],
    lambda secret: json.dumps(secret, default=repr),
]


@pytest.mark.parametrize("view", VIEWS)
def test_a_secret_shows_only_if_it_is_revealed(view: Callable[[Secret], object]) -> None:
    secret = Secret(KEY_SECRET)

    assert secret.reveal() == KEY_SECRET
    assert leaks(iter([repr(view(secret))])) == []


def test_a_secret_that_is_empty_is_false() -> None:
    assert not Secret("")
    assert Secret("x")


@pytest.mark.parametrize(
    "name", ["Authorization", "authorization", "Cookie", "set-cookie", "X-Api-Key", "Proxy-Authorization", "X-Sinch-Signature"]
)  # fmt: skip
def test_headers_that_are_not_known_to_be_safe_keep_their_name_and_are_masked(name: str) -> None:
    headers = {name: f"Bearer {TOKEN}", "Content-Type": "application/json"}

    assert redact_headers(headers) == {name: "***", "Content-Type": "application/json"}
    assert repr(Headers(headers)) == repr(redact_headers(headers))
    assert Headers(headers)[name] == f"Bearer {TOKEN}"


def test_in_a_safe_header_only_the_secret_is_masked() -> None:
    headers = {"www-authenticate": f'Bearer error_description="{TOKEN} expired"'}

    assert redact_headers(headers, [Secret(TOKEN), Secret("")]) == {
        "www-authenticate": 'Bearer error_description="*** expired"'
    }


def test_the_repr_of_options_shows_only_their_names() -> None:
    assert repr(Options(key_secret=KEY_SECRET, timeout=3)) == "{'key_secret': '***', 'timeout': '***'}"


@pytest.mark.parametrize(
    "body",
    [
        {"hmacSecret": HMAC_SECRET},
        {"a": [{"client_secret": KEY_SECRET}, {"ACCESS_TOKEN": TOKEN}]},
        {"password": f'{KEY_SECRET} "quoted" \\ '},
        {"client_assertion": TOKEN, "message": "kept"},
    ],
)
@pytest.mark.parametrize("indent", [None, 2])
def test_members_with_the_name_of_a_secret_are_masked_and_the_body_stays_json(
    body: Any, indent: int | None
) -> None:
    redacted = redact_body(json.dumps(body, indent=indent).encode())

    assert leaks(iter([redacted.decode()])) == []
    assert json.loads(redacted).keys() == body.keys()
    assert "message" not in body or json.loads(redacted)["message"] == "kept"


@given(st.integers(0, 60))
def test_a_body_that_is_cut_off_anywhere_shows_no_part_of_a_secret(length: int) -> None:
    body = json.dumps({"id": 1, "hmacSecret": HMAC_SECRET, "more": True}).encode()[:length]
    redacted = redact_body(body)

    assert HMAC_SECRET[:6].encode() not in redacted


@given(secret=st.text(min_size=1), before=st.binary(), after=st.binary())
def test_a_known_secret_is_masked_wherever_it_stands_in_a_body(
    secret: str, before: bytes, after: bytes
) -> None:
    value = secret.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    redacted = redact_body(before + value.encode() + after, [Secret(value), Secret("")])

    assert value.encode() not in redacted.replace(b"***", b"\xff\xff")


@given(st.text(min_size=1))
def test_the_secrets_of_a_request_are_found_in_its_body(secret: str) -> None:
    body = json.dumps({"displayName": "shown", "hmacSecret": secret}).encode()
    found = {each.reveal() for each in secrets_of(Secret(f"Bearer {TOKEN}"), body)}

    assert found == {TOKEN, secret}


def test_the_only_secrets_of_a_request_without_a_body_are_its_credentials() -> None:
    assert [each.reveal() for each in secrets_of(Secret("Basic abc"), None)] == ["abc"]
    assert [each.reveal() for each in secrets_of(Secret("Basic abc"), b"grant_type=x")] == ["abc"]


def test_a_large_body_is_redacted_in_a_moment() -> None:
    for body in (b'"' * 1_000_000, b'"secret' * 100_000, b'"' + b"a" * 1_000_000):
        assert redact_body(body) == body
    assert redact_body(b'"token": "' * 100_000) == b'"token": "***' * 100_000
