"""The rules of a purchase, as a pure function: what to do next, given what is known.

    decide(evidence) -> SEND | ASK | DONE | FOUND | REFUSED | TAKEN | GONE | UNKNOWN

`billable_calls.py` carries the decision out. tests/purchasing/test_decision.py tests all combinations.
"""

from __future__ import annotations

from enum import StrEnum

import attrs


class Kind(StrEnum):
    """The billable operations, by their names in the API."""

    RENT = "RentNumber"
    """A named number can be sold only once, so sending the request again cannot buy a second number."""
    RENT_ANY = "RentAnyNumber"
    """Only the response names the number: a lost response cannot be looked up, and a second request buys another number."""
    RELEASE = "ReleaseNumber"


class Result(StrEnum):
    """How the last request ended."""

    NOT_SENT_YET = "not sent yet"
    DONE = "done"
    """A 200 or 201 that names this number."""
    NOT_PROCESSED = "not processed"
    """It certainly had no effect: it was never sent, or the caller has no right to do it (401, 403)."""
    REFUSED = "refused"
    """The API refused it (any other 4xx). If a gateway repeated the request, the first copy may have been performed."""
    LIMITED = "rate limited"
    """A 429. As for REFUSED, but it may be sent again."""
    UNCLEAR = "unclear"
    """It may have had an effect: no response, a 5xx, a 408, or a 2xx that does not say that it is done."""


class Finding(StrEnum):
    """What the API says when it is asked for the number."""

    NOT_ASKED = "not asked"
    ACTIVE = "it is active"
    EXPIRING = "it is active, but released: it expires"
    OFFERED = "it is still offered"
    GONE = "it is neither active nor offered"
    UNREACHABLE = "the API could not be asked"


class Bought(StrEnum):
    """Whether this purchase bought the number that the project has."""

    HERE = "by this purchase"
    """The number was on offer just before the request, or the API's dates say that it was rented since."""
    ELSEWHERE = "by another purchase"
    """It was returned to another caller, the ledger has another entry with it, or it was rented before the request."""
    UNCLEAR = "by this purchase or an earlier one"


@attrs.frozen(kw_only=True)
class Evidence:
    """What is known about a purchase or release. The last two flags say what may still be done."""

    kind: Kind
    result: Result = Result.NOT_SENT_YET
    maybe_processed: bool = False
    """Whether a request for it, the last or an earlier one, may have been processed without a clear response."""
    finding: Finding = Finding.NOT_ASKED
    bought: Bought = Bought.UNCLEAR
    """Who bought the number, if the project has it."""
    long_absent: bool = False
    """Whether the API has reported the number absent for so long that no earlier request can be under way."""
    can_send: bool = True
    """Whether the request may be sent: the caller waits, the lease is held, and attempts and retry quota are left."""
    can_ask: bool = True
    """Whether there is time left to ask again."""


class Decision(StrEnum):
    """What to do next. All but SEND and ASK end the call."""

    SEND = "send the request"
    ASK = "ask the API for the number"
    DONE = "return the number of the response"
    FOUND = "return the number that was found"
    REFUSED = "raise what the request ended in: nothing was bought or released"
    TAKEN = "raise NumberTakenError"
    GONE = "raise NotFoundError"
    UNKNOWN = "raise OutcomeUnknownError"


def decide(evidence: Evidence) -> Decision:
    """What to do next."""
    if evidence.result is Result.DONE:
        return Decision.DONE
    if not evidence.maybe_processed and evidence.result is Result.NOT_SENT_YET:
        return Decision.SEND
    if not evidence.maybe_processed and evidence.result is Result.NOT_PROCESSED:
        return Decision.REFUSED
    if evidence.maybe_processed and evidence.kind is Kind.RENT_ANY:
        return Decision.UNKNOWN
    if evidence.finding is Finding.NOT_ASKED:
        return Decision.ASK
    if evidence.finding is Finding.UNREACHABLE:
        return Decision.ASK if evidence.can_ask else Decision.UNKNOWN
    if not evidence.maybe_processed:
        return _after_refusal(evidence)
    return _after_rent(evidence) if evidence.kind is Kind.RENT else _after_release(evidence)


def _after_refusal(evidence: Evidence) -> Decision:
    """The only request was refused. It had an effect only if a gateway repeated it and the refusal is about the copy."""
    match evidence.kind, evidence.finding:
        case Kind.RENT_ANY, Finding.GONE if evidence.result is Result.LIMITED and evidence.can_send:
            # The pipeline has not sent it again: each request buys another number.
            return Decision.SEND
        case Kind.RENT, Finding.ACTIVE | Finding.EXPIRING if evidence.bought is Bought.ELSEWHERE:
            return Decision.TAKEN
        case Kind.RENT, Finding.ACTIVE if evidence.bought is Bought.HERE:
            return Decision.FOUND
        case Kind.RENT | Kind.RENT_ANY, Finding.ACTIVE | Finding.EXPIRING:
            return Decision.UNKNOWN
        case Kind.RELEASE, Finding.EXPIRING:
            return Decision.FOUND
        case _:
            return Decision.REFUSED


def _after_rent(evidence: Evidence) -> Decision:
    match evidence.finding:
        case Finding.ACTIVE | Finding.EXPIRING if evidence.bought is Bought.ELSEWHERE:
            return Decision.TAKEN
        case Finding.ACTIVE:
            return Decision.FOUND
        case Finding.EXPIRING:
            return Decision.UNKNOWN
        case Finding.OFFERED if evidence.can_send:
            return Decision.SEND
        case Finding.GONE if evidence.result is Result.NOT_SENT_YET and evidence.can_send:
            # An earlier owner's request may be under way. The slot gives the number up only after the API refused our own.
            return Decision.SEND
        case Finding.OFFERED | Finding.GONE if evidence.long_absent and evidence.result in _NOT_BOUGHT:
            return Decision.REFUSED
        case _:  # A number that was rented may take a while to appear.
            return Decision.ASK if evidence.can_ask else Decision.UNKNOWN


def _after_release(evidence: Evidence) -> Decision:
    match evidence.finding:
        case Finding.EXPIRING:
            return Decision.FOUND
        case Finding.ACTIVE:
            return Decision.SEND if evidence.can_send else Decision.UNKNOWN
        case _ if evidence.can_ask:  # A number that was rented just before may take a while to appear.
            return Decision.ASK
        case _:
            return Decision.GONE


_NOT_BOUGHT = frozenset({Result.REFUSED, Result.LIMITED, Result.NOT_PROCESSED})
