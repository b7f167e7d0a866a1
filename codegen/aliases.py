"""Writes the modules of names that were released and that the document no longer gives."""

from __future__ import annotations

from pathlib import Path

from openapi_python_client.strings import PythonIdentifier

from .released_names import Aliases
from .tables import Tables

__all__ = ["old_functions", "resources_by_new_name", "write_aliases"]


def write_aliases(aliases: Aliases, tables: Tables, folder: Path) -> dict[str, list[str]]:
    """Writes a module for each old name. Returns the old names of classes by their modules."""
    for old, new in aliases.operations.items():
        tag, _, module = old.partition(".")
        (folder / "api" / tag).mkdir(exist_ok=True)
        (folder / "api" / tag / "__init__.py").touch()
        text = f'"""Deprecated: the operation is `{new}` now."""\n\nfrom ..{new} import SAFETY, build_request, parse_response\n'
        text += '\n__all__ = ["SAFETY", "build_request", "parse_response"]\n'
        (folder / "api" / tag / f"{module}.py").write_text(text, encoding="utf-8")
    exports: dict[str, list[str]] = {}
    for old, new in aliases.classes.items():
        module = str(PythonIdentifier(old, "field_"))
        names = {old: new}
        if new in tables.unions:
            names |= {f"Unknown{old}": f"Unknown{new}", f"decode_{module}": f"decode_{tables.module(new)}"}
        imports = ", ".join(f"{source} as {name}" for name, source in names.items())
        text = f'"""Deprecated: the API\'s document calls it `{new}` now."""\n\nfrom .{tables.module(new)} import {imports}\n'
        text += f"\n__all__ = {sorted(names)!r}\n"
        (folder / "models" / f"{module}.py").write_text(text, encoding="utf-8")
        exports[module] = sorted(name for name in names if not name.startswith("decode_"))
    return exports


def old_functions(aliases: Aliases, module: str) -> list[str]:
    """The old names of the operation in `tag.module`, as methods of `client.operations`."""
    new = module.partition(".")[2]
    olds = [old.partition(".")[2] for old, current in aliases.operations.items() if current == module]
    return sorted(old for old in olds if old != new)


def resources_by_new_name(
    resources: dict[str, str], aliases: Aliases, names: dict[str, str]
) -> dict[str, str]:
    """The resources by the names that operations have now; `names` are those by `tag.module`."""
    renamed = {old.partition(".")[2]: names[new] for old, new in aliases.operations.items()}
    return {
        renamed.get(str(PythonIdentifier(name, "field_")), name): method for name, method in resources.items()
    }
