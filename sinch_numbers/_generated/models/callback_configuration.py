from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import attrs

from .. import decoding as _wire
from .. import values as _values
from ..types import OnDrift


@attrs.frozen(kw_only=True)
class CallbackConfiguration:
    """Response message containing the callbacks configuration for a specific project."""

    project_id: str | None = None
    """ID of the project the configuration belongs to."""

    hmac_secret: str | None = attrs.field(default=None, repr=False)
    """The HMAC secret used for hashing the callback body using the HMAC-SHA1 algorithm - and for creating the
    `X-Sinch-Signature` header."""

    additional_properties: dict[str, Any] = attrs.field(factory=dict[str, Any], repr=_values.masked)
    """What else the object held: fields that the document does not know, and values that do not fit their field."""

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any], on_drift: OnDrift | None = None) -> Self:
        """The object in `src_dict`. A value that does not fit is kept in `additional_properties`, and `on_drift` hears of it."""
        _rest = dict(src_dict)
        _pop = _rest.pop
        project_id = _pop("projectId", None)
        if project_id is not None and project_id.__class__ is not str:
            project_id = _wire.value(
                _rest, "CallbackConfiguration", "projectId", project_id, _values.to_str, on_drift
            )
        hmac_secret = _pop("hmacSecret", None)
        if hmac_secret is not None and hmac_secret.__class__ is not str:
            hmac_secret = _wire.value(
                _rest, "CallbackConfiguration", "hmacSecret", hmac_secret, _values.to_str, on_drift
            )
        return cls(
            project_id=project_id,
            hmac_secret=hmac_secret,
            additional_properties=_rest,
        )

    def to_dict(self) -> dict[str, Any]:
        """The object as JSON values, with all that it was made of; what is None is left out."""
        _result: dict[str, Any] = {}
        if self.project_id is not None:
            _result["projectId"] = self.project_id
        if self.hmac_secret is not None:
            _result["hmacSecret"] = self.hmac_secret
        for _key, _value in self.additional_properties.items():
            _result.setdefault(_key, _value)
        return _result

    def to_request(self) -> dict[str, Any]:
        """The object as it is sent: without what is the API's own to set."""
        return self.to_dict()
