from __future__ import annotations

import pytest

from sinch_numbers import ActiveNumber, Money
from sinch_numbers.cli import output
from sinch_numbers.cli.output import NUMBERS, chosen, note, print_all

NAMED = ActiveNumber(phone_number="+12025550134", display_name="\x1b[31m[red]\ttwo\nlines")


def test_lines_in_a_pipe_keep_to_one_line_and_their_columns(capsys: pytest.CaptureFixture[str]) -> None:
    print_all([NAMED], NUMBERS, "lines")
    [line] = capsys.readouterr().out.splitlines()
    assert line.split("\t")[3] == r"\x1b[31m[red]\ttwo\nlines"
    assert len(line.split("\t")) == len(NUMBERS)


def test_a_table_shows_a_name_as_it_is_and_lets_the_terminal_obey_nothing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    print_all([NAMED], NUMBERS, "table")
    shown = capsys.readouterr().out
    assert shown.startswith("NUMBER")
    assert r"\x1b[31m[red]\ttwo\nlines" in shown
    assert "\x1b[31m" not in shown


def test_an_empty_table_says_so_on_stderr_only(capsys: pytest.CaptureFixture[str]) -> None:
    print_all([], NUMBERS, "table")
    assert capsys.readouterr() == ("", "nothing to show\n")
    print_all([], NUMBERS, "lines")
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("width", [70, 80, 120])
def test_a_narrow_terminal_cuts_no_number_no_price_and_no_date(
    width: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    number = ActiveNumber.from_dict(
        {
            "phoneNumber": "+447700900123",
            "regionCode": "GB",
            "type": "TOLL_FREE",
            "displayName": "The front desk of the office in the north",
            "capability": ["SMS", "VOICE"],
            "money": {"currencyCode": "GBP", "amount": "12.50"},
            "nextChargeDate": "2026-12-25T00:00:00Z",
            "smsConfiguration": {"servicePlanId": "a-service-plan-with-a-long-id"},
        }
    )
    print_all([number], NUMBERS, "table")
    shown = capsys.readouterr().out
    assert all(text in shown for text in ("+447700900123", "12.50 GBP", "2026-12-25", "TOLL_FREE"))
    assert "…" not in shown
    assert "EXPIRES" not in shown  # nothing expires
    assert max(map(len, shown.splitlines())) <= width


def test_csv_has_headings_that_are_names(capsys: pytest.CaptureFixture[str]) -> None:
    print_all([], NUMBERS, "csv")
    assert "next_charge" in capsys.readouterr().out.split(",")


@pytest.mark.parametrize(("is_terminal", "expected"), [(True, "table"), (False, "lines")])
def test_people_get_a_table_and_programs_lines(
    is_terminal: bool, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: is_terminal, raising=False)
    assert chosen(as_json=False) == expected
    assert chosen(as_json=True) == "json"
    assert chosen(as_json=False, as_csv=True) == "csv"


def test_an_amount_that_is_missing_is_empty() -> None:
    assert output.money(None) == ""
    assert output.money(Money()) == ""
    assert output.day(None) == ""


def test_a_note_goes_to_stderr_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    note("what the API said:\n\x1b[2J")
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "what the API said:\\n\\x1b[2J\n")
