"""The unmodified output of openapi-python-client for the vendored document, as a contestant of the benchmarks.

It does not decode what the API sends: a time that is null raises TypeError. So it asks for numbers without nulls.
"""

from __future__ import annotations

import importlib
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any

from .server import NUMBER, PAGE, PROJECT_WITHOUT_NULLS

DOCUMENT = Path(__file__).parent.parent / "openapi" / "numbers.yaml"
PACKAGE = "unmodified_numbers_client"


@cache
def package() -> str:
    """The name of the package, which is generated into a temporary folder, and can be imported from now on."""
    folder = Path(tempfile.mkdtemp(prefix="sinch-numbers-benchmark-"))
    program = Path(sysconfig.get_path("scripts")) / "openapi-python-client"
    if not program.exists():
        raise ImportError("openapi-python-client is not installed")
    subprocess.run(  # noqa: S603 - our own arguments
        [program, "generate", "--path", DOCUMENT, "--output-path", folder / PACKAGE, "--meta", "none"],
        check=True,
        capture_output=True,
    )
    sys.path.insert(0, str(folder))
    return PACKAGE


def number_model() -> Any:
    """Its class of an active number."""
    return importlib.import_module(f"{package()}.models").ActiveNumberResponse


@asynccontextmanager
async def unmodified(url: str, concurrency: int) -> AsyncGenerator[tuple[Any, Any]]:
    """A call that gets one number, and one that lists all, both decoded."""
    import httpx

    module = importlib.import_module(f"{package()}.client")
    numbers = f"{package()}.api.active_number.number_service"
    get: Any = importlib.import_module(f"{numbers}_get_active_number").asyncio
    listing: Any = importlib.import_module(f"{numbers}_list_active_numbers")
    local = listing.NumberServiceListActiveNumbersType.LOCAL
    limits = httpx.Limits(max_connections=concurrency, max_keepalive_connections=concurrency)
    project = PROJECT_WITHOUT_NULLS
    async with module.AuthenticatedClient(
        base_url=url, token="t", timeout=httpx.Timeout(60), httpx_args={"limits": limits}
    ) as client:

        async def every() -> int:
            found: list[object] = []
            token = ""
            while True:
                page = await listing.asyncio(
                    project, client=client, region_code="US", type_=local, page_size=PAGE, page_token=token
                )
                found += page.active_numbers
                if not (token := page.next_page_token):
                    return len(found)

        yield lambda: get(project, NUMBER, client=client), every
