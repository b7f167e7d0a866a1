"""Corrects the vendored document by applying the overlay."""

from __future__ import annotations

from pathlib import Path

from .document import Node, load
from .errors import CodegenError
from .overlay import Action, actions_of, applied, read_overlay

__all__ = ["corrected", "patched", "read_spec"]


def corrected(spec: Path, *overlays: Path) -> Node:
    """The document in `spec` with every action of the `overlays` applied, in order.

    Raises CodegenError that names every action that cannot be applied, or whose target matches nothing.
    """
    return _corrected(read_spec(spec), [action for overlay in overlays for action in read_overlay(overlay)])


def patched(document: Node, actions: object, place: str) -> Node:
    """A copy of `document` with `actions` applied. Raises CodegenError if one matches nothing."""
    return _corrected(document, actions_of(actions, place))


def read_spec(spec: Path) -> Node:
    """The document in `spec`. Raises CodegenError if it is not an OpenAPI document."""
    document = load(spec)
    for key in ("openapi", "info", "paths"):
        if key not in document:
            raise CodegenError(f"{spec}: has no {key!r}")
    return document


def _corrected(document: Node, actions: list[Action]) -> Node:
    document, applications = applied(document, actions)
    problems = [problem for application in applications if (problem := application.problem())]
    if problems:
        raise CodegenError("\n".join(problems))
    return document
