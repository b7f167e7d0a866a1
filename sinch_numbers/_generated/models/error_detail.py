from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import attrs

from .. import decoding as _wire
from .. import values as _values
from ..types import OnDrift
from .field_violation import FieldViolation


@attrs.frozen(kw_only=True)
class ErrorDetail:
    """One detail of an error; `type` (or `@type`) says of what kind it is."""

    type: str | None = None
    """The kind of the detail. For example `BadRequest` or `ResourceInfo`."""

    field_violations: list[FieldViolation] = attrs.field(factory=lambda: _values.Unsent["FieldViolation"]())
    """The fields that a `BadRequest` complains about."""

    resource_type: str | None = None
    """What a `ResourceInfo` is about. For example `ActiveNumber`."""

    resource_name: str | None = None
    """Which one a `ResourceInfo` is about. For example the phone number."""

    owner: str | None = None
    """The owner of the resource. Often empty."""

    description: str | None = None
    """More about the resource. Often empty."""

    additional_properties: dict[str, Any] = attrs.field(factory=dict[str, Any], repr=_values.masked)
    """What else the object held: fields that the document does not know, and values that do not fit their field."""

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any], on_drift: OnDrift | None = None) -> Self:
        """The object in `src_dict`. A value that does not fit is kept in `additional_properties`, and `on_drift` hears of it."""
        _rest = dict(src_dict)
        _pop = _rest.pop
        type = _pop("type", None)
        if type is not None and type.__class__ is not str:
            type = _wire.value(_rest, "ErrorDetail", "type", type, _values.to_str, on_drift)
        _raw = _pop("fieldViolations", None)
        field_violations: list[FieldViolation] = (
            _values.Unsent()
            if _raw is None
            else _wire.models(
                _rest, "ErrorDetail", "fieldViolations", _raw, FieldViolation.from_dict, on_drift
            )
        )
        resource_type = _pop("resourceType", None)
        if resource_type is not None and resource_type.__class__ is not str:
            resource_type = _wire.value(
                _rest, "ErrorDetail", "resourceType", resource_type, _values.to_str, on_drift
            )
        resource_name = _pop("resourceName", None)
        if resource_name is not None and resource_name.__class__ is not str:
            resource_name = _wire.value(
                _rest, "ErrorDetail", "resourceName", resource_name, _values.to_str, on_drift
            )
        owner = _pop("owner", None)
        if owner is not None and owner.__class__ is not str:
            owner = _wire.value(_rest, "ErrorDetail", "owner", owner, _values.to_str, on_drift)
        description = _pop("description", None)
        if description is not None and description.__class__ is not str:
            description = _wire.value(
                _rest, "ErrorDetail", "description", description, _values.to_str, on_drift
            )
        return cls(
            type=type,
            field_violations=field_violations,
            resource_type=resource_type,
            resource_name=resource_name,
            owner=owner,
            description=description,
            additional_properties=_rest,
        )

    def to_dict(self) -> dict[str, Any]:
        """The object as JSON values, with all that it was made of; what is None is left out."""
        _result: dict[str, Any] = {}
        if self.type is not None:
            _result["type"] = self.type
        if self.field_violations.__class__ is not _values.Unsent:
            _result["fieldViolations"] = [item.to_dict() for item in self.field_violations]
        if self.resource_type is not None:
            _result["resourceType"] = self.resource_type
        if self.resource_name is not None:
            _result["resourceName"] = self.resource_name
        if self.owner is not None:
            _result["owner"] = self.owner
        if self.description is not None:
            _result["description"] = self.description
        for _key, _value in self.additional_properties.items():
            _result.setdefault(_key, _value)
        return _result

    def to_request(self) -> dict[str, Any]:
        """The object as it is sent: without what is the API's own to set."""
        _result: dict[str, Any] = {}
        if self.type is not None:
            _result["type"] = self.type
        if self.field_violations.__class__ is not _values.Unsent:
            _result["fieldViolations"] = [item.to_request() for item in self.field_violations]
        if self.resource_type is not None:
            _result["resourceType"] = self.resource_type
        if self.resource_name is not None:
            _result["resourceName"] = self.resource_name
        if self.owner is not None:
            _result["owner"] = self.owner
        if self.description is not None:
            _result["description"] = self.description
        for _key, _value in self.additional_properties.items():
            _result.setdefault(_key, _value)
        return _result
