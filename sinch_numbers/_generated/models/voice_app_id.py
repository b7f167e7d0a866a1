from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import attrs

from .. import decoding as _wire
from .. import values as _values
from ..types import OnDrift


@attrs.frozen(kw_only=True)
class VoiceAppId:
    """The part of a voice configuration that only RTC has."""

    app_id: str | None = None
    """Your app ID for the Voice API. The `appId` can be found in your [Sinch Customer
    Dashboard](https://dashboard.sinch.com/voice/apps)."""

    additional_properties: dict[str, Any] = attrs.field(factory=dict[str, Any], repr=_values.masked)
    """What else the object held: fields that the document does not know, and values that do not fit their field."""

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any], on_drift: OnDrift | None = None) -> Self:
        """The object in `src_dict`. A value that does not fit is kept in `additional_properties`, and `on_drift` hears of it."""
        _rest = dict(src_dict)
        _pop = _rest.pop
        app_id = _pop("appId", None)
        if app_id is not None and app_id.__class__ is not str:
            app_id = _wire.value(_rest, "VoiceAppId", "appId", app_id, _values.to_str, on_drift)
        return cls(
            app_id=app_id,
            additional_properties=_rest,
        )

    def to_dict(self) -> dict[str, Any]:
        """The object as JSON values, with all that it was made of; what is None is left out."""
        _result: dict[str, Any] = {}
        if self.app_id is not None:
            _result["appId"] = self.app_id
        for _key, _value in self.additional_properties.items():
            _result.setdefault(_key, _value)
        return _result

    def to_request(self) -> dict[str, Any]:
        """The object as it is sent: without what is the API's own to set."""
        return self.to_dict()
