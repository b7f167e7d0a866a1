"""The document that the tests of codegen start from."""

from __future__ import annotations

import pytest

from codegen.document import Node
from codegen.paths import ADDITIONS, OVERLAY, SPEC
from codegen.spec import corrected


@pytest.fixture(scope="session")
def document() -> Node:
    """The corrected document. Not to be changed."""
    return corrected(SPEC, OVERLAY, ADDITIONS)
