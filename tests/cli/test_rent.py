from __future__ import annotations

from pathlib import Path

import pytest

from sinch_numbers.cli.exits import Exit
from sinch_numbers.sandbox import Sandbox

from .driver import PROJECT, US_LOCAL, Cli

NUMBER = "+12025550134"


def test_it_shows_the_price_and_asks_before_anything_is_sent(cli: Cli) -> None:
    ended = cli("rent", NUMBER, typed="n\n")
    assert ended.status == Exit.DECLINED
    assert NUMBER in ended.errors
    assert "Rent 1 number for 1.50 USD now, and monthly charges after that? [y/N]" in ended.errors
    assert ended.output == ""
    assert {request.method for request in cli.sandbox.requests if request.operation != "Token"} == {"GET"}


@pytest.mark.parametrize("typed", ["y\n", "YES\n"])
def test_a_yes_rents_what_was_shown(cli: Cli, typed: str) -> None:
    ended = cli("rent", NUMBER, typed=typed)
    assert ended.status == Exit.DONE
    assert ended.output.startswith(NUMBER)
    assert cli.rented() == [NUMBER]


@pytest.mark.parametrize("typed", ["", "\n", "yeah\n", "n\n"])
def test_anything_but_a_yes_rents_nothing(cli: Cli, typed: str) -> None:
    assert cli("rent", NUMBER, typed=typed).status == Exit.DECLINED
    assert cli.rented() == []


def test_without_a_terminal_and_without_yes_nothing_is_rented(cli: Cli) -> None:
    ended = cli("rent", NUMBER)
    assert ended.status == Exit.DECLINED
    assert "--yes" in ended.errors
    assert cli.rented() == []


def test_with_yes_it_does_not_ask_and_still_says_the_price(cli: Cli) -> None:
    ended = cli("rent", NUMBER, "--yes")
    assert ended.status == Exit.DONE
    assert ended.errors == "renting 1 number for 1.50 USD\n"


@pytest.mark.parametrize("limit", ["1.49", "1.49 USD", "1.50 EUR", "0"])
def test_a_price_above_the_limit_or_in_another_currency_is_refused(cli: Cli, limit: str) -> None:
    ended = cli("rent", NUMBER, "--yes", "--max-price", limit)
    assert ended.status == Exit.DECLINED
    assert "nothing was bought" in ended.errors
    assert {request.method for request in cli.sandbox.requests if request.operation != "Token"} == {"GET"}


@pytest.mark.parametrize("limit", ["1.5", "1.50 USD", "1.50USD", " 2 "])
def test_a_price_within_the_limit_is_paid(cli: Cli, limit: str) -> None:
    assert cli("rent", NUMBER, "--yes", "--max-price", limit).status == Exit.DONE


@pytest.mark.parametrize("limit", ["", "-1", "nan", "1e3", "five", "1,50", "USD 1", "1 US"])
def test_a_limit_that_is_no_amount_is_an_error_before_anything_is_sent(cli: Cli, limit: str) -> None:
    assert cli("rent", NUMBER, "--yes", f"--max-price={limit}").status == Exit.USAGE
    assert cli.sandbox.requests == []


def test_the_limit_is_for_all_numbers_together(cli: Cli, tmp_path: Path) -> None:
    many = ("rent", *US_LOCAL, "--count", "3", "--yes", "--ledger", str(tmp_path / "ledger.db"))
    assert cli(*many, "--max-price", "4.49").status == Exit.DECLINED
    assert cli.rented() == []
    assert cli(*many, "--max-price", "4.50").status == Exit.DONE
    assert len(cli.rented()) == 3


