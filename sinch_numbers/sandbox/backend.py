"""The Numbers API without HTTP: its state, clock, credentials, script of faults and log of requests."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

from .billing import Charge
from .calls import ReceivedRequest
from .clock import VirtualClock
from .dispatch import Dispatcher
from .faults import Faults
from .options import SandboxOptions
from .state import State
from .token_server import TokenServer

PROJECT_ID = "sandbox-project"


class Backend:
    """What the ASGI application, the control API and a `Sandbox` share."""

    def __init__(
        self, options: SandboxOptions | None = None, *, seed: int = 0, clock: VirtualClock | None = None
    ) -> None:
        self.options: SandboxOptions = options or SandboxOptions()
        """The switches, which may be changed at any time."""
        self.clock: VirtualClock = clock or VirtualClock()
        """What time it is in the sandbox; it stands still until moved."""
        self.faults: Faults = Faults()
        """The script of what goes wrong."""
        self.requests: list[ReceivedRequest] = []
        """What arrived, in order; the control API's own requests are not among them."""
        self._begin(seed)

    def _begin(self, seed: int) -> None:
        self.seed = seed
        self._request_ids = 0
        self.state: State = State(seed, self.clock, self.options)
        self._token_server = TokenServer(seed, self.clock, self.options)
        self.dispatcher: Dispatcher = Dispatcher(self.state, self._token_server, self.faults, self.clock)

    @property
    def charges(self) -> list[Charge]:
        """What was charged, in order."""
        return list(self.state.billing)

    @property
    def tokens_issued(self) -> int:
        """How many access tokens the token endpoint has given."""
        return self._token_server.issued

    def active_numbers(self, project_id: str | None = None) -> list[dict[str, Any]]:
        """Every active number of one project or of all, as the API shows it, in order of project and number.

        It is the truth: a number that `visibility_delay` still hides from the API's readers is among them.
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
        """Gives a project `count` more active numbers without a charge, and returns them; 100,000 take about a second.

        They come from a range that no search finds. `display_name` makes a name of a number's index. Raises ValueError
        where the region has no numbers of that type, or `count` is not between 0 and 1,000,000.
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
        """Has the next provisioning fail when it would be done: of one number or of any, `times` times or (None) always.

        `what` is "sms" (the service plan), "campaign" or "voice". A failure stays until another PATCH. `error_codes`
        show in the SMS configuration; voice has none. Raises ValueError for another `what`.
        """
        self.state.provisioner.fail(phone_number, what, error_codes, times)

    def revoke_tokens(self, form: int = 1) -> None:
        """Revokes all tokens; the 401s from now on take form 1 (expired JWT), 2 (proxy), 3 (no header) or 4 (problem)."""
        self._token_server.revoke(form)

    def reset(self, seed: int | None = None) -> None:
        """Starts over, with the same seed unless told another: no numbers, charges, tokens, faults; the first day again.

        Options stay as they are.
        """
        self.faults.clear()
        self.requests.clear()
        self.clock.reset()
        self._begin(self.seed if seed is None else seed)

    def request_id(self) -> str:
        """The next value of the `x-request-id` header: 32 hexadecimal digits."""
        self._request_ids += 1
        return hashlib.sha256(f"{self.seed}/{self._request_ids}".encode()).hexdigest()[:32]
