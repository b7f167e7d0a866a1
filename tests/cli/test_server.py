from __future__ import annotations

import pytest

from sinch_numbers.cli import main, server
from sinch_numbers.cli.exits import Exit

from .driver import Cli


def test_its_options_are_those_of_the_module(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["sandbox", "--help"])
    assert ended.value.code == 0
    assert "--control-host" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main(["sandbox", "--speed", "-1"])


def test_it_shows_the_demo(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["sandbox", "--demo"]) == Exit.DONE
    assert "five numbers rented, each bought once" in capfd.readouterr().out


def test_without_the_extra_it_says_what_to_install(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "sinch_numbers.sandbox.__main__", None)
    assert server.sandbox.name == ("sandbox",)
    assert cli("sandbox", "--demo").status == Exit.USAGE
