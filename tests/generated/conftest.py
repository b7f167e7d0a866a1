"""The document's facts about the generated models, for tests that have to hold for all of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from codegen.document import Node
from codegen.spec import corrected

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def document() -> Node:
    """The corrected document."""
    return corrected(ROOT / "openapi" / "numbers.yaml", ROOT / "openapi" / "overlay.yaml")


@pytest.fixture
def drifts() -> list[Any]:
    """Where `drifts.append` hears of surprises."""
    return []
