"""Every operation of the document, as data, by its name."""

from __future__ import annotations

from . import models as _models
from . import operation as _operation
from .safety import Safety as _Safety

OPERATIONS: dict[str, _operation.Operation] = {
    "DeprovisionEmergencyAddress": _operation.Operation(
        name="DeprovisionEmergencyAddress",
        method="POST",
        path="/v1/projects/{projectId}/activeNumbers/{phoneNumber}/emergencyAddress:deprovision",
        safety=_Safety.ONCE,
        resource="emergency_addresses.deprovision",
        parameters=(
            _operation.Parameter(
                name="projectId",
                place="path",
                required=True,
            ),
            _operation.Parameter(
                name="phoneNumber",
                place="path",
                required=True,
            ),
        ),
    ),
    "GetActiveNumber": _operation.Operation(
        name="GetActiveNumber",
        method="GET",
        path="/v1/projects/{projectId}/activeNumbers/{phoneNumber}",
        safety=_Safety.READ,
        resource="active_numbers.get",
        parameters=(
            _operation.Parameter(
                name="projectId",
                place="path",
                required=True,
            ),
            _operation.Parameter(
                name="phoneNumber",
                place="path",
                required=True,
            ),
        ),
        example=(
            "{"
            '"phoneNumber": "+12025550134",'
            '"projectId": "51bc3f40-f266-4ca8-8938-a1ed0ff32b9a",'
            '"displayName": "MyPhoneNumber",'
            '"regionCode": "US",'
            '"type": "MOBILE",'
            '"capability": ['
            '"SMS",'
            '"VOICE"'
            "],"
            '"money": {'
            '"currencyCode": "USD",'
            '"amount": "2.00"'
            "},"
            '"paymentIntervalMonths": 0,'
            '"nextChargeDate": "2024-08-24T14:15:22Z",'
            '"expireAt": "2024-09-24T14:15:22Z",'
            '"smsConfiguration": {'
            '"servicePlanId": "YOUR_service_plan_id",'
            '"scheduledProvisioning": {'
            '"servicePlanId": "",'
            '"status": "WAITING",'
            '"lastUpdatedTime": "2024-08-04T14:15:22Z",'
            '"campaignId": "YOUR_campaign_id"'
            "},"
            '"campaignId": "YOUR_campaign_id"'
            "},"
            '"voiceConfiguration": {'
            '"type": "RTC",'
            '"lastUpdatedTime": "2024-09-24T14:15:22Z",'
            '"scheduledVoiceProvisioning": {'
            '"type": "RTC",'
            '"lastUpdatedTime": "2024-09-24T14:15:22Z",'
            '"status": "WAITING",'
            '"appId": "YOUR_app_id"'
            "},"
            '"appId": "YOUR_app_id"'
            "}"
            "}"
        ),
    ),
    "GetAvailableNumber": _operation.Operation(
        name="GetAvailableNumber",
        method="GET",
        path="/v1/projects/{projectId}/availableNumbers/{phoneNumber}",
        safety=_Safety.READ,
        resource="available_numbers.get",
        parameters=(
            _operation.Parameter(
                name="projectId",
                place="path",
                required=True,
            ),
            _operation.Parameter(
                name="phoneNumber",
                place="path",
                required=True,
            ),
        ),
        example=(
            "{"
            '"phoneNumber": "+12025550134",'
            '"regionCode": "US",'
            '"type": "LOCAL",'
            '"capability": ['
            '"SMS",'
            '"VOICE"'
            "],"
            '"setupPrice": {'
            '"currencyCode": "USD",'
            '"amount": "2.00"'
            "},"
            '"monthlyPrice": {'
            '"currencyCode": "USD",'
            '"amount": "2.00"'
            "},"
            '"paymentIntervalMonths": 1,'
            '"supportingDocumentationRequired": true'
            "}"
        ),
    ),
    "GetCallbackConfiguration": _operation.Operation(
        name="GetCallbackConfiguration",
        method="GET",
        path="/v1/projects/{projectId}/callbackConfiguration",
        safety=_Safety.READ,
        resource="callback_configuration.get",
        parameters=(
            _operation.Parameter(
                name="projectId",
                place="path",
                required=True,
            ),
        ),
        example=('{"projectId": "a99aa9aa-b888-777c-dd6d-ee55e5555555","hmacSecret": "YOUR_hmac_secret"}'),
    ),
    "GetEmergencyAddress": _operation.Operation(
        name="GetEmergencyAddress",
        method="GET",
        path="/v1/projects/{projectId}/activeNumbers/{phoneNumber}/emergencyAddress",
        safety=_Safety.READ,
        resource="emergency_addresses.get",
        parameters=(
            _operation.Parameter(
                name="projectId",
                place="path",
                required=True,
            ),
            _operation.Parameter(
                name="phoneNumber",
                place="path",
                required=True,
            ),
        ),
        example=(
            "{"
            '"streetNumber": "600",'
            '"streetInfo": "Congress Ave",'
            '"location": "Floor 14",'
            '"city": "Austin",'
            '"state": "TX",'
            '"postalCode": "78701",'
            '"postalCodePlusFour": "3211"'
            "}"
        ),
    ),
    "ListActiveNumbers": _operation.Operation(
        name="ListActiveNumbers",
        method="GET",
        path="/v1/projects/{projectId}/activeNumbers",
        safety=_Safety.READ,
        resource="active_numbers.list",
        parameters=(
            _operation.Parameter(
                name="projectId",
                place="path",
                required=True,
            ),
            _operation.Parameter(
                name="numberPattern.pattern",
                place="query",
            ),
            _operation.Parameter(
                name="numberPattern.searchPattern",
                place="query",
                values=_models.SearchPattern,
            ),
            _operation.Parameter(
                name="capability",
                place="query",
                many=True,
                values=_models.Capability,
            ),
            _operation.Parameter(
                name="pageSize",
                place="query",
                kind="integer",
            ),
            _operation.Parameter(
                name="pageToken",
                place="query",
            ),
            _operation.Parameter(
                name="orderBy",
                place="query",
            ),
            _operation.Parameter(
                name="regionCode",
                place="query",
            ),
            _operation.Parameter(
                name="type",
                place="query",
                values=_models.NumberType,
            ),
        ),
        example=(
            "{"
            '"activeNumbers": ['
            "{"
            '"phoneNumber": "+12025550134",'
            '"projectId": "51bc3f40-f266-4ca8-8938-a1ed0ff32b9a",'
            '"displayName": "string",'
            '"regionCode": "US",'
            '"type": "LOCAL",'
            '"capability": ['
            '"SMS"'
            "],"
            '"money": {'
            '"currencyCode": "USD",'
            '"amount": "2.00"'
            "},"
            '"paymentIntervalMonths": 1,'
            '"nextChargeDate": "2024-06-06T14:42:42.022227Z",'
            '"expireAt": "2024-06-06T14:42:42.022227Z",'
            '"voiceConfiguration": {'
            '"type": "RTC",'
            '"lastUpdatedTime": "2024-06-06T14:42:42.022227Z",'
            '"scheduledVoiceProvisioning": {'
            '"type": "EST",'
            '"lastUpdatedTime": "2024-06-06T14:42:42.022227Z",'
            '"status": "WAITING",'
            '"trunkId": "string"'
            "},"
            '"appId": "string"'
            "},"
            '"callbackUrl": "https://www.your-callback-server.com/callback",'
            '"smsConfiguration": {'
            '"servicePlanId": "string",'
            '"campaignId": "string",'
            '"scheduledProvisioning": {'
            '"servicePlanId": "8200000f74924bd6800000b212f00000",'
            '"status": "WAITING",'
            '"lastUpdatedTime": "2024-06-06T14:42:42.022227Z",'
            '"campaignId": "string",'
            '"errorCodes": ['
            '"PARTNER_SERVICE_UNAVAILABLE"'
            "]"
            "}"
            "}"
            "}"
            "],"
            '"nextPageToken": "string",'
            '"totalSize": 1'
            "}"
        ),
    ),
    "ListAvailableNumbers": _operation.Operation(
        name="ListAvailableNumbers",
        method="GET",
        path="/v1/projects/{projectId}/availableNumbers",
        safety=_Safety.READ,
        resource="available_numbers.search",
        parameters=(
            _operation.Parameter(
                name="projectId",
                place="path",
                required=True,
            ),
            _operation.Parameter(
                name="numberPattern.pattern",
                place="query",
            ),
            _operation.Parameter(
                name="numberPattern.searchPattern",
                place="query",
                values=_models.SearchPattern,
            ),
            _operation.Parameter(
                name="regionCode",
                place="query",
                required=True,
            ),
            _operation.Parameter(
                name="type",
                place="query",
                required=True,
                values=_models.NumberType,
            ),
            _operation.Parameter(
                name="capabilities",
                place="query",
                many=True,
                values=_models.Capability,
            ),
            _operation.Parameter(
                name="size",
                place="query",
                kind="integer",
            ),
        ),
        example=(
            "{"
            '"availableNumbers": ['
            "{"
            '"phoneNumber": "+12025550134",'
            '"regionCode": "US",'
            '"type": "LOCAL",'
            '"capability": ['
            '"SMS",'
            '"VOICE"'
            "],"
            '"setupPrice": {'
            '"currencyCode": "USD",'
            '"amount": "2.00"'
            "},"
            '"monthlyPrice": {'
            '"currencyCode": "USD",'
            '"amount": "2.00"'
            "},"
            '"paymentIntervalMonths": 1,'
            '"supportingDocumentationRequired": true'
            "}"
            "]"
            "}"
        ),
    ),
    "ListAvailableRegions": _operation.Operation(
        name="ListAvailableRegions",
        method="GET",
        path="/v1/projects/{projectId}/availableRegions",
        safety=_Safety.READ,
        resource="available_regions.list",
        parameters=(
            _operation.Parameter(
                name="projectId",
                place="path",
                required=True,
            ),
            _operation.Parameter(
                name="types",
                place="query",
                many=True,
                values=_models.NumberType,
            ),
        ),
        example=(
            '{"availableRegions": [{"regionCode": "US","regionName": "United States","types": ["MOBILE"]}]}'
        ),
    ),
    "ProvisionEmergencyAddress": _operation.Operation(
        name="ProvisionEmergencyAddress",
        method="POST",
        path="/v1/projects/{projectId}/activeNumbers/{phoneNumber}/emergencyAddress:provision",
        safety=_Safety.ONCE,
        resource="emergency_addresses.provision",
        parameters=(
            _operation.Parameter(
                name="projectId",
                place="path",
                required=True,
            ),
            _operation.Parameter(
                name="phoneNumber",
                place="path",
                required=True,
            ),
        ),
        body=_models.EmergencyAddressRequest,
        body_required=True,
        example=(
            "{"
            '"streetNumber": "600",'
            '"streetInfo": "Congress Ave",'
            '"location": "Floor 14",'
            '"city": "Austin",'
            '"state": "TX",'
            '"postalCode": "78701",'
            '"postalCodePlusFour": "3211"'
            "}"
        ),
    ),
    "ReleaseNumber": _operation.Operation(
        name="ReleaseNumber",
        method="POST",
        path="/v1/projects/{projectId}/activeNumbers/{phoneNumber}:release",
        safety=_Safety.BILLABLE,
        resource="active_numbers.release",
        parameters=(
            _operation.Parameter(
                name="projectId",
                place="path",
                required=True,
            ),
            _operation.Parameter(
                name="phoneNumber",
                place="path",
                required=True,
            ),
        ),
        example=(
            "{"
            '"phoneNumber": "+12025550134",'
            '"projectId": "51bc3f40-f266-4ca8-8938-a1ed0ff32b9a",'
            '"displayName": "MyPhoneNumber",'
            '"regionCode": "US",'
            '"type": "MOBILE",'
            '"capability": ['
            '"SMS",'
            '"VOICE"'
            "],"
            '"money": {'
            '"currencyCode": "USD",'
            '"amount": "2.00"'
            "},"
            '"paymentIntervalMonths": 0,'
            '"nextChargeDate": "2024-08-24T14:15:22Z",'
            '"expireAt": "2024-09-24T14:15:22Z",'
            '"smsConfiguration": {'
            '"servicePlanId": "YOUR_service_plan_id",'
            '"scheduledProvisioning": {'
            '"servicePlanId": "",'
            '"status": "WAITING",'
            '"lastUpdatedTime": "2024-08-04T14:15:22Z",'
            '"campaignId": "YOUR_campaign_id"'
            "},"
            '"campaignId": "YOUR_campaign_id"'
            "},"
            '"voiceConfiguration": {'
            '"type": "RTC",'
            '"lastUpdatedTime": "2024-09-24T14:15:22Z",'
            '"scheduledVoiceProvisioning": {'
            '"type": "RTC",'
            '"lastUpdatedTime": "2024-09-24T14:15:22Z",'
            '"status": "WAITING",'
            '"appId": "YOUR_app_id"'
            "},"
            '"appId": "YOUR_app_id"'
            "}"
            "}"
        ),
    ),
    "RentAnyNumber": _operation.Operation(
        name="RentAnyNumber",
        method="POST",
        path="/v1/projects/{projectId}/availableNumbers:rentAny",
        safety=_Safety.BILLABLE,
        resource="available_numbers.rent_any",
        parameters=(
            _operation.Parameter(
                name="projectId",
                place="path",
                required=True,
            ),
        ),
        body=_models.RentAnyNumberRequest,
        body_required=True,
        example=(
            "{"
            '"phoneNumber": "+12025550134",'
            '"projectId": "51bc3f40-f266-4ca8-8938-a1ed0ff32b9a",'
            '"displayName": "string",'
            '"regionCode": "US",'
            '"type": "LOCAL",'
            '"capability": ['
            '"SMS"'
            "],"
            '"money": {'
            '"currencyCode": "USD",'
            '"amount": "2.00"'
            "},"
            '"paymentIntervalMonths": 1,'
            '"nextChargeDate": "2024-06-06T14:42:42.022227Z",'
            '"expireAt": "2024-06-06T14:42:42.022227Z",'
            '"voiceConfiguration": {'
            '"type": "RTC",'
            '"lastUpdatedTime": "2024-06-06T14:42:42.022227Z",'
            '"scheduledVoiceProvisioning": {'
            '"type": "EST",'
            '"lastUpdatedTime": "2024-06-06T14:42:42.022227Z",'
            '"status": "WAITING",'
            '"trunkId": "string"'
            "},"
            '"appId": "string"'
            "},"
            '"callbackUrl": "https://www.your-callback-server.com/callback",'
            '"smsConfiguration": {'
            '"servicePlanId": "string",'
            '"campaignId": "string",'
            '"scheduledProvisioning": {'
            '"servicePlanId": "8200000f74924bd6800000b212f00000",'
            '"status": "WAITING",'
            '"lastUpdatedTime": "2024-06-06T14:42:42.022227Z",'
            '"campaignId": "string",'
            '"errorCodes": ['
            '"PARTNER_SERVICE_UNAVAILABLE"'
            "]"
            "}"
            "}"
            "}"
        ),
    ),
    "RentNumber": _operation.Operation(
        name="RentNumber",
        method="POST",
        path="/v1/projects/{projectId}/availableNumbers/{phoneNumber}:rent",
        safety=_Safety.BILLABLE,
        resource="available_numbers.rent",
        parameters=(
            _operation.Parameter(
                name="projectId",
                place="path",
                required=True,
            ),
            _operation.Parameter(
                name="phoneNumber",
                place="path",
                required=True,
            ),
        ),
        body=_models.RentNumberRequest,
        body_required=True,
        example=(
            "{"
            '"phoneNumber": "+12025550134",'
            '"projectId": "51bc3f40-f266-4ca8-8938-a1ed0ff32b9a",'
            '"displayName": "MyPhoneNumber",'
            '"regionCode": "US",'
            '"type": "MOBILE",'
            '"capability": ['
            '"SMS",'
            '"VOICE"'
            "],"
            '"money": {'
            '"currencyCode": "USD",'
            '"amount": "2.00"'
            "},"
            '"paymentIntervalMonths": 0,'
            '"nextChargeDate": "2024-08-24T14:15:22Z",'
            '"expireAt": "2024-09-24T14:15:22Z",'
            '"smsConfiguration": {'
            '"servicePlanId": "YOUR_service_plan_id",'
            '"scheduledProvisioning": {'
            '"servicePlanId": "",'
            '"status": "WAITING",'
            '"lastUpdatedTime": "2024-08-04T14:15:22Z",'
            '"campaignId": "YOUR_campaign_id"'
            "},"
            '"campaignId": "YOUR_campaign_id"'
            "},"
            '"voiceConfiguration": {'
            '"type": "RTC",'
            '"lastUpdatedTime": "2024-09-24T14:15:22Z",'
            '"scheduledVoiceProvisioning": {'
            '"type": "RTC",'
            '"lastUpdatedTime": "2024-09-24T14:15:22Z",'
            '"status": "WAITING",'
            '"appId": "YOUR_app_id"'
            "},"
            '"appId": "YOUR_app_id"'
            "}"
            "}"
        ),
    ),
    "UpdateActiveNumber": _operation.Operation(
        name="UpdateActiveNumber",
        method="PATCH",
        path="/v1/projects/{projectId}/activeNumbers/{phoneNumber}",
        safety=_Safety.IDEMPOTENT,
        resource="active_numbers.update",
        parameters=(
            _operation.Parameter(
                name="projectId",
                place="path",
                required=True,
            ),
            _operation.Parameter(
                name="phoneNumber",
                place="path",
                required=True,
            ),
        ),
        body=_models.UpdateActiveNumberRequest,
        body_required=True,
        example=(
            "{"
            '"phoneNumber": "+12025550134",'
            '"projectId": "51bc3f40-f266-4ca8-8938-a1ed0ff32b9a",'
            '"displayName": "MyPhoneNumber",'
            '"regionCode": "US",'
            '"type": "MOBILE",'
            '"capability": ['
            '"SMS",'
            '"VOICE"'
            "],"
            '"money": {'
            '"currencyCode": "USD",'
            '"amount": "2.00"'
            "},"
            '"paymentIntervalMonths": 0,'
            '"nextChargeDate": "2024-08-24T14:15:22Z",'
            '"expireAt": "2024-09-24T14:15:22Z",'
            '"smsConfiguration": {'
            '"servicePlanId": "YOUR_service_plan_id",'
            '"scheduledProvisioning": {'
            '"servicePlanId": "",'
            '"status": "WAITING",'
            '"lastUpdatedTime": "2024-08-04T14:15:22Z",'
            '"campaignId": "YOUR_campaign_id"'
            "},"
            '"campaignId": "YOUR_campaign_id"'
            "},"
            '"voiceConfiguration": {'
            '"type": "RTC",'
            '"lastUpdatedTime": "2024-09-24T14:15:22Z",'
            '"scheduledVoiceProvisioning": {'
            '"type": "RTC",'
            '"lastUpdatedTime": "2024-09-24T14:15:22Z",'
            '"status": "WAITING",'
            '"appId": "YOUR_app_id"'
            "},"
            '"appId": "YOUR_app_id"'
            "}"
            "}"
        ),
    ),
    "UpdateCallbackConfiguration": _operation.Operation(
        name="UpdateCallbackConfiguration",
        method="PATCH",
        path="/v1/projects/{projectId}/callbackConfiguration",
        safety=_Safety.IDEMPOTENT,
        resource="callback_configuration.update",
        parameters=(
            _operation.Parameter(
                name="projectId",
                place="path",
                required=True,
            ),
        ),
        body=_models.UpdateCallbackConfigurationRequest,
        body_required=True,
        example=('{"projectId": "a99aa9aa-b888-777c-dd6d-ee55e5555555","hmacSecret": "YOUR_hmac_secret"}'),
    ),
    "ValidateEmergencyAddress": _operation.Operation(
        name="ValidateEmergencyAddress",
        method="POST",
        path="/v1/projects/{projectId}/activeNumbers/{phoneNumber}/emergencyAddress:validate",
        safety=_Safety.READ,
        resource="emergency_addresses.validate",
        parameters=(
            _operation.Parameter(
                name="projectId",
                place="path",
                required=True,
            ),
            _operation.Parameter(
                name="phoneNumber",
                place="path",
                required=True,
            ),
        ),
        body=_models.EmergencyAddressRequest,
        body_required=True,
        example=(
            "{"
            '"phoneNumber": "+12025550134",'
            '"displayName": "Example Inc.",'
            '"validatedAddress": {'
            '"streetNumber": "600",'
            '"streetInfo": "Congress Ave",'
            '"location": "Floor 14",'
            '"city": "Austin",'
            '"state": "TX",'
            '"postalCode": "78701",'
            '"postalCodePlusFour": "3211"'
            "},"
            '"validationResult": "EXACT_MATCH",'
            '"validationMessage": "The address matches exactly.",'
            '"correctedAddress": {'
            '"streetNumber": "600",'
            '"streetInfo": "Congress Ave",'
            '"location": "Floor 14",'
            '"city": "Austin",'
            '"state": "TX",'
            '"postalCode": "78701",'
            '"postalCodePlusFour": "3211"'
            "},"
            '"candidateAddresses": ['
            "{"
            '"streetNumber": "600",'
            '"streetInfo": "Congress Ave",'
            '"location": "Floor 14",'
            '"city": "Austin",'
            '"state": "TX",'
            '"postalCode": "78701",'
            '"postalCodePlusFour": "3211"'
            "}"
            "]"
            "}"
        ),
    ),
}
