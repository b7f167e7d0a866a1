from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import attrs

from .. import decoding as _wire
from .. import values as _values
from ..types import OnDrift
from .search_pattern import SearchPattern


@attrs.frozen(kw_only=True)
class NumberPattern:
    """What the digits of a number have to look like."""

    pattern: str | None = None
    """Sequence of digits to search for."""

    search_pattern: SearchPattern | str | None = None
    """The pattern to apply to searches."""

    additional_properties: dict[str, Any] = attrs.field(factory=dict[str, Any], repr=_values.masked)
    """What else the object held: fields that the document does not know, and values that do not fit their field."""

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any], on_drift: OnDrift | None = None) -> Self:
        """The object in `src_dict`. A value that does not fit is kept in `additional_properties`, and `on_drift` hears of it."""
        _rest = dict(src_dict)
        _pop = _rest.pop
        pattern = _pop("pattern", None)
        if pattern is not None and pattern.__class__ is not str:
            pattern = _wire.value(_rest, "NumberPattern", "pattern", pattern, _values.to_str, on_drift)
        search_pattern = _pop("searchPattern", None)
        if search_pattern is not None:
            search_pattern = _wire.enum(
                _rest, "NumberPattern", "searchPattern", search_pattern, SearchPattern, on_drift
            )
        return cls(
            pattern=pattern,
            search_pattern=search_pattern,
            additional_properties=_rest,
        )

    def to_dict(self) -> dict[str, Any]:
        """The object as JSON values, with all that it was made of; what is None is left out."""
        _result: dict[str, Any] = {}
        if self.pattern is not None:
            _result["pattern"] = self.pattern
        if self.search_pattern is not None:
            _result["searchPattern"] = str(self.search_pattern)
        for _key, _value in self.additional_properties.items():
            _result.setdefault(_key, _value)
        return _result

    def to_request(self) -> dict[str, Any]:
        """The object as it is sent: without what is the API's own to set."""
        return self.to_dict()
