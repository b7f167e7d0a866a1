from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import attrs

from .. import kinds as _kinds
from .. import model as _model
from ..types import OnDrift

_KNOWN = frozenset(
    {
        "type",
        "title",
        "status",
        "detail",
        "instance",
    }
)


@attrs.frozen(kw_only=True, repr=False, order=False)
class ProblemDetails(_model.Model):
    """The body of an error as RFC 9457 describes it."""

    type: str | None = None
    """A URI that names the kind of problem."""

    title: str | None = None
    """The kind of problem, in words."""

    status: int | None = None
    """The HTTP status."""

    detail: str | None = None
    """What went wrong this time."""

    instance: str | None = None
    """A URI that names this occurrence."""

    additional_properties: dict[str, Any] = attrs.field(factory=dict[str, Any], repr=False, hash=False)
    """What else the object held: fields that the document does not know, and values that do not fit their field."""

    _wire: _model.Wire = attrs.field(default=(), alias="_wire", repr=False, eq=False)

    @classmethod
    def _fields(cls) -> tuple[_kinds.Field, ...]:
        return (
            _kinds.Field("type", "type", _kinds.STR),
            _kinds.Field("title", "title", _kinds.STR),
            _kinds.Field("status", "status", _kinds.INT),
            _kinds.Field("detail", "detail", _kinds.STR),
            _kinds.Field("instance", "instance", _kinds.STR),
        )

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any], on_drift: OnDrift | None = None) -> Self:
        """The object in `src_dict`. A value that does not fit is kept in `additional_properties`, and `on_drift` hears of it."""
        _get: Any = src_dict.get
        _wire: _model.Wire = ()
        try:
            if cls is not ProblemDetails:
                raise _model.Misfit
            type = _get("type")
            if type is not None and type.__class__ is not str:
                raise _model.Misfit
            title = _get("title")
            if title is not None and title.__class__ is not str:
                raise _model.Misfit
            status = _get("status")
            if status is not None and status.__class__ is not int:
                raise _model.Misfit
            detail = _get("detail")
            if detail is not None and detail.__class__ is not str:
                raise _model.Misfit
            instance = _get("instance")
            if instance is not None and instance.__class__ is not str:
                raise _model.Misfit
        except _model.SURPRISES:
            return _model.decode(cls, src_dict, on_drift)
        _self: Any = _Draft()
        _self.type = type
        _self.title = title
        _self.status = status
        _self.detail = detail
        _self.instance = instance
        _self.additional_properties = (
            {}
            if _KNOWN.issuperset(src_dict)
            else {_key: _value for _key, _value in src_dict.items() if _key not in _KNOWN}
        )
        _self._wire = _wire
        _self.__class__ = cls
        _made: Self = _self
        return _made


_Draft = _model.draft(ProblemDetails)
