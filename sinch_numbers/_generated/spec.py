"""Which document this package speaks: that of the API, as corrected and completed by its overlays."""

from __future__ import annotations

from typing import Final

SPEC_VERSION: Final = "1.0"
"""The version that the document gives itself."""
SPEC_HASH: Final = "0a1bd9d98781"
"""The first 12 hexadecimal digits of the SHA-256 of the corrected document, as JSON with sorted keys and without spaces."""
