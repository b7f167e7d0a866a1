"""A client with the key of the environment. A key is never an option: other users of a machine see command lines."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

# The client is imported late: `--help` and completion need no HTTP library.
if TYPE_CHECKING:
    from ..client import NumbersClient
    from ..purchasing.ledger import PurchaseLedger


@asynccontextmanager
async def connected(**options: Any) -> AsyncGenerator[NumbersClient, None]:
    """A client of the project in the environment. The options are those of the client."""
    from ..client import NumbersClient

    async with NumbersClient.from_env(**options) as client:
        yield client


@asynccontextmanager
async def ledger_in(path: Path) -> AsyncGenerator[PurchaseLedger, None]:
    """The ledger in a file, which is created if it is missing."""
    from ..purchasing.ledger import PurchaseLedger
    from ..stores import SQLiteStore

    async with SQLiteStore(path) as store:
        yield PurchaseLedger(store)
