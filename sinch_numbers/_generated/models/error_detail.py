from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Self

import attrs

from .. import kinds as _kinds
from .. import model as _model
from ..types import OnDrift
from .field_violation import FieldViolation

_KNOWN = frozenset(
    {
        "type",
        "fieldViolations",
        "resourceType",
        "resourceName",
        "owner",
        "description",
    }
)


def _to_field_violations(value: Iterable[FieldViolation]) -> tuple[FieldViolation, ...]:
    return _model.to_tuple(value)


@attrs.frozen(kw_only=True, repr=False, order=False)
class ErrorDetail(_model.Model):
    """One detail of an error; `type` (or `@type`) says of what kind it is."""

    type: str | None = None
    """The kind of the detail. For example `BadRequest` or `ResourceInfo`."""

    field_violations: tuple[FieldViolation, ...] = attrs.field(default=(), converter=_to_field_violations)
    """The fields that a `BadRequest` complains about."""

    resource_type: str | None = None
    """What a `ResourceInfo` is about. For example `ActiveNumber`."""

    resource_name: str | None = None
    """Which one a `ResourceInfo` is about. For example the phone number."""

    owner: str | None = None
    """The owner of the resource. Often empty."""

    description: str | None = None
    """More about the resource. Often empty."""

    additional_properties: dict[str, Any] = attrs.field(factory=dict[str, Any], repr=False, hash=False)
    """What else the object held: fields that the document does not know, and values that do not fit their field."""

    _wire: _model.Wire = attrs.field(default=(), alias="_wire", repr=False, eq=False)

    @classmethod
    def _fields(cls) -> tuple[_kinds.Field, ...]:
        return (
            _kinds.Field("type", "type", _kinds.STR),
            _kinds.Field(
                "field_violations",
                "fieldViolations",
                _kinds.model(FieldViolation.from_dict, FieldViolation),
                many=True,
            ),
            _kinds.Field("resource_type", "resourceType", _kinds.STR),
            _kinds.Field("resource_name", "resourceName", _kinds.STR),
            _kinds.Field("owner", "owner", _kinds.STR),
            _kinds.Field("description", "description", _kinds.STR),
        )

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any], on_drift: OnDrift | None = None) -> Self:
        """The object in `src_dict`. A value that does not fit is kept in `additional_properties`, and `on_drift` hears of it."""
        _get: Any = src_dict.get
        _wire: _model.Wire = ()
        try:
            if cls is not ErrorDetail:
                raise _model.Misfit
            type = _get("type")
            if type is not None and type.__class__ is not str:
                raise _model.Misfit
            field_violations = _get("fieldViolations")
            if field_violations.__class__ is list and field_violations:
                _model.check_items(field_violations, dict)
            elif field_violations is None:
                field_violations = ()
            else:
                field_violations, _wire = _model.no_items(field_violations, "fieldViolations", _wire)
            resource_type = _get("resourceType")
            if resource_type is not None and resource_type.__class__ is not str:
                raise _model.Misfit
            resource_name = _get("resourceName")
            if resource_name is not None and resource_name.__class__ is not str:
                raise _model.Misfit
            owner = _get("owner")
            if owner is not None and owner.__class__ is not str:
                raise _model.Misfit
            description = _get("description")
            if description is not None and description.__class__ is not str:
                raise _model.Misfit
        except _model.SURPRISES:
            return _model.decode(cls, src_dict, on_drift)
        if field_violations:
            field_violations = tuple([FieldViolation.from_dict(item, on_drift) for item in field_violations])
        _self: Any = _Draft()
        _self.type = type
        _self.field_violations = field_violations
        _self.resource_type = resource_type
        _self.resource_name = resource_name
        _self.owner = owner
        _self.description = description
        _self.additional_properties = (
            {}
            if _KNOWN.issuperset(src_dict)
            else {_key: _value for _key, _value in src_dict.items() if _key not in _KNOWN}
        )
        _self._wire = _wire
        _self.__class__ = cls
        _made: Self = _self
        return _made


_Draft = _model.draft(ErrorDetail)
