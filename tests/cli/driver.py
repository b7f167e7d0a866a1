"""Runs commands of `sinch-numbers`: in process against a sandbox, or as a program against a served one."""

from __future__ import annotations

import asyncio
import io
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs
import pytest

from sinch_numbers.cli import main
from sinch_numbers.sandbox import Sandbox
from tests.support import HMAC_SECRET, KEY_SECRET

PROJECT = "project"
US_LOCAL = ("--region", "US", "--type", "LOCAL")


@attrs.frozen
class Ended:
    """A command that has ended."""

    status: int
    output: str
    errors: str

    @property
    def lines(self) -> list[str]:
        return self.output.splitlines()

    @property
    def objects(self) -> list[Any]:
        """The output of a command with `--json`."""
        return [json.loads(line) for line in self.lines]


class Terminal(io.StringIO):
    """A person who types."""

    def isatty(self) -> bool:
        return True


class Cli:
    """`sinch-numbers` in process, as a client of a sandbox."""

    def __init__(
        self, sandbox: Sandbox, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.sandbox = sandbox
        self._capsys = capsys
        self._monkeypatch = monkeypatch

    def __call__(self, *arguments: str, typed: str | None = None) -> Ended:
        """Runs a command. With `typed`, a person sits at a terminal and types that."""
        stdin = io.StringIO() if typed is None else Terminal(typed)
        self._monkeypatch.setattr(sys, "stdin", stdin)
        status = main(arguments)
        captured = self._capsys.readouterr()
        for secret in (KEY_SECRET, HMAC_SECRET, self.sandbox.hmac_secret(PROJECT)):
            assert secret not in captured.out + captured.err
        return Ended(int(status), captured.out, captured.err)

    def rented(self) -> list[str]:
        """The numbers that were paid for, in order."""
        return [charge.phone_number for charge in self.sandbox.charges]


def environment(url: str, **more: str) -> dict[str, str]:
    """The environment of a program that knows the sandbox at `url` as the API."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("SINCH_")}
    return {
        **inherited,
        "SINCH_PROJECT_ID": PROJECT,
        "SINCH_KEY_ID": "key",
        "SINCH_KEY_SECRET": KEY_SECRET,
        "SINCH_NUMBERS_BASE_URL": url,
        "SINCH_AUTH_URL": url,
        **more,
    }


async def started(
    *arguments: str, variables: Mapping[str, str], cwd: Path | None = None
) -> asyncio.subprocess.Process:
    """The program, running."""
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        sys.executable, "-W", "error", "-m", "sinch_numbers.cli", *arguments,
        env=dict(variables), cwd=cwd, stdin=asyncio.subprocess.DEVNULL, stdout=pipe, stderr=pipe,
    )  # fmt: skip


async def ended(process: asyncio.subprocess.Process) -> Ended:
    """What a program printed, and its exit status."""
    output, errors = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode is not None
    shown, told = ((stream or b"").decode() for stream in (output, errors))
    assert KEY_SECRET not in shown + told
    return Ended(process.returncode, shown, told)


async def run(*arguments: str, url: str, cwd: Path | None = None, **more: str) -> Ended:
    """Runs the program."""
    return await ended(await started(*arguments, variables=environment(url, **more), cwd=cwd))
