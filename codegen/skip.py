"""Leaves out what `skip` in config.yaml lists: what is not supported, and not worth it, is skipped by name and with a reason."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

from .document import Node, load
from .errors import CodegenError
from .pointers import parts_of

__all__ = ["skipped", "without", "without_skipped"]


def skipped(config_file: Path) -> dict[str, str]:
    """The reasons by JSON pointer. Raises CodegenError for an entry that is not a place with a reason."""
    entries: object = load(config_file).get("skip") or {}
    if not isinstance(entries, dict):
        raise CodegenError(f"{config_file}: skip must be an object of JSON pointers and reasons")
    reasons = cast(Node, entries)
    for place, reason in reasons.items():
        if not str(place).startswith("#/"):
            raise CodegenError(
                f"{config_file}: skip: {place!r} is not a JSON pointer such as #/paths/~1v1~1x/get"
            )
        if not isinstance(reason, str) or not reason.strip():
            raise CodegenError(f"{config_file}: skip: {place} has no reason")
    return reasons


def without_skipped(document: Node, config_file: Path) -> Node:
    """A copy of `document` without what is skipped. Raises CodegenError for a place that it does not have: a leftover."""
    document, missing = without(document, skipped(config_file))
    if missing:
        raise CodegenError(
            "\n".join(f"{config_file}: skip: the document has no {place}" for place in missing)
        )
    return document


def without(document: Node, places: Iterable[str]) -> tuple[Node, list[str]]:
    """A copy of `document` without these places, and the places that it does not have."""
    document = copy.deepcopy(document)
    missing: list[str] = []
    for place in places:
        holder: Any = document
        *way, last = parts_of(place)
        for part in way:
            holder = cast(Node, holder).get(part) if isinstance(holder, dict) else None
        if not isinstance(holder, dict) or last not in holder:
            missing.append(place)
        else:
            del holder[last]
    return document, missing
