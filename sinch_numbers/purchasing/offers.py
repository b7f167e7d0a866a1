"""Search, offers to buy one after the other, and quotes."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping
from decimal import Decimal

import attrs

from .. import _defaults
from .._generated.api.available_number import list_available_numbers
from .._generated.models import ListAvailableNumbersResponse
from .._generated.types import Request
from .._sending.expected import expect_list
from .._sending.requests import build
from .._validation import check_count, check_text
from ..errors import NoOfferError
from ..models import (
    AvailableNumber,
    Capability,
    NumberType,
    SearchPattern,
)
from .context import PurchaseContext
from .prices import Price, price_of, sum_by_currency


@attrs.frozen(kw_only=True)
class Criteria:
    """The criteria of a search."""

    region_code: str
    number_type: NumberType | str
    number_pattern: str | None = None
    search_pattern: SearchPattern | str | None = None
    capabilities: tuple[Capability | str, ...] | None = None

    def __attrs_post_init__(self) -> None:
        check_text("region_code", self.region_code)
        check_text("number_type", self.number_type)
        _search_request("any", self, None)  # raises ConfigurationError if it cannot be sent

    def __str__(self) -> str:
        parts = [self.region_code, str(self.number_type), *map(str, self.capabilities or ())]
        if self.number_pattern:
            parts.append(f"{self.search_pattern or 'pattern'} {self.number_pattern}")
        return " ".join(parts)


@attrs.frozen(kw_only=True)
class Terms:
    """What offers a purchase accepts, besides its criteria."""

    payment_interval_months: int | None = 1
    """How many months are charged at once. None accepts any interval."""
    allow_documents: bool = True
    """Whether the offer may say that supporting documentation is required."""

    def __attrs_post_init__(self) -> None:
        check_count("payment_interval_months", self.payment_interval_months)

    def objection(self, offer: AvailableNumber) -> str:
        """Why the offer is passed over; empty if it is accepted."""
        months = offer.payment_interval_months or 1
        if self.payment_interval_months not in {None, months}:
            return f"{months} months are charged at once"
        if offer.supporting_documentation_required and not self.allow_documents:
            return "supporting documentation is required"
        return ""


def _search_request(project_id: str, criteria: Criteria, size: int | None) -> Request:
    return build(
        list_available_numbers.build_request,
        project_id=project_id,
        region_code=criteria.region_code,
        type_=criteria.number_type,
        number_pattern_pattern=criteria.number_pattern,
        number_pattern_search_pattern=criteria.search_pattern,
        capabilities=None if criteria.capabilities is None else list(criteria.capabilities),
        size=size,
    )


async def search(context: PurchaseContext, criteria: Criteria, *, size: int | None) -> list[AvailableNumber]:
    """A sample of the numbers on offer that match."""
    request = _search_request(context.project_id, criteria, size)
    parse = expect_list(ListAvailableNumbersResponse.from_dict, "availableNumbers")
    response = await context.call(request, list_available_numbers.SAFETY, parse)
    offers = list(response.available_numbers)
    context.number_locks.record_offers(offer.phone_number for offer in offers if offer.phone_number)
    return offers


class Offers:
    """Hands out matching offers, none of them twice, to one or many purchases. Searches again when they are used up."""

    def __init__(
        self, context: PurchaseContext, criteria: Criteria, terms: Terms, *, wanted: int = 1
    ) -> None:
        self.passed_over: dict[str, str] = {}
        """Numbers whose offers the terms do not accept, and why."""
        self._terms = terms
        self._context = context
        self._criteria = criteria
        self._size = min(max(2 * wanted, _defaults.SEARCH_SIZE), _defaults.MAX_SEARCH_SIZE)
        self._queue: deque[AvailableNumber] = deque()
        self._seen: set[str] = set()
        self._lock = asyncio.Lock()

    async def next(self) -> AvailableNumber:
        """An offer that was not handed out before. Raises NoOfferError if a new search finds none."""
        async with self._lock:
            while True:
                if not self._queue:
                    await self._fill()
                if not self._queue:
                    raise NoOfferError(self._nothing_left())
                offer = self._queue.popleft()
                # Skipped without a request: another call of this client is renting it, or has rented it.
                if not self._context.number_locks.is_taken(offer.phone_number):
                    return offer

    async def _fill(self) -> None:
        # A larger sample may contain numbers that the smaller one did not.
        for size in dict.fromkeys((self._size, _defaults.MAX_SEARCH_SIZE)):
            for offer in await search(self._context, self._criteria, size=size):
                if offer.phone_number and offer.phone_number not in self._seen:
                    self._seen.add(offer.phone_number)
                    if objection := self._terms.objection(offer):
                        self.passed_over[offer.phone_number] = objection
                    else:
                        self._queue.append(offer)
            if self._queue:
                return

    def _nothing_left(self) -> str:
        message = f"no {'other ' if self._seen else ''}number is offered for {self._criteria}"
        if self.passed_over:
            phone_number, objection = next(iter(self.passed_over.items()))
            message += f"; {len(self.passed_over)} were passed over, such as {phone_number}: {objection}"
        return message


@attrs.frozen(kw_only=True)
class Quote:
    """What a purchase would buy now. `offers` and `prices` are in the same order."""

    offers: tuple[AvailableNumber, ...]
    prices: tuple[Price | None, ...]
    """What each offer costs at first (setup and first interval), or None if the offer does not state it."""
    passed_over: Mapping[str, str] = attrs.field(factory=dict[str, str], hash=False)
    """Numbers on offer that would not be bought, and why: see `payment_interval_months` and `allow_documents`."""

    @property
    def totals(self) -> dict[str, Decimal]:
        """The sum of all stated prices, by currency (ISO 4217)."""
        return sum_by_currency(self.prices)

    @property
    def notes(self) -> dict[str, str]:
        """What is unusual about an offer, by number: an interval of more than a month, or required documentation."""
        usual = Terms(allow_documents=False)
        return {offer.phone_number: note for offer in self.offers if (note := usual.objection(offer))}


async def quote(context: PurchaseContext, criteria: Criteria, terms: Terms, *, count: int) -> Quote:
    """A quote of `count` offers, or of fewer if fewer are on offer."""
    check_count("count", count)
    offers = Offers(context, criteria, terms, wanted=count)
    found: list[AvailableNumber] = []
    try:
        while len(found) < count:
            found.append(await offers.next())
    except NoOfferError:
        pass
    return Quote(
        offers=tuple(found), prices=tuple(price_of(offer) for offer in found), passed_over=offers.passed_over
    )