def test_a_price_that_rises_after_it_was_shown_is_not_paid(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def ask(question: str) -> None:
        dearer = {"phoneNumber": NUMBER, "monthlyPrice": {"currencyCode": "USD", "amount": "9.00"}}
        cli.sandbox.seed_offers([dearer], region_code="US", number_type="LOCAL")

    monkeypatch.setattr("sinch_numbers.cli.rent.ask", ask)
    ended = cli("rent", NUMBER)
    assert ended.status == Exit.DECLINED
    assert "9" in ended.errors
    assert cli.rented() == []


def test_more_than_one_number_needs_a_ledger(cli: Cli) -> None:
    for several in (("rent", NUMBER, "+12025550135"), ("rent", *US_LOCAL, "-n", "2")):
        ended = cli(*several, "--yes")
        assert ended.status == Exit.USAGE
        assert "--ledger" in ended.errors
    assert cli.sandbox.requests == []


def test_several_named_numbers_are_rented_and_recorded(cli: Cli, tmp_path: Path) -> None:
    ledger = str(tmp_path / "ledger.db")
    ended = cli("rent", NUMBER, "+12025550135", "--yes", "--ledger", ledger)
    assert ended.status == Exit.DONE
    assert [line.split("\t")[0] for line in ended.lines] == [NUMBER, "+12025550135"]
    assert sorted(cli.rented()) == [NUMBER, "+12025550135"]
    listed = cli("ledger", "list", "--ledger", ledger, "--json").objects
    assert {(entry["phoneNumber"], entry["state"], entry["price"]) for entry in listed} == {
        (NUMBER, "rented", "1.50"),
        ("+12025550135", "rented", "1.50"),
    }


def test_a_batch_that_is_ordered_again_buys_nothing_twice(cli: Cli, tmp_path: Path) -> None:
    order = ("rent", *US_LOCAL, "-n", "3", "--yes", "--ledger", str(tmp_path / "l.db"), "--batch", "stores")
    first, second = cli(*order), cli(*order)
    assert (first.status, second.status) == (Exit.DONE, Exit.DONE)
    assert [line.split("\t")[0] for line in second.lines] == [line.split("\t")[0] for line in first.lines]
    assert "all of it was bought by earlier runs" in second.errors
    assert len(cli.rented()) == 3


def test_a_batch_goes_on_with_what_is_missing(cli: Cli, tmp_path: Path) -> None:
    order = ("rent", *US_LOCAL, "-n", "3", "--yes", "--ledger", str(tmp_path / "l.db"), "--batch", "stores")
    cli.sandbox.faults.add("status", operation="RentNumber", status=403, skip=1, times=None)
    first = cli(*order, "--max-price", "4.50")
    assert first.status == Exit.FAILED
    bought = len(cli.rented())
    assert 1 <= bought < 3
    cli.sandbox.faults.clear()
    second = cli(*order)
    assert second.status == Exit.DONE
    assert f"renting {3 - bought} number" in second.errors
    assert len(second.lines) == len(set(cli.rented())) == len(cli.rented()) == 3


def test_if_too_few_are_on_offer_none_is_rented(cli: Cli, tmp_path: Path) -> None:
    few = ("--region", "US", "--type", "LOCAL", "--starts-with", "+120255501")
    ended = cli("rent", *few, "-n", "5000", "--yes", "--ledger", str(tmp_path / "l.db"))
    assert ended.status == Exit.NOT_FOUND
    assert "of 5000 such numbers are on offer" in ended.errors
    assert cli.rented() == []


def test_a_number_that_somebody_else_has_is_not_found(cli: Cli) -> None:
    cli.sandbox.seed_active(numbers=[NUMBER], project_id="another")
    ended = cli("rent", NUMBER, "--yes")
    assert ended.status == Exit.NOT_FOUND
    assert cli.rented() == []


def test_if_one_of_several_named_numbers_is_not_on_offer_none_is_rented(cli: Cli, tmp_path: Path) -> None:
    cli.sandbox.seed_active(numbers=[NUMBER, "+12025550136"], project_id="another")
    several = (NUMBER, "+12025550135", "+12025550136")
    ended = cli("rent", *several, "--yes", "--ledger", str(tmp_path / "l.db"))
    assert ended.status == Exit.NOT_FOUND
    assert cli.rented() == []


def test_a_lost_response_is_looked_up_and_paid_once(cli: Cli) -> None:
    cli.sandbox.faults.add("drop_after_commit", operation="RentNumber")
    assert cli("rent", NUMBER, "--yes").status == Exit.DONE
    assert cli.rented() == [NUMBER]


def test_an_outcome_that_nobody_can_tell_has_a_status_of_its_own(cli: Cli) -> None:
    cli.sandbox.faults.add("drop_after_commit", operation="RentNumber")
    cli.sandbox.faults.add("status", operation="GetActiveNumber", status=503, times=None)
    ended = cli("rent", NUMBER, "--yes")
    assert ended.status == Exit.UNKNOWN
    assert ended.output == ""
    assert f"perhaps rented: {NUMBER}" in ended.errors


def test_a_named_number_whose_outcome_was_unknown_is_finished_by_the_same_command(
    cli: Cli, tmp_path: Path
) -> None:
    command = ("rent", NUMBER, "--yes", "--ledger", str(tmp_path / "l.db"))
    cli.sandbox.faults.add("drop_after_commit", operation="RentNumber")
    cli.sandbox.faults.add("status", operation="GetActiveNumber", status=503, times=None)
    assert cli(*command).status == Exit.UNKNOWN
    cli.sandbox.faults.clear()
    ended = cli(*command)
    assert ended.status == Exit.DONE
    assert ended.output.startswith(NUMBER)
    assert cli.rented() == [NUMBER]


def test_the_configurations_are_those_of_the_options(cli: Cli) -> None:
    options = ("--voice-trunk", "trunk", "--sms-plan", "plan", "--sms-campaign", "campaign")
    [number] = cli("rent", NUMBER, "--yes", "--json", *options, "--callback-url", "https://a.test/").objects
    assert number["callbackUrl"] == "https://a.test/"
    assert number["voiceConfiguration"]["scheduledVoiceProvisioning"]["trunkId"] == "trunk"
    coming = number["smsConfiguration"]["scheduledProvisioning"]
    assert (coming["servicePlanId"], coming["campaignId"]) == ("plan", "campaign")


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--region", "US"),
        (NUMBER, *US_LOCAL),
        (NUMBER, "--count", "2"),
        (*US_LOCAL, "--count", "0"),
        (NUMBER, NUMBER),
        ("12",),
        (NUMBER, "--batch", "b"),
        (NUMBER, "--voice-app", "a", "--voice-fax", "f"),
        (NUMBER, "--sms-campaign", "c"),
        (NUMBER, "--voice-app", ""),
        (*US_LOCAL, "--starts-with", "+1", "--ends-with", "1"),
    ],
)
def test_arguments_that_do_not_fit_are_an_error_before_anything_is_sent(
    cli: Cli, arguments: tuple[str, ...]
) -> None:
    assert cli("rent", "--yes", *arguments).status == Exit.USAGE
    assert cli.sandbox.requests == []


def test_the_ledger_can_be_named_by_the_environment(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SINCH_NUMBERS_LEDGER", str(tmp_path / "l.db"))
    assert cli("rent", *US_LOCAL, "-n", "2", "--yes").status == Exit.DONE
    assert len(cli("ledger", "list").lines) == 2


def test_it_takes_a_number_that_matches(cli: Cli, sandbox: Sandbox) -> None:
    ended = cli("rent", "-r", "us", "-t", "local", "--starts-with", "+1206", "--yes")
    assert ended.status == Exit.DONE
    assert [number["phoneNumber"] for number in sandbox.active_numbers(PROJECT)] == cli.rented()
    assert cli.rented()[0].startswith("+1206")
