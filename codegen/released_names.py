"""Keeps the names that were released: what upstream renames still has its old name, as a deprecated alias.

`openapi/names.yaml` has the module of each operation by its method and path, and for each class the places that use it.
`python -m codegen release` writes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .document import Node, dump, is_list, is_object, load, operations
from .errors import CodegenError
from .tables import Tables

__all__ = ["Aliases", "Names", "aliases_of", "names_of", "read_names", "write_names"]


@dataclass(frozen=True)
class Names:
    """The names that a document is generated with."""

    operations: dict[str, str] = field(default_factory=dict[str, str])
    """`tag.module` of each operation, by its method and path."""
    classes: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    """The places that refer to each class."""


@dataclass(frozen=True)
class Aliases:
    """The names that were released and that the document no longer gives."""

    operations: dict[str, str] = field(default_factory=dict[str, str])
    """The old `tag.module` of an operation, and the new one."""
    classes: dict[str, str] = field(default_factory=dict[str, str])


def read_names(path: Path) -> Names:
    """The names in the file; none if it does not exist. Raises CodegenError if it is not such a file."""
    if not path.is_file():
        return Names()
    content = load(path)
    if not is_object(content.get("operations")) or not is_object(content.get("classes")):
        raise CodegenError(f"{path}: is not a file of released names")
    return Names(content["operations"], content["classes"])


def write_names(names: Names, path: Path) -> None:
    """Writes the names as YAML."""
    path.write_text(dump({"operations": names.operations, "classes": names.classes}), encoding="utf-8")


def names_of(document: Node, tables: Tables, modules: dict[str, str]) -> Names:
    """The names of a transformed document; `modules` are those of its operations, by the operationId."""
    classes: dict[str, list[str]] = {}
    for place, name in _uses(document, tables.classes):
        classes.setdefault(name, []).append(place)
    found = {
        f"{method.upper()} {path}": modules[operation["operationId"]]
        for _, path, method, operation in operations(document)
    }
    return Names(dict(sorted(found.items())), {name: sorted(classes[name]) for name in sorted(classes)})


def aliases_of(released: Names, now: Names) -> Aliases:
    """The released names that are gone, and the new ones of the same operations and of the classes that are used there."""
    moved = {
        old: now.operations[key]
        for key, old in released.operations.items()
        if key in now.operations and now.operations[key] != old and old not in now.operations.values()
    }
    users = {place: name for name, places in now.classes.items() for place in places}
    classes: dict[str, str] = {}
    while True:
        found: dict[str, str] = {}
        for name, places in released.classes.items():
            if name in now.classes or name in classes:
                continue
            candidates = {users[own] for place in places if (own := _renamed(place, classes)) in users}
            if len(candidates) == 1 and not candidates & released.classes.keys():
                found[name] = candidates.pop()
        if not found:
            return Aliases(moved, classes)
        classes |= found


def _renamed(place: str, classes: dict[str, str]) -> str:
    """A place within a class by the new name of the class."""
    owner, slash, rest = place.partition("/")
    return f"{classes.get(owner, owner)}{slash}{rest}"


def _uses(document: Node, classes: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Each place that refers to a class: within an operation or a callback, or within another class."""
    components: Node = document["components"]
    for _, path, method, operation in operations(document):
        yield from _within(operation, f"{method.upper()} {path}", classes, components)
    for name, callback in components.get("callbacks", {}).items():
        yield from _within(callback, f"callback {name}", classes, components)
    for name, schema in components["schemas"].items():
        if name in classes:
            yield from _within(schema, classes[name], classes, components)
            for value, variant in schema.get("x-union", {}).get("mapping", {}).items():
                yield f"{classes[name]}/variant {value}", classes[variant]


def _within(part: Any, place: str, classes: dict[str, str], components: Node) -> Iterator[tuple[str, str]]:
    """The same within a part of the document, as if its parameters, bodies and responses were not references."""
    if is_list(part):
        for index, item in enumerate(part):
            yield from _within(item, f"{place}/{index}", classes, components)
    elif is_object(part):
        kind, _, name = str(part.get("$ref", "")).removeprefix("#/components/").partition("/")
        if kind == "schemas" and name in classes:
            yield place, classes[name]
        elif kind in ("parameters", "requestBodies", "responses"):
            yield from _within(components.get(kind, {}).get(name), place, classes, components)
        for key, value in part.items():
            yield from _within(value, f"{place}/{key}", classes, components)
