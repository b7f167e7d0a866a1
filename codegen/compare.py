"""Compares two folders of generated code."""

from __future__ import annotations

import difflib
from pathlib import Path

__all__ = ["difference", "differences"]


def differences(found: Path, expected: Path) -> list[str]:
    """The lines of a unified diff from `found` to `expected`; empty if both have the same files with the same bytes."""
    lines: list[str] = []
    for name in sorted(_files(found) | _files(expected)):
        old, new = _lines(found / name), _lines(expected / name)
        if old != new:
            lines += difflib.unified_diff(old, new, f"found/{name}", f"expected/{name}")
    return lines


def difference(found: Path, expected: str, name: str) -> list[str]:
    """The lines of a unified diff from the file `found` to its expected text; empty if it has it."""
    return [
        *difflib.unified_diff(
            _lines(found), expected.splitlines(keepends=True), f"found/{name}", f"expected/{name}"
        )
    ]


def _files(folder: Path) -> set[str]:
    """The files below `folder`, without Python's caches."""
    paths = folder.rglob("*") if folder.is_dir() else ()
    return {
        path.relative_to(folder).as_posix()
        for path in paths
        if path.is_file() and "__pycache__" not in path.parts
    }


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines(keepends=True) if path.is_file() else []
