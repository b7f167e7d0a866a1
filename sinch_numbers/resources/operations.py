"""`client.operations`: a method for every operation of the API's document.

Written by `python -m codegen generate`: do not edit it.
"""

from __future__ import annotations

from collections.abc import Sequence

from .._generated.api.active_number import get_active_number as _get_active_number
from .._generated.api.active_number import list_active_numbers as _list_active_numbers
from .._generated.api.active_number import release_number as _release_number
from .._generated.api.active_number import update_active_number as _update_active_number
from .._generated.api.available_number import get_available_number as _get_available_number
from .._generated.api.available_number import list_available_numbers as _list_available_numbers
from .._generated.api.available_number import rent_any_number as _rent_any_number
from .._generated.api.available_number import rent_number as _rent_number
from .._generated.api.available_regions import list_available_regions as _list_available_regions
from .._generated.api.emergency_address import deprovision_emergency_address as _deprovision_emergency_address
from .._generated.api.emergency_address import get_emergency_address as _get_emergency_address
from .._generated.api.emergency_address import provision_emergency_address as _provision_emergency_address
from .._generated.api.emergency_address import validate_emergency_address as _validate_emergency_address
from .._generated.api.numbers_callbacks import get_callback_configuration as _get_callback_configuration
from .._generated.api.numbers_callbacks import update_callback_configuration as _update_callback_configuration
from .._generated.models import (
    ActiveNumber,
    AvailableNumber,
    CallbackConfiguration,
    Capability,
    EmergencyAddress,
    EmergencyAddressRequest,
    EmergencyAddressValidation,
    ListActiveNumbersResponse,
    ListAvailableNumbersResponse,
    ListAvailableRegionsResponse,
    NumberType,
    RentAnyNumberRequest,
    RentNumberRequest,
    SearchPattern,
    UpdateActiveNumberRequest,
    UpdateCallbackConfigurationRequest,
)
from .._sending.expected import expect_list as _expect_list
from .._sending.requests import build as _build
from ..pagination import Cursor, Pager
from ..purchasing.context import PurchaseContext as _PurchaseContext
from .operation_calls import paged as _paged
from .operation_calls import perform as _perform


