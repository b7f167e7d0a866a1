"""Everything that the SDK raises.

    NumbersError
    ├── ConfigurationError              wrong or missing options or arguments, before anything is sent
    ├── APIConnectionError              no answer: never sent, or lost on the way (`.sent` tells which)
    │   └── APITimeoutError
    ├── APIStatusError                  an answer of 4xx or 5xx (or 3xx: redirects are not followed)
    │   ├── BadRequestError             400, with `field_violations`
    │   ├── AuthenticationError         401
    │   ├── PermissionDeniedError       403
    │   ├── NotFoundError               404
    │   ├── ConflictError               409
    │   ├── RateLimitError              429, with `retry_after`
    │   └── ServerError                 5xx
    ├── InvalidResponseError            an answer that is not what the API speaks
    ├── OutcomeUnknownError             a billable call that may or may not have happened
    ├── NoOfferError                    a purchase that matches no number on offer: nothing was bought
    ├── NumberTakenError                a purchase of a number that another purchase has: nothing was bought
    ├── BudgetExceededError             a purchase that its budget does not cover: nothing was sent
    ├── ProvisioningFailedError         a configuration that the platform refused
    ├── WaitTimeoutError                a wait that ended before what it waited for
    ├── PaginationError                 a listing that cannot go on, with the `cursor` to resume at
    ├── StoreError                      the store of a ledger or token failed, or did not respond in time
    └── WebhookError
        ├── SignatureError
        └── PayloadError

All pickle, and none holds a secret: headers are redacted before they get here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import attrs

from .attempts import Sent

if TYPE_CHECKING:
    from decimal import Decimal

    from .attempts import Attempt
    from .models import ActiveNumber

__all__ = [
    "APIConnectionError",
    "APIStatusError",
    "APITimeoutError",
    "AuthenticationError",
    "BadRequestError",
    "BudgetExceededError",
    "ConfigurationError",
    "ConflictError",
    "FieldViolation",
    "InvalidResponseError",
    "NoOfferError",
    "NotFoundError",
    "NumberTakenError",
    "NumbersError",
    "OutcomeUnknownError",
    "PaginationError",
    "PayloadError",
    "PermissionDeniedError",
    "ProvisioningFailedError",
    "RateLimitError",
    "ServerError",
    "SignatureError",
    "StoreError",
    "WaitTimeoutError",
    "WebhookError",
]


@attrs.frozen
class FieldViolation:
    """One field of a request that the API refused, and why."""

    field: str
    description: str


class NumbersError(Exception):
    """The root of everything that the SDK raises. `str()` says what happened, to what, and what to do."""

    attempts: tuple[Attempt, ...] = ()
    """What each exchange of the call came to, in order; empty where nothing was sent."""

    def __init__(self, message: str, *, attempts: tuple[Attempt, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.attempts = attempts

    def __str__(self) -> str:
        return self.message

    def __reduce__(self) -> tuple[Any, ...]:
        # The default passes args to __init__ by position; the fields here are keyword-only.
        return _restore, (type(self), self.args, self.__dict__)


def _restore(cls: type[NumbersError], args: tuple[Any, ...], state: dict[str, Any]) -> NumbersError:
    error = cls.__new__(cls, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class ConfigurationError(NumbersError, ValueError):
    """Wrong or missing options or arguments. Nothing was sent."""


class _ExchangeError(NumbersError):
    """An error of one exchange with the API: `method` and `url` say which."""

    def __init__(
        self, message: str, *, method: str = "", url: str = "", attempts: tuple[Attempt, ...] = ()
    ) -> None:
        super().__init__(message, attempts=attempts)
        self.method = method
        self.url = url

    def _about(self) -> str:
        target = f"{self.method} {self.url}".strip()
        tries = f", after {len(self.attempts)} attempts" if len(self.attempts) > 1 else ""
        return f" ({target}{tries})" if target else ""

    def _advice(self) -> str:
        return ""

    def __str__(self) -> str:
        return f"{self.message}{self._about()}{self._advice()}"


class APIConnectionError(_ExchangeError):
    """No answer arrived. `sent` tells whether the request can have had an effect."""

    sent: Sent

    def __init__(
        self,
        message: str,
        *,
        sent: Sent = Sent.UNKNOWN,
        method: str = "",
        url: str = "",
        attempts: tuple[Attempt, ...] = (),
    ) -> None:
        super().__init__(message, method=method, url=url, attempts=attempts)
        self.sent = sent

    def _advice(self) -> str:
        if self.sent is Sent.NEVER:
            return "; the request was not sent: check the network and `base_url`"
        return "; the request may have arrived"


class APITimeoutError(APIConnectionError):
    """No answer within the timeout. `sent` tells whether the request can have had an effect."""


class APIStatusError(_ExchangeError):
    """An answer whose status is not 2xx. The class follows the HTTP status; the body only explains it."""

    _hint: ClassVar[str] = ""

    def __init__(
        self,
        message: str,
        *,
        status_code: int,
        status: str = "",
        field_violations: tuple[FieldViolation, ...] = (),
        details: tuple[Mapping[str, Any], ...] = (),
        request_id: str | None = None,
        retry_after: float | None = None,
        method: str = "",
        url: str = "",
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        attempts: tuple[Attempt, ...] = (),
    ) -> None:
        super().__init__(message, method=method, url=url, attempts=attempts)
        self.status_code = status_code
        self.status = status
        """The API's own word, such as `NOT_FOUND`; empty where the body has none."""
        self.field_violations = field_violations
        self.details = details
        self.request_id = request_id
        self.retry_after = retry_after
        """Seconds after which the server allows another call; None where it does not say."""
        self.headers: Mapping[str, str] = dict(headers or {})
        self.body = body

    def __str__(self) -> str:
        word = f"{self.status_code} {self.status}".strip()
        text = f"{word}: {self.message}" if self.message else word
        for violation in self.field_violations:
            text += f"; {violation.field}: {violation.description}"
        if self.request_id:
            text += f" [request id {self.request_id}]"
        return f"{text}{self._about()}{self._advice()}"

    def _advice(self) -> str:
        return f"; {self._hint}" if self._hint else ""


