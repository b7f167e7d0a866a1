"""What the purchasing tests share."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from sinch_numbers import NumbersClient
from sinch_numbers.sandbox import Sandbox


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox()


@pytest.fixture
async def client(sandbox: Sandbox) -> AsyncIterator[NumbersClient]:
    async with sandbox.client() as client:
        yield client


@pytest.fixture
async def url(sandbox: Sandbox) -> AsyncIterator[str]:
    async with sandbox.serve() as url:
        yield url
