"""Checks what was generated before it replaces anything: it can be imported, it is typed, and its document is valid."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from openapi_spec_validator.exceptions import OpenAPISpecValidatorError
from openapi_spec_validator.shortcuts import get_validator_cls

from .document import Node
from .errors import CodegenError
from .paths import PACKAGE, PROJECT
from .pointers import ROOT, Pointer

__all__ = ["problems_of_document", "type_errors", "verify"]

_IMPORT_ALL = """
import importlib, pathlib, sys
sys.path.insert(0, ".")
for path in sorted(pathlib.Path("{name}").rglob("*.py")):
    importlib.import_module(".".join(path.with_suffix("").parts).removesuffix(".__init__"))
"""


def verify(document: Node, built: Path, face: Mapping[str, str]) -> None:
    """Raises CodegenError if `document` is not valid OpenAPI, or what was generated cannot be imported or is not typed.

    `built` is the generated package, and `face` what goes into the package around it.
    """
    problems = problems_of_document(document)
    if problems:
        raise CodegenError("\n".join(["the corrected document is not valid OpenAPI:", *problems[:20]]))
    _run(built, "cannot be imported", "-c", _IMPORT_ALL.format(name=built.name))
    whole = _whole(built, face)
    _run(
        whole,
        "is not typed",
        "-m",
        "mypy",
        "--strict",
        "--no-incremental",
        "--cache-dir=",
        "--config-file=",
        # What is written by hand may have to follow the document: its own errors do not hinder that.
        "--follow-imports=silent",
        str(whole / "_generated"),
        *(str(whole / name) for name in face if name != "__init__.py"),
    )


def _whole(built: Path, face: Mapping[str, str]) -> Path:
    """A copy of the package of this repository with what was generated."""
    whole = built.parent / "whole" / PACKAGE.name
    shutil.copytree(PACKAGE, whole, ignore=shutil.ignore_patterns("__pycache__", "_generated", "sandbox"))
    shutil.copytree(built, whole / "_generated", ignore=shutil.ignore_patterns("__pycache__"))
    for name, text in face.items():
        (whole / name).write_text(text, encoding="utf-8")
    return whole


def problems_of_document(document: Node) -> list[str]:
    """What is wrong, each with its JSON pointer. Of a schema, the validator names the place again, from the schema on."""
    try:
        validator: Any = get_validator_cls(document)(document)
    except OpenAPISpecValidatorError:
        return [f"#/openapi: {document.get('openapi')!r} is not a supported version"]
    return [
        f"{_pointer(error.absolute_path)}: {error.message.splitlines()[0][:200]}"
        for error in validator.iter_errors()
    ]


def _pointer(parts: Iterable[str | int]) -> Pointer:
    place = ROOT
    for part in parts:
        place /= part
    return place


def _run(built: Path, problem: str, *arguments: str) -> None:
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-W", "ignore", *arguments],
        cwd=built.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise CodegenError(f"the generated code {problem}: {(done.stdout + done.stderr).strip()[-2000:]}")


def type_errors(folder: Path, *what: str) -> list[str]:
    """What the type checker finds, with this repository's settings, in files or `-p package` of another folder."""
    mypy = ["mypy", "--no-incremental", "--cache-dir=", "--no-error-summary", "--hide-error-context"]
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", *mypy, "--config-file", str(PROJECT), *what],
        cwd=folder,
        env={**os.environ, "MYPYPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    lines = (done.stdout + done.stderr).splitlines()
    return [line for line in lines if ": note:" not in line] if done.returncode else []
