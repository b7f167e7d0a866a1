"""The modules of the sandbox import downwards, in the order that the package's docstring shows."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from sinch_numbers import sandbox

PACKAGE = Path(sandbox.__file__).parent
MODULES = re.findall(r"^    (\w+) {2,}\S", sandbox.__doc__ or "", re.MULTILINE)


def imports(module: str, level: int) -> Iterator[str]:
    """The modules that a module imports relatively: anywhere in it, in functions and for type checkers too."""
    for node in ast.walk(ast.parse((PACKAGE / f"{module}.py").read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level == level:
            yield from [node.module] if node.module else [alias.name for alias in node.names]


def test_the_map_names_every_module_once() -> None:
    files = {path.stem for path in PACKAGE.glob("*.py")} - {"__init__"}
    assert sorted(MODULES) == sorted(files)


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_only_modules_below_it(module: str) -> None:
    below = MODULES[MODULES.index(module) + 1 :]
    assert set(imports(module, level=1)) <= set(below)


def test_only_the_box_knows_the_client() -> None:
    assert [module for module in MODULES if "client" in imports(module, level=2)] == ["box"]
