from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Self

import attrs

from .. import enums as _enums
from .. import kinds as _kinds
from .. import model as _model
from ..types import OnDrift
from .address_validation_result import AddressValidationResult
from .emergency_address import EmergencyAddress

_KNOWN = frozenset(
    {
        "phoneNumber",
        "displayName",
        "validatedAddress",
        "validationResult",
        "validationMessage",
        "correctedAddress",
        "candidateAddresses",
    }
)
_AddressValidationResult = _enums.members(AddressValidationResult)


def _to_candidate_addresses(value: Iterable[EmergencyAddress]) -> tuple[EmergencyAddress, ...]:
    return _model.to_tuple(value)


@attrs.frozen(kw_only=True, repr=False, order=False)
class EmergencyAddressValidation(_model.Model):
    """How well an address matches one that emergency services know."""

    phone_number: str | None = None
    """The phone number in E.164 format with leading `+`."""

    display_name: str | None = None
    """The name that was sent."""

    validated_address: EmergencyAddress | None = None
    """The address that was sent."""

    validation_result: AddressValidationResult | None = None
    """How well an address matches."""

    validation_message: str | None = None
    """The result, in words."""

    corrected_address: EmergencyAddress | None = None
    """The address as the emergency services know it. Provision this one if the result is `NEAR_MATCH`."""

    candidate_addresses: tuple[EmergencyAddress, ...] = attrs.field(
        default=(), converter=_to_candidate_addresses
    )
    """Addresses that might be meant, only if the result is `NO_MATCH`."""

    additional_properties: dict[str, Any] = attrs.field(factory=dict[str, Any], repr=False, hash=False)
    """What else the object held: fields that the document does not know, and values that do not fit their field."""

    _wire: _model.Wire = attrs.field(default=(), alias="_wire", repr=False, eq=False)

    @classmethod
    def _fields(cls) -> tuple[_kinds.Field, ...]:
        return (
            _kinds.Field("phone_number", "phoneNumber", _kinds.STR),
            _kinds.Field("display_name", "displayName", _kinds.STR),
            _kinds.Field(
                "validated_address",
                "validatedAddress",
                _kinds.model(EmergencyAddress.from_dict, EmergencyAddress),
            ),
            _kinds.Field("validation_result", "validationResult", _enums.kind_of(AddressValidationResult)),
            _kinds.Field("validation_message", "validationMessage", _kinds.STR),
            _kinds.Field(
                "corrected_address",
                "correctedAddress",
                _kinds.model(EmergencyAddress.from_dict, EmergencyAddress),
            ),
            _kinds.Field(
                "candidate_addresses",
                "candidateAddresses",
                _kinds.model(EmergencyAddress.from_dict, EmergencyAddress),
                many=True,
            ),
        )

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any], on_drift: OnDrift | None = None) -> Self:
        """The object in `src_dict`. A value that does not fit is kept in `additional_properties`, and `on_drift` hears of it."""
        _get: Any = src_dict.get
        _wire: _model.Wire = ()
        try:
            if cls is not EmergencyAddressValidation:
                raise _model.Misfit
            phone_number = _get("phoneNumber")
            if phone_number is not None and phone_number.__class__ is not str:
                raise _model.Misfit
            display_name = _get("displayName")
            if display_name is not None and display_name.__class__ is not str:
                raise _model.Misfit
            validated_address = _get("validatedAddress")
            if validated_address is not None and validated_address.__class__ is not dict:
                raise _model.Misfit
            validation_result = _get("validationResult")
            if validation_result is not None:
                validation_result = _AddressValidationResult[validation_result]
            validation_message = _get("validationMessage")
            if validation_message is not None and validation_message.__class__ is not str:
                raise _model.Misfit
            corrected_address = _get("correctedAddress")
            if corrected_address is not None and corrected_address.__class__ is not dict:
                raise _model.Misfit
            candidate_addresses = _get("candidateAddresses")
            if candidate_addresses.__class__ is list and candidate_addresses:
                _model.check_items(candidate_addresses, dict)
            elif candidate_addresses is None:
                candidate_addresses = ()
            else:
                candidate_addresses, _wire = _model.no_items(candidate_addresses, "candidateAddresses", _wire)
        except _model.SURPRISES:
            return _model.decode(cls, src_dict, on_drift)
        if validated_address is not None:
            validated_address = EmergencyAddress.from_dict(validated_address, on_drift)
        if corrected_address is not None:
            corrected_address = EmergencyAddress.from_dict(corrected_address, on_drift)
        if candidate_addresses:
            candidate_addresses = tuple(
                [EmergencyAddress.from_dict(item, on_drift) for item in candidate_addresses]
            )
        _self: Any = _Draft()
        _self.phone_number = phone_number
        _self.display_name = display_name
        _self.validated_address = validated_address
        _self.validation_result = validation_result
        _self.validation_message = validation_message
        _self.corrected_address = corrected_address
        _self.candidate_addresses = candidate_addresses
        _self.additional_properties = (
            {}
            if _KNOWN.issuperset(src_dict)
            else {_key: _value for _key, _value in src_dict.items() if _key not in _KNOWN}
        )
        _self._wire = _wire
        _self.__class__ = cls
        _made: Self = _self
        return _made


_Draft = _model.draft(EmergencyAddressValidation)
