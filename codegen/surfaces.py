"""The surface that a file stands for: a kept surface, a package, or a corrected document."""

from __future__ import annotations

import copy
import shutil
import tempfile
from pathlib import Path

from .document import Node, dump, load, operations
from .generate import generate
from .operation_names import operations_are_named
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
        document = load(path)
        generate(document, whole / OUTPUT.name, _config(document, Path(folder)))
        return surface_of(whole)


def _config(document: Node, folder: Path) -> Path:
    """The settings, without the resources of operations that this document does not have."""
    named = copy.deepcopy(document)
    operations_are_named(named)
    names = {operation["operationId"] for _, _, _, operation in operations(named)}
    settings = load(CONFIG)
    resources = {name: method for name, method in settings.get("resources", {}).items() if name in names}
    own = folder / "config.yaml"
    own.write_text(dump({**settings, "resources": resources}), encoding="utf-8")
    return own
