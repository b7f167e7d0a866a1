"""Operations that the sandbox does not know by hand: a valid request is answered with the document's own example."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, cast

from .._generated.model import Model
from .._generated.operation import Operation, Parameter
from .._generated.types import Drift
from .api_errors import ApiError, invalid_field, not_a_value
from .calls import Call

_FORMS = {
    "string": r"[\s\S]*",
    "integer": r"[+-]?[0-9]{1,18}",
    "number": r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?([eE][+-]?[0-9]{1,3})?",
    "boolean": "true|false",
    "time": r"[\s\S]*",
}


def example_of(operation: Operation, call: Call) -> dict[str, Any]:
    """The example of the operation's response; empty if it has no body. Raises ApiError 400, 415 for an invalid request."""
    for parameter in operation.parameters:
        _check_parameter(parameter, call)
    if operation.body is not None and (operation.body_required or call.content.strip()):
        drifts: list[Drift] = []
        body = operation.body.from_dict(call.json_object(), drifts.append)
        for drift in drifts:
            raise _refusal(drift)
        for name in _missing(body):
            raise invalid_field(_snake(name), f"{_snake(name)} is required")
    found: dict[str, Any] = json.loads(operation.example) if operation.example is not None else {}
    if "nextPageToken" in found:
        found["nextPageToken"] = ""  # the last page: a listing of the same page would never end
    return found


def _check_parameter(parameter: Parameter, call: Call) -> None:
    given = [*_values(parameter, call)]
    field = _snake(parameter.name)
    if parameter.required and not any(given):
        raise invalid_field(field, f"{field} is required")
    if len(given) > 1 and not parameter.many:
        raise invalid_field(field, f"{field} is given more than once")
    for value in given:
        if not re.fullmatch(_FORMS[parameter.kind], value, re.ASCII):
            raise not_a_value(parameter.name, value)
        if parameter.kind == "time":
            _check_time(parameter.name, value)
        if parameter.values is not None and not parameter.values(value).is_known:
            raise not_a_value(parameter.name, value)


def _values(parameter: Parameter, call: Call) -> Iterator[str]:
    if parameter.place == "query":
        yield from call.parameters.get(parameter.name, [])
    else:
        yield call.path_parameters.get(re.sub(r"\W", "_", parameter.name), "")


def _check_time(name: str, value: str) -> None:
    try:
        datetime.fromisoformat(value)
    except ValueError:
        raise not_a_value(name, value) from None


def _missing(value: object) -> Iterator[str]:
    """What the document requires of a request, and the decoder, which is tolerant, did without."""
    if isinstance(value, tuple):
        for item in cast("tuple[object, ...]", value):
            yield from _missing(item)
    elif isinstance(value, Model):
        for field in value._fields():
            found: object = getattr(value, field.name)
            if field.required and found is None:
                yield field.json
            yield from _missing(found)


def _refusal(drift: Drift) -> ApiError:
    """The 400 for a difference between the body of a request and the document."""
    field = _snake(drift.field)
    if drift.problem == "missing":
        return invalid_field(field, f"{field} is required")
    if drift.problem == "wrong type":
        return invalid_field(field, f"{field} cannot be {drift.found}")
    return not_a_value(drift.field, drift.found.strip("'"))


def _snake(name: str) -> str:
    """The name as the API's errors write it."""
    return re.sub("([A-Z])", lambda match: f"_{match[1].lower()}", name)
