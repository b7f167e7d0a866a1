from __future__ import annotations

from pathlib import Path

import pytest

from sinch_numbers import ConfigurationError
from sinch_numbers.cli.session import connected, ledger_in
from tests.support import KEY_SECRET


async def test_a_client_is_that_of_the_project_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"PROJECT_ID": "project", "KEY_ID": "key", "KEY_SECRET": KEY_SECRET}.items():
        monkeypatch.setenv(f"SINCH_{name}", value)
    async with connected() as client:
        assert "project_id='project'" in repr(client)


async def test_a_key_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SINCH_KEY_SECRET", raising=False)
    with pytest.raises(ConfigurationError, match="SINCH_KEY_SECRET"):
        async with connected():
            pass


async def test_a_ledger_is_created_for_its_owner_only(tmp_path: Path) -> None:
    async with ledger_in(tmp_path / "ledger.db") as ledger:
        assert await ledger.entries() == []
    assert (tmp_path / "ledger.db").stat().st_mode & 0o077 == 0
