"""The fields of errors as JSON: task queues keep the `args` of an exception as JSON, and rebuild it from them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from enum import Enum
from operator import methodcaller
from typing import Any, NamedTuple, cast

import attrs

from .attempts import Attempt, Sent
from .models import ActiveNumber


@attrs.frozen
class FieldViolation:
    """A field of a request that the API refused, and why."""

    field: str
    description: str


@attrs.frozen(kw_only=True)
class ListingFailure:
    """One listing of `list_all` that could not be read to its end.

    `list(region_code=..., number_type=..., cursor=...)` goes on with it. `error` is None in an error that was rebuilt from
    JSON.
    """

    region_code: str | None
    number_type: str | None
    cursor: str | None
    message: str
    error: Exception | None = attrs.field(default=None, repr=False)


def _failures(listed: list[dict[str, Any]]) -> tuple[ListingFailure, ...]:
    return tuple(ListingFailure(**fields) for fields in listed)


def _failures_to_json(failures: Iterable[ListingFailure]) -> list[dict[str, Any]]:
    return [
        {
            "region_code": each.region_code,
            "number_type": None if each.number_type is None else str(each.number_type),
            "cursor": each.cursor,
            "message": each.message,
        }
        for each in failures
    ]


def _attempts(listed: list[dict[str, Any]]) -> tuple[Attempt, ...]:
    found: list[Attempt] = []
    for fields in listed:
        fields["sent"] = Sent(fields["sent"])
        found.append(Attempt(**fields))
    return tuple(found)


def _violations(listed: list[dict[str, str]]) -> tuple[FieldViolation, ...]:
    return tuple(FieldViolation(**fields) for fields in listed)


def _listed(values: Iterable[Any]) -> list[dict[str, Any]]:
    return [attrs.asdict(value, value_serializer=_plain) for value in values]


def _plain(_instance: Any, _attribute: Any, value: Any) -> Any:
    return str(value) if isinstance(value, Enum) else value


class _Form(NamedTuple):
    to_json: Callable[[Any], Any]
    from_json: Callable[[Any], Any]


_DECIMAL = _Form(str, Decimal)
_TUPLE = _Form(list, tuple)
_FORMS: Mapping[str, _Form] = {
    "attempts": _Form(_listed, _attempts),
    "body": _Form(methodcaller("decode", "utf-8", "replace"), methodcaller("encode")),
    "charged": _DECIMAL,
    "details": _TUPLE,
    "error_codes": _TUPLE,
    "failures": _Form(_failures_to_json, _failures),
    "field_violations": _Form(_listed, _violations),
    "headers": _Form(dict, dict),
    "number": _Form(methodcaller("to_dict"), ActiveNumber.from_dict),
    "offered": _DECIMAL,
    "pending": _TUPLE,
    "price": _DECIMAL,
    "remaining": _DECIMAL,
    "sent": _Form(str, Sent),
    "since": _Form(datetime.isoformat, datetime.fromisoformat),
}


def to_json(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of an error as JSON values, without what others have added to it unless that is plain."""
    found: dict[str, Any] = {}
    for name, value in fields.items():
        if name in _FORMS and value is not None:
            found[name] = _FORMS[name].to_json(value)
        elif value is None or isinstance(value, bool | int | float | str):
            found[name] = value
    return found


def from_json(saved: object) -> dict[str, Any]:
    """The fields that `to_json` made `saved` of. A value that cannot be read is left out."""
    found: dict[str, Any] = {}
    for name, value in cast("Mapping[str, Any]", saved).items() if isinstance(saved, Mapping) else ():
        try:
            found[name] = value if name not in _FORMS or value is None else _FORMS[name].from_json(value)
        except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError):
            continue
    return found
