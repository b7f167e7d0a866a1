from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import attrs

from .. import decoding as _wire
from .. import values as _values
from ..types import OnDrift


@attrs.frozen(kw_only=True)
class UpdateCallbackConfigurationRequest:
    """The request to update the callbacks configuration for the current project."""

    hmac_secret: str | None = attrs.field(default=None, repr=False)
    """The HMAC secret to be updated for the specified project"""

    additional_properties: dict[str, Any] = attrs.field(factory=dict[str, Any], repr=_values.masked)
    """What else the object held: fields that the document does not know, and values that do not fit their field."""

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any], on_drift: OnDrift | None = None) -> Self:
        """The object in `src_dict`. A value that does not fit is kept in `additional_properties`, and `on_drift` hears of it."""
        _rest = dict(src_dict)
        _pop = _rest.pop
        hmac_secret = _pop("hmacSecret", None)
        if hmac_secret is not None and hmac_secret.__class__ is not str:
            hmac_secret = _wire.value(
                _rest,
                "UpdateCallbackConfigurationRequest",
                "hmacSecret",
                hmac_secret,
                _values.to_str,
                on_drift,
            )
        return cls(
            hmac_secret=hmac_secret,
            additional_properties=_rest,
        )

    def to_dict(self) -> dict[str, Any]:
        """The object as JSON values, with all that it was made of; what is None is left out."""
        _result: dict[str, Any] = {}
        if self.hmac_secret is not None:
            _result["hmacSecret"] = self.hmac_secret
        for _key, _value in self.additional_properties.items():
            _result.setdefault(_key, _value)
        return _result

    def to_request(self) -> dict[str, Any]:
        """The object as it is sent: without what is the API's own to set."""
        return self.to_dict()
