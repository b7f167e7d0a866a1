"""Every switch of the sandbox, with its default and its unit."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal

import attrs
from attrs import validators

_FLAG = validators.instance_of(bool)
_TEXT_OR_NONE = validators.optional(validators.instance_of(str))


def _seconds(_: object, attribute: attrs.Attribute[float], value: Any) -> None:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise TypeError(f"{attribute.name} has to be a number of seconds, not {value!r}")
    if not 0 <= value < float("inf"):
        raise ValueError(f"{attribute.name} has to be a finite number of seconds from 0 up, not {value!r}")


def _count(_: object, attribute: attrs.Attribute[int], value: Any) -> None:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{attribute.name} has to be a whole number, not {value!r}")
    if value < 1:
        raise ValueError(f"{attribute.name} has to be at least 1, not {value!r}")


def _credit(value: Any) -> Decimal | None:
    if value is None:
        return None
    amount = value if isinstance(value, Decimal) else Decimal(str(value))
    if not amount.is_finite():
        raise ValueError(f"credit has to be a finite amount, not {value!r}")
    return amount


@attrs.define(kw_only=True)
class SandboxOptions:
    """How the sandbox behaves where the API's users see different things, or want to.

    An option may be set at any time (`sandbox.options.trial = True`) and holds from then on. A value that makes no
    sense raises TypeError or ValueError.
    """

    key_id: str | None = attrs.field(default=None, validator=_TEXT_OR_NONE)
    """The only key that is accepted; None accepts any that is not empty."""
    key_secret: str | None = attrs.field(default=None, validator=_TEXT_OR_NONE, repr=False)
    """The only secret that is accepted; None accepts any that is not empty."""
    project_id: str | None = attrs.field(default=None, validator=_TEXT_OR_NONE)
    """The only project there is; None takes every project id for an existing one."""

    token_lifetime: int = attrs.field(default=3599, validator=_count)
    """Seconds until an access token expires."""
    token_rate_limit: bool = attrs.field(default=False, validator=_FLAG)
    """Whether the token endpoint has its bucket of 30 requests, refilled at 10 a second of virtual time."""
    unauthorized_form: int = attrs.field(default=1, validator=validators.in_((1, 2, 3, 4)))
    """Which of the four forms a 401 for an expired or unknown token takes; `revoke_tokens(form=...)` sets it."""

    trial: bool = attrs.field(default=False, validator=_FLAG)
    """Whether the account is a trial account, which may not rent: 403."""
    credit: Decimal | None = attrs.field(default=None, converter=_credit)
    """What each project can spend on renting, in each currency on its own; None for no limit.

    A rent beyond it is a 400. Monthly charges fall due regardless.
    """

    waiting_seconds: float = attrs.field(default=2.0, validator=_seconds)
    """Seconds that provisioning is WAITING before it is IN_PROGRESS."""
    provisioning_seconds: float = attrs.field(default=8.0, validator=_seconds)
    """Seconds that linking to a service plan or a voice application is IN_PROGRESS."""
    campaign_seconds: float = attrs.field(default=60.0, validator=_seconds)
    """Seconds that linking to a campaign is IN_PROGRESS. The API's campaigns may take 24 hours."""
    campaign_capacity: int = attrs.field(default=50, validator=_count)
    """Numbers that one campaign holds; one more fails with EXCEEDED_10DLC_LIMIT."""
    relink_allowed: bool = attrs.field(default=True, validator=_FLAG)
    """Whether a number may be linked to another service plan or campaign without being unlinked first.

    The API's documentation says no (a 400 here); the test server of the official SDKs accepts it.
    """
    visibility_delay: float = attrs.field(default=0.0, validator=_seconds)
    """Seconds after a rent during which getting and listing active numbers do not show the number yet."""

    end_of_listing: Literal["empty", "null", "absent"] = attrs.field(
        default="empty", validator=validators.in_(("empty", "null", "absent"))
    )
    """How the last page says so: `nextPageToken` as an empty string, as null, or left out."""
    missing_type: Literal["reject", "mobile"] = attrs.field(
        default="reject", validator=validators.in_(("reject", "mobile"))
    )
    """What listing active numbers without `type` does: a 400, or mobile numbers only, as older servers have it."""
    default_page_size: int = attrs.field(default=100, validator=_count)
    """Active numbers on a page where `pageSize` is absent or 0. The API publishes no figure."""
    max_page_size: int = attrs.field(default=1000, validator=_count)
    """Active numbers on a page, or available numbers in a search, at the most; asking for more gives as many."""
    max_body_bytes: int = attrs.field(default=1024 * 1024, validator=_count)
    """Bytes of a request's body; a longer one is a 413."""

    def update(self, changes: Mapping[str, Any]) -> None:
        """Sets the options that `changes` names; raises ValueError for a name that is none, before setting any."""
        known = {field.name for field in attrs.fields(type(self))}
        unknown = sorted(set(changes) - known)
        if unknown:
            raise ValueError(f"no such option: {', '.join(unknown)}; there are {', '.join(sorted(known))}")
        fresh = attrs.evolve(self, **changes)
        for name in changes:
            setattr(self, name, getattr(fresh, name))
