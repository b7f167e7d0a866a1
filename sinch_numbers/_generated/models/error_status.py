from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Self

import attrs

from .. import kinds as _kinds
from .. import model as _model
from ..types import OnDrift
from .error_detail import ErrorDetail

_KNOWN = frozenset(
    {
        "code",
        "message",
        "status",
        "details",
    }
)


def _to_details(value: Iterable[ErrorDetail]) -> tuple[ErrorDetail, ...]:
    return _model.to_tuple(value)


@attrs.frozen(kw_only=True, repr=False, order=False)
class ErrorStatus(_model.Model):
    """What went wrong."""

    code: int | None = None
    """The HTTP status, most of the time."""

    message: str | None = None
    """What went wrong, for a developer. Often empty."""

    status: str | None = None
    """The error in one word. For example `INVALID_ARGUMENT`, `PERMISSION_DENIED`, `NOT_FOUND` or `INTERNAL`."""

    details: tuple[ErrorDetail, ...] = attrs.field(default=(), converter=_to_details)
    """Details, each of its own kind."""

    additional_properties: dict[str, Any] = attrs.field(factory=dict[str, Any], repr=False, hash=False)
    """What else the object held: fields that the document does not know, and values that do not fit their field."""

    _wire: _model.Wire = attrs.field(default=(), alias="_wire", repr=False, eq=False)

    @classmethod
    def _fields(cls) -> tuple[_kinds.Field, ...]:
        return (
            _kinds.Field("code", "code", _kinds.INT),
            _kinds.Field("message", "message", _kinds.STR),
            _kinds.Field("status", "status", _kinds.STR),
            _kinds.Field("details", "details", _kinds.model(ErrorDetail.from_dict, ErrorDetail), many=True),
        )

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any], on_drift: OnDrift | None = None) -> Self:
        """The object in `src_dict`. A value that does not fit is kept in `additional_properties`, and `on_drift` hears of it."""
        _get: Any = src_dict.get
        _wire: _model.Wire = ()
        try:
            if cls is not ErrorStatus:
                raise _model.Misfit
            code = _get("code")
            if code is not None and code.__class__ is not int:
                raise _model.Misfit
            message = _get("message")
            if message is not None and message.__class__ is not str:
                raise _model.Misfit
            status = _get("status")
            if status is not None and status.__class__ is not str:
                raise _model.Misfit
            details = _get("details")
            if details.__class__ is list and details:
                _model.check_items(details, dict)
            elif details is None:
                details = ()
            else:
                details, _wire = _model.no_items(details, "details", _wire)
        except _model.SURPRISES:
            return _model.decode(cls, src_dict, on_drift)
        if details:
            details = tuple([ErrorDetail.from_dict(item, on_drift) for item in details])
        _self: Any = _Draft()
        _self.code = code
        _self.message = message
        _self.status = status
        _self.details = details
        _self.additional_properties = (
            {}
            if _KNOWN.issuperset(src_dict)
            else {_key: _value for _key, _value in src_dict.items() if _key not in _KNOWN}
        )
        _self._wire = _wire
        _self.__class__ = cls
        _made: Self = _self
        return _made


_Draft = _model.draft(ErrorStatus)
