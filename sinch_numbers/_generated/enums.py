"""Open enums: the API adds values before its document does."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, TypeVar, cast

from .kinds import Kind, Place
from .values import to_str

__all__ = ["OpenEnum", "kind_of", "members"]

E = TypeVar("E", bound="OpenEnum")


class OpenEnum(StrEnum):
    """A string enum that accepts any string: an unknown value is an instance of the same class, equal to its text.

    Iteration yields the known values. Unknown ones are not cached, so that a sender cannot fill the memory with them: compare
    with `==`, not with `is`.
    """

    @classmethod
    def _missing_(cls, value: object) -> OpenEnum | None:
        if not isinstance(value, str):
            return None
        text = str.__str__(value)
        unknown = str.__new__(cls, text)
        unknown._name_ = text
        unknown._value_ = text
        return unknown

    @property
    def is_known(self) -> bool:
        """Whether this value is in the API's document."""
        return self._value_ in type(self)._value2member_map_

    def __repr__(self) -> str:
        if self.is_known:
            return f"<{type(self).__name__}.{self._name_}>"
        return f"<{type(self).__name__} {self._value_!r} (unknown)>"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        from .pydantic_schema import enum_schema

        return enum_schema(cls)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> Any:
        from .pydantic_schema import enum_json_schema

        return enum_json_schema(cls, schema, handler)


def kind_of(cls: type[OpenEnum]) -> Kind:
    """How fields of this type are read and written: an unknown value is reported, and kept."""

    def read(raw: Any, place: Place) -> OpenEnum:
        value = cls(to_str(raw))
        if not value.is_known:
            place.report("unknown value", repr(str(value))[:80])
        return value

    return Kind(read, str, str, cls)


def members(cls: type[E]) -> dict[str, E]:
    """The known members, by value."""
    return cast("dict[str, E]", cls._value2member_map_)
