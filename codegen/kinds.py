"""The Python type of a property: annotation, and the expressions that read and write its values."""

from __future__ import annotations

from dataclasses import dataclass
from keyword import iskeyword

from openapi_python_client.parser.properties import EnumProperty, ModelProperty
from openapi_python_client.parser.properties.any import AnyProperty
from openapi_python_client.parser.properties.boolean import BooleanProperty
from openapi_python_client.parser.properties.datetime import DateTimeProperty
from openapi_python_client.parser.properties.float import FloatProperty
from openapi_python_client.parser.properties.int import IntProperty
from openapi_python_client.parser.properties.protocol import PropertyProtocol
from openapi_python_client.parser.properties.string import StringProperty
from openapi_python_client.schema import Schema

from .errors import CodegenError
from .tables import Tables

__all__ = ["ANY", "Kind", "attribute_name", "kind_of"]

IN_CLASS_BODY = {
    "bool",
    "bytes",
    "classmethod",
    "dict",
    "float",
    "frozenset",
    "int",
    "list",
    "property",
    "str",
    "super",
    "tuple",
}
"""Builtins that a generated class uses, so that no attribute may shadow them."""
TAKEN = {
    "additional_properties",
    "attrs",
    "cls",
    "datetime",
    "decimal",
    "from_dict",
    "on_drift",
    "raw",
    "self",
    "src_dict",
    "to_dict",
    "to_request",
}


@dataclass(frozen=True)
class Kind:
    """How to annotate, read and write values of one type."""

    annotation: str
    table: str
    """The expression that makes the kind in the model's table of fields."""
    shape: str = "value"
    """`value`, `any`, `time`, `amount`, `enum` or `model`: how the fast path reads it."""
    decoder: str = ""
    """The function that decodes a model."""
    quick: str | None = None
    """The exact class of a JSON value that needs no conversion."""
    classes: tuple[str, ...] = ()
    """The generated classes in these expressions."""


def attribute_name(python_name: str) -> str:
    """The attribute's name. Unlike the generator, keeps names such as `type`, which shadow an unused builtin."""
    name = python_name.removesuffix("_")
    if name != python_name and (iskeyword(name) or name in IN_CLASS_BODY):
        name = python_name
    return f"{name}_" if name in TAKEN else name


ANY = Kind("Any", "_kinds.ANY", "any")


def kind_of(prop: PropertyProtocol, schema: Schema | None, tables: Tables) -> Kind:
    """The kind of a property that is not a list. Raises CodegenError for a type that is not supported."""
    if isinstance(prop, EnumProperty):
        name = str(prop.class_info.name)
        return Kind(name, f"_enums.kind_of({name})", "enum", classes=(name,))
    if isinstance(prop, ModelProperty):
        name = str(prop.class_info.name)
        decoder = f"decode_{prop.class_info.module_name}" if name in tables.unions else f"{name}.from_dict"
        return Kind(name, f"_kinds.model({decoder}, {name})", "model", decoder, classes=(name,))
    if isinstance(prop, DateTimeProperty):
        return Kind("datetime.datetime", "_kinds.TIME", "time")
    if isinstance(prop, StringProperty):
        if schema is not None and schema.schema_format == "decimal":
            return Kind("decimal.Decimal", "_kinds.DECIMAL", "amount")
        return Kind("str", "_kinds.STR", quick="str")
    if isinstance(prop, BooleanProperty):
        return Kind("bool", "_kinds.BOOL", quick="bool")
    if isinstance(prop, IntProperty):
        return Kind("int", "_kinds.INT", quick="int")
    if isinstance(prop, FloatProperty):
        return Kind("float", "_kinds.FLOAT", quick="float")
    if isinstance(prop, AnyProperty):
        return ANY
    raise CodegenError(
        f"the property {prop.name.get_untrusted_value()!r} has a type that is not supported: {type(prop).__name__}"
    )
