from __future__ import annotations

import csv
import io

import pytest

from sinch_numbers import voice
from sinch_numbers.cli import numbers
from sinch_numbers.cli.exits import Exit

from .driver import PROJECT, US_LOCAL, Cli

NUMBER = "+12025550134"
SECOND = "+12025550135"


def test_regions_lists_each_region_with_its_types(cli: Cli) -> None:
    ended = cli("regions")
    assert ended.status == Exit.DONE
    assert "US\tUnited States\tLOCAL TOLL_FREE" in ended.lines
    assert {line.split("\t")[0] for line in cli("regions", "--type", "toll_free").lines} == {"GB", "US"}


def test_search_shows_offers_with_their_prices(cli: Cli) -> None:
    ended = cli("search", *US_LOCAL, "--size", "2", "--capability", "sms")
    assert ended.status == Exit.DONE
    [first, _] = [line.split("\t") for line in ended.lines]
    assert first[1:] == ["US", "LOCAL", "SMS VOICE", "0.50 USD", "1.00 USD", "1"]


def test_search_takes_a_pattern(cli: Cli) -> None:
    found = cli("search", *US_LOCAL, "--starts-with", "+1206", "--json").objects
    assert found
    assert all(offer["phoneNumber"].startswith("+1206") for offer in found)
    assert cli("search", *US_LOCAL, "--ends-with", "34", "--size", "1").lines[0].split("\t")[0].endswith("34")


def test_search_needs_a_region_and_a_type(cli: Cli) -> None:
    ended = cli("search", "--region", "US")
    assert ended.status == Exit.USAGE
    assert "--type" in ended.errors
    assert cli.sandbox.requests == []


def test_list_shows_all_numbers_of_the_project(cli: Cli) -> None:
    cli.sandbox.seed_active(
        numbers=[NUMBER, {"phoneNumber": "+447700900123", "displayName": "Support"}], project_id=PROJECT
    )
    ended = cli("list")
    assert ended.status == Exit.DONE
    assert [line.split("\t")[:4] for line in ended.lines] == [
        [NUMBER, "US", "LOCAL", ""],
        ["+447700900123", "GB", "MOBILE", "Support"],
    ]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("--region", "gb"), ["+447700900123"]),
        (("--type", "local"), [NUMBER]),
        (US_LOCAL, [NUMBER]),
        ((*US_LOCAL, "--contains", "99"), []),
        (("--contains", "5550"), [NUMBER]),
    ],
)
def test_list_can_be_narrowed(cli: Cli, options: tuple[str, ...], expected: list[str]) -> None:
    cli.sandbox.seed_active(numbers=[NUMBER, "+447700900123"], project_id=PROJECT)
    assert [number["phoneNumber"] for number in cli("list", "--json", *options).objects] == expected


def test_list_reads_all_pages(cli: Cli) -> None:
    cli.sandbox.options.default_page_size = 7
    seeded = cli.sandbox.seed_active(30, project_id=PROJECT)
    assert [line.split("\t")[0] for line in cli("list").lines] == sorted(seeded)
    assert [line.split("\t")[0] for line in cli("list", *US_LOCAL).lines] == sorted(seeded)


def test_csv_has_a_line_of_headings_and_keeps_commas(cli: Cli) -> None:
    cli.sandbox.seed_active(
        numbers=[{"phoneNumber": NUMBER, "displayName": 'Front, "desk"'}], project_id=PROJECT
    )
    ended = cli("list", "--csv")
    [row] = csv.DictReader(io.StringIO(ended.output))
    assert row["number"] == NUMBER
    assert row["name"] == 'Front, "desk"'


def test_json_is_one_object_a_line_as_the_api_has_it(cli: Cli) -> None:
    cli.sandbox.seed_active(2, project_id=PROJECT)
    shown = cli("list", "--json").objects
    held = cli.sandbox.active_numbers(PROJECT)
    assert [number["nextChargeDate"] for number in shown] == [number["nextChargeDate"] for number in held]


def test_json_and_csv_exclude_each_other(cli: Cli) -> None:
    assert cli("list", "--json", "--csv").status == Exit.USAGE


def test_reads_are_retried_as_the_client_does(cli: Cli) -> None:
    cli.sandbox.faults.add("status", operation="ListActiveNumbers", status=503, times=2)
    assert cli("list").status == Exit.DONE


def test_get_shows_a_number(cli: Cli) -> None:
    configured = {"phoneNumber": NUMBER, "voiceConfiguration": {"trunkId": "trunk", "type": "EST"}}
    cli.sandbox.seed_active(numbers=[configured], project_id=PROJECT)
    ended = cli("get", NUMBER)
    assert ended.status == Exit.DONE
    assert "EST trunk" in ended.output.split("\t")


