"""The objects of the API, one module each."""

from .active_number import ActiveNumber
from .active_sms_configuration import ActiveSmsConfiguration
from .address_validation_result import AddressValidationResult
from .available_number import AvailableNumber
from .available_region import AvailableRegion
from .callback_configuration import CallbackConfiguration
from .capability import Capability
from .emergency_address import EmergencyAddress
from .emergency_address_request import EmergencyAddressRequest
from .emergency_address_validation import EmergencyAddressValidation
from .event_status import EventStatus
from .event_type import EventType
from .failure_code import FailureCode
from .list_active_numbers_response import ListActiveNumbersResponse
from .list_available_numbers_response import ListAvailableNumbersResponse
from .list_available_regions_response import ListAvailableRegionsResponse
from .money import Money
from .number_event import NumberEvent
from .number_pattern import NumberPattern
from .number_type import NumberType
from .provisioning_status import ProvisioningStatus
from .rent_any_number_request import RentAnyNumberRequest
from .rent_number_request import RentNumberRequest
from .resource_type import ResourceType
from .scheduled_sms_provisioning import ScheduledSmsProvisioning
from .scheduled_voice_provisioning import (
    ScheduledVoiceProvisioning,
    UnknownScheduledVoiceProvisioning,
)
from .scheduled_voice_provisioning_est import ScheduledVoiceProvisioningEST
from .scheduled_voice_provisioning_fax import ScheduledVoiceProvisioningFAX
from .scheduled_voice_provisioning_rtc import ScheduledVoiceProvisioningRTC
from .search_pattern import SearchPattern
from .sms_configuration import SmsConfiguration
from .sms_error_code import SmsErrorCode
from .update_active_number_request import UpdateActiveNumberRequest
from .update_callback_configuration_request import UpdateCallbackConfigurationRequest
from .voice_application_type import VoiceApplicationType
from .voice_configuration import UnknownVoiceConfiguration, VoiceConfiguration
from .voice_configuration_est import VoiceConfigurationEST
from .voice_configuration_fax import VoiceConfigurationFAX
from .voice_configuration_rtc import VoiceConfigurationRTC

__all__ = [
    "ActiveNumber",
    "ActiveSmsConfiguration",
    "AddressValidationResult",
    "AvailableNumber",
    "AvailableRegion",
    "CallbackConfiguration",
    "Capability",
    "EmergencyAddress",
    "EmergencyAddressRequest",
    "EmergencyAddressValidation",
    "EventStatus",
    "EventType",
    "FailureCode",
    "ListActiveNumbersResponse",
    "ListAvailableNumbersResponse",
    "ListAvailableRegionsResponse",
    "Money",
    "NumberEvent",
    "NumberPattern",
    "NumberType",
    "ProvisioningStatus",
    "RentAnyNumberRequest",
    "RentNumberRequest",
    "ResourceType",
    "ScheduledSmsProvisioning",
    "ScheduledVoiceProvisioning",
    "ScheduledVoiceProvisioningEST",
    "ScheduledVoiceProvisioningFAX",
    "ScheduledVoiceProvisioningRTC",
    "SearchPattern",
    "SmsConfiguration",
    "SmsErrorCode",
    "UnknownScheduledVoiceProvisioning",
    "UnknownVoiceConfiguration",
    "UpdateActiveNumberRequest",
    "UpdateCallbackConfigurationRequest",
    "VoiceApplicationType",
    "VoiceConfiguration",
    "VoiceConfigurationEST",
    "VoiceConfigurationFAX",
    "VoiceConfigurationRTC",
]
