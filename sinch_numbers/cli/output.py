"""Tables for people on a terminal; lines, CSV and JSON for programs in a pipe."""

from __future__ import annotations

import contextlib
import csv
import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Generic, Literal, Protocol, TypeAlias, TypeVar

from .. import voice
from .._redaction import plain
from .exits import Exit, Stop

if TYPE_CHECKING:
    from datetime import datetime

    from ..models import ActiveNumber, AvailableNumber, AvailableRegion, Money


class _Model(Protocol):
    def to_dict(self) -> dict[str, Any]: ...


T = TypeVar("T", bound=_Model)
Format: TypeAlias = Literal["table", "lines", "csv", "json"]
Columns: TypeAlias = Mapping[str, Callable[[T], str]]
"""The columns of a table by their headings, each with what it shows of an item."""


def note(text: str) -> None:
    """Tells a person something, on stderr: stdout is for what was asked for."""
    print(plain(text, 10_000), file=sys.stderr, flush=True)


def discard_stdout() -> None:
    """Throws away what stdout still holds, after its reader has gone: Python flushes it at its end, and would complain."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def is_watched() -> bool:
    """Whether a person sees stderr, so that progress is worth showing. It would be mixed with lines on the same terminal."""
    return sys.stderr.isatty()


def chosen(*, as_json: bool, as_csv: bool = False) -> Format:
    """The format that the options ask for; otherwise a table on a terminal, and lines with tabs in a pipe."""
    if as_json and as_csv:
        raise Stop("--json and --csv exclude each other", Exit.USAGE)
    if as_json:
        return "json"
    if as_csv:
        return "csv"
    return "table" if sys.stdout.isatty() else "lines"


class Printer(Generic[T]):
    """Prints items one after the other. A table is printed by `close`, once its widths are known."""

    def __init__(self, columns: Columns[T], form: Format) -> None:
        self.form: Format = form
        self._columns = columns
        self._rows: list[Sequence[str]] = []
        self._csv = csv.writer(sys.stdout, lineterminator="\n")
        if form == "csv":
            self._csv.writerow([heading.lower().replace(" ", "_") for heading in columns])

    def add(self, item: T) -> None:
        """Prints an item, or keeps it for the table."""
        if self.form == "json":
            print(json.dumps(item.to_dict(), sort_keys=True))
            return
        # What the API or a user named may hold newlines, or sequences that a terminal would obey.
        row = [plain(show(item)) for show in self._columns.values()]
        if self.form == "csv":
            self._csv.writerow(row)
        elif self.form == "lines":
            print("\t".join(row))
        else:
            self._rows.append(row)

    def close(self) -> None:
        """Prints the table, if it is one."""
        if self._rows:
            print_table([*self._columns], self._rows)
        elif self.form == "table":
            note("nothing to show")
        sys.stdout.flush()


def print_all(items: Iterable[T], columns: Columns[T], form: Format) -> None:
    """Prints all items."""
    printer = Printer(columns, form)
    for item in items:
        printer.add(item)
    printer.close()


_FOLDED = {"NAME", "CAPABILITIES", "TYPES", "VOICE", "SMS", "DETAIL", ""}
"""The columns that may take several lines in a terminal that is too narrow. A number is never cut."""


def print_table(headings: Sequence[str], rows: Sequence[Sequence[str]], *, on_stderr: bool = False) -> None:
    """Prints a table without lines, and without the columns that are empty in all rows."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    used = [column for column in range(len(headings)) if any(row[column] for row in rows)]
    for column in used:
        table.add_column(headings[column], no_wrap=headings[column] not in _FOLDED, overflow="fold")
    for row in rows:
        table.add_row(*[Text(row[column]) for column in used])
    Console(stderr=on_stderr, highlight=False).print(table)


def money(amount: Money | None) -> str:
    """An amount with its currency; empty if there is none."""
    if amount is None or amount.amount is None:
        return ""
    return f"{amount.amount} {amount.currency_code or ''}".rstrip()


def day(moment: datetime | None) -> str:
    """A date; empty if there is none."""
    return f"{moment:%Y-%m-%d}" if moment is not None else ""


def _voice(number: ActiveNumber) -> str:
    current, coming = voice.current(number), voice.pending(number)
    linked = "" if current is None else _link(current)
    waits = "" if coming is None else f"({_link(coming)} {str(coming.status or 'waiting').lower()})"
    return " ".join(filter(None, (linked, waits)))


def _link(configuration: Any) -> str:
    """The product and its id: `EST trunk-berlin`."""
    ids = (getattr(configuration, name, None) for name in ("app_id", "trunk_id", "service_id"))
    return " ".join(filter(None, (str(configuration.type or "RTC"), next(filter(None, ids), ""))))


def _sms(number: ActiveNumber) -> str:
    messages = number.sms_configuration
    if messages is None:
        return ""
    linked = " ".join(filter(None, (messages.service_plan_id, messages.campaign_id)))
    coming = messages.scheduled_provisioning
    if coming is None:
        return linked
    state = f"{coming.service_plan_id or 'unlinking'} {str(coming.status or 'waiting').lower()}"
    return f"{linked} ({state})".strip()


REGIONS: Columns[AvailableRegion] = {
    "REGION": lambda region: region.region_code or "",
    "NAME": lambda region: region.region_name or "",
    "TYPES": lambda region: " ".join(region.types),
}
OFFERS: Columns[AvailableNumber] = {
    "NUMBER": lambda offer: offer.phone_number,
    "REGION": lambda offer: offer.region_code or "",
    "TYPE": lambda offer: offer.type or "",
    "CAPABILITIES": lambda offer: " ".join(offer.capability),
    "SETUP": lambda offer: money(offer.setup_price),
    "MONTHLY": lambda offer: money(offer.monthly_price),
    "MONTHS": lambda offer: str(offer.payment_interval_months or ""),
}
NUMBERS: Columns[ActiveNumber] = {
    "NUMBER": lambda number: number.phone_number,
    "REGION": lambda number: number.region_code or "",
    "TYPE": lambda number: number.type or "",
    "NAME": lambda number: number.display_name or "",
    "CAPABILITIES": lambda number: " ".join(number.capability),
    "VOICE": _voice,
    "SMS": _sms,
    "MONTHLY": lambda number: money(number.money),
    "NEXT CHARGE": lambda number: day(number.next_charge_date),
    "EXPIRES": lambda number: day(number.expire_at),
}
