from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import attrs

from .. import decoding as _wire
from .. import values as _values
from ..types import OnDrift


@attrs.frozen(kw_only=True)
class VoiceTrunkId:
    """The part of a voice configuration that only EST has."""

    trunk_id: str | None = None
    """The trunk ID if the type is EST. The `trunkId` can be found in your [Sinch Customer
    Dashboard](https://dashboard.sinch.com/trunks/your-trunks)."""

    additional_properties: dict[str, Any] = attrs.field(factory=dict[str, Any], repr=_values.masked)
    """What else the object held: fields that the document does not know, and values that do not fit their field."""

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any], on_drift: OnDrift | None = None) -> Self:
        """The object in `src_dict`. A value that does not fit is kept in `additional_properties`, and `on_drift` hears of it."""
        _rest = dict(src_dict)
        _pop = _rest.pop
        trunk_id = _pop("trunkId", None)
        if trunk_id is not None and trunk_id.__class__ is not str:
            trunk_id = _wire.value(_rest, "VoiceTrunkId", "trunkId", trunk_id, _values.to_str, on_drift)
        return cls(
            trunk_id=trunk_id,
            additional_properties=_rest,
        )

    def to_dict(self) -> dict[str, Any]:
        """The object as JSON values, with all that it was made of; what is None is left out."""
        _result: dict[str, Any] = {}
        if self.trunk_id is not None:
            _result["trunkId"] = self.trunk_id
        for _key, _value in self.additional_properties.items():
            _result.setdefault(_key, _value)
        return _result

    def to_request(self) -> dict[str, Any]:
        """The object as it is sent: without what is the API's own to set."""
        return self.to_dict()
