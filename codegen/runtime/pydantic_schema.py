"""How pydantic, and with it FastAPI, reads and writes models and enums. Imported only when pydantic asks for it.

Input is strict: unknown fields, values of the wrong type and unknown values of an enum are errors. What the API sent may have
all of these; it is an instance already, which is taken as it is, and its JSON schema (mode `serialization`) is open.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from operator import methodcaller
from typing import Any, cast

from pydantic_core import PydanticOmit
from pydantic_core import core_schema as core

from .kinds import Field
from .values import Misfit, to_decimal, to_time

__all__ = [
    "enum_json_schema",
    "enum_schema",
    "instance_json_schema",
    "instance_schema",
    "model_json_schema",
    "model_schema",
]

_WRITTEN = core.plain_serializer_function_ser_schema(methodcaller("to_dict"))

_under_way: ContextVar[frozenset[type]] = ContextVar("under_way", default=frozenset())
"""The models whose schema is being made: some contain themselves."""


# --- Models. --------------------------------------------------------------------------------------------------------


def model_schema(cls: type, fields: Iterable[Field], handler: Any) -> Any:
    """The core schema of a model."""
    if cls in _under_way.get():
        return core.definition_reference_schema(_reference(cls))
    token = _under_way.set(_under_way.get() | {cls})
    try:
        items = {
            field.json: core.typed_dict_field(_field_schema(field, handler), required=field.required)
            for field in fields
        }
    finally:
        _under_way.reset(token)
    return core.no_info_wrap_validator_function(
        _validated(cls, fields),
        core.typed_dict_schema(items, extra_behavior="forbid"),
        ref=_reference(cls),
        serialization=_WRITTEN,
    )


def model_json_schema(cls: type, schema: Any, handler: Any) -> Any:
    """The JSON schema of a model."""
    found = handler(schema)
    shown = handler.resolve_ref_schema(found)
    shown |= _description(cls)
    if handler.mode == "serialization":
        shown["additionalProperties"] = True
    return found


def _validated(cls: type, fields: Iterable[Field]) -> Callable[[Any, Callable[[Any], Any]], Any]:
    make = cast("Callable[..., Any]", cls)

    def validate(value: Any, check: Callable[[Any], Any]) -> Any:
        if isinstance(value, cls):
            return value
        found: dict[str, Any] = check(value)
        raw = cast("Mapping[str, Any]", value)
        present = [field for field in fields if found.get(field.json) is not None]
        wire = tuple(
            (field.json, raw[field.json], found[field.json])
            for field in present
            if field.kind.keeps_json and isinstance(raw[field.json], str | int | float)
        )
        return make(**{field.name: found[field.json] for field in present}, _wire=wire)

    validate.__name__ = validate.__qualname__ = cls.__name__  # For the errors of unions.
    return validate


def _field_schema(field: Field, handler: Any) -> Any:
    if field.constant is not None:
        schema: Any = core.no_info_after_validator_function(
            field.kind.type, core.literal_schema([field.constant])
        )
    elif field.kind.type in _SCHEMAS:
        schema = _SCHEMAS[field.kind.type]
    else:
        schema = handler.generate_schema(field.kind.type)
    if field.many:
        schema = core.list_schema(schema)
    return schema if field.required else core.nullable_schema(schema)


def _time(value: Any) -> Any:
    if isinstance(value, datetime):
        return value
    try:
        return to_time(value)
    except Misfit:
        raise ValueError("Input should be a date and time as in RFC 3339") from None


def _decimal(value: Any) -> Decimal:
    try:
        return to_decimal(value)
    except Misfit:
        raise ValueError("Input should be a decimal number") from None


_SCHEMAS: dict[Any, Any] = {
    Any: core.any_schema(),
    Decimal: core.no_info_before_validator_function(_decimal, core.decimal_schema()),
    bool: core.bool_schema(strict=True),
    datetime: core.no_info_before_validator_function(_time, core.datetime_schema()),
    float: core.float_schema(strict=True),
    int: core.int_schema(strict=True),
    str: core.str_schema(),
}


# --- Variants that the document does not know. ----------------------------------------------------------------------


def instance_schema(cls: type) -> Any:
    """The core schema of a class of which only instances are valid."""
    return core.is_instance_schema(cls, serialization=_WRITTEN)


def instance_json_schema(cls: type, handler: Any) -> Any:
    """The JSON schema of such a class: any object in output, and none in input."""
    if handler.mode != "serialization":
        raise PydanticOmit
    return {"type": "object", "additionalProperties": True, **_description(cls)}


# --- Enums. ---------------------------------------------------------------------------------------------------------


def enum_schema(cls: type[StrEnum]) -> Any:
    """The core schema of an enum."""

    def validate(value: Any, check: Callable[[Any], Any]) -> Any:
        return value if isinstance(value, cls) else cls(check(value))

    return core.no_info_wrap_validator_function(
        validate,
        core.literal_schema([member.value for member in cls]),
        ref=_reference(cls),
        serialization=core.plain_serializer_function_ser_schema(str, when_used="json"),
    )


def enum_json_schema(cls: type[StrEnum], schema: Any, handler: Any) -> Any:
    """The JSON schema of an enum."""
    found = handler(schema)
    shown = handler.resolve_ref_schema(found)
    shown |= {"type": "string", **_description(cls)}
    if handler.mode == "serialization":  # Others may follow.
        shown.pop("const", None)
        shown["examples"] = [member.value for member in cls]
        shown.pop("enum", None)
    return found


def _description(cls: type) -> dict[str, Any]:
    return {"title": cls.__name__, "description": inspect.getdoc(cls) or ""}


def _reference(cls: type) -> str:
    return f"{cls.__module__}.{cls.__qualname__}:{id(cls)}"
