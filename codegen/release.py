"""Keeps what a release consists of for users: the public surface, the names, and code that is written against it."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from .document import Node
from .generate import build
from .paths import EXAMPLES, NAMES, RELEASED, SURFACE, TYPING
from .released_names import write_names

__all__ = ["release"]


def release(document: Node, config_file: Path) -> None:
    """Writes `tests/released` and `openapi/names.yaml` for the package as it is. To be run when a version is released."""
    with tempfile.TemporaryDirectory(prefix="codegen-") as folder:
        write_names(build(document, Path(folder) / "package", config_file).names, NAMES)
    shutil.rmtree(RELEASED, ignore_errors=True)
    RELEASED.mkdir()
    shutil.copyfile(SURFACE, RELEASED / "surface.txt")
    for kept in (EXAMPLES, TYPING):
        (RELEASED / kept.name).mkdir()
        # Under another name, so that no tool takes them for code of today.
        for source in sorted(kept.glob("*.py")):
            shutil.copyfile(source, RELEASED / kept.name / f"{source.name}.txt")
