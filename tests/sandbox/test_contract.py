"""The sandbox against the corrected specification: schemathesis generates the requests and checks the responses."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from sinch_numbers.sandbox import Sandbox, SandboxOptions
from sinch_numbers.sandbox.operations import OPERATIONS

from .wire import run

pytestmark = pytest.mark.slow

CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,"
    "response_schema_conformance,unsupported_method,allow_header_conformance,ignored_auth"
)
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def spec(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The corrected specification, as `python -m codegen spec` prints it."""
    path = tmp_path_factory.mktemp("spec") / "numbers.yaml"
    with path.open("w") as file:
        subprocess.run([sys.executable, "-m", "codegen", "spec"], cwd=ROOT, stdout=file, check=True)
    return path


async def test_no_request_gets_a_server_error_or_a_response_outside_the_specification(
    spec: Path, tmp_path: Path
) -> None:
    sandbox = Sandbox(SandboxOptions(key_id="key", key_secret="secret"))
    sandbox.seed_active(20, project_id="YOUR_projectId")
    async with sandbox.serve() as url:
        code, output = await run(
            sys.executable, "-m", "schemathesis.cli", "run", str(spec), "--url", url, "--auth", "key:secret",
            "--checks", CHECKS, "--phases", "examples,coverage,fuzzing", "--max-examples", "5",
            "--generation-deterministic", "--no-color", "--warnings", "off",
            cwd=tmp_path,
        )  # fmt: skip
    assert code == 0, output
    operations = {request.operation for request in sandbox.requests if request.status == 200}
    assert operations - {None} == set(OPERATIONS)
