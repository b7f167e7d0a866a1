from __future__ import annotations

import pytest

from sinch_numbers import Transport
from sinch_numbers.sandbox import Sandbox
from tests.support import KEY_SECRET

from .driver import PROJECT, Cli


@pytest.fixture
def cli(sandbox: Sandbox, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    """`sinch-numbers` in process. Its clients are clients of `sandbox`, on its clock."""

    def select(transport: object, http_client: object, *limits: object) -> tuple[Transport, bool]:
        assert transport is None
        assert http_client is None
        return sandbox.transport(), True

    monkeypatch.setattr("sinch_numbers.client.select_transport", select)
    monkeypatch.setattr("sinch_numbers.client.SystemClock", lambda: sandbox.clock)
    for name in (
        "SINCH_NUMBERS_BASE_URL",
        "SINCH_AUTH_URL",
        "SINCH_NUMBERS_LEDGER",
        "SINCH_NUMBERS_HMAC_SECRET",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SINCH_PROJECT_ID", PROJECT)
    monkeypatch.setenv("SINCH_KEY_ID", "key")
    monkeypatch.setenv("SINCH_KEY_SECRET", KEY_SECRET)
    return Cli(sandbox, capsys, monkeypatch)