def test_get_of_a_number_that_the_project_does_not_have_is_not_found(cli: Cli) -> None:
    ended = cli("get", NUMBER)
    assert (ended.status, ended.output) == (Exit.NOT_FOUND, "")
    assert "404" in ended.errors


def test_update_changes_what_is_given_and_clears_what_is_empty(cli: Cli) -> None:
    cli.sandbox.seed_active(numbers=[NUMBER, SECOND], project_id=PROJECT)
    ended = cli("update", NUMBER, SECOND, "--name", "Front desk", "--voice-app", "app")
    assert ended.status == Exit.DONE
    assert [line.split("\t")[3] for line in ended.lines] == ["Front desk", "Front desk"]
    assert "(RTC app waiting)" in ended.lines[0]
    [number] = cli("update", NUMBER, "--name", "", "--json").objects
    assert number["displayName"] == ""


def test_update_unlinks_sms(cli: Cli) -> None:
    linked = {"phoneNumber": NUMBER, "smsConfiguration": {"servicePlanId": "plan"}}
    cli.sandbox.seed_active(numbers=[linked], project_id=PROJECT)
    assert cli("update", NUMBER, "--unlink-sms").status == Exit.DONE
    cli.sandbox.clock.advance(20)
    [number] = cli("get", NUMBER, "--json").objects
    assert number["smsConfiguration"]["servicePlanId"] == ""


def test_update_without_a_change_or_a_number_is_an_error(cli: Cli) -> None:
    assert cli("update", NUMBER).status == Exit.USAGE
    assert cli("update", "--name", "x").status == Exit.USAGE
    assert cli("update", NUMBER, "--unlink-sms", "--sms-plan", "plan").status == Exit.USAGE
    assert cli.sandbox.requests == []


def test_update_of_some_numbers_only_is_told_number_by_number(cli: Cli) -> None:
    cli.sandbox.seed_active(numbers=[NUMBER], project_id=PROJECT)
    ended = cli("update", NUMBER, SECOND, "--name", "x")
    assert ended.status == Exit.FAILED
    assert [line.split("\t")[0] for line in ended.lines] == [NUMBER]
    assert f"not changed: {SECOND}: 404" in ended.errors
    assert cli("update", SECOND, "--name", "x").status == Exit.NOT_FOUND


def test_release_asks_first(cli: Cli) -> None:
    cli.sandbox.seed_active(numbers=[NUMBER], project_id=PROJECT)
    assert cli("release", NUMBER).status == Exit.DECLINED
    assert cli("release", NUMBER, typed="no\n").status == Exit.DECLINED
    assert cli.sandbox.requests == []
    ended = cli("release", NUMBER, typed="y\n")
    assert ended.status == Exit.DONE
    assert ended.output.rstrip().split("\t")[-1] == "2025-02-15"


def test_release_of_several_numbers_tells_of_each(cli: Cli) -> None:
    cli.sandbox.seed_active(numbers=[NUMBER], project_id=PROJECT)
    ended = cli("release", NUMBER, SECOND, "--yes")
    assert ended.status == Exit.FAILED
    assert f"not released: {SECOND}" in ended.errors
    assert cli("release", "--yes").status == Exit.USAGE


def test_wait_returns_once_the_configuration_is_in_force(cli: Cli) -> None:
    cli("rent", NUMBER, "--yes", "--voice-app", "app")
    ended = cli("wait", NUMBER)
    assert ended.status == Exit.DONE
    assert "RTC app" in ended.output.split("\t")
    assert ended.errors == ""


def test_a_wait_that_times_out_and_one_that_fails_are_told_apart(cli: Cli) -> None:
    cli("rent", NUMBER, "--yes", "--voice-app", "app")
    assert cli("wait", NUMBER, "--timeout", "1").status == Exit.TIMED_OUT
    cli.sandbox.fail_provisioning(what="voice")
    ended = cli("wait", NUMBER)
    assert ended.status == Exit.FAILED
    assert NUMBER in ended.errors


def test_a_watched_listing_has_a_bar_on_stderr_that_leaves_nothing_behind(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with numbers.progress(is_shown=True) as report:
        report(3, None)
        report(5, 10)
    assert capsys.readouterr().out == ""
    with numbers.progress(is_shown=False) as report:
        report(5, 10)
    assert capsys.readouterr().err == ""


def test_a_number_that_waits_for_its_configuration_says_so(cli: Cli) -> None:
    assert voice.rtc("app").app_id == "app"
    cli("rent", NUMBER, "--yes", "--voice-app", "app", "--sms-plan", "plan")
    cells = cli("get", NUMBER).output.split("\t")
    assert "(RTC app waiting)" in cells
    assert "(plan waiting)" in cells
