"""The document's facts about the generated models, for tests that have to hold for all of them."""

from __future__ import annotations

from typing import Any

import pytest

from codegen.document import Node
from codegen.paths import OVERLAY, SPEC
from codegen.spec import corrected


@pytest.fixture(scope="session")
def document() -> Node:
    """The corrected document."""
    return corrected(SPEC, OVERLAY)


@pytest.fixture
def drifts() -> list[Any]:
    """Where `drifts.append` hears of surprises."""
    return []
