from __future__ import annotations

from ..enums import OpenEnum


class NumberType(OpenEnum):
    """The number type."""

    MOBILE = "MOBILE"
    """Numbers that belong to a specific range."""
    LOCAL = "LOCAL"
    """Numbers that are assigned to a specific geographic region."""
    TOLL_FREE = "TOLL_FREE"
    """Numbers that are free of charge for the calling party but billed for all arriving calls."""
