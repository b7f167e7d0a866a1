"""What renting and releasing need in addition to sending: the budget, the ledger, and the locks of numbers."""

from __future__ import annotations

from collections.abc import Callable

import attrs

from .._sending.context import Context
from .budget import Budget
from .claims import Claims
from .ledger import PurchaseLedger
from .number_locks import NumberLocks
from .orphans import OrphanedPurchase, Orphans
from .prices import PriceDifference


@attrs.frozen(kw_only=True)
class PurchaseSettings:
    """How numbers are bought. `with_options` can change all of it."""

    budget: Budget | None
    ledger: PurchaseLedger | None
    on_orphaned_purchase: Callable[[OrphanedPurchase], object] | None
    on_price_difference: Callable[[PriceDifference], object] | None = None


@attrs.frozen(kw_only=True)
class PurchaseContext(Context):
    """The context of all resources of a client. Only those that buy or release use its purchasing part."""

    purchases: PurchaseSettings
    number_locks: NumberLocks
    orphans: Orphans
    claims: Claims | None = attrs.field(
        init=False,
        default=attrs.Factory(
            lambda self: None if self.purchases.ledger is None else self.purchases.ledger._claims,
            takes_self=True,
        ),
    )
    """The entries of the client's ledger, or None if it has none."""

    def is_settled(self, absent_since: float | None, api_time: float | None) -> bool:
        """Whether a purchase that the API has not shown since `absent_since` can no longer be under way.

        Both times are in seconds since the epoch, by the API's own clock; None if the API did not send one.
        """
        if self.claims is None or absent_since is None or api_time is None:
            return False
        return api_time - absent_since >= self.claims.settle_after
