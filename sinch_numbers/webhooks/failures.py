"""What the failure codes of events mean, and what to do about each."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from ..models import FailureCode


@attrs.frozen
class Failure:
    """A failure code in words."""

    meaning: str
    """What happened."""
    advice: str
    """What to do about it."""


_UNKNOWN = Failure(
    "The platform refused the change, with a code that this version does not know.",
    "Look the code up in the API's documentation, and contact Sinch's support with the event's id.",
)

FAILURES: Mapping[str, Failure] = {
    FailureCode.CAMPAIGN_NOT_AVAILABLE: Failure(
        "The campaign does not exist, or is not active.",
        "Check the campaign id, and that the campaign is active in the dashboard; then update the number again.",
    ),
    FailureCode.EXCEEDED_10DLC_LIMIT: Failure(
        "The campaign has as many numbers as it may have.",
        "Take another campaign, or unlink a number that no longer needs this one.",
    ),
    FailureCode.NUMBER_PROVISIONING_FAILED: Failure(
        "The number could not be set up with the carrier.",
        "Update the number again; if it fails again, contact Sinch's support with the event's id.",
    ),
    FailureCode.PARTNER_SERVICE_UNAVAILABLE: Failure(
        "A partner's system did not respond.",
        "Update the number again after a while: nothing is wrong with the request.",
    ),
    FailureCode.CAMPAIGN_PENDING_ACCEPTANCE: Failure(
        "The campaign waits to be accepted by the partners.",
        "Wait until the campaign is accepted, which can take a day or more; then update the number again.",
    ),
    FailureCode.MNO_SHARING_ERROR: Failure(
        "The campaign could not be shared with a mobile network.",
        "Contact Sinch's support with the campaign id and the event's id.",
    ),
    FailureCode.CAMPAIGN_PROVISIONING_FAILED: Failure(
        "The number could not be linked to the campaign.",
        "Update the number again; if it fails again, contact Sinch's support with the event's id.",
    ),
    FailureCode.CAMPAIGN_EXPIRED: Failure(
        "The campaign has expired.",
        "Renew the campaign, or take another one; then update the number again.",
    ),
    FailureCode.CAMPAIGN_MNO_REJECTED: Failure(
        "A mobile network rejected the campaign.",
        "Read the reason in the dashboard, correct the campaign and submit it again.",
    ),
    FailureCode.CAMPAIGN_MNO_SUSPENDED: Failure(
        "A mobile network suspended the campaign.",
        "Read the reason in the dashboard; messages of the campaign are not delivered until it is resolved.",
    ),
    FailureCode.CAMPAIGN_MNO_REVIEW: Failure(
        "A mobile network reviews the campaign.",
        "Wait until the review is over; then update the number again.",
    ),
    FailureCode.INSUFFICIENT_BALANCE: Failure(
        "The account has too little credit.",
        "Top the account up; then update the number again.",
    ),
    FailureCode.MOCK_CAMPAIGN_NOT_ALLOWED: Failure(
        "The campaign is a mock campaign, which numbers cannot be linked to.",
        "Take a real campaign.",
    ),
    FailureCode.TFN_NOT_ALLOWED: Failure(
        "A toll-free number cannot be linked to a campaign: 10DLC is for local numbers.",
        "Leave the campaign out for toll-free numbers.",
    ),
    FailureCode.INVALID_NNID: Failure(
        "The campaign is registered with another messaging provider (its NNID is not Sinch's).",
        "Have the campaign shared with Sinch, or take another one.",
    ),
    FailureCode.PROVISIONING_TO_VOICE_PLATFORM_FAILED: Failure(
        "The number could not be linked to the app, trunk or service of the voice configuration.",
        "Check that the id exists in the same project; then update the number again.",
    ),
}


def explain(code: FailureCode | str | None) -> Failure | None:
    """The code in words; None for None. A code that this version does not know gets a general explanation."""
    return None if code is None else FAILURES.get(str(code), _UNKNOWN)
