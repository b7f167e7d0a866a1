from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import attrs

from .. import decoding as _wire
from .. import values as _values
from ..types import OnDrift


@attrs.frozen(kw_only=True)
class VoiceServiceId:
    """The part of a voice configuration that only FAX has."""

    service_id: str | None = None
    """The service ID if the type is FAX. The `serviceId` can be found in your [Sinch Customer
    Dashboard](https://dashboard.sinch.com/fax/services)."""

    additional_properties: dict[str, Any] = attrs.field(factory=dict[str, Any], repr=_values.masked)
    """What else the object held: fields that the document does not know, and values that do not fit their field."""

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any], on_drift: OnDrift | None = None) -> Self:
        """The object in `src_dict`. A value that does not fit is kept in `additional_properties`, and `on_drift` hears of it."""
        _rest = dict(src_dict)
        _pop = _rest.pop
        service_id = _pop("serviceId", None)
        if service_id is not None and service_id.__class__ is not str:
            service_id = _wire.value(
                _rest, "VoiceServiceId", "serviceId", service_id, _values.to_str, on_drift
            )
        return cls(
            service_id=service_id,
            additional_properties=_rest,
        )

    def to_dict(self) -> dict[str, Any]:
        """The object as JSON values, with all that it was made of; what is None is left out."""
        _result: dict[str, Any] = {}
        if self.service_id is not None:
            _result["serviceId"] = self.service_id
        for _key, _value in self.additional_properties.items():
            _result.setdefault(_key, _value)
        return _result

    def to_request(self) -> dict[str, Any]:
        """The object as it is sent: without what is the API's own to set."""
        return self.to_dict()
