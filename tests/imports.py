"""The package's graph of imports, read from its files: inside functions and for type checkers too."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import sinch_numbers

PACKAGE = Path(sinch_numbers.__file__).parent
NAME = "sinch_numbers"


def module_name(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def modules() -> dict[str, Path]:
    """All modules by name."""
    return {module_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def imports_of(path: Path, *, at_runtime: bool = False) -> Iterator[str]:
    """The absolute names of what a file imports, such as `httpx` or `sinch_numbers.errors.NumbersError`.

    `at_runtime` leaves out what is imported for type checkers only.
    """
    package = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts[:-1])
    yield from _walk(ast.parse(path.read_text("utf-8")), package, at_runtime)


def _walk(node: ast.AST, package: str, at_runtime: bool) -> Iterator[str]:
    for child in ast.iter_child_nodes(node):
        if at_runtime and isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
            continue
        if isinstance(child, ast.Import):
            yield from (alias.name for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            base = package.rsplit(".", child.level - 1)[0] if child.level > 1 else package
            root = f"{base}.{child.module or ''}".rstrip(".") if child.level else child.module or ""
            yield from (f"{root}.{alias.name}" for alias in child.names)
        else:
            yield from _walk(child, package, at_runtime)


def graph() -> dict[str, set[str]]:
    """Each module, and the modules of the package that it imports, or imports something of."""
    known = modules()
    edges: dict[str, set[str]] = {}
    for module, path in known.items():
        names = {name if name in known else name.rpartition(".")[0] for name in imports_of(path)}
        edges[module] = {name for name in names if name in known} - {module, NAME}
    edges[NAME] = set()  # the face hands names on, and nobody imports it
    return edges


def circle(edges: Mapping[str, set[str]]) -> list[str]:
    """Modules that import each other in a circle, in its order; empty if there is none."""
    done: set[str] = set()

    def search(module: str, way: list[str]) -> list[str]:
        if module in way:
            return [*way[way.index(module) :], module]
        if module in done:
            return []
        for imported in sorted(edges.get(module, ())):
            if found := search(imported, [*way, module]):
                return found
        done.add(module)
        return []

    for module in edges:
        if found := search(module, []):
            return found
    return []
