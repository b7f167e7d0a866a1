"""What a client and its resources share. Sends operations and decodes their responses."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TypeVar

import attrs

from .._generated.types import (
    DecodeError,
    Drift,
    OnDrift,
    Request,
)
from .._redaction import redact_body, redact_headers
from ..clock import Clock
from ..errors import InvalidResponseError
from ..retry import Safety
from .billable import BillableCall
from .credentials import Authenticator
from .hooks import DriftReports
from .pipeline import Pipeline
from .responses import RawResponse
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
        """The decoded body of `raw`. Raises InvalidResponseError if it is not a JSON object."""
        with contextlib.suppress(DecodeError):
            return parse(raw.content, self._on_drift)
        # Raised outside the except block: the frames of the parser contain the body, which may contain secrets.
        kind = raw.headers.get("content-type", "no content type").split(";")[0]
        raise InvalidResponseError(
            f"expected a JSON object, got {kind} ({len(raw.content)} bytes, status {raw.status_code})",
            status_code=raw.status_code,
            body=redact_body(raw.content),
            headers=redact_headers(raw.headers),
            request_id=raw.request_id,
            method=raw.method,
            url=raw.url,
            attempts=raw.attempts,
        )

    def _on_drift(self, drift: Drift) -> None:
        self.drift_reports.report(drift, self.settings.on_drift)
