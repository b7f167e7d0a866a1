"""JSON through orjson and through the standard library: the same results, and the same errors."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sinch_numbers._generated import types
from sinch_numbers._generated.types import DecodeError, json_object

values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)

ODD = [
    b'{"a": 18446744073709551616}', b'{"a": -9223372036854775809}', b'{"a": 1e400}', b'{"a": -0.0}', b'{"a": NaN}',
    b'{"a": "\\ud800"}', b'\xef\xbb\xbf{"a": 1}', '{"a": "\u00fc"}'.encode("utf-16"), b'{"a": "\xff"}', b'{"a": 1,}',
    b'{"a": 1, "a": 2}', b'{"a": 0.1000000000000000055}', b'{"a": "1234567890123456789012"}', b"{}\x00", b"", b"[]", b"7",
    b"[" * 100_000,
]  # fmt: skip


def result(content: bytes) -> Any:
    try:
        return json_object(content)
    except DecodeError as error:
        return str(error)


def both(content: bytes) -> tuple[Any, Any]:
    """With orjson, and without."""
    assert getattr(types, "orjson", None) is not None, "the extra `speed` is not installed"
    fast = result(content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(types, "orjson", None)
        return fast, result(content)


@given(st.dictionaries(st.text(), values, max_size=5))
@settings(deadline=None)
def test_any_object_is_the_same(document: dict[str, Any]) -> None:
    fast, slow = both(json.dumps(document).encode())

    assert fast == slow
    assert repr(fast) == repr(slow)


@pytest.mark.parametrize("content", ODD, ids=lambda content: repr(content)[:24])
def test_what_orjson_refuses_or_rounds_is_the_same(content: bytes) -> None:
    fast, slow = both(content)

    assert repr(fast) == repr(slow)


def test_a_large_integer_is_exact() -> None:
    assert json_object(b'{"a": 123456789012345678901234567890}') == {"a": 123456789012345678901234567890}
    assert math.isnan(json_object(b'{"a": NaN}')["a"])
