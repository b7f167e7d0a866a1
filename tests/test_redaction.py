from __future__ import annotations

import copy
import html
import json
import pickle
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sinch_numbers import BadRequestError, HttpResponse, MockTransport
from sinch_numbers._redaction import Headers, Options, Redaction, Secret, plain, redact_headers, secrets_of

from .exposure import leaks
from .support import HMAC_SECRET, KEY_SECRET, NUMBER, TOKEN, make_client

VIEWS: list[Callable[[Secret], object]] = [
    repr,
    str,
    "{}".format,
    "{!r:>10}".format,
    lambda secret: f"{secret}",
    lambda secret: "%s %r" % (secret, secret),  # noqa: UP031
    lambda secret: [secret],
    lambda secret: json.dumps(secret, default=repr),
]


@pytest.mark.parametrize("view", VIEWS)
def test_a_secret_shows_only_if_it_is_revealed(view: Callable[[Secret], object]) -> None:
    secret = Secret(KEY_SECRET)

    assert secret.reveal() == KEY_SECRET
    assert leaks(iter([repr(view(secret))])) == []


@pytest.mark.parametrize("duplicate", [pickle.dumps, copy.copy, copy.deepcopy])
def test_a_secret_cannot_be_pickled_or_copied(duplicate: Callable[[object], object]) -> None:
    for holder in (Secret(KEY_SECRET), [Secret(KEY_SECRET)]):
        if duplicate is not copy.copy or isinstance(holder, Secret):
            with pytest.raises(TypeError, match="a secret cannot be pickled or copied"):
                duplicate(holder)


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


def shown(body: bytes, *secrets: str) -> str:
    """What is shown of `body`."""
    return Redaction([Secret(secret) for secret in secrets]).body(body)[0].decode("utf-8", "surrogateescape")


# --- values under a name like that of a secret ---


@pytest.mark.parametrize(
    "body",
    [
        {"hmacSecret": HMAC_SECRET},
        {"a": [{"client_secret": KEY_SECRET}, {"ACCESS_TOKEN": TOKEN}]},
        {"password": f'{KEY_SECRET} "quoted" \\ '},
        {"client_assertion": TOKEN, "message": "kept"},
        {"tokens": [TOKEN, [TOKEN], {"a": TOKEN}]},
        {"secret": {"value": HMAC_SECRET}},
        [[{"token": 12345678}]],
        {"message": f'{{"access_token": "{TOKEN}"}}'},
        {"message": f"body: access_token={TOKEN}&expires_in=3599"},
        {"message": f"curl -H 'Authorization: Bearer {TOKEN}'"},
    ],
)
@pytest.mark.parametrize("indent", [None, 2])
def test_a_value_under_the_name_of_a_secret_is_masked_and_the_body_stays_json(
    body: Any, indent: int | None
) -> None:
    content = json.dumps(body, indent=indent).encode()
    redacted = shown(content)

    assert leaks(iter([redacted])) == []
    assert "12345678" not in redacted
    assert type(json.loads(redacted)) is type(body)
    assert (
        "message" not in body or "client_assertion" not in body or json.loads(redacted)["message"] == "kept"
    )


def test_a_body_without_secrets_is_shown_as_it_came() -> None:
    content = b'{ "hmacSecret": "", "token": null, "a":1.50, "expired": "the token has expired" }'

    assert shown(content, "another-secret") == content.decode()


