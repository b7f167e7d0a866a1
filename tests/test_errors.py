"""Errors as values: their tree, their words, pickle and copy."""

from __future__ import annotations

import copy
import json
import pickle
import re
from typing import Any

import attrs
import httpx
import pytest
from pytest_httpx import HTTPXMock

import sinch_numbers
from sinch_numbers import (
    APIStatusError,
    APITimeoutError,
    ConfigurationError,
    FieldViolation,
    HttpRequest,
    HttpResponse,
    InvalidResponseError,
    MockTransport,
    NumbersError,
    OutcomeUnknownError,
    ProvisioningFailedError,
    RetryPolicy,
    Sent,
    errors,
)

from .support import NUMBER, NUMBER_URL, error_of, make_client

ONCE = RetryPolicy(max_attempts=1)


def _copies(error: NumbersError) -> list[NumbersError]:
    return [pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)]


def _same(one: NumbersError, other: NumbersError) -> bool:
    return (type(one), str(one), one.args, vars(one)) == (type(other), str(other), other.args, vars(other))


async def test_an_error_of_the_api_survives_pickle_and_copy_with_all_its_fields(
    httpx_mock: HTTPXMock,
) -> None:
    detail = {"type": "BadRequest", "fieldViolations": [{"field": "size", "description": "too large"}]}
    body = {"error": {"message": "m", "status": "INVALID_ARGUMENT", "details": [detail]}}
    httpx_mock.add_response(400, url=NUMBER_URL, json=body, headers={"x-request-id": "r"})
    error = await error_of(make_client(retry=ONCE))

    assert isinstance(error, APIStatusError)
    assert all(_same(error, twin) for twin in _copies(error))


async def test_a_lost_connection_survives_pickle_and_copy_with_all_its_fields(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_exception(httpx.ReadTimeout("slow"))
    error = await error_of(make_client(retry=ONCE))
    assert isinstance(error, APITimeoutError)

    for twin in _copies(error):
        assert isinstance(twin, APITimeoutError)
        assert twin.sent is Sent.UNKNOWN
        assert _same(error, twin)


def _all_errors() -> list[NumbersError]:
    number = sinch_numbers.ActiveNumber(phone_number=NUMBER)
    return [
        ConfigurationError("m"),
        InvalidResponseError("m", status_code=200, body=b"x", request_id="r"),
        errors.OutcomeUnknownError("m", operation="RentNumber", phone_number=NUMBER),
        errors.NoOfferError("m"),
        errors.BudgetExceededError("m", price=None, remaining=None),
        errors.ProvisioningFailedError("m", number=number, error_codes=("X",)),
        errors.WaitTimeoutError("m", number=number),
        errors.PaginationError("m", cursor="c"),
        errors.IncompleteListingError(
            "m",
            failures=(errors.ListingFailure(region_code="US", number_type="LOCAL", cursor="c", message="m"),),
        ),
        errors.WebhookError("m"),
        errors.SignatureError("m"),
        errors.PayloadError("m"),
    ]


@pytest.mark.parametrize("error", _all_errors(), ids=lambda error: type(error).__name__)
def test_every_other_error_survives_pickle_and_copy_too(error: NumbersError) -> None:
    error.add_note("a note of the user's")

    assert all(_same(error, twin) for twin in _copies(error))


def test_errors_are_subclasses_of_the_builtin_errors_that_python_has_for_them() -> None:
    assert issubclass(ConfigurationError, ValueError)
    assert issubclass(errors.WaitTimeoutError, TimeoutError)


def test_an_error_without_details_says_only_its_status() -> None:
    error = APIStatusError("", status_code=418)

    assert str(error) == "418"
    assert (error.request_id, error.headers, error.body, error.attempts) == (None, {}, b"", ())
    assert attrs.asdict(FieldViolation("a", "b")) == {"field": "a", "description": "b"}


# --- the tree ---


def _drawn() -> dict[str, int]:
    """The classes in the docstring's tree, with the depth at which each stands."""
    names = re.compile(r"^    (?P<branch>[│├└─ ]*)(?P<name>[A-Z]\w+)")
    found = [names.match(line) for line in (errors.__doc__ or "").splitlines()]
    return {match["name"]: len(match["branch"]) // 4 for match in found if match}


def _depth(cls: type[BaseException]) -> int:
    parents = [
        base for base in cls.__mro__ if issubclass(base, NumbersError) and not base.__name__.startswith("_")
    ]
    return len(parents) - 1


def _subclasses(cls: type[NumbersError]) -> set[type[NumbersError]]:
    direct = {sub for sub in cls.__subclasses__() if sub.__module__ == errors.__name__}
    return direct.union(*(_subclasses(sub) for sub in direct))


def test_the_tree_in_the_docstring_is_complete() -> None:
    public = {cls for cls in _subclasses(NumbersError) if not cls.__name__.startswith("_")} | {NumbersError}

    assert _drawn() == {cls.__name__: _depth(cls) for cls in public}


def test_every_error_is_importable_from_the_package() -> None:
    assert [
        name for name in errors.__all__ if getattr(sinch_numbers, name) is not getattr(errors, name)
    ] == []
    assert set(_drawn()) | {"FieldViolation", "ListingFailure"} == set(errors.__all__)


# --- what an error quotes ---

HOSTILE = "a\nERROR forged line\x1b[2J\u202e" + "x" * 10_000


def _number(**fields: Any) -> HttpResponse:
    return HttpResponse(content=json.dumps({"phoneNumber": NUMBER, **fields}).encode())


async def test_a_message_that_quotes_the_api_is_one_printable_line_of_bounded_length() -> None:
    failed = {"scheduledProvisioning": {"status": "FAILED", "errorCodes": [HOSTILE]}}
    client = make_client(transport=MockTransport(lambda _: _number(smsConfiguration=failed)))
    with pytest.raises(ProvisioningFailedError) as caught:
        await client.active_numbers.wait_until_provisioned(NUMBER)

    assert "could not be provisioned: a\\nERROR forged line\\x1b[2J\\u202exxx" in str(caught.value)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) == 4_000
    assert caught.value.error_codes == (HOSTILE,)


async def test_a_message_that_quotes_an_argument_is_one_printable_line_of_bounded_length() -> None:
    with pytest.raises(ConfigurationError) as caught:
        await make_client().active_numbers.get(HOSTILE * 100)

    assert str(caught.value).isprintable()
    assert len(str(caught.value)) == 4_000


async def test_a_number_that_an_error_suggests_is_printable() -> None:
    found = [{"phoneNumber": HOSTILE[:30]}]

    def handler(request: HttpRequest) -> HttpResponse:
        if request.method == "POST":
            return HttpResponse(status_code=404)
        return HttpResponse(content=json.dumps({"activeNumbers": found}).encode())

    with pytest.raises(OutcomeUnknownError, match="may be its number") as caught:
        await make_client(transport=MockTransport(handler)).available_numbers.rent_any(
            region_code="US", number_type="LOCAL"
        )

    assert str(caught.value).isprintable()
