"""`python -m codegen generate | check | spec`, as people and the build run it."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from codegen.__main__ import main
from codegen.document import Node, dump, load
from codegen.errors import CodegenError
from codegen.generate import generate
from codegen.paths import CONFIG, OUTPUT, OVERLAY, SPEC
from codegen.render import Rendered
from codegen.verify import verify

from .reaching import reach

pytestmark = pytest.mark.slow

Change = Callable[[Node], object]
Changed = Callable[[Change], Path]


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def changed_spec(tmp_path: Path) -> Callable[[Callable[[Node], object]], Path]:
    """Writes a copy of the vendored document after a change."""

    def write(change: Callable[[Node], object]) -> Path:
        return _changed(SPEC, tmp_path / "spec.yaml", change)

    return write


@pytest.fixture
def changed_overlay(tmp_path: Path) -> Callable[[Callable[[Node], object]], Path]:
    """Writes a copy of the overlay after a change."""

    def write(change: Callable[[Node], object]) -> Path:
        return _changed(OVERLAY, tmp_path / "overlay.yaml", change)

    return write


def _changed(source: Path, target: Path, change: Callable[[Node], object]) -> Path:
    document = load(source)
    change(document)
    target.write_text(dump(document), encoding="utf-8")
    return target


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh package of the document as it is. Not to be changed."""
    folder = tmp_path_factory.mktemp("command") / "package"
    assert main(["generate", "--output", str(folder)]) == 0
    return folder


def test_what_is_committed_is_what_is_generated(output: Path) -> None:
    committed = {name: content for name, content in files(OUTPUT).items() if "__pycache__" not in name}
    assert committed == files(output)


def test_two_runs_write_the_same_bytes_and_leave_no_stray_file(output: Path, tmp_path: Path) -> None:
    again = tmp_path / "package"
    (again / "models").mkdir(parents=True)
    (again / "stray.py").write_text("stray", encoding="utf-8")
    (again / "models" / "stray.py").write_text("stray", encoding="utf-8")
    assert main(["generate", "--output", str(again)]) == 0
    assert files(again) == files(output)


def test_the_generated_package_has_no_client_and_no_http_library(output: Path) -> None:
    written = files(output)
    assert not {"client.py", "errors.py", "README.md", ".gitignore", "pyproject.toml"} & set(written)
    for name, content in written.items():
        assert b"httpx" not in content, name
        assert b"Unset" not in content, name
        assert b"YOUR_selected" not in content, name


