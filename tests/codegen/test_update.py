"""`python -m codegen update`: the day on which a newer document is published, from the new file to the tests that pass."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from codegen.document import dump
from codegen.paths import PROJECT, SPEC
from codegen.spec import read_spec

from .newer import DOCUMENTS, additive, newer

pytestmark = pytest.mark.slow

ROOT = PROJECT.parent
FILES = (
    "codegen",
    "openapi",
    "sinch_numbers",
    "tests",
    "docs",
    "examples",
    "pyproject.toml",
    "README.md",
    "CHANGELOG.md",
)
HAND_WRITTEN = [
    *("tests/resources", "tests/test_models.py", "tests/test_voice.py", "tests/test_pagination.py"),
    # These tests list the operations of the document of today.
    *("--ignore", "tests/resources/test_operations.py"),
]
ACTIVE = "/v1/projects/{projectId}/activeNumbers"
CALLBACK = """\
        OrderEvent:
          '{$request.body#/callbackUrl}':
            post:
              requestBody:
                content:
                  application/json:
                    schema:
                      $ref: '#/components/schemas/WebhookEvent'
              responses:
                2XX:
                  description: The event was taken.
"""
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A copy of this repository."""
    for name in FILES:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(source, tmp_path / name)
    return tmp_path


@pytest.fixture
def run(repository: Path) -> Run:
    """Runs `python -m ...` in the copy."""

    def python(*arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "PYTHONPATH": str(repository)}
        return subprocess.run(
            [sys.executable, "-m", *arguments],
            cwd=repository,
            env=environment,
            capture_output=True,
            text=True,
            timeout=600,
        )

    return python


def edited(file: Path, *edits: tuple[str, str]) -> None:
    """What a person does in an editor. Each old text is there, once."""
    text = file.read_text(encoding="utf-8")
    for old, new in edits:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")


def without_action(file: Path, target: str) -> None:
    """Removes the first action of an overlay whose target begins so."""
    text = file.read_text(encoding="utf-8")
    actions = re.split(r"(?m)^(?=  - target:)", text)
    index = next(i for i, action in enumerate(actions) if target in action.partition("description:")[0])
    file.write_text("".join(actions[:index] + actions[index + 1 :]), encoding="utf-8")


def test_a_document_with_new_things_only_needs_one_command(repository: Path, run: Run) -> None:
    new = repository / "new.yaml"
    new.write_text(dump(additive(read_spec(SPEC))), encoding="utf-8")
    done = run("codegen", "update", "new.yaml")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Everything is right." in done.stdout
    assert (repository / "update.md").read_text(encoding="utf-8").strip() == done.stdout.strip()
    for line in (
        "- new schemas: `ListPortingOrdersResponse`, `PortingOrder`",
        "- `sinch_numbers.NumberType.SHORT_CODE` is new: `= 'SHORT_CODE'`.",
        "- `sinch_numbers.ActiveNumber.label` is new: `str | None = None`.",
        "- `operation list_porting_orders` is new: `GET /v1/projects/{projectId}/portingOrders`.",
        "The next version is 0.2.0.",
    ):
        assert line in done.stdout
    assert (repository / "openapi" / "numbers.yaml").read_bytes() == new.read_bytes()
    assert run("codegen", "check").returncode == 0
    tests = run("pytest", "-q", "-p", "no:cacheprovider", "-m", "not slow", *HAND_WRITTEN)
    assert tests.returncode == 0, tests.stdout[-2000:]


