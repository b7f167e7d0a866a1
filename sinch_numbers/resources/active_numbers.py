"""The numbers that the project has rented."""

from __future__ import annotations

import builtins
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from typing import Any

from .. import _defaults, sms
from .._generated.api.active_number import list_active_numbers, update_active_number
from .._generated.models import ListActiveNumbersResponse, UpdateActiveNumberRequest
from .._sending.expected import expect_list, expect_number
from .._sending.operations import active_number, read
from .._sending.requests import build, check_body
from .._validation import (
    check_count,
    check_phone_number,
    check_several,
    check_text,
)
from ..bulk import Released, ReleaseOutcome, Updated, UpdateOutcome, checked_phone_numbers, each
from ..bulk_run import BulkOutcomes, BulkProgress, BulkRun
from ..errors import ConfigurationError, NumbersError
from ..models import (
    ActiveNumber,
    Capability,
    NumberType,
    SearchPattern,
    SmsConfiguration,
    VoiceConfiguration,
)
from ..pagination import Cursor, Listed, Pager, next_token
from ..provisioning import EventSource, wait_until_provisioned
from ..purchasing.billable_calls import release_number
from ..purchasing.context import PurchaseContext
from .available_regions import AvailableRegions
from .configurations import sms_model, voice_model
from .list_all import ListAll, ListingProgress, Partition
from .wait_for_all import Reader, WaitForAll


