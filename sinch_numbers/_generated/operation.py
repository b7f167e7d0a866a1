"""An operation of the API as data: a row of the table in `operations.py`."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import attrs

from .enums import OpenEnum
from .safety import Safety

__all__ = ["Operation", "Parameter", "ParameterKind"]

ParameterKind: TypeAlias = Literal["string", "integer", "number", "boolean", "time"]


@attrs.frozen(kw_only=True)
class Parameter:
    """A parameter in the path or the query."""

    name: str
    """As it is sent."""
    place: Literal["path", "query"]
    required: bool = False
    many: bool = False
    """Whether it can be repeated."""
    kind: ParameterKind = "string"
    values: type[OpenEnum] | None = None
    """The enum of its values."""


@attrs.frozen(kw_only=True)
class Operation:
    """One operation."""

    name: str
    """Such as `RentNumber`."""
    method: str
    """The HTTP method in upper case."""
    path: str
    """The template, such as `/v1/projects/{projectId}/activeNumbers`."""
    safety: Safety
    deprecated: bool = False
    resource: str | None = None
    """The client's method that offers it, such as `active_numbers.list`. None if only `client.operations` does."""
    parameters: tuple[Parameter, ...] = ()
    body: type[Any] | None = None
    """The model of the request's body."""
    body_required: bool = False
    example: str | None = None
    """The document's example of a response, as JSON. None if a response has no body."""