def test_a_member_that_a_later_one_of_the_same_name_hides_is_masked() -> None:
    assert "abc" not in shown(b'{"a": {"token": "abc"}, "a": 1}')


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ('{"hmacSecret": "abc"', '{"hmacSecret": "***"'),
        ('{"hmacSecret": "a\\"bc", "x": 1', '{"hmacSecret": "***", "x": 1'),
        ('{"hmacSecret": "abc', '{"hmacSecret": "***'),
        ('{"tokens": ["abc", ["d"]], "x": 1', '{"tokens": ***'),
        ('{"token": 123, "x": 1', '{"token": ***, "x": 1'),
        ('{"token": null, "x": 1', '{"token": null, "x": 1'),
        ("{'token': 'abc', 'x': 1}", "{'token': '***', 'x': 1}"),
        (r'"m": "{\"token\": \"a\\\"bc\", \"x\": 1}', r'"m": "{\"token\": \"***\", \"x\": 1}'),
        ("access_token=abc&token_type=bearer", "access_token=***&token_type=***"),
        ("a%26access_token%3Dabc", "a%26access_token%3D***"),
        ('client_secret = "abc"; x', 'client_secret = "***"; x'),
        ("<access_token>abc</access_token>", "<access_token>***</access_token>"),
        ("Authorization: Basic dXNlcjpwYXNzd29yZA==\nx", "Authorization: Basic ***\nx"),
        ('Bearer error="invalid_token", error_description="x"', 'Bearer error="invalid_token", error_description="x"'),
        ("<html>Your token has expired</html>", "<html>Your token has expired</html>"),
    ],
)  # fmt: skip
def test_in_a_text_that_is_not_json_the_value_of_a_secret_is_masked_in_any_notation(
    text: str, redacted: str
) -> None:
    assert shown(text.encode()) == redacted


@given(st.integers(0, 60))
def test_a_body_that_is_cut_off_anywhere_shows_no_part_of_a_secret(length: int) -> None:
    body = json.dumps({"id": 1, "hmacSecret": HMAC_SECRET, "more": True}).encode()[:length]

    assert HMAC_SECRET[:6] not in shown(body)


# --- secrets that are known ---


@given(secret=st.text(min_size=6), before=st.binary(), after=st.binary())
def test_a_known_secret_is_masked_wherever_it_stands_in_a_body(
    secret: str, before: bytes, after: bytes
) -> None:
    value = secret.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    redacted = shown(before + value.encode() + after, value, "")

    assert value not in redacted.replace("***", "\udcff\udcff") or "\0" in value


NOTATIONS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "json": json.dumps,
    "json without escapes": lambda secret: json.dumps(secret, ensure_ascii=False),
    "json of another kind": lambda secret: json.dumps(secret).replace("/", "\\/"),
    "json in json": lambda secret: json.dumps(json.dumps({"m": secret})),
    "url": lambda secret: quote(secret, safe=""),
    "url in lower case": lambda secret: quote(secret, safe="").lower().replace("canary", "Canary"),
    "form": quote_plus,
    "html": html.escape,
}


@pytest.mark.parametrize("notation", NOTATIONS)
@pytest.mark.parametrize(
    "wrap", ['{{"message": {}}}', '{{"message": {}', "<p>{}</p>"], ids=["json", "cut", "html"]
)
def test_a_known_secret_is_masked_in_every_notation(notation: str, wrap: str) -> None:
    secret = 'Canary "q" <b> & a/b+c=\\ \u00fc'
    redacted = shown(wrap.format(NOTATIONS[notation](secret)).encode(), secret)

    assert "***" in redacted
    assert "Canary" not in redacted


def test_a_secret_in_utf_16_is_masked() -> None:
    body = json.dumps({"message": KEY_SECRET})

    assert "canary" not in shown(body.encode("utf-16"), KEY_SECRET)
    assert "canary" not in shown(body[:-2].encode("utf-16"), KEY_SECRET)


@pytest.mark.parametrize("secret", ["1", "error", "a"])
def test_a_short_secret_garbles_nothing(secret: str) -> None:
    body = '{"error": "an error of part 1", "value": "%s"}' % secret  # noqa: UP031

    assert json.loads(shown(body.encode(), secret)) == {"error": "an error of part 1", "value": "***"}
    assert shown(b"<p>an error of part 1</p>", secret) == "<p>an error of part 1</p>"


def test_the_longer_of_two_secrets_is_masked_if_one_is_a_part_of_the_other() -> None:
    assert shown(b"<abcdef123456>", "abcdef", "abcdef123456") == "<***>"


@given(st.text(min_size=1))
def test_the_secrets_of_a_request_are_found_in_its_body(secret: str) -> None:
    body = json.dumps({"displayName": "shown", "a": [{"hmacSecret": [secret]}]}).encode()
    found = {each.reveal() for each in secrets_of((), Secret(f"Bearer {TOKEN}"), body, {})}

    assert found == {TOKEN, secret}


