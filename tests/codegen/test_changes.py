"""What is skipped with a reason, and schemas that are right in the generated code, which is type-checked."""

from __future__ import annotations

import copy
import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from codegen.compare import differences
from codegen.document import Node
from codegen.errors import CodegenError
from codegen.generate import build, generate
from codegen.paths import CONFIG
from codegen.skip import skipped

from .changing import LEAF, SCHEMAS, X, operation, schema

GET = "#/paths/~1v1~1projects~1{projectId}~1activeNumbers/get"

pytestmark = pytest.mark.slow


def config(folder: Path, skip: object) -> Path:
    """The settings with these places skipped."""
    path = folder / "config.yaml"
    path.write_text(
        CONFIG.read_text(encoding="utf-8").replace("skip: {}", f"skip: {json.dumps(skip)}"), encoding="utf-8"
    )
    return path


def test_an_operation_that_is_skipped_with_a_reason_leaves_the_rest(document: Node, tmp_path: Path) -> None:
    changed = copy.deepcopy(document)
    operation(requestBody={"content": {"multipart/form-data": {"schema": LEAF}}})(changed)
    settings = config(tmp_path, {X: "Uploads are not needed."})
    build(changed, tmp_path / "package", settings)
    assert not list(tmp_path.rglob("x.py"))
    build(document, tmp_path / "same")
    changed_files = [
        line for line in differences(tmp_path / "package", tmp_path / "same") if line[:3] == "+++"
    ]
    assert changed_files == ["+++ expected/spec.py\n"]  # the hash of the document


@pytest.mark.parametrize(
    ("skip", "problem"),
    [
        ({"#/paths/~1nowhere/get": "Gone."}, "the document has no #/paths/~1nowhere/get"),
        ({f"{GET}/parameters/0": "In a list."}, "the document has no"),
        ({GET: ""}, "has no reason"),
        ({GET: None}, "has no reason"),
        ({"ListActiveNumbers": "By its name."}, "is not a JSON pointer"),
        (["#/paths"], "must be an object"),
    ],
)
def test_a_skip_without_a_place_or_a_reason_is_refused(
    skip: object, problem: str, document: Node, tmp_path: Path
) -> None:
    with pytest.raises(CodegenError, match=problem):
        build(document, tmp_path / "package", config(tmp_path, skip))


def test_a_schema_that_is_skipped_but_used_is_refused_by_the_place_of_its_use(
    document: Node, tmp_path: Path
) -> None:
    settings = config(tmp_path, {f"{SCHEMAS}/ActiveNumberResponse": "Not needed."})
    with pytest.raises(CodegenError, match="does not exist"):
        build(document, tmp_path / "package", settings)


def test_what_is_skipped_is_listed_in_the_documents() -> None:
    text = (CONFIG.parent.parent / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert [place for place in skipped(CONFIG) if place not in text] == []


ODD_NAMES = ["one\u200b", "two\u2028x", 'three"\\{x}', "four\n", "fünf", "six\U0001f600"]
KINDS: Node = {
    "A": {
        "type": "object",
        "properties": {"kind": {"type": "string"}, "a": {"type": "integer", "enum": [1, 2]}},
    },
    "B": {"type": "object", "properties": {"kind": {"type": "string"}, "b": {"type": "string"}}},
    "Partly": {
        "oneOf": [{"$ref": f"{SCHEMAS}/A"}, {"$ref": f"{SCHEMAS}/B"}],
        "discriminator": {"propertyName": "kind", "mapping": {"first": f"{SCHEMAS}/A"}},
    },
    "C": {"type": "object", "properties": {"kind": {"type": "string"}, "c": {"type": "string"}}},
    "AnyOf": {"anyOf": [{"$ref": f"{SCHEMAS}/C"}], "discriminator": {"propertyName": "kind"}},
    "Stricter": {"allOf": [{"$ref": f"{SCHEMAS}/B"}], "required": ["b"]},
    "OddNames": {"type": "object", "properties": {name: {"type": "string"} for name in ODD_NAMES}},
    "Shadows": {
        "type": "object",
        "properties": {
            name: {"type": "string", "format": "date-time"}
            for name in ("datetime", "decimal", "attrs", "values", "kinds")
        },
    },
}


@pytest.fixture(scope="module")
def models(document: Node, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The models of the document with these schemas. `generate` type-checks them too."""
    changed = copy.deepcopy(document)
    schema(**KINDS)(changed)
    operation(
        operationId="UseStricter",
        requestBody={
            "content": {"application/json; charset=utf-8": {"schema": {"$ref": f"{SCHEMAS}/Stricter"}}}
        },
    )(changed)
    folder = tmp_path_factory.mktemp("changes")
    generate(changed, folder / "changed_package")
    sys.path.insert(0, str(folder))
    yield importlib.import_module("changed_package.models")
    sys.path.remove(str(folder))
    for name in [name for name in sys.modules if name.startswith("changed_package")]:
        del sys.modules[name]


def test_a_variant_that_the_mapping_does_not_name_is_named_by_its_schema(models: Any) -> None:
    decode = importlib.import_module("changed_package.models.partly").decode_partly
    assert decode({"kind": "first", "a": 1}) == models.A(kind="first", a=1)
    assert decode({"kind": "B", "b": "x"}) == models.B(kind="B", b="x")
    assert type(decode({"kind": "A"})) is models.UnknownPartly


def test_an_any_of_with_a_discriminator_is_a_union(models: Any) -> None:
    decode = importlib.import_module("changed_package.models.any_of").decode_any_of
    assert decode({"kind": "C", "c": "x"}) == models.C(kind="C", c="x")


def test_what_is_required_beside_an_all_of_is_required(models: Any) -> None:
    with pytest.raises(TypeError, match="'b'"):
        models.Stricter()


def test_a_name_is_read_and_written_to_the_last_character(models: Any) -> None:
    raw = {name: name for name in ODD_NAMES}
    odd = models.OddNames.from_dict(raw)
    assert (odd.one, odd.fünf, odd.additional_properties) == (ODD_NAMES[0], "fünf", {})
    assert odd.to_dict() == raw


def test_an_enum_of_numbers_is_a_number_whose_docstring_names_them(models: Any) -> None:
    assert models.A.from_dict({"a": 3}).a == 3
    assert "One of 1, 2." in Path(
        importlib.import_module("changed_package.models.a").__file__ or ""
    ).read_text("utf-8")


def test_a_property_may_have_the_name_of_a_module_that_the_code_uses(models: Any) -> None:
    raw = dict.fromkeys(("datetime", "decimal", "attrs", "values", "kinds"), "2024-06-06T12:30:15Z")
    assert models.Shadows.from_dict(raw).to_dict() == raw
    assert models.Shadows.from_dict(raw).datetime_ == models.Shadows.from_dict(raw).values
