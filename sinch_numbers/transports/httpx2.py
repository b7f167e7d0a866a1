"""The transport of the extra `httpx2`, a maintained fork of httpx. The only module that imports httpx2.

It has the classes of httpx, so that this is the default transport with another library below.
"""

from __future__ import annotations

from typing import Any, ClassVar

import httpcore2
import httpx2

from .httpx import HttpxTransport
from .httpx_client import HttpxClientTransport

__all__ = ["Httpx2Transport"]


class Httpx2Transport(HttpxTransport):
    """Like the default transport, on httpx2. Needs the extra `sinch-numbers[httpx2]`."""

    library: ClassVar[Any] = httpx2
    core: ClassVar[Any] = httpcore2


class Httpx2ClientTransport(HttpxClientTransport):
    """Sends with the user's `httpx2.AsyncClient`, which it does not close."""

    library: ClassVar[Any] = httpx2
