"""The public surface of the package: one line for each name, with its type or signature, as a user's type checker sees it."""

from __future__ import annotations

import ast
import contextlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import griffe

from .errors import CodegenError

__all__ = ["read_surface", "surface_of"]

DEPTH = 2
"""How far attributes are followed into classes that have no public name: `NumbersClient.active_numbers.get`."""
WIDTH = 300
"""Values of constants are cut here."""
_DEFAULT = re.compile(r"\b_defaults\.(\w+)")
_FIELD = re.compile(r"\battrs\.field\((.*)\)$", re.DOTALL)


def surface_of(package: Path) -> list[str]:
    """The sorted lines of the package in this folder, `name: type`. Nothing is imported."""
    loader: Any = griffe.load
    try:
        module = loader(
            package.name,
            search_paths=[str(package.parent)],
            allow_inspection=False,
            try_relative_path=False,
        )
    except (ImportError, SyntaxError) as error:
        raise CodegenError(f"{package}: is not a package: {error}") from error
    doors = [door for door in _modules(module) if door.exports is not None]
    exported = [
        (f"{door.path}.{name}", target)
        for door in sorted(doors, key=lambda door: door.path.count("."))
        for name in map(str, door.exports or ())
        if (target := _target(door.members.get(name))) is not None
    ]
    names: dict[str, str] = {}
    # First under its own name: another one is an alias.
    for path, target in sorted(exported, key=lambda pair: pair[0].rpartition(".")[2] != pair[1].name):
        if target.path in names:
            names[f"{path}|"] = f"{path}: {names[target.path]}"
        else:
            names[target.path] = path
    lines = {text for key, text in names.items() if key.endswith("|")}
    for target_path, path in names.items():
        if not target_path.endswith("|"):
            found = _target(module.modules_collection[target_path])
            lines |= set(_lines(path, found, names, 0))
    return sorted({*lines, *_operations(module)})


def read_surface(path: Path) -> list[str]:
    """The lines in a file that `python -m codegen generate` wrote."""
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise CodegenError(f"{path}: cannot be read: {error}") from error


def _modules(module: Any) -> Iterator[Any]:
    """The modules that are not private."""
    yield module
    for name, member in module.members.items():
        if not name.startswith("_") and not member.is_alias and member.is_module:
            yield from _modules(member)


def _operations(module: Any) -> Iterator[str]:
    """What each operation sends, which no signature shows."""
    with contextlib.suppress(KeyError):
        for tag in module["_generated.api"].members.values():
            for name, operation in tag.members.items() if not tag.is_alias and tag.is_module else ():
                if not operation.is_alias and operation.is_module and operation.docstring:
                    yield f"operation {name}: {operation.docstring.value.splitlines()[0]}"


def _target(member: Any) -> Any:
    """What a name stands for; None for what is outside of the package."""
    if member is None or not member.is_alias:
        return member
    try:
        return member.final_target
    except (griffe.AliasResolutionError, griffe.CyclicAliasError):
        return None


def _lines(path: str, found: Any, names: dict[str, str], depth: int) -> Iterator[str]:
    if found.is_module:
        yield f"{path}: module"
    elif found.is_function:
        yield f"{path}: {_signature(found)}{_mark(found)}"
    elif found.is_attribute:
        yield f"{path}: {_attribute(found)}"
    else:
        bases = ", ".join(str(base) for base in found.bases)
        yield f"{path}: class ({bases}){_mark(found)}"
        yield from _members(path, found, names, depth)


def _members(path: str, found: Any, names: dict[str, str], depth: int) -> Iterator[str]:
    for name, member in sorted(found.all_members.items()):
        own = _target(member)
        if own is None or own.is_module or own.is_class or (name.startswith("_") and name != "__init__"):
            continue
        if name == "__init__" and depth:  # Only the package itself makes these.
            continue
        if own.is_function:
            yield f"{path}.{name}: {_signature(own)}{_mark(own)}"
            continue
        inner = _private_class(own, names) if depth < DEPTH else None
        if inner is not None:
            yield from _members(f"{path}.{name}", inner, names, depth + 1)
        else:
            yield f"{path}.{name}: {_attribute(own)}"


def _private_class(attribute: Any, names: dict[str, str]) -> Any:
    """The class of an attribute, if users reach it only through that."""
    annotation = attribute.annotation
    if annotation is None and isinstance(attribute.value, griffe.ExprCall):
        annotation = attribute.value.function
    if not isinstance(annotation, griffe.ExprName):
        return None
    with contextlib.suppress(KeyError, griffe.NameResolutionError):
        found = _target(attribute.package.modules_collection[annotation.canonical_path])
        if found is not None and found.is_class and found.path not in names:
            return found
    return None


def _attribute(found: Any) -> str:
    annotation = "" if found.annotation is None else str(found.annotation)
    is_detail = found.value is None or ("class-attribute" not in found.labels and found.parent.is_class)
    value = "" if is_detail else _value(found, str(found.value))[:WIDTH]
    if "property" in found.labels:
        return f"property {annotation}"
    if annotation in ("", "TypeAlias") and value:
        return f"= {value}"
    return f"{annotation} = {value}" if value else annotation


def _value(found: Any, text: str) -> str:
    """A default as users know it: that of an attrs field, and the value of a constant of `_defaults`."""
    field = _FIELD.match(text)
    if field is not None:
        call = ast.parse(text, mode="eval").body
        keywords = (
            {word.arg: ast.unparse(word.value) for word in call.keywords}
            if isinstance(call, ast.Call)
            else {}
        )
        text = keywords.get("default", f"{keywords['factory']}()" if "factory" in keywords else "")
    return _DEFAULT.sub(lambda match: _constant(found, match), text)


def _constant(found: Any, match: re.Match[str]) -> str:
    with contextlib.suppress(KeyError):
        return str(found.package["_defaults"].members[match[1]].value)
    return match[0]


def _mark(found: Any) -> str:
    marks = [str(decorator.value).partition("(")[0] for decorator in found.decorators]
    return " [deprecated]" if any(mark.endswith("deprecated") for mark in marks) else ""


def _signature(found: Any) -> str:
    """The parameters without `self`, and what is returned."""
    parts: list[str] = []
    kinds = griffe.ParameterKind
    has_star = False
    for index, parameter in enumerate(found.parameters):
        if index == 0 and parameter.name in ("self", "cls") and found.parent.is_class:
            continue
        if parameter.kind is kinds.keyword_only and not has_star:
            parts.append("*")
            has_star = True
        star = {kinds.var_positional: "*", kinds.var_keyword: "**"}.get(parameter.kind, "")
        has_star = has_star or star == "*"
        text = f"{star}{parameter.name}"
        if parameter.annotation is not None:
            text += f": {parameter.annotation}"
        if parameter.default is not None and not star:
            text += f" = {_value(found, str(parameter.default))}"
        parts.append(text)
        if parameter.kind is kinds.positional_only and not _is_positional(found.parameters, index + 1):
            parts.append("/")
    returned = "" if found.returns is None else f" -> {found.returns}"
    return f"{'async ' if 'async' in found.labels else ''}({', '.join(parts)}){returned}"


def _is_positional(parameters: Any, index: int) -> bool:
    following = list(parameters)
    return index < len(following) and following[index].kind is griffe.ParameterKind.positional_only
