from __future__ import annotations

import pytest

from sinch_numbers.sandbox import Sandbox

from .driver import Api


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox()


@pytest.fixture
def api(sandbox: Sandbox) -> Api:
    return Api(sandbox)
