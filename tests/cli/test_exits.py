from __future__ import annotations

import pytest

from sinch_numbers import errors
from sinch_numbers.cli.exits import Exit, status_of


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.NumbersError("x"), 1),
        (errors.APIConnectionError("x"), 1),
        (errors.ProvisioningFailedError("x"), 1),
        (errors.ConfigurationError("x"), 2),
        (errors.NotFoundError("x"), 3),
        (errors.NoOfferError("x"), 3),
        (errors.OutcomeUnknownError("x"), 4),
        (errors.BudgetExceededError("x"), 5),
        (errors.PriceChangedError("x"), 5),
        (errors.WaitTimeoutError("x"), 6),
    ],
)
def test_an_error_has_the_exit_status_that_scripts_rely_on(error: errors.NumbersError, status: int) -> None:
    assert status_of(error) == status


def test_an_interrupt_and_a_reader_that_left_have_the_statuses_of_their_signals() -> None:
    assert (Exit.INTERRUPTED, Exit.READER_GONE) == (128 + 2, 128 + 13)
