"""Options that several commands have."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypedDict

from cyclopts import Parameter

from .exits import Exit, Stop

if TYPE_CHECKING:
    from ..models import SearchPattern

_FLAG = Parameter(negative="")

Json = Annotated[
    bool, _FLAG, Parameter(name="--json", help="Print JSON: one object a line, as the API has it.")
]
Csv = Annotated[bool, _FLAG, Parameter(name="--csv", help="Print CSV, with a line of headings.")]
Yes = Annotated[bool, _FLAG, Parameter(name=["--yes", "-y"], help="Do not ask.")]
Region = Annotated[
    str | None, Parameter(name=["--region", "-r"], help="The region, such as US (ISO 3166-1 alpha-2).")
]
Type = Annotated[
    str | None, Parameter(name=["--type", "-t"], help="The type of number: LOCAL, MOBILE or TOLL_FREE.")
]
Capabilities = Annotated[
    tuple[str, ...],
    Parameter(
        name="--capability", negative="", help="Only numbers that have it: SMS, VOICE, FAX. May be repeated."
    ),
]
StartsWith = Annotated[
    str | None, Parameter(name="--starts-with", help="Only numbers that start so; with the leading +.")
]
Contains = Annotated[str | None, Parameter(name="--contains", help="Only numbers that have these digits.")]
EndsWith = Annotated[str | None, Parameter(name="--ends-with", help="Only numbers that end so.")]
Ledger = Annotated[
    Path | None,
    Parameter(
        name="--ledger",
        env_var="SINCH_NUMBERS_LEDGER",
        help="The file that records each purchase before it is sent, and its outcome.",
    ),
]
VoiceApp = Annotated[
    str | None, Parameter(name="--voice-app", help="Link voice to this app of the Voice API.")
]
VoiceTrunk = Annotated[str | None, Parameter(name="--voice-trunk", help="Link voice to this SIP trunk.")]
VoiceFax = Annotated[str | None, Parameter(name="--voice-fax", help="Link to this service of the Fax API.")]
SmsPlan = Annotated[str | None, Parameter(name="--sms-plan", help="Link SMS to this service plan.")]
SmsCampaign = Annotated[
    str | None, Parameter(name="--sms-campaign", help="The 10DLC campaign, with --sms-plan.")
]
CallbackUrl = Annotated[
    str | None, Parameter(name="--callback-url", help="Where the API sends callbacks about the number.")
]


class Pattern(TypedDict):
    """What a search takes: digits, and where they must be."""

    number_pattern: str | None
    search_pattern: SearchPattern | str | None


def pattern(starts_with: str | None, contains: str | None, ends_with: str | None) -> Pattern:
    """The pattern of the one option that is given."""
    given = {"START": starts_with, "CONTAINS": contains, "END": ends_with}
    found = [(digits, where) for where, digits in given.items() if digits is not None]
    if len(found) > 1:
        raise Stop("--starts-with, --contains and --ends-with exclude each other", Exit.USAGE)
    digits, where = found[0] if found else (None, None)
    return {"number_pattern": digits, "search_pattern": where}


def upper(words: tuple[str, ...]) -> list[str] | None:
    """Words as the API writes them; None if there are none."""
    return [word.upper() for word in words] or None


def configurations(
    app: str | None, trunk: str | None, fax: str | None, plan: str | None, campaign: str | None
) -> Mapping[str, Any]:
    """The voice and SMS configurations that the options ask for, as arguments of `rent` and `update`."""
    from .. import sms, voice

    makers = ((voice.rtc, app), (voice.est, trunk), (voice.fax, fax))
    links = [make(given) for make, given in makers if given is not None]
    if len(links) > 1:
        raise Stop("--voice-app, --voice-trunk and --voice-fax exclude each other", Exit.USAGE)
    if campaign is not None and plan is None:
        raise Stop("--sms-campaign needs --sms-plan", Exit.USAGE)
    return {
        "voice_configuration": links[0] if links else None,
        "sms_configuration": sms.link(plan, campaign) if plan is not None else None,
    }