class ActiveNumbers:
    """`client.active_numbers`."""

    def __init__(self, context: PurchaseContext) -> None:
        self._context = context

    def list(
        self,
        *,
        region_code: str | None = None,
        number_type: NumberType | str | None = None,
        number_pattern: str | None = None,
        search_pattern: SearchPattern | str | None = None,
        capabilities: Iterable[Capability | str] | None = None,
        page_size: int | None = None,
        order_by: str | None = None,
        cursor: Cursor | None = None,
        max_pages: int | None = None,
    ) -> Pager[ActiveNumber]:
        """The project's numbers, read page by page as the listing is iterated.

        Args:
            region_code: ISO 3166-1 alpha-2, such as `"US"`.
            number_type: `"MOBILE"`, `"LOCAL"` or `"TOLL_FREE"`. Pass both or neither: without both, production lists all
                numbers of the project, although its document requires both. `list_all` works where it does not.
            number_pattern: Digits to search for. With `search_pattern="START"`, include the leading `+`.
            search_pattern: Where in the number the digits must be: `"START"`, `"CONTAINS"` or `"END"`.
            capabilities: Only numbers that have all of these.
            page_size: Numbers on a page. By default, the API chooses.
            order_by: `"phoneNumber"` (the API's default) or `"displayName"`.
            cursor: Resumes an earlier listing with the same filters: its `Pager.cursor`, `Page.cursor` or the `cursor` of
                the error that ended it. With other filters, it is a ConfigurationError.
            max_pages: More pages than this are a PaginationError.
        """
        if region_code is not None:
            check_text("region_code", region_code)
        if number_type is not None:
            check_text("number_type", number_type)
        check_count("page_size", page_size)
        wanted = check_several("capabilities", capabilities)

        async def fetch(page_token: str | None) -> Listed[ActiveNumber]:
            request = build(
                list_active_numbers.build_request,
                project_id=self._context.project_id,
                region_code=region_code,
                type_=number_type,
                number_pattern_pattern=number_pattern,
                number_pattern_search_pattern=search_pattern,
                capability=wanted,
                page_size=page_size,
                page_token=page_token,
                order_by=order_by,
            )
            parse = expect_list(ListActiveNumbersResponse.from_dict, "activeNumbers")
            response = await self._context.call(request, list_active_numbers.SAFETY, parse)
            return Listed(response.active_numbers, next_token(response), response.total_size)

        return Pager(
            fetch,
            filters={
                "project_id": self._context.project_id,
                "region_code": region_code,
                "number_type": number_type,
                "number_pattern": number_pattern,
                "search_pattern": search_pattern,
                "capabilities": None if wanted is None else sorted(wanted),
                "order_by": order_by,
            },
            identify=lambda number: number.phone_number or None,
            cursor=cursor,
            max_pages=max_pages,
        )

    def list_all(
        self,
        *,
        region_codes: Iterable[str] | None = None,
        number_types: Iterable[NumberType | str] | None = None,
        capabilities: Iterable[Capability | str] | None = None,
        page_size: int | None = None,
        concurrency: int = _defaults.READ_CONCURRENCY,
        on_progress: Callable[[ListingProgress], object] | None = None,
        keep_going: bool = False,
    ) -> AsyncGenerator[ActiveNumber, None]:
        """All numbers of several regions and types, in no particular order.

        `region_codes` and `number_types` default to all. Without both, it reads one listing. If the API refuses that, as its
        document says, or with one of them, it reads each region and type, `concurrency` of them at once. It reads ahead of
        you by a few pages only. If you leave the loop early, close the generator with `contextlib.aclosing`.

        Args:
            region_codes: ISO 3166-1 alpha-2, such as `"US"`.
            number_types: `"MOBILE"`, `"LOCAL"` or `"TOLL_FREE"`.
            capabilities: Only numbers that have all of these.
            page_size: Numbers on a page. By default, the API chooses.
            concurrency: Listings that are read at once.
            on_progress: Called after each page.
            keep_going: After an error, read the other regions and types to their end, and then raise. By default, the first
                error cancels the others.

        Raises:
            IncompleteListingError: With `keep_going`: some regions and types could not be read.
        """
        regions = check_several("region_codes", region_codes)
        types = check_several("number_types", number_types)

        async def partitions() -> builtins.list[Partition]:
            if regions is not None:
                every: builtins.list[Partition] = [
                    (region, number_type) for region in regions for number_type in types or NumberType
                ]
                return [*dict.fromkeys(every)]
            offered = await AvailableRegions(self._context).list(number_types=types)
            return [
                (region.region_code, number_type)
                for region in offered
                if region.region_code
                for number_type in types or NumberType
                if number_type in (region.types or ())
            ]

        return ListAll(
            self.list,
            partitions,
            at_once=regions is None and types is None,
            capabilities=check_several("capabilities", capabilities),
            page_size=page_size,
            concurrency=concurrency,
            clock=self._context.clock,
            on_progress=on_progress,
            keep_going=keep_going,
        ).numbers()

    async def get(self, phone_number: str) -> ActiveNumber:
        """The current state of the number. Raises NotFoundError if the project does not have it."""
        return await read(self._context, active_number(self._context, check_phone_number(phone_number)))

    def get_many(
        self,
        phone_numbers: Iterable[str],
        *,
        concurrency: int = _defaults.READ_CONCURRENCY,
        on_progress: Callable[[BulkProgress], object] | None = None,
    ) -> BulkRun[str, ActiveNumber]:
        """`Completed` with the number, or `Failed`, for each: await it for all, in the order given, or iterate.

        `client.bulk(client.active_numbers.get, phone_numbers)` with the numbers checked before anything is sent.
        """
        return BulkRun(
            self.get,
            checked_phone_numbers(phone_numbers),
            concurrency=concurrency,
            clock=self._context.clock,
            on_progress=on_progress,
            failures=NumbersError,
        )

    async def update(
        self,
        phone_number: str,
        *,
        display_name: str | None = None,
        sms_configuration: SmsConfiguration | Mapping[str, Any] | None = None,
        voice_configuration: VoiceConfiguration | Mapping[str, Any] | None = None,
        callback_url: str | None = None,
    ) -> ActiveNumber:
        """The number after the change. Name and callback URL change at once; SMS and voice are provisioned later.

        None leaves a field as it is; an empty string clears it. A configuration can also be a mapping. `sms.unlink()`
        unlinks SMS: unlink a number before you link it to another service plan.

        Raises:
            ConfigurationError: All arguments are None.
            NotFoundError: The project does not have the number.
        """
        body = _changes(display_name, sms_configuration, voice_configuration, callback_url)
        return await self._update(check_phone_number(phone_number), body)

    async def _update(self, phone_number: str, body: UpdateActiveNumberRequest) -> ActiveNumber:
        request = build(
            update_active_number.build_request,
            project_id=self._context.project_id,
            phone_number=phone_number,
            body=body,
        )
        parse = expect_number(ActiveNumber.from_dict, phone_number)
        return await self._context.call(request, update_active_number.SAFETY, parse)

    async def unlink_sms(self, phone_number: str) -> ActiveNumber:
        """The number, with its service plan and campaign being unlinked."""
        return await self.update(phone_number, sms_configuration=sms.unlink())

    async def release(self, phone_number: str) -> ActiveNumber:
        """The number with `expire_at`: the project keeps it until then, and is not charged for it again.

        Raises:
            NotFoundError: The project does not have the number.
            OutcomeUnknownError: There was no clear response, and asking for the number did not settle it.
        """
        return await release_number(self._context, check_phone_number(phone_number))

    async def release_many(
        self,
        phone_numbers: Iterable[str],
        *,
        concurrency: int = _defaults.CONCURRENCY,
        on_progress: Callable[[BulkProgress], object] | None = None,
    ) -> builtins.list[ReleaseOutcome]:
        """`Released`, `Refused` or `Unknown` for each number, in the order given. A failure does not stop the others."""
        return await each(
            phone_numbers,
            self.release,
            Released,
            concurrency=concurrency,
            clock=self._context.clock,
            on_progress=on_progress,
        )

    async def update_many(
        self,
        phone_numbers: Iterable[str],
        *,
        display_name: str | None = None,
        sms_configuration: SmsConfiguration | Mapping[str, Any] | None = None,
        voice_configuration: VoiceConfiguration | Mapping[str, Any] | None = None,
        callback_url: str | None = None,
        concurrency: int = _defaults.CONCURRENCY,
        on_progress: Callable[[BulkProgress], object] | None = None,
    ) -> builtins.list[UpdateOutcome]:
        """`Updated`, `Refused` or `Unknown` for each number, in the order given. All get the same change."""
        body = _changes(display_name, sms_configuration, voice_configuration, callback_url)
        return await each(
            phone_numbers,
            lambda number: self._update(number, body),
            Updated,
            concurrency=concurrency,
            clock=self._context.clock,
            on_progress=on_progress,
        )

    async def wait_until_provisioned(
        self,
        phone_number: str,
        *,
        timeout: float = _defaults.PROVISIONING_TIMEOUT,
        interval: float = _defaults.PROVISIONING_INTERVAL,
        inbox: EventSource | None = None,
    ) -> ActiveNumber:
        """The number, once all its configurations are in force.

        Args:
            phone_number: The number.
            timeout: Seconds to wait at most. A campaign may take a day to accept a number.
            interval: Seconds between the first two requests for the number. The pause grows to ten times that.
            inbox: The `WebhookInbox` that receives the number's callbacks, here or, with a shared store, in another
                process: the API is asked at once when one comes. A lost callback costs no more than the next request.

        Raises:
            ProvisioningFailedError: The platform refused the SMS or the voice configuration.
            WaitTimeoutError: The wait timed out. Provisioning continues.
        """
        check_phone_number(phone_number)
        return await wait_until_provisioned(
            self.get,
            phone_number,
            clock=self._context.clock,
            timeout=timeout,
            interval=interval,
            project_id=self._context.project_id,
            inbox=inbox,
        )

    def wait_until_all_provisioned(
        self,
        phone_numbers: Iterable[str],
        *,
        timeout: float = _defaults.PROVISIONING_TIMEOUT,
        interval: float = _defaults.PROVISIONING_INTERVAL,
        inbox: EventSource | None = None,
    ) -> BulkOutcomes[str, ActiveNumber]:
        """`Completed` with each number once all its configurations are in force, or `Failed` with why they will not be.

        Await it for all outcomes, in the order given, or iterate to get each once it is known. A number that fails does not
        end the wait for the others. The numbers are looked up in listings, or one by one where that takes fewer requests.

        Args:
            phone_numbers: The numbers.
            timeout: Seconds to wait at most for all of them.
            interval: Seconds between the first two looks, more or less. The pause grows to ten times that.
            inbox: That of `wait_until_provisioned`: a number is looked up at once when a callback comes.

        Raises:
            WaitTimeoutError: The wait timed out. Provisioning continues. To go on, wait for the error's `pending` numbers.
        """
        return WaitForAll(
            Reader(self.get, self.list, self._context.clock),
            phone_numbers,
            clock=self._context.clock,
            timeout=timeout,
            interval=interval,
            project_id=self._context.project_id,
            inbox=inbox,
        )


def _changes(
    display_name: str | None,
    sms_configuration: SmsConfiguration | Mapping[str, Any] | None,
    voice_configuration: VoiceConfiguration | Mapping[str, Any] | None,
    callback_url: str | None,
) -> UpdateActiveNumberRequest:
    body = UpdateActiveNumberRequest(
        display_name=display_name,
        sms_configuration=sms_model(sms_configuration),
        voice_configuration=voice_model(voice_configuration),
        callback_url=callback_url,
    )
    if not body.to_request():
        raise ConfigurationError("there is nothing to change: pass a name, a configuration or a callback URL")
    check_body(body)
    return body
