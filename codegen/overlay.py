"""Applies an OpenAPI Overlay (1.0 or 1.1, targets by RFC 9535), and keeps what each action matched and changed.

Stricter than the standard: an action must say what is wrong, and every part of its target must match something. If it does not,
upstream has fixed the document or renamed the place, and the action must be removed or mended.
"""

from __future__ import annotations

import copy
import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from jsonpath import CompoundJSONPath, JSONPathEnvironment
from jsonpath.exceptions import JSONPathError

from .document import Node, is_list, is_object, load
from .errors import CodegenError
from .pointers import ROOT, Pointer

__all__ = ["ABSENT", "Action", "Application", "Change", "actions_of", "applied", "read_overlay"]

ABSENT: Any = object()
"""The value of a place that does not exist."""
_PATHS = JSONPathEnvironment(strict=True)
_MODIFIERS = ("update", "remove", "copy")


@dataclass(frozen=True)
class Action:
    """One action of an overlay."""

    file: str
    index: int
    node: Node
    targets: tuple[str, ...]
    """The target, with one selector in each segment: a target that names several things is several."""

    @property
    def target(self) -> str:
        """The JSONPath, on one line."""
        return " ".join(str(self.node["target"]).split())

    @property
    def place(self) -> str:
        """Where the action is, for messages."""
        return f"{self.file}: actions[{self.index}] ({self.target})"


@dataclass(frozen=True)
class Change:
    """What one action did to one place."""

    place: Pointer
    before: Any
    after: Any
    """ABSENT if it was removed."""


@dataclass
class Application:
    """What one action found and did."""

    action: Action
    matches: list[Pointer] = field(default_factory=list[Pointer])
    unmatched: list[str] = field(default_factory=list[str])
    """The parts of its target that matched nothing."""
    changes: list[Change] = field(default_factory=list[Change])
    repeated: list[Pointer] = field(default_factory=list[Pointer])
    """The lists to which it appended what they had already."""
    error: str | None = None
    """Why it cannot be applied."""

    @property
    def is_dead(self) -> bool:
        """Whether nothing matched."""
        return not self.matches and self.error is None

    def problem(self) -> str | None:
        """What makes the action wrong, or None."""
        if self.error is not None:
            return f"{self.action.place}: {self.error}"
        if self.is_dead:
            return f"{self.action.place}: the target matches nothing. If upstream has fixed this, remove the action"
        if self.unmatched:
            return f"{self.action.place}: a part of the target matches nothing: {', '.join(self.unmatched)}"
        if self.repeated:
            return f"{self.action.place}: appends what is there already: {', '.join(self.repeated)}"
        return None


def read_overlay(path: Path) -> list[Action]:
    """The actions in `path`. Raises CodegenError if the file is not an overlay, or an action is malformed."""
    overlay = load(path)
    if not str(overlay.get("overlay", "")).startswith(("1.0", "1.1")):
        raise CodegenError(f"{path}: is not an OpenAPI Overlay 1.0 or 1.1 document")
    return actions_of(overlay.get("actions"), str(path))


def actions_of(actions: object, file: str) -> list[Action]:
    """The actions of an overlay. Raises CodegenError for a malformed one."""
    if not is_list(actions):
        raise CodegenError(f"{file}: has no list of actions")
    return [_action(node, file, index) for index, node in enumerate(actions)]


def _action(node: object, file: str, index: int) -> Action:
    if not is_object(node) or not isinstance(node.get("target"), str):
        raise CodegenError(f"{file}: actions[{index}] has no target")
    action = Action(file, index, node, ())
    if not str(action.node.get("description") or "").strip():
        raise CodegenError(f"{action.place}: has no description of what is wrong")
    given = [key for key in _MODIFIERS if key in action.node and action.node[key] is not False]
    if len(given) != 1 or action.node.get("remove", True) is not True:
        raise CodegenError(f"{action.place}: must have either `update: ...`, `copy: ...` or `remove: true`")
    return Action(file, index, action.node, tuple(_parts(action)))


def _parts(action: Action) -> Iterator[str]:
    try:
        compiled = _PATHS.compile(action.node["target"])
        if "copy" in action.node:
            _PATHS.compile(str(action.node["copy"]))
    except JSONPathError as error:
        raise CodegenError(f"{action.place}: the target is not a valid JSONPath: {error}") from error
    if isinstance(compiled, CompoundJSONPath):  # The strict mode has no compound paths.
        raise CodegenError(f"{action.place}: the target is not a valid JSONPath")
    segments = [
        [(segment.__class__.__name__, str(selector)) for selector in segment.selectors]
        for segment in compiled.segments
    ]
    for chosen in itertools.product(*segments):
        yield "$" + "".join(
            f"..[{text}]" if kind == "JSONPathRecursiveDescentSegment" else f"[{text}]"
            for kind, text in chosen
        )


