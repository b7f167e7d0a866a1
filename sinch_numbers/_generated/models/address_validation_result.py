from __future__ import annotations

from ..enums import OpenEnum


class AddressValidationResult(OpenEnum):
    """How well an address matches."""

    ADDRESS_VALIDATION_RESULT_CODE_UNSPECIFIED = "ADDRESS_VALIDATION_RESULT_CODE_UNSPECIFIED"
    """Nothing is known of the match."""
    EXACT_MATCH = "EXACT_MATCH"
    """The address can be provisioned as it was sent."""
    NEAR_MATCH = "NEAR_MATCH"
    """The address was corrected. The corrected one can be provisioned."""
    NO_MATCH = "NO_MATCH"
    """No known address is close enough. There may be candidates."""
