"""The projects and the numbers they rent. Nothing here awaits, so every change is atomic."""

from __future__ import annotations

import functools
import hashlib
import itertools
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import attrs

from .api_errors import envelope, not_found
from .billing import Billing, add_months
from .callbacks import Callbacks
from .catalog import NUMBER_TYPES, REGIONS, Product, add_exactly, product_by_number, product_by_type
from .clock import VirtualClock
from .listing import Listing
from .number_search import NumberQuery, matches, search
from .options import SandboxOptions
from .provisioner import Provisioner
from .rented_numbers import RentedNumber
from .seeds import Active

_MAX_SEEDED = 1_000_000


@attrs.define(eq=False)
class Project:
    """One project: its active numbers by phone number, their listing, and its callback secret."""

    project_id: str
    hmac_secret: str = attrs.field(repr=False)
    numbers: dict[str, RentedNumber] = attrs.field(factory=dict[str, RentedNumber])
    listing: Listing = attrs.field(factory=Listing)


class State:
    """Everything that operations read and change."""

    def __init__(self, seed: int, clock: VirtualClock, options: SandboxOptions, callbacks: Callbacks) -> None:
        self._seed = seed
        self.clock = clock
        self.options = options
        self.billing: Billing = Billing(clock, options, self._expire)
        self.provisioner: Provisioner = Provisioner(clock, options, self._notify)
        self.projects: dict[str, Project] = {}
        self._callbacks = callbacks
        self._owners: dict[str, RentedNumber] = {}
        self._offers: dict[str, Product] = {}

    def project(self, project_id: str) -> Project:
        """The project with that id; created on first use."""
        found = self.projects.get(project_id)
        if found is None:
            secret = hashlib.sha256(f"{self._seed}/{project_id}".encode("utf-8", "replace")).hexdigest()[:32]
            found = self.projects[project_id] = Project(project_id, secret)
        return found

    def _notify(self, number: RentedNumber, what: str, linked: bool, failure: str | None) -> None:
        platform = "CAMPAIGN" if what == "campaign" else f"{what.upper()}_PLATFORM"
        self._callbacks.emit(
            url=number.callback_url,
            secret=self.project(number.project_id).hmac_secret,
            project_id=number.project_id,
            phone_number=number.phone_number,
            event_type=f"PROVISIONING_TO_{platform}" if linked else f"DEPROVISIONING_FROM_{platform}",
            failure=failure,
        )

    def is_taken(self, phone_number: str) -> bool:
        """Whether any project rents the number."""
        return phone_number in self._owners

    def product(self, phone_number: str) -> Product | None:
        """What the number is and costs; None if it is not on offer to anybody."""
        return self._offers.get(phone_number) or product_by_number(phone_number)

    def offer(self, offers: Mapping[str, Product]) -> None:
        """Adds offers; one of a number of the catalog replaces it. Raises ValueError if a project rents a number."""
        for phone_number in offers:
            self._check_free(phone_number)
        self._offers |= offers

    def types_by_region(self) -> dict[str, list[str]]:
        """The types of number that each region has on offer, by region code."""
        types = {code: [product.type for product in region.products] for code, region in REGIONS.items()}
        for product in self._offers.values():
            known = types.setdefault(product.region, [])
            if product.type not in known:
                known.append(product.type)
        return dict(sorted(types.items()))

    def available(self, query: NumberQuery) -> Iterator[str]:
        """The available numbers that match: seeded ones, then the catalog's, in an order that depends on the seed."""
        for phone_number, product in self._offers.items():
            is_asked_for = (product.region, product.type) == (query.region, query.type) and matches(
                query, phone_number, product.capability(phone_number)
            )
            if is_asked_for and not self.is_taken(phone_number):
                yield phone_number
        yield from search(query, self._seed, lambda number: number in self._owners or number in self._offers)

    def rent(self, project_id: str, phone_number: str) -> RentedNumber:
        """Charges the number and makes it active.

        Raises ApiError 404 (not available), 403 (trial) or 400 (credit, or not US LOCAL).
        """
        product = self.product(phone_number)
        if product is None or self.is_taken(phone_number):
            raise not_found("AvailableNumber", phone_number)
        if self.options.rent_us_local_only and (product.region, product.type) != ("US", "LOCAL"):
            raise envelope(400, f"Only US LOCAL numbers can be rented; {phone_number} needs a number order")
        if self.options.trial:
            raise envelope(403, "Trial account is not enabled to rent number")
        if self.options.surcharge:
            product = attrs.evolve(product, monthly=add_exactly(product.monthly, self.options.surcharge))
        self.billing.check_credit(project_id, product)
        now = self.clock.now()
        number = RentedNumber(
            phone_number, project_id, product, now, add_months(now, product.months), product.months
        )
        self.billing.charge_rent(number)
        number.visible = self.options.visibility_delay == 0
        self._take([number])
        if not number.visible:
            self.clock.call_later(self.options.visibility_delay, functools.partial(self._show, number))
        return number

    def release(self, project_id: str, phone_number: str) -> RentedNumber:
        """Releases a number: it expires when its next charge would be due. Idempotent. Raises ApiError 404.

        What was being provisioned is dropped.
        """
        number = self.get_rented(project_id, phone_number)
        self.provisioner.drop(number)
        number.expire_at = number.next_charge
        return number

    def get_rented(self, project_id: str, phone_number: str) -> RentedNumber:
        """The project's number. Raises ApiError 404 if the project does not rent it."""
        number = self.project(project_id).numbers.get(phone_number)
        if number is None:
            raise not_found("ActiveNumber", phone_number)
        return number

    def get_visible(self, project_id: str, phone_number: str) -> RentedNumber:
        """Like `get_rented`, but also raises ApiError 404 while the number is not visible yet."""
        number = self.get_rented(project_id, phone_number)
        if not number.visible:
            raise not_found("ActiveNumber", phone_number)
        return number

    def unassigned(self, count: int, region: str, number_type: str) -> list[Active]:
        """`count` numbers that no project rents, from a range outside the catalog.

        Raises ValueError for a `count` out of range, or if the region has no such type.
        """
        product = product_by_type(region, number_type)
        if not 0 <= count <= _MAX_SEEDED:
            raise ValueError(f"count must be between 0 and {_MAX_SEEDED}, not {count!r}")
        if product is None:
            raise ValueError(f"the catalog has no {number_type} numbers in {region}")
        prefix = f"{REGIONS[region].unassigned}{sorted(NUMBER_TYPES).index(number_type)}"
        numbers = (f"{prefix}{index:06d}" for index in itertools.count())
        free = (number for number in numbers if number not in self._owners)
        return [Active(phone_number=number, product=product) for number in itertools.islice(free, count)]

    def seed(self, project_id: str, seeds: Sequence[Active]) -> None:
        """Adds active numbers to a project, free of charge. Raises ValueError if one is rented already, and adds none."""
        now = self.clock.now()
        for seed in seeds:
            self._check_free(seed.phone_number)
            if seed.next_charge is not None and seed.next_charge <= now:
                raise ValueError(f"the next charge of {seed.phone_number} is in the past: {seed.next_charge}")
        self._take([self._seeded(project_id, seed, now) for seed in seeds])

    def _seeded(self, project_id: str, seed: Active, now: datetime) -> RentedNumber:
        months = seed.product.months
        rented = now if seed.next_charge is None else add_months(seed.next_charge, -months)
        next_charge = seed.next_charge or add_months(now, months)
        number = RentedNumber(seed.phone_number, project_id, seed.product, rented, next_charge, months)
        number.display_name, number.callback_url = seed.display_name, seed.callback_url
        number.expire_at = next_charge if seed.is_released else None
        self.provisioner.link_now(
            number, seed.service_plan_id, seed.campaign_id, seed.voice_type, seed.voice_id
        )
        return number

    def _check_free(self, phone_number: str) -> None:
        if phone_number in self._owners:
            raise ValueError(f"{phone_number} is rented already, by {self._owners[phone_number].project_id}")

    def _take(self, numbers: list[RentedNumber]) -> None:
        visible: dict[str, list[RentedNumber]] = {}
        for number in numbers:
            self._owners[number.phone_number] = number
            self.project(number.project_id).numbers[number.phone_number] = number
            self.billing.schedule_next_charge(number)
            if number.visible:
                visible.setdefault(number.project_id, []).append(number)
        for project_id, shown in visible.items():
            self.project(project_id).listing.add(shown)

    def _show(self, number: RentedNumber) -> None:
        number.visible = True
        if self._owners.get(number.phone_number) is number:
            self.project(number.project_id).listing.add([number])

    def _expire(self, number: RentedNumber) -> None:
        project = self.project(number.project_id)
        self.provisioner.forget(number)
        project.listing.discard(number)
        del project.numbers[number.phone_number]
        del self._owners[number.phone_number]
