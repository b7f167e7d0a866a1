"""What users' code loses and gains between two surfaces of the package, how much it hurts, and the version that says so."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["SEVERITIES", "SurfaceChange", "as_changelog", "changes_of", "next_version"]

SEVERITIES = ("breaks at run time", "breaks type checking", "behaviour", "deprecation", "addition")
"""From the worst on."""
RUN_TIME, TYPES, BEHAVIOUR, DEPRECATION, ADDITION = SEVERITIES
_SECTIONS = {
    RUN_TIME: "Removed or changed",
    TYPES: "Types",
    BEHAVIOUR: "Behaviour",
    DEPRECATION: "Deprecated",
    ADDITION: "Added",
}
_DEPRECATED = " [deprecated]"


@dataclass(frozen=True)
class SurfaceChange:
    """One difference that a user can notice."""

    severity: str
    name: str
    """The public name, such as `sinch_numbers.NumberType.LOCAL`."""
    text: str


def changes_of(old: list[str], new: list[str]) -> list[SurfaceChange]:
    """The differences of two surfaces, the worst first."""
    before, after = _entries(old), _entries(new)
    found = list(_replaced(before, after))
    for name in sorted(before.keys() | after.keys()):
        if name not in after and not any(other.startswith(f"{name}.") for other in after):
            if _parent(name, before) not in before or _parent(name, before) in after:
                found.append(SurfaceChange(RUN_TIME, name, "is gone"))
        elif name not in before and not any(other.startswith(f"{name}.") for other in before):
            found += _added(name, before, after)
        elif name.startswith("operation ") and before[name] != after[name]:
            found.append(
                SurfaceChange(BEHAVIOUR, name, f"is sent as `{after[name]}`, and was as `{before[name]}`")
            )
        elif name in before and name in after and before[name] != after[name]:
            found += [
                SurfaceChange(severity, name, text) for severity, text in _changed(before[name], after[name])
            ]
    return sorted(found, key=lambda change: (SEVERITIES.index(change.severity), change.name, change.text))


def as_changelog(changes: list[SurfaceChange]) -> str:
    """The changes in the form of CHANGELOG.md. Empty if there are none."""
    lines: list[str] = []
    for severity, title in _SECTIONS.items():
        own = [change for change in changes if change.severity == severity]
        if own:
            lines += [f"### {title}", "", *(f"- `{change.name}` {change.text}." for change in own), ""]
    return "\n".join(lines)


def next_version(current: str, changes: list[SurfaceChange]) -> str:
    """The next version by Semantic Versioning; before 1.0, what breaks users' code is a minor version."""
    major, minor, patch = (int(number) for number in current.split(".")[:3])
    severities = {change.severity for change in changes}
    if severities & {RUN_TIME, TYPES}:
        return f"{major + 1}.0.0" if major else f"0.{minor + 1}.0"
    if severities & {ADDITION, DEPRECATION} and major:
        return f"{major}.{minor + 1}.0"
    return f"{major}.{minor}.{patch + 1}" if severities else current


def _entries(lines: list[str]) -> dict[str, str]:
    return {name: text for name, separator, text in (line.partition(": ") for line in lines) if separator}


def _replaced(before: dict[str, str], after: dict[str, str]) -> Iterator[SurfaceChange]:
    """Classes that are an alias of a new one. From then on they are compared with that: `after` gets its entries."""
    for name, target in list(after.items()):
        if target in after and name in before and before[name] not in before and before[name] != target:
            yield SurfaceChange(DEPRECATION, name, f"is another name of `{target}` now")
            members = {key: text for key, text in after.items() if key.startswith(f"{target}.")}
            after |= {
                name: after[target],
                **{name + key.removeprefix(target): text for key, text in members.items()},
            }


def _parent(name: str, entries: dict[str, str]) -> str:
    """The class that a name is a member of; the name itself if it is none."""
    parent = name.rpartition(".")[0]
    return parent if parent in entries else ""