def test_the_day_of_a_document_that_changes_a_dozen_things(repository: Path, run: Run) -> None:
    (repository / "new.yaml").write_text(dump(newer(read_spec(SPEC))), encoding="utf-8")
    before = {path: path.read_bytes() for path in (repository / "sinch_numbers").rglob("*.py")}

    # The first command says everything at once, and writes nothing.
    first = run("codegen", "update", "new.yaml")
    assert first.returncode == 1
    assert "Nothing is written." in first.stdout
    overlay, additions = (repository / "openapi" / name for name in ("overlay.yaml", "additions.yaml"))
    for kind, file, target in (
        ("without effect", overlay, "$.info.contact"),
        ("dead", overlay, "$.components.schemas.capabilities"),
        ("dead", additions, f"$.paths['{ACTIVE}'].parameters[?"),
        ("now upstream", additions, f"$.paths['{ACTIVE}'].parameters:"),
        (
            "partly dead",
            overlay,
            "$.components.schemas['ActiveNumberResponse','AvailableNumber','AvailableRegion'",
        ),
        ("overwrites a change of upstream", overlay, "$.components.schemas.NumberPattern"),
        ("overwrites a change of upstream", overlay, "$['x-webhooks']"),
    ):
        [line] = [
            line for line in first.stdout.splitlines() if line.startswith(f"- **{kind}**") and target in line
        ]
        found = re.search(f"{file}:([0-9]+) ", line)
        assert found is not None
        number = int(found[1])
        assert file.read_text(encoding="utf-8").splitlines()[number - 1].startswith("  - target:")
    assert "'AvailableNumber','Region'" in first.stdout  # the edit that mends the renamed schema
    assert f"{DOCUMENTS}" in first.stdout.replace("/requestBody/content/multipart~1form-data", "")
    assert {path: path.read_bytes() for path in (repository / "sinch_numbers").rglob("*.py")} == before

    # What it says is edited by hand.
    for file, target in (
        (overlay, "$.info.contact"),
        (overlay, "$.components.schemas.capabilities"),
        (overlay, "$.components.schemas.NumberPattern\n"),
        (additions, "].parameters[?(@['$ref'] =="),
        (additions, f"$.paths['{ACTIVE}'].parameters\n"),
    ):
        without_action(file, target)
    edited(
        overlay,
        ("'AvailableNumber','AvailableRegion','List", "'AvailableNumber','Region','List"),
        ("      callbacks:\n        NumberEvent:\n", f"      callbacks:\n{CALLBACK}        NumberEvent:\n"),
    )
    config = repository / "codegen" / "config.yaml"
    edited(config, ("skip: {}", f"skip:\n  '{DOCUMENTS}': Uploads are not supported yet."))

    # The second command writes it.
    second = run("codegen", "update", "new.yaml")
    assert second.returncode == 0, second.stdout + second.stderr
    assert f"- `{DOCUMENTS}`: Uploads are not supported yet." in second.stdout
    assert "- `sinch_numbers.AvailableRegion` is another name of `sinch_numbers.Region` now." in second.stdout
    assert "- `sinch_numbers.WebhookEvent` is new" in second.stdout

    # The third runs the tests of what is written by hand. They use the old name.
    third = run("pytest", "-q", "-p", "no:cacheprovider", "-m", "not slow", *HAND_WRITTEN)
    assert third.returncode == 0, third.stdout[-2000:]


def test_a_skip_that_is_no_longer_needed_is_named(repository: Path, run: Run) -> None:
    (repository / "new.yaml").write_text(dump(additive(read_spec(SPEC))), encoding="utf-8")
    place = "#/paths/~1v1~1projects~1{projectId}~1portingOrders~1{orderId}/delete"
    gone = "#/paths/~1nowhere"
    edited(
        repository / "codegen" / "config.yaml",
        ("skip: {}", f"skip:\n  '{place}': Not yet.\n  '{gone}': Not yet."),
    )
    done = run("codegen", "update", "new.yaml")
    assert done.returncode == 1
    assert f"skip: the document has no {gone}: remove it" in done.stdout
    assert f"- `{place}`\n" in done.stdout.partition("No longer to be skipped")[2]


def test_a_refused_operation_does_not_hide_what_else_there_is_to_do(repository: Path, run: Run) -> None:
    document = read_spec(SPEC)
    document["paths"]["/v1/projects/{projectId}/uploads"] = {
        "post": {
            "operationId": "Upload",
            "parameters": [
                {"name": "projectId", "in": "path", "required": True, "schema": {"type": "string"}}
            ],
            "requestBody": {"content": {"multipart/form-data": {"schema": {"type": "object"}}}},
            "responses": {"200": {"description": "It was taken."}},
        }
    }
    (repository / "new.yaml").write_text(
        dump(document).replace("displayName", "friendlyName"), encoding="utf-8"
    )
    before = {path: path.read_bytes() for path in (repository / "sinch_numbers").rglob("*.py")}
    done = run("codegen", "update", "new.yaml")
    assert done.returncode == 1
    _, _, refused = done.stdout.partition("## Refused (what follows is as if it were skipped)")
    assert "~1uploads/post/requestBody/content/multipart~1form-data" in refused
    _, _, by_hand = refused.partition("## To be changed by hand")
    assert "active_numbers.py" in by_hand
    assert "- `sinch_numbers.ActiveNumber.display_name` is gone." in by_hand
    assert {path: path.read_bytes() for path in (repository / "sinch_numbers").rglob("*.py")} == before
    assert (repository / "openapi" / "numbers.yaml").read_bytes() == SPEC.read_bytes()
