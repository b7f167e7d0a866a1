"""The pytest plugin: fixtures that give each test a Numbers API. They need the extra `sandbox`.

    async def test_it_rents(sinch_client, sinch_sandbox):
        number = await sinch_client.available_numbers.rent_first(region_code="US", number_type="LOCAL")
        assert len(sinch_sandbox.charges) == 1

Its clock is virtual: waiting for a number to be provisioned takes no time. pytest loads the plugin by its entry point.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .client import NumbersClient
    from .sandbox import Sandbox
    from .webhooks import WebhookInbox

__all__ = ["sinch_client", "sinch_sandbox", "sinch_sandbox_url", "sinch_webhooks"]


@pytest.fixture
def sinch_sandbox() -> Sandbox:
    """A new sandbox for each test, with the same seed: the same numbers every time."""
    try:
        from .sandbox import Sandbox
    except ModuleNotFoundError as error:
        raise _missing(error) from error
    return Sandbox()


@pytest.fixture
def sinch_sandbox_url() -> Generator[str]:
    """The URL of a new sandbox for each test, which a thread serves: for synchronous tests and applications.

    The variables that `NumbersClient.from_env()` reads lead to it. Its clock starts at the current time and runs 100 times
    as fast as real time.
    """
    try:
        from .sandbox import served_sandbox
    except ModuleNotFoundError as error:
        raise _missing(error) from error
    with served_sandbox(speed=100) as url:
        yield url


def _missing(error: ModuleNotFoundError) -> pytest.UsageError:
    return pytest.UsageError(f"the sandbox needs {error.name}: pip install 'sinch-numbers[sandbox]'")


@pytest.fixture
def sinch_client(sinch_sandbox: Sandbox) -> NumbersClient:
    """A client of that sandbox, in process and on its virtual clock. A test does not need to close it."""
    return sinch_sandbox.client()


@pytest.fixture
def sinch_webhooks(sinch_sandbox: Sandbox) -> WebhookInbox:
    """An inbox that gets the callbacks of the test's sandbox, in process: register handlers, then `async with` it."""
    from .webhooks import WebhookInbox

    inbox = WebhookInbox(sinch_sandbox.hmac_secret())
    sinch_sandbox.deliver_to(inbox)
    return inbox
