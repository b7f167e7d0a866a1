"""The program, as a shell runs it: its exit status, its streams, and a terminal."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from sinch_numbers.cli.exits import Exit
from sinch_numbers.sandbox import Sandbox

from .driver import PROJECT, US_LOCAL, environment, run, started
from .driver import ended as program_ended

pytestmark = pytest.mark.slow
CTRL_C = "\x03"
SCRIPT = Path(sys.executable).with_name("sinch-numbers")


async def test_its_output_can_be_piped(sandbox: Sandbox, url: str) -> None:
    sandbox.seed_active(3, project_id=PROJECT)
    ended = await run("list", url=url)
    assert (ended.status, ended.errors, len(ended.lines)) == (Exit.DONE, "", 3)
    assert "\x1b" not in ended.output


async def shell(command: str, url: str) -> tuple[int, str, str]:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        "bash", "-o", "pipefail", "-c", command, env=environment(url), stdout=pipe, stderr=pipe
    )
    output, errors = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode is not None
    return process.returncode, output.decode(), errors.decode()


async def test_a_reader_that_leaves_ends_it_quietly(sandbox: Sandbox, url: str) -> None:
    sandbox.seed_active(5000, project_id=PROJECT)
    status, output, errors = await shell(f"{SCRIPT} list --json | head -n 1", url)
    assert (status, len(output.splitlines()), errors) == (Exit.READER_GONE, 1, "")


async def test_a_disk_that_is_full_is_one_line(sandbox: Sandbox, url: str) -> None:
    sandbox.seed_active(2, project_id=PROJECT)
    assert await shell(f"{SCRIPT} list > /dev/full", url) == (
        Exit.FAILED,
        "",
        "sinch-numbers: No space left on device\n",
    )


async def on_terminal(*arguments: str, url: str, question: str = "", typed: str = "") -> tuple[int, str]:
    """The exit status, and what a person sees, who types something once a question is there."""
    import pty

    person, terminal = pty.openpty()
    process = await asyncio.create_subprocess_exec(
        SCRIPT, *arguments, stdin=terminal, stdout=terminal, stderr=terminal,
        env=environment(url, COLUMNS="120", TERM="xterm"),
    )  # fmt: skip
    os.close(terminal)
    loop = asyncio.get_running_loop()
    shown = ""
    try:
        while data := await loop.run_in_executor(None, os.read, person, 4096):
            shown += data.decode()
            if typed and question in shown:
                if typed == CTRL_C:  # the terminal is not the one that controls the process
                    process.send_signal(signal.SIGINT)
                else:
                    os.write(person, typed.encode())
                typed = ""
    except OSError:  # the other end of the terminal is closed
        pass
    os.close(person)
    return await process.wait(), shown


async def test_a_terminal_gets_a_table_and_a_question(sandbox: Sandbox, url: str) -> None:
    status, shown = await on_terminal("rent", *US_LOCAL, url=url, question="[y/N]", typed="y\n")
    assert status == Exit.DONE
    assert "TO PAY NOW" in shown.partition("[y/N]")[0]
    assert "NEXT CHARGE" in shown.partition("[y/N]")[2]
    assert len(sandbox.charges) == 1


async def test_a_no_on_a_terminal_rents_nothing(sandbox: Sandbox, url: str) -> None:
    status, shown = await on_terminal("rent", *US_LOCAL, url=url, question="[y/N]", typed="n\n")
    assert status == Exit.DECLINED
    assert "nothing was changed" in shown
    assert sandbox.charges == []


async def test_a_ctrl_c_at_the_question_ends_it_at_once(sandbox: Sandbox, url: str) -> None:
    status, _ = await on_terminal("rent", *US_LOCAL, url=url, question="[y/N]", typed=CTRL_C)
    assert status == Exit.INTERRUPTED
    assert sandbox.charges == []


async def test_a_listing_on_a_terminal_has_a_progress_bar_and_then_a_table(
    sandbox: Sandbox, url: str
) -> None:
    sandbox.options.default_page_size = 10
    sandbox.seed_active(30, project_id=PROJECT)
    status, shown = await on_terminal("list", url=url)
    assert status == Exit.DONE
    bar, _, table = shown.partition("NUMBER")
    assert "30/30" in bar
    assert table.count("US") >= 30


async def test_names_are_shown_with_escapes_where_the_locale_has_no_letters_for_them(
    sandbox: Sandbox, url: str
) -> None:
    sandbox.seed_active(numbers=[{"phoneNumber": "+12025550134", "displayName": "Grüße"}], project_id=PROJECT)
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": ""}
    ended = await program_ended(await started("list", variables=environment(url, **plain)))
    assert ended.status == Exit.DONE
    assert r"Gr\xfc\xdfe" in ended.output


async def test_a_wrong_key_shows_no_secret(sandbox: Sandbox, url: str) -> None:
    sandbox.options.key_secret = "another"
    ended = await run("list", url=url)  # run() looks for the secret
    assert ended.status == Exit.FAILED
    assert "401" in ended.errors
    assert "Traceback" not in ended.errors


async def test_completion_is_installed_for_a_shell(tmp_path: Path, url: str) -> None:
    ended = await run("--install-completion", "--shell", "bash", url=url, HOME=str(tmp_path))
    assert ended.status == Exit.DONE, ended.errors
    assert any("sinch-numbers" in text for text in texts(tmp_path))


def texts(folder: Path) -> list[str]:
    """What the files in a folder contain."""
    return [path.read_text("utf-8") for path in folder.rglob("*") if path.is_file()]
