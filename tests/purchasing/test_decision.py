"""The rules of a purchase as a table: every combination of evidence, and the one decision for it."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from sinch_numbers.purchasing.decision import Decision, Evidence, Finding, Kind, Result, decide

ANY = "any"
YES, NO = True, False
NAMED = {Kind.RENT, Kind.RELEASE}
NOT_DONE = {*Result} - {Result.DONE}
NOT_BOUGHT = {Result.REFUSED, Result.NOT_PROCESSED}
NOT_CLEAR = NOT_DONE - NOT_BOUGHT

# kind, result, maybe_processed, finding, returned, long_absent, can_send, can_ask -> decision. No two rows overlap.
TABLE: list[tuple[Any, ...]] = [
    # A 2xx that names the number is the outcome, whatever happened before.
    (ANY, Result.DONE, ANY, ANY, ANY, ANY, ANY, ANY, Decision.DONE),
    # Nothing can have been processed: send it, or say what the API or the network said.
    (ANY, Result.NOT_SENT_YET, NO, ANY, ANY, ANY, ANY, ANY, Decision.SEND),
    (ANY, Result.NOT_PROCESSED, NO, ANY, ANY, ANY, ANY, ANY, Decision.REFUSED),
    (ANY, Result.REFUSED, NO, ANY, ANY, ANY, ANY, ANY, Decision.REFUSED),
    (ANY, Result.UNCLEAR, NO, ANY, ANY, ANY, ANY, ANY, Decision.REFUSED),  # cannot be: unclear is "maybe"
    # Only the response of rent_any names the number: there is nothing to ask for.
    (Kind.RENT_ANY, NOT_DONE, YES, ANY, ANY, ANY, ANY, ANY, Decision.UNKNOWN),
    # It may have been processed: ask first, whatever the latest request ended in.
    (NAMED, NOT_DONE, YES, Finding.NOT_ASKED, ANY, ANY, ANY, ANY, Decision.ASK),
    # A rent, after asking.
    (Kind.RENT, NOT_DONE, YES, Finding.ACTIVE, NO, ANY, ANY, ANY, Decision.FOUND),
    (Kind.RENT, NOT_DONE, YES, Finding.ACTIVE, YES, ANY, ANY, ANY, Decision.TAKEN),
    (Kind.RENT, NOT_DONE, YES, Finding.EXPIRING, ANY, ANY, ANY, ANY, Decision.UNKNOWN),
    (Kind.RENT, NOT_DONE, YES, Finding.OFFERED, ANY, ANY, YES, ANY, Decision.SEND),
    # An earlier owner's purchase: only the refusal of a request of our own lets go of the number.
    (Kind.RENT, Result.NOT_SENT_YET, YES, Finding.GONE, ANY, ANY, YES, ANY, Decision.SEND),
    # Refused, and absent for so long that no earlier request can be under way.
    (Kind.RENT, NOT_BOUGHT, YES, Finding.OFFERED, ANY, YES, NO, ANY, Decision.REFUSED),
    (Kind.RENT, NOT_BOUGHT, YES, Finding.GONE, ANY, YES, ANY, ANY, Decision.REFUSED),
    # Else a number that was sold may appear late: it is asked for again, as long as there is time.
    (Kind.RENT, NOT_BOUGHT, YES, Finding.OFFERED, ANY, NO, NO, YES, Decision.ASK),
    (Kind.RENT, NOT_BOUGHT, YES, Finding.OFFERED, ANY, NO, NO, NO, Decision.UNKNOWN),
    (Kind.RENT, NOT_CLEAR, YES, Finding.OFFERED, ANY, ANY, NO, YES, Decision.ASK),
    (Kind.RENT, NOT_CLEAR, YES, Finding.OFFERED, ANY, ANY, NO, NO, Decision.UNKNOWN),
    (Kind.RENT, NOT_BOUGHT, YES, Finding.GONE, ANY, NO, ANY, YES, Decision.ASK),
    (Kind.RENT, NOT_BOUGHT, YES, Finding.GONE, ANY, NO, ANY, NO, Decision.UNKNOWN),
    (Kind.RENT, Result.NOT_SENT_YET, YES, Finding.GONE, ANY, ANY, NO, YES, Decision.ASK),
    (Kind.RENT, Result.NOT_SENT_YET, YES, Finding.GONE, ANY, ANY, NO, NO, Decision.UNKNOWN),
    (Kind.RENT, Result.UNCLEAR, YES, Finding.GONE, ANY, ANY, ANY, YES, Decision.ASK),
    (Kind.RENT, Result.UNCLEAR, YES, Finding.GONE, ANY, ANY, ANY, NO, Decision.UNKNOWN),
    (Kind.RENT, NOT_DONE, YES, Finding.UNREACHABLE, ANY, ANY, ANY, YES, Decision.ASK),
    (Kind.RENT, NOT_DONE, YES, Finding.UNREACHABLE, ANY, ANY, ANY, NO, Decision.UNKNOWN),
    # A release, after asking.
    (Kind.RELEASE, NOT_DONE, YES, Finding.EXPIRING, ANY, ANY, ANY, ANY, Decision.FOUND),
    (Kind.RELEASE, NOT_DONE, YES, Finding.ACTIVE, ANY, ANY, YES, ANY, Decision.SEND),
    (Kind.RELEASE, NOT_DONE, YES, Finding.ACTIVE, ANY, ANY, NO, ANY, Decision.UNKNOWN),
    (Kind.RELEASE, NOT_DONE, YES, {Finding.GONE, Finding.OFFERED}, ANY, ANY, ANY, YES, Decision.ASK),
    (Kind.RELEASE, NOT_DONE, YES, {Finding.GONE, Finding.OFFERED}, ANY, ANY, ANY, NO, Decision.GONE),
    (Kind.RELEASE, NOT_DONE, YES, Finding.UNREACHABLE, ANY, ANY, ANY, YES, Decision.ASK),
    (Kind.RELEASE, NOT_DONE, YES, Finding.UNREACHABLE, ANY, ANY, ANY, NO, Decision.UNKNOWN),
]

FLAGS = (YES, NO)
COMBINATIONS = [*itertools.product(Kind, Result, FLAGS, Finding, FLAGS, FLAGS, FLAGS, FLAGS)]


def _covers(cell: Any, value: Any) -> bool:
    return cell is ANY or (value in cell if isinstance(cell, set) else cell == value)


def rows_for(combination: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    return [row for row in TABLE if all(map(_covers, row[:-1], combination))]


def evidence(combination: tuple[Any, ...]) -> Evidence:
    kind, result, maybe_processed, finding, returned, long_absent, can_send, can_ask = combination
    return Evidence(
        kind=kind,
        result=result,
        maybe_processed=maybe_processed,
        finding=finding,
        returned=returned,
        long_absent=long_absent,
        can_send=can_send,
        can_ask=can_ask,
    )


def test_the_table_has_exactly_one_row_for_each_combination() -> None:
    assert len(COMBINATIONS) == 3 * 5 * 2 * 6 * 2 * 2 * 2 * 2
    assert {len(rows_for(combination)) for combination in COMBINATIONS} == {1}


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row[-1].name}")
def test_the_decision_for_each_combination_of_evidence(row: tuple[Any, ...]) -> None:
    covered = [combination for combination in COMBINATIONS if all(map(_covers, row[:-1], combination))]
    assert covered
    assert {decide(evidence(combination)) for combination in covered} == {row[-1]}


def test_a_request_that_may_have_been_processed_is_sent_again_only_if_it_cannot_buy_a_second_number() -> None:
    sent_again = [e for e in map(evidence, COMBINATIONS) if e.maybe_processed and decide(e) is Decision.SEND]
    assert {(e.kind, e.finding) for e in sent_again} == {
        (Kind.RENT, Finding.OFFERED),
        (Kind.RENT, Finding.GONE),
        (Kind.RELEASE, Finding.ACTIVE),
    }
    assert all(e.can_send for e in sent_again)


def test_a_rent_that_may_have_been_processed_is_never_reported_as_refused() -> None:
    for e in map(evidence, COMBINATIONS):
        if e.maybe_processed and e.kind is not Kind.RELEASE and not e.long_absent:
            assert decide(e) not in {Decision.REFUSED, Decision.GONE}


def test_the_api_is_not_asked_any_more_once_the_time_is_over() -> None:
    for e in map(evidence, COMBINATIONS):
        if not e.can_ask and e.finding is not Finding.NOT_ASKED:
            assert decide(e) is not Decision.ASK