def test_check_passes_on_a_fresh_package(output: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--output", str(output)]) == 0
    assert capsys.readouterr().out == ""


def test_check_shows_an_edit_a_missing_and_a_stray_file(
    output: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edited = tmp_path / "package"
    shutil.copytree(output, edited)
    money = edited / "models" / "money.py"
    money.write_text(money.read_text(encoding="utf-8") + "# by hand\n", encoding="utf-8")
    (edited / "enums.py").unlink()
    (edited / "stray.py").write_text("stray = 1\n", encoding="utf-8")
    assert main(["check", "--output", str(edited)]) == 1
    printed = capsys.readouterr().out
    assert "-# by hand" in printed
    assert "+++ expected/enums.py" in printed
    assert "-stray = 1" in printed


def test_spec_prints_the_corrected_document(
    document: Node, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["spec"]) == 0
    printed = tmp_path / "printed.yaml"
    printed.write_text(capsys.readouterr().out, encoding="utf-8")
    assert load(printed) == document


def test_an_action_that_matches_nothing_is_named_in_the_error(
    changed_overlay: Changed, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    action = {"target": "$.components.schemas.Mended", "description": "Was wrong once.", "remove": True}
    overlay = changed_overlay(lambda document: document["actions"].append(action))
    output = tmp_path / "package"
    assert main(["generate", "--overlay", str(overlay), "--output", str(output)]) == 1
    message = capsys.readouterr().err
    assert "$.components.schemas.Mended" in message
    assert "matches nothing" in message
    assert f"actions[{len(load(OVERLAY)['actions'])}]" in message
    assert not output.exists()


@pytest.mark.parametrize(
    ("action", "message"),
    [
        ({"target": "$.info", "update": {}}, "no description"),
        ({"target": "$.info", "description": " ", "update": {}}, "no description"),
        ({"description": "x", "update": {}}, "no target"),
        ({"target": "$.info", "description": "x"}, "either"),
        ({"target": "$.info", "description": "x", "remove": False}, "either"),
        ({"target": "$[", "description": "x", "remove": True}, "not a valid JSONPath"),
        ("remove", "no target"),
    ],
)
def test_a_malformed_action_is_named_in_the_error(
    action: object, message: str, changed_overlay: Changed, capsys: pytest.CaptureFixture[str]
) -> None:
    overlay = changed_overlay(lambda document: document.update(actions=[action]))
    assert main(["spec", "--overlay", str(overlay)]) == 1
    printed = capsys.readouterr().err
    assert message in printed
    assert "actions[0]" in printed


def number(document: Node) -> Node:
    found: Node = document["components"]["schemas"]["ActiveNumberResponse"]["properties"]
    return found


UNREADABLE: list[tuple[Change, str]] = [
    (lambda d: number(d).update(bad={"type": "array"}), "array must have items"),
    (
        lambda d: number(d).update(bad={"$ref": "#/components/schemas/Nowhere"}),
        "#/components/schemas/ActiveNumberResponse/properties/bad",
    ),
    (
        lambda d: number(d).update(bad={"$ref": "other.yaml#/X"}),
        "#/components/schemas/ActiveNumberResponse/properties/bad",
    ),
    (lambda d: number(d).update(bad="string"), "#/components/schemas/ActiveNumberResponse/properties/bad"),
    (lambda d: number(d).update(bad={"type": "nonsense"}), "bad"),
    (
        lambda d: d["paths"]["/v1/projects/{projectId}/activeNumbers"].update(parameters=[]),
        "#/paths/~1v1~1projects~1{projectId}~1activeNumbers/get/parameters",
    ),
    (lambda d: d["components"]["schemas"].update(Money={"type": "object", "properties": {}}), "Money"),
    (
        lambda d: d["components"]["schemas"].update(Odd={"type": "string", "enum": ["A-B", "A_B"]}),
        "Odd",
    ),
    (lambda d: d["components"]["schemas"].update(Odd={"type": "string", "enum": ["a", "A"]}), "Odd"),
    (
        lambda d: d["components"]["schemas"].update(Odd={"type": "string", "x-enumDescriptions": 5}),
        "#/components/schemas/Odd",
    ),
    (
        lambda d: d["paths"].update(
            {"/x": {"get": {"operationId": "RentNumber", "responses": {"200": {"description": "x"}}}}}
        ),
        "rent_number",
    ),
    (
        lambda d: d["paths"].update(
            {"/x": {"get": {"operationId": "X", "responses": {"404": {"description": "x"}}}}}
        ),
        "#/paths/~1x/get",
    ),
    (
        lambda d: d["paths"].update(
            {
                "/x": {
                    "get": {
                        "operationId": "X",
                        "parameters": [{"name": "h", "in": "header", "schema": {"type": "string"}}],
                        "responses": {"200": {"description": "x"}},
                    }
                }
            }
        ),
        "#/paths/~1x/get",
    ),
    (
        lambda d: d["components"]["schemas"].update(
            Odd={"oneOf": [{"type": "object"}], "discriminator": {"propertyName": "kind"}}
        ),
        "#/components/schemas/Odd",
    ),
    (
        lambda d: d["components"]["schemas"].update(
            Odd={"allOf": [{"$ref": "#/components/schemas/Odd"}, {"type": "object"}]}
        ),
        "#/components/schemas/Odd",
    ),
]


@pytest.mark.parametrize(("change", "place"), UNREADABLE)
def test_a_document_that_cannot_be_generated_fails_and_names_the_place(
    change: Change, place: str, document: Node, tmp_path: Path
) -> None:
    unreadable = copy.deepcopy(document)
    change(unreadable)
    reach(unreadable, ["Money", "Odd"])
    output = tmp_path / "package"
    output.mkdir()
    (output / "kept.py").write_text("kept", encoding="utf-8")
    with pytest.raises(CodegenError) as caught:
        generate(unreadable, output)
    assert place in str(caught.value)
    assert (output / "kept.py").read_text(encoding="utf-8") == "kept"


def test_a_document_that_is_not_valid_openapi_is_refused_with_its_places(
    document: Node, output: Path
) -> None:
    invalid = copy.deepcopy(document)
    invalid["paths"]["/v1/projects/{projectId}/activeNumbers"]["get"]["operationId"] = 5
    number(invalid)["phoneNumber"]["minLength"] = "1"
    with pytest.raises(CodegenError) as caught:
        verify(invalid, output, {})
    assert "#/paths/~1v1~1projects~1{projectId}~1activeNumbers/get/operationId" in str(caught.value)
    assert "#/components/schemas/ActiveNumberResponse: " in str(caught.value)
    assert "#/properties/phoneNumber/minLength: '1' is not of type 'integer'" in str(caught.value)


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("import nothing_of_that_name", "cannot be imported: .*nothing_of_that_name"),
        ("number: int = ''", "is not typed: .*Incompatible types"),
        ("def untyped(x): ...", "is not typed: .*missing a type annotation"),
    ],
)
def test_code_that_does_not_import_or_is_not_typed_replaces_nothing(
    code: str, problem: str, output: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def build_wrong(document: Node, folder: Path, config_file: Path = CONFIG) -> Rendered:
        shutil.copytree(output, folder)
        (folder / "wrong.py").write_text(f"{code}\n", encoding="utf-8")
        return Rendered(models=["ActiveNumber"], operations="")

    monkeypatch.setattr("codegen.generate.build", build_wrong)
    kept = tmp_path / "package"
    kept.mkdir()
    (kept / "kept.py").write_text("kept", encoding="utf-8")
    with pytest.raises(CodegenError, match=f"(?s){problem}"):
        generate(load(SPEC), kept)
    assert files(kept) == {"kept.py": b"kept"}


def test_a_name_that_is_no_identifier_is_refused(document: Node, tmp_path: Path) -> None:
    odd = copy.deepcopy(document)
    odd["components"]["schemas"]["Odd"] = {"type": "string", "enum": ["a"], "x-enum-varnames": ["1 + 1"]}
    reach(odd, ["Odd"])
    with pytest.raises(CodegenError, match="'1_1' in the document does not become an identifier"):
        generate(odd, tmp_path / "package")


def test_a_text_that_is_not_unicode_is_refused(document: Node, tmp_path: Path) -> None:
    odd = copy.deepcopy(document)
    odd["components"]["schemas"]["ActiveNumberResponse"]["description"] = "half of a pair: \ud83d"
    with pytest.raises(CodegenError, match=r"active_number\.py: the document has a text that is not Unicode"):
        generate(odd, tmp_path / "package")


def test_a_warning_of_the_generator_is_an_error(
    changed_spec: Changed, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = changed_spec(lambda d: number(d).update(bad={"type": "array"}))
    assert main(["generate", "--spec", str(spec), "--output", str(tmp_path / "package")]) == 1
    assert "array must have items" in capsys.readouterr().err
    assert not (tmp_path / "package").exists()


@pytest.mark.parametrize("text", ["{", "a: [", "- 1", "", "a: 1\na: 2", "openapi: 3.0.3"])
def test_a_file_that_is_not_a_document_is_named_in_the_error(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = tmp_path / "broken.yaml"
    spec.write_text(text, encoding="utf-8")
    assert main(["spec", "--spec", str(spec)]) == 1
    assert "broken.yaml" in capsys.readouterr().err


def test_a_missing_file_is_named_in_the_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["spec", "--overlay", str(tmp_path / "absent.yaml")]) == 1
    assert "absent.yaml" in capsys.readouterr().err


def test_a_rename_that_renames_nothing_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "config.yaml"
    text = CONFIG.read_text(encoding="utf-8")
    config.write_text(text.replace("ActiveNumberRequest:", "GoneAway:"), encoding="utf-8")
    assert main(["generate", "--config", str(config), "--output", str(tmp_path / "package")]) == 1
    assert "GoneAway" in capsys.readouterr().err
