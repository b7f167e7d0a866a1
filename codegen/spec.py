"""Corrects the vendored document by applying the overlay."""

from __future__ import annotations

import json
from pathlib import Path
from typing import cast

from jsonpath_ng.ext.parser import parse
from oas_patch import apply_overlay  # type: ignore[import-untyped]

from .document import Node, load
from .errors import CodegenError

__all__ = ["corrected", "patched"]


def corrected(spec: Path, *overlays: Path) -> Node:
    """The document in `spec` with every action of the `overlays` applied, in order.

    Raises CodegenError if a file cannot be read, an action has no description, or its target matches nothing. In that
    case upstream has fixed the document, and the action must be removed.
    """
    document = load(spec)
    for key in ("openapi", "info", "paths"):
        if key not in document:
            raise CodegenError(f"{spec}: has no {key!r}")
    for overlay in overlays:
        patches = load(overlay)
        if not str(patches.get("overlay", "")).startswith("1."):
            raise CodegenError(f"{overlay}: is not an OpenAPI Overlay 1.x document")
        document = patched(document, patches.get("actions"), str(overlay))
    return document


def patched(document: Node, actions: object, place: str) -> Node:
    """A copy of `document` with `actions` applied. Raises CodegenError if one matches nothing."""
    if not isinstance(actions, list):
        raise CodegenError(f"{place}: has no list of actions")
    document = cast(Node, json.loads(json.dumps(document)))
    for index, action in enumerate(cast(list[object], actions)):
        if not isinstance(action, dict) or not isinstance(cast(Node, action).get("target"), str):
            raise CodegenError(f"{place}: actions[{index}] has no target")
        document = _applied(
            document, cast(Node, action), f"{place}: actions[{index}] ({cast(Node, action)['target']})"
        )
    return document


def _applied(document: Node, action: Node, place: str) -> Node:
    """The document after one action. Checks that the target matches, because the library ignores one that does not."""
    if not str(action.get("description") or "").strip():
        raise CodegenError(f"{place}: has no description of what is wrong")
    if ("update" in action) == ("remove" in action) or action.get("remove", True) is not True:
        raise CodegenError(f"{place}: must have either `update: ...` or `remove: true`")
    try:
        matches = parse(action["target"]).find(document)
    except Exception as error:  # The library raises plain Exceptions.
        raise CodegenError(f"{place}: the target is not a valid JSONPath: {error}") from error
    if not matches:
        raise CodegenError(
            f"{place}: the target matches nothing. If upstream has fixed this, remove the action"
        )
    try:
        apply_overlay(document, {"actions": [action]})
    except Exception as error:  # As above. The library cannot patch inside a list.
        raise CodegenError(f"{place}: cannot be applied: {error}") from error
    # The library inserts the same object at every match. Copy, so that a later action changes only one of them.
    return cast(Node, json.loads(json.dumps(document)))
