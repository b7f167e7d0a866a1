"""Fills the templates: one module for each operation, model, union and enum."""

from __future__ import annotations

import dataclasses
import re
import textwrap
from dataclasses import dataclass
from keyword import iskeyword
from pathlib import Path
from typing import Any, cast

from openapi_python_client import Project
from openapi_python_client.parser.properties import EnumProperty, ModelProperty
from openapi_python_client.schema.untrusted_string import UntrustedString
from openapi_python_client.strings import PythonIdentifier, safe_for_docstring

from .aliases import old_functions, resources_by_new_name, write_aliases
from .document import Node
from .endpoints import Operation, operation_index, operation_of
from .errors import CodegenError
from .fields import Field, fields_of
from .kinds import attribute_name
from .literals import literal
from .released_names import Names, aliases_of, names_of
from .tables import Tables
from .unions import union_model

__all__ = ["Rendered", "render"]


RESERVED = {
    "Any",
    "Callable",
    "Cursor",
    "Iterable",
    "Mapping",
    "OnDrift",
    "OpenEnum",
    "Operations",
    "Pager",
    "Request",
    "Self",
    "Sequence",
    "TypeAlias",
}
"""Names that the templates use, so that no class can have them."""


@dataclass(frozen=True)
class Model:
    """The values for a model's template."""

    name: str
    text: Any
    fields: list[Field]
    not_sent: list[str]
    """The JSON names that a request leaves out, escaped for a double-quoted literal."""
    bases: str
    request_only: bool
    enums: list[str]
    """The enums that the fast path reads."""
    imports: list[str]
    type_imports: list[str]
    """Imports for annotations only."""
    cyclic_imports: list[str]
    """Imports at the end of the module, of classes that refer back to this model."""


@dataclass(frozen=True)
class Rendered:
    """What the modules outside of the package, which make it public, are written from."""

    models: list[str]
    """The names of all models, sorted."""
    operations: str
    """The module with the class `Operations`."""
    names: Names = dataclasses.field(default_factory=Names)


def render(
    project: Project,
    document: Node,
    tables: Tables,
    folder: Path,
    *,
    examples: dict[str, str | None],
    resources: dict[str, str],
    fingerprint: str,
    released: Names,
) -> Rendered:
    """Writes every module of the package to the new folder `folder`.

    `examples` and `resources` are by the names of operations; `fingerprint` is that of the document, and the names in
    `released` are kept as aliases.
    """
    environment = project.env
    filters = cast("dict[str, object]", environment.filters)
    filters["prose"] = _prose
    filters["identifier"] = _identifier
    filters["in_double_quote_literal"] = literal
    facts: dict[str, Any] = {
        "enum_texts": tables.enum_texts,
        "modules": tables.modules,
        "cyclic": tables.cyclic,
    }
    environment.globals |= facts
    (folder / "models").mkdir(parents=True)
    (folder / "api").mkdir()
    _write(project, "package_init.py.jinja", folder / "__init__.py")
    _write(
        project,
        "spec.py.jinja",
        folder / "spec.py",
        version=_version(document),
        fingerprint=fingerprint,
    )
    rows = _operations(project, document, tables, folder / "api")
    names = names_of(document, tables, {row.name: f"{row.tag}.{row.function}" for row in rows})
    aliases = aliases_of(released, names)
    exports = {**_models(project, tables, folder / "models"), **_enums(project, folder / "models")}
    exports |= write_aliases(aliases, tables, folder)
    all_names = sorted(name for own in exports.values() for name in own)
    _write(
        project,
        "models_init.py.jinja",
        folder / "models" / "__init__.py",
        exports=dict(sorted(exports.items())),
        all_names=all_names,
    )
    resources = resources_by_new_name(
        resources, aliases, {f"{row.tag}.{row.function}": row.name for row in rows}
    )
    if unknown := sorted({*resources} - {row.name for row in rows}):
        raise CodegenError(f"config.yaml: resources names operations that do not exist: {', '.join(unknown)}")
    context: dict[str, Any] = {
        "operations": rows,
        "old_functions": {row.name: old_functions(aliases, f"{row.tag}.{row.function}") for row in rows},
        "examples": examples,
        "resources": resources,
        "classes": sorted({name for row in rows for name in row.classes}),
    }
    _write(project, "operation_table.py.jinja", folder / "operations.py", **context)
    return Rendered(all_names, _rendered(project, "operations.py.jinja", "operations.py", **context), names)


def _write(project: Project, template: str, path: Path, **context: Any) -> None:
    path.write_text(_rendered(project, template, path.name, **context), encoding="utf-8")


def _rendered(project: Project, template: str, name: str, **context: Any) -> str:
    text = project.env.get_template(template).render(**context)
    try:
        text.encode()
    except UnicodeEncodeError as error:  # half of a surrogate pair
        raise CodegenError(f"{name}: the document has a text that is not Unicode: {error}") from error
    return text


def _version(document: Node) -> str:
    """The document's version, which becomes a part of an HTTP header."""
    version = str(document["info"].get("version", ""))
    if not re.fullmatch(r"[A-Za-z0-9.+_-]{1,40}", version):
        raise CodegenError(f"#/info/version: {version!r} cannot be a part of the User-Agent")
    return version


