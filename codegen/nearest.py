"""Finds what a place that is gone has become: the new name beside it that is most like it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from .document import Node, is_list, is_object
from .pointers import ROOT, SCHEMAS_PLACE, Pointer

__all__ = ["Renamed", "renamed", "renamed_schemas"]

LIKE = 0.6
"""From which likeness on a new name is taken for the old one. The content counts more than the name."""


@dataclass(frozen=True)
class Renamed:
    """One part of a place that has another name now."""

    place: Pointer
    """The place in the new document."""
    old: str
    new: str


def renamed(old: Node, new: Node, place: Pointer) -> Renamed | None:
    """What has become of a place of the old document that the new one lacks. None if nothing new is like it."""
    before: Any = old
    after: Any = new
    way = ROOT
    for part in place.parts:
        if (
            is_list(before)
            and is_list(after)
            and part.isdecimal()
            and int(part) < min(len(before), len(after))
        ):
            before, after = before[int(part)], after[int(part)]
        elif not is_object(before) or not is_object(after) or part not in before:
            return None
        elif part in after:
            before, after = before[part], after[part]
        else:
            return _nearest(way, part, before, after)
        way /= part
    return None


def renamed_schemas(old: Node, new: Node) -> dict[str, str]:
    """The new name of each schema that has another one now."""
    names = old.get("components", {}).get("schemas", {})
    places = [
        SCHEMAS_PLACE / name for name in names if name not in new.get("components", {}).get("schemas", {})
    ]
    return {found.old: found.new for place in places if (found := renamed(old, new, place)) is not None}


def _nearest(way: Pointer, part: str, before: Node, after: Node) -> Renamed | None:
    scores = {
        name: 0.3 * _likeness(part.lower(), name.lower())
        + 0.7 * _likeness(_text(before[part]), _text(after[name]))
        for name in after
        if name not in before
    }
    best = max(scores, key=lambda name: scores[name], default=None)
    return Renamed(way / best, part, best) if best is not None and scores[best] >= LIKE else None


def _likeness(first: str, second: str) -> float:
    return SequenceMatcher(None, first, second, autojunk=False).ratio()


def _text(part: Any) -> str:
    return json.dumps(part, sort_keys=True)[:2_000]
