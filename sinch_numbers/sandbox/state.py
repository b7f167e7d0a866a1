"""The projects and the numbers they rent. Nothing here awaits, so every change is atomic."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Iterable

import attrs

from .api_errors import envelope, not_found
from .billing import Billing, add_months
from .callbacks import Callbacks
from .catalog import REGIONS, add_exactly, product_by_number, product_by_type
from .clock import VirtualClock
from .listing import Listing
from .number_search import NumberQuery, search
from .options import SandboxOptions
from .provisioner import Provisioner
from .rented_numbers import RentedNumber

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
        self.seed = seed
        self.clock = clock
        self.options = options
        self.billing: Billing = Billing(clock, options, self._expire)
        self.provisioner: Provisioner = Provisioner(clock, options, self._notify)
        self.projects: dict[str, Project] = {}
        self._callbacks = callbacks
        self._owners: dict[str, RentedNumber] = {}

    def project(self, project_id: str) -> Project:
        """The project with that id; created on first use."""
        found = self.projects.get(project_id)
        if found is None:
            secret = hashlib.sha256(f"{self.seed}/{project_id}".encode("utf-8", "replace")).hexdigest()[:32]
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

    def available(self, query: NumberQuery) -> Iterable[str]:
        """The available numbers that match, in an order that depends on the seed."""
        return search(query, self.seed, self.is_taken)

    def rent(self, project_id: str, phone_number: str) -> RentedNumber:
        """Charges the number and makes it active. Raises ApiError 404 (not available), 403 (trial) or 400 (credit)."""
        product = product_by_number(phone_number)
        if product is None or self.is_taken(phone_number):
            raise not_found("AvailableNumber", phone_number)
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
        """Releases a number: it expires when its next charge would be due. Idempotent. Raises ApiError 404."""
        number = self.get_rented(project_id, phone_number)
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

    def seed_active(
        self,
        count: int,
        project_id: str,
        region: str,
        number_type: str,
        display_name: Callable[[int], str] | None,
    ) -> list[str]:
        """Adds `count` active numbers to a project, free of charge, from a range outside the catalog. Returns them.

        Raises ValueError for a `count` out of range, or if the region has no such type.
        """
        product = product_by_type(region, number_type)
        if not 0 <= count <= _MAX_SEEDED:
            raise ValueError(f"count must be between 0 and {_MAX_SEEDED}, not {count!r}")
        if product is None:
            raise ValueError(f"the catalog has no {number_type} numbers in {region}")
        prefix = REGIONS[region].unassigned + str(["LOCAL", "MOBILE", "TOLL_FREE"].index(number_type))
        numbers: list[RentedNumber] = []
        now, index = self.clock.now(), 0
        next_charge = add_months(now, product.months)
        while len(numbers) < count:
            phone_number = f"{prefix}{index:06d}"
            index += 1
            if phone_number in self._owners:
                continue
            number = RentedNumber(phone_number, project_id, product, now, next_charge, product.months)
            if display_name is not None:
                number.display_name = display_name(len(numbers))
            numbers.append(number)
        self._take(numbers)
        return [number.phone_number for number in numbers]

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
