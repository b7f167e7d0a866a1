"""Paths in the repository."""

from __future__ import annotations

from pathlib import Path

__all__ = [
    "ADDITIONS",
    "CONFIG",
    "EXAMPLES",
    "NAMES",
    "OUTPUT",
    "OVERLAY",
    "PACKAGE",
    "PROJECT",
    "RELEASED",
    "REPORT",
    "RUNTIME",
    "SPEC",
    "SURFACE",
    "TEMPLATES",
    "TYPING",
]

_ROOT = Path(__file__).parent.parent

SPEC = _ROOT / "openapi" / "numbers.yaml"
OVERLAY = _ROOT / "openapi" / "overlay.yaml"
ADDITIONS = _ROOT / "openapi" / "additions.yaml"
PACKAGE = _ROOT / "sinch_numbers"
OUTPUT = PACKAGE / "_generated"
CONFIG = _ROOT / "codegen" / "config.yaml"
RUNTIME = _ROOT / "codegen" / "runtime"
TEMPLATES = _ROOT / "codegen" / "templates"
PROJECT = _ROOT / "pyproject.toml"
SURFACE = _ROOT / "tests" / "surface.txt"
RELEASED = _ROOT / "tests" / "released"
REPORT = _ROOT / "update.md"
NAMES = _ROOT / "openapi" / "names.yaml"
EXAMPLES = _ROOT / "examples"
TYPING = _ROOT / "tests" / "typing"
