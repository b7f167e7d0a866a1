"""From a property of the generator to the lines of Python that read, hold and write it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from keyword import iskeyword
from typing import Any, TypeAlias

from openapi_python_client.parser.properties import EnumProperty, ModelProperty
from openapi_python_client.parser.properties.any import AnyProperty
from openapi_python_client.parser.properties.boolean import BooleanProperty
from openapi_python_client.parser.properties.datetime import DateTimeProperty
from openapi_python_client.parser.properties.float import FloatProperty
from openapi_python_client.parser.properties.int import IntProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.protocol import PropertyProtocol
from openapi_python_client.parser.properties.string import StringProperty
from openapi_python_client.schema import Schema
from openapi_python_client.schema.untrusted_string import UntrustedString
from openapi_python_client.strings import in_double_quote_literal

from .errors import CodegenError
from .tables import Tables

__all__ = ["Field", "Kind", "attribute_name", "fields_of", "kind_of"]

SECRET = re.compile("secret|password|token", re.IGNORECASE)
NOT_SECRET = re.compile("page_?token", re.IGNORECASE)

IN_CLASS_BODY = {
    "bool",
    "bytes",
    "classmethod",
    "dict",
    "float",
    "int",
    "list",
    "property",
    "str",
    "super",
    "tuple",
}
"""Builtins that a generated class names, so that no attribute may hide them."""
TAKEN = {
    "additional_properties",
    "cls",
    "from_dict",
    "on_drift",
    "raw",
    "self",
    "src_dict",
    "to_dict",
    "to_request",
}

Json: TypeAlias = str


@dataclass(frozen=True)
class Kind:
    """How values of one type are annotated, read and written."""

    annotation: str
    converter: str
    """The function in `decoding` or the decoder of a model; for an enum the class."""
    shape: str = "value"
    """`value`, `enum` or `model`: which reader of `decoding` takes the converter."""
    quick: str | None = None
    """The exact class that needs no conversion."""
    write: str = "{}"
    """The expression that writes a value."""
    classes: tuple[str, ...] = ()
    """The generated classes that the lines name."""


@dataclass(frozen=True)
class Field:
    """One attribute of a model."""

    attribute: str
    json: Json
    """As it stands between double quotes."""
    annotation: str
    default: str
    """The declaration's right side, with its equals sign; empty for a required one."""
    text: str
    read: tuple[str, ...]
    argument: str
    """What the constructor is given after reading."""
    present: str
    """The condition on which the attribute is written."""
    write: str
    send: str
    read_only: bool
    classes: tuple[str, ...]
    functions: tuple[str, ...] = ()


def attribute_name(python_name: str) -> str:
    """The attribute's name. The generator avoids all builtins; an attribute may be called `type`, as in the document."""
    name = python_name.removesuffix("_")
    if name != python_name and (iskeyword(name) or name in IN_CLASS_BODY):
        name = python_name
    return f"{name}_" if name in TAKEN else name


def kind_of(prop: PropertyProtocol, schema: Schema | None, tables: Tables) -> Kind:
    """The kind of a property that is no list."""
    if isinstance(prop, EnumProperty):
        name = str(prop.class_info.name)
        return Kind(name, name, "enum", write="str({})", classes=(name,))
    if isinstance(prop, ModelProperty):
        name = str(prop.class_info.name)
        decoder = f"decode_{prop.class_info.module_name}" if name in tables.unions else f"{name}.from_dict"
        return Kind(name, decoder, "model", write="{}.to_dict()", classes=(name,))
    if isinstance(prop, DateTimeProperty):
        return Kind("datetime.datetime", "_values.to_timestamp", write="_values.from_timestamp({})")
    if isinstance(prop, StringProperty):
        if schema is not None and schema.schema_format == "decimal":
            return Kind("decimal.Decimal", "_values.to_decimal", write="_values.from_decimal({})")
        return Kind("str", "_values.to_str", quick="str")
    if isinstance(prop, BooleanProperty):
        return Kind("bool", "_values.to_bool", quick="bool")
    if isinstance(prop, IntProperty):
        return Kind("int", "_values.to_int", quick="int")
    if isinstance(prop, FloatProperty):
        return Kind("float", "_values.to_float", quick="float")
    if isinstance(prop, AnyProperty):
        return Kind("Any", "_values.to_any")
    raise CodegenError(
        f"the property {prop.name.get_untrusted_value()!r} is of a kind that no template writes: {type(prop).__name__}"
    )


def fields_of(model: ModelProperty, tables: Tables) -> list[Field]:
    """The attributes of a model, in the order of the document."""
    own = {
        prop.name.get_untrusted_value(): prop
        for prop in [*(model.required_properties or []), *(model.optional_properties or [])]
    }
    declared: dict[UntrustedString, Any] = dict(model.data.properties or {})
    order = [name.get_untrusted_value() for name in declared]
    return [
        _field(model, own[name], declared[UntrustedString(name)], tables) for name in order if name in own
    ]


