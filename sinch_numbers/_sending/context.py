"""What a client and its resources share. Sends operations and decodes their responses."""

from __future__ import annotations

import gc
from collections.abc import Callable, Generator
from contextlib import contextmanager, nullcontext
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


_LARGE = 65_536
"""Bytes of a body from which the garbage collector waits while it is decoded."""


@contextmanager
def _collection_paused() -> Generator[None]:
    """Decoding makes thousands of objects and no garbage. The collector would search them again and again: 40 % of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


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
            with _collection_paused() if len(raw.content) > _LARGE else nullcontext():
                return parse(raw.content, self._on_drift)
        except UnexpectedResponse as unexpected:
            error = invalid_response(raw, str(unexpected))
        except DecodeError:
            error = invalid_response(raw)
        # Raised outside the except block: the frames of the parser contain the body, which may contain secrets.
        raise error

    def _on_drift(self, drift: Drift) -> None:
        self.drift_reports.report(drift, self.settings.on_drift)
