"""The corrected document: the vendored one with the overlay applied."""

from __future__ import annotations

import json
from pathlib import Path
from typing import cast

from jsonpath_ng.ext.parser import parse
from oas_patch import apply_overlay  # type: ignore[import-untyped]

from .document import Node, load
from .errors import CodegenError

__all__ = ["corrected", "patched"]


def corrected(spec: Path, overlay: Path) -> Node:
    """The document in `spec` with every action of `overlay` applied, in order.

    Raises CodegenError where a file cannot be read, an action has no description, or its target matches nothing: then
    upstream has mended what the action mends, and the action has to go.
    """
    document = load(spec)
    for key in ("openapi", "info", "paths"):
        if key not in document:
            raise CodegenError(f"{spec}: has no {key!r}")
    patches = load(overlay)
    if not str(patches.get("overlay", "")).startswith("1."):
        raise CodegenError(f"{overlay}: is no OpenAPI Overlay 1.x document")
    return patched(document, patches.get("actions"), str(overlay))


def patched(document: Node, actions: object, place: str) -> Node:
    """A copy of `document` after `actions`, each of which has to match something."""
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
    """The document after one action. The library passes over a target that matches nothing, so that this looks first."""
    if not str(action.get("description") or "").strip():
        raise CodegenError(f"{place}: has no description that says what is wrong")
    if ("update" in action) == ("remove" in action) or action.get("remove", True) is not True:
        raise CodegenError(f"{place}: has to say either `update: ...` or `remove: true`")
    try:
        matches = parse(action["target"]).find(document)
    except Exception as error:  # the library raises bare Exceptions of several kinds
        raise CodegenError(f"{place}: the target is no JSONPath: {error}") from error
    if not matches:
        raise CodegenError(
            f"{place}: the target matches nothing. If upstream has mended it, remove the action"
        )
    try:
        apply_overlay(document, {"actions": [action]})
    except Exception as error:  # as above; a target within a list is beyond the library
        raise CodegenError(f"{place}: cannot be applied: {error}") from error
    # The library puts the update itself into every place that matches; places that share an object would change together.
    return cast(Node, json.loads(json.dumps(document)))