def _field(model: ModelProperty, prop: PropertyProtocol, declared: Any, tables: Tables) -> Field:
    schema = declared if isinstance(declared, Schema) else None
    name = str(model.class_info.name)
    request_only = name in tables.request_only
    json = in_double_quote_literal(prop.name)
    attribute = attribute_name(prop.python_name)
    description = (schema.description if schema else None) or prop.description or UntrustedString("")
    is_list = isinstance(prop, ListProperty)
    inner = prop.inner_property if isinstance(prop, ListProperty) else prop
    items = schema.items if schema is not None and is_list and isinstance(schema.items, Schema) else schema
    kind = (
        kind_of(inner, items, tables)
        if not isinstance(inner, ListProperty)
        else Kind("Any", "_values.to_any")
    )
    required = prop.required and request_only
    secret = bool(SECRET.search(json)) and not NOT_SECRET.search(json)
    discriminator = tables.discriminators.get(name)
    value = discriminator[1] if discriminator is not None and discriminator[0] == json else None
    return Field(
        attribute=attribute,
        json=json,
        annotation=_annotation(kind, is_list, required, request_only),
        default=_default(kind, is_list, required, request_only, secret, value),
        text=description.get_untrusted_value(),
        read=_read(name, attribute, json, kind, is_list, _aliases(schema)),
        argument=f"_values.as_sent({attribute})" if required else attribute,
        present=_present(attribute, is_list, required, request_only, bool(_aliases(schema))),
        write=_write(f"self.{attribute}", kind.write, is_list),
        send=_write(f"self.{attribute}", kind.write.replace("to_dict", "to_request"), is_list),
        read_only=schema is not None and schema.readOnly is True,
        classes=kind.classes,
        functions=(kind.converter,) if kind.converter.startswith("decode_") else (),
    )


def _annotation(kind: Kind, is_list: bool, required: bool, request_only: bool) -> str:
    annotation = kind.annotation
    if kind.shape == "enum" and request_only:
        annotation += " | str"
    if is_list:
        annotation = f"Sequence[{annotation}]" if request_only else f"list[{annotation}]"
        return annotation if required or not request_only else f"{annotation} | None"
    return annotation if required or annotation == "Any" else f"{annotation} | None"


def _default(
    kind: Kind, is_list: bool, required: bool, request_only: bool, secret: bool, value: str | None
) -> str:
    hidden = "repr=False" if secret else ""
    if required:
        return f" = attrs.field({hidden})" if hidden else ""
    if is_list and not request_only:
        factory = f"factory=lambda: _values.Unsent[{kind.annotation}]()"
        return f" = attrs.field({', '.join(filter(None, [factory, hidden]))})"
    default = "None"
    if value is not None:
        literal = f'"{in_double_quote_literal(value)}"'
        default = f"{kind.annotation}({literal})" if kind.shape == "enum" else literal
    return f" = attrs.field(default={default}, {hidden})" if hidden else f" = {default}"


def _read(
    model: str, attribute: str, json: Json, kind: Kind, is_list: bool, aliases: list[Json]
) -> tuple[str, ...]:
    if is_list:
        reader = "items" if kind.shape == "value" else f"{kind.shape}s"
        call = f'_wire.{reader}(_rest, "{model}", "{json}", _raw, {kind.converter}, on_drift)'
        return (
            f'_raw = _pop("{json}", None)',
            f"{attribute}: list[{kind.annotation}] = _values.Unsent() if _raw is None else {call}",
        )
    call = f'_wire.{kind.shape}(_rest, "{model}", "{json}", {attribute}, {kind.converter}, on_drift)'
    lines = [f'{attribute} = _pop("{json}", None)']
    for alias in aliases:
        lines += [f"if {attribute} is None:", f'    {attribute} = _wire.alias(_rest, "{alias}")']
    quick = f" and {attribute}.__class__ is not {kind.quick}" if kind.quick else ""
    if aliases:
        quick = f" and not isinstance({attribute}, str)"
    if kind.annotation == "Any":
        return tuple(lines)
    return (*lines, f"if {attribute} is not None{quick}:", f"    {attribute} = {call}")


def _present(attribute: str, is_list: bool, required: bool, request_only: bool, aliased: bool) -> str:
    present = f"_values.given(self.{attribute})" if required else f"self.{attribute} is not None"
    if is_list:
        sent = f"self.{attribute}.__class__ is not _values.Unsent"
        present = f"{present} and {sent}" if request_only else sent
    return f"{present} and self.{attribute}.__class__ is not _values.Renamed" if aliased else present


def _write(source: str, write: str, is_list: bool) -> str:
    if not is_list:
        return write.format(source)
    return f"[{write.format('item')} for item in {source}]" if write != "{}" else f"list({source})"


def _aliases(schema: Schema | None) -> list[Json]:
    extra = (schema.model_extra or {}) if schema is not None else {}
    return [in_double_quote_literal(str(alias)) for alias in extra.get("x-aliases", [])]
