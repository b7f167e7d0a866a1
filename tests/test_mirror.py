"""The tests mirror the package: a newcomer finds the tests of a module at the first guess."""

from __future__ import annotations

from pathlib import Path

import pytest

from .imports import PACKAGE

TESTS = Path(__file__).parent

WITHOUT_TESTS = {
    "_defaults.py": "constants",
    "_version.py": "a constant",
    "_sending/credentials.py": "a protocol",
    "_sending/operations.py": "two requests: tests/resources",
    "_sending/settings.py": "a record",
    "purchasing/context.py": "records: tests/purchasing/test_recovery.py",
    "webhooks/records.py": "records: tests/webhooks/test_inbox.py",
}
"""Modules without a test file of their own, and why."""

SUBJECTS = {
    "test_documents.py",
    "test_error_trackers.py",
    "test_examples.py",
    "test_exports.py",
    "test_layers.py",
    "test_mirror.py",
    "test_secrets.py",
    "auth/test_authenticator.py",
    "cli/test_layers.py",
    "purchasing/test_chaos.py",
    "purchasing/test_kill.py",
    "purchasing/test_matrix.py",
    "purchasing/test_ownership.py",
    "sandbox/test_contract.py",
    "sandbox/test_layers.py",
    "stores/test_stores.py",
    "transports/test_every_transport.py",
    "transports/test_every_transport_connections.py",
    "transports/test_mocks.py",
    "webhooks/test_frameworks.py",
    "webhooks/test_kill.py",
}
"""Test files about several modules, or about the `__init__.py` of a folder."""

APART = {"codegen", "generated", "typing"}
"""Folders that mirror no folder: codegen is not in the package, and what it generates is tested by what it does."""


def mirrored(module: Path) -> Path:
    """The test file of a module: `_sending/call.py` has `sending/test_call.py`."""
    folders = [part.lstrip("_") for part in module.parts[:-1]]
    return Path(*folders, f"test_{module.stem.strip('_')}.py")


MODULES = sorted(
    module
    for module in (path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py"))
    if module.parts[0] != "_generated" and module.name != "__init__.py"
)
FILES = sorted(path.relative_to(TESTS) for path in TESTS.rglob("test_*.py"))


@pytest.mark.parametrize("module", MODULES, ids=Path.as_posix)
def test_a_module_has_a_test_file_by_its_name(module: Path) -> None:
    has_tests = (TESTS / mirrored(module)).is_file()
    assert has_tests is (module.as_posix() not in WITHOUT_TESTS)


@pytest.mark.parametrize("file", FILES, ids=Path.as_posix)
def test_a_test_file_has_the_name_of_a_module_or_a_subject_of_its_own(file: Path) -> None:
    if file.parts[0] in APART or file.as_posix() in SUBJECTS:
        return
    # A second file about a module adds its aspect to the name, such as test_httpx_proxies.py.
    names = {mirrored(module).as_posix().removesuffix(".py") for module in MODULES}
    name = file.as_posix().removesuffix(".py")
    assert any(name == known or name.startswith(f"{known}_") for known in names)


def test_the_lists_name_only_what_exists() -> None:
    assert [name for name in WITHOUT_TESTS if not (PACKAGE / name).is_file()] == []
    assert [name for name in SUBJECTS if not (TESTS / name).is_file()] == []


@pytest.mark.parametrize("file", FILES, ids=Path.as_posix)
def test_a_test_file_can_be_read_in_one_go(file: Path) -> None:
    assert len((TESTS / file).read_text("utf-8").splitlines()) <= 400
