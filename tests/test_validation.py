"""What a user passes is checked before anything is sent."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sinch_numbers import ConfigurationError, HttpRequest, HttpResponse, MockTransport, NumbersClient

from .support import ANSWER, NUMBER, make_client, make_keyed_client

Call = Callable[[NumbersClient, Any], Awaitable[object]]

BY_NUMBER: dict[str, Call] = {
    "get": lambda client, number: client.active_numbers.get(number),
    "update": lambda client, number: client.active_numbers.update(number, display_name="x"),
    "unlink_sms": lambda client, number: client.active_numbers.unlink_sms(number),
    "release": lambda client, number: client.active_numbers.release(number),
    "wait": lambda client, number: client.active_numbers.wait_until_provisioned(number),
    "offer": lambda client, number: client.available_numbers.get(number),
    "is_available": lambda client, number: client.available_numbers.is_available(number),
    "rent": lambda client, number: client.available_numbers.rent(number),
    "release_many": lambda client, number: client.active_numbers.release_many([number]),
    "update_many": lambda client, number: client.active_numbers.update_many([number], display_name="x"),
    "rent_many": lambda client, number: client.available_numbers.rent_many(phone_numbers=[number]),
}

HOSTILE = [
    "", "+", "12025550134", "+120255", "+1202555013412345", "+1202555013a", "+12025550134\n", " +12025550134", "+12025550134 ",
    "+1202/5550134", "../../x", "+12025550134/..", "+12025550134:rent", "+12025550134?x=1", "+12025550134#x", "%2B12025550134",
    "+1202%2F555", "+\u0661\u0662\u0663\u0664\u0665\u0666\u0667", "+\uff11\uff12\uff13\uff14\uff15\uff16\uff17",
    "\u202e+12025550134",
    "+12025550134\x00", "++12025550134", None, 12025550134, b"+12025550134", ["+12025550134"],
]  # fmt: skip


def unreachable(request: HttpRequest) -> HttpResponse:
    """Must not be called."""
    raise AssertionError(request.url)


def fine(request: HttpRequest) -> HttpResponse:
    """A 200 that every operation accepts, about the number in the path."""
    number = unquote(urlsplit(request.url).path.rpartition("/")[2])
    return HttpResponse(content=json.dumps(ANSWER | {"phoneNumber": number}).encode())


# --- phone numbers ---


@pytest.mark.parametrize("operation", BY_NUMBER)
@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
async def test_a_value_that_is_not_a_phone_number_raises_before_anything_is_sent(
    operation: str, hostile: Any
) -> None:
    with pytest.raises(ConfigurationError, match=r"phone_number must be E\.164"):
        await BY_NUMBER[operation](make_client(transport=MockTransport(unreachable)), hostile)


@pytest.mark.parametrize("number", ["+1234567", "+123456789012345", NUMBER])
async def test_seven_to_fifteen_digits_are_a_phone_number(number: str) -> None:
    transport = MockTransport(fine)
    await make_client(transport=transport).active_numbers.get(number)

    assert transport.requests[0].url.endswith(f"/activeNumbers/%2B{number[1:]}")


@given(st.text())
async def test_no_text_that_is_not_a_phone_number_reaches_a_path(text: str) -> None:
    transport = MockTransport(fine)
    client = make_client(transport=transport)
    try:
        await client.active_numbers.get(text)
    except ConfigurationError:
        assert transport.requests == []
    else:
        assert unquote(transport.requests[0].url.rpartition("/")[2]) == text
        assert text[1:].isascii()
        assert text[1:].isdigit()


# --- paths and queries ---


@given(st.text(min_size=1))
async def test_any_text_as_project_id_raises_or_stays_one_segment_of_the_path(text: str) -> None:
    transport = MockTransport(fine)
    try:
        client = make_client(transport=transport, project_id=text)
    except ConfigurationError:
        return
    await client.available_regions.list()

    path = transport.requests[0].url.partition("://")[2].partition("/")[2]
    first, second, segment, last = path.split("/")
    assert (first, second, last) == ("v1", "projects", "availableRegions")
    assert unquote(segment) == text
    assert segment not in {".", ".."}
    assert segment.isascii()
    assert not {*segment} & {*"/?#\\ \r\n"}


@given(region=st.text(min_size=1), pattern=st.text(), cursor=st.text(min_size=1))
async def test_no_text_escapes_its_query_parameter(region: str, pattern: str, cursor: str) -> None:
    transport = MockTransport(fine)
    client = make_client(transport=transport)
    try:
        listing = client.active_numbers.list(
            region_code=region, number_type="LOCAL", number_pattern=pattern, cursor=cursor
        )
        await listing.first()
    except ConfigurationError:
        return

    url = transport.requests[0].url
    names = [pair.partition("=")[0] for pair in url.partition("?")[2].split("&")]
    assert sorted(names) == ["numberPattern.pattern", "pageToken", "regionCode", "type"]
    assert url.isascii()
    assert url.isprintable()
    assert not {*url} & {*" #\\"}


# --- base URLs ---


@pytest.mark.parametrize(
    "url",
    ["https://numbers.example", "https://numbers.example/", "https://numbers.example:8443/prefix/", "http://localhost:8013",
     "http://127.0.0.1", "http://127.8.9.10:1", "http://[::1]:8013", "HTTP://LOCALHOST"],
)  # fmt: skip
def test_a_base_url_is_https_or_http_to_a_loopback_address(url: str) -> None:
    assert repr(make_client(base_url=url)).endswith(f"base_url={url.rstrip('/')!r})")


@pytest.mark.parametrize("option", ["base_url", "auth_url"])
@pytest.mark.parametrize(
    "url",
    ["http://numbers.example", "http://localhost.evil.example", "http://127.0.0.1.evil.example", "http://10.0.0.1",
     "http://[::2]", "http://0.0.0.0"],
)  # fmt: skip
def test_plain_http_to_another_host_needs_allow_insecure(option: str, url: str) -> None:
    with pytest.raises(ConfigurationError, match=f"{option} is http to .* allow_insecure"):
        make_client(**{option: url})
    make_client(**{option: url}, allow_insecure=True)


@pytest.mark.parametrize("option", ["base_url", "auth_url"])
@pytest.mark.parametrize(
    "url",
    ["https://user:pass@numbers.example", "https://user@numbers.example", "https://@numbers.example",
     "https://numbers.example?a=1",
     "https://numbers.example?", "https://numbers.example#f", "https://numbers.example/#", "ftp://numbers.example",
     "//numbers.example",
     "numbers.example", "https://", "https:///path", "", "https://numbers.example:port", "https://numbers.example:99999",
     "https://[::1", "https://numbers\n.example", "https://numbers.example\t", " https://numbers.example", "https://b\u00fccher.example",
     "https://numbers.example\\@evil.example", "file:///etc/passwd", None, 7, b"https://numbers.example"],
)  # fmt: skip
def test_a_value_that_is_not_a_plain_url_raises_even_with_allow_insecure(option: str, url: Any) -> None:
    with pytest.raises(ConfigurationError, match=option):
        make_client(**{option: url}, allow_insecure=True)


@pytest.mark.parametrize("option", ["base_url", "auth_url"])
def test_a_base_url_has_at_most_2000_characters(option: str) -> None:
    url = "https://numbers.example/" + "a" * 1_976
    make_client(**{option: url})
    with pytest.raises(ConfigurationError, match=option):
        make_client(**{option: url + "a"})


@pytest.mark.parametrize(
    "base_url", ["http://localhost:8013", "http://127.0.0.1", "http://[::1]:8013", "https://LOCALHOST"]
)
@pytest.mark.parametrize("auth_url", ["https://auth.sinch.com", "HTTPS://Auth.Sinch.com:443/"])
def test_a_base_url_of_this_machine_needs_an_auth_url_that_is_not_the_one_of_sinch(
    base_url: str, auth_url: str
) -> None:
    with pytest.raises(
        ConfigurationError, match=r"base_url is on this machine.*Set auth_url \(SINCH_AUTH_URL\)"
    ):
        make_keyed_client(base_url=base_url, auth_url=auth_url)
    # Without token requests, auth_url is not used.
    make_keyed_client(base_url=base_url, auth_url=auth_url, auth="basic")
    make_client(base_url=base_url, auth_url=auth_url)


def test_the_api_itself_can_be_used_with_a_token_server_on_this_machine() -> None:
    make_keyed_client(base_url="https://numbers.api.sinch.com", auth_url="http://127.0.0.1:8013")


# --- headers ---


@pytest.mark.parametrize(
    "name",
    [
        "Authorization",
        "HOST",
        "content-length",
        "Content-Type",
        "Accept",
        "Accept-Encoding",
        "Transfer-Encoding",
    ],
)
def test_headers_that_the_client_sets_itself_are_a_configuration_error(name: str) -> None:
    with pytest.raises(ConfigurationError, match=f"headers cannot set {name}"):
        make_client(headers={name: "x"})
    with pytest.raises(ConfigurationError, match=f"headers cannot set {name}"):
        make_client().with_options(headers={name: "x"})


@pytest.mark.parametrize(
    "headers",
    [{"": "x"}, {"a b": "x"}, {"a:b": "x"}, {"a\r\nb": "x"}, {"\u00e9": "x"}, {1: "x"}, {"a": "x\r\nb: c"}, {"a": "\u00e9"},
     {"a": " x"},
     {"a": "\x00"}, {"a": 1}, {"a": None}, {"a": b"x"}],
)  # fmt: skip
def test_headers_that_http_cannot_carry_are_a_configuration_error(headers: Any) -> None:
    with pytest.raises(ConfigurationError, match="header"):
        make_client(headers=headers)
