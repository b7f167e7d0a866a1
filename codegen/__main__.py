"""`python -m codegen generate | check | spec | update NEW.yaml | diff OLD NEW | drift FILE | release`."""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from pathlib import Path

from .compare import difference, differences
from .diff import SEVERITIES, as_changelog, changes_of, next_version
from .document import Node, dump
from .drift import actions_from_drift
from .errors import CodegenError
from .generate import build, face_of, generate
from .paths import ADDITIONS, CONFIG, OUTPUT, OVERLAY, PACKAGE, RELEASED, REPORT, SPEC, SURFACE
from .release import release
from .report import page
from .spec import corrected
from .surface import read_surface, surface_of
from .surfaces import surface_at
from .update import Files, update

COMMANDS = {"generate": 0, "check": 0, "spec": 0, "update": 1, "diff": 2, "drift": 1, "release": 0}
"""How many files each command takes."""


def main(arguments: list[str] | None = None) -> int:
    """Runs one command. Returns its exit status.

    1: it failed, `check` found a difference, `update` wrote nothing, or `diff` found what breaks users' code.
    """
    options = _options(arguments)
    try:
        if options.command == "update":
            return _update(options)
        if options.command == "diff":
            return _diff(*options.files)
        overlays = [path for path in (options.overlay, options.additions) if path != Path("none")]
        document = corrected(options.spec, *overlays)
        if options.command == "spec":
            sys.stdout.write(dump(document))
        elif options.command == "drift":
            sys.stdout.write(actions_from_drift(options.files[0], document, options.config))
        elif options.command == "release":
            release(document, options.config)
        elif options.command == "generate":
            generate(document, options.output, options.config)
            if options.output == OUTPUT:
                SURFACE.write_text(_text(surface_of(PACKAGE)), encoding="utf-8")
        else:
            return _check(document, options.output, options.config)
    except CodegenError as error:
        print(f"codegen: {error}", file=sys.stderr)
        return 1
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m codegen", description=__doc__)
    parser.add_argument("command", choices=list(COMMANDS))
    files = "update: the new document. diff: two surfaces, packages or corrected documents. drift: a recorder's file"
    parser.add_argument("files", nargs="*", type=Path, help=files)
    parser.add_argument("--spec", type=Path, default=SPEC, help="the vendored document")
    parser.add_argument("--overlay", type=Path, default=OVERLAY, help="the corrections")
    parser.add_argument(
        "--additions",
        type=Path,
        default=ADDITIONS,
        help="what the published API has besides; `none` for nothing",
    )
    parser.add_argument("--config", type=Path, default=CONFIG, help="the generator's settings")
    parser.add_argument("--output", type=Path, default=OUTPUT, help="the package to write")
    parser.add_argument("--surface", type=Path, default=SURFACE, help="the public names of that package")
    parser.add_argument("--report", type=Path, default=REPORT, help="where `update` writes its page")
    options = parser.parse_args(arguments)
    if len(options.files) != COMMANDS[options.command]:
        parser.error(f"{options.command} takes {COMMANDS[options.command]} files")
    return options


def _update(options: argparse.Namespace) -> int:
    files = Files(
        spec=options.spec,
        overlays=(options.overlay, options.additions),
        config=options.config,
        output=options.output,
        surface=options.surface,
        released=RELEASED / "surface.txt",
    )
    report = update(options.files[0], files)
    text = page(report, _released_version())
    options.report.write_text(text, encoding="utf-8")
    print(text)
    return 0 if report.is_right else 1


def _diff(old: Path, new: Path) -> int:
    changes = changes_of(surface_at(old), surface_at(new))
    print(as_changelog(changes) or "Nothing changes for users.")
    print(f"The next version is {next_version(_released_version(), changes)}.")
    return int(any(change.severity in SEVERITIES[:2] for change in changes))


def _released_version() -> str:
    """The version of the last release, which is the installed one."""
    found = re.search(r'"(\d+\.\d+\.\d+)', (PACKAGE / "_version.py").read_text(encoding="utf-8"))
    if found is None:
        raise CodegenError(f"{PACKAGE / '_version.py'}: has no version")
    return found[1]


def _check(document: Node, output: Path, config: Path) -> int:
    """Prints what differs from what would be written."""
    with tempfile.TemporaryDirectory(prefix="codegen-") as folder:
        rendered = build(document, Path(folder) / "package", config)
        diff = differences(output, Path(folder) / "package")
    if (output.parent / "__init__.py").is_file():
        for name, text in face_of(rendered, output).items():
            diff += difference(output.parent / name, text, name)
    if output == OUTPUT and read_surface(SURFACE) != (surface := surface_of(PACKAGE)):
        diff += [f"{name}\n" for name in sorted({*read_surface(SURFACE)} ^ {*surface})]
    if not diff:
        return 0
    sys.stdout.writelines(diff)
    print("codegen: what is generated is out of date: run `python -m codegen generate`", file=sys.stderr)
    return 1


def _text(lines: list[str]) -> str:
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
