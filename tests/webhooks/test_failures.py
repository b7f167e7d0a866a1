"""Failure codes in words, with what to do about each."""

from __future__ import annotations

import pytest

from sinch_numbers import FailureCode
from sinch_numbers.webhooks import explain


@pytest.mark.parametrize("code", [*FailureCode])
def test_every_failure_code_is_explained(code: FailureCode) -> None:
    failure = explain(code)
    assert failure is not None
    assert failure != explain("SOMETHING_NEW")
    assert failure.meaning.endswith(".")
    assert failure.advice.endswith(".")
    assert explain(str(code)) == failure


def test_a_code_that_this_version_does_not_know_is_said_to_be_one() -> None:
    failure = explain("SOMETHING_NEW")
    assert failure is not None
    assert "does not know" in failure.meaning


def test_no_code_is_no_failure() -> None:
    assert explain(None) is None
