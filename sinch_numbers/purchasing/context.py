"""What renting and releasing need beyond sending: the budget, the ledger, and which numbers are being rented."""

from __future__ import annotations

from collections.abc import Callable

import attrs

from .._sending.context import Context
from ..errors import NumbersError
from ..models import ActiveNumber
from .budget import Budget
from .claims import Claims
from .ledger import PurchaseLedger
from .number_locks import NumberLocks


@attrs.frozen(kw_only=True)
class OrphanedPurchase:
    """The outcome of a billable call, alone or in a `rent_many`, whose caller has gone: `number` on success, else `error`."""

    operation: str
    phone_number: str | None
    number: ActiveNumber | None = None
    error: NumbersError | None = None


@attrs.frozen(kw_only=True)
class PurchaseSettings:
    """What `with_options` can change of how numbers are bought."""

    budget: Budget | None
    ledger: PurchaseLedger | None
    on_orphaned_purchase: Callable[[OrphanedPurchase], object] | None


@attrs.frozen(kw_only=True)
class PurchaseContext(Context):
    """The context of a client's resources; those that buy use all of it."""

    purchases: PurchaseSettings
    number_locks: NumberLocks

    @property
    def claims(self) -> Claims | None:
        """The entries of the client's ledger, if it has one."""
        return None if self.purchases.ledger is None else self.purchases.ledger._claims

    def is_settled(self, absent_since: float | None, api_time: float | None) -> bool:
        """Whether a purchase that did not show since then cannot be under way any more, by the API's own clock."""
        if self.claims is None or absent_since is None or api_time is None:
            return False
        return api_time - absent_since >= self.claims.settle_after
