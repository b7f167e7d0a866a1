"""The document that the tests of codegen start from."""

from __future__ import annotations

import copy
import itertools
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from codegen.document import Node
from codegen.generate import build
from codegen.paths import ADDITIONS, OVERLAY, SPEC
from codegen.spec import corrected

from .changing import Change, Generated

NUMBER = itertools.count()


@pytest.fixture(scope="session")
def document() -> Node:
    """The corrected document. Not to be changed."""
    return corrected(SPEC, OVERLAY, ADDITIONS)


@pytest.fixture
def generated(document: Node, tmp_path: Path) -> Iterator[Callable[[Change], Generated]]:
    """Generates the package of the document after a change."""
    names: list[str] = []

    def make(change: Change) -> Generated:
        changed = copy.deepcopy(document)
        change(changed)
        names.append(f"changed_{next(NUMBER)}")
        build(changed, tmp_path / names[-1])
        return Generated(names[-1])

    sys.path.insert(0, str(tmp_path))
    yield make
    sys.path.remove(str(tmp_path))
    for module in [module for module in sys.modules if module.split(".")[0] in names]:
        del sys.modules[module]
