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
    """A 2xx that names this number."""
    REFUSED = "refused"
    """The API refused it: a final 4xx."""
    NOT_PROCESSED = "not processed"
    """It certainly had no effect: it was never sent, or the API rejected it unprocessed (429, 401)."""
    UNCLEAR = "unclear"
    """It may have had an effect: no response, a 5xx, a 408, or a 2xx that does not name the number."""


class Finding(StrEnum):
    """What the API says when it is asked for the number."""

    NOT_ASKED = "not asked"
    ACTIVE = "it is active"
    EXPIRING = "it is active, but released: it expires"
    OFFERED = "it is still offered"
    GONE = "it is neither active nor offered"
    UNREACHABLE = "the API could not be asked"


@attrs.frozen(kw_only=True)
class Evidence:
    """What is known about a purchase or release. The last two flags say what may still be done."""

    kind: Kind
    result: Result = Result.NOT_SENT_YET
    maybe_processed: bool = False
    """Whether any request for it, the last or an earlier one, may have been processed without a clear response."""
    finding: Finding = Finding.NOT_ASKED
    returned: bool = False
    """Whether this client recently returned the number to another caller."""
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
    if not evidence.maybe_processed:
        return Decision.SEND if evidence.result is Result.NOT_SENT_YET else Decision.REFUSED
    if evidence.kind is Kind.RENT_ANY:
        return Decision.UNKNOWN
    if evidence.finding is Finding.NOT_ASKED:
        return Decision.ASK
    return _after_rent(evidence) if evidence.kind is Kind.RENT else _after_release(evidence)


def _after_rent(evidence: Evidence) -> Decision:
    match evidence.finding:
        case Finding.ACTIVE:
            return Decision.TAKEN if evidence.returned else Decision.FOUND
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
        case Finding.UNREACHABLE:
            return Decision.UNKNOWN
        case _:
            return Decision.GONE


_NOT_BOUGHT = frozenset({Result.REFUSED, Result.NOT_PROCESSED})
