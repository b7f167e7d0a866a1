from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import attrs

from .. import kinds as _kinds
from .. import model as _model
from ..types import OnDrift

_KNOWN = frozenset(
    {
        "hmacSecret",
    }
)


@attrs.frozen(kw_only=True, repr=False, order=False)
class UpdateCallbackConfigurationRequest(_model.Model):
    """The request to update the callbacks configuration for the current project."""

    _request_only = True

    hmac_secret: str | None = attrs.field(default=None, repr=False)
    """The HMAC secret to be updated for the specified project"""

    additional_properties: dict[str, Any] = attrs.field(factory=dict[str, Any], repr=False, hash=False)
    """What else the object held: fields that the document does not know, and values that do not fit their field."""

    _wire: _model.Wire = attrs.field(default=(), alias="_wire", repr=False, eq=False)

    @classmethod
    def _fields(cls) -> tuple[_kinds.Field, ...]:
        return (_kinds.Field("hmac_secret", "hmacSecret", _kinds.STR),)

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any], on_drift: OnDrift | None = None) -> Self:
        """The object in `src_dict`. A value that does not fit is kept in `additional_properties`, and `on_drift` hears of it."""
        _get: Any = src_dict.get
        _wire: _model.Wire = ()
        try:
            if cls is not UpdateCallbackConfigurationRequest:
                raise _model.Misfit
            hmac_secret = _get("hmacSecret")
            if hmac_secret is not None and hmac_secret.__class__ is not str:
                raise _model.Misfit
        except _model.SURPRISES:
            return _model.decode(cls, src_dict, on_drift)
        _self: Any = _Draft()
        _self.hmac_secret = hmac_secret
        _self.additional_properties = (
            {}
            if _KNOWN.issuperset(src_dict)
            else {_key: _value for _key, _value in src_dict.items() if _key not in _KNOWN}
        )
        _self._wire = _wire
        _self.__class__ = cls
        _made: Self = _self
        return _made


_Draft = _model.draft(UpdateCallbackConfigurationRequest)
