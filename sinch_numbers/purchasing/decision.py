"""What to do next about a billable call: the rules of a purchase, as a pure function of what is known.

    decide(evidence) -> SEND | ASK | DONE | FOUND | REFUSED | TAKEN | GONE | UNKNOWN

`billable_calls.py` carries it out. tests/purchasing/test_decision.py has the table of all combinations.
"""

from __future__ import annotations

from enum import StrEnum

import attrs


class Kind(StrEnum):
    """The billable operations, by the API's names."""

    RENT = "RentNumber"
    """A named number can be sold once: sending the request again cannot buy a second number."""
    RENT_ANY = "RentAnyNumber"
    """Only the response names the number, so a lost response cannot be looked up, and a second request buys again."""
    RELEASE = "ReleaseNumber"


class Result(StrEnum):
    """How the latest request ended."""

    NOT_SENT_YET = "not sent yet"
    DONE = "done"
    """A 2xx about this number."""
    REFUSED = "refused"
    """The API refused it: a final 4xx."""
    NOT_PROCESSED = "not processed"
    """It surely had no effect: it never left, or the API turned it away (429, 401)."""
    UNCLEAR = "unclear"
    """It may have had an effect: no response, a 5xx, a 408, or a 2xx that does not name the number."""


class Finding(StrEnum):
    """What the API says about the number when it is asked."""

    NOT_ASKED = "not asked"
    ACTIVE = "it is active"
    EXPIRING = "it is active, but released: it expires"
    OFFERED = "it is still offered"
    GONE = "it is neither active nor offered"
    UNREACHABLE = "the API could not be asked"


@attrs.frozen(kw_only=True)
class Evidence:
    """What is known of a purchase or release. The flags say what may still be done."""

    kind: Kind
    result: Result = Result.NOT_SENT_YET
    maybe_processed: bool = False
    """Whether any request for it, this or an earlier one, may have been processed without a clear response."""
    finding: Finding = Finding.NOT_ASKED
    returned: bool = False
    """Whether this client returned the number to another caller a while ago."""
    long_absent: bool = False
    """Whether the API has said for so long that it did not happen that no earlier request can be under way."""
    can_send: bool = True
    """Whether the request may be sent (again): the caller waits, attempts and the retry quota are left."""
    can_ask: bool = True
    """Whether the time for asking again is not over."""


class Decision(StrEnum):
    """What to do next; all but the first two end the call."""

    SEND = "send the request"
    ASK = "ask the API for the number"
    DONE = "return the number of the response"
    FOUND = "return the number that was found"
    REFUSED = "raise what the request ended in: nothing was bought or released"
    TAKEN = "raise NumberTakenError"
    GONE = "raise NotFoundError"
    UNKNOWN = "raise OutcomeUnknownError"


def decide(evidence: Evidence) -> Decision:
    """The next step."""
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
            # Of an earlier owner's purchase: only the API's refusal of our own request lets go of the number.
            return Decision.SEND
        case Finding.OFFERED | Finding.GONE if evidence.long_absent and evidence.result in _NOT_BOUGHT:
            return Decision.REFUSED
        case _:  # A number that was sold may take a while to appear.
            return Decision.ASK if evidence.can_ask else Decision.UNKNOWN


def _after_release(evidence: Evidence) -> Decision:
    match evidence.finding:
        case Finding.EXPIRING:
            return Decision.FOUND
        case Finding.ACTIVE:
            return Decision.SEND if evidence.can_send else Decision.UNKNOWN
        case _ if evidence.can_ask:  # A number that was rented a moment ago may take a while to appear.
            return Decision.ASK
        case Finding.UNREACHABLE:
            return Decision.UNKNOWN
        case _:
            return Decision.GONE


_NOT_BOUGHT = frozenset({Result.REFUSED, Result.NOT_PROCESSED})
