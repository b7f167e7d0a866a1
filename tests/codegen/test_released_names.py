"""Names that were released stay, as deprecated aliases, when upstream gives others."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from codegen.document import Node

from .changing import Change, Generated

pytestmark = pytest.mark.slow

RENT = "/v1/projects/{projectId}/availableNumbers/{phoneNumber}:rent"


def renamed(**names: str) -> Change:
    """Gives schemas other names, and every reference to them."""

    def change(document: Node) -> None:
        schemas = document["components"]["schemas"]
        document["components"]["schemas"] = {names.get(name, name): own for name, own in schemas.items()}
        text = json.dumps(document)
        for old, new in names.items():
            text = text.replace(f'#/components/schemas/{old}"', f'#/components/schemas/{new}"')
        document.clear()
        document.update(json.loads(text))

    return change


def test_a_class_has_its_old_name_too(generated: Callable[[Change], Generated]) -> None:
    found = generated(renamed(AvailableRegion="Region"))
    assert found.models.AvailableRegion is found.models.Region
    assert found.models.AvailableRegion.from_dict({"regionCode": "US"}).region_code == "US"
    assert found.module("models.available_region").AvailableRegion is found.models.Region
    assert {"AvailableRegion", "Region"} <= set(found.models.__all__)


def test_classes_that_contain_each_other_have_their_old_names_too(
    generated: Callable[[Change], Generated],
) -> None:
    found = generated(renamed(ListAvailableRegionsResponse="Regions", AvailableRegion="Region"))
    assert found.models.ListAvailableRegionsResponse is found.models.Regions
    assert found.models.AvailableRegion is found.models.Region


def test_a_union_has_its_old_names_too(generated: Callable[[Change], Generated]) -> None:
    found: Any = generated(renamed(VoiceConfiguration="Voice"))
    assert found.models.UnknownVoiceConfiguration is found.models.UnknownVoice
    assert (
        found.module("models.voice_configuration").decode_voice_configuration({"type": "NEW"}).type == "NEW"
    )


def test_an_operation_has_its_old_module_and_method_too(generated: Callable[[Change], Generated]) -> None:
    def change(document: Node) -> None:
        document["paths"][RENT]["post"].update(operationId="OrderNumber", tags=["Orders"])

    found = generated(change)
    arguments = {"project_id": "p", "phone_number": "+1", "body": found.models.RentNumberRequest()}
    request = found.operation("available_number.rent_number").build_request(**arguments)
    assert request == found.operation("orders.order_number").build_request(**arguments)
    assert request.operation == "OrderNumber"


def test_a_class_that_is_only_gone_has_no_alias(generated: Callable[[Change], Generated]) -> None:
    def change(document: Node) -> None:
        document["components"]["schemas"]["ListAvailableRegionsResponse"]["properties"].clear()

    assert not hasattr(generated(change).models, "AvailableRegion")


def test_a_class_that_is_another_released_one_now_has_no_alias(
    generated: Callable[[Change], Generated],
) -> None:
    def change(document: Node) -> None:
        properties = document["components"]["schemas"]["ListAvailableRegionsResponse"]["properties"]
        properties["availableRegions"]["items"] = {"$ref": "#/components/schemas/AvailableNumber"}

    assert not hasattr(generated(change).models, "AvailableRegion")
