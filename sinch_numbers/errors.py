"""Everything that the SDK raises.

    NumbersError
    ├── ConfigurationError              wrong or missing options or arguments, before anything is sent
    ├── APIConnectionError              no response: never sent, or lost on the way (`.sent` says which)
    │   └── APITimeoutError
    ├── APIStatusError                  a response with status 4xx or 5xx (or 3xx: redirects are not followed)
    │   ├── BadRequestError             400, with `field_violations`
    │   ├── AuthenticationError         401
    │   ├── PermissionDeniedError       403
    │   ├── NotFoundError               404
    │   ├── ConflictError               409
    │   ├── RateLimitError              429, with `retry_after`
    │   └── ServerError                 5xx
    ├── InvalidResponseError            a 2xx response that cannot be decoded
    ├── OutcomeUnknownError             a billable call that may or may not have been performed
    ├── NoOfferError                    no number on offer matches a purchase: nothing was bought
    ├── NumberTakenError                another purchase has the number: nothing was bought
    ├── BudgetExceededError             the budget does not cover a purchase: nothing was sent
    ├── PriceChangedError               an earlier purchase of the batch cost more than offered: nothing was sent
    ├── ProvisioningFailedError         the platform refused a configuration
    ├── WaitTimeoutError                a wait timed out; provisioning continues
    ├── PaginationError                 a listing cannot continue; `cursor` says where to resume
    ├── IncompleteListingError          some listings of `list_all(keep_going=True)` could not be read: `failures`
    ├── StoreError                      the store of a ledger failed or timed out
    └── WebhookError                    a callback that cannot be trusted
        ├── SignatureError              its signature is missing or wrong
        └── PayloadError                it is signed, but its payload cannot be decoded

All can be pickled, and rebuilt from their `args`, which are JSON values. None contains a secret: headers and bodies are redacted
first.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from . import _defaults
from ._error_fields import FieldViolation, ListingFailure, from_json, to_json
from ._redaction import plain
from .attempts import Attempt, Sent
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
    "IncompleteListingError",
    "InvalidResponseError",
    "ListingFailure",
    "NoOfferError",
    "NotFoundError",
    "NumberTakenError",
    "NumbersError",
    "OutcomeUnknownError",
    "PaginationError",
    "PayloadError",
    "PermissionDeniedError",
    "PriceChangedError",
    "ProvisioningFailedError",
    "RateLimitError",
    "ServerError",
    "SignatureError",
    "StoreError",
    "WaitTimeoutError",
    "WebhookError",
]

_NO_NUMBER = ActiveNumber(phone_number="")
_SHOWN_VIOLATIONS = 10
"""Number of field violations that the text of an error shows."""


Saved: TypeAlias = Mapping[str, Any] | None
"""The second of an error's `args`: its other fields as JSON values."""


class NumbersError(Exception):
    """The base class of all exceptions of the SDK. `str()` says what happened, to what, and what to do."""

    attempts: tuple[Attempt, ...] = ()
    """One `Attempt` for each exchange of the call, in order; empty if there was no exchange."""
    cursor: str | None = None
    """If a listing failed: leads to its first page that was not read. None if that is the first one of all."""

    def __init__(self, message: str, saved: Saved = None, /, *, attempts: tuple[Attempt, ...] = ()) -> None:
        # Subclasses set their fields before they call this, so that `saved` replaces their defaults.
        # The message may quote what the API or a store said. Errors are logged, one to a line.
        message = plain(message, _defaults.MESSAGE_LIMIT)
        super().__init__(message)
        self.message = message
        self.attempts = attempts
        self.__dict__.update(from_json(saved))

    if not TYPE_CHECKING:  # For type checkers, an exception's `args` are a plain attribute.

        @property
        def args(self) -> tuple[str, dict[str, Any]]:
            """The message, and all other fields as JSON values: `type(error)(*error.args)` is the same error."""
            fields = {name: value for name, value in vars(self).items() if name != "message"}
            return self.message, to_json(fields)

    def __str__(self) -> str:
        return self.message

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (type(self), self.message, self.__dict__)


def _restore(cls: type[NumbersError], message: str, state: dict[str, Any]) -> NumbersError:
    error = cls.__new__(cls, message)
    error.__dict__.update(state)
    return error


class ConfigurationError(NumbersError, ValueError):
    """Wrong or missing options or arguments. Nothing was sent."""


class _ExchangeError(NumbersError):
    """A failed exchange with the API. `method` and `url` identify it."""

    _url_option: str = "base_url"
    """The option that says where the request goes."""

    def __init__(
        self,
        message: str,
        saved: Saved = None,
        /,
        *,
        method: str = "",
        url: str = "",
        attempts: tuple[Attempt, ...] = (),
    ) -> None:
        self.method = method
        self.url = url
        super().__init__(message, saved, attempts=attempts)

    def _about(self) -> str:
        target = f"{self.method} {self.url}".strip()
        tries = f", after {len(self.attempts)} attempts" if len(self.attempts) > 1 else ""
        return f" ({target}{tries})" if target else ""

    def _advice(self) -> str:
        return ""

    def __str__(self) -> str:
        return f"{self.message}{self._about()}{self._advice()}"


