from __future__ import annotations

from decimal import Decimal
from typing import Any

import attrs
import pytest

from sinch_numbers.sandbox import SandboxOptions


@pytest.mark.parametrize(
    "wrong",
    [{"trial": 1}, {"waiting_seconds": -1}, {"waiting_seconds": True}, {"provisioning_seconds": "2"},
     {"campaign_seconds": float("nan")}, {"visibility_delay": float("inf")}, {"default_page_size": 0},
     {"max_page_size": 1.5}, {"end_of_listing": "none"}, {"missing_filters": "all"}, {"missing_body": "ok"},
     {"unauthorized_form": 0}, {"key_id": 7}, {"credit": "much"}, {"token_lifetime": True}, {"token_lifetime": 10**400},
     {"control_hosts": "localhost"}, {"callback_hosts": [7]},
     {"campaign_seconds": 1e300}, {"visibility_delay": 366 * 24 * 3600 + 1}, {"request_timeout": 0}, {"request_timeout": "1"}],
)  # fmt: skip
def test_an_invalid_option_is_rejected_and_nothing_is_set(wrong: dict[str, Any]) -> None:
    options = SandboxOptions()
    with pytest.raises((TypeError, ValueError, ArithmeticError)):
        options.update({"token_rate_limit": True, **wrong})
    with pytest.raises((TypeError, ValueError, ArithmeticError)):
        setattr(options, *next(iter(wrong.items())))
    assert options == SandboxOptions()


def test_an_unknown_option_is_rejected_by_name() -> None:
    with pytest.raises(ValueError, match="unknown option: nothing"):
        SandboxOptions().update({"nothing": 1})


def test_options_can_be_set_by_name_and_one_by_one() -> None:
    options = SandboxOptions()
    options.update({"credit": "12.50", "trial": True})
    options.visibility_delay = 3
    assert options == SandboxOptions(credit=Decimal("12.50"), trial=True, visibility_delay=3)


def test_a_secret_is_not_in_the_repr() -> None:
    assert "hush" not in repr(SandboxOptions(key_secret="hush"))


def test_every_option_has_a_default() -> None:
    assert all(field.default is not attrs.NOTHING for field in attrs.fields(SandboxOptions))
