"""The Numbers API without HTTP: state, clock, credentials, scripted faults and the log of requests."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import attrs

from .billing import Charge
from .callbacks import Callbacks, Receiver
from .calls import ReceivedRequest
from .clock import VirtualClock
from .dispatch import Dispatcher
from .faults import Faults
from .options import SandboxOptions
from .seeds import ActiveSeed, OfferSeed, active, offers
from .state import State
from .token_server import TokenServer

PROJECT_ID = "sandbox-project"


class Backend:
    """Everything that the ASGI application and the control API work on."""

    def __init__(
        self, options: SandboxOptions | None = None, *, seed: int = 0, clock: VirtualClock | None = None
    ) -> None:
        self.options: SandboxOptions = options or SandboxOptions()
        """The options; they can be changed at any time."""
        self.clock: VirtualClock = clock or VirtualClock()
        """The sandbox's clock. A `VirtualClock` stands still until it is advanced."""
        self.faults: Faults = Faults()
        """The scripted faults."""
        self.requests: list[ReceivedRequest] = []
        """The requests received, in order, without those to the control API."""
        self.callbacks: Callbacks = Callbacks(self.clock, self.options)
        """The callbacks that were sent, and how they are sent."""
        self.on_request: Callable[[ReceivedRequest], object] | None = None
        """Called with each request once it has its response, or gets none; with those to the control API too."""
        self._begin(seed)

    def report(self, request: ReceivedRequest) -> None:
        """Tells `on_request` that a request has ended."""
        if self.on_request is not None:
            self.on_request(request)

    def _begin(self, seed: int) -> None:
        self.seed = seed
        self._request_ids = 0
        self.callbacks.reset(seed)
        self.state: State = State(seed, self.clock, self.options, self.callbacks)
        self._token_server = TokenServer(seed, self.clock, self.options)
        self.dispatcher: Dispatcher = Dispatcher(
            self.state, self._token_server, self.faults, self.clock, self.callbacks
        )

    @property
    def charges(self) -> list[Charge]:
        """The charges, in order."""
        return list(self.state.billing)

    @property
    def tokens_issued(self) -> int:
        """How many access tokens were issued."""
        return self._token_server.issued

    def active_numbers(self, project_id: str | None = None) -> list[dict[str, Any]]:
        """Every active number of one project or of all, in the API's format, sorted by project and phone number.

        Includes numbers that `visibility_delay` still hides from the API.
        """
        projects = sorted(self.state.projects) if project_id is None else [project_id]
        return [
            number.to_wire()
            for project in projects
            for _, number in sorted(self.state.project(project).numbers.items())
        ]

    def seed_active(
        self,
        count: int | None = None,
        *,
        numbers: Iterable[ActiveSeed] | None = None,
        project_id: str = PROJECT_ID,
        region_code: str | None = None,
        number_type: str | None = None,
        display_name: Callable[[int], str] | None = None,
    ) -> list[str]:
        """Adds active numbers to a project, free of charge, and returns them: `count` of them, or the `numbers` given.

        Args:
            count: How many numbers, from a range that a search never returns. 100,000 take about a second.
            numbers: Phone numbers, `ActiveNumber`s, or objects in the API's format. Their configurations are in force.
                What one does not say is taken from the catalog. With `expire_at`, it is released.
            project_id: The project.
            region_code: The region of numbers that do not say theirs; for a `count`, `"US"` by default.
            number_type: Their type; for a `count`, `"LOCAL"` by default.
            display_name: Gets a number's index, and returns its name.

        Raises:
            ValueError: A number is rented already, given twice or invalid; the catalog does not know its region and type;
                or `count` is not between 0 and 1,000,000. Nothing is added.
            TypeError: A number is of another class.
        """
        if (count is None) == (numbers is None):
            raise ValueError("give a count, or numbers")
        if numbers is not None:
            seeds = active(numbers, region_code, number_type)
        else:
            seeds = self.state.unassigned(count or 0, region_code or "US", number_type or "LOCAL")
        if display_name is not None:
            seeds = [
                attrs.evolve(seed, display_name=seed.display_name or display_name(index))
                for index, seed in enumerate(seeds)
            ]
        self.state.seed(project_id, seeds)
        return [seed.phone_number for seed in seeds]

    def seed_offers(
        self, numbers: Iterable[OfferSeed], *, region_code: str | None = None, number_type: str | None = None
    ) -> list[str]:
        """Puts numbers on offer, besides those of the catalog, and returns them. A search finds them first.

        `numbers` are phone numbers, `AvailableNumber`s, or objects in the API's format. What one does not say, such as its
        prices, is taken from the catalog; `region_code` and `number_type` are for numbers that the catalog does not have.
        Raises ValueError for a number that is rented, given twice or invalid, and adds none.
        """
        found = offers(numbers, region_code, number_type)
        self.state.offer(found)
        return list(found)

    def fail_provisioning(
        self,
        phone_number: str | None = None,
        *,
        what: str = "sms",
        error_codes: Sequence[str] | None = None,
        times: int | None = 1,
    ) -> None:
        """Makes the next `times` provisionings of `phone_number` fail at their end. None means any number, or always.

        `what` is "sms" (the service plan), "campaign" or "voice". The status stays FAILED until the number is updated
        again. `error_codes` appear in the SMS configuration; voice has none. Raises ValueError for any other `what`.
        """
        self.state.provisioner.fail(phone_number, what, error_codes, times)

    def hmac_secret(self, project_id: str = PROJECT_ID) -> str:
        """The secret that signs a project's callbacks: that of its callback configuration."""
        return self.state.project(project_id).hmac_secret

    def deliver_to(self, receiver: Receiver) -> None:
        """Hands callbacks to a `WebhookInbox` in process, whatever their URL, and gives it the sandbox's clock.

        Only numbers with a callback URL have callbacks. The inbox is started when the first one comes.
        """
        self.callbacks.deliver_to(receiver)

    def revoke_tokens(self, form: int = 1) -> None:
        """Revokes all tokens. 401s take form 1 (expired JWT), 2 (proxy), 3 (no header) or 4 (problem) from now on.

        Raises ValueError for any other form.
        """
        self._token_server.revoke(form)

    def reset(self, seed: int | None = None) -> None:
        """Removes all numbers, charges, requests, tokens and faults, and sets the clock back to its start.

        Keeps the options, and the seed unless `seed` is given.
        """
        self.faults.clear()
        self.requests.clear()
        self.clock.reset()
        self._begin(self.seed if seed is None else seed)

    def request_id(self) -> str:
        """A new value for the `x-request-id` header: 32 hexadecimal digits."""
        self._request_ids += 1
        return hashlib.sha256(f"{self.seed}/{self._request_ids}".encode()).hexdigest()[:32]
