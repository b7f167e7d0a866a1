"""What a Ctrl-C leaves of a purchase: the program runs against a served sandbox, and is interrupted."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

import pytest

from sinch_numbers import OutcomeUnknownError, Refused, Rented, Unknown
from sinch_numbers.cli.exits import Exit
from sinch_numbers.cli.purchases import tell
from sinch_numbers.errors import NoOfferError, NotFoundError
from sinch_numbers.sandbox import Sandbox

from .driver import US_LOCAL, Cli, ended, environment, run, started

NUMBER = "+12025550134"


async def interrupted(process: asyncio.subprocess.Process, name: signal.Signals = signal.SIGINT) -> None:
    """Sends a Ctrl-C or another signal, and waits until the program says that it waits."""
    process.send_signal(name)
    assert process.stderr is not None
    line = b""
    while b"interrupted: waiting" not in line:
        line = await asyncio.wait_for(process.stderr.readline(), 30)
        assert line


@pytest.mark.slow
@pytest.mark.parametrize("after_commit", [True, False])
async def test_a_ctrl_c_after_the_request_was_sent_tells_what_was_rented(
    sandbox: Sandbox, url: str, after_commit: bool
) -> None:
    held = sandbox.faults.hold("RentNumber", after_commit=after_commit)
    process = await started("rent", NUMBER, "--yes", variables=environment(url))
    await held.reached()
    await interrupted(process)
    held.release()
    end = await ended(process)
    assert end.status == Exit.DONE
    assert end.output.startswith(NUMBER)
    assert f"{NUMBER} was rented all the same" in end.errors
    assert len(sandbox.charges) == 1


@pytest.mark.slow
async def test_what_was_rented_after_a_ctrl_c_is_not_paid_again_by_the_same_command(
    sandbox: Sandbox, url: str, tmp_path: Path
) -> None:
    command = ("rent", NUMBER, "--yes", "--ledger", str(tmp_path / "ledger.db"))
    held = sandbox.faults.hold("RentNumber", after_commit=True)
    process = await started(*command, variables=environment(url))
    await held.reached()
    await interrupted(process)
    held.release()
    assert (await ended(process)).status == Exit.DONE
    again = await run(*command, url=url)
    assert (again.status, again.output.split("\t")[0]) == (Exit.DONE, NUMBER)
    assert len(sandbox.charges) == 1


@pytest.mark.slow
@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGHUP])
async def test_a_supervisor_that_ends_it_gets_to_know_what_was_rented(
    sandbox: Sandbox, url: str, name: signal.Signals
) -> None:
    held = sandbox.faults.hold("RentNumber", after_commit=True)
    # The tests may run under nohup, whose children ignore SIGHUP.
    before = signal.signal(name, signal.SIG_DFL)
    try:
        process = await started("rent", NUMBER, "--yes", variables=environment(url))
    finally:
        signal.signal(name, before)
    await held.reached()
    await interrupted(process, name)
    held.release()
    end = await ended(process)
    assert (end.status, end.output.split("\t")[0]) == (Exit.DONE, NUMBER)


@pytest.mark.slow
async def test_what_was_rented_is_told_on_stderr_if_stdout_takes_nothing(sandbox: Sandbox, url: str) -> None:
    # A disk that is full.
    with open("/dev/full", "w") as full:  # noqa: ASYNC230
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "sinch_numbers.cli", "rent", NUMBER, "--yes",
            env=environment(url), stdout=full, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        end = await ended(process)
    assert end.status == Exit.DONE
    assert f"rented: {NUMBER}\n" in end.errors
    assert "Traceback" not in end.errors


@pytest.mark.slow
async def test_a_ctrl_c_before_the_request_was_sent_rents_nothing(sandbox: Sandbox, url: str) -> None:
    held = sandbox.faults.hold("GetAvailableNumber", skip=1)  # the second look at the price, for the budget
    process = await started("rent", NUMBER, "--yes", variables=environment(url))
    await held.reached()
    await interrupted(process)
    held.release()
    end = await ended(process)
    assert (end.status, end.output) == (Exit.INTERRUPTED, "")
    assert "nothing was rented" in end.errors
    assert sandbox.charges == []


@pytest.mark.slow
async def test_a_ctrl_c_while_prices_are_read_ends_at_once(sandbox: Sandbox, url: str) -> None:
    held = sandbox.faults.hold("GetAvailableNumber")
    process = await started("rent", NUMBER, "--yes", variables=environment(url))
    await held.reached()
    process.send_signal(signal.SIGINT)
    end = await ended(process)
    assert (end.status, end.output, end.errors) == (Exit.INTERRUPTED, "", "sinch-numbers: interrupted\n")


@pytest.mark.slow
async def test_a_second_ctrl_c_leaves_the_outcome_unknown_and_says_so(
    sandbox: Sandbox, url: str, tmp_path: Path
) -> None:
    ledger = str(tmp_path / "ledger.db")
    held = sandbox.faults.hold("RentNumber", after_commit=True)
    process = await started("rent", NUMBER, "--yes", "--ledger", ledger, variables=environment(url))
    await held.reached()
    await interrupted(process)
    process.send_signal(signal.SIGINT)
    end = await ended(process)
    assert (end.status, end.output) == (Exit.UNKNOWN, "")
    assert f"not known what was rented. Look with: sinch-numbers get {NUMBER}" in end.errors
    assert "Traceback" not in end.errors
    held.release()
    listed = await run("ledger", "list", "--ledger", ledger, url=url)
    assert NUMBER in listed.output


@pytest.mark.slow
async def test_a_ctrl_c_during_a_batch_tells_of_each_number_that_was_rented(
    sandbox: Sandbox, url: str, tmp_path: Path
) -> None:
    order = ("rent", *US_LOCAL, "-n", "4", "--yes", "--ledger", str(tmp_path / "l.db"), "--batch", "stores")
    held = sandbox.faults.hold("RentNumber", skip=2, after_commit=True)
    process = await started(*order, variables=environment(url))
    await held.reached(2)
    await interrupted(process)
    held.release()
    end = await ended(process)
    assert end.status == Exit.DONE
    assert {line.split("\t")[0] for line in end.output.splitlines()} == {
        charge.phone_number for charge in sandbox.charges
    }
    assert len(sandbox.charges) == 4


@pytest.mark.slow
async def test_a_ctrl_c_during_a_release_tells_what_was_released(sandbox: Sandbox, url: str) -> None:
    sandbox.seed_active(numbers=[NUMBER], project_id="project")
    held = sandbox.faults.hold("ReleaseNumber", after_commit=True)
    process = await started("release", NUMBER, "--yes", variables=environment(url))
    await held.reached()
    await interrupted(process)
    held.release()
    end = await ended(process)
    assert end.status == Exit.DONE
    assert f"{NUMBER} was released all the same" in end.errors


@pytest.mark.slow
async def test_a_program_that_was_killed_has_left_its_purchase_in_the_ledger(
    sandbox: Sandbox, url: str, tmp_path: Path
) -> None:
    order = ("rent", NUMBER, "--yes", "--ledger", str(tmp_path / "l.db"))
    held = sandbox.faults.hold("RentNumber", after_commit=True)
    process = await started(*order, variables=environment(url))
    await held.reached()
    process.kill()
    await process.communicate()
    sandbox.faults.clear()
    listed = await run("ledger", "list", "--open", "--ledger", str(tmp_path / "l.db"), url=url)
    assert listed.output.split("\t")[2:4] == [NUMBER, "intent"]
    assert len(sandbox.charges) == 1


def test_a_ctrl_c_at_the_question_rents_nothing(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def ask(question: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("sinch_numbers.cli.rent.ask", ask)
    ended = cli("rent", NUMBER)
    assert ended.status == Exit.INTERRUPTED
    assert cli.rented() == []


def test_the_worst_outcome_decides_the_status() -> None:
    rented = Rented(phone_number=NUMBER)
    gone = Refused(phone_number="+12025550135", error=NotFoundError("gone"))
    none = Refused(phone_number=None, error=NoOfferError("none"))
    unknown = Unknown(phone_number="+12025550136", error=OutcomeUnknownError("perhaps"))
    assert tell("rented", [rented, rented], "lines") == Exit.DONE
    assert tell("rented", [gone, none], "lines") == Exit.NOT_FOUND
    assert tell("rented", [rented, gone], "lines") == Exit.FAILED
    assert tell("rented", [rented, gone, unknown], "lines") == Exit.UNKNOWN
