"""The error of this tool."""

from __future__ import annotations

__all__ = ["CodegenError"]


class CodegenError(Exception):
    """The document, the overlay or the settings are invalid or not supported. The message names the place."""