def name_auth_url(error: NumbersError) -> None:
    """Makes an error of the token request tell to check `auth_url`, not `base_url`."""
    if isinstance(error, _ExchangeError):
        error._url_option = "auth_url"  # pyright: ignore[reportPrivateUsage]


class APIConnectionError(_ExchangeError):
    """No complete response arrived. `sent` says whether the request can have had an effect."""

    sent: Sent

    def __init__(
        self,
        message: str,
        saved: Saved = None,
        /,
        *,
        sent: Sent = Sent.UNKNOWN,
        method: str = "",
        url: str = "",
        attempts: tuple[Attempt, ...] = (),
    ) -> None:
        self.sent = sent
        super().__init__(message, saved, method=method, url=url, attempts=attempts)

    def _advice(self) -> str:
        if self.sent is Sent.NEVER:
            # Without a URL, the client was closed before there was a request.
            check = f": check the network and `{self._url_option}`" if self.url else ""
            return f"; the request was not sent{check}"
        if self.sent is Sent.ARRIVED:
            return "; the request arrived"
        return "; the request may have arrived"


class APITimeoutError(APIConnectionError):
    """No complete response arrived in time. `sent` says whether the request can have had an effect."""


class APIStatusError(_ExchangeError):
    """A response whose status is not 2xx. The class depends on the HTTP status alone, never on the body."""

    _hint: ClassVar[str] = ""

    def __init__(
        self,
        message: str,
        saved: Saved = None,
        /,
        *,
        status_code: int = 0,
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
        self.status_code = status_code
        self.status = status
        """The API's name of the status, such as `NOT_FOUND`; empty if the body has none."""
        self.field_violations = field_violations
        self.details = details
        self.request_id = request_id
        self.retry_after = retry_after
        """Seconds until the server accepts another call, or None if it does not say."""
        self.headers: Mapping[str, str] = dict(headers or {})
        self.body = body
        super().__init__(message, saved, method=method, url=url, attempts=attempts)

    def __str__(self) -> str:
        word = f"{self.status_code or ''} {self.status}".strip()  # 0 if it was rebuilt from its message alone
        text = ": ".join(filter(None, (word, self.message)))
        for violation in self.field_violations[:_SHOWN_VIOLATIONS]:
            text += f"; {violation.field}: {violation.description}"
        if (more := len(self.field_violations) - _SHOWN_VIOLATIONS) > 0:
            text += f"; and {more} more"
        if self.request_id:
            text += f" [request id {self.request_id}]"
        return f"{text}{self._about()}{self._advice()}"

    def _advice(self) -> str:
        if not self._hint and self._url_option == "auth_url":
            return "; check `auth_url`, key_id and key_secret"
        return f"; {self._hint}" if self._hint else ""


class BadRequestError(APIStatusError):
    """400: the API refused an argument. `field_violations` says which, if the API does."""


class AuthenticationError(APIStatusError):
    """401: the key, the secret or the token is not accepted."""

    _hint = "check key_id and key_secret"


class PermissionDeniedError(APIStatusError):
    """403: the key does not have permission for the operation in this project."""

    _hint = "check that the key belongs to the project and that the account may do this"


class NotFoundError(APIStatusError):
    """404: there is no such number, project or configuration. After a rent: somebody else has the number."""


class ConflictError(APIStatusError):
    """409: the state of the resource does not allow the operation."""


class RateLimitError(APIStatusError):
    """429: too many requests. `retry_after` is in seconds, or None if the server does not say."""

    _hint = "slow down, or raise RetryPolicy(max_attempts=...)"


class ServerError(APIStatusError):
    """5xx: the API failed."""

    _hint = "the API failed; try again later"


class InvalidResponseError(_ExchangeError):
    """A 2xx response whose body cannot be decoded, such as a proxy's HTML page."""

    def __init__(
        self,
        message: str,
        saved: Saved = None,
        /,
        *,
        status_code: int = 0,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        request_id: str | None = None,
        method: str = "",
        url: str = "",
        attempts: tuple[Attempt, ...] = (),
    ) -> None:
        self.status_code = status_code
        self.body = body
        self.headers: Mapping[str, str] = dict(headers or {})
        self.request_id = request_id
        super().__init__(message, saved, method=method, url=url, attempts=attempts)

    def _advice(self) -> str:
        return f"; check `{self._url_option}`, and whether a proxy replaced the API's response"


class OutcomeUnknownError(NumbersError):
    """A billable call that may or may not have been performed, and asking the API did not settle it.

    `operation` is the API's name of the operation, and `phone_number` its number (None if the call names none). Check
    `active_numbers` before you call again: a number that was rented appears there. The error of the exchange, if there
    is one, is `__cause__`.
    """

    def __init__(
        self,
        message: str,
        saved: Saved = None,
        /,
        *,
        operation: str = "",
        phone_number: str | None = None,
        attempts: tuple[Attempt, ...] = (),
    ) -> None:
        self.operation = operation
        self.phone_number = phone_number
        super().__init__(message, saved, attempts=attempts)


class NoOfferError(NumbersError):
    """No number on offer matches, or all that match were tried already. Nothing was bought."""


class NumberTakenError(NumbersError):
    """Another purchase of the same client, ledger or project has the number, or may have it. This one bought nothing.

    `owner` says who bought it, as the ledger does: host, process id and a random part. `since` is when it was bought, or
    when its purchase began. Each is None if it is not known.
    """

    def __init__(
        self, message: str, saved: Saved = None, /, *, owner: str | None = None, since: datetime | None = None
    ) -> None:
        self.owner = owner
        self.since = since
        super().__init__(message, saved)


class PriceChangedError(NumbersError):
    """An earlier purchase of the batch, of `phone_number`, was charged more than its offer said. Nothing was sent.

    `offered` and `charged` are amounts in `offered_currency` and `charged_currency` (ISO 4217).
    """

    def __init__(
        self,
        message: str,
        saved: Saved = None,
        /,
        *,
        phone_number: str = "",
        offered: Decimal = Decimal(0),
        charged: Decimal = Decimal(0),
        offered_currency: str = "",
        charged_currency: str = "",
    ) -> None:
        self.phone_number = phone_number
        self.offered = offered
        self.charged = charged
        self.offered_currency = offered_currency
        self.charged_currency = charged_currency
        super().__init__(message, saved)


class BudgetExceededError(NumbersError):
    """The budget does not cover a purchase. Nothing was sent.

    `price` is in the currency of the number, `remaining` in that of the budget. Each is None if it is not known, or if the
    limit is a number of numbers.
    """

    def __init__(
        self,
        message: str,
        saved: Saved = None,
        /,
        *,
        price: Decimal | None = None,
        remaining: Decimal | None = None,
    ) -> None:
        self.price = price
        self.remaining = remaining
        super().__init__(message, saved)


class ProvisioningFailedError(NumbersError):
    """The platform refused a configuration. `number` is the number's current state; `error_codes` are the reasons."""

    def __init__(
        self,
        message: str,
        saved: Saved = None,
        /,
        *,
        number: ActiveNumber = _NO_NUMBER,
        error_codes: tuple[str, ...] = (),
    ) -> None:
        self.number = number
        self.error_codes = error_codes
        super().__init__(message, saved)


class WaitTimeoutError(NumbersError, TimeoutError):
    """A wait timed out. `pending` are the numbers that are not provisioned yet. The API continues to provision them.

    `number` is the number as last seen, if it was the only one.
    """

    def __init__(
        self,
        message: str,
        saved: Saved = None,
        /,
        *,
        number: ActiveNumber | None = None,
        pending: tuple[str, ...] = (),
    ) -> None:
        self.number = number
        self.pending = pending
        super().__init__(message, saved)


class PaginationError(NumbersError):
    """A listing cannot continue. `cursor` leads to the first page that was not read."""

    def __init__(self, message: str, saved: Saved = None, /, *, cursor: str | None = None) -> None:
        self.cursor = cursor
        super().__init__(message, saved)


class IncompleteListingError(NumbersError):
    """Some listings of `list_all(keep_going=True)` could not be read to their end; the others were. `failures` has each."""

    def __init__(
        self, message: str, saved: Saved = None, /, *, failures: tuple[ListingFailure, ...] = ()
    ) -> None:
        self.failures = failures
        super().__init__(message, saved)


class StoreError(NumbersError):
    """The store of a ledger failed or timed out. `sent` says whether the request of the purchase was sent.

    The store's exception, if it raised one, is `__cause__`. A token store that fails does not raise: its error is logged,
    and the client requests a token.
    """

    def __init__(
        self,
        message: str,
        saved: Saved = None,
        /,
        *,
        sent: Sent = Sent.NEVER,
        attempts: tuple[Attempt, ...] = (),
    ) -> None:
        self.sent = sent
        super().__init__(message, saved, attempts=attempts)


class WebhookError(NumbersError):
    """A callback that cannot be trusted, or cannot be read; `reason` says why in a word or two."""

    def __init__(self, message: str, saved: Saved = None, /, *, reason: str = "") -> None:
        self.reason = reason
        super().__init__(message, saved)


class SignatureError(WebhookError):
    """A callback whose signature is missing or wrong."""


class PayloadError(WebhookError):
    """A callback that is signed, but whose payload cannot be decoded."""