class BadRequestError(APIStatusError):
    """400: the API refused an argument; `field_violations` says which, where the API does."""


class AuthenticationError(APIStatusError):
    """401: the key, the secret or the token is not accepted."""

    _hint = "check key_id and key_secret"


class PermissionDeniedError(APIStatusError):
    """403: the key may not do this in this project."""

    _hint = "check that the key belongs to the project and that the account may do this"


class NotFoundError(APIStatusError):
    """404: no such number, project or configuration; for a rent, somebody else took the number."""


class ConflictError(APIStatusError):
    """409: the resource is in a state that does not allow this."""


class RateLimitError(APIStatusError):
    """429: too many calls; `retry_after` seconds until the next, where the server says so."""

    _hint = "slow down, or raise RetryPolicy(max_attempts=...)"


class ServerError(APIStatusError):
    """5xx: the API failed."""

    _hint = "the API failed; try again later"


class InvalidResponseError(_ExchangeError):
    """A 2xx answer whose body is not what the API speaks, such as a proxy's HTML page."""

    def __init__(
        self,
        message: str,
        *,
        status_code: int,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        request_id: str | None = None,
        method: str = "",
        url: str = "",
        attempts: tuple[Attempt, ...] = (),
    ) -> None:
        super().__init__(message, method=method, url=url, attempts=attempts)
        self.status_code = status_code
        self.body = body
        self.headers: Mapping[str, str] = dict(headers or {})
        self.request_id = request_id

    def _advice(self) -> str:
        return "; is there a proxy between this machine and the API?"


class OutcomeUnknownError(NumbersError):
    """A billable call that may or may not have happened, and the API could not be asked.

    `operation` is what was called and `phone_number` for which number (None for a call that names none). The
    number, if it was rented, shows in `active_numbers`; check there before calling again. The exchange's own
    error is `__cause__`.
    """

    def __init__(
        self, message: str, *, operation: str, phone_number: str | None, attempts: tuple[Attempt, ...] = ()
    ) -> None:
        super().__init__(message, attempts=attempts)
        self.operation = operation
        self.phone_number = phone_number


class NoOfferError(NumbersError):
    """No number that matches is offered, or none that was not tried already. Nothing was bought."""


class NumberTakenError(NumbersError):
    """Another purchase of the same client or ledger has the number, or may have it. This one bought nothing."""


class BudgetExceededError(NumbersError):
    """A purchase that its budget does not cover. Nothing was sent for it."""

    def __init__(
        self, message: str, *, price: Decimal | None = None, remaining: Decimal | None = None
    ) -> None:
        super().__init__(message)
        self.price = price
        self.remaining = remaining


class ProvisioningFailedError(NumbersError):
    """A configuration that the platform refused. `number` is the number as it stands; `error_codes` are the reasons."""

    def __init__(self, message: str, *, number: ActiveNumber, error_codes: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.number = number
        self.error_codes = error_codes


class WaitTimeoutError(NumbersError, TimeoutError):
    """A wait that ended first. `number` is the number as it was last seen; what was begun goes on at the API."""

    def __init__(self, message: str, *, number: ActiveNumber | None = None) -> None:
        super().__init__(message)
        self.number = number


class PaginationError(NumbersError):
    """A listing that cannot go on. `cursor` resumes it at the first page that was not read."""

    def __init__(self, message: str, *, cursor: str | None) -> None:
        super().__init__(message)
        self.cursor = cursor


class StoreError(NumbersError):
    """A store failed or did not respond in time. `sent` tells whether the purchase that needed it was sent.

    The store's own exception is `__cause__`.
    """

    def __init__(self, message: str, *, sent: Sent = Sent.NEVER, attempts: tuple[Attempt, ...] = ()) -> None:
        super().__init__(message, attempts=attempts)
        self.sent = sent


class WebhookError(NumbersError):
    """A callback that must not be believed, or cannot be read; `reason` says why in a word or two."""

    def __init__(self, message: str, *, reason: str = "") -> None:
        super().__init__(message)
        self.reason = reason


class SignatureError(WebhookError):
    """A callback whose signature is missing or wrong."""


class PayloadError(WebhookError):
    """A callback that is signed and yet cannot be read."""
