"""Purchases whose caller was cancelled. Their outcome goes to the next call that orders the same, or to a hook.

The loop that everybody writes, a timeout around a purchase and the same purchase again, must not buy two numbers.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Callable, Hashable, Iterable

import attrs

from .. import _defaults
from .._generated.models import RentNumberRequest
from .._generated.types import json_body
from .._sending.tasks import TaskGroup, running_loop, shielded
from ..clock import Clock
from ..errors import NumbersError, OutcomeUnknownError
from ..models import ActiveNumber

logger: logging.Logger = logging.getLogger("sinch_numbers")


@attrs.frozen(kw_only=True)
class OrphanedPurchase:
    """The outcome of a billable call whose caller was cancelled: `number` if it succeeded, otherwise `error`.

    `operation` is the API's name, such as `RentNumber`. `phone_number` is None if the call names no number.
    """

    operation: str
    phone_number: str | None
    number: ActiveNumber | None = None
    error: NumbersError | None = None


Hook = Callable[[OrphanedPurchase], object]


@attrs.frozen
class Order:
    """What a call asked for: a named number, or any that matches `what`, with these configurations."""

    what: Hashable
    body: bytes
    """The body of a request for one number with these configurations."""
    names_number: bool = False


def order_for(what: Hashable, body: RentNumberRequest, *, names_number: bool = False) -> Order:
    """The order for a number, or for any number that matches `what`."""
    return Order(what, json_body(body.to_request()), names_number)


@attrs.define(eq=False)
class _Purchase:
    """A purchase that has outlived its caller."""

    orders: tuple[Order, ...]
    task: asyncio.Future[ActiveNumber]
    since: float
    waiting: int = 0
    """How many calls wait for its outcome, to adopt it."""
    unreported: Callable[[], None] | None = None
    """Reports the outcome, if none of the waiting calls adopts it."""


class Orphans:
    """The purchases of a client that have outlived their callers, until another call adopts them."""

    def __init__(self, clock: Clock, tasks: TaskGroup) -> None:
        self._clock = clock
        self._tasks = tasks
        self.purchases: list[_Purchase] = []
        """Those that no call has adopted yet: none at nearly all times."""

    def add(self, orders: Iterable[Order], task: asyncio.Future[ActiveNumber]) -> None:
        """Offers a purchase whose caller has just been cancelled to later calls with one of the same orders."""
        self._drop_old()
        orders = tuple(orders)
        if orders:
            self.purchases.append(_Purchase(orders, task, self._clock.monotonic()))

    def leave(self, orders: Iterable[Order], orphan: OrphanedPurchase, hook: Hook | None) -> None:
        """Reports an outcome that its caller did not get any more, and offers a number to later calls."""
        outcome: asyncio.Future[ActiveNumber] = asyncio.get_running_loop().create_future()
        if orphan.number is not None:
            outcome.set_result(orphan.number)
            self.add(orders, outcome)
        elif orphan.error is not None:
            outcome.set_exception(orphan.error)
            outcome.exception()  # retrieved, so that asyncio does not log it
            self.add(orders, outcome)
        self.finished(outcome, orphan, hook)

    async def adopt(self, order: Order) -> ActiveNumber | None:
        """The number that an abandoned purchase with the same order has bought. Waits for it if it is under way.

        None if there is none, or if it was refused. Raises OutcomeUnknownError if it ended without a clear outcome; but a
        call that names the number, and finds the outcome unclear, can finish the purchase itself: it gets None.
        """
        self._drop_old()
        for purchase in [*self.purchases]:
            if purchase in self.purchases and order in purchase.orders:
                number = await self._outcome(purchase, finishes=order.names_number)
                if number is not None:
                    return number
        return None

    def forget(self, number: ActiveNumber) -> None:
        """Forgets the purchase of a number that was released."""
        self.purchases = [
            purchase
            for purchase in self.purchases
            if not _succeeded(purchase.task) or purchase.task.result().phone_number != number.phone_number
        ]

    def finished(
        self, task: asyncio.Future[ActiveNumber], orphan: OrphanedPurchase, hook: Hook | None
    ) -> None:
        """Reports the outcome of an abandoned purchase, unless a call that waits for it adopts it."""
        purchase = next((purchase for purchase in self.purchases if purchase.task is task), None)
        if purchase is not None and purchase.waiting:
            purchase.unreported = lambda: self._report(purchase, orphan, hook)
        else:
            self._report(purchase, orphan, hook)

    def _report(self, purchase: _Purchase | None, orphan: OrphanedPurchase, hook: Hook | None) -> None:
        if purchase is not None and hook is not None:
            # The hook has it now. Only a call that names the number may still ask for it.
            purchase.orders = tuple(order for order in purchase.orders if order.names_number)
        self._tasks.start(
            report_orphan(orphan, hook),
            name=f"sinch-numbers orphan {orphan.phone_number or orphan.operation}",
        )

    async def _outcome(self, purchase: _Purchase, *, finishes: bool) -> ActiveNumber | None:
        """What a purchase bought, if it is this call's now. `finishes`: whether the call can finish an unclear one."""
        was_under_way = not purchase.task.done()
        adopted = False
        purchase.waiting += 1
        try:
            number = await shielded(purchase.task)
            adopted = purchase in self.purchases  # else another call was faster
            return number if adopted else None
        except OutcomeUnknownError:
            adopted = (was_under_way or not finishes) and purchase in self.purchases
            if adopted:
                raise
            return None
        except Exception:  # TaskClosed as well: it was refused, or the client is being closed
            return None
        finally:
            purchase.waiting -= 1
            if adopted:
                self.purchases.remove(purchase)
            elif purchase in self.purchases and not purchase.waiting and purchase.task.done():
                if purchase.unreported is not None:
                    purchase.unreported()
                    purchase.unreported = None
                if not _succeeded(purchase.task):
                    self.purchases.remove(purchase)

    def _drop_old(self) -> None:
        loop = running_loop()
        now = self._clock.monotonic()
        self.purchases = [
            purchase
            for purchase in self.purchases
            if purchase.task.get_loop() is loop and now - purchase.since <= _defaults.RETURNED_FOR
        ]


async def report_orphan(orphan: OrphanedPurchase, hook: Hook | None) -> None:
    """Logs an outcome whose caller was cancelled, and passes it to the hook `on_orphaned_purchase`."""
    what = orphan.phone_number or orphan.operation
    outcome = orphan.error if orphan.number is None else "succeeded"
    logger.warning("%s %s outlived its cancelled caller: %s", orphan.operation, what, outcome)
    if hook is None:
        return
    try:
        waiting = hook(orphan)
        if inspect.isawaitable(waiting):
            await waiting
    except Exception:
        logger.exception("on_orphaned_purchase raised")


def _succeeded(task: asyncio.Future[ActiveNumber]) -> bool:
    return task.done() and not task.cancelled() and task.exception() is None
