"""The one error that this tool ends with, and the places that its messages name."""

from __future__ import annotations

__all__ = ["CodegenError"]


class CodegenError(Exception):
    """The document, the overlay or the settings cannot be used; the message names the place."""
