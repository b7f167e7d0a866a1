from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import attrs

from .. import kinds as _kinds
from .. import model as _model
from ..types import OnDrift

_KNOWN = frozenset(
    {
        "serviceId",
    }
)


@attrs.frozen(kw_only=True, repr=False, order=False)
class VoiceServiceId(_model.Model):
    """The part of a voice configuration that only FAX has."""

    service_id: str | None = None
    """The service ID if the type is FAX. The `serviceId` can be found in your [Sinch Customer
    Dashboard](https://dashboard.sinch.com/fax/services)."""

    additional_properties: dict[str, Any] = attrs.field(factory=dict[str, Any], repr=False, hash=False)
    """What else the object held: fields that the document does not know, and values that do not fit their field."""

    _wire: _model.Wire = attrs.field(default=(), alias="_wire", repr=False, eq=False)

    @classmethod
    def _fields(cls) -> tuple[_kinds.Field, ...]:
        return (_kinds.Field("service_id", "serviceId", _kinds.STR),)

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any], on_drift: OnDrift | None = None) -> Self:
        """The object in `src_dict`. A value that does not fit is kept in `additional_properties`, and `on_drift` hears of it."""
        _get: Any = src_dict.get
        _wire: _model.Wire = ()
        try:
            if cls is not VoiceServiceId:
                raise _model.Misfit
            service_id = _get("serviceId")
            if service_id is not None and service_id.__class__ is not str:
                raise _model.Misfit
        except _model.SURPRISES:
            return _model.decode(cls, src_dict, on_drift)
        _self: Any = _Draft()
        _self.service_id = service_id
        _self.additional_properties = (
            {}
            if _KNOWN.issuperset(src_dict)
            else {_key: _value for _key, _value in src_dict.items() if _key not in _KNOWN}
        )
        _self._wire = _wire
        _self.__class__ = cls
        _made: Self = _self
        return _made


_Draft = _model.draft(VoiceServiceId)
