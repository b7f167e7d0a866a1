"""DriftRecorder: what the API sends beyond its specification is counted in a file."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest

from sinch_numbers import (
    ConfigurationError,
    Drift,
    DriftRecorder,
    HttpResponse,
    MockTransport,
    NumbersClient,
)
from sinch_numbers.sandbox import VirtualClock


def drifts(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["drifts"]
    return found


def drift(found: str = "SATELLITE") -> Drift:
    return Drift(model="AvailableRegion", field="types", problem="unknown value", found=found)


async def call(recorder: DriftRecorder, kind: str) -> None:
    body = json.dumps({"availableRegions": [{"regionCode": "US", "types": [kind]}]}).encode()
    transport = MockTransport(lambda _: HttpResponse(content=body))
    async with NumbersClient(
        project_id="p", auth=lambda: "t", transport=transport, on_drift=recorder
    ) as client:
        await client.available_regions.list()
        await client.available_regions.list()


async def test_what_clients_meet_is_counted_with_the_first_and_the_last_time(tmp_path: Path) -> None:
    path, clock = tmp_path / "drift.json", VirtualClock()
    recorder = DriftRecorder(path, clock=clock)
    await call(recorder, "SATELLITE")
    first = drifts(path)
    await clock.sleep(3600)
    await call(recorder, "SATELLITE")
    await call(recorder, "LOCAL")
    (found,) = drifts(path)
    assert found["count"] == 2
    assert (found["model"], found["field"], found["problem"], found["found"]) == (
        "AvailableRegion",
        "types",
        "unknown value",
        "'SATELLITE'",
    )
    assert found["first_seen"] == first[0]["first_seen"] == first[0]["last_seen"]
    assert found["last_seen"] > found["first_seen"]


def test_a_file_that_is_there_is_continued(tmp_path: Path) -> None:
    path = tmp_path / "drift.json"
    DriftRecorder(path)(drift())
    recorder = DriftRecorder(path)
    recorder(drift())
    recorder(drift("OTHER"))
    assert [(one["found"], one["count"]) for one in drifts(path)] == [("OTHER", 1), ("SATELLITE", 2)]


def test_the_file_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sinch_numbers._defaults.MAX_DRIFTS", 2)
    recorder = DriftRecorder(tmp_path / "drift.json")
    for found in ("A", "B", "C", "A"):
        recorder(drift(found))
    assert [(one["found"], one["count"]) for one in drifts(tmp_path / "drift.json")] == [("A", 2), ("B", 1)]


def test_a_crash_while_writing_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "drift.json"
    recorder = DriftRecorder(path)
    recorder(drift())
    before = path.read_bytes()

    def full(descriptor: int) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="no space left"):
        recorder(drift("OTHER"))
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["drift.json"]


def test_half_of_a_character_is_written_as_an_escape(tmp_path: Path) -> None:
    DriftRecorder(tmp_path / "drift.json")(drift("\ud83d"))
    assert drifts(tmp_path / "drift.json")[0]["found"] == "\ud83d"


def test_threads_lose_no_count(tmp_path: Path) -> None:
    recorder = DriftRecorder(tmp_path / "drift.json")
    threads = [threading.Thread(target=recorder, args=(drift(),)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert drifts(tmp_path / "drift.json")[0]["count"] == 8


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"drifts": [{}]}', '{"drifts": 5}'])
def test_another_file_is_refused_and_kept(text: str, tmp_path: Path) -> None:
    path = tmp_path / "drift.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"drift\.json is not a file of DriftRecorder"):
        DriftRecorder(path)
    assert path.read_text(encoding="utf-8") == text
