from __future__ import annotations

from ..enums import OpenEnum


class SearchPattern(OpenEnum):
    """The pattern to apply to searches."""

    START = "START"
    """Numbers that start with the provided sequence of digits."""
    CONTAINS = "CONTAINS"
    """Numbers that contain the sequence of digits entered."""
    END = "END"
    """Numbers that end with the sequence of digits entered."""
