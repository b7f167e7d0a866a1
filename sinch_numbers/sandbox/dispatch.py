"""Handles one call: checks its credentials, then performs the operation or plays a fault."""

from __future__ import annotations

import functools

from .api_errors import ApiError
from .callbacks import Callbacks
from .calls import Call, ReceivedRequest
from .clock import VirtualClock
from .connections import Connection
from .fault_kinds import play
from .faults import Faults
from .operations import OPERATIONS
from .responses import Response, json_response
from .state import State
from .token_server import TokenServer


class Dispatcher:
    """Handles calls. An operation never awaits, so it is atomic."""

    def __init__(
        self,
        state: State,
        token_server: TokenServer,
        faults: Faults,
        clock: VirtualClock,
        callbacks: Callbacks,
    ) -> None:
        self._state = state
        self._token_server = token_server
        self._faults = faults
        self._clock = clock
        self._callbacks = callbacks

    async def dispatch(self, call: Call, connection: Connection, record: ReceivedRequest) -> Response:
        """Returns the response, or raises what `connection` raises. Notes the kind of fault in `record`."""
        try:
            if call.operation != "Token":
                self._token_server.check(call)
        except ApiError as error:
            return error.response
        strike = self._faults.strike(call.operation, call.phone_number, served=connection.served)
        if strike is None:
            return self._perform(call)
        kind, fault = strike
        record.fault = kind
        perform = functools.partial(self._perform, call)
        return await play(kind, fault, connection, self._clock, perform, self._send_callbacks)

    async def _send_callbacks(self, project_id: str, phone_number: str) -> None:
        """Ends what is being provisioned of a number, and has its callbacks delivered."""
        self._state.provisioner.finish_now(self._state.get_rented(project_id, phone_number))
        await self._callbacks.delivered()

    def _perform(self, call: Call) -> Response:
        """Performs the operation and returns its response."""
        try:
            if call.operation == "Token":
                return self._token_server.issue(call)
            return json_response(OPERATIONS[call.operation].perform(self._state, call))
        except ApiError as error:
            return error.response
