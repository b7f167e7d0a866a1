"""What costs money: asking before it is sent, telling what became of it, and what a Ctrl-C leaves open."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Coroutine, Generator, Sequence
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import attrs

from ..bulk import Outcome, Refused, Unknown
from ..models import ActiveNumber
from .exits import Exit, Stop, status_of
from .output import NUMBERS, Format, Printer, note
from .session import connected, ledger_in

if TYPE_CHECKING:
    from ..client import NumbersClient
    from ..purchasing.ledger import PurchaseLedger
    from ..purchasing.orphans import OrphanedPurchase

T = TypeVar("T")


def ask(question: str) -> None:
    """Returns if a person on a terminal says yes; otherwise raises Stop."""
    if not sys.stdin.isatty():
        raise Stop(
            f"nothing was changed: there is no terminal to ask on, and no --yes: {question}", Exit.DECLINED
        )
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
        raise Stop("nothing was changed", Exit.DECLINED)


@attrs.define(eq=False)
class Session:
    """A client whose calls are made between questions. A question is asked while no event loop runs, so that Ctrl-C ends it."""

    client: NumbersClient
    ledger: PurchaseLedger | None
    orphans: list[OrphanedPurchase]
    _runner: asyncio.Runner

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of `work`."""
        return self._runner.run(work)

    def bill(
        self,
        verb: str,
        numbers: Sequence[str],
        work: Callable[[], Awaitable[Sequence[Outcome]]],
        form: Format,
    ) -> Exit:
        """Runs billable calls, and prints what became of them, also after a Ctrl-C. `verb` is `rented` or `released`."""
        try:
            return self.run(self._bill(verb, numbers, work, form))
        except KeyboardInterrupt:
            # The second one: nobody waited for the outcome.
            raise Stop(
                f"it is not known what was {verb}. Look with: sinch-numbers get {' '.join(numbers[:1]) or 'NUMBER'}",
                Exit.UNKNOWN,
            ) from None

    async def _bill(
        self,
        verb: str,
        numbers: Sequence[str],
        work: Callable[[], Awaitable[Sequence[Outcome]]],
        form: Format,
    ) -> Exit:
        try:
            outcomes = await work()
        except asyncio.CancelledError:
            note("interrupted: waiting for the response to what was sent; Ctrl-C again leaves that unknown")
            await self.client.aclose()
            return self._tell_orphans(verb, len(numbers), form)
        return tell(verb, outcomes, form)

    def _tell_orphans(self, verb: str, wanted: int, form: Format) -> Exit:
        done = [orphan.number for orphan in self.orphans if orphan.number is not None]
        printer = Printer(NUMBERS, form)
        for number in done:
            printer.add(number)
            note(f"{number.phone_number} was {verb} all the same")
        printer.close()
        errors = [orphan.error for orphan in self.orphans if orphan.error is not None]
        for error in errors:
            note(str(error))
        if any(status_of(error) is Exit.UNKNOWN for error in errors):
            return Exit.UNKNOWN
        if not done:
            note(f"nothing was {verb}")
            return Exit.INTERRUPTED
        return Exit.DONE if len(done) == wanted else Exit.FAILED


@contextmanager
def session(*, ledger: Path | None = None) -> Generator[Session]:
    """A session with the project in the environment."""
    orphans: list[OrphanedPurchase] = []
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        record = runner.run(stack.enter_async_context(ledger_in(ledger))) if ledger is not None else None
        opening = connected(ledger=record, on_orphaned_purchase=orphans.append)
        try:
            yield Session(runner.run(stack.enter_async_context(opening)), record, orphans, runner)
        except Stop as stop:
            if (
                stop.status is not Exit.UNKNOWN
            ):  # Otherwise closing would wait once more for what nobody waits for.
                runner.run(stack.aclose())
            raise
        except BaseException:
            runner.run(stack.aclose())
            raise
        runner.run(stack.aclose())


def tell(verb: str, outcomes: Sequence[Outcome], form: Format) -> Exit:
    """Prints the numbers that succeeded, and on stderr what became of the others."""
    printer = Printer(NUMBERS, form)
    statuses: list[Exit] = []
    for outcome in outcomes:
        if isinstance(outcome, Refused):
            note(f"not {verb}: {outcome.phone_number or 'a number'}: {outcome.error}")
            statuses.append(status_of(outcome.error))
        elif isinstance(outcome, Unknown):
            note(f"perhaps {verb}: {outcome.phone_number or 'a number'}: {outcome.error}")
            statuses.append(Exit.UNKNOWN)
        else:
            printer.add(outcome.number or ActiveNumber(phone_number=outcome.phone_number))
            statuses.append(Exit.DONE)
    printer.close()
    if Exit.UNKNOWN in statuses:
        return Exit.UNKNOWN
    return statuses[0] if len(set(statuses)) == 1 else Exit.FAILED
