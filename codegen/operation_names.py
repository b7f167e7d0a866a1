"""Gives every operation a name and a tag, of which the generated code makes its names."""

from __future__ import annotations

import re

from openapi_python_client.strings import pascal_case

from .document import Node, operations

__all__ = ["operations_are_named"]

SERVICE = re.compile(r"[A-Za-z0-9]*(Service|Controller|Api|API)[_.]")
"""What generators put before a name: `NumberService_GetActiveNumber` is GetActiveNumber."""
VERBS = {"get": "Get", "head": "Check", "post": "Create", "put": "Replace", "patch": "Update", "delete": "Delete"}  # fmt: skip
PARAMETER = re.compile(r"\{[^{}]*\}")


def operations_are_named(document: Node) -> None:
    """Every operation has an operationId in Pascal case, without the name of a service, and a tag.

    An operation without an operationId is named after its method and path, and one without a tag belongs to the resource
    that its path names.
    """
    for _, path, method, operation in operations(document):
        operation["operationId"] = _name(operation.get("operationId"), path, method)
        if not operation.get("tags"):
            operation["tags"] = [_words(path)[-1] if _words(path) else "api"]


def _name(given: object, path: str, method: str) -> str:
    if given is None:
        return _name_of_path(path, method)
    name = str(given)
    bare = name[match.end() :] if (match := SERVICE.match(name)) else name
    return bare if re.fullmatch("[A-Z][A-Za-z0-9]*", bare) or not bare.isidentifier() else pascal_case(bare)


def _name_of_path(path: str, method: str) -> str:
    """`GET /v1/projects/{projectId}/activeNumbers` is ListActiveNumbers, `POST .../{phoneNumber}:rent` RentAvailableNumber."""
    path, _, verb = path.partition(":")
    nouns = _words(path) or ["root"]
    ends_in_parameter = PARAMETER.fullmatch(path.rpartition("/")[2]) is not None
    noun = nouns[-1]
    if verb:
        return pascal_case(f"{verb} {_singular(noun) if ends_in_parameter else noun}")
    if method == "get" and not ends_in_parameter and _singular(noun) != noun:
        return pascal_case(f"list {noun}")
    return pascal_case(f"{VERBS.get(method, method)} {_singular(noun)}")


def _words(path: str) -> list[str]:
    """The parts of a path that are no parameters, without the version and the project."""
    parts = [part for part in re.split("[/:]", path.partition(":")[0]) if part and not PARAMETER.search(part)]
    return [part for part in parts if not re.fullmatch(r"v[0-9]+[a-z0-9]*|projects", part)]


def _singular(noun: str) -> str:
    if noun.endswith("ies"):
        return f"{noun[:-3]}y"
    if re.search("(ss|x|ch|sh)es$", noun):
        return noun[:-2]
    return noun[:-1] if re.search("[^siu]s$", noun) else noun