def _added(name: str, before: dict[str, str], after: dict[str, str]) -> Iterator[SurfaceChange]:
    parent = _parent(name, after)
    if parent and parent not in before:
        return  # A new class has new members.
    if "Protocol" in after.get(parent, "") and not name.endswith(".__init__"):
        yield SurfaceChange(RUN_TIME, name, "is new in a protocol: classes of users lack it")
    elif parent and not parent.startswith("operation") and _is_required_field(name, parent, after):
        yield SurfaceChange(RUN_TIME, name, f"is a new argument that is required: `{after[name]}`")
    else:
        yield SurfaceChange(
            ADDITION, name, f"is new: `{after[name]}`" if len(after[name]) <= 100 else "is new"
        )


def _is_required_field(name: str, parent: str, entries: dict[str, str]) -> bool:
    """Whether it is an attribute that the constructor of a model requires."""
    text = entries[name]
    is_value = not text.startswith(("(", "async (", "property ", "= ")) and " = " not in text
    return is_value and "Model" in entries[parent] and f"{parent}.__init__" not in entries


def _changed(old: str, new: str) -> Iterator[tuple[str, str]]:
    if new.endswith(_DEPRECATED) and not old.endswith(_DEPRECATED):
        yield DEPRECATION, "is deprecated"
    old, new = old.removesuffix(_DEPRECATED), new.removesuffix(_DEPRECATED)
    if old == new:
        return
    kinds = (_kind(old), _kind(new))
    if kinds[0] != kinds[1]:
        yield RUN_TIME, f"was `{old}`, and is `{new}`"
    elif kinds[0] == "function":
        yield from _changed_function(old, new)
    elif kinds[0] == "class":
        yield from _changed_bases(old, new)
    elif kinds[0] == "constant":
        yield from _changed_constant(old, new)
    else:
        yield from _changed_attribute(old, new)


def _kind(text: str) -> str:
    if text.startswith(("(", "async (")):
        return "function"
    if text.startswith("class ("):
        return "class"
    return "constant" if text.startswith("= ") else "attribute"


def _changed_bases(old: str, new: str) -> Iterator[tuple[str, str]]:
    before, after = ({*text[7:-1].split(", ")} - {""} for text in (old, new))
    if lost := before - after:
        yield RUN_TIME, f"is no longer a {', '.join(sorted(lost))}"
    elif before != after:
        yield ADDITION, f"is a {', '.join(sorted(after - before))} as well"


def _changed_constant(old: str, new: str) -> Iterator[tuple[str, str]]:
    before, after = _alternatives(old[2:]), _alternatives(new[2:])
    if len(before) == len(after) == 1:
        yield BEHAVIOUR, f"is {new[2:]}, and was {old[2:]}"
        return
    if gone := before - after:
        yield TYPES, f"no longer includes {', '.join(sorted(gone))}"
    if more := after - before:
        yield TYPES, f"also is {', '.join(sorted(more))}: a match over all variants is incomplete"


def _changed_attribute(old: str, new: str) -> Iterator[tuple[str, str]]:
    (before, old_default), (after, new_default) = _with_default(old), _with_default(new)
    if before and after and before != after:
        names = [_alternatives(text) - {"None"} for text in (before, after)]
        severity = TYPES if names[0] & names[1] or not names[0] or not names[1] else RUN_TIME
        yield severity, f"is `{after}`, and was `{before}`"
    yield from _changed_default(old_default, new_default, "")


def _with_default(text: str) -> tuple[str, str | None]:
    kind, separator, default = text.removeprefix("property ").partition(" = ")
    return kind, default if separator else None


def _changed_default(old: str | None, new: str | None, name: str) -> Iterator[tuple[str, str]]:
    what = f"the argument `{name}` " if name else ""
    if old == new:
        return
    if new is None:
        yield RUN_TIME, f"{what}has no default any more: it was {old}"
    elif old is None:
        yield ADDITION, f"{what}has a default: {new}"
    else:
        yield BEHAVIOUR, f"{what}has the default {new}, and had {old}"


