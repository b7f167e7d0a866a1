"""The pytest plugin: fixtures that give each test a Numbers API. They need the extra `sandbox`.

    async def test_it_rents(sinch_client, sinch_sandbox):
        number = await sinch_client.available_numbers.rent_first(region_code="US", number_type="LOCAL")
        assert len(sinch_sandbox.charges) == 1

Its clock is virtual: waiting for a number to be provisioned takes no time. pytest loads the plugin by its entry point.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .client import NumbersClient
    from .sandbox import Sandbox
    from .webhooks import WebhookInbox

__all__ = ["sinch_client", "sinch_sandbox", "sinch_webhooks"]


@pytest.fixture
def sinch_sandbox() -> Sandbox:
    """A new sandbox for each test, with the same seed: the same numbers every time."""
    try:
        from .sandbox import Sandbox
    except ModuleNotFoundError as error:
        raise pytest.UsageError(
            f"the sandbox needs {error.name}: pip install 'sinch-numbers[sandbox]'"
        ) from error
    return Sandbox()


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
