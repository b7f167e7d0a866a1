"""Writes what makes the generated package public: the models in `models.py` and `__init__.py`, and `resources/operations.py`.

Of `__init__.py`, the table `_MODULES` is written by hand except for its line of models; from the table are written the imports
for type checkers and `__all__`.
"""

from __future__ import annotations

import ast
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import cast

from .errors import CodegenError
from .render import Rendered

__all__ = ["face", "format_text"]

OPERATIONS = "resources/operations.py"


def face(rendered: Rendered, package: Path) -> dict[str, str]:
    """The text of each file of `package` that has generated parts, by its name. Raises CodegenError if names collide."""
    init = _read(package / "__init__.py")
    models = _read(package / "models.py")
    return {
        "__init__.py": format_text(_init(init, rendered.models)),
        "models.py": format_text(_models(models, rendered.models)),
        OPERATIONS: rendered.operations,
    }


def _read(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    try:
        ast.parse(text)
    except SyntaxError as error:
        raise CodegenError(f"{path}: is not valid Python: {error}") from error
    return text


def format_text(text: str) -> str:
    """`text` as ruff formats it, with sorted imports and without unused ones."""
    ruff = [sys.executable, "-m", "ruff"]
    isolated = ["--isolated", "--no-cache", "--target-version=py311", "--line-length=110"]
    for step in (
        [*ruff, "check", *isolated, "--fix-only", "--quiet", "--select=I001,F401", "-"],
        [*ruff, "format", *isolated, "-"],
    ):
        done = subprocess.run(step, input=text, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode != 0:
            raise CodegenError(f"the generated code is not valid Python: {done.stderr.strip()}")
        text = done.stdout
    return text


def _models(text: str, names: list[str]) -> str:
    """`models.py`, of which the docstring is kept."""
    docstring = ast.parse(text).body[0]
    head = "".join(text.splitlines(keepends=True)[: docstring.end_lineno])
    listed = "".join(f"    {name},\n" for name in names)
    quoted = "".join(f'    "{name}",\n' for name in names)
    return f"{head}\nfrom ._generated.models import (\n{listed})\n\n__all__ = [\n{quoted}]\n"


def _init(text: str, models: list[str]) -> str:
    """`__init__.py` with the names of its table `_MODULES` and of the models."""
    modules = _value(text, "_MODULES")
    table = cast("dict[str, str]", ast.literal_eval(modules))
    table["models"] = " ".join(models)
    submodules = sorted(
        cast("set[str]", ast.literal_eval(cast(ast.Call, _value(text, "_SUBMODULES")).args[0]))
    )
    homes: dict[str, str] = {}
    for module, names in table.items():
        for name in names.split():
            if name in homes:
                raise CodegenError(
                    f"the public name {name} is that of {homes[name]} and of {module}: give the class another in config.yaml, "
                    "class_overrides"
                )
            homes[name] = module
    imports = f"    from . import {', '.join(submodules)}\n" + "".join(
        f"    from .{module} import {', '.join(names.split())}\n" for module, names in sorted(table.items())
    )
    public = "".join(f'    "{name}",\n' for name in sorted({*homes, *submodules}))
    text = _replaced(text, _value(text, "__all__"), f"[\n{public}]")
    text = _replaced(text, _of_models(_value(text, "_MODULES")), _lines(models))
    block = _checkers_only(text)
    kept = "".join(f"    {ast.unparse(node)}\n" for node in block.body if not _is_of_this_package(node))
    return _replaced(text, block, f"if TYPE_CHECKING:\n{kept}{imports}".rstrip())


def _value(text: str, name: str) -> ast.expr:
    """What is assigned to `name` at the top of the module."""
    for node in ast.parse(text).body:
        if (
            isinstance(node, ast.Assign)
            and isinstance(target := node.targets[0], ast.Name)
            and target.id == name
        ):
            return node.value
    raise CodegenError(f"__init__.py has no {name}")


def _of_models(modules: ast.expr) -> ast.expr:
    """The value of the key `models`."""
    table = cast(ast.Dict, modules)
    keys = [cast(ast.Constant, key).value for key in table.keys]
    return table.values[keys.index("models")]


def _is_of_this_package(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and node.level > 0


def _checkers_only(text: str) -> ast.If:
    """The imports for type checkers."""
    return next(
        node
        for node in ast.parse(text).body
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
    )


def _lines(names: list[str]) -> str:
    wrapped = textwrap.indent(textwrap.fill(" ".join(names), 100), " " * 8)
    return f'"""\n{wrapped}"""'


def _replaced(text: str, node: ast.expr | ast.stmt, by: str) -> str:
    lines = text.splitlines(keepends=True)
    before = "".join(lines[: node.lineno - 1]) + lines[node.lineno - 1][: node.col_offset]
    last = cast(int, node.end_lineno) - 1
    after = lines[last][cast(int, node.end_col_offset) :] + "".join(lines[last + 1 :])
    return before + by + after
