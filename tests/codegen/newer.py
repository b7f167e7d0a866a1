"""A later version of the document, made by hand: what upstream may publish next, all at once."""

from __future__ import annotations

import json
from typing import Any

from codegen.document import Node

from .changing import answer, json_of, ref

ORDERS = "/v1/projects/{projectId}/portingOrders"
ORDER = f"{ORDERS}/{{orderId}}"
DOCUMENTS = "#/paths/~1v1~1projects~1{projectId}~1portingOrders~1{orderId}~1documents/post"
ACTIVE = "/v1/projects/{projectId}/activeNumbers"
PROJECT: Node = {"name": "projectId", "in": "path", "required": True, "schema": {"type": "string"}}
ID: Node = {"name": "orderId", "in": "path", "required": True, "schema": {"type": "string"}}


def operation(name: str, response: Any, **own: Any) -> Node:
    return {
        "operationId": f"PortingOrderService_{name}",
        "tags": ["Porting Orders"],
        "responses": {"200": answer(response)},
        **own,
    }


def add_orders(document: Node) -> None:
    """A new resource with five operations, and schemas with an enum and a list."""
    document["components"]["schemas"] |= {
        "PortingOrder": {
            "type": "object",
            "description": "An order of numbers.",
            "properties": {
                "orderId": {"type": "string"},
                "state": {"type": "string", "x-enumDescriptions": {"OPEN": "Not done.", "DONE": "Done."}},
                "phoneNumbers": {"type": "array", "items": {"type": "string"}},
                "price": ref("money"),
            },
        },
        "ListPortingOrdersResponse": {
            "type": "object",
            "properties": {
                "portingOrders": {"type": "array", "items": ref("PortingOrder")},
                "nextPageToken": {"type": "string"},
            },
        },
    }
    query = [
        {"name": "pageSize", "in": "query", "schema": {"type": "integer"}},
        {"name": "pageToken", "in": "query", "schema": {"type": "string"}},
    ]
    body = {**json_of(ref("PortingOrder")), "required": True}
    document["paths"][ORDERS] = {
        "parameters": [PROJECT],
        "get": operation("ListPortingOrders", ref("ListPortingOrdersResponse"), parameters=query),
        "post": operation("CreatePortingOrder", ref("PortingOrder"), requestBody=body),
    }
    document["paths"][ORDER] = {
        "parameters": [PROJECT, ID],
        "get": operation("GetPortingOrder", ref("PortingOrder")),
        "patch": operation("UpdatePortingOrder", ref("PortingOrder"), requestBody=body),
        "delete": operation("CancelPortingOrder", ref("PortingOrder")),
    }


def add_values(document: Node) -> None:
    """New values of enums, and a new property."""
    schemas = document["components"]["schemas"]
    schemas["NumberType"]["x-enumDescriptions"]["SHORT_CODE"] = "Numbers with few digits."
    schemas["NumberCapability"]["x-enumDescriptions"]["MMS"] = "The MMS product can use the number."
    schemas["ActiveNumberResponse"]["properties"]["label"] = {"type": "string", "description": "A label."}


def additive(document: Node) -> Node:
    """The document with nothing but new things in it."""
    document = json.loads(json.dumps(document))
    document["info"]["version"] = "1.1"
    add_orders(document)
    add_values(document)
    return document


def newer(document: Node) -> Node:
    """The document with a dozen changes: new, renamed, mended, removed and not supported."""
    document = additive(document)
    document["info"]["version"] = "2.0"
    document["info"]["contact"]["url"] = "https://www.sinch.com"  # what the overlay corrects
    upload = operation("Upload", ref("PortingOrder"))
    upload["requestBody"] = {"content": {"multipart/form-data": {"schema": {"type": "object"}}}}
    document["paths"][f"{ORDER}/documents"] = {"parameters": [PROJECT, ID], "post": upload}
    schemas = document["components"]["schemas"]
    schemas["Region"] = schemas.pop("AvailableRegion")
    del schemas["capabilities"]
    schemas["NumberPattern"]["description"] = "A pattern of digits."
    for name in ("OrderEvent", "TransferEvent"):
        properties = {"kind": {"type": "string"}, f"{name[:5].lower()}Id": {"type": "string"}}
        schemas[name] = {"type": "object", "properties": properties}
    events = {"oneOf": [ref("OrderEvent"), ref("TransferEvent")], "discriminator": {"propertyName": "kind"}}
    schemas["WebhookEvent"] = events
    webhook = {"requestBody": json_of(ref("WebhookEvent")), "responses": {"200": {"description": "Taken."}}}
    document["x-webhooks"]["OrderCallback"] = {"post": webhook}
    filters = document["paths"][ACTIVE]["parameters"]
    for name, kind in (("regionCode", {"type": "string"}), ("type", ref("NumberType"))):
        filters.remove(ref(name, "parameters"))
        filters.append({"name": name, "in": "query", "required": False, "schema": kind})
    text = json.dumps(document).replace("#/components/schemas/AvailableRegion", "#/components/schemas/Region")
    found: Node = json.loads(text)
    return found