def _models(project: Project, tables: Tables, folder: Path) -> dict[str, list[str]]:
    exports: dict[str, list[str]] = {}
    models = {str(model.class_info.name): model for model in project.openapi.models}
    for model in models.values():
        name, module = str(model.class_info.name), str(model.class_info.module_name)
        path = folder / f"{module}.py"
        _check_class(name)
        if path.exists():
            raise CodegenError(f"#/components/schemas: two schemas become the module {module!r}")
        if name in tables.unions:
            union = tables.unions[name]
            attribute = attribute_name(str(PythonIdentifier(union.key, project.config.field_prefix)))
            _write(
                project,
                "union.py.jinja",
                path,
                union=union,
                model=union_model(union, models, tables),
                module=module,
                union_attribute=attribute,
                description=model.description,
            )
            exports[module] = [name, union.unknown]
        else:
            _write(project, "model.py.jinja", path, model=_model(model, tables))
            exports[module] = [name]
    return exports


def _check_class(name: str) -> None:
    if name in RESERVED:
        raise CodegenError(
            f"#/components/schemas: the class {name!r} is a name that the generated code uses: give it another in "
            "config.yaml, class_overrides"
        )


def _model(model: ModelProperty, tables: Tables) -> Model:
    fields = fields_of(model, tables)
    name = str(model.class_info.name)
    siblings = {literal(key) for key in tables.siblings.get(name, ())}
    not_sent = sorted(siblings | {field.json for field in fields if field.read_only})
    lines: dict[str, list[str]] = {"imports": [], "type_imports": [], "cyclic_imports": []}
    for class_name, names in sorted(_imported(fields, name).items()):
        module = tables.module(class_name)
        if (name, class_name) not in tables.cyclic:
            lines["imports"].append(f"from .{module} import {', '.join(names)}")
            continue
        if class_name in tables.unions:  # The union is not defined before its module's own imports have run.
            lines["type_imports"].append(f"from .{module} import {class_name}")
            names.remove(class_name)
        lines["cyclic_imports"].append(f"from .{module} import {', '.join(names)}  # noqa: E402")
    return Model(
        name=name,
        text=model.description,
        fields=fields,
        not_sent=not_sent,
        bases="_model.Model, _amounts.Amount" if _is_amount(fields) else "_model.Model",
        request_only=name in tables.request_only,
        enums=sorted({field.kind.annotation for field in fields if field.kind.shape == "enum"}),
        **lines,
    )


def _is_amount(fields: list[Field]) -> bool:
    """Whether a model is an amount of money."""
    kinds = {field.json: field.kind.annotation for field in fields}
    return kinds.get("amount") == "decimal.Decimal" and kinds.get("currencyCode") == "str"


def _imported(fields: list[Field], own: str) -> dict[str, list[str]]:
    """The names that a model's module imports, by the class whose module defines them."""
    found: dict[str, list[str]] = {}
    for field in fields:
        for class_name in field.kind.classes:
            if class_name != own:
                functions = {field.kind.decoder} if field.kind.decoder.startswith("decode_") else set[str]()
                found[class_name] = sorted({class_name, *functions})
    return found


def _enums(project: Project, folder: Path) -> dict[str, list[str]]:
    exports: dict[str, list[str]] = {}
    for enum in project.openapi.enums:
        name, module = str(enum.class_info.name), str(enum.class_info.module_name)
        _check_class(name)
        if not isinstance(enum, EnumProperty):
            raise CodegenError(f"#/components/schemas: the enum {name} is a literal, which is not supported")
        if (folder / f"{module}.py").exists():
            raise CodegenError(f"#/components/schemas: two schemas become the module {module!r}")
        _write(project, "str_enum.py.jinja", folder / f"{module}.py", enum=enum)
        exports[module] = [name]
    return exports


def _operations(project: Project, document: Node, tables: Tables, folder: Path) -> list[Operation]:
    rows: list[Operation] = []
    _write(project, "api_init.py.jinja", folder / "__init__.py")
    index = operation_index(document, project.config.field_prefix)
    for tag, collection in sorted(project.openapi.endpoint_collections_by_tag.items()):
        (folder / tag).mkdir()
        _write(project, "endpoint_init.py.jinja", folder / tag / "__init__.py")
        for endpoint in collection.endpoints:
            operation = operation_of(endpoint, str(tag), document, index, tables)
            rows.append(operation)
            _write(project, "endpoint_module.py.jinja", folder / tag / f"{endpoint.name}.py", op=operation)
    return sorted(rows, key=lambda row: row.function)


def _identifier(name: str) -> str:
    """`name`, which must be an identifier: whatever made it of a text of the document, no code gets through."""
    if not name.isidentifier() or iskeyword(name):
        raise CodegenError(f"the name {name!r} in the document does not become an identifier")
    return name


def _prose(text: UntrustedString | str, width: int) -> str:
    """`text` for a docstring: wrapped to `width`, without escapes, and without a quote that would end it early."""
    lines = safe_for_docstring(text).strip().splitlines()
    wrapped = [textwrap.fill(line, width, break_long_words=False, break_on_hyphens=False) for line in lines]
    prose = "\n".join(line.rstrip() for line in wrapped)
    before = prose.removesuffix('"')
    backslashes = len(before) - len(before.rstrip("\\"))
    return f'{before}\\"' if prose != before and backslashes % 2 == 0 else prose
