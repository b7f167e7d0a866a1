"""The tour that `make demo` shows, in a process, as its users run it."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


async def demo(cwd: Path) -> tuple[int, str, str]:
    """The exit status, output and error output of the demo, without an account in the environment."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SINCH_")}
    pipe = asyncio.subprocess.PIPE
    command = (sys.executable, "-W", "error", "-m", "sinch_numbers.sandbox", "--demo")
    process = await asyncio.create_subprocess_exec(
        *command, env=environment, cwd=cwd, stdout=pipe, stderr=pipe
    )
    output, errors = await process.communicate()
    assert process.returncode is not None
    return process.returncode, output.decode(), errors.decode()


async def test_it_succeeds_and_its_output_fits_a_terminal(tmp_path: Path) -> None:
    status, output, errors = await demo(tmp_path)
    assert (status, errors) == (0, "")
    assert "connection dropped, no response" in output
    assert "five numbers rented, each bought once" in output
    assert max(map(len, output.splitlines())) <= 100
    assert "\x1b" not in output


async def test_it_prints_the_same_every_time(tmp_path: Path) -> None:
    first, second = await demo(tmp_path), await demo(tmp_path)

    def tour(output: str) -> list[str]:
        # The first line has the port, the last the time that it took.
        return output.splitlines()[1:-1]

    assert tour(first[1]) == tour(second[1])
