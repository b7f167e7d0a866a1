"""The modules of the command line import downwards, in the order that the package's docstring shows."""

from __future__ import annotations

import re

import pytest

from sinch_numbers import cli
from tests.imports import graph

NAME = "sinch_numbers.cli"
MODULES = re.findall(r"^    (\w+) {2,}\S", cli.__doc__ or "", re.MULTILINE)
GRAPH = {
    module.removeprefix(f"{NAME}."): {name.removeprefix(f"{NAME}.") for name in imported if name.startswith(f"{NAME}.")}
    for module, imported in graph().items()
    if module.startswith(f"{NAME}.")
}  # fmt: skip


def test_the_map_names_every_module_once() -> None:
    assert sorted(MODULES) == sorted(GRAPH)


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_only_modules_below_it(module: str) -> None:
    assert GRAPH[module] <= set(MODULES[MODULES.index(module) + 1 :])
