"""The rules of a purchase as a table: every combination of evidence, and the one decision for it."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from sinch_numbers.purchasing.decision import Bought, Decision, Evidence, Finding, Kind, Result, decide

ANY = "any"
YES, NO = True, False
NAMED = {Kind.RENT, Kind.RELEASE}
RENTS = {Kind.RENT, Kind.RENT_ANY}
NOT_DONE = {*Result} - {Result.DONE}
NOT_BOUGHT = {Result.REFUSED, Result.LIMITED, Result.NOT_PROCESSED}
NOT_CLEAR = NOT_DONE - NOT_BOUGHT
# Refused, by an answer that is as well the one to the copy of a request that succeeded. (Unclear is always "maybe".)
ECHO = {Result.REFUSED, Result.LIMITED, Result.UNCLEAR}
ACTIVE, EXPIRING, OFFERED, GONE = Finding.ACTIVE, Finding.EXPIRING, Finding.OFFERED, Finding.GONE
NOT_ELSEWHERE = {Bought.HERE, Bought.UNCLEAR}

# kind, result, maybe_processed, finding, bought, long_absent, can_send, can_ask -> decision. No two rows overlap.
TABLE: list[tuple[Any, ...]] = [
    # A 2xx that names the number is the outcome, whatever happened before.
    (ANY, Result.DONE, ANY, ANY, ANY, ANY, ANY, ANY, Decision.DONE),
    # Nothing can have been processed: send it, or say what the API or the network said.
    (ANY, Result.NOT_SENT_YET, NO, ANY, ANY, ANY, ANY, ANY, Decision.SEND),
    (ANY, Result.NOT_PROCESSED, NO, ANY, ANY, ANY, ANY, ANY, Decision.REFUSED),
    # Only the response of rent_any names the number: there is nothing to ask for.
    (Kind.RENT_ANY, NOT_DONE, YES, ANY, ANY, ANY, ANY, ANY, Decision.UNKNOWN),
    # It may have been processed, or a gateway may have repeated what was refused: ask first.
    (NAMED, NOT_DONE, YES, Finding.NOT_ASKED, ANY, ANY, ANY, ANY, Decision.ASK),
    (ANY, ECHO, NO, Finding.NOT_ASKED, ANY, ANY, ANY, ANY, Decision.ASK),
    (NAMED, NOT_DONE, YES, Finding.UNREACHABLE, ANY, ANY, ANY, YES, Decision.ASK),
    (NAMED, NOT_DONE, YES, Finding.UNREACHABLE, ANY, ANY, ANY, NO, Decision.UNKNOWN),
    (ANY, ECHO, NO, Finding.UNREACHABLE, ANY, ANY, ANY, YES, Decision.ASK),
    (ANY, ECHO, NO, Finding.UNREACHABLE, ANY, ANY, ANY, NO, Decision.UNKNOWN),
    # A rent that was refused, after asking: one look decides.
    (Kind.RENT, ECHO, NO, ACTIVE, Bought.HERE, ANY, ANY, ANY, Decision.FOUND),
    (Kind.RENT, ECHO, NO, {ACTIVE, EXPIRING}, Bought.ELSEWHERE, ANY, ANY, ANY, Decision.TAKEN),
    (Kind.RENT, ECHO, NO, ACTIVE, Bought.UNCLEAR, ANY, ANY, ANY, Decision.UNKNOWN),
    (Kind.RENT, ECHO, NO, EXPIRING, NOT_ELSEWHERE, ANY, ANY, ANY, Decision.UNKNOWN),
    (Kind.RENT, ECHO, NO, {OFFERED, GONE}, ANY, ANY, ANY, ANY, Decision.REFUSED),
    # A rent_any that was refused: a number that was rented just now may be its.
    (Kind.RENT_ANY, ECHO, NO, {ACTIVE, EXPIRING}, ANY, ANY, ANY, ANY, Decision.UNKNOWN),
    (Kind.RENT_ANY, Result.LIMITED, NO, GONE, ANY, ANY, YES, ANY, Decision.SEND),
    (Kind.RENT_ANY, Result.LIMITED, NO, GONE, ANY, ANY, NO, ANY, Decision.REFUSED),
    (Kind.RENT_ANY, ECHO - {Result.LIMITED}, NO, GONE, ANY, ANY, ANY, ANY, Decision.REFUSED),
    (
        Kind.RENT_ANY,
        ECHO,
        NO,
        OFFERED,
        ANY,
        ANY,
        ANY,
        ANY,
        Decision.REFUSED,
    ),  # cannot be: no number, no offer
    # A release that was refused.
    (Kind.RELEASE, ECHO, NO, EXPIRING, ANY, ANY, ANY, ANY, Decision.FOUND),
    (Kind.RELEASE, ECHO, NO, {ACTIVE, OFFERED, GONE}, ANY, ANY, ANY, ANY, Decision.REFUSED),
    # A rent that may have been processed, after asking.
    (Kind.RENT, NOT_DONE, YES, ACTIVE, NOT_ELSEWHERE, ANY, ANY, ANY, Decision.FOUND),
    (Kind.RENT, NOT_DONE, YES, {ACTIVE, EXPIRING}, Bought.ELSEWHERE, ANY, ANY, ANY, Decision.TAKEN),
    (Kind.RENT, NOT_DONE, YES, EXPIRING, NOT_ELSEWHERE, ANY, ANY, ANY, Decision.UNKNOWN),
    (Kind.RENT, NOT_DONE, YES, OFFERED, ANY, ANY, YES, ANY, Decision.SEND),
    # An earlier owner's purchase: only the refusal of a request of our own lets go of the number.
    (Kind.RENT, Result.NOT_SENT_YET, YES, GONE, ANY, ANY, YES, ANY, Decision.SEND),
    # Refused, and absent for so long that no earlier request can be under way.
    (Kind.RENT, NOT_BOUGHT, YES, OFFERED, ANY, YES, NO, ANY, Decision.REFUSED),
    (Kind.RENT, NOT_BOUGHT, YES, GONE, ANY, YES, ANY, ANY, Decision.REFUSED),
    # Else a number that was sold may appear late: it is asked for again, as long as there is time.
    (Kind.RENT, NOT_BOUGHT, YES, OFFERED, ANY, NO, NO, YES, Decision.ASK),
    (Kind.RENT, NOT_BOUGHT, YES, OFFERED, ANY, NO, NO, NO, Decision.UNKNOWN),
    (Kind.RENT, NOT_CLEAR, YES, OFFERED, ANY, ANY, NO, YES, Decision.ASK),
    (Kind.RENT, NOT_CLEAR, YES, OFFERED, ANY, ANY, NO, NO, Decision.UNKNOWN),
    (Kind.RENT, NOT_BOUGHT, YES, GONE, ANY, NO, ANY, YES, Decision.ASK),
    (Kind.RENT, NOT_BOUGHT, YES, GONE, ANY, NO, ANY, NO, Decision.UNKNOWN),
    (Kind.RENT, Result.NOT_SENT_YET, YES, GONE, ANY, ANY, NO, YES, Decision.ASK),
    (Kind.RENT, Result.NOT_SENT_YET, YES, GONE, ANY, ANY, NO, NO, Decision.UNKNOWN),
    (Kind.RENT, Result.UNCLEAR, YES, GONE, ANY, ANY, ANY, YES, Decision.ASK),
    (Kind.RENT, Result.UNCLEAR, YES, GONE, ANY, ANY, ANY, NO, Decision.UNKNOWN),
    # A release, after asking.
    (Kind.RELEASE, NOT_DONE, YES, EXPIRING, ANY, ANY, ANY, ANY, Decision.FOUND),
    (Kind.RELEASE, NOT_DONE, YES, ACTIVE, ANY, ANY, YES, ANY, Decision.SEND),
    (Kind.RELEASE, NOT_DONE, YES, ACTIVE, ANY, ANY, NO, ANY, Decision.UNKNOWN),
    (Kind.RELEASE, NOT_DONE, YES, {GONE, OFFERED}, ANY, ANY, ANY, YES, Decision.ASK),
    (Kind.RELEASE, NOT_DONE, YES, {GONE, OFFERED}, ANY, ANY, ANY, NO, Decision.GONE),
]

FLAGS = (YES, NO)
COMBINATIONS = [*itertools.product(Kind, Result, FLAGS, Finding, Bought, FLAGS, FLAGS, FLAGS)]


def _covers(cell: Any, value: Any) -> bool:
    return cell is ANY or (value in cell if isinstance(cell, set) else cell == value)


def rows_for(combination: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    return [row for row in TABLE if all(map(_covers, row[:-1], combination))]


def evidence(combination: tuple[Any, ...]) -> Evidence:
    kind, result, maybe_processed, finding, bought, long_absent, can_send, can_ask = combination
    return Evidence(
        kind=kind,
        result=result,
        maybe_processed=maybe_processed,
        finding=finding,
        bought=bought,
        long_absent=long_absent,
        can_send=can_send,
        can_ask=can_ask,
    )


def test_the_table_has_exactly_one_row_for_each_combination() -> None:
    assert len(COMBINATIONS) == 3 * 6 * 2 * 6 * 3 * 2 * 2 * 2
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
