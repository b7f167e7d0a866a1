"""Changes of the document: each is right in the generated code, or refused with the JSON pointer of its place."""

from __future__ import annotations

import copy
import importlib
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from codegen.compare import differences
from codegen.document import Node
from codegen.errors import CodegenError
from codegen.generate import build, generate
from codegen.paths import CONFIG
from codegen.skip import skipped

from .reaching import reach

pytestmark = pytest.mark.slow

LIST = "/v1/projects/{projectId}/activeNumbers"
GET = "#/paths/~1v1~1projects~1{projectId}~1activeNumbers/get"
SCHEMAS = "#/components/schemas"
Change = Callable[[Node], object]


def schemas(document: Node) -> Node:
    found: Node = document["components"]["schemas"]
    return found


ID: Node = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}


def operation(**own: Any) -> Change:
    """Adds an operation with these properties."""

    def change(document: Node) -> None:
        document["paths"]["/x/{id}"] = {
            "post": {
                "operationId": "X",
                "parameters": [ID],
                "responses": {"200": {"description": "x"}},
                **own,
            }
        }

    return change


def parameter(where: str = "query", **own: Any) -> Change:
    """Adds an operation with this parameter, as its first."""
    if where == "path":
        return operation(parameters=[{**ID, **own}])
    return operation(parameters=[{"name": "p", "in": where, **own}, ID])


def schema(**own: Any) -> Change:
    """Adds these schemas, and an operation that returns them."""

    def change(document: Node) -> None:
        schemas(document).update(own)
        reach(document, own)

    return change


STRINGS = {"type": "array", "items": {"type": "string"}}
LEAF: Node = {"type": "object", "properties": {"a": {"type": "string"}}}
UNION: Node = {"oneOf": [{"$ref": f"{SCHEMAS}/Leaf"}], "discriminator": {"propertyName": "kind"}}
X = "#/paths/~1x~1{id}/post"

