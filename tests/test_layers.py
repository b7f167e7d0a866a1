"""How the package is stacked: no module imports upwards, and no two import each other."""

from __future__ import annotations

import pytest

from .imports import NAME, PACKAGE, circle, graph

# From the ground up. A name stands for the module or for all modules of the folder.
LAYERS = [
    {"_generated", "_version"},
    {
        "_defaults",
        "_error_fields",
        "_redaction",
        "_validation",
        "attempts",
        "clock",
        "errors",
        "models",
        "retry",
        "sms",
        "timeouts",
        "voice",
    },
    {"transports"},
    {"_sending"},
    {"stores"},
    {"auth"},
    {"bulk"},
    {"pagination", "provisioning"},
    {"purchasing", "webhooks"},
    {"resources"},
    {"client"},
    {"sandbox"},
    {"testing"},
    {"cli"},
]
GRAPH = graph()


def room(module: str) -> str:
    """The module or folder at the top of the package that `module` is, or is in."""
    return module.split(".")[1]


def floor(module: str) -> int:
    return next(index for index, layer in enumerate(LAYERS) if room(module) in layer)


def test_every_module_has_its_layer() -> None:
    rooms = {room(module) for module in GRAPH if module != NAME}
    assert rooms == set[str]().union(*LAYERS)


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert " -> ".join(circle(GRAPH)) == ""


def test_a_circle_is_found_and_named() -> None:
    assert circle({"a": {"b"}, "b": {"c", "d"}, "c": set(), "d": {"b"}}) == ["b", "d", "b"]


@pytest.mark.parametrize("module", sorted(set(GRAPH) - {NAME}))
def test_no_module_imports_upwards(module: str) -> None:
    upwards = {
        imported
        for imported in GRAPH[module]
        if floor(imported) > floor(module)
        or (floor(imported) == floor(module) and room(imported) != room(module) and floor(module) > 1)
    }
    assert upwards == set()


def test_the_graph_sees_imports_in_functions_and_for_type_checkers() -> None:
    assert f"{NAME}.client" in GRAPH[f"{NAME}.sandbox.box"]
    assert f"{NAME}.sandbox" in GRAPH[f"{NAME}.testing"]
    assert f"{NAME}.models" in GRAPH[f"{NAME}.errors"]


def test_the_top_of_the_package_has_few_entries() -> None:
    assert len([*PACKAGE.glob("*.py")]) <= 21
    folders = [folder for folder in PACKAGE.iterdir() if (folder / "__init__.py").is_file()]
    assert len(folders) <= 10
