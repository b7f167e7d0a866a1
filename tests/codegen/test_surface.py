"""The surface of the package: a line for each public name, as users' type checkers see it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from codegen.__main__ import main
from codegen.errors import CodegenError
from codegen.paths import PACKAGE, RELEASED, SURFACE
from codegen.surface import read_surface, surface_of
from codegen.verify import type_errors

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def surface() -> dict[str, str]:
    return {name: text for name, _, text in (line.partition(": ") for line in surface_of(PACKAGE))}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("sinch_numbers.voice.rtc", "(app_id: str) -> VoiceConfigurationRTC"),
        ("sinch_numbers.ActiveNumber.phone_number", "str"),
        ("sinch_numbers.ActiveNumber.display_name", "str | None = None"),
        ("sinch_numbers.AvailableRegion.types", "tuple[NumberType, ...] = ()"),
        ("sinch_numbers.NumberType.LOCAL", "= 'LOCAL'"),
        ("sinch_numbers.models.NumberType", "sinch_numbers.NumberType"),
        ("sinch_numbers.NumbersClient.active_numbers.get", "async (phone_number: str) -> ActiveNumber"),
        ("operation rent_any_number", "POST /v1/projects/{projectId}/availableNumbers:rentAny"),
    ],
)
def test_a_public_name_has_a_line_with_its_type(name: str, text: str, surface: dict[str, str]) -> None:
    assert surface[name] == text


def test_a_default_is_the_value_of_its_constant(surface: dict[str, str]) -> None:
    assert "concurrency: int = 8" in surface["sinch_numbers.NumbersClient.active_numbers.release_many"]


def test_the_surface_has_every_public_name(surface: dict[str, str]) -> None:
    names = (Path(__file__).parents[1] / "public_names.txt").read_text(encoding="utf-8").split()
    missing = [name for name in names if name not in surface and not name.endswith("__version__")]
    modules = {"sinch_numbers.models", "sinch_numbers.sms", "sinch_numbers.voice"}
    assert [name for name in missing if name not in modules] == []


def test_no_line_is_private(surface: dict[str, str]) -> None:
    parts = [part for name in surface for part in name.split(".") if part.startswith("_")]
    assert set(parts) <= {"__init__", "__version__"}


def test_a_change_of_the_package_shows_in_its_surface(tmp_path: Path) -> None:
    changed = tmp_path / "sinch_numbers"
    shutil.copytree(PACKAGE, changed, ignore=shutil.ignore_patterns("__pycache__"))
    voice = changed / "voice.py"
    text = voice.read_text(encoding="utf-8").replace("def rtc(app_id: str)", "def rtc(app: str)")
    voice.write_text(text, encoding="utf-8")
    old, new = surface_of(PACKAGE), surface_of(changed)
    assert [line for line in new if line not in old] == [
        "sinch_numbers.voice.rtc: (app: str) -> VoiceConfigurationRTC"
    ]


def test_the_kept_surface_is_that_of_the_package() -> None:
    assert read_surface(SURFACE) == surface_of(PACKAGE), "run `python -m codegen generate`"


def test_check_names_what_is_not_in_the_kept_surface(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    old = tmp_path / "surface.txt"
    lines = SURFACE.read_text(encoding="utf-8").splitlines(keepends=True)
    old.write_text(
        "".join(line for line in lines if not line.startswith("sinch_numbers.voice.rtc:")), encoding="utf-8"
    )
    monkeypatch.setattr("codegen.__main__.SURFACE", old)
    assert main(["check"]) == 1
    assert "sinch_numbers.voice.rtc: (app_id: str)" in capsys.readouterr().out


@pytest.mark.parametrize("path", ["absent.txt", "."])
def test_what_has_no_surface_is_named(path: str, tmp_path: Path) -> None:
    with pytest.raises(CodegenError, match=str(tmp_path)):
        surface_of(tmp_path / "absent") if path == "." else read_surface(tmp_path / path)


# --- diff ---


def test_diff_of_what_is_the_same_ends_with_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", str(SURFACE), str(PACKAGE)]) == 0
    assert "Nothing changes for users." in capsys.readouterr().out


def test_diff_since_the_last_release_ends_with_1_and_names_the_next_version(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["diff", str(RELEASED / "surface.txt"), str(SURFACE)]) == 1
    printed = capsys.readouterr().out
    assert "- `sinch_numbers.RetryPolicy.budget` is gone." in printed
    assert "- `sinch_numbers.Store.replace` is new in a protocol: classes of users lack it." in printed
    assert printed.rstrip().endswith("The next version is 0.2.0.")


def test_diff_of_the_document_without_and_with_the_additions_is_their_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, arguments in (("old", ["--additions", "none"]), ("new", list[str]())):
        assert main(["spec", *arguments]) == 0
        (tmp_path / f"{name}.yaml").write_text(capsys.readouterr().out, encoding="utf-8")
    status = main(["diff", str(tmp_path / "old.yaml"), str(tmp_path / "new.yaml")])
    page = capsys.readouterr().out
    for line in (
        "- `operation provision_emergency_address` is new: "
        "`POST /v1/projects/{projectId}/activeNumbers/{phoneNumber}/emergencyAddress:provision`.",
        "- `sinch_numbers.EmergencyAddress` is new",
        "- `sinch_numbers.ProvisioningStatus.PROVISIONING_STATUS_UNSPECIFIED` is new",
        "- `sinch_numbers.NumbersClient.operations.get_emergency_address` is new",
    ):
        assert line in page
    assert "is gone" not in page
    # The filters of the listing are optional: who did not give them was refused by the type checker.
    assert status == 0, page


def test_the_examples_of_the_last_release_fail_only_where_the_diff_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for kept in (RELEASED / "examples").glob("*.txt"):
        shutil.copyfile(kept, tmp_path / kept.name.removesuffix(".txt"))
    main(["diff", str(RELEASED / "surface.txt"), str(SURFACE)])
    page = capsys.readouterr().out
    for error in type_errors(tmp_path, *sorted(path.name for path in tmp_path.glob("*.py"))):
        quoted = [part for part in error.split('"')[1::2] if part]
        assert any(part.rpartition(".")[2] in page for part in quoted), error


def test_code_that_does_not_fit_the_package_is_found(tmp_path: Path) -> None:
    code = "from sinch_numbers import voice\n\nvoice.rtc(application='a')\n"
    (tmp_path / "example.py").write_text(code, encoding="utf-8")
    errors = type_errors(tmp_path, "example.py")
    assert any('"application" for "rtc"' in error for error in errors), errors
