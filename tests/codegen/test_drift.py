"""What a DriftRecorder has seen becomes overlay actions that can be applied."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegen.__main__ import main
from codegen.document import Node, load
from codegen.spec import patched
from sinch_numbers import Drift, DriftRecorder

pytestmark = pytest.mark.slow


@pytest.fixture
def actions(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[Node, str]:
    """The overlay actions for six differences, and the text."""
    recorder = DriftRecorder(tmp_path / "drift.json")
    for model, field, problem, found in (
        ("ActiveNumber", "type", "unknown value", "'SATELLITE'"),
        ("AvailableNumber", "type", "unknown value", "'SATELLITE'"),
        ("ScheduledSmsProvisioning", "status", "unknown value", "'PAUSED'"),
        ("ActiveNumber", "phoneNumber", "missing", "nothing"),
        ("Money", "currencyCode", "wrong type", "number"),
        ("VoiceConfiguration", "type", "unknown variant", "'SIP'"),
        ("NoSuchModel", "x", "missing", "nothing"),
    ):
        recorder(Drift(model=model, field=field, problem=problem, found=found))
    recorder(Drift(model="ActiveNumber", field="type", problem="unknown value", found="'SATELLITE'"))
    assert main(["drift", str(tmp_path / "drift.json")]) == 0
    text = capsys.readouterr().out
    (tmp_path / "actions.yaml").write_text(text, encoding="utf-8")
    return load(tmp_path / "actions.yaml"), text


def test_the_actions_correct_the_document(actions: tuple[Node, str], document: Node) -> None:
    corrected = patched(document, actions[0]["actions"], "drift")
    schemas = corrected["components"]["schemas"]
    assert "SATELLITE" in schemas["NumberType"]["x-enumDescriptions"]
    assert "PAUSED" in schemas["ProvisioningStatus"]["x-enumDescriptions"]
    assert "phoneNumber" not in schemas["ActiveNumberResponse"]["required"]
    assert "type" not in schemas["money"]["properties"]["currencyCode"]


def test_each_action_says_how_often_and_when_it_was_found(actions: tuple[Node, str]) -> None:
    descriptions = [action["description"] for action in actions[0]["actions"]]
    assert len(descriptions) == 4
    assert descriptions[1].startswith(
        "The value SATELLITE is sent, and is not listed. Found in answers: 2 times, from 20"
    )


def test_what_no_action_mends_is_a_comment(actions: tuple[Node, str]) -> None:
    assert (
        "# No action mends VoiceConfiguration.type: unknown variant, 'SIP'. Found in answers: once"
        in actions[1]
    )
    assert "# No action mends NoSuchModel.x: missing, nothing." in actions[1]


@pytest.mark.parametrize("text", ["", "[]", '{"drifts": [{}]}'])
def test_another_file_is_refused(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "drift.json"
    path.write_text(text, encoding="utf-8")
    assert main(["drift", str(path)]) == 1
    assert "drift.json: is not a file of DriftRecorder" in capsys.readouterr().err
