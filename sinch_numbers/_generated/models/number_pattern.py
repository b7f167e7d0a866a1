from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import attrs

from .. import enums as _enums
from .. import kinds as _kinds
from .. import model as _model
from ..types import OnDrift
from .search_pattern import SearchPattern

_KNOWN = frozenset(
    {
        "pattern",
        "searchPattern",
    }
)
_SearchPattern = _enums.members(SearchPattern)


@attrs.frozen(kw_only=True, repr=False, order=False)
class NumberPattern(_model.Model):
    """What the digits of a number have to look like."""

    _request_only = True

    pattern: str | None = None
    """Sequence of digits to search for."""

    search_pattern: SearchPattern | str | None = None
    """The pattern to apply to searches."""

    additional_properties: dict[str, Any] = attrs.field(factory=dict[str, Any], repr=False, hash=False)
    """What else the object held: fields that the document does not know, and values that do not fit their field."""

    _wire: _model.Wire = attrs.field(default=(), alias="_wire", repr=False, eq=False)

    @classmethod
    def _fields(cls) -> tuple[_kinds.Field, ...]:
        return (
            _kinds.Field("pattern", "pattern", _kinds.STR),
            _kinds.Field("search_pattern", "searchPattern", _enums.kind_of(SearchPattern)),
        )

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any], on_drift: OnDrift | None = None) -> Self:
        """The object in `src_dict`. A value that does not fit is kept in `additional_properties`, and `on_drift` hears of it."""
        _get: Any = src_dict.get
        _wire: _model.Wire = ()
        try:
            if cls is not NumberPattern:
                raise _model.Misfit
            pattern = _get("pattern")
            if pattern is not None and pattern.__class__ is not str:
                raise _model.Misfit
            search_pattern = _get("searchPattern")
            if search_pattern is not None:
                search_pattern = _SearchPattern[search_pattern]
        except _model.SURPRISES:
            return _model.decode(cls, src_dict, on_drift)
        _self: Any = _Draft()
        _self.pattern = pattern
        _self.search_pattern = search_pattern
        _self.additional_properties = (
            {}
            if _KNOWN.issuperset(src_dict)
            else {_key: _value for _key, _value in src_dict.items() if _key not in _KNOWN}
        )
        _self._wire = _wire
        _self.__class__ = cls
        _made: Self = _self
        return _made


_Draft = _model.draft(NumberPattern)
