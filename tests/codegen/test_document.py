"""The vendored document is untouched, and the corrected one is what OpenAPI 3.0 says it should be."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from jsonschema import Draft4Validator  # type: ignore[import-untyped]
from openapi_spec_validator import validate

from codegen.document import Node, load, operations, references
from codegen.paths import ADDITIONS, OVERLAY, SPEC
from sinch_numbers._generated import models

pytestmark = pytest.mark.slow

VENDORED = "97a50dc479107fce6a3b5b8ff5bee365283b37cce3aefbbb6bb3d6714e0de24d"


def test_the_vendored_document_is_the_one_that_was_published() -> None:
    lines = SPEC.read_text(encoding="utf-8").split("\n")
    assert hashlib.sha256("\n".join(line.lstrip() for line in lines).encode()).hexdigest() == VENDORED


def test_the_corrected_document_is_valid(document: Node) -> None:
    assert document["openapi"] == "3.0.3"
    validate(document)


def plain(part: Any) -> Any:
    """A part of the document with `nullable` as plain JSON Schema says it."""
    if isinstance(part, dict):
        result: Node = {key: plain(value) for key, value in cast(Node, part).items()}
        if result.pop("nullable", False) is True and isinstance(result.get("type"), str):
            result["type"] = [result["type"], "null"]
        return result
    return [plain(item) for item in cast("list[object]", part)] if isinstance(part, list) else part


def examples(document: Node, part: Any, place: str) -> Iterator[tuple[str, Node, Any]]:
    """Every example with its schema."""
    if isinstance(part, list):
        for index, item in enumerate(cast("list[object]", part)):
            yield from examples(document, item, f"{place}[{index}]")
    if not isinstance(part, dict):
        return
    node = cast(Node, part)
    schema = node["schema"] if isinstance(node.get("schema"), dict) else node
    for name, example in cast(Node, node.get("examples", {})).items():
        if "$ref" in example:
            example = document["components"]["examples"][example["$ref"].rsplit("/", 1)[-1]]
        if schema is not node:
            yield f"{place}.examples.{name}", schema, example["value"]
    if "example" in node and not place.endswith(".properties"):
        yield f"{place}.example", schema, node["example"]
    for key, value in node.items():
        if key not in ("example", "examples"):
            yield from examples(document, value, f"{place}.{key}")


def test_every_example_is_valid(document: Node) -> None:
    ready = plain(document)
    problems: list[str] = []
    count = 0
    for place, schema, value in examples(ready, ready, "$"):
        count += 1
        validator: Any = Draft4Validator({**schema, "components": ready["components"]})
        problems += [f"{place}: {error.message}" for error in validator.iter_errors(value)]
    assert problems == []
    assert count >= 40


@pytest.mark.parametrize("missing", ["401", "403", "429", "default", "400", "404", "500"])
def test_every_operation_declares_its_errors(document: Node, missing: str) -> None:
    assert [
        place for place, _, _, operation in operations(document) if missing not in operation["responses"]
    ] == []


def test_every_component_is_used(document: Node) -> None:
    used = set(references(document))
    components = document["components"]
    kinds = [kind for kind in components if kind != "securitySchemes"]
    unused = [f"#/components/{kind}/{name}" for kind in kinds for name in components[kind]]
    assert [reference for reference in unused if reference not in used] == []


def test_no_reference_has_siblings(document: Node) -> None:
    def siblings(part: Any, place: str) -> Iterator[str]:
        if isinstance(part, dict):
            node = cast(Node, part)
            if isinstance(node.get("$ref"), str) and len(node) > 1:
                yield place
            for key, value in node.items():
                yield from siblings(value, f"{place}.{key}")
        elif isinstance(part, list):
            for index, item in enumerate(cast("list[object]", part)):
                yield from siblings(item, f"{place}[{index}]")

    assert list(siblings(document, "$")) == []


@pytest.mark.parametrize("overlay", [OVERLAY, ADDITIONS], ids=["overlay", "additions"])
def test_every_action_of_an_overlay_says_what_is_wrong_and_how_it_was_found(overlay: Path) -> None:
    for action in load(overlay)["actions"]:
        what, _, how = action["description"].rpartition("Found ")
        assert len(what.split()) >= 3, action["target"]
        assert len(how.split()) >= 2, action["target"]


VOICE: list[tuple[Any, bool]] = [
    ({}, True),
    ({"type": "RTC", "appId": ""}, True),
    ({"type": "EST", "appId": "", "trunkId": "t", "serviceId": ""}, True),
    ({"type": "FAX", "lastUpdatedTime": None, "scheduledVoiceProvisioning": None}, True),
    ({"type": "RTC", "scheduledVoiceProvisioning": {"type": "FAX", "status": "WAITING"}}, True),
    (None, True),
    ({"type": "XXX"}, False),
    ("RTC", False),
]


@pytest.mark.parametrize(("value", "valid"), VOICE)
def test_a_voice_configuration_matches_exactly_one_variant(
    document: Node, value: object, valid: bool
) -> None:
    ready = plain(document)
    schema = {"$ref": "#/components/schemas/VoiceConfiguration", "components": ready["components"]}
    validator: Any = Draft4Validator(schema)
    assert validator.is_valid(value) is valid


BODIES = Path(__file__).parents[1] / "generated" / "bodies"
SCHEMAS = {"ActiveNumber": "ActiveNumberResponse", "NumberEvent": "CallbackPayload"}
BEYOND = re.compile("wrong-types|unknown-voice|unknown-scheduled|no-string|no-object|old-currency")
"""Bodies that no document foresees."""


@pytest.mark.parametrize(
    "path", sorted(BODIES.glob("*/*.json")), ids=lambda path: f"{path.parent.name}/{path.stem}"
)
def test_known_bodies_of_the_api_are_valid_unless_the_document_cannot_foresee_them(
    document: Node, path: Path
) -> None:
    ready = plain(document)
    name = SCHEMAS.get(path.parent.name, path.parent.name)
    validator: Any = Draft4Validator(
        {"$ref": f"#/components/schemas/{name}", "components": ready["components"]}
    )
    problems = [
        error.message for error in validator.iter_errors(json.loads(path.read_text(encoding="utf-8")))
    ]
    assert problems == [] or BEYOND.search(path.stem)


REQUESTS: list[tuple[str, Any]] = [
    ("RentNumberRequest", models.RentNumberRequest()),
    (
        "RentNumberRequest",
        models.RentNumberRequest(voice_configuration=models.VoiceConfigurationRTC(app_id="a")),
    ),
    (
        "RentNumberRequest",
        models.RentNumberRequest(voice_configuration=models.VoiceConfigurationEST(trunk_id="t")),
    ),
    (
        "RentAnyNumberRequest",
        models.RentAnyNumberRequest(
            region_code="US",
            type="LOCAL",
            capabilities=["SMS"],
            number_pattern=models.NumberPattern(pattern="+1206", search_pattern=models.SearchPattern.START),
            sms_configuration=models.SmsConfiguration(service_plan_id="p", campaign_id="c"),
            voice_configuration=models.VoiceConfigurationFAX(service_id="s"),
            callback_url="https://example.com",
        ),
    ),
    (
        "ActiveNumberRequest",
        models.UpdateActiveNumberRequest(
            display_name="", sms_configuration=models.SmsConfiguration(service_plan_id="", campaign_id="")
        ),
    ),
    ("CallbackConfigurationUpdate", models.UpdateCallbackConfigurationRequest(hmac_secret="s")),
]


@pytest.mark.parametrize(("name", "body"), REQUESTS)
def test_the_bodies_that_the_package_sends_are_valid(document: Node, name: str, body: Any) -> None:
    ready = plain(document)
    validator: Any = Draft4Validator(
        {"$ref": f"#/components/schemas/{name}", "components": ready["components"]}
    )
    assert [error.message for error in validator.iter_errors(body.to_request())] == []
