"""`sinch-numbers ledger`: what was bought, and what became of it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import attrs
from cyclopts import App, Parameter

from .exits import Exit, Stop
from .options import Csv, Json
from .output import Columns, Format, chosen, note, print_all
from .session import connected, ledger_in

if TYPE_CHECKING:
    from ..purchasing.entries import Entry

ledger: App = App(name="ledger", help="Purchases and releases that a ledger has recorded.")

File = Annotated[
    Path,
    Parameter(name="--ledger", env_var="SINCH_NUMBERS_LEDGER", help="The file of the ledger. It must exist."),
]


@attrs.frozen
class Line:
    """An entry as it is printed."""

    entry: Entry

    @property
    def price(self) -> str:
        return "" if self.entry.price is None else str(self.entry.price)

    def to_dict(self) -> dict[str, Any]:
        """The entry, with times in ISO 8601."""
        entry = self.entry
        return {
            "key": entry.key,
            "operation": entry.operation,
            "phoneNumber": entry.phone_number,
            "state": str(entry.state),
            "batch": entry.batch or None,
            "price": None if entry.price is None else str(entry.price.amount),
            "currencyCode": None if entry.price is None else entry.price.currency_code,
            "beganAt": _moment(entry.began_at),
            "settledAt": _moment(entry.settled_at) if entry.is_settled and entry.settled_at else None,
            "detail": entry.detail,
        }


def _moment(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"


COLUMNS: Columns[Line] = {
    "BEGAN": lambda line: _moment(line.entry.began_at),
    "OPERATION": lambda line: line.entry.operation,
    "NUMBER": lambda line: line.entry.phone_number or "",
    "STATE": lambda line: str(line.entry.state),
    "PRICE": lambda line: line.price,
    "BATCH": lambda line: line.entry.batch,
    "DETAIL": lambda line: line.entry.detail,
}


@ledger.command(name="list")
async def list_(
    *,
    file: File,
    batch: str | None = None,
    open_: Annotated[bool, Parameter(name="--open", negative="")] = False,
    json: Json = False,
    csv: Csv = False,
) -> int:
    """List the entries. It asks nobody, and changes nothing.

    Args:
        batch: Only those of this batch.
        open_: Only those whose outcome is not known yet.
    """
    form = chosen(as_json=json, as_csv=csv)
    async with ledger_in(_existing(file)) as opened:
        entries = [entry async for entry in opened.each(batch=batch) if not (open_ and entry.is_settled)]
    _print(entries, form)
    return Exit.DONE


@ledger.command
async def resume(
    *, file: File, wait: Annotated[bool, Parameter(negative="--no-wait")] = True, json: Json = False
) -> int:
    """Ask the API what became of open purchases, and write it down. It buys nothing.

    Args:
        wait: Also settle what a process left under way, which takes about 33 seconds: it may still be alive.
    """
    form = chosen(as_json=json)
    async with ledger_in(_existing(file)) as opened, connected(ledger=opened) as client:
        entries = await client.resume_purchases(wait=wait)
    _print(entries, form)
    unsettled = sum(not entry.is_settled for entry in entries)
    if unsettled:
        note(f"{unsettled} still open: call again later")
        return Exit.UNKNOWN
    return Exit.DONE


def _print(entries: list[Entry], form: Format) -> None:
    print_all([Line(entry) for entry in entries], COLUMNS, form)


def _existing(file: Path) -> Path:
    """The file, which must be there: a ledger that is misspelt would look empty."""
    if not file.is_file():
        raise Stop(f"there is no ledger {file}", Exit.USAGE)
    return file
