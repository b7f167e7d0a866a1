"""Changes of the document, for tests: what a later version of it may bring, and what the generated code makes of it."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias

from codegen.document import Node

from .reaching import reach

Change: TypeAlias = Callable[[Node], object]
Row: TypeAlias = "tuple[str, Change, Callable[[Generated], object], object]"
"""A name, a change, what the generated code makes of it, and what it should make."""

SCHEMAS = "#/components/schemas"
ID: Node = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
STRING: Node = {"type": "string"}
STRINGS: Node = {"type": "array", "items": STRING}
LEAF: Node = {"type": "object", "properties": {"a": {"type": "string"}}}
UNION: Node = {"oneOf": [{"$ref": f"{SCHEMAS}/Leaf"}], "discriminator": {"propertyName": "kind"}}
X = "#/paths/~1x~1{id}/post"


def ref(name: str, kind: str = "schemas") -> Node:
    return {"$ref": f"#/components/{kind}/{name}"}


def json_of(schema: Any) -> Node:
    return {"content": {"application/json": {"schema": schema}}}


def answer(schema: Any) -> Node:
    return {"description": "x", **json_of(schema)}


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
        document["components"]["schemas"].update(own)
        reach(document, own)

    return change


def prop(own: Any) -> Change:
    """Adds a schema `Odd` with one property `p`."""
    return schema(Leaf=LEAF, Odd={"type": "object", "properties": {"p": own}})


def part(kind: str, **own: Any) -> Change:
    """Adds these components."""
    return lambda document: document["components"].setdefault(kind, {}).update(own)


def version(number: str, *changes: Change) -> Change:
    """Makes the document one of this version of OpenAPI."""
    return both(lambda document: document.update(openapi=number), *changes)


def both(*changes: Change) -> Change:
    def change(document: Node) -> None:
        for one in changes:
            one(document)

    return change


VARIANTS: Node = {
    "A": {"type": "object", "properties": {"kind": STRING, "a": STRING}},
    "B": {"type": "object", "properties": {"kind": STRING, "b": STRING}},
}
CHOICE: Node = {"oneOf": [ref("A"), ref("B")], "discriminator": {"propertyName": "kind"}}
NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


class Generated:
    """A package that was generated, and what its code does."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.models: Any = importlib.import_module(f"{name}.models")

    def module(self, path: str) -> Any:
        return importlib.import_module(f"{self.name}.{path}")

    def operation(self, name: str) -> Any:
        """The module of an operation, whatever its tag; or that of `tag.name`."""
        folder = Path(self.models.__file__).parents[1] / "api"
        (found,) = folder.glob(f"{name.replace('.', '/') if '.' in name else f'*/{name}'}.py")
        return self.module(f"api.{found.parent.name}.{found.stem}")

    def request(self, name: str = "x", **arguments: Any) -> Any:
        return self.operation(name).build_request(**{"id": "1", **arguments})

    def query(self, **arguments: Any) -> str:
        found: str = self.request(**arguments).query
        return found

    def response(self, content: bytes) -> Any:
        return self.operation("x").parse_response(content)

    def decoded(self, body: Node, name: str = "Odd") -> Any:
        """What the model, or the union, makes of the body. It writes the same body back."""
        found = getattr(self.models, name, None)
        decode = getattr(found, "from_dict", None)
        if decode is None:
            decode = getattr(self.module(f"models.{name.lower()}"), f"decode_{name.lower()}")
        made = decode(body)
        assert made.to_dict() == body
        return made

    def p(self, value: Any) -> Any:
        """The property `p` of an `Odd` whose body has this value."""
        if value is None:  # Absent and null are the same.
            return self.models.Odd.from_dict({"p": None}).p
        return self.decoded({"p": value}).p
