"""The Numbers API without HTTP: state, clock, credentials, scripted faults and the log of requests."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

from .billing import Charge
from .callbacks import Callbacks, Receiver
from .calls import ReceivedRequest
from .clock import VirtualClock
from .dispatch import Dispatcher
from .faults import Faults
from .options import SandboxOptions
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
        self._begin(seed)

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
        count: int,
        *,
        project_id: str = PROJECT_ID,
        region_code: str = "US",
        number_type: str = "LOCAL",
        display_name: Callable[[int], str] | None = None,
    ) -> list[str]:
        """Adds `count` active numbers to a project, free of charge, and returns them. 100,000 take about a second.

        They come from a range that a search never returns. `display_name` gets a number's index and returns its name.
        Raises ValueError if the region has no numbers of that type, or `count` is not between 0 and 1,000,000.
        """
        return self.state.seed_active(count, project_id, region_code, number_type, display_name)

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
