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

__all__ = ["Kind", "attribute_name", "kind_of"]

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
"""Builtins that a generated class uses, so that no attribute may shadow them."""
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


@dataclass(frozen=True)
class Kind:
    """How to annotate, read and write values of one type."""

    annotation: str
    converter: str
    """The conversion function, or a model's decoder, or an enum's class."""
    shape: str = "value"
    """The function in `decoding` that uses the converter: `value`, `enum` or `model`."""
    quick: str | None = None
    """The exact class that needs no conversion."""
    write: str = "{}"
    """The expression that writes a value."""
    classes: tuple[str, ...] = ()
    """The generated classes in these expressions."""


def attribute_name(python_name: str) -> str:
    """The attribute's name. Unlike the generator, keeps names such as `type`, which shadow an unused builtin."""
    name = python_name.removesuffix("_")
    if name != python_name and (iskeyword(name) or name in IN_CLASS_BODY):
        name = python_name
    return f"{name}_" if name in TAKEN else name


def kind_of(prop: PropertyProtocol, schema: Schema | None, tables: Tables) -> Kind:
    """The kind of a property that is not a list. Raises CodegenError for a type that is not supported."""
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
        f"the property {prop.name.get_untrusted_value()!r} has a type that is not supported: {type(prop).__name__}"
    )
