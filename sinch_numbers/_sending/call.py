"""One call's exchanges in words: the HTTP request, what became of it, and the error or answer in the end. No I/O."""

from __future__ import annotations

import logging

import attrs

from .._generated.types import Request
from .._redaction import Headers, Secret
from ..attempts import Attempt, Sent
from ..clock import Clock
from ..errors import APIConnectionError, APITimeoutError, NumbersError
from ..timeouts import Timeout
from ..transports import HttpRequest, HttpResponse, TransportError
from .billable import BillableCall
from .hooks import call_hook, captured
from .responses import RawResponse, request_id, retry_after, status_error
from .settings import Settings

__all__ = ["Exchange", "Outcome"]

logger: logging.Logger = logging.getLogger("sinch_numbers")


@attrs.frozen
class Outcome:
    """What one exchange came to: an answer or an error, and the attempt that tells of it."""

    attempt: Attempt
    response: HttpResponse | None = None
    error: TransportError | None = None


class Exchange:
    """One call on its way, until its deadline."""

    def __init__(
        self,
        request: Request,
        settings: Settings,
        *,
        base_url: str,
        content_type: str,
        clock: Clock,
        call: BillableCall | None,
    ) -> None:
        self.call = call
        self.url = f"{base_url}{request.path}" + (f"?{request.query}" if request.query else "")
        self._request = request
        self._settings = settings
        self._content_type = content_type
        self._clock = clock
        self._deadline = clock.monotonic() + settings.timeout.total

    def remaining(self) -> float:
        """Seconds until the call's deadline."""
        return self._deadline - self._clock.monotonic()

    def message(self, credentials: Secret, timeout: Timeout) -> HttpRequest:
        """The call as an HTTP request."""
        request = self._request
        headers = Headers(self._settings.headers)
        headers["Accept"] = "application/json"
        headers["Authorization"] = credentials.reveal()
        if request.body is not None:
            headers["Content-Type"] = self._content_type
        return HttpRequest(
            method=request.method,
            url=self.url,
            headers=headers,
            content=request.body or b"",
            timeout=timeout,
            before_send=self.call.before_send if self.call is not None else None,
        )

    def answered(self, response: HttpResponse, begin: float) -> Outcome:
        """The outcome of an exchange that began at `begin` and was answered."""
        elapsed = self._clock.monotonic() - begin
        attempt = Attempt(
            status_code=response.status_code,
            sent=Sent.ARRIVED,
            retry_after=retry_after(response.headers, self._clock.time()),
            elapsed=elapsed,
        )
        logger.debug(
            "%s %s -> %d in %.3f s", self._request.method, self._request.path, response.status_code, elapsed
        )
        return Outcome(attempt, response=response)

    def lost(self, error: TransportError, begin: float) -> Outcome:
        """The outcome of an exchange that began at `begin` and has no answer."""
        elapsed = self._clock.monotonic() - begin
        attempt = Attempt(
            status_code=None, sent=error.sent, error=str(error), timed_out=error.timed_out, elapsed=elapsed
        )
        logger.debug(
            "%s %s -> no answer in %.3f s (sent: %s): %s",
            self._request.method,
            self._request.path,
            elapsed,
            error.sent,
            error,
        )
        return Outcome(attempt, error=error)

    def finish(self, response: HttpResponse, attempts: tuple[Attempt, ...]) -> RawResponse:
        """The answer as the caller gets it, shown to whoever wants to see it."""
        raw = RawResponse(
            operation=self._request.operation,
            method=self._request.method,
            url=self.url,
            status_code=response.status_code,
            headers=response.headers,
            content=response.content,
            request_id=request_id(response.headers),
            attempts=attempts,
        )
        if (responses := captured.get()) is not None:
            responses.append(raw)
        if self._settings.on_response is not None:
            call_hook(self._settings.on_response, raw)
        return raw

    def announce_retry(self, attempt: Attempt, delay: float) -> None:
        """Tells of a repetition that follows in `delay` seconds."""
        logger.info(
            "%s %s: %s; again in %.2f s",
            self._request.method,
            self._request.path,
            attempt.status_code or attempt.error,
            delay,
        )
        if self._settings.on_retry is not None:
            call_hook(self._settings.on_retry, self._request.operation, attempt, delay)

    def error(
        self, outcome: Outcome, attempts: tuple[Attempt, ...], secrets: tuple[Secret, ...]
    ) -> NumbersError:
        """The error that the call ends in."""
        method, url = self._request.method, self.url
        if outcome.response is not None:
            return status_error(outcome.response, method=method, url=url, attempts=attempts, secrets=secrets)
        cls = APITimeoutError if outcome.attempt.timed_out else APIConnectionError
        error = cls(
            outcome.attempt.error, sent=outcome.attempt.sent, method=method, url=url, attempts=attempts
        )
        error.__cause__ = outcome.error
        return error
