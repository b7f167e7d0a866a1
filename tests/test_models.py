"""`sinch_numbers.models` has every object and enum that users need."""

from __future__ import annotations

from sinch_numbers import models
from sinch_numbers._generated import models as generated


def test_every_generated_class_is_public() -> None:
    assert generated.__all__ == models.__all__


def test_names_are_sorted() -> None:
    assert models.__all__ == sorted(models.__all__)
    assert generated.__all__ == sorted(generated.__all__)


def test_every_public_name_exists() -> None:
    assert [name for name in models.__all__ if getattr(models, name) is not getattr(generated, name)] == []
