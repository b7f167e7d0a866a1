"""Builds a call's HTTP request and turns its result into a response or an exception. No I/O."""

from __future__ import annotations

import logging

import attrs

from .._generated.types import Request
from .._redaction import Redaction, RequestHeaders, Secret, plain, secrets_of
from ..attempts import Attempt, Sent
from ..clock import Clock
from ..errors import APIConnectionError, APITimeoutError, NumbersError, StoreError
from ..retry import RetryEvent, retry_after
from ..timeouts import Timeout
from ..transports import HttpRequest, HttpResponse, TransportError
from .billable import BillableCall
from .hooks import call_hook, captured
from .responses import RawResponse, status_error
from .settings import Settings

logger: logging.Logger = logging.getLogger("sinch_numbers")


@attrs.frozen
class Exchange:
    """One request and its response, or the transport's error. `attempt` is what the user sees of it."""

    attempt: Attempt
    response: HttpResponse | None = None
    error: TransportError | None = None


_NO_SECRET = Secret("")


class Call:
    """One call, from its first attempt to its deadline."""

    def __init__(
        self,
        request: Request,
        settings: Settings,
        *,
        base_url: str,
        content_type: str,
        clock: Clock,
        billable: BillableCall | None,
        secrets: tuple[Secret, ...],
    ) -> None:
        """`secrets` are those of the client, besides those of the request."""
        self.billable = billable
        self.url = f"{base_url}{request.path}" + (f"?{request.query}" if request.query else "")
        self._request = request
        self._settings = settings
        self._content_type = content_type
        self._clock = clock
        self._secrets = secrets
        self._credentials = _NO_SECRET
        """Those of the last exchange."""
        self._deadline = clock.monotonic() + settings.timeout.total

    def remaining(self) -> float:
        """Seconds until the deadline of the call."""
        return self._deadline - self._clock.monotonic()

    def expire(self) -> None:
        """Ends the time of the call: no attempt can be made within it."""
        self._deadline = self._clock.monotonic()

    def http_request(self, credentials: Secret, timeout: Timeout) -> HttpRequest:
        """The call as an HTTP request."""
        self._credentials = credentials
        request = self._request
        headers = RequestHeaders(self._settings.headers.items())
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
            before_send=self.billable.before_send if self.billable is not None else None,
        )

    def responded(self, response: HttpResponse, begin: float) -> Exchange:
        """An exchange that got a response. `begin`: when it began, by the monotonic clock."""
        elapsed = self._clock.monotonic() - begin
        attempt = Attempt(
            status_code=response.status_code,
            sent=Sent.ARRIVED,
            retry_after=(
                retry_after(response.headers, self._clock.time())
                if "retry-after" in response.headers
                else None
            ),
            elapsed=elapsed,
        )
        logger.debug(
            "%s %s -> %d in %.3f s", self._request.method, self._request.path, response.status_code, elapsed
        )
        return Exchange(attempt, response=response)

    def failed(self, error: TransportError, begin: float) -> Exchange:
        """An exchange that got no response. `begin`: when it began, by the monotonic clock."""
        elapsed = self._clock.monotonic() - begin
        text = str(error)
        # It may quote what the server sent, such as a header that is not valid.
        safe = plain(Redaction(self._secrets_sent()).text(text))
        if safe != text:
            cause = error.__cause__ if isinstance(error.__cause__, StoreError) else None
            error = TransportError(safe, sent=error.sent, timed_out=error.timed_out)
            error.__cause__ = cause
        attempt = Attempt(
            status_code=None, sent=error.sent, error=safe, timed_out=error.timed_out, elapsed=elapsed
        )
        logger.debug(
            "%s %s -> no response in %.3f s (sent: %s): %s",
            self._request.method,
            self._request.path,
            elapsed,
            error.sent,
            error,
        )
        return Exchange(attempt, error=error)

    def finish(self, response: HttpResponse, attempts: tuple[Attempt, ...]) -> RawResponse:
        """The response for the caller. It is also passed to `raw_responses()` and the hook `on_response`."""
        raw = RawResponse(
            operation=self._request.operation,
            method=self._request.method,
            url=self.url,
            status_code=response.status_code,
            headers=response.headers,
            content=response.content,
            attempts=attempts,
            secrets=self._secrets_sent,
        )
        if (responses := captured.get()) is not None:
            responses.append(raw)
        if self._settings.on_response is not None:
            call_hook(self._settings.on_response, raw)
        return raw

    def announce_retry(self, attempt: Attempt, attempt_number: int, delay: float) -> None:
        """Logs that a retry follows in `delay` seconds, and calls the hook `on_retry`."""
        logger.info(
            "%s %s: %s; retry in %.2f s",
            self._request.method,
            self._request.path,
            attempt.status_code or attempt.error,
            delay,
        )
        if self._settings.on_retry is not None:
            event = RetryEvent(
                operation=self._request.operation,
                method=self._request.method,
                url=self.url,
                attempt=attempt,
                attempt_number=attempt_number,
                delay=delay,
            )
            call_hook(self._settings.on_retry, event)

    def exception(self, exchange: Exchange, attempts: tuple[Attempt, ...]) -> NumbersError:
        """The exception that the call raises."""
        method, url = self._request.method, self.url
        if exchange.response is not None:
            return status_error(
                exchange.response,
                method=method,
                url=url,
                attempts=attempts,
                secrets=self._secrets_sent(),
            )
        if exchange.error is not None and isinstance(cause := exchange.error.__cause__, StoreError):
            # The ledger's store failed, so the request was not sent: that is the error that the caller can act on.
            cause.attempts = attempts
            return cause
        cls = APITimeoutError if exchange.attempt.timed_out else APIConnectionError
        error = cls(
            exchange.attempt.error, sent=exchange.attempt.sent, method=method, url=url, attempts=attempts
        )
        error.__cause__ = exchange.error
        return error

    def _secrets_sent(self) -> tuple[Secret, ...]:
        return secrets_of(self._secrets, self._credentials, self._request.body, self._settings.headers)
