"""Provisioning: a configuration goes through WAITING and IN_PROGRESS, and then is in force or FAILED.

Every step ends in `Provisioner.finish`, successful or not, and is notified from there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import attrs

from .api_errors import invalid_field
from .clock import VirtualClock
from .options import SandboxOptions
from .rented_numbers import RentedNumber, ScheduledSms, ScheduledVoice


@attrs.define
class FailureRule:
    """A scripted failure of provisioning. `times` counts down; None means always."""

    phone_number: str | None
    what: str
    error_codes: tuple[str, ...]
    times: int | None

    def take(self, phone_number: str, what: str) -> bool:
        """Whether this rule fails that step; if so, counts `times` down."""
        if self.times == 0 or self.what != what or self.phone_number not in (None, phone_number):
            return False
        if self.times is not None:
            self.times -= 1
        return True


Notify = Callable[[RentedNumber, str, bool, str | None], None]
"""Gets the number, what was provisioned ("sms", "campaign" or "voice"), whether it was linked, and why it failed."""


class Provisioner:
    """Links numbers to service plans, campaigns and voice applications over time."""

    def __init__(self, clock: VirtualClock, options: SandboxOptions, notify: Notify) -> None:
        """`notify` is called at the end of each step."""
        self._notify = notify
        self.failures: list[FailureRule] = []
        self._clock = clock
        self._options = options
        self._campaigns: Counter[tuple[str, str]] = Counter()

    def fail(
        self, phone_number: str | None, what: str, error_codes: Sequence[str] | None, times: int | None
    ) -> FailureRule:
        """Scripts a failure of `what`: "sms", "campaign" or "voice"; raises ValueError for anything else."""
        defaults = {
            "sms": ("SMS_PROVISIONING_FAILED",),
            "campaign": ("CAMPAIGN_PROVISIONING_FAILED",),
            "voice": (),
        }
        if what not in defaults:
            raise ValueError(f"unknown provisioning {what!r}; known: {', '.join(defaults)}")
        codes = defaults[what] if error_codes is None else tuple(error_codes)
        rule = FailureRule(phone_number, what, codes, times)
        self.failures.append(rule)
        return rule

    def change_sms(self, number: RentedNumber, plan: str | None, campaign: str | None) -> None:
        """Schedules a change of the SMS configuration, unless it is already scheduled; None keeps an identifier.

        Raises ApiError 400 if the number must be unlinked first.
        """
        current = number.sms.scheduled or number.sms
        if plan == "":
            # A campaign needs a service plan.
            wanted = ("", campaign or "")
        else:
            wanted = (
                current.service_plan_id if plan is None else plan,
                current.campaign_id if campaign is None else campaign,
            )
        scheduled = number.sms.scheduled
        same = scheduled is not None and (scheduled.service_plan_id, scheduled.campaign_id) == wanted
        if scheduled is not None and same and scheduled.status != "FAILED":
            return
        self._check_relink(number, *wanted)
        self._schedule_sms(number, *wanted)

    def change_voice(self, number: RentedNumber, kind: str, identifier: str) -> None:
        """Schedules a change of the voice application, unless it is already scheduled."""
        scheduled = number.voice.scheduled
        same = scheduled is not None and (scheduled.type, scheduled.identifier) == (kind, identifier)
        if scheduled is None or not same or scheduled.status == "FAILED":
            self._schedule_voice(number, kind, identifier)

    def finish_now(self, number: RentedNumber) -> None:
        """Ends all that is being provisioned of a number, before its time."""
        sms, voice = number.sms.scheduled, number.voice.scheduled
        if sms is not None and sms.status != "FAILED":
            for what in sorted(sms.outstanding, reverse=True):
                self.finish(number, sms, what)
        if voice is not None and voice.status != "FAILED":
            self.finish(number, voice, "voice")

    def link_now(self, number: RentedNumber, plan: str, campaign: str, kind: str, identifier: str) -> None:
        """Puts the configurations of a number that is not linked yet in force. An empty identifier links to nothing."""
        self._campaigns[number.project_id, campaign] += 1
        number.sms.service_plan_id, number.sms.campaign_id = plan, campaign
        number.voice.type, number.voice.identifier = kind, identifier
        if identifier:
            number.voice.updated = self._clock.time()

    def drop(self, number: RentedNumber) -> None:
        """Drops what is being provisioned, or has failed: a released number is not linked any more."""
        number.sms.scheduled = number.voice.scheduled = None

    def forget(self, number: RentedNumber) -> None:
        """Frees what an expired number used."""
        self._campaigns[number.project_id, number.sms.campaign_id] -= 1
        self.drop(number)

    def _check_relink(self, number: RentedNumber, service_plan_id: str, campaign_id: str) -> None:
        """Raises ApiError 400 if the number must be unlinked first, as the API's documentation says."""
        if self._options.relink_allowed:
            return
        wanted = {"service_plan_id": service_plan_id, "campaign_id": campaign_id}
        for name, value in wanted.items():
            current = getattr(number.sms, name)
            if value and current and value != current:
                raise invalid_field(
                    f"sms_configuration.{name}", f"The number must be unlinked from {current} first"
                )

    def _schedule_sms(self, number: RentedNumber, service_plan_id: str, campaign_id: str) -> None:
        """Starts linking the two identifiers; an empty one unlinks. Replaces a scheduled change."""
        sms = number.sms
        job = ScheduledSms(service_plan_id, campaign_id, self._clock.time())
        if service_plan_id != sms.service_plan_id:
            job.outstanding.add("sms")
        if campaign_id != sms.campaign_id:
            job.outstanding.add("campaign")
        sms.scheduled = job if job.outstanding else None
        seconds = {"sms": self._options.provisioning_seconds, "campaign": self._options.campaign_seconds}
        for what in sorted(job.outstanding, reverse=True):
            self._run(number, job, what, seconds[what])

    def _schedule_voice(self, number: RentedNumber, kind: str, identifier: str) -> None:
        """Starts linking a voice application; an empty identifier unlinks. Replaces a scheduled change."""
        voice = number.voice
        if (kind, identifier) == (voice.type, voice.identifier):
            voice.scheduled = None
            return
        voice.scheduled = ScheduledVoice(kind, identifier, self._clock.time())
        self._run(number, voice.scheduled, "voice", self._options.provisioning_seconds)

    def _run(
        self, number: RentedNumber, job: ScheduledSms | ScheduledVoice, what: str, seconds: float
    ) -> None:
        def begin() -> None:
            if self._is_current(number, job) and job.status == "WAITING":
                job.status, job.updated = "IN_PROGRESS", self._clock.time()

        def end() -> None:
            if self._is_current(number, job) and job.status != "FAILED":
                self.finish(number, job, what)

        start = self._clock.time() + self._options.waiting_seconds
        self._clock.call_at(start, begin)
        self._clock.call_at(start + seconds, end)
        self._clock.advance(0)

    @staticmethod
    def _is_current(number: RentedNumber, job: ScheduledSms | ScheduledVoice) -> bool:
        return job is number.sms.scheduled or job is number.voice.scheduled

    def finish(self, number: RentedNumber, job: ScheduledSms | ScheduledVoice, what: str) -> None:
        """Ends one step of a job, with success or failure."""
        job.updated = self._clock.time()
        codes = self._failure(number, job, what)
        linked = bool(_identifier(job, what))
        self._notify(number, what, linked, None if codes is None else _FAILURE_CODES.get(what) or codes[0])
        if codes is not None:
            job.status = "FAILED"
            if isinstance(job, ScheduledSms):
                job.error_codes = list(codes)
        elif isinstance(job, ScheduledVoice):
            number.voice.type, number.voice.identifier = job.type, job.identifier
            number.voice.updated, number.voice.scheduled = job.updated, None
        else:
            job.outstanding.discard(what)
            if not job.outstanding:
                self._apply_sms(number, job)

    def _apply_sms(self, number: RentedNumber, job: ScheduledSms) -> None:
        sms = number.sms
        self._campaigns[number.project_id, sms.campaign_id] -= 1
        self._campaigns[number.project_id, job.campaign_id] += 1
        sms.service_plan_id, sms.campaign_id, sms.scheduled = job.service_plan_id, job.campaign_id, None

    def _failure(
        self, number: RentedNumber, job: ScheduledSms | ScheduledVoice, what: str
    ) -> tuple[str, ...] | None:
        for rule in self.failures:
            if rule.take(number.phone_number, what):
                return rule.error_codes
        if what == "campaign" and isinstance(job, ScheduledSms) and job.campaign_id:
            held = self._campaigns[number.project_id, job.campaign_id]
            if held >= self._options.campaign_capacity:
                return ("EXCEEDED_10DLC_LIMIT",)
        return None


_FAILURE_CODES = {
    "sms": "NUMBER_PROVISIONING_FAILED",
    "voice": "PROVISIONING_TO_VOICE_PLATFORM_FAILED",
}
"""What events call the failures that the numbers' own error codes do not name."""


def _identifier(job: ScheduledSms | ScheduledVoice, what: str) -> str:
    if isinstance(job, ScheduledVoice):
        return job.identifier
    return job.service_plan_id if what == "sms" else job.campaign_id
