"""Each cell of the matrix keeps the promises: every charge is reported, no number is charged twice, no outcome is wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from sinch_numbers import Transport
from sinch_numbers.transports.aiohttp import AiohttpTransport
from sinch_numbers.transports.httpx2 import Httpx2Transport

from .matrix import CIRCUMSTANCES, FAULTS, OPERATIONS, Cell, run_matrix, table

pytestmark = pytest.mark.slow

Key = tuple[str, str, str]

KEYS: list[Key] = [
    (fault, operation, often) for operation in OPERATIONS for fault in FAULTS for often in ("once", "always")
] + [(circumstance, operation, "once") for operation in OPERATIONS for circumstance in CIRCUMSTANCES]

DOCUMENT = Path(__file__).parents[2] / "docs" / "money-safety.md"


@pytest.fixture(scope="module")
def cells() -> dict[Key, Cell]:
    return asyncio.run(run_matrix())


def name(key: Key) -> str:
    return " - ".join(key)


@pytest.mark.parametrize("key", KEYS, ids=name)
def test_what_the_caller_gets_is_the_truth(cells: dict[Key, Cell], key: Key) -> None:
    cell = cells[key]
    if cell.told == OPERATIONS[key[1]].success:
        assert cell.effect
        assert cell.told_number_is_active
    elif cell.told == "refused" and not (key[0].startswith("repeated") and key[1] == "update"):
        # An update whose copy is refused costs nothing, and its caller may repeat it.
        assert not cell.effect


@pytest.mark.parametrize("key", KEYS, ids=name)
def test_there_are_no_more_charges_than_were_reported_to_the_caller(cells: dict[Key, Cell], key: Key) -> None:
    cell = cells[key]
    told = int(cell.told in {"rented", "unknown"} and key[1].startswith("rent"))
    if key[:2] == ("repeated by a gateway", "rent_any"):
        told = 2  # each copy buys a number of its own: docs/money-safety.md, "What no lease can do"
    assert cell.charges <= told
    assert not cell.charged_twice


@pytest.mark.parametrize("key", [key for key in KEYS if key[1] == "rent_any"], ids=name)
def test_rent_any_is_sent_again_only_if_it_surely_was_not_processed(cells: dict[Key, Cell], key: Key) -> None:
    fault = key[0]
    may_repeat = fault.startswith(("429", "401"))
    assert cells[key].requests <= (3 if may_repeat else 1)


@pytest.mark.parametrize("operation", ["rent", "rent_first", "release"])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_that_strikes_once_costs_the_caller_nothing(
    cells: dict[Key, Cell], fault: str, operation: str
) -> None:
    assert cells[fault, operation, "once"].told == OPERATIONS[operation].success


@pytest.mark.parametrize("operation", [name for name in OPERATIONS if name != "update"])
@pytest.mark.parametrize("circumstance", ["cancelled before commit", "cancelled after commit"])
def test_the_outcome_of_a_cancelled_billable_call_is_reported_as_an_orphan(
    cells: dict[Key, Cell], circumstance: str, operation: str
) -> None:
    cell = cells[circumstance, operation, "once"]
    assert cell.orphaned
    assert cell.told == OPERATIONS[operation].success


@pytest.mark.parametrize("make", [Httpx2Transport, AiohttpTransport])
async def test_every_cell_is_the_same_on_the_other_transports(
    cells: dict[Key, Cell], make: Callable[[], Transport]
) -> None:
    others = await run_matrix(make)

    assert others.keys() == cells.keys()
    assert {key: (cells[key], cell) for key, cell in others.items() if cell != cells[key]} == {}


@pytest.mark.parametrize("often", ["once", "always"])
def test_the_documentation_shows_the_measured_table(cells: dict[Key, Cell], often: str) -> None:
    assert table(cells, often) in DOCUMENT.read_text()
