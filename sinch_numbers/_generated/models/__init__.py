"""The objects of the API, one module each."""

from .active_number import ActiveNumber
from .active_sms_configuration import ActiveSmsConfiguration
from .available_number import AvailableNumber
from .available_region import AvailableRegion
from .callback_configuration import CallbackConfiguration
from .capability import Capability
from .error_detail import ErrorDetail
from .error_response import ErrorResponse
from .error_status import ErrorStatus
from .event_status import EventStatus
from .event_type import EventType
from .failure_code import FailureCode
from .field_violation import FieldViolation
from .list_active_numbers_response import ListActiveNumbersResponse
from .list_available_numbers_response import ListAvailableNumbersResponse
from .list_available_regions_response import ListAvailableRegionsResponse
from .money import Money
from .number_event import NumberEvent
from .number_pattern import NumberPattern
from .number_type import NumberType
from .problem_details import ProblemDetails
from .provisioning_status import ProvisioningStatus
from .rent_any_number_request import RentAnyNumberRequest
from .rent_number_request import RentNumberRequest
from .resource_type import ResourceType
from .scheduled_sms_provisioning import ScheduledSmsProvisioning
from .scheduled_voice_provisioning import (
    ScheduledVoiceProvisioning,
    UnknownScheduledVoiceProvisioning,
)
from .scheduled_voice_provisioning_common import ScheduledVoiceProvisioningCommon
from .scheduled_voice_provisioning_est import ScheduledVoiceProvisioningEST
from .scheduled_voice_provisioning_fax import ScheduledVoiceProvisioningFAX
from .scheduled_voice_provisioning_rtc import ScheduledVoiceProvisioningRTC
from .search_pattern import SearchPattern
from .sms_configuration import SmsConfiguration
from .sms_error_code import SmsErrorCode
from .update_active_number_request import UpdateActiveNumberRequest
from .update_callback_configuration_request import UpdateCallbackConfigurationRequest
from .voice_app_id import VoiceAppId
from .voice_application_type import VoiceApplicationType
from .voice_configuration import UnknownVoiceConfiguration, VoiceConfiguration
from .voice_configuration_common import VoiceConfigurationCommon
from .voice_configuration_est import VoiceConfigurationEST
from .voice_configuration_fax import VoiceConfigurationFAX
from .voice_configuration_rtc import VoiceConfigurationRTC
from .voice_service_id import VoiceServiceId
from .voice_trunk_id import VoiceTrunkId

__all__ = [
    "ActiveNumber",
    "ActiveSmsConfiguration",
    "AvailableNumber",
    "AvailableRegion",
    "CallbackConfiguration",
    "Capability",
    "ErrorDetail",
    "ErrorResponse",
    "ErrorStatus",
    "EventStatus",
    "EventType",
    "FailureCode",
    "FieldViolation",
    "ListActiveNumbersResponse",
    "ListAvailableNumbersResponse",
    "ListAvailableRegionsResponse",
    "Money",
    "NumberEvent",
    "NumberPattern",
    "NumberType",
    "ProblemDetails",
    "ProvisioningStatus",
    "RentAnyNumberRequest",
    "RentNumberRequest",
    "ResourceType",
    "ScheduledSmsProvisioning",
    "ScheduledVoiceProvisioning",
    "ScheduledVoiceProvisioningCommon",
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
    "VoiceAppId",
    "VoiceApplicationType",
    "VoiceConfiguration",
    "VoiceConfigurationCommon",
    "VoiceConfigurationEST",
    "VoiceConfigurationFAX",
    "VoiceConfigurationRTC",
    "VoiceServiceId",
    "VoiceTrunkId",
]
