"""The async-first Python SDK for the Sinch Numbers API.

async with NumbersClient(project_id=..., key_id=..., key_secret=...) as client:
    offers = await client.available_numbers.search(region_code="US", number_type="LOCAL")
    number = await client.available_numbers.rent(offers[0].phone_number, voice_configuration=voice.rtc("app"))

Names are loaded on first use, so importing the package is cheap.
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False  # as type checkers know it: importing `typing` takes longer than all of this module

if TYPE_CHECKING:
    from typing import Any

    from . import models, sms, voice
    from ._generated.spec import SPEC_HASH, SPEC_VERSION
    from ._generated.types import Drift
    from ._sending.bulk_run import BulkOutcomes, BulkProgress, BulkRun, Completed, Failed
    from ._sending.drift import DriftRecorder
    from ._sending.rate_limit import RateLimit
    from ._sending.responses import RawResponse
    from ._version import __version__
    from .attempts import Attempt, Processed, Sent
    from .auth.schemes import TokenFunction, TokenProvider
    from .bulk import (
        Outcome,
        Refused,
        Released,
        ReleaseOutcome,
        Rented,
        RentOutcome,
        Unknown,
        Updated,
        UpdateOutcome,
    )
    from .client import NumbersClient
    from .clock import Clock, SystemClock
    from .errors import (
        APIConnectionError,
        APIStatusError,
        APITimeoutError,
        AuthenticationError,
        BadRequestError,
        BudgetExceededError,
        ConfigurationError,
        ConflictError,
        FieldViolation,
        IncompleteListingError,
        InvalidResponseError,
        ListingFailure,
        NoOfferError,
        NotFoundError,
        NumbersError,
        NumberTakenError,
        OutcomeUnknownError,
        PaginationError,
        PayloadError,
        PermissionDeniedError,
        PriceChangedError,
        ProvisioningFailedError,
        RateLimitError,
        ServerError,
        SignatureError,
        StoreError,
        WaitTimeoutError,
        WebhookError,
    )
    from .models import (
        ActiveNumber,
        ActiveSmsConfiguration,
        AddressValidationResult,
        AvailableNumber,
        AvailableRegion,
        CallbackConfiguration,
        Capability,
        EmergencyAddress,
        EmergencyAddressRequest,
        EmergencyAddressValidation,
        EventStatus,
        EventType,
        FailureCode,
        ListActiveNumbersResponse,
        ListAvailableNumbersResponse,
        ListAvailableRegionsResponse,
        Money,
        NumberEvent,
        NumberPattern,
        NumberType,
        ProvisioningStatus,
        RentAnyNumberRequest,
        RentNumberRequest,
        ResourceType,
        ScheduledSmsProvisioning,
        ScheduledVoiceProvisioning,
        ScheduledVoiceProvisioningEST,
        ScheduledVoiceProvisioningFAX,
        ScheduledVoiceProvisioningRTC,
        SearchPattern,
        SmsConfiguration,
        SmsErrorCode,
        UnknownScheduledVoiceProvisioning,
        UnknownVoiceConfiguration,
        UpdateActiveNumberRequest,
        UpdateCallbackConfigurationRequest,
        VoiceApplicationType,
        VoiceConfiguration,
        VoiceConfigurationEST,
        VoiceConfigurationFAX,
        VoiceConfigurationRTC,
    )
    from .pagination import Cursor, Page, Pager
    from .purchasing.budget import Budget
    from .purchasing.entries import Entry, EntryState
    from .purchasing.ledger import PurchaseLedger
    from .purchasing.offers import Quote
    from .purchasing.orphans import OrphanedPurchase
    from .purchasing.prices import Price, PriceDifference
    from .resources.list_all import ListingProgress
    from .retry import RetryEvent, RetryPolicy, Safety
    from .stores import MemoryStore, Store
    from .stores.sqlite import SQLiteStore
    from .timeouts import Timeout
    from .transports import HttpRequest, HttpResponse, Transport, TransportError
    from .transports.httpx import HttpxTransport
    from .transports.mock import MockTransport

_MODULES = {
    "_generated.spec": "SPEC_HASH SPEC_VERSION",
    "_generated.types": "Drift",
    "attempts": "Attempt Processed Sent",
    "_sending.rate_limit": "RateLimit",
    "_sending.drift": "DriftRecorder",
    "_sending.responses": "RawResponse",
    "_version": "__version__",
    "auth.schemes": "TokenFunction TokenProvider",
    "purchasing.budget": "Budget",
    "bulk": "Outcome Refused ReleaseOutcome Released RentOutcome Rented Unknown UpdateOutcome Updated",
    "_sending.bulk_run": "BulkOutcomes BulkProgress BulkRun Completed Failed",
    "client": "NumbersClient",
    "clock": "Clock SystemClock",
    "errors": """
        APIConnectionError APIStatusError APITimeoutError AuthenticationError BadRequestError BudgetExceededError
        ConfigurationError ConflictError FieldViolation IncompleteListingError InvalidResponseError ListingFailure
        NoOfferError NotFoundError NumberTakenError NumbersError OutcomeUnknownError PaginationError PayloadError
        PermissionDeniedError PriceChangedError ProvisioningFailedError RateLimitError ServerError SignatureError
        StoreError WaitTimeoutError WebhookError""",
    "purchasing.entries": "Entry EntryState",
    "purchasing.ledger": "PurchaseLedger",
    "models": """
        ActiveNumber ActiveSmsConfiguration AddressValidationResult AvailableNumber AvailableRegion
        CallbackConfiguration Capability EmergencyAddress EmergencyAddressRequest EmergencyAddressValidation
        EventStatus EventType FailureCode ListActiveNumbersResponse ListAvailableNumbersResponse
        ListAvailableRegionsResponse Money NumberEvent NumberPattern NumberType ProvisioningStatus
        RentAnyNumberRequest RentNumberRequest ResourceType ScheduledSmsProvisioning
        ScheduledVoiceProvisioning ScheduledVoiceProvisioningEST ScheduledVoiceProvisioningFAX
        ScheduledVoiceProvisioningRTC SearchPattern SmsConfiguration SmsErrorCode
        UnknownScheduledVoiceProvisioning UnknownVoiceConfiguration UpdateActiveNumberRequest
        UpdateCallbackConfigurationRequest VoiceApplicationType VoiceConfiguration VoiceConfigurationEST
        VoiceConfigurationFAX VoiceConfigurationRTC""",
    "pagination": "Cursor Page Pager",
    "purchasing.offers": "Quote",
    "purchasing.orphans": "OrphanedPurchase",
    "purchasing.prices": "Price PriceDifference",
    "resources.list_all": "ListingProgress",
    "retry": "RetryEvent RetryPolicy Safety",
    "stores": "MemoryStore Store",
    "stores.sqlite": "SQLiteStore",
    "timeouts": "Timeout",
    "transports": "HttpRequest HttpResponse Transport TransportError",
    "transports.httpx": "HttpxTransport",
    "transports.mock": "MockTransport",
}
_HOME = {name: module for module, names in _MODULES.items() for name in names.split()}
_SUBMODULES = frozenset({"models", "sms", "voice"})

__all__ = [
    "APIConnectionError",
    "APIStatusError",
    "APITimeoutError",
    "ActiveNumber",
    "ActiveSmsConfiguration",
    "AddressValidationResult",
    "Attempt",
    "AuthenticationError",
    "AvailableNumber",
    "AvailableRegion",
    "BadRequestError",
    "Budget",
    "BudgetExceededError",
    "BulkOutcomes",
    "BulkProgress",
    "BulkRun",
    "CallbackConfiguration",
    "Capability",
    "Clock",
    "Completed",
    "ConfigurationError",
    "ConflictError",
    "Cursor",
    "Drift",
    "DriftRecorder",
    "EmergencyAddress",
    "EmergencyAddressRequest",
    "EmergencyAddressValidation",
    "Entry",
    "EntryState",
    "EventStatus",
    "EventType",
    "Failed",
    "FailureCode",
    "FieldViolation",
    "HttpRequest",
    "HttpResponse",
    "HttpxTransport",
    "IncompleteListingError",
    "InvalidResponseError",
    "ListActiveNumbersResponse",
    "ListAvailableNumbersResponse",
    "ListAvailableRegionsResponse",
    "ListingFailure",
    "ListingProgress",
    "MemoryStore",
    "MockTransport",
    "Money",
    "NoOfferError",
    "NotFoundError",
    "NumberEvent",
    "NumberPattern",
    "NumberTakenError",
    "NumberType",
    "NumbersClient",
    "NumbersError",
    "OrphanedPurchase",
    "Outcome",
    "OutcomeUnknownError",
    "Page",
    "Pager",
    "PaginationError",
    "PayloadError",
    "PermissionDeniedError",
    "Price",
    "PriceChangedError",
    "PriceDifference",
    "Processed",
    "ProvisioningFailedError",
    "ProvisioningStatus",
    "PurchaseLedger",
    "Quote",
    "RateLimit",
    "RateLimitError",
    "RawResponse",
    "Refused",
    "ReleaseOutcome",
    "Released",
    "RentAnyNumberRequest",
    "RentNumberRequest",
    "RentOutcome",
    "Rented",
    "ResourceType",
    "RetryEvent",
    "RetryPolicy",
    "SPEC_HASH",
    "SPEC_VERSION",
    "SQLiteStore",
    "Safety",
    "ScheduledSmsProvisioning",
    "ScheduledVoiceProvisioning",
    "ScheduledVoiceProvisioningEST",
    "ScheduledVoiceProvisioningFAX",
    "ScheduledVoiceProvisioningRTC",
    "SearchPattern",
    "Sent",
    "ServerError",
    "SignatureError",
    "SmsConfiguration",
    "SmsErrorCode",
    "Store",
    "StoreError",
    "SystemClock",
    "Timeout",
    "TokenFunction",
    "TokenProvider",
    "Transport",
    "TransportError",
    "Unknown",
    "UnknownScheduledVoiceProvisioning",
    "UnknownVoiceConfiguration",
    "UpdateActiveNumberRequest",
    "UpdateCallbackConfigurationRequest",
    "UpdateOutcome",
    "Updated",
    "VoiceApplicationType",
    "VoiceConfiguration",
    "VoiceConfigurationEST",
    "VoiceConfigurationFAX",
    "VoiceConfigurationRTC",
    "WaitTimeoutError",
    "WebhookError",
    "__version__",
    "models",
    "sms",
    "voice",
]


if not TYPE_CHECKING:
    # Hidden from type checkers, which would otherwise accept every misspelt name.
    def __getattr__(name: str) -> Any:
        if name in _SUBMODULES:
            return import_module(f".{name}", __name__)
        if name not in _HOME:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(f".{_HOME[name]}", __name__), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
