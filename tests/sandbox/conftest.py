from __future__ import annotations

import pytest

from sinch_numbers.sandbox import Sandbox

from .driver import PLAN_AND_CAMPAIGN, Api


@pytest.fixture
def api(sandbox: Sandbox) -> Api:
    return Api(sandbox)


@pytest.fixture
async def linked(api: Api, sandbox: Sandbox) -> Api:
    """A project with a number that is linked to a plan, a campaign and a voice app."""
    voice = {"voiceConfiguration": {"appId": "app"}, "callbackUrl": "https://example.com"}
    await api.rent(body={**PLAN_AND_CAMPAIGN, **voice})
    sandbox.clock.advance(100)
    return api