def _changed_function(old: str, new: str) -> Iterator[tuple[str, str]]:
    before, after = _function(old), _function(new)
    if isinstance(before, ast.AsyncFunctionDef) != isinstance(after, ast.AsyncFunctionDef):
        yield RUN_TIME, f"is {'not ' if isinstance(before, ast.AsyncFunctionDef) else ''}awaited now"
    earlier, later = _parameters(before), _parameters(after)
    for name in [name for name in earlier if name not in later]:
        yield RUN_TIME, f"has no argument `{name}` any more"
    for name, (_, _, default) in later.items():
        if name not in earlier:
            yield (
                (RUN_TIME, f"requires the new argument `{name}`")
                if default is None
                else (ADDITION, f"has the new argument `{name}`")
            )
    for name in [name for name in earlier if name in later]:
        yield from _changed_parameter(name, earlier[name], later[name])
    orders = [
        [name for name, (kind, _, _) in own.items() if kind == "positional"] for own in (earlier, later)
    ]
    kept = orders[1][: len(orders[0])]
    if orders[0] != kept and set(orders[0]) <= set(orders[1]):
        yield RUN_TIME, f"takes positional arguments in another order: {', '.join(orders[1])}"
    returns = [_text(own.returns) for own in (before, after)]
    if returns[0] != returns[1]:
        narrower = _alternatives(returns[1]) < _alternatives(returns[0])
        yield (ADDITION if narrower else TYPES), f"returns `{returns[1]}`, and returned `{returns[0]}`"


Parameter = tuple[str, str, str | None]
"""The kind (`positional`, `keyword`, `*` or `**`), the annotation, and the default."""


def _changed_parameter(name: str, old: Parameter, new: Parameter) -> Iterator[tuple[str, str]]:
    if old[0] == "positional" and new[0] != "positional":
        yield RUN_TIME, f"the argument `{name}` must be given by its name"
    if old[1] != new[1]:
        wider = _alternatives(old[1]) < _alternatives(new[1])
        yield (ADDITION if wider else TYPES), f"takes `{new[1]}` as `{name}`, and took `{old[1]}`"
    yield from _changed_default(old[2], new[2], name)


def _function(text: str) -> ast.FunctionDef | ast.AsyncFunctionDef:
    is_async = text.startswith("async ")
    (statement,) = ast.parse(f"{'async ' * is_async}def f{text.removeprefix('async ')}: ...").body
    assert isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef)
    return statement


def _parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> dict[str, Parameter]:
    own = function.args
    positional = [*own.posonlyargs, *own.args]
    defaults = [None] * (len(positional) - len(own.defaults)) + [ast.unparse(value) for value in own.defaults]
    found: dict[str, Parameter] = {
        one.arg: ("positional", _text(one.annotation), default)
        for one, default in zip(positional, defaults, strict=True)
    }
    if own.vararg is not None:
        found[f"*{own.vararg.arg}"] = ("*", _text(own.vararg.annotation), "()")
    for one, value in zip(own.kwonlyargs, own.kw_defaults, strict=True):
        found[one.arg] = ("keyword", _text(one.annotation), None if value is None else ast.unparse(value))
    if own.kwarg is not None:
        found[f"**{own.kwarg.arg}"] = ("**", _text(own.kwarg.annotation), "{}")
    return found


def _text(part: ast.expr | None) -> str:
    return "" if part is None else ast.unparse(part)


def _alternatives(text: str) -> set[str]:
    """The types of a union; what is within brackets stays together."""
    parts: list[str] = []
    depth = start = 0
    for index, character in enumerate(text):
        depth += (character in "[(") - (character in "])")
        if character == "|" and not depth:
            parts.append(text[start:index])
            start = index + 1
    return {part.strip() for part in [*parts, text[start:]]} - {""}
