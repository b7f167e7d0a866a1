from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import attrs

from .. import decoding as _wire
from .. import values as _values
from ..types import OnDrift
from .error_detail import ErrorDetail


@attrs.frozen(kw_only=True)
class ErrorStatus:
    """What went wrong."""

    code: int | None = None
    """The HTTP status, most of the time."""

    message: str | None = None
    """What went wrong, for a developer. Often empty."""

    status: str | None = None
    """The error in one word. For example `INVALID_ARGUMENT`, `PERMISSION_DENIED`, `NOT_FOUND` or `INTERNAL`."""

    details: list[ErrorDetail] = attrs.field(factory=lambda: _values.Unsent["ErrorDetail"]())
    """Details, each of its own kind."""

    additional_properties: dict[str, Any] = attrs.field(factory=dict[str, Any], repr=_values.masked)
    """What else the object held: fields that the document does not know, and values that do not fit their field."""

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any], on_drift: OnDrift | None = None) -> Self:
        """The object in `src_dict`. A value that does not fit is kept in `additional_properties`, and `on_drift` hears of it."""
        _rest = dict(src_dict)
        _pop = _rest.pop
        code = _pop("code", None)
        if code is not None and code.__class__ is not int:
            code = _wire.value(_rest, "ErrorStatus", "code", code, _values.to_int, on_drift)
        message = _pop("message", None)
        if message is not None and message.__class__ is not str:
            message = _wire.value(_rest, "ErrorStatus", "message", message, _values.to_str, on_drift)
        status = _pop("status", None)
        if status is not None and status.__class__ is not str:
            status = _wire.value(_rest, "ErrorStatus", "status", status, _values.to_str, on_drift)
        _raw = _pop("details", None)
        details: list[ErrorDetail] = (
            _values.Unsent()
            if _raw is None
            else _wire.models(_rest, "ErrorStatus", "details", _raw, ErrorDetail.from_dict, on_drift)
        )
        return cls(
            code=code,
            message=message,
            status=status,
            details=details,
            additional_properties=_rest,
        )

    def to_dict(self) -> dict[str, Any]:
        """The object as JSON values, with all that it was made of; what is None is left out."""
        _result: dict[str, Any] = {}
        if self.code is not None:
            _result["code"] = self.code
        if self.message is not None:
            _result["message"] = self.message
        if self.status is not None:
            _result["status"] = self.status
        if self.details.__class__ is not _values.Unsent:
            _result["details"] = [item.to_dict() for item in self.details]
        for _key, _value in self.additional_properties.items():
            _result.setdefault(_key, _value)
        return _result

    def to_request(self) -> dict[str, Any]:
        """The object as it is sent: without what is the API's own to set."""
        _result: dict[str, Any] = {}
        if self.code is not None:
            _result["code"] = self.code
        if self.message is not None:
            _result["message"] = self.message
        if self.status is not None:
            _result["status"] = self.status
        if self.details.__class__ is not _values.Unsent:
            _result["details"] = [item.to_request() for item in self.details]
        for _key, _value in self.additional_properties.items():
            _result.setdefault(_key, _value)
        return _result
