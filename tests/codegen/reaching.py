"""What the documents of several tests share."""

from __future__ import annotations

from collections.abc import Iterable

from codegen.document import Node


def reach(document: Node, names: Iterable[str]) -> None:
    """Adds an operation that returns an object with these schemas: what nothing reaches is not generated."""
    known = document["components"]["schemas"]
    properties = {
        f"p{index}": {"$ref": f"#/components/schemas/{name}"}
        for index, name in enumerate(names)
        if name in known
    }
    schema = {"type": "object", "properties": properties}
    response = {"description": "x", "content": {"application/json": {"schema": schema}}}
    document["paths"]["/everything"] = {
        "get": {"operationId": "GetEverything", "responses": {"200": response}}
    }
