"""Operations get good names, tags and safeties by rule, whatever the document calls them."""

from __future__ import annotations

import pytest

from codegen.document import Node
from codegen.errors import CodegenError
from codegen.operation_names import operations_are_named
from codegen.pointers import ROOT
from codegen.safety import safety_of

PROJECT = "/v1/projects/{projectId}"


def named(path: str, method: str, **operation: object) -> Node:
    """The operation after the rule."""
    document: Node = {"paths": {path: {method: operation}}}
    operations_are_named(document)
    found: Node = document["paths"][path][method]
    return found


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("NumberService_GetActiveNumber", "GetActiveNumber"),
        ("ImportedNumberService_EventsCallback", "EventsCallback"),
        ("Service_Get", "Get"),
        ("NumbersApi.listThings", "ListThings"),
        ("OrdersController_place", "Place"),
        ("GetCallbackConfiguration", "GetCallbackConfiguration"),
        ("List10DLCCampaigns", "List10DLCCampaigns"),
        ("getActiveNumber", "GetActiveNumber"),
        ("get_active_number", "GetActiveNumber"),
        ("GetServiceStatus", "GetServiceStatus"),
        ("what is this", "what is this"),
    ],
)
def test_an_operation_id_loses_its_service_and_becomes_pascal_case(given: str, name: str) -> None:
    assert named("/x", "get", operationId=given)["operationId"] == name


@pytest.mark.parametrize(
    ("method", "path", "name"),
    [
        ("get", "/activeNumbers", "ListActiveNumbers"),
        ("get", "/activeNumbers/{phoneNumber}", "GetActiveNumber"),
        ("post", "/numberOrders", "CreateNumberOrder"),
        ("put", "/numberOrders/{id}", "ReplaceNumberOrder"),
        ("patch", "/numberOrders/{id}", "UpdateNumberOrder"),
        ("delete", "/numberOrders/{id}", "DeleteNumberOrder"),
        ("head", "/numberOrders/{id}", "CheckNumberOrder"),
        ("options", "/numberOrders/{id}", "OptionsNumberOrder"),
        ("get", "/callbackConfiguration", "GetCallbackConfiguration"),
        ("post", "/availableNumbers/{phoneNumber}:rent", "RentAvailableNumber"),
        ("post", "/availableNumbers:rentAny", "RentAnyAvailableNumbers"),
        ("post", "/activeNumbers/{phoneNumber}/emergencyAddress:validate", "ValidateEmergencyAddress"),
        ("get", "/activeNumbers/{phoneNumber}/addresses", "ListAddresses"),
        ("get", "/activeNumbers/{phoneNumber}/addresses/{id}", "GetAddress"),
        ("get", "/countries/{code}", "GetCountry"),
        ("get", "/status", "GetStatus"),
    ],
)
def test_an_operation_without_an_id_is_named_after_its_method_and_path(
    method: str, path: str, name: str
) -> None:
    assert named(PROJECT + path, method)["operationId"] == name


@pytest.mark.parametrize(
    ("path", "tag"),
    [
        (f"{PROJECT}/activeNumbers/{{phoneNumber}}/emergencyAddress:validate", "emergencyAddress"),
        (f"{PROJECT}/numberOrders/{{id}}", "numberOrders"),
        ("/v1beta/regions", "regions"),
        (PROJECT, "api"),
        ("/", "api"),
    ],
)
def test_an_operation_without_a_tag_belongs_to_the_resource_of_its_path(path: str, tag: str) -> None:
    assert named(path, "get", tags=[])["tags"] == [tag]


def test_a_tag_is_kept() -> None:
    assert named("/x", "get", tags=["Numbers Callbacks", "Other"])["tags"] == ["Numbers Callbacks", "Other"]


@pytest.mark.parametrize(
    ("method", "safety"),
    [
        ("get", "read"),
        ("head", "read"),
        ("put", "idempotent"),
        ("delete", "idempotent"),
        ("post", "once"),
        ("patch", "once"),
        ("options", "once"),
    ],
)
def test_the_safety_of_an_operation_is_that_of_its_method(method: str, safety: str) -> None:
    assert safety_of(method, {}, ROOT) == safety
    assert safety_of(method, {"x-safety": "billable"}, ROOT) == "billable"


@pytest.mark.parametrize("safety", ["never", "READ", None, 5, True])
def test_a_safety_that_does_not_exist_is_refused_by_its_place(safety: object) -> None:
    with pytest.raises(CodegenError, match="#/paths/~1x/get/x-safety: must be one of read, idempotent, once"):
        safety_of("get", {"x-safety": safety}, ROOT / "paths" / "/x" / "get")