def applied(document: Node, actions: list[Action]) -> tuple[Node, list[Application]]:
    """A copy of `document` with all actions applied in order, and what each did. What cannot be applied is left out."""
    document = cast(
        Node, json.loads(json.dumps(document))
    )  # Nothing is shared, as it is after anchors of YAML.
    return document, [_apply(document, action) for action in actions]


def _apply(document: Node, action: Action) -> Application:
    result = Application(action)
    for target in action.targets:
        found = _find(document, target)
        result.matches += [place for place in found if place not in result.matches]
        if not found and len(action.targets) > 1:
            result.unmatched.append(target)
    value = action.node.get("update")
    if "copy" in action.node:
        sources = _find(document, str(action.node["copy"]))
        if len(sources) != 1:
            result.error = f"copy must select one place, and selects {len(sources)}"
            return result
        value = _get(document, sources[0])
    places = result.matches
    if (
        "remove" in action.node
    ):  # From the last to the first, so that no removal moves the place of another one.
        places = sorted(places, key=_order, reverse=True)
    for place in places:
        try:
            if "remove" in action.node:
                _remove(document, place, result)
            else:
                _update(document, place, copy.deepcopy(value), result)
        except CodegenError as error:
            result.error = str(error)
            return result
    return result


def _order(place: Pointer) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in place.parts]


def _find(document: Node, path: str) -> list[Pointer]:
    found: list[Pointer] = []
    for match in _PATHS.finditer(path, document):
        place = ROOT
        for part in match.parts:
            place /= part
        found.append(place)
    return found


def _get(document: Node, place: Pointer) -> Any:
    holder: Any = document
    for part in place.parts:
        holder = holder[int(part)] if is_list(holder) else holder[part]
    return cast(object, holder)


def _holder(document: Node, place: Pointer) -> tuple[Any, Any]:
    """The object or list that contains the place, and its key or index there."""
    *way, last = place.parts
    holder = _get(document, Pointer("/".join(["#", *place.split("/")[1:-1]])) if way else ROOT)
    return holder, int(last) if is_list(holder) else last


def _remove(document: Node, place: Pointer, result: Application) -> None:
    if place == ROOT:
        raise CodegenError("the whole document cannot be removed")
    holder, key = _holder(document, place)
    result.changes.append(Change(place, holder[key], ABSENT))
    del holder[key]


def _update(document: Node, place: Pointer, value: Any, result: Application) -> None:
    current = _get(document, place)
    if is_object(current):
        if not is_object(value):
            raise CodegenError(f"{place} is an object, and the update is not")
        _merge(current, value, place, result)
    elif is_list(current):
        _append(current, value if is_list(value) else [value], place, result)
    else:
        if isinstance(value, dict | list):
            raise CodegenError(f"{place} is a single value, and the update is not")
        holder, key = _holder(document, place)
        if current != value or type(current) is not type(value):
            result.changes.append(Change(place, current, value))
        holder[key] = value


def _merge(target: Node, update: Node, place: Pointer, result: Application) -> None:
    for key, value in update.items():
        current = target.get(key, ABSENT)
        if is_object(current) and is_object(value):
            _merge(current, value, place / key, result)
        elif is_list(current) and is_list(value):
            _append(current, value, place / key, result)
        elif current is ABSENT or current != value or type(current) is not type(value):
            result.changes.append(Change(place / key, current, copy.deepcopy(value)))
            target[key] = value


def _append(current: list[Any], entries: list[Any], place: Pointer, result: Application) -> None:
    identities = {_identity(item) for item in current}
    if any(_identity(entry) in identities for entry in entries):
        result.repeated.append(place)
    result.changes += [
        Change(place / (len(current) + index), ABSENT, copy.deepcopy(entry))
        for index, entry in enumerate(entries)
    ]
    current += entries


def _identity(item: Any) -> str:
    """What makes two entries of a list the same: the name and place of a parameter, or the whole value."""
    if is_object(item) and "name" in item:
        return f"{item.get('in')} {item['name']}"
    return repr(item)