class Operations:
    """`client.operations`: every operation of the API's document, called by its name.

    These methods send what they are given. The resources of the client, such as `client.active_numbers`, check more, and are
    safe with money.
    """

    def __init__(self, context: _PurchaseContext) -> None:
        self._context = context

    async def deprovision_emergency_address(
        self,
        *,
        phone_number: str,
    ) -> None:
        """Deprovision an emergency address

        Removes the emergency address of a US number.

        `phone_number`: The phone number in E.164 format with leading `+`.

        `POST /v1/projects/{projectId}/activeNumbers/{phoneNumber}/emergencyAddress:deprovision`
        """
        request = _build(
            _deprovision_emergency_address.build_request,
            project_id=self._context.project_id,
            phone_number=phone_number,
        )
        return await _perform(
            self._context,
            request,
            _deprovision_emergency_address.SAFETY,
            _deprovision_emergency_address.parse_response,
        )

    async def get_active_number(
        self,
        *,
        phone_number: str,
    ) -> ActiveNumber:
        """Retrieve an active phone number

        `phone_number`: The phone number in E.164 format with leading `+`.

        `GET /v1/projects/{projectId}/activeNumbers/{phoneNumber}`
        """
        request = _build(
            _get_active_number.build_request,
            project_id=self._context.project_id,
            phone_number=phone_number,
        )
        return await _perform(
            self._context, request, _get_active_number.SAFETY, _get_active_number.parse_response
        )

    async def get_available_number(
        self,
        *,
        phone_number: str,
    ) -> AvailableNumber:
        """Search for a specific phone number

        This endpoint allows you to enter a specific phone number to check if it's available for use. A 200
        response will return the number's capability, setup costs, monthly costs and if supporting documentation
        is required.

        `phone_number`: The phone number in E.164 format with leading `+`.

        `GET /v1/projects/{projectId}/availableNumbers/{phoneNumber}`
        """
        request = _build(
            _get_available_number.build_request,
            project_id=self._context.project_id,
            phone_number=phone_number,
        )
        return await _perform(
            self._context, request, _get_available_number.SAFETY, _get_available_number.parse_response
        )

    async def get_callback_configuration(
        self,
    ) -> CallbackConfiguration:
        """Get callbacks configuration

        Returns the callbacks configuration for the specified project

        `GET /v1/projects/{projectId}/callbackConfiguration`
        """
        request = _build(
            _get_callback_configuration.build_request,
            project_id=self._context.project_id,
        )
        return await _perform(
            self._context,
            request,
            _get_callback_configuration.SAFETY,
            _get_callback_configuration.parse_response,
        )

    async def get_emergency_address(
        self,
        *,
        phone_number: str,
    ) -> EmergencyAddress:
        """Get the emergency address of a number

        The emergency address of a US number.

        `phone_number`: The phone number in E.164 format with leading `+`.

        `GET /v1/projects/{projectId}/activeNumbers/{phoneNumber}/emergencyAddress`
        """
        request = _build(
            _get_emergency_address.build_request,
            project_id=self._context.project_id,
            phone_number=phone_number,
        )
        return await _perform(
            self._context, request, _get_emergency_address.SAFETY, _get_emergency_address.parse_response
        )

    def list_active_numbers(
        self,
        *,
        number_pattern_pattern: str | None = None,
        number_pattern_search_pattern: SearchPattern | str | None = None,
        capability: Sequence[Capability | str] | None = None,
        page_size: int | None = None,
        order_by: str | None = None,
        region_code: str | None = None,
        type_: NumberType | str | None = None,
        cursor: Cursor | None = None,
        max_pages: int | None = None,
    ) -> Pager[ActiveNumber]:
        """Lists active numbers for a project

        Lists all active numbers for a project.

        `number_pattern_pattern`: Sequence of digits to search for. If you prefer or need certain digits in
        sequential order, you can enter the sequence of numbers here. For example, `2020`.

        `number_pattern_search_pattern`: Search pattern to apply. The options are, `START`, `CONTAINS`, and
        `END`. When using `START`, the pattern has to begin with a plus sign (+). For example, to search for
        area code 206 in the US, you would enter `+1206`.

        `capability`: Number capabilities to filter by SMS and/or VOICE.

        `page_size`: The maximum number of items to return.

        `order_by`: Supported fields for ordering by `phoneNumber` or `displayName`.

        `region_code`: Region code to filter by. ISO 3166-1 alpha-2 country code of the phone number. Example:
        US, GB or SE.

        `type_`: Number type to filter by. Options include, `MOBILE`, `LOCAL` or `TOLL_FREE`.

        `GET /v1/projects/{projectId}/activeNumbers`
        """
        return _paged(
            lambda page_token: _build(
                _list_active_numbers.build_request,
                project_id=self._context.project_id,
                number_pattern_pattern=number_pattern_pattern,
                number_pattern_search_pattern=number_pattern_search_pattern,
                capability=capability,
                page_size=page_size,
                page_token=page_token,
                order_by=order_by,
                region_code=region_code,
                type_=type_,
            ),
            self._context,
            _list_active_numbers.SAFETY,
            _expect_list(ListActiveNumbersResponse.from_dict, "activeNumbers"),
            lambda page: page.active_numbers,
            cursor=cursor,
            max_pages=max_pages,
        )

    async def list_available_numbers(
        self,
        *,
        region_code: str,
        type_: NumberType | str,
        number_pattern_pattern: str | None = None,
        number_pattern_search_pattern: SearchPattern | str | None = None,
        capabilities: Sequence[Capability | str] | None = None,
        size: int | None = None,
    ) -> ListAvailableNumbersResponse:
        """Search for available phone numbers

        Search for available phone numbers that are available for you to activate. You can filter by any
        property on the available number resource.
        When searching, indicate the `capability` of the number in the array as `SMS` and/or `VOICE`. To search
        for a number capable of both, list both `SMS` and `VOICE`.

        `number_pattern_pattern`: Sequence of digits to search for. If you prefer or need certain digits in
        sequential order, you can enter the sequence of numbers here. For example, `2020`.

        `number_pattern_search_pattern`: Search pattern to apply. The options are, `START`, `CONTAINS`, and
        `END`. When using `START`, the pattern has to begin with a plus sign (+). For example, to search for
        area code 206 in the US, you would enter `+1206`.

        `region_code`: Region code to filter by. ISO 3166-1 alpha-2 country code of the phone number. Example:
        US, GB or SE.

        `type_`: Number type to filter by. Options include, `MOBILE`, `LOCAL` or `TOLL_FREE`.

        `capabilities`: Number capabilities to filter by SMS and/or VOICE.

        `size`: Optional. The maximum number of items to return.

        `GET /v1/projects/{projectId}/availableNumbers`
        """
        request = _build(
            _list_available_numbers.build_request,
            project_id=self._context.project_id,
            number_pattern_pattern=number_pattern_pattern,
            number_pattern_search_pattern=number_pattern_search_pattern,
            region_code=region_code,
            type_=type_,
            capabilities=capabilities,
            size=size,
        )
        return await _perform(
            self._context, request, _list_available_numbers.SAFETY, _list_available_numbers.parse_response
        )

    async def list_available_regions(
        self,
        *,
        types: Sequence[NumberType | str] | None = None,
    ) -> ListAvailableRegionsResponse:
        """List available regions

        Lists all regions for numbers provided for the project ID.

        `types`: Only return regions for which numbers are provided with the given types v1: `MOBILE`, `LOCAL`
        or `TOLL_FREE`. - NUMBER_TYPE_UNSPECIFIED: Null value - MOBILE: Numbers that belong to a specific range.
        - LOCAL: Numbers that are assigned to a specific geographic region. - TOLL_FREE: Number that are free of
        charge for the calling party but billed for all arriving calls.

        `GET /v1/projects/{projectId}/availableRegions`
        """
        request = _build(
            _list_available_regions.build_request,
            project_id=self._context.project_id,
            types=types,
        )
        return await _perform(
            self._context, request, _list_available_regions.SAFETY, _list_available_regions.parse_response
        )

    async def provision_emergency_address(
        self,
        *,
        phone_number: str,
        body: EmergencyAddressRequest,
    ) -> EmergencyAddress:
        """Provision an emergency address

        Sets the emergency address of a US number.

        `phone_number`: The phone number in E.164 format with leading `+`.

        `POST /v1/projects/{projectId}/activeNumbers/{phoneNumber}/emergencyAddress:provision`
        """
        request = _build(
            _provision_emergency_address.build_request,
            project_id=self._context.project_id,
            phone_number=phone_number,
            body=body,
        )
        return await _perform(
            self._context,
            request,
            _provision_emergency_address.SAFETY,
            _provision_emergency_address.parse_response,
        )

    async def release_number(
        self,
        *,
        phone_number: str,
    ) -> ActiveNumber:
        """Release an active number from the project

        With this endpoint, you can cancel your subscription for a specific phone number.

        It costs money or gives up a number: it is sent once, and runs to its end even if its caller is
        cancelled. A client with a budget or a ledger refuses it. Use `client.active_numbers.release`.

        `phone_number`: The phone number in E.164 format with leading `+`.

        `POST /v1/projects/{projectId}/activeNumbers/{phoneNumber}:release`
        """
        request = _build(
            _release_number.build_request,
            project_id=self._context.project_id,
            phone_number=phone_number,
        )
        return await _perform(self._context, request, _release_number.SAFETY, _release_number.parse_response)

    async def rent_any_number(
        self,
        *,
        body: RentAnyNumberRequest,
    ) -> ActiveNumber:
        """Rent any number that matches the criteria

        Activates a phone number that matches the search criteria provided in the request. Currently the rentAny
        operation works only for US LOCAL numbers

        It costs money or gives up a number: it is sent once, and runs to its end even if its caller is
        cancelled. A client with a budget or a ledger refuses it. Use `client.available_numbers.rent_any`.

        `POST /v1/projects/{projectId}/availableNumbers:rentAny`
        """
        request = _build(
            _rent_any_number.build_request,
            project_id=self._context.project_id,
            body=body,
        )
        return await _perform(
            self._context, request, _rent_any_number.SAFETY, _rent_any_number.parse_response
        )

    async def rent_number(
        self,
        *,
        phone_number: str,
        body: RentNumberRequest,
    ) -> ActiveNumber:
        """Activate a new phone number

        Activate a phone number to use with SMS products, Voice products, or both.
        You'll use `smsConfiguration` to setup your number for SMS and `voiceConfiguration` for Voice. To setup
        for both, add both objects. See the dropdown menu (just under language selection) for code samples.
        Note: You cannot add both objects if you only need to configure one object. For example, if you only
        need to configure `smsConfiguration` for SMS messaging, do not add the `voiceConfiguration` object or it
        will result in an error.

        It costs money or gives up a number: it is sent once, and runs to its end even if its caller is
        cancelled. A client with a budget or a ledger refuses it. Use `client.available_numbers.rent`.

        `phone_number`: The phone number in E.164 format with leading `+`.

        `POST /v1/projects/{projectId}/availableNumbers/{phoneNumber}:rent`
        """
        request = _build(
            _rent_number.build_request,
            project_id=self._context.project_id,
            phone_number=phone_number,
            body=body,
        )
        return await _perform(self._context, request, _rent_number.SAFETY, _rent_number.parse_response)

    async def update_active_number(
        self,
        *,
        phone_number: str,
        body: UpdateActiveNumberRequest,
    ) -> ActiveNumber:
        """Update an active phone number

        Update an active phone number. You can perform the following updates:
        * Update the name that displays for a customer by modifying the `displayName` parameter.
        * Unlink the number from an SMS service or campaign by updating the `smsConfiguration` configuration
        object. To unlink a number, submit the request with an empty string (`””`) in the service plan ID or
        campaign ID fields.
        * Before linking a number to a new service or campaign, it must be unlinked from any existing service or
        campaign. Then, link the number to a new SMS service or campaign by updating the service plan ID or
        campaign ID with the new desired value.
        * Update the Voice app to which the number is assigned by using the voiceConfiguration object.
        You can update both SMS and Voice in the same object by including both configuration objects. If you
        only need to update either Voice or SMS, simply omit the other object. If you pass an empty
        configuration object, the request will fail.

        `phone_number`: The phone number in E.164 format with leading `+`.

        `PATCH /v1/projects/{projectId}/activeNumbers/{phoneNumber}`
        """
        request = _build(
            _update_active_number.build_request,
            project_id=self._context.project_id,
            phone_number=phone_number,
            body=body,
        )
        return await _perform(
            self._context, request, _update_active_number.SAFETY, _update_active_number.parse_response
        )

    async def update_callback_configuration(
        self,
        *,
        body: UpdateCallbackConfigurationRequest,
    ) -> CallbackConfiguration:
        """Update callback configuration

        Updates the callbacks configuration for the specified project

        `PATCH /v1/projects/{projectId}/callbackConfiguration`
        """
        request = _build(
            _update_callback_configuration.build_request,
            project_id=self._context.project_id,
            body=body,
        )
        return await _perform(
            self._context,
            request,
            _update_callback_configuration.SAFETY,
            _update_callback_configuration.parse_response,
        )

    async def validate_emergency_address(
        self,
        *,
        phone_number: str,
        body: EmergencyAddressRequest,
    ) -> EmergencyAddressValidation:
        """Validate an emergency address

        Compares an address with those that the emergency services know. It changes nothing.

        `phone_number`: The phone number in E.164 format with leading `+`.

        `POST /v1/projects/{projectId}/activeNumbers/{phoneNumber}/emergencyAddress:validate`
        """
        request = _build(
            _validate_emergency_address.build_request,
            project_id=self._context.project_id,
            phone_number=phone_number,
            body=body,
        )
        return await _perform(
            self._context,
            request,
            _validate_emergency_address.SAFETY,
            _validate_emergency_address.parse_response,
        )
