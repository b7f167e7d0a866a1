from __future__ import annotations

from pathlib import Path

import pytest

from sinch_numbers.cli.exits import Exit

from .driver import Cli

NUMBER = "+12025550134"


@pytest.fixture
def file(cli: Cli, tmp_path: Path) -> str:
    """A ledger with a purchase that succeeded and one whose outcome is not known."""
    path = str(tmp_path / "ledger.db")
    cli("rent", "+12025550135", "--yes", "--ledger", path)
    cli.sandbox.faults.add("drop_after_commit", operation="RentNumber")
    cli.sandbox.faults.add("status", operation="GetActiveNumber", status=503, times=None)
    assert cli("rent", NUMBER, "--yes", "--ledger", path).status == Exit.UNKNOWN
    cli.sandbox.faults.clear()
    return path


def test_list_shows_each_purchase_with_what_became_of_it(cli: Cli, file: str) -> None:
    asked = len(cli.sandbox.requests)
    ended = cli("ledger", "list", "--ledger", file)
    assert ended.status == Exit.DONE
    assert sorted(line.split("\t")[2:5] for line in ended.lines) == [
        [NUMBER, "unknown", "1.50 USD"],
        ["+12025550135", "rented", "1.50 USD"],
    ]
    [entry] = cli("ledger", "list", "--ledger", file, "--open", "--json").objects
    assert (entry["phoneNumber"], entry["settledAt"], entry["batch"]) == (NUMBER, None, None)
    assert entry["beganAt"].endswith("Z")
    assert len(cli.sandbox.requests) == asked


def test_resume_settles_what_is_open_and_buys_nothing(cli: Cli, file: str) -> None:
    ended = cli("ledger", "resume", "--ledger", file, "--no-wait")
    assert ended.status == Exit.DONE
    assert [line.split("\t")[2:4] for line in ended.lines] == [[NUMBER, "rented"]]
    assert cli("ledger", "list", "--ledger", file, "--open").lines == []
    assert sorted(cli.rented()) == [NUMBER, "+12025550135"]


def test_resume_that_leaves_something_open_says_so(cli: Cli, file: str) -> None:
    cli.sandbox.faults.add("status", operation="GetActiveNumber", status=503, times=None)
    ended = cli("ledger", "resume", "--ledger", file, "--no-wait")
    assert ended.status == Exit.UNKNOWN
    assert "1 still open" in ended.errors


@pytest.mark.parametrize("command", ["list", "resume"])
def test_a_ledger_that_does_not_exist_is_an_error_and_is_not_created(
    cli: Cli, command: str, tmp_path: Path
) -> None:
    ended = cli("ledger", command, "--ledger", str(tmp_path / "misspelt.db"))
    assert ended.status == Exit.USAGE
    assert [*tmp_path.iterdir()] == []
    assert cli("ledger", command).status == Exit.USAGE


def test_a_file_that_is_no_ledger_is_an_error(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not a database, but long enough to be looked at" * 100)
    ended = cli("ledger", "list", "--ledger", str(tmp_path / "notes.txt"))
    assert ended.status in {Exit.USAGE, Exit.FAILED}
    assert "Traceback" not in ended.errors


def test_the_entries_of_one_batch_can_be_listed(cli: Cli, file: str) -> None:
    cli("rent", "--region", "US", "--type", "LOCAL", "-n", "2", "--yes", "--ledger", file, "--batch", "b")
    shown = cli("ledger", "list", "--ledger", file, "--batch", "b", "--json").objects
    assert [entry["batch"] for entry in shown] == ["b", "b"]
