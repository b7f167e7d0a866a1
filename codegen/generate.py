"""Generates the files of `sinch_numbers/_generated` from the corrected document."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from openapi_python_client import Project
from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.errors import GeneratorError, ParseError
from openapi_python_client.strings import ClassName

from .document import Node, load, operations
from .errors import CodegenError
from .examples import example_of_response
from .face import face, format_text
from .openapi31 import as_openapi30
from .paths import CONFIG, NAMES, PACKAGE, RUNTIME, TEMPLATES
from .released_names import read_names
from .render import Rendered, render
from .skip import without_skipped
from .supported import check_supported
from .tables import tables
from .transforms import transformed
from .verify import verify

__all__ = ["build", "config_of", "face_of", "generate", "swap_in"]


def generate(document: Node, output: Path, config_file: Path = CONFIG) -> None:
    """Writes the package for `document` to `output`, replacing everything in it.

    Raises CodegenError if anything cannot be generated, and leaves `output` unchanged.
    """
    with tempfile.TemporaryDirectory(prefix="codegen-") as folder:
        built = Path(folder) / "package"
        rendered = build(document, built, config_file)
        files = face_of(rendered, output)
        verify(document, built, files)
        swap_in(built, output)
        if _is_part_of_a_package(output):
            for name, text in files.items():
                (output.parent / name).write_text(text, encoding="utf-8")


def face_of(rendered: Rendered, output: Path) -> dict[str, str]:
    """The files that make `output` public, by their names in the package that it is a part of; else in this repository's."""
    return face(rendered, output.parent if _is_part_of_a_package(output) else PACKAGE)


def _is_part_of_a_package(output: Path) -> bool:
    return (output.parent / "__init__.py").is_file()


def build(document: Node, folder: Path, config_file: Path = CONFIG) -> Rendered:
    """Writes the package for `document` to the new folder `folder`. Raises CodegenError.

    Returns what the files outside of it are written from.
    """
    config = config_of(config_file, folder)
    document = as_openapi30(without_skipped(document, config_file))
    check_supported(document)
    ready = transformed(document)
    examples = _examples(document, ready)
    _check_overrides(ready, config)
    try:
        parsed = GeneratorData.from_dict(ready, config=config)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise CodegenError(f"the generator cannot read the document: {error}") from error
    if isinstance(parsed, GeneratorError):
        raise CodegenError(_message([parsed]))
    problems = [
        *parsed.errors,
        *(e for tag in parsed.endpoint_collections_by_tag.values() for e in tag.parse_errors),
    ]
    if problems:
        raise CodegenError(_message(problems))
    project = Project(openapi=parsed, config=config, custom_template_path=TEMPLATES)
    rendered = render(
        project,
        ready,
        tables(ready, config),
        folder,
        examples=examples,
        resources=_resources(config_file),
        fingerprint=_fingerprint(document),
        released=read_names(NAMES),
    )
    for module in sorted(RUNTIME.glob("*.py")):
        shutil.copyfile(module, folder / module.name)
    _format(folder)
    return replace(rendered, operations=format_text(rendered.operations))


def _examples(document: Node, ready: Node) -> dict[str, str | None]:
    """The example of each operation's response, by the operation's name."""
    names = {(path, method): operation["operationId"] for _, path, method, operation in operations(ready)}
    return {
        names[path, method]: example_of_response(document, operation)
        for _, path, method, operation in operations(document)
    }


def _resources(config_file: Path) -> dict[str, str]:
    """The method of the client that offers an operation, by the operation's name."""
    return dict(load(config_file).get("resources") or {})


def _fingerprint(document: Node) -> str:
    text = json.dumps(document, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def swap_in(built: Path, output: Path) -> None:
    """Replaces `output` with `built`, and removes everything else in it."""
    output.parent.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(output, ignore_errors=True)
    shutil.copytree(built, output, ignore=shutil.ignore_patterns("__pycache__"))


def config_of(config_file: Path, folder: Path = PACKAGE) -> Config:
    """The generator's settings, for output to `folder`. Raises CodegenError."""
    try:
        settings = ConfigFile.load_from_path(config_file)
    except (OSError, ValueError, TypeError) as error:
        raise CodegenError(f"{config_file}: cannot be read: {error}") from error
    return Config.from_sources(
        settings,
        MetaType.NONE,
        document_source=folder,
        file_encoding="utf-8",
        overwrite=False,
        output_path=folder,
    )


def _check_overrides(document: Node, config: Config) -> None:
    """Raises CodegenError for a rename that renames nothing: it is a leftover."""
    known = {str(ClassName(name, config.field_prefix)) for name in document["components"]["schemas"]}
    unused = sorted(set(config.class_overrides) - known)
    if unused:
        raise CodegenError(
            f"config.yaml: class_overrides names classes that no schema has: {', '.join(unused)}"
        )


def _message(problems: Iterable[GeneratorError]) -> str:
    """The generator's errors and warnings, with the affected part of the document."""
    lines = ["the generator cannot read the document:"]
    for problem in problems:
        lines.append(" ".join(filter(None, [problem.header, problem.detail])).strip())
        data: Any = problem.data if isinstance(problem, ParseError) else None
        if data is not None:
            lines.append(
                f"  in {data.model_dump_json(exclude_none=True, exclude_defaults=True, by_alias=True)[:500]}"
            )
    return "\n".join(lines)


def _format(folder: Path) -> None:
    """Sorts imports, removes unused ones, and formats. Ignores all ruff settings but those here, so that output is stable."""
    ruff = [sys.executable, "-m", "ruff"]
    settings = ["--isolated", "--no-cache", "--line-length=110", "--target-version=py311"]
    steps = (
        [
            *ruff,
            "check",
            *settings[:2],
            "--target-version=py311",
            "--fix-only",
            "--select=I001,F401",
            "--ignore-noqa",
            str(folder),
        ],
        [*ruff, "format", *settings, str(folder)],
    )
    for step in steps:
        done = subprocess.run(step, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode != 0:
            raise CodegenError(
                f"the generated code is not valid Python: {(done.stderr + done.stdout).strip()}"
            )
