"""A callback is believed if its raw body is signed with one of the secrets, and not otherwise."""

from __future__ import annotations

import contextlib
import json
import random
from collections.abc import Callable, Iterable
from email.message import Message
from typing import Any

import httpx
import multidict
import pytest
import starlette.datastructures
import werkzeug.datastructures
from hypothesis import given
from hypothesis import strategies as st

from sinch_numbers import ConfigurationError, PayloadError, SignatureError, WebhookError
from sinch_numbers.webhooks import parse, sign, unwrap, verify

SECRET = "my-callback-secret"
BODY = (
    b'{"eventId":"01jr7stexp0znky34pj07dwp41","timestamp":"2025-04-07T09:38:04.85408760","projectId":"project-id",'
    b'"resourceId":"+1234567890","resourceType":"ACTIVE_NUMBER","eventType":"PROVISIONING_TO_VOICE_PLATFORM",'
    b'"status":"SUCCEEDED","failureCode":null,"internalFailureCode":null}'
)
SIGNATURE = "8e58baa351ffa5e0d7eaef3c739d0d7aa6093da3"
OTHER_SECRET = "secret value"
OTHER_BODY = (
    b'{"eventId":"01j3fycq0fyqq3gkgxb0g5ekbz","timestamp":"2024-07-23T14:02:14.415637289",'
    b'"projectId":"b8bae3c6-e7df-422b-9401-8ae3ee3e0aff","resourceId":"+12053017799","resourceType":"ACTIVE_NUMBER",'
    b'"eventType":"PROVISIONING_TO_VOICE_PLATFORM","status":"SUCCEEDED","failureCode":null}'
)
OTHER_SIGNATURE = "e289b8fac44491417aeceee28d2715840b5f1aca"
VECTORS = [(BODY, SECRET, SIGNATURE), (OTHER_BODY, OTHER_SECRET, OTHER_SIGNATURE)]


@pytest.mark.parametrize(("body", "secret", "signature"), VECTORS)
def test_the_published_vectors(body: bytes, secret: str, signature: str) -> None:
    assert sign(body, secret) == signature
    verify(body, signature, secret)
    verify(bytearray(body), signature, [secret])
    verify(body, signature, ["the next one", secret])
    event = unwrap(body, {"X-Sinch-Signature": signature}, secret)
    assert event.event_id == json.loads(body)["eventId"]


