"""The options of the sandbox, with defaults and units."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal

import attrs
from attrs import validators

_FLAG = validators.instance_of(bool)
_TEXT_OR_NONE = validators.optional(validators.instance_of(str))


MAX_SECONDS = 366 * 24 * 3600
"""A year: no wait of a client or of the API is longer."""


def _seconds(_: object, attribute: attrs.Attribute[Any], value: Any) -> None:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise TypeError(f"{attribute.name} must be a number of seconds, not {value!r}")
    if not 0 <= value <= MAX_SECONDS:
        raise ValueError(f"{attribute.name} must be between 0 and {MAX_SECONDS:,} seconds, not {value!r}")


def _count(_: object, attribute: attrs.Attribute[Any], value: Any) -> None:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{attribute.name} must be a whole number, not {value!r}")
    if value < 1:
        raise ValueError(f"{attribute.name} must be at least 1, not {value!r}")


def _amount(value: Any) -> Decimal:
    amount = _credit(value)
    if amount is None:
        raise TypeError("surcharge must be an amount, not None")
    return amount


def _offset(_instance: object, attribute: attrs.Attribute[Any], value: Any) -> None:
    if not isinstance(value, int | float) or isinstance(value, bool) or not abs(value) < 1e9:
        raise ValueError(f"{attribute.name} must be a number of seconds, not {value!r}")


def _credit(value: Any) -> Decimal | None:
    if value is None:
        return None
    amount = value if isinstance(value, Decimal) else Decimal(str(value))
    if not amount.is_finite():
        raise ValueError(f"credit must be a finite amount, not {value!r}")
    return amount


def _listed(value: Any) -> Any:
    return value if isinstance(value, str) else tuple(value)


def _hosts(_instance: object, attribute: attrs.Attribute[Any], value: Any) -> None:
    if isinstance(value, str) or not all(isinstance(host, str) for host in value):
        raise TypeError(f"{attribute.name} must be a list of host names, not {value!r}")


@attrs.define(kw_only=True)
class SandboxOptions:
    """How the sandbox behaves, where accounts or versions of the API differ or a test needs something else.

    An option can be set at any time (`sandbox.options.trial = True`) and applies from then on. An invalid value raises
    TypeError, ValueError or, for `credit`, decimal.InvalidOperation.
    """

    key_id: str | None = attrs.field(default=None, validator=_TEXT_OR_NONE)
    """The only key accepted; None accepts any non-empty key."""
    key_secret: str | None = attrs.field(default=None, validator=_TEXT_OR_NONE, repr=False)
    """The only secret accepted; None accepts any non-empty secret."""
    project_id: str | None = attrs.field(default=None, validator=_TEXT_OR_NONE)
    """The only project that exists; with None, every project id exists."""

    token_lifetime: int = attrs.field(default=3599, validator=[_count, _seconds])
    """Seconds until an access token expires."""
    token_rate_limit: bool = attrs.field(default=False, validator=_FLAG)
    """Whether the token endpoint limits its rate: a bucket of 30 requests, refilled at 10 per second of virtual time."""
    unauthorized_form: int = attrs.field(default=1, validator=validators.in_((1, 2, 3, 4)))
    """The form of a 401 for an expired or unknown token, 1 to 4; `revoke_tokens(form=...)` sets it."""

    trial: bool = attrs.field(default=False, validator=_FLAG)
    """Whether the account is a trial account, which cannot rent numbers (403)."""
    credit: Decimal | None = attrs.field(default=None, converter=_credit)
    """The amount that each project can spend in each currency; None for no limit.

    Renting beyond it is a 400. Monthly charges count, but are never refused.
    """

    surcharge: Decimal = attrs.field(default=Decimal(0), converter=_amount)
    """How much more a rented number costs a month than its offer says."""
    date_offset: float = attrs.field(default=0.0, validator=_offset)
    """Seconds by which the `Date` of responses is ahead of the clock; negative: behind."""

    waiting_seconds: float = attrs.field(default=2.0, validator=_seconds)
    """Seconds that provisioning is WAITING before it is IN_PROGRESS."""
    provisioning_seconds: float = attrs.field(default=8.0, validator=_seconds)
    """Seconds that linking to a service plan or a voice application is IN_PROGRESS."""
    campaign_seconds: float = attrs.field(default=60.0, validator=_seconds)
    """Seconds that linking to a campaign is IN_PROGRESS. The API's campaigns may take 24 hours."""
    campaign_capacity: int = attrs.field(default=50, validator=_count)
    """The most numbers that one campaign can have; one more fails with EXCEEDED_10DLC_LIMIT."""
    relink_allowed: bool = attrs.field(default=True, validator=_FLAG)
    """Whether a number can be linked to another service plan or campaign without being unlinked first.

    The API's documentation says no (a 400 here); the test server of the official SDKs accepts it.
    """
    visibility_delay: float = attrs.field(default=0.0, validator=_seconds)
    """Seconds after renting in which getting and listing active numbers do not show the number yet."""

    end_of_listing: Literal["empty", "null", "absent"] = attrs.field(
        default="empty", validator=validators.in_(("empty", "null", "absent"))
    )
    """`nextPageToken` of the last page: an empty string, null, or left out."""
    missing_filters: Literal["any", "reject", "mobile"] = attrs.field(
        default="any", validator=validators.in_(("any", "reject", "mobile"))
    )
    """Listing active numbers without `regionCode` or `type`: of any region and type, as in production; a 400, as the
    given document says; or, without `type`, mobile numbers only and otherwise a 400, as on older servers."""
    missing_body: Literal["empty", "reject"] = attrs.field(
        default="empty", validator=validators.in_(("empty", "reject"))
    )
    """Renting without a body: the same as `{}`, or a 400. It is not known what the API does."""
    rent_us_local_only: bool = attrs.field(default=False, validator=_FLAG)
    """Whether renting any other number is a 400. The published document says so; the response is made up here."""
    default_page_size: int = attrs.field(default=100, validator=_count)
    """Active numbers on a page if `pageSize` is absent or 0. The API does not document its default."""
    max_page_size: int = attrs.field(default=1000, validator=_count)
    """The most active numbers on a page, or available numbers in a search; a larger request is cut to it."""
    callback_hosts: tuple[str, ...] = attrs.field(default=(), converter=_listed, validator=_hosts)
    """The hosts, besides this machine, that callbacks are sent to."""
    control_hosts: tuple[str, ...] = attrs.field(default=(), converter=_listed, validator=_hosts)
    """The host names, besides `localhost` and IP addresses, by which the control API can be reached."""
    max_body_bytes: int = attrs.field(default=1024 * 1024, validator=_count)
    """The most bytes in a request's body; a longer one is a 413."""
    request_timeout: float = attrs.field(default=30.0, validator=[_seconds, validators.gt(0)])
    """Real seconds that a client of a served sandbox has to send a whole request; after that it gets a 408."""

    def update(self, changes: Mapping[str, Any]) -> None:
        """Sets the options in `changes`. Raises for an invalid value, or ValueError for an unknown name, and sets none."""
        known = {field.name for field in attrs.fields(type(self))}
        unknown = sorted(set(changes) - known)
        if unknown:
            raise ValueError(f"unknown option: {', '.join(unknown)}; known: {', '.join(sorted(known))}")
        fresh = attrs.evolve(self, **changes)
        for name in changes:
            setattr(self, name, getattr(fresh, name))
