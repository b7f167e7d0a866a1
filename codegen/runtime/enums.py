"""Open enums: the API adds values before its document does."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["OpenEnum"]


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
