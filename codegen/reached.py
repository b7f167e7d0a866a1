"""Leaves out schemas that no operation, callback or webhook reaches: nothing would ever make an object of them."""

from __future__ import annotations

from typing import Any

from .document import Node, references

__all__ = ["unreached_is_left_out"]

ROOTS = ("paths", "webhooks", "x-webhooks")


def unreached_is_left_out(document: Node) -> None:
    """Removes every schema to which no reference leads from an operation, a callback or a webhook."""
    components: Node = document["components"]
    reached: set[tuple[str, str]] = set()
    todo: list[Any] = [*(document.get(root, {}) for root in ROOTS), components.get("callbacks", {})]
    while todo:
        for reference in references(todo.pop()):
            kind, _, name = reference.removeprefix("#/components/").partition("/")
            if (kind, name) not in reached and name in components.get(kind, {}):
                reached.add((kind, name))
                todo.append(components[kind][name])
    for name in [name for name in components["schemas"] if ("schemas", name) not in reached]:
        del components["schemas"][name]
