"""What a client and its resources share. Sends operations and decodes their responses."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import attrs

from .._generated.types import (
    DecodeError,
    Drift,
    OnDrift,
    Request,
)
from ..clock import Clock
from ..retry import Safety
from .billable import BillableCall
from .credentials import Authenticator
from .expected import UnexpectedResponse
from .hooks import DriftReports
from .pipeline import Pipeline
from .responses import RawResponse, invalid_response
from .settings import Settings
from .tasks import TaskGroup

T = TypeVar("T")


@attrs.frozen(kw_only=True)
class Context:
    """What a client and its resources share. `with_options` gives the copied client another one."""

    project_id: str
    pipeline: Pipeline
    settings: Settings
    auth: Authenticator
    clock: Clock
    tasks: TaskGroup
    drift_reports: DriftReports

    async def call(self, request: Request, safety: Safety, parse: Callable[[bytes, OnDrift | None], T]) -> T:
        """The decoded response of an operation that is not billable."""
        return self.decode(await self.send(request, safety), parse)

    async def send(
        self, request: Request, safety: Safety, billable: BillableCall | None = None
    ) -> RawResponse:
        return await self.pipeline.send(request, safety, self.settings, self.auth, billable=billable)

    def decode(self, raw: RawResponse, parse: Callable[[bytes, OnDrift | None], T]) -> T:
        """The decoded body of `raw`. Raises InvalidResponseError if it is not what was asked for."""
        try:
            return parse(raw.content, self._on_drift)
        except UnexpectedResponse as unexpected:
            error = invalid_response(raw, str(unexpected))
        except DecodeError:
            error = invalid_response(raw)
        # Raised outside the except block: the frames of the parser contain the body, which may contain secrets.
        raise error

    def _on_drift(self, drift: Drift) -> None:
        self.drift_reports.report(drift, self.settings.on_drift)
