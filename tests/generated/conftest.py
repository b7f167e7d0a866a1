"""What tests of the generated code share."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture(scope="session")
def keys() -> list[str]:
    """Every property name of the document."""
    # Here, so that the other tests need nothing but the package and run with any Python.
    from codegen.paths import OVERLAY, SPEC
    from codegen.spec import corrected
    from codegen.transforms import transformed

    schemas = transformed(corrected(SPEC, OVERLAY))["components"]["schemas"].values()
    return sorted({key for schema in schemas for key in schema.get("properties", {})})


@pytest.fixture
def drifts() -> list[Any]:
    """Where `drifts.append` hears of surprises."""
    return []
