from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import attrs

from .. import decoding as _wire
from .. import values as _values
from ..types import OnDrift


@attrs.frozen(kw_only=True)
class FieldViolation:
    """What is wrong with one field of a request."""

    field: str | None = None

    description: str | None = None

    additional_properties: dict[str, Any] = attrs.field(factory=dict[str, Any], repr=_values.masked)
    """What else the object held: fields that the document does not know, and values that do not fit their field."""

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any], on_drift: OnDrift | None = None) -> Self:
        """The object in `src_dict`. A value that does not fit is kept in `additional_properties`, and `on_drift` hears of it."""
        _rest = dict(src_dict)
        _pop = _rest.pop
        field = _pop("field", None)
        if field is not None and field.__class__ is not str:
            field = _wire.value(_rest, "FieldViolation", "field", field, _values.to_str, on_drift)
        description = _pop("description", None)
        if description is not None and description.__class__ is not str:
            description = _wire.value(
                _rest, "FieldViolation", "description", description, _values.to_str, on_drift
            )
        return cls(
            field=field,
            description=description,
            additional_properties=_rest,
        )

    def to_dict(self) -> dict[str, Any]:
        """The object as JSON values, with all that it was made of; what is None is left out."""
        _result: dict[str, Any] = {}
        if self.field is not None:
            _result["field"] = self.field
        if self.description is not None:
            _result["description"] = self.description
        for _key, _value in self.additional_properties.items():
            _result.setdefault(_key, _value)
        return _result

    def to_request(self) -> dict[str, Any]:
        """The object as it is sent: without what is the API's own to set."""
        return self.to_dict()
