"""A timeout is a finite number of seconds."""

from __future__ import annotations

from typing import Any

import pytest

from sinch_numbers import ConfigurationError, Timeout


@pytest.mark.parametrize("part", ["connect", "read", "write", "pool", "total", "store"])
@pytest.mark.parametrize("seconds", [0, -1, float("inf"), float("nan"), None, True, "5"])
def test_a_timeout_is_finite_and_above_zero(part: str, seconds: Any) -> None:
    with pytest.raises(ConfigurationError, match=part):
        Timeout(**{part: seconds})


@pytest.mark.parametrize(
    ("remaining", "expected"),
    [
        (10, Timeout(connect=2, read=5, write=5, pool=5)),
        (5, Timeout(connect=2, read=5, write=5, pool=5)),
        (3, Timeout(connect=2, read=3, write=3, pool=3)),
        (1, Timeout(connect=1, read=1, write=1, pool=1)),
        (0, Timeout(connect=0.001, read=0.001, write=0.001, pool=0.001)),
        (-1, Timeout(connect=0.001, read=0.001, write=0.001, pool=0.001)),
    ],
)
def test_no_part_of_a_timeout_is_longer_than_what_remains(remaining: float, expected: Timeout) -> None:
    assert Timeout(connect=2, read=5, write=5, pool=5).within(remaining) == expected