REFUSED: list[tuple[str, Change, str]] = [
    ("explode false", parameter(schema=STRINGS, explode=False), f"{X}/parameters/0/explode"),
    ("pipeDelimited", parameter(schema=STRINGS, style="pipeDelimited"), f"{X}/parameters/0/style"),
    ("spaceDelimited", parameter(schema=STRINGS, style="spaceDelimited"), f"{X}/parameters/0/style"),
    ("deepObject", parameter(schema=LEAF, style="deepObject"), f"{X}/parameters/0/style"),
    ("object in a query", parameter(schema=LEAF), f"{X}/parameters/0/schema"),
    ("content", parameter(content={"application/json": {"schema": LEAF}}), f"{X}/parameters/0/content"),
    ("list in a path", parameter("path", schema=STRINGS), f"{X}/parameters/0/schema"),
    ("time in a path", parameter("path", schema={"type": "string", "format": "date-time"}), f"{X}/parameters/0/schema"),
    ("date in a path", parameter("path", schema={"type": "string", "format": "date"}), f"{X}/parameters/0/schema"),
    ("matrix", parameter("path", schema={"type": "string"}, style="matrix"), f"{X}/parameters/0/style"),
    ("cookie", parameter("cookie", schema={"type": "string"}), X),
    ("parameter named body", parameter(name="body", schema={"type": "string"}), f"{X}/parameters"),
    ("parameter named query_string", parameter(name="queryString", schema={"type": "string"}), f"{X}/parameters"),
    (
        "merge patch",
        operation(requestBody={"content": {"application/merge-patch+json": {"schema": LEAF}}}),
        f"{X}/requestBody/content/application~1merge-patch+json",
    ),
    (
        "another JSON type",
        operation(requestBody={"content": {"application/vnd.x+json": {"schema": LEAF}}}),
        f"{X}/requestBody/content/application~1vnd.x+json",
    ),
    (
        "multipart beside JSON",
        operation(
            requestBody={"content": {"application/json": {"schema": LEAF}, "multipart/form-data": {"schema": LEAF}}}
        ),
        f"{X}/requestBody/content/multipart~1form-data",
    ),
    ("own security", operation(security=[]), f"{X}/security"),
    (
        "api key",
        lambda d: d["components"]["securitySchemes"].update(Key={"type": "apiKey", "in": "header", "name": "k"}),
        "#/components/securitySchemes/Key",
    ),
    ("another server", lambda d: d.update(servers=[{"url": "https://eu.example.com"}]), "#/servers/0/url"),
    ("prefix", lambda d: d["servers"][0].update(url="https://numbers.api.sinch.com/v2"), "#/servers/0/url"),
    (
        "oneOf in allOf",
        schema(Leaf=LEAF, Odd={"allOf": [LEAF, {"oneOf": [{"$ref": f"{SCHEMAS}/Leaf"}, STRINGS]}]}),
        f"{SCHEMAS}/Odd/allOf/1",
    ),
    (
        "a named union in allOf",
        schema(Leaf=LEAF, Union=UNION, Odd={"allOf": [{"$ref": f"{SCHEMAS}/Union"}, LEAF]}),
        f"{SCHEMAS}/Odd/allOf/0",
    ),
    (
        "union of unions",
        schema(Leaf=LEAF, Union=UNION, Odd={**UNION, "oneOf": [{"$ref": f"{SCHEMAS}/Union"}]}),
        f"{SCHEMAS}/Odd/oneOf/0",
    ),
    (
        "a mapping to no variant",
        schema(
            Leaf=LEAF,
            Other=LEAF,
            Odd={**UNION, "discriminator": {"propertyName": "kind", "mapping": {"o": f"{SCHEMAS}/Other"}}},
        ),
        f"{SCHEMAS}/Odd/discriminator/mapping/o",
    ),
    (
        "a base schema with a discriminator",
        schema(
            Base={**LEAF, "discriminator": {"propertyName": "a"}},
            Child={"allOf": [{"$ref": f"{SCHEMAS}/Base"}, LEAF]},
        ),
        f"{SCHEMAS}/Base/discriminator",
    ),
    (
        "a map of models",
        schema(Leaf=LEAF, Odd={"type": "object", "additionalProperties": {"$ref": f"{SCHEMAS}/Leaf"}}),
        f"{SCHEMAS}/Odd/additionalProperties",
    ),
    (
        "an enum value with a control character",
        schema(Odd={"type": "string", "enum": ["a\u200b"]}),
        f"{SCHEMAS}/Odd/enum",
    ),
    *[(f"a schema named {name}", schema(**{name: LEAF}), f"the class '{name}'") for name in ("Request", "Any", "Mapping")],
    (
        "two properties with one name",
        schema(Odd={"type": "object", "properties": {"class": {"type": "string"}, "class_": {"type": "string"}}}),
        "Odd",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("change", "place"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_would_be_lost_is_refused_by_its_place(
    change: Change, place: str, document: Node, tmp_path: Path
) -> None:
    changed = copy.deepcopy(document)
    change(changed)
    with pytest.raises(CodegenError) as caught:
        build(changed, tmp_path / "package")
    assert place in str(caught.value)


def test_all_that_is_not_supported_is_named_at_once(document: Node, tmp_path: Path) -> None:
    changed = copy.deepcopy(document)
    parameter(schema=STRINGS, explode=False)(changed)
    schema(Leaf=LEAF, Odd={"type": "object", "additionalProperties": {"$ref": f"{SCHEMAS}/Leaf"}})(changed)
    with pytest.raises(CodegenError) as caught:
        build(changed, tmp_path / "package")
    assert f"{X}/parameters/0/explode: " in str(caught.value)
    assert f"{SCHEMAS}/Odd/additionalProperties: " in str(caught.value)


# --- What is skipped. -----------------------------------------------------------------------------------------------


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


# --- What is right. -------------------------------------------------------------------------------------------------


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
