from __future__ import annotations

from ..enums import OpenEnum


class ResourceType(OpenEnum):
    """The type of a resource."""

    ACTIVE_NUMBER = "ACTIVE_NUMBER"
    """Numbers which are already active and updated with new campaign IDs or service plan IDs."""
    NUMBER_ORDER = "NUMBER_ORDER"
    """An order of numbers."""
    HOSTING_ORDER = "HOSTING_ORDER"
    """An order to host numbers."""
    HOSTING_ORDER_NUMBER = "HOSTING_ORDER_NUMBER"
    """One number of an order to host numbers."""
    IMPORTED_NUMBER = "IMPORTED_NUMBER"
    """A number of another provider that is hosted by Sinch."""
