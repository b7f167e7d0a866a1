"""The values for a model's template: for each property, the Python code that declares, reads and writes it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from openapi_python_client.parser.properties import ModelProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.protocol import PropertyProtocol
from openapi_python_client.schema import Schema
from openapi_python_client.schema.untrusted_string import UntrustedString

from .errors import CodegenError
from .kinds import ANY, Kind, attribute_name, kind_of
from .literals import literal
from .pointers import SCHEMAS_PLACE
from .tables import Tables

__all__ = ["Field", "fields_of"]

SECRET = re.compile("secret|password|token", re.IGNORECASE)
NOT_SECRET = re.compile("page_?token", re.IGNORECASE)

Json: TypeAlias = str
Need: TypeAlias = Literal["optional", "argument", "text"]
"""`argument`: required in a request. `text`: a string required in a response."""


@dataclass(frozen=True)
class Field:
    """One attribute of a model."""

    attribute: str
    json: Json
    """The JSON name, escaped for a double-quoted literal."""
    annotation: str
    default: str
    """The right side of the declaration with its equals sign; empty if required."""
    text: str
    read: tuple[str, ...]
    """The fast path: lines that read the value, or raise what is left to the table."""
    nested: tuple[str, ...]
    """Lines that decode the objects in it, after all lines that can raise: each object reports its drift once."""
    table: str
    """The expression that makes its line of the table."""
    read_only: bool
    kind: Kind
    converter: tuple[str, ...]
    """The function that makes a tuple of the constructor's argument, if there are several values. Its types are exact: checkers
    show them as those of the argument."""


def fields_of(model: ModelProperty, tables: Tables) -> list[Field]:
    """The attributes of a model, in document order."""
    own = {
        prop.name.get_untrusted_value(): prop
        for prop in [*(model.required_properties or []), *(model.optional_properties or [])]
    }
    declared: dict[UntrustedString, Any] = dict(model.data.properties or {})
    order = [name.get_untrusted_value() for name in declared]
    fields = [
        _field(model, own[name], declared[UntrustedString(name)], tables) for name in order if name in own
    ]
    known: dict[str, Json] = {}
    for field in fields:
        other = known.setdefault(field.attribute, field.json)
        if other != field.json:
            raise CodegenError(
                f"{SCHEMAS_PLACE}: {model.class_info.name}: the properties {other!r} and {field.json!r} both become "
                f"the attribute {field.attribute!r}"
            )
    return fields


def _field(model: ModelProperty, prop: PropertyProtocol, declared: Any, tables: Tables) -> Field:
    schema = declared if isinstance(declared, Schema) else None
    name = str(model.class_info.name)
    request_only = name in tables.request_only
    raw_name = prop.name.get_untrusted_value()
    json = literal(raw_name)
    attribute = attribute_name(prop.python_name)
    description = (schema.description if schema else None) or prop.description or UntrustedString("")
    is_list = isinstance(prop, ListProperty)
    inner = prop.inner_property if isinstance(prop, ListProperty) else prop
    items = schema.items if schema is not None and is_list and isinstance(schema.items, Schema) else schema
    kind = kind_of(inner, items, tables) if not isinstance(inner, ListProperty) else ANY
    need = _need(prop, kind, request_only, (name, prop.name.get_untrusted_value()) in tables.nullable)
    secret = bool(SECRET.search(json)) and not NOT_SECRET.search(json)
    discriminator = tables.discriminators.get(name)
    value = discriminator[1] if discriminator is not None and discriminator[0] == raw_name else None
    read_only = schema is not None and schema.readOnly is True
    aliases = _aliases(schema)
    return Field(
        attribute=attribute,
        json=json,
        annotation=_annotation(kind, is_list, need, request_only),
        default=_default(attribute, kind, is_list, need, request_only, secret, value),
        text=description.get_untrusted_value()
        + ("\nEmpty where an answer lacks it." if need == "text" else ""),
        read=_read_several(attribute, json, kind, request_only)
        if is_list
        else _read(attribute, json, kind, need, bool(aliases)),
        nested=_nested(attribute, kind, is_list),
        table=_table(
            attribute, json, kind, is_list, need, read_only, aliases, value, tables.is_default(name)
        ),
        read_only=read_only,
        kind=kind,
        converter=_converter(attribute, kind, request_only) if is_list else (),
    )


def _need(prop: PropertyProtocol, kind: Kind, request_only: bool, may_be_null: bool) -> Need:
    if not prop.required:
        return "optional"
    if request_only:
        return "argument"
    is_text = kind.annotation == "str" and not isinstance(prop, ListProperty)
    return "text" if is_text and not may_be_null else "optional"


def _annotation(kind: Kind, is_list: bool, need: Need, request_only: bool) -> str:
    annotation = kind.annotation
    if kind.shape == "enum" and request_only:
        annotation += " | str"
    if is_list:
        annotation = f"tuple[{annotation}, ...]"
        return annotation if need == "argument" or not request_only else f"{annotation} | None"
    return annotation if need != "optional" or annotation == "Any" else f"{annotation} | None"


def _default(
    attribute: str, kind: Kind, is_list: bool, need: Need, request_only: bool, secret: bool, value: str | None
) -> str:
    default = "None"
    if need == "argument" or (need == "text" and value is None):
        default = ""
    elif is_list and not request_only:
        default = "()"
    elif value is not None:
        quoted = f'"{literal(value)}"'
        default = f"{kind.annotation}({quoted})" if kind.shape == "enum" else quoted
    options: list[str] = []
    if is_list:
        options.append(f"converter=_to_{attribute}")
    if secret:
        options.append("repr=False")
    if kind.shape == "any":  # It can be a list or an object, which cannot be hashed.
        options.append("hash=False")
    if not options:
        return default and f" = {default}"
    return f" = attrs.field({', '.join([f'default={default}'] * bool(default) + options)})"


def _converter(attribute: str, kind: Kind, request_only: bool) -> tuple[str, ...]:
    item = f"{kind.annotation} | str" if kind.shape == "enum" and request_only else kind.annotation
    optional = " | None" if request_only else ""
    return (
        f"def _to_{attribute}(value: Iterable[{item}]{optional}) -> tuple[{item}, ...]{optional}:",
        f"    return {'None if value is None else ' if request_only else ''}_model.to_tuple(value)",
    )


def _read(attribute: str, json: Json, kind: Kind, need: Need, aliased: bool) -> tuple[str, ...]:
    get = f'{attribute} = _get("{json}")'
    if kind.shape == "any":
        return (get,)
    is_required = need != "optional" or aliased
    if kind.shape in ("value", "model"):
        present = "" if is_required else f"{attribute} is not None and "
        wanted = kind.quick or "dict"
        return get, f"if {present}{attribute}.__class__ is not {wanted}:", "    raise _model.Misfit"
    convert = {
        "enum": [f"{attribute} = _{kind.annotation}[{attribute}]"],
        "amount": [f"{attribute} = _values.amount({attribute})"],
        "time": [
            f"_raw = {attribute}",
            f"{attribute} = _model.time(_raw)",
            f"if {attribute}.tzinfo is None:",
            f"    {attribute} = {attribute}.replace(tzinfo=_model.UTC)",
            f'_wire += (("{json}", _raw, {attribute}),)',
        ],
    }[kind.shape]
    if is_required:
        return get, *convert
    return get, f"if {attribute} is not None:", *(f"    {line}" for line in convert)


def _read_several(attribute: str, json: Json, kind: Kind, request_only: bool) -> tuple[str, ...]:
    convert = {
        "enum": f"{attribute} = tuple([_{kind.annotation}[item] for item in {attribute}])",
        "model": f"_model.check_items({attribute}, dict)",
        "value": f"{attribute} = _model.check_items({attribute}, {kind.quick})",
    }.get(kind.shape, "raise _model.Misfit")
    if kind.quick in ("int", "float"):  # Their form in JSON may have to be kept.
        convert = "raise _model.Misfit"
    return (
        f'{attribute} = _get("{json}")',
        f"if {attribute}.__class__ is list and {attribute}:",
        f"    {convert}",
        f"elif {attribute} is None:",
        f"    {attribute} = {'None' if request_only else '()'}",
        "else:",
        f'    {attribute}, _wire = _model.no_items({attribute}, "{json}", _wire)',
    )


def _nested(attribute: str, kind: Kind, is_list: bool) -> tuple[str, ...]:
    if kind.shape != "model":
        return ()
    if is_list:
        decoded = f"tuple([{kind.decoder}(item, on_drift) for item in {attribute}])"
        return f"if {attribute}:", f"    {attribute} = {decoded}"
    return f"if {attribute} is not None:", f"    {attribute} = {kind.decoder}({attribute}, on_drift)"


def _quoted(text: Json) -> str:
    return f'"{text}"'


def _table(
    attribute: str,
    json: Json,
    kind: Kind,
    is_list: bool,
    need: Need,
    read_only: bool,
    aliases: list[Json],
    value: str | None,
    is_default: bool,
) -> str:
    flags = {
        "many": is_list,
        "required": need != "optional" or (value is not None and not is_default),
        "text": need == "text",
        "read_only": read_only,
    }
    options = [f"{name}=True" for name, is_set in flags.items() if is_set]
    if aliases:
        options.append(f"aliases=({', '.join(map(_quoted, aliases))},)")
    if value is not None:
        options.append(f'constant="{literal(value)}"')
    return f"_kinds.Field({', '.join([_quoted(attribute), _quoted(json), kind.table, *options])})"


def _aliases(schema: Schema | None) -> list[Json]:
    extra = (schema.model_extra or {}) if schema is not None else {}
    return [literal(str(alias)) for alias in extra.get("x-aliases", [])]
