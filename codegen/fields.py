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
from openapi_python_client.strings import in_double_quote_literal

from .kinds import Kind, attribute_name, kind_of
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
    argument: str
    """The expression passed to the constructor after reading."""
    present: str
    """The condition for writing the attribute."""
    write: str
    send: str
    read_only: bool
    classes: tuple[str, ...]
    functions: tuple[str, ...] = ()


def fields_of(model: ModelProperty, tables: Tables) -> list[Field]:
    """The attributes of a model, in document order."""
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
    need = _need(prop, kind, request_only, (name, prop.name.get_untrusted_value()) in tables.nullable)
    secret = bool(SECRET.search(json)) and not NOT_SECRET.search(json)
    discriminator = tables.discriminators.get(name)
    value = discriminator[1] if discriminator is not None and discriminator[0] == json else None
    return Field(
        attribute=attribute,
        json=json,
        annotation=_annotation(kind, is_list, need, request_only),
        default=_default(kind, is_list, need, request_only, secret, value),
        text=description.get_untrusted_value()
        + ("\nEmpty where an answer lacks it." if need == "text" else ""),
        read=_read(name, attribute, json, kind, is_list, need, _aliases(schema)),
        argument=f"_values.as_sent({attribute})" if need == "argument" else attribute,
        present=_present(attribute, is_list, need, request_only, bool(_aliases(schema))),
        write=_write(f"self.{attribute}", kind.write, is_list),
        send=_write(f"self.{attribute}", kind.write.replace("to_dict", "to_request"), is_list),
        read_only=schema is not None and schema.readOnly is True,
        classes=kind.classes,
        functions=(kind.converter,) if kind.converter.startswith("decode_") else (),
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
        annotation = f"Sequence[{annotation}]" if request_only else f"list[{annotation}]"
        return annotation if need == "argument" or not request_only else f"{annotation} | None"
    return annotation if need != "optional" or annotation == "Any" else f"{annotation} | None"


def _default(
    kind: Kind, is_list: bool, need: Need, request_only: bool, secret: bool, value: str | None
) -> str:
    hidden = "repr=False" if secret else ""
    if need == "argument" or (need == "text" and value is None):
        return f" = attrs.field({hidden})" if hidden else ""
    if is_list and not request_only:
        # Quoted, because a union that refers back to this class is not defined yet when the module runs.
        item = f'"{kind.annotation}"' if kind.shape == "model" else kind.annotation
        factory = f"factory=lambda: _values.Unsent[{item}]()"
        return f" = attrs.field({', '.join(filter(None, [factory, hidden]))})"
    default = "None"
    if value is not None:
        literal = f'"{in_double_quote_literal(value)}"'
        default = f"{kind.annotation}({literal})" if kind.shape == "enum" else literal
    return f" = attrs.field(default={default}, {hidden})" if hidden else f" = {default}"


def _read(
    model: str, attribute: str, json: Json, kind: Kind, is_list: bool, need: Need, aliases: list[Json]
) -> tuple[str, ...]:
    if is_list:
        reader = "items" if kind.shape == "value" else f"{kind.shape}s"
        call = f'_wire.{reader}(_rest, "{model}", "{json}", _raw, {kind.converter}, on_drift)'
        return (
            f'_raw = _pop("{json}", None)',
            f"{attribute}: list[{kind.annotation}] = _values.Unsent() if _raw is None else {call}",
        )
    lines = [f'{attribute} = _pop("{json}", None)']
    for alias in aliases:
        lines += [f"if {attribute} is None:", f'    {attribute} = _wire.alias(_rest, "{alias}")']
    if kind.annotation == "Any":
        return tuple(lines)
    reader, converter = ("text", "") if need == "text" else (kind.shape, f" {kind.converter},")
    call = f'_wire.{reader}(_rest, "{model}", "{json}", {attribute},{converter} on_drift)'
    quick = [] if need == "text" else [f"{attribute} is not None"]
    if aliases:
        quick.append(f"not isinstance({attribute}, str)")
    elif kind.quick:
        quick.append(f"{attribute}.__class__ is not {kind.quick}")
    return (*lines, f"if {' and '.join(quick)}:", f"    {attribute} = {call}")


def _present(attribute: str, is_list: bool, need: Need, request_only: bool, aliased: bool) -> str:
    value = f"self.{attribute}"
    present = f"_values.given({value})" if need == "argument" else f"{value} is not None"
    if need == "text":
        present = f"{value}.__class__ is not _values.Missing"
    if is_list:
        sent = f"{value}.__class__ is not _values.Unsent"
        present = f"{present} and {sent}" if request_only else sent
    return f"{present} and {value}.__class__ is not _values.Renamed" if aliased else present


def _write(source: str, write: str, is_list: bool) -> str:
    if not is_list:
        return write.format(source)
    return f"[{write.format('item')} for item in {source}]" if write != "{}" else f"list({source})"


def _aliases(schema: Schema | None) -> list[Json]:
    extra = (schema.model_extra or {}) if schema is not None else {}
    return [in_double_quote_literal(str(alias)) for alias in extra.get("x-aliases", [])]
