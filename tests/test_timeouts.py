"""A timeout is a finite number of seconds."""

from __future__ import annotations

from typing import Any

import pytest

from sinch_numbers import ConfigurationError, Timeout


@pytest.mark.parametrize("part", ["connect", "read", "write", "pool", "total"])
@pytest.mark.parametrize("seconds", [0, -1, float("inf"), float("nan"), None, True, "5"])
def test_a_timeout_is_finite_and_above_zero(part: str, seconds: Any) -> None:
    with pytest.raises(ConfigurationError, match=part):
        Timeout(**{part: seconds})
