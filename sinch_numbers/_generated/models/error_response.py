from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import attrs

from .. import decoding as _wire
from .. import values as _values
from ..types import OnDrift
from .error_status import ErrorStatus


@attrs.frozen(kw_only=True)
class ErrorResponse:
    """The body of an answer that is an error."""

    error: ErrorStatus | None = None
    """What went wrong."""

    additional_properties: dict[str, Any] = attrs.field(factory=dict[str, Any], repr=_values.masked)
    """What else the object held: fields that the document does not know, and values that do not fit their field."""

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any], on_drift: OnDrift | None = None) -> Self:
        """The object in `src_dict`. A value that does not fit is kept in `additional_properties`, and `on_drift` hears of it."""
        _rest = dict(src_dict)
        _pop = _rest.pop
        error = _pop("error", None)
        if error is not None:
            error = _wire.model(_rest, "ErrorResponse", "error", error, ErrorStatus.from_dict, on_drift)
        return cls(
            error=error,
            additional_properties=_rest,
        )

    def to_dict(self) -> dict[str, Any]:
        """The object as JSON values, with all that it was made of; what is None is left out."""
        _result: dict[str, Any] = {}
        if self.error is not None:
            _result["error"] = self.error.to_dict()
        for _key, _value in self.additional_properties.items():
            _result.setdefault(_key, _value)
        return _result

    def to_request(self) -> dict[str, Any]:
        """The object as it is sent: without what is the API's own to set."""
        _result: dict[str, Any] = {}
        if self.error is not None:
            _result["error"] = self.error.to_request()
        for _key, _value in self.additional_properties.items():
            _result.setdefault(_key, _value)
        return _result
