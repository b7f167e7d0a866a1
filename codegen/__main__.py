"""`python -m codegen generate | check | spec`."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from .compare import difference, differences
from .document import dump
from .errors import CodegenError
from .generate import build, face_of, generate
from .paths import ADDITIONS, CONFIG, OUTPUT, OVERLAY, SPEC
from .spec import corrected


def main(arguments: list[str] | None = None) -> int:
    """Runs one command. Returns its exit status: 1 if it failed or `check` found a difference."""
    parser = argparse.ArgumentParser(prog="python -m codegen", description=__doc__)
    parser.add_argument("command", choices=["generate", "check", "spec"])
    parser.add_argument("--spec", type=Path, default=SPEC, help="the vendored document")
    parser.add_argument("--overlay", type=Path, default=OVERLAY, help="the corrections")
    parser.add_argument(
        "--additions", type=Path, default=ADDITIONS, help="what the published API has besides"
    )
    parser.add_argument("--config", type=Path, default=CONFIG, help="the generator's settings")
    parser.add_argument("--output", type=Path, default=OUTPUT, help="the package to write")
    options = parser.parse_args(arguments)
    try:
        document = corrected(options.spec, options.overlay, options.additions)
        if options.command == "spec":
            sys.stdout.write(dump(document))
        elif options.command == "generate":
            generate(document, options.output, options.config)
        else:
            with tempfile.TemporaryDirectory(prefix="codegen-") as folder:
                rendered = build(document, Path(folder) / "package", options.config)
                diff = differences(options.output, Path(folder) / "package")
                if (options.output.parent / "__init__.py").is_file():
                    for name, text in face_of(rendered, options.output).items():
                        diff += difference(options.output.parent / name, text, name)
                return _report(diff)
    except CodegenError as error:
        print(f"codegen: {error}", file=sys.stderr)
        return 1
    return 0


def _report(diff: list[str]) -> int:
    """Prints the diff and returns 1; returns 0 if there is none."""
    if not diff:
        return 0
    sys.stdout.writelines(diff)
    print("codegen: what is generated is out of date: run `python -m codegen generate`", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
