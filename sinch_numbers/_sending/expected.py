"""Parsers that also check what came back: the number that was asked for, or a list.

A proxy may answer 200 with a message of its own, and a mixed-up connection with the response to another request. The
decoder is tolerant, so it would make an empty number or an empty list of them. Odd values inside an object stay tolerated.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeAlias, TypeVar

from .._generated.types import DecodeError, OnDrift, json_object

T = TypeVar("T")

Decode: TypeAlias = Callable[[Mapping[str, Any], OnDrift | None], T]
"""`from_dict` of a model."""
Parse: TypeAlias = Callable[[bytes, OnDrift | None], T]
"""Decodes a body. Raises DecodeError if it is not a JSON object, and UnexpectedResponse if it is another one than expected."""


class UnexpectedResponse(DecodeError):
    """A JSON object, but not the one that was asked for. The text says what is wrong, and may quote the response."""


def expect_number(decode: Decode[T], phone_number: str) -> Parse[T]:
    """Parses a response that must be about `phone_number`."""

    def check(document: Mapping[str, Any]) -> None:
        found = document.get("phoneNumber")
        if found != phone_number:
            got = found if isinstance(found, str) and found else "no phone number"
            raise UnexpectedResponse(f"expected {phone_number}, got {got}")

    return _checked(check, decode)


def expect_list(decode: Decode[T], name: str) -> Parse[T]:
    """Parses a response whose member `name` must be a list. A null is an empty list."""

    def check(document: Mapping[str, Any]) -> None:
        if name not in document or not isinstance(document[name], list | None):
            raise UnexpectedResponse(f"expected the list {name}, got an object without it")

    return _checked(check, decode)


def expect_one_of(decode: Decode[T], names: Collection[str], what: str) -> Parse[T]:
    """Parses a response that must have one of the members `names`, as `what` was asked for has."""

    def check(document: Mapping[str, Any]) -> None:
        if not any(name in document for name in names):
            raise UnexpectedResponse(f"expected {what}, got another object")

    return _checked(check, decode)


def expect_configuration(decode: Decode[T], project_id: str) -> Parse[T]:
    """Parses a callback configuration, which must be that of the project."""

    def check(document: Mapping[str, Any]) -> None:
        found = document.get("projectId")
        if found != project_id and (found is not None or "hmacSecret" not in document):
            got = found if isinstance(found, str) and found else "no project"
            raise UnexpectedResponse(f"expected the configuration of {project_id}, got {got}")

    return _checked(check, decode)


def _checked(check: Callable[[Mapping[str, Any]], None], decode: Decode[T]) -> Parse[T]:
    def parse(content: bytes, on_drift: OnDrift | None) -> T:
        document = json_object(content)
        check(document)
        return decode(document, on_drift)

    return parse
