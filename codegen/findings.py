"""What a new document makes of the overlays: actions that are dead, needless, or overwrite what upstream has since changed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .document import SCHEMAS, Node
from .nearest import renamed, renamed_schemas
from .overlay import ABSENT, Action, Application, applied

__all__ = ["Finding", "findings_of"]


@dataclass(frozen=True)
class Finding:
    """One thing that the report says."""

    kind: str
    """`dead`, `partly dead`, `appends what is there`, `cannot be applied`, `without effect`, `now upstream` or
    `overwrites a change of upstream`."""
    place: str
    """Where to edit: file, line and target."""
    text: str
    edit: str = ""
    """What to write or to remove."""
    stops: bool = True
    """Whether nothing can be generated before it is mended."""


def findings_of(old: Node, new: Node, actions: list[Action], additions: str) -> tuple[Node, list[Finding]]:
    """The corrected new document, without the actions that are wrong, and what there is to say about each action.

    `additions` is the file whose actions describe what the document lacks.
    """
    old_document, before = applied(old, actions)
    new_document, after = applied(new, actions)
    names = renamed_schemas(old, new)
    lines = _lines({action.file for action in actions})
    found: list[Finding] = []
    for was, now in zip(before, after, strict=True):
        action = now.action
        place = f"{action.file}:{lines.get((action.file, action.index), '?')} {action.target}"
        of_action = list(_of_action(was, now, place, [(old, new), (old_document, new_document)], names))
        if action.file == additions:
            of_action = [_as_addition(finding, place, action) for finding in of_action]
        found += of_action
    return new_document, found


def _of_action(
    was: Application, now: Application, place: str, documents: list[tuple[Node, Node]], names: dict[str, str]
) -> Iterator[Finding]:
    remove = f"remove actions[{now.action.index}]"
    if now.error is not None:
        yield Finding("cannot be applied", place, now.error)
    elif now.is_dead:
        yield Finding("dead", place, "the target matches nothing", _mend(was, now, documents) or remove)
    elif now.unmatched:
        text = f"matches nothing: {', '.join(now.unmatched)}"
        yield Finding(
            "partly dead", place, text, _mend(was, now, documents) or "remove that part of the target"
        )
    elif now.repeated:
        yield Finding("appends what is there", place, ", ".join(now.repeated), remove)
    elif not now.changes:
        yield Finding("without effect", place, "the document says this already", remove, stops=False)
    else:
        yield from _overwritten(was, now, place, names)


def _mend(was: Application, now: Application, documents: list[tuple[Node, Node]]) -> str | None:
    """The target with the new name of what was renamed."""
    for lost in (place for place in was.matches if place not in now.matches):
        for old, new in documents:
            found = renamed(old, new, lost)
            if found is not None and found.old in now.action.target:
                return f"target: {now.action.target.replace(found.old, found.new)}"
    return None


def _overwritten(was: Application, now: Application, place: str, names: dict[str, str]) -> Iterator[Finding]:
    """Where upstream has changed what the action replaces: old document, new document, action."""
    earlier = {change.place: change for change in was.changes}
    for change in now.changes:
        previous = earlier.get(change.place)
        if previous is None or change.before is ABSENT or _same(previous.before, change.before, names):
            continue
        after = "nothing" if change.after is ABSENT else _short(change.after)
        before = "nothing" if previous.before is ABSENT else _short(previous.before)
        text = f"{change.place}: upstream said {before}, now says {_short(change.before)}; the action makes it {after}"
        edit = f"remove actions[{now.action.index}], or say why upstream is still wrong"
        yield Finding("overwrites a change of upstream", place, text, edit, stops=False)


def _same(before: Any, after: Any, names: dict[str, str]) -> bool:
    """Whether upstream says the same, but for the new names of schemas."""
    if before is ABSENT or after is ABSENT:
        return before is after
    text = json.dumps(before)
    for old, new in names.items():
        text = text.replace(f'{SCHEMAS}{old}"', f'{SCHEMAS}{new}"')
    return text == json.dumps(after)


def _as_addition(finding: Finding, place: str, action: Action) -> Finding:
    """Additions say what the document lacks: once it has that, they go."""
    if finding.kind in ("without effect", "appends what is there", "overwrites a change of upstream"):
        text = f"the document has this now ({finding.text})"
        return Finding("now upstream", place, text, f"remove actions[{action.index}]", finding.stops)
    return finding


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:79]}…"


def _lines(files: set[str]) -> dict[tuple[str, int], int]:
    """The line of each action in its file, which is written as `overlay.yaml` is: an action begins with its target."""
    found: dict[tuple[str, int], int] = {}
    for file in files:
        path = Path(file)
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        starts = [
            number for number, line in enumerate(text.splitlines(), 1) if line.startswith("  - target:")
        ]
        found |= {(file, index): number for index, number in enumerate(starts)}
    return found