def test_the_secrets_of_a_request_without_a_body_are_its_credentials_and_headers_and_those_of_the_client() -> (
    None
):
    headers = {"X-Api-Key": "canary-key", "Cookie": "session=canary", "X-Team": "billing", "User-Agent": "a"}
    for body in (None, b"grant_type=client_credentials"):
        found = secrets_of((Secret("known"),), Secret("Basic abc"), body, headers)
        assert {each.reveal() for each in found} == {"known", "abc", "canary-key", "session=canary"}


# --- bounds ---


HOSTILE = [
    '"',
    '"secret',
    "secret",
    '"token": "',
    "token=",
    "\\",
    '\\"',
    'token\\":\\"\\\\',
    "token':'\"",
    "token:",
    "Bearer ",
    "[",
    " ",
]
"""Parts of texts on which a search that backtracks takes a time that grows with the square of the length."""


@pytest.mark.parametrize("part", HOSTILE)
def test_the_search_for_secrets_in_a_hostile_text_is_linear(part: str) -> None:
    # With a quadratic search, each of these would take hours.
    text = part * (2_000_000 // len(part))
    Redaction([Secret(KEY_SECRET)]).text(text)
    Redaction([Secret(KEY_SECRET)]).text('"token": "' + text)


@pytest.mark.parametrize("size", [20_000, 200_000, 2_000_000, 20_000_000])
def test_the_part_of_a_body_that_is_searched_is_bounded(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    searched: list[int] = []
    search = Redaction.text

    def counted(self: Redaction, text: str) -> str:
        searched.append(len(text))
        return search(self, text)

    monkeypatch.setattr(Redaction, "text", counted)
    body, _ = Redaction([Secret(KEY_SECRET)]).body(b'"token' * (size // 6))

    assert len(body) <= 64 * 1024
    assert sum(searched) <= min(size, 64 * 1024 + 100)


@pytest.mark.parametrize("size", [20_000, 200_000, 1_000_000, 2_000_000, 20_000_000])
async def test_what_is_searched_for_a_refused_name_grows_with_its_length_and_not_faster(
    monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    name = "x" * size
    body = json.dumps({"error": {"message": f"the name {name} is not valid", "details": [name]}}).encode()
    searched: list[int] = []
    search = Redaction._searched

    def counted(self: Redaction, text: str) -> str:
        searched.append(len(text))
        return search(self, text)

    monkeypatch.setattr(Redaction, "_searched", counted)
    transport = MockTransport(lambda _: HttpResponse(status_code=400, content=body))
    with pytest.raises(BadRequestError) as caught:
        await make_client(transport=transport).active_numbers.update(NUMBER, display_name=name)

    # Each part once; of more than a megabyte, only the beginning.
    assert sum(searched) <= min(len(body), 2**20) + 1_000
    assert len(caught.value.body) <= 64 * 1024
    assert len(str(caught.value)) < 1_000


@given(st.integers(0, 80), st.integers(0, 3))
def test_a_secret_at_the_place_where_a_body_is_cut_shows_no_part(offset: int, others: int) -> None:
    # Masking the first ones shortens the text, so that more of its end is shown.
    text = KEY_SECRET * others + "." * (64 * 1024 - len(KEY_SECRET) * others - 40 + offset)
    redacted = shown((text + KEY_SECRET * 20).encode(), KEY_SECRET)

    assert "canary" not in redacted
    assert "-7Qz" not in redacted


# --- one line ---


@given(st.text(max_size=600))
def test_a_text_becomes_one_printable_line_of_bounded_length(text: str) -> None:
    line = plain(text)

    assert line.isprintable()
    assert len(line) <= 500
    assert not text.isprintable() or line == text or len(text) > 500


@pytest.mark.parametrize(
    ("text", "line"),
    [("a\nb", "a\\nb"), ("\x1b[31m", "\\x1b[31m"), ("\u202e", "\\u202e"), ("\ud800", "\\ud800"), ("x" * 10, "x" * 10),
     ("x" * 11, "x" * 9 + "…"), ("\n" * 6, "\\n\\n\\n\\n\\…")],
)  # fmt: skip
def test_what_is_not_printable_is_escaped_and_what_is_too_long_is_cut(text: str, line: str) -> None:
    assert plain(text, 10) == line
