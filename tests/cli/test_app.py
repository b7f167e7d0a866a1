from __future__ import annotations

import builtins
from typing import Any

import pytest

from sinch_numbers.cli import main
from sinch_numbers.cli.exits import Exit

from .driver import PROJECT, Cli

COMMANDS = [
    "search",
    "list",
    "get",
    "rent",
    "update",
    "release",
    "wait",
    "regions",
    "callbacks",
    "ledger",
    "sandbox",
    "doctor",
]


def test_help_shows_every_command(cli: Cli) -> None:
    ended = cli("--help")
    assert ended.status == Exit.DONE
    assert [name for name in COMMANDS if f"│ {name} " not in ended.output] == []
    assert cli().output == ended.output


@pytest.mark.parametrize("command", [name for name in COMMANDS if name != "sandbox"])
def test_every_command_has_help_and_needs_no_key_for_it(
    cli: Cli, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SINCH_KEY_SECRET")
    ended = cli(command, "--help")
    assert (ended.status, ended.errors) == (Exit.DONE, "")
    assert f"sinch-numbers {command}" in ended.output


@pytest.mark.parametrize(
    "arguments", [("bogus",), ("list", "--bogus"), ("get",), ("wait", "+12025550134", "--timeout", "x")]
)
def test_arguments_that_are_not_known_are_one_line_on_stderr(cli: Cli, arguments: tuple[str, ...]) -> None:
    ended = cli(*arguments)
    assert (ended.status, ended.output) == (Exit.USAGE, "")
    [line] = ended.errors.splitlines()
    assert line.startswith("sinch-numbers: ")
    assert line.endswith("--help shows what can be given")


def test_a_variable_that_is_missing_is_named(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SINCH_KEY_SECRET")
    ended = cli("list")
    assert ended.status == Exit.USAGE
    assert ended.errors == "sinch-numbers: the environment has no SINCH_KEY_SECRET\n"


@pytest.mark.parametrize(
    ("status", "expected"),
    [(401, Exit.FAILED), (403, Exit.FAILED), (404, Exit.NOT_FOUND), (500, Exit.FAILED)],
)
def test_an_error_of_the_api_is_one_line_without_a_traceback(cli: Cli, status: int, expected: Exit) -> None:
    cli.sandbox.faults.add("status", operation="ListAvailableRegions", status=status, times=None)
    ended = cli("regions")
    assert ended.status == expected
    [line] = ended.errors.splitlines()
    assert line.startswith(f"sinch-numbers: {status} ")


def test_a_name_that_the_terminal_cannot_show_is_shown_with_escapes(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = {"phoneNumber": "+12025550134", "displayName": "Grüße 🎈"}
    cli.sandbox.seed_active(numbers=[named], project_id=PROJECT)
    assert "Grüße 🎈" in cli("list").output


@pytest.mark.parametrize("name", ["cyclopts", "rich"])
def test_without_the_extra_it_says_what_to_install(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from importlib.util import find_spec

    def found(asked: str) -> object:
        return None if asked == name else find_spec(asked)

    monkeypatch.setattr("sinch_numbers.cli.find_spec", found)
    imported = builtins.__import__

    def refuse(module: str, *arguments: Any, **options: Any) -> Any:
        assert module.partition(".")[0] != name
        return imported(module, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", refuse)
    assert main(["list"]) == Exit.USAGE
    assert "pip install 'sinch-numbers[cli]'" in capsys.readouterr().err
