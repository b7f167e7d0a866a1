"""Paths in the repository."""

from __future__ import annotations

from pathlib import Path

__all__ = ["CONFIG", "OUTPUT", "OVERLAY", "RUNTIME", "SPEC", "TEMPLATES"]

_ROOT = Path(__file__).parent.parent

SPEC = _ROOT / "openapi" / "numbers.yaml"
OVERLAY = _ROOT / "openapi" / "overlay.yaml"
OUTPUT = _ROOT / "sinch_numbers" / "_generated"
CONFIG = _ROOT / "codegen" / "config.yaml"
RUNTIME = _ROOT / "codegen" / "runtime"
TEMPLATES = _ROOT / "codegen" / "templates"
