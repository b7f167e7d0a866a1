"""The numbers that can be rented."""

from __future__ import annotations

from collections.abc import Iterable

from .. import _defaults
from .._generated.models import RentAnyNumberRequest, RentNumberRequest
from .._sending.operations import available_number, read
from .._validation import check_count, check_phone_number, check_several
from ..bulk import Outcome
from ..errors import NotFoundError, NumberTakenError
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
from ..purchasing.batch import rent_many
from ..purchasing.billable_calls import rent_any_number, rent_number
from ..purchasing.context import PurchaseContext
from ..purchasing.offers import Criteria, Offers, Quote, quote, search
from ..purchasing.prices import price_of


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
        """A sample of the numbers on offer; another search may bring others.

        Args:
            region_code: ISO 3166-1 alpha-2, such as `"US"`.
            number_type: `"MOBILE"`, `"LOCAL"` or `"TOLL_FREE"`.
            number_pattern: Digits to look for; with `search_pattern="START"` the leading `+` belongs to them.
            search_pattern: Where the digits have to stand: `"START"`, `"CONTAINS"` or `"END"`.
            capabilities: Only numbers that have all of these.
            size: How many numbers at the most; the API chooses by default.
        """
        check_count("size", size)
        criteria = _criteria(region_code, number_type, number_pattern, search_pattern, capabilities)
        return await search(self._context, criteria, size=size)

    async def get(self, phone_number: str) -> AvailableNumber:
        """The offer, with its prices; raises NotFoundError where the number cannot be rented."""
        return await read(self._context, available_number(self._context, check_phone_number(phone_number)))

    async def is_available(self, phone_number: str) -> bool:
        """Whether the number can be rented now. Any other failure than a 404 raises."""
        try:
            await self.get(phone_number)
        except NotFoundError:
            return False
        return True

    async def rent(
        self,
        phone_number: str,
        *,
        sms_configuration: SmsConfiguration | None = None,
        voice_configuration: VoiceConfiguration | None = None,
        callback_url: str | None = None,
    ) -> ActiveNumber:
        """The number, rented: it is charged for. Its configurations are being provisioned by now.

        It is never bought twice: a request that may have been processed is not repeated blindly, but the API is asked
        for the number.

        Raises:
            NotFoundError: The number is not on offer (any more).
            NumberTakenError: Another call of this client has bought it meanwhile.
            BudgetExceededError: The client's budget does not cover it; nothing was sent.
            OutcomeUnknownError: No clear answer came, and asking for the number gave none either.
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
        sms_configuration: SmsConfiguration | None = None,
        voice_configuration: VoiceConfiguration | None = None,
        callback_url: str | None = None,
    ) -> ActiveNumber:
        """One number that matches, rented; goes on to the next offer where somebody else was faster.

        Unlike `rent_any` it works for all regions and types, and is as safe as `rent`.

        Raises:
            NoOfferError: Nothing that matches is on offer, or all of it was taken meanwhile.
            BudgetExceededError: The client's budget does not cover the offer; nothing was sent.
            OutcomeUnknownError: As for `rent`; no further offer was tried.
        """
        criteria = _criteria(region_code, number_type, number_pattern, search_pattern, capabilities)
        offers = Offers(self._context, criteria)
        body = _rent_body(sms_configuration, voice_configuration, callback_url)
        while True:
            offer = await offers.next()
            try:
                return await rent_number(self._context, offer.phone_number, body, price=price_of(offer))
            except (NotFoundError, NumberTakenError):
                continue

    async def rent_any(
        self,
        *,
        region_code: str,
        number_type: NumberType | str,
        number_pattern: str | None = None,
        search_pattern: SearchPattern | str | None = None,
        capabilities: Iterable[Capability | str] | None = None,
        sms_configuration: SmsConfiguration | None = None,
        voice_configuration: VoiceConfiguration | None = None,
        callback_url: str | None = None,
    ) -> ActiveNumber:
        """A number of the API's choice, rented: US LOCAL only. Prefer `rent_first`.

        Raises:
            BudgetExceededError: A budget in money is set: the price of a number that is not named is not known.
            OutcomeUnknownError: No clear answer came. Nothing can be asked: the answer alone would name the number.
        """
        criteria = _criteria(region_code, number_type, number_pattern, search_pattern, capabilities)
        pattern = NumberPattern(pattern=number_pattern, search_pattern=search_pattern)
        body = RentAnyNumberRequest(
            region_code=criteria.region_code,
            type=criteria.number_type,
            number_pattern=pattern if number_pattern is not None or search_pattern is not None else None,
            capabilities=None if criteria.capabilities is None else list(criteria.capabilities),
            sms_configuration=sms_configuration,
            voice_configuration=voice_configuration,
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
        sms_configuration: SmsConfiguration | None = None,
        voice_configuration: VoiceConfiguration | None = None,
        callback_url: str | None = None,
        concurrency: int = _defaults.CONCURRENCY,
        batch: str | None = None,
    ) -> list[Outcome]:
        """`Rented`, `Refused` or `Unknown` for each number wanted: `count` that match, or the `phone_numbers` named.

        No more than `count` numbers are bought, under any fault: an unknown outcome keeps its place. With a `batch` name
        and a ledger on the client, a later call with the same name goes on where an earlier one stopped or crashed.

        Raises:
            ConfigurationError: The arguments do not fit together. Failed purchases raise nothing; a ledger's store that
                fails raises its own error, and what was bought until then goes to `on_orphaned_purchase`.
        """
        criteria = _optional_criteria(region_code, number_type, number_pattern, search_pattern, capabilities)
        return await rent_many(
            self._context,
            _rent_body(sms_configuration, voice_configuration, callback_url),
            count=count,
            phone_numbers=phone_numbers,
            criteria=criteria,
            concurrency=concurrency,
            batch=batch,
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
    ) -> Quote:
        """What `rent_many` with the same arguments would buy now, and at what price: a dry run that buys nothing."""
        criteria = _criteria(region_code, number_type, number_pattern, search_pattern, capabilities)
        return await quote(self._context, criteria, count=count)


def _rent_body(
    sms_configuration: SmsConfiguration | None,
    voice_configuration: VoiceConfiguration | None,
    callback_url: str | None,
) -> RentNumberRequest:
    return RentNumberRequest(
        sms_configuration=sms_configuration,
        voice_configuration=voice_configuration,
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
