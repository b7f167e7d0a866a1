"""The surface that a file stands for: a kept surface, a package, or a corrected document."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from .document import load
from .generate import generate
from .paths import CONFIG, OUTPUT, PACKAGE
from .surface import read_surface, surface_of

__all__ = ["surface_at"]


def surface_at(path: Path) -> list[str]:
    """The surface in a text file, of the package in a folder, or of this package generated from a corrected document.

    Raises CodegenError if it cannot be read or generated.
    """
    if path.is_dir():
        return surface_of(path.resolve())
    if path.suffix not in (".yaml", ".yml", ".json"):
        return read_surface(path)
    with tempfile.TemporaryDirectory(prefix="codegen-") as folder:
        whole = Path(folder) / PACKAGE.name
        shutil.copytree(PACKAGE, whole, ignore=shutil.ignore_patterns("__pycache__"))
        generate(load(path), whole / OUTPUT.name, CONFIG)
        return surface_of(whole)
