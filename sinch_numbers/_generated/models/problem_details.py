from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import attrs

from .. import decoding as _wire
from .. import values as _values
from ..types import OnDrift


@attrs.frozen(kw_only=True)
class ProblemDetails:
    """The body of an error as RFC 9457 describes it."""

    type: str | None = None
    """A URI that names the kind of problem."""

    title: str | None = None
    """The kind of problem, in words."""

    status: int | None = None
    """The HTTP status."""

    detail: str | None = None
    """What went wrong this time."""

    instance: str | None = None
    """A URI that names this occurrence."""

    additional_properties: dict[str, Any] = attrs.field(factory=dict[str, Any], repr=_values.masked)
    """What else the object held: fields that the document does not know, and values that do not fit their field."""

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any], on_drift: OnDrift | None = None) -> Self:
        """The object in `src_dict`. A value that does not fit is kept in `additional_properties`, and `on_drift` hears of it."""
        _rest = dict(src_dict)
        _pop = _rest.pop
        type = _pop("type", None)
        if type is not None and type.__class__ is not str:
            type = _wire.value(_rest, "ProblemDetails", "type", type, _values.to_str, on_drift)
        title = _pop("title", None)
        if title is not None and title.__class__ is not str:
            title = _wire.value(_rest, "ProblemDetails", "title", title, _values.to_str, on_drift)
        status = _pop("status", None)
        if status is not None and status.__class__ is not int:
            status = _wire.value(_rest, "ProblemDetails", "status", status, _values.to_int, on_drift)
        detail = _pop("detail", None)
        if detail is not None and detail.__class__ is not str:
            detail = _wire.value(_rest, "ProblemDetails", "detail", detail, _values.to_str, on_drift)
        instance = _pop("instance", None)
        if instance is not None and instance.__class__ is not str:
            instance = _wire.value(_rest, "ProblemDetails", "instance", instance, _values.to_str, on_drift)
        return cls(
            type=type,
            title=title,
            status=status,
            detail=detail,
            instance=instance,
            additional_properties=_rest,
        )

    def to_dict(self) -> dict[str, Any]:
        """The object as JSON values, with all that it was made of; what is None is left out."""
        _result: dict[str, Any] = {}
        if self.type is not None:
            _result["type"] = self.type
        if self.title is not None:
            _result["title"] = self.title
        if self.status is not None:
            _result["status"] = self.status
        if self.detail is not None:
            _result["detail"] = self.detail
        if self.instance is not None:
            _result["instance"] = self.instance
        for _key, _value in self.additional_properties.items():
            _result.setdefault(_key, _value)
        return _result

    def to_request(self) -> dict[str, Any]:
        """The object as it is sent: without what is the API's own to set."""
        return self.to_dict()
