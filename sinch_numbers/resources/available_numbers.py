"""The numbers that can be rented."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from .. import _defaults
from .._generated.models import RentAnyNumberRequest, RentNumberRequest
from .._sending.bulk_run import BulkProgress
from .._sending.operations import available_number, read
from .._sending.requests import check_body
from .._validation import check_count, check_phone_number, check_several
from ..bulk import RentOutcome
from ..errors import NotFoundError
from ..models import (
    ActiveNumber,
    AvailableNumber,
    Capability,
    NumberPattern,
    NumberType,
    SearchPattern,
    SmsConfiguration,
    VoiceConfiguration,
)
from ..purchasing.adoption import adopted
from ..purchasing.batch import LOST_TO_ANOTHER, rent_many
from ..purchasing.billable_calls import rent_any_number, rent_number
from ..purchasing.context import PurchaseContext
from ..purchasing.offers import Criteria, Offers, Quote, Terms, quote, search
from ..purchasing.orphans import order_for
from ..purchasing.prices import price_of
from .configurations import sms_model, voice_model


class AvailableNumbers:
    """`client.available_numbers`."""

    def __init__(self, context: PurchaseContext) -> None:
        self._context = context

    async def search(
        self,
        *,
        region_code: str,
        number_type: NumberType | str,
        number_pattern: str | None = None,
        search_pattern: SearchPattern | str | None = None,
        capabilities: Iterable[Capability | str] | None = None,
        size: int | None = None,
    ) -> list[AvailableNumber]:
        """A sample of the numbers on offer. Another search may return other numbers.

        Args:
            region_code: ISO 3166-1 alpha-2, such as `"US"`.
            number_type: `"MOBILE"`, `"LOCAL"` or `"TOLL_FREE"`.
            number_pattern: Digits to search for. With `search_pattern="START"`, include the leading `+`.
            search_pattern: Where in the number the digits must be: `"START"`, `"CONTAINS"` or `"END"`.
            capabilities: Only numbers that have all of these.
            size: The most numbers to return. By default, the API chooses.
        """
        check_count("size", size)
        criteria = _criteria(region_code, number_type, number_pattern, search_pattern, capabilities)
        return await search(self._context, criteria, size=size)

    async def get(self, phone_number: str) -> AvailableNumber:
        """The offer, with its prices. Raises NotFoundError if the number cannot be rented."""
        offer = await read(self._context, available_number(self._context, check_phone_number(phone_number)))
        self._context.number_locks.record_offers([phone_number])
        return offer

    async def is_available(self, phone_number: str) -> bool:
        """Whether the number can be rented now. Raises every error except a 404."""
        try:
            await self.get(phone_number)
        except NotFoundError:
            return False
        return True

    async def rent(
        self,
        phone_number: str,
        *,
        sms_configuration: SmsConfiguration | Mapping[str, Any] | None = None,
        voice_configuration: VoiceConfiguration | Mapping[str, Any] | None = None,
        callback_url: str | None = None,
    ) -> ActiveNumber:
        """Rents the number, which is charged for. Its configurations are provisioned later.

        A request that the API may have processed is not retried blindly: the client asks the API for the number first.
        A number is never bought twice. If an earlier call for the same number and configurations was cancelled after it
        had been sent, for example by a timeout around it, this one waits for its outcome and returns it.

        A configuration can also be a mapping, with the names of the model or of the API.

        Raises:
            NotFoundError: The number is not on offer, or not any more.
            NumberTakenError: Another call, of this client or in its ledger, bought it, or the project had it before.
            BudgetExceededError: The client's budget does not cover it. Nothing was sent.
            StoreError: The ledger's store failed or timed out. Nothing was sent.
            OutcomeUnknownError: There was no clear response, and asking for the number did not settle it.
        """
        check_phone_number(phone_number)
        body = _rent_body(sms_configuration, voice_configuration, callback_url)
        return await rent_number(self._context, phone_number, body)

    async def rent_first(
        self,
        *,
        region_code: str,
        number_type: NumberType | str,
        number_pattern: str | None = None,
        search_pattern: SearchPattern | str | None = None,
        capabilities: Iterable[Capability | str] | None = None,
        payment_interval_months: int | None = 1,
        allow_documents: bool = True,
        sms_configuration: SmsConfiguration | Mapping[str, Any] | None = None,
        voice_configuration: VoiceConfiguration | Mapping[str, Any] | None = None,
        callback_url: str | None = None,
    ) -> ActiveNumber:
        """Rents one number that matches. If somebody else was faster, it tries the next offer.

        It is as safe as `rent`. It asks for any region and type, but the API's document says that only US LOCAL numbers
        can be rented, and all others need a number order: a refusal is raised, and nothing is bought.

        If an earlier call with the same arguments was cancelled after its purchase had been sent, this one returns what
        it bought, unless the hook `on_orphaned_purchase` has got it.

        Args:
            payment_interval_months: Only offers that are charged every so many months. None: any.
            allow_documents: False passes over offers that require supporting documentation.

        Raises:
            NoOfferError: No number that matches is on offer, or all of them were taken.
            BudgetExceededError: The client's budget does not cover the offer. Nothing was sent.
            StoreError: The ledger's store failed or timed out. Nothing was sent.
            OutcomeUnknownError: As for `rent`. No other offer was tried.
        """
        criteria = _criteria(region_code, number_type, number_pattern, search_pattern, capabilities)
        terms = Terms(payment_interval_months=payment_interval_months, allow_documents=allow_documents)
        body = _rent_body(sms_configuration, voice_configuration, callback_url)
        check_body(body)
        order = order_for((criteria, terms), body)
        if (number := await adopted(self._context, order)) is not None:
            return number
        offers = Offers(self._context, criteria, terms)
        while True:
            offer = await offers.next()
            price = price_of(offer)
            try:
                return await rent_number(
                    self._context, offer.phone_number, body, is_offer=True, price=price, orders=[order]
                )
            except LOST_TO_ANOTHER:
                continue

    async def rent_any(
        self,
        *,
        region_code: str,
        number_type: NumberType | str,
        number_pattern: str | None = None,
        search_pattern: SearchPattern | str | None = None,
        capabilities: Iterable[Capability | str] | None = None,
        sms_configuration: SmsConfiguration | Mapping[str, Any] | None = None,
        voice_configuration: VoiceConfiguration | Mapping[str, Any] | None = None,
        callback_url: str | None = None,
    ) -> ActiveNumber:
        """Rents a number that the API chooses: US LOCAL only. Prefer `rent_first`.

        Raises:
            BudgetExceededError: The client has a budget in money: the price of an unnamed number is not known.
            StoreError: The ledger's store failed or timed out. Nothing was sent.
            OutcomeUnknownError: There was no clear response. Only the response names the number, so the client cannot ask.
        """
        criteria = _criteria(region_code, number_type, number_pattern, search_pattern, capabilities)
        pattern = NumberPattern(pattern=number_pattern, search_pattern=search_pattern)
        body = RentAnyNumberRequest(
            region_code=criteria.region_code,
            type=criteria.number_type,
            number_pattern=pattern if number_pattern is not None or search_pattern is not None else None,
            capabilities=criteria.capabilities,
            sms_configuration=sms_model(sms_configuration),
            voice_configuration=voice_model(voice_configuration),
            callback_url=callback_url,
        )
        return await rent_any_number(self._context, body)

    async def rent_many(
        self,
        *,
        count: int | None = None,
        phone_numbers: Iterable[str] | None = None,
        region_code: str | None = None,
        number_type: NumberType | str | None = None,
        number_pattern: str | None = None,
        search_pattern: SearchPattern | str | None = None,
        capabilities: Iterable[Capability | str] | None = None,
        payment_interval_months: int | None = 1,
        allow_documents: bool = True,
        sms_configuration: SmsConfiguration | Mapping[str, Any] | None = None,
        voice_configuration: VoiceConfiguration | Mapping[str, Any] | None = None,
        callback_url: str | None = None,
        concurrency: int = _defaults.CONCURRENCY,
        batch: str | None = None,
        on_progress: Callable[[BulkProgress], object] | None = None,
    ) -> list[RentOutcome]:
        """`Rented`, `Refused` or `Unknown` for each number wanted: `count` that match, or the given `phone_numbers`.

        It fills one slot for each number. An unknown outcome keeps its slot, so no more than `count` numbers are bought.
        With a `batch` name and a ledger on the client, a later call with the same name continues where an earlier one
        stopped or crashed. A purchase that fails does not raise: it is a `Refused` or `Unknown`. If a number costs more
        than its offer said, nothing more is bought: the remaining slots are `Refused` with a `PriceChangedError`.

        `payment_interval_months` and `allow_documents` are those of `rent_first`. They do not concern `phone_numbers`.
        `on_progress` is called after each outcome. If the API responds with a 429, fewer requests are in flight at once.

        Raises:
            ConfigurationError: The arguments do not fit together, or the batch was ordered with others before.
            StoreError: The ledger's store failed or timed out while the batch was read. What was bought until then goes to
                `on_orphaned_purchase`.
        """
        criteria = _optional_criteria(region_code, number_type, number_pattern, search_pattern, capabilities)
        body = _rent_body(sms_configuration, voice_configuration, callback_url)
        check_body(body)
        return await rent_many(
            self._context,
            body,
            count=count,
            phone_numbers=phone_numbers,
            criteria=criteria,
            terms=Terms(payment_interval_months=payment_interval_months, allow_documents=allow_documents),
            concurrency=concurrency,
            batch=batch,
            on_progress=on_progress,
        )

    async def quote(
        self,
        *,
        count: int,
        region_code: str,
        number_type: NumberType | str,
        number_pattern: str | None = None,
        search_pattern: SearchPattern | str | None = None,
        capabilities: Iterable[Capability | str] | None = None,
        payment_interval_months: int | None = 1,
        allow_documents: bool = True,
    ) -> Quote:
        """What `rent_many` with the same arguments would buy now, and at what price. It buys nothing."""
        criteria = _criteria(region_code, number_type, number_pattern, search_pattern, capabilities)
        terms = Terms(payment_interval_months=payment_interval_months, allow_documents=allow_documents)
        return await quote(self._context, criteria, terms, count=count)


def _rent_body(
    sms_configuration: SmsConfiguration | Mapping[str, Any] | None,
    voice_configuration: VoiceConfiguration | Mapping[str, Any] | None,
    callback_url: str | None,
) -> RentNumberRequest:
    return RentNumberRequest(
        sms_configuration=sms_model(sms_configuration),
        voice_configuration=voice_model(voice_configuration),
        callback_url=callback_url,
    )


def _criteria(
    region_code: str,
    number_type: NumberType | str,
    number_pattern: str | None,
    search_pattern: SearchPattern | str | None,
    capabilities: Iterable[Capability | str] | None,
) -> Criteria:
    wanted = check_several("capabilities", capabilities)
    return Criteria(
        region_code=region_code,
        number_type=number_type,
        number_pattern=number_pattern,
        search_pattern=search_pattern,
        capabilities=None if wanted is None else tuple(wanted),
    )


def _optional_criteria(
    region_code: str | None,
    number_type: NumberType | str | None,
    number_pattern: str | None,
    search_pattern: SearchPattern | str | None,
    capabilities: Iterable[Capability | str] | None,
) -> Criteria | None:
    if region_code is None and number_type is None:
        return None
    return _criteria(region_code or "", number_type or "", number_pattern, search_pattern, capabilities)
