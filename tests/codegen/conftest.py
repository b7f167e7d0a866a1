"""A copy of the document that tests change, and packages generated from it."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from codegen.document import Node, dump, load
from codegen.paths import OVERLAY, SPEC
from codegen.spec import corrected


@pytest.fixture(scope="session")
def document() -> Node:
    """The corrected document. Not to be changed."""
    return corrected(SPEC, OVERLAY)


@pytest.fixture
def changed_spec(tmp_path: Path) -> Callable[[Callable[[Node], object]], Path]:
    """Writes a copy of the vendored document after a change."""

    def write(change: Callable[[Node], object]) -> Path:
        return _changed(SPEC, tmp_path / "spec.yaml", change)

    return write


@pytest.fixture
def changed_overlay(tmp_path: Path) -> Callable[[Callable[[Node], object]], Path]:
    """Writes a copy of the overlay after a change."""

    def write(change: Callable[[Node], object]) -> Path:
        return _changed(OVERLAY, tmp_path / "overlay.yaml", change)

    return write


def _changed(source: Path, target: Path, change: Callable[[Node], object]) -> Path:
    document = load(source)
    change(document)
    target.write_text(dump(document), encoding="utf-8")
    return target


@pytest.fixture(scope="session")
def imported() -> Iterator[Callable[[Path, str], ModuleType]]:
    """Imports a module of a generated package, wherever that lies."""
    before = set(sys.modules)
    paths = list(sys.path)

    def load_module(package: Path, module: str) -> ModuleType:
        sys.path.insert(0, str(package.parent))
        return importlib.import_module(f"{package.name}.{module}" if module else package.name)

    yield load_module
    sys.path[:] = paths
    for name in set(sys.modules) - before:
        if name.startswith("grown"):
            del sys.modules[name]
