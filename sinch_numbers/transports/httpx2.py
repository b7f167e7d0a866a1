"""The transport of the extra `httpx2`, a maintained fork of httpx. The only module that imports httpx2."""

from __future__ import annotations

from typing import Any, ClassVar

import httpcore2
import httpx2

from .free_list import FreeListTransport

__all__ = ["Httpx2Transport"]


class Httpx2Transport(FreeListTransport):
    """Like the default transport, on httpx2. Needs the extra `sinch-numbers[httpx2]`."""

    library: ClassVar[Any] = httpx2
    core: ClassVar[Any] = httpcore2
