"""Takes over a new document: collects everything that there is to say about it, and swaps it in only if all is right."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from .diff import SurfaceChange, changes_of
from .document import Node, dump, load
from .errors import CodegenError
from .findings import Finding, findings_of
from .generate import build, generate
from .openapi31 import as_openapi30
from .overlay import read_overlay
from .skip import skipped, without
from .spec import read_spec
from .supported import problems_of
from .surface import read_surface, surface_of
from .verify import problems_of_document, type_errors

__all__ = ["Files", "Report", "update"]


@dataclass(frozen=True)
class Files:
    """What `update` reads and writes."""

    spec: Path
    overlays: tuple[Path, ...]
    """The corrections, then the additions."""
    config: Path
    output: Path
    """The generated package, within the package that uses it."""
    surface: Path
    released: Path
    """The surface of the last release."""


@dataclass
class Report:
    """What a new document brings, and what is to be done."""

    old: Node
    new: Node
    overlay: list[Finding] = field(default_factory=list[Finding])
    refused: list[str] = field(default_factory=list[str])
    """What is not supported, invalid, or not typed once it is generated."""
    skipped: dict[str, str] = field(default_factory=dict[str, str])
    """What is skipped, and the reason."""
    needless: list[str] = field(default_factory=list[str])
    """Skips that are no longer needed."""
    by_hand: list[str] = field(default_factory=list[str])
    """Errors of type checkers in what is written by hand."""
    surface: list[SurfaceChange] = field(default_factory=list[SurfaceChange])
    since_release: list[SurfaceChange] = field(default_factory=list[SurfaceChange])
    """What users' code loses and gains since the last release, with what was changed before."""

    @property
    def is_right(self) -> bool:
        """Whether the document can be swapped in."""
        return not (self.refused or self.by_hand or any(finding.stops for finding in self.overlay))


def update(new_file: Path, files: Files) -> Report:
    """Reads the document in `new_file`, and writes it and what is generated if the report is right.

    Raises CodegenError only for files that cannot be read.
    """
    report = Report(old=read_spec(files.spec), new=read_spec(new_file))
    document = _read(report, files)
    with tempfile.TemporaryDirectory(prefix="codegen-") as folder:
        package = files.output.parent
        whole = Path(folder) / package.name
        shutil.copytree(package, whole, ignore=shutil.ignore_patterns("__pycache__"))
        if _generated(report, document, whole / files.output.name, files.config):
            report.by_hand += type_errors(whole.parent, "-p", whole.name)
            surface = surface_of(whole)
            report.surface += changes_of(read_surface(files.surface), surface)
            report.since_release += changes_of(read_surface(files.released), surface)
            if report.is_right:
                _swap_in(whole, package, files.output.name)
                files.surface.write_text("\n".join(surface) + "\n", encoding="utf-8")
                if new_file.resolve() != files.spec.resolve():
                    shutil.copyfile(new_file, files.spec)
    return report


def _read(report: Report, files: Files) -> Node:
    """The corrected new document; what is wrong with it goes into the report."""
    actions = [action for overlay in files.overlays if overlay.is_file() for action in read_overlay(overlay)]
    document, findings = findings_of(report.old, report.new, actions, str(files.overlays[-1]))
    report.overlay += findings
    report.skipped |= skipped(files.config)
    kept, missing = without(document, report.skipped)
    report.refused += [f"{files.config}: skip: the document has no {place}: remove it" for place in missing]
    try:
        report.refused += problems_of_document(document)
        report.refused += problems_of(as_openapi30(kept))
        report.needless += _needless(
            document, [place for place in report.skipped if place not in missing], files.config
        )
    except CodegenError as error:
        report.refused += str(error).splitlines()
    return document


def _needless(document: Node, places: list[str], config: Path) -> Iterator[str]:
    """The skips without which everything is generated all the same."""
    settings = load(config)
    for place in places:
        with tempfile.TemporaryDirectory(prefix="codegen-") as folder:
            own = Path(folder) / "config.yaml"
            others = {other: settings["skip"][other] for other in places if other != place}
            own.write_text(dump({**settings, "skip": others}), encoding="utf-8")
            try:
                build(document, Path(folder) / "package", own)
            except CodegenError:
                continue
            yield place


_OPERATION = re.compile(r"#/paths/[^/]+/(?:get|put|post|delete|options|head|patch|trace)(?=[/:])")


def _generated(report: Report, document: Node, output: Path, config: Path) -> bool:
    """Generates what is right so far. What the generator refuses besides goes into the report.

    Operations that are refused are left out, as if they were skipped, so that the report tells what else there is to do.
    """
    refused = [_OPERATION.match(problem) for problem in report.refused]
    places = {found[0]: "refused" for found in refused if found is not None}
    if None in refused:
        return False
    own = output.parent.parent / "config.yaml"
    own.write_text(dump({**load(config), "skip": report.skipped | places}), encoding="utf-8")
    try:
        generate(document, output, own)
    except CodegenError as error:
        report.refused += str(error).splitlines()
        return False
    return True


def _swap_in(whole: Path, package: Path, generated: str) -> None:
    """Copies what has changed, and removes what is no longer generated."""
    for source in sorted(whole.rglob("*")):
        target = package / source.relative_to(whole)
        if source.is_dir() or "__pycache__" in source.parts:
            continue
        if not target.is_file() or target.read_bytes() != source.read_bytes():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
    for target in sorted((package / generated).rglob("*.py")):
        if not (whole / target.relative_to(package)).exists():
            target.unlink()
