"""What costs money: asking before it is sent, telling what became of it, and what a Ctrl-C leaves open."""

from __future__ import annotations

import asyncio
import signal
import sys
import threading
from collections.abc import Awaitable, Callable, Coroutine, Generator, Sequence
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, TypeVar

import attrs

from ..bulk import Outcome, Refused, Unknown
from ..models import ActiveNumber
from .exits import Exit, Stop, status_of
from .output import NUMBERS, Format, discard_stdout, note, print_all
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
            with _ended_by_ctrl_c_only():
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
        for number in done:
            note(f"{number.phone_number} was {verb} all the same")
        _print(verb, done, form)
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
    done: list[ActiveNumber] = []
    statuses: list[Exit] = []
    for outcome in outcomes:
        if isinstance(outcome, Refused):
            note(f"not {verb}: {outcome.phone_number or 'a number'}: {outcome.error}")
            statuses.append(status_of(outcome.error))
        elif isinstance(outcome, Unknown):
            note(f"perhaps {verb}: {outcome.phone_number or 'a number'}: {outcome.error}")
            statuses.append(Exit.UNKNOWN)
        else:
            done.append(outcome.number or ActiveNumber(phone_number=outcome.phone_number))
            statuses.append(Exit.DONE)
    _print(verb, done, form)
    if Exit.UNKNOWN in statuses:
        return Exit.UNKNOWN
    return statuses[0] if len(set(statuses)) == 1 else Exit.FAILED


def _print(verb: str, numbers: Sequence[ActiveNumber], form: Format) -> None:
    """Prints what was paid for, on stderr if nobody reads stdout or its disk is full: nobody may lose sight of it."""
    try:
        print_all(numbers, NUMBERS, form)
    except OSError:
        discard_stdout()
        for number in numbers:
            note(f"{verb}: {number.phone_number}")


def _interrupt(number: int, frame: FrameType | None) -> None:
    signal.raise_signal(signal.SIGINT)


@contextmanager
def _ended_by_ctrl_c_only() -> Generator[None]:
    """Treats a request to end, as of a supervisor or a terminal that is closed, like Ctrl-C."""
    before: dict[signal.Signals, Any] = {}
    if threading.current_thread() is threading.main_thread():
        for number in signal.valid_signals() & {getattr(signal, "SIGTERM", 0), getattr(signal, "SIGHUP", 0)}:
            if signal.getsignal(number) is not signal.SIG_IGN:  # as under nohup
                asked = signal.Signals(number)
                before[asked] = signal.signal(asked, _interrupt)
    try:
        yield
    finally:
        for asked, handler in before.items():
            signal.signal(asked, handler)