@pytest.mark.parametrize(("body", "secret", "signature"), VECTORS)
def test_every_bit_counts(body: bytes, secret: str, signature: str) -> None:
    for index in range(len(body) * 8):
        flipped = bytearray(body)
        flipped[index // 8] ^= 1 << (index % 8)
        assert reason(bytes(flipped), signature, secret) == "mismatch"
    for index in range(len(signature) * 8):
        digits = bytearray(signature.encode())
        digits[index // 8] ^= 1 << (index % 8)
        assert reason(body, digits.decode("latin-1"), secret) in {"mismatch", "malformed", "several"}
    for index in range(len(secret) * 8):
        letters = bytearray(secret.encode())
        letters[index // 8] ^= 1 << (index % 8)
        if letters.decode("latin-1").strip():
            assert reason(body, signature, letters.decode("latin-1")) == "mismatch"


def reason(body: bytes, signature: Any, secrets: Any) -> str:
    with pytest.raises(SignatureError) as caught:
        verify(body, signature, secrets)
    assert sign(body, secrets if isinstance(secrets, str) else secrets[0]) not in str(vars(caught.value))
    return caught.value.reason


@pytest.mark.parametrize(
    ("signature", "why"),
    [
        (None, "missing"),
        ("", "missing"),
        (SIGNATURE.upper(), "malformed"),
        (SIGNATURE[:-1], "malformed"),
        (SIGNATURE + "0", "malformed"),
        (f" {SIGNATURE}", "malformed"),
        (f"sha1={SIGNATURE}", "malformed"),
        (SIGNATURE.encode(), "malformed"),
        (f"{SIGNATURE}\n", "malformed"),
        (f"{SIGNATURE},{SIGNATURE}", "several"),
        (f"{SIGNATURE}, {OTHER_SIGNATURE}", "several"),
        (OTHER_SIGNATURE, "mismatch"),
    ],
)
def test_a_signature_that_is_not_right_is_refused_with_the_reason(signature: Any, why: str) -> None:
    assert reason(BODY, signature, SECRET) == why


def test_one_string_is_one_secret_and_not_its_letters() -> None:
    assert reason(BODY, sign(BODY, "m"), SECRET) == "mismatch"
    assert reason(BODY, SIGNATURE, [*SECRET]) == "mismatch"


@pytest.mark.parametrize(
    "secrets",
    [
        None,
        "",
        " ",
        "\t\n",
        [],
        (),
        [""],
        [SECRET, " "],
        [None],
        b"bytes",
        [b"bytes"],
        {},
        {SECRET: 1},
        7,
        "\ud800",
    ],
)
def test_a_secret_that_anybody_could_sign_with_is_refused(secrets: Any) -> None:
    with pytest.raises(ConfigurationError, match="secret") as caught:
        verify(BODY, sign(BODY, SECRET), secrets)
    assert SECRET not in str(caught.value)
    with pytest.raises(ConfigurationError):
        unwrap(BODY, {}, secrets)


@pytest.mark.parametrize("body", [json.loads(BODY), BODY.decode(), None, 7, [BODY]])
def test_a_body_that_was_decoded_is_a_type_error_that_says_what_to_pass(body: Any) -> None:
    with pytest.raises(TypeError, match="raw bytes"):
        verify(body, SIGNATURE, SECRET)


Pairs = list[tuple[str, str]]


def _message(pairs: Pairs) -> Message:
    message = Message()
    for name, value in pairs:
        message.add_header(name, value)
    return message


class Tornado(dict[str, str]):
    """Two lines of one name are joined, and `get_all` takes no name."""

    def __init__(self, pairs: Pairs) -> None:
        super().__init__()
        for name, value in pairs:
            self[name] = f"{self[name]},{value}" if name in self else value

    def get_all(self) -> Iterable[tuple[str, str]]:
        return self.items()


KINDS: dict[str, Callable[[Pairs], Any]] = {
    "Starlette": lambda pairs: starlette.datastructures.Headers(
        raw=[(name.lower().encode(), value.encode()) for name, value in pairs]
    ),
    "Werkzeug": werkzeug.datastructures.Headers,
    "aiohttp": multidict.CIMultiDict,
    "http.server": _message,
    "httpx": httpx.Headers,
    "Tornado": Tornado,
    "pairs": lambda pairs: pairs,
}
"""How frameworks hand on the headers of a request."""


@pytest.mark.parametrize("name", ["X-Sinch-Signature", "x-sinch-signature", "X-SINCH-SIGNATURE"])
@pytest.mark.parametrize("kind", [dict[str, str], *KINDS.values()], ids=["dict", *KINDS])
def test_the_header_is_found_in_any_case_and_in_what_frameworks_have(name: str, kind: Any) -> None:
    unwrap(BODY, kind([("Host", "x"), (name, SIGNATURE)]), SECRET)
    with pytest.raises(SignatureError, match="no X-Sinch-Signature"):
        unwrap(BODY, kind([("Host", "x")]), SECRET)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_two_header_lines_are_refused_in_what_frameworks_have(kind: Any) -> None:
    headers = kind([("X-Sinch-Signature", SIGNATURE), ("Host", "x"), ("X-Sinch-Signature", OTHER_SIGNATURE)])
    with pytest.raises(SignatureError, match="several") as caught:
        unwrap(BODY, headers, SECRET)
    assert caught.value.reason == "several"


def test_a_header_whose_name_is_as_long_is_another_header() -> None:
    assert len("Transfer-Encoding") == len("X-Sinch-Signature")
    unwrap(BODY, {"Transfer-Encoding": "chunked", "X-Sinch-Signature": SIGNATURE}, SECRET)
    with pytest.raises(SignatureError, match="no X-Sinch-Signature"):
        unwrap(BODY, {"Transfer-Encoding": SIGNATURE}, SECRET)


def test_pairs_of_bytes_are_headers_as_well() -> None:
    unwrap(BODY, [(b"host", b"x"), (b"x-sinch-signature", SIGNATURE.encode())], SECRET)


def test_two_header_lines_are_refused_even_if_the_first_is_right() -> None:
    pairs = [(b"x-sinch-signature", SIGNATURE.encode()), (b"X-Sinch-Signature", OTHER_SIGNATURE.encode())]
    with pytest.raises(SignatureError) as caught:
        unwrap(BODY, pairs, SECRET)
    assert caught.value.reason == "several"
    with pytest.raises(SignatureError):
        unwrap(BODY, {"X-Sinch-Signature": SIGNATURE, "x-sinch-signature": SIGNATURE}, SECRET)


@given(st.binary(max_size=200), st.text(max_size=60), st.text(min_size=1, max_size=20))
def test_whatever_comes_nothing_but_a_webhook_error_is_raised(
    body: bytes, signature: str, secret: str
) -> None:
    try:
        unwrap(body, {"X-Sinch-Signature": signature}, secret)
    except (WebhookError, ConfigurationError) as error:
        assert isinstance(error, WebhookError) or not secret.strip() or not secret.isprintable()  # noqa: PT017


def test_100_000_random_signatures_and_bodies_raise_nothing_but_a_webhook_error() -> None:
    dice = random.Random(8)
    alphabet = "0123456789abcdefABCDEF,= \n\x00\xff"
    for _ in range(100_000):
        body = dice.randbytes(dice.randrange(40))
        if dice.random() < 0.5:
            signature = sign(body, SECRET) if dice.random() < 0.5 else f"{dice.getrandbits(160):040x}"
        else:
            signature = "".join(dice.choices(alphabet, k=dice.randrange(45)))
        with contextlib.suppress(WebhookError):
            unwrap(body, [(b"x-sinch-signature", signature.encode("latin-1"))], SECRET)


def test_a_signed_body_that_is_not_an_event_is_a_payload_error() -> None:
    for body in (b"", b"[]", b"null", b"{", b'"x"', b"\xff", b"[" * 60_000, b'{"a":' * 10_000):
        with pytest.raises(PayloadError, match="not a JSON object") as caught:
            unwrap(body, {"X-Sinch-Signature": sign(body, SECRET)}, SECRET)
        assert caught.value.reason == "unreadable"
    with pytest.raises(PayloadError, match="more than 65536"):
        parse(b" " * 65_537)
    with pytest.raises(PayloadError, match="more than 10"):
        parse(BODY, max_size=10)
