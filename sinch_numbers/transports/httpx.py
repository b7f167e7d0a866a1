"""The default transport. The only module that imports httpx."""

from __future__ import annotations

from typing import Any, ClassVar

import httpcore
import httpx
from httpx import AsyncClient as AsyncClient  # for the signatures of other modules, which do not import httpx

from .free_list import FreeListTransport


class HttpxTransport(FreeListTransport):
    """The default transport. It keeps connections open, and opens as many as there are exchanges at once."""

    library: ClassVar[Any] = httpx
    core: ClassVar[Any] = httpcore
