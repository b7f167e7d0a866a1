"""`client.request`: requests that the API's document does not describe, below the path of the client's project only."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias, cast
from urllib.parse import unquote

from .._generated.operation import Operation
from .._generated.operations import OPERATIONS
from .._generated.types import Request, json_body, path_segment, query_string
from .._redaction import Options
from ..errors import ConfigurationError
from ..retry import Safety

QueryValue: TypeAlias = str | int | float | bool | datetime | None
"""A value of a query. None is left out."""

_BY_METHOD = {
    "GET": Safety.READ,
    "HEAD": Safety.READ,
    "PUT": Safety.IDEMPOTENT,
    "DELETE": Safety.IDEMPOTENT,
    "POST": Safety.ONCE,
    "PATCH": Safety.ONCE,
}
_SEGMENT = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})+")
"""The characters of a path's segment (RFC 3986, 3.3)."""


def build_request(project_id: str, method: str, path: str, content: Options) -> Request:
    """The request with the `query` and `body` in `content`.

    Raises ConfigurationError for a method or path that is not allowed, and ValueError or TypeError for other values.
    """
    if not isinstance(method, str) or method not in _BY_METHOD:
        raise ConfigurationError(f"method must be one of {', '.join(_BY_METHOD)}, not {method!r}")
    _check_path(path)
    has_body = content["body"] is not None
    if has_body and _BY_METHOD[method] is Safety.READ:
        raise ConfigurationError(f"a {method} request has no body")
    row = _documented(method, path)
    return Request(
        operation=f"{method} {path}" if row is None else row.name,
        method=method,
        path=f"/v1/projects/{path_segment(project_id)}{path}",
        query=query_string(*_pairs(content["query"] or {})),
        body=json_body(_object(content["body"])) if has_body else None,
    )


def safety_of(request: Request, safety: Safety | str | None) -> Safety:
    """The safety that the user chose; by default that of the documented operation, or of the method.

    An operation that the document has as billable is billable, whatever the user says.
    """
    row = OPERATIONS.get(request.operation)
    if row is not None and row.safety is Safety.BILLABLE:
        return Safety.BILLABLE
    if safety is None:
        return _BY_METHOD[request.method] if row is None else row.safety
    try:
        return Safety(safety)
    except ValueError:
        raise ConfigurationError(f"safety must be one of {', '.join(Safety)}, not {safety!r}") from None


def _check_path(path: str) -> None:
    """Raises ConfigurationError for a path that could lead, however a server reads it, out of the project's path."""
    if not isinstance(path, str) or not path.startswith("/"):
        raise ConfigurationError(
            f"path must begin with a slash, below the project, such as '/activeNumbers', not {path!r}"
        )
    segments = path[1:].split("/")
    if re.fullmatch("v[0-9].*", segments[0]) and segments[1:2] == ["projects"]:
        raise ConfigurationError(f"path begins below the project: '/activeNumbers', not {path!r}")
    for segment in segments:
        plain = _decoded(segment)
        # What stands after a semicolon is a parameter of the segment for some servers.
        name = plain.partition(";")[0].strip()
        is_safe = not re.search(r"[/\\\ufffd]", plain) and plain.isprintable() and name not in ("", ".", "..")
        if not _SEGMENT.fullmatch(segment) or not is_safe:
            raise ConfigurationError(
                f"path cannot contain {segment!r}: use percent-encoded segments, neither empty nor '.' nor '..', and pass "
                "a query as query="
            )


def _decoded(segment: str) -> str:
    """The segment as a server might read it that decodes more than once, or takes one character for another."""
    while (decoded := unquote(segment)) != segment:
        segment = decoded
    return unicodedata.normalize("NFKC", segment)


def _documented(method: str, path: str) -> Operation | None:
    """The documented operation that this request performs, if there is one."""
    plain = "/".join(_decoded(segment).partition(";")[0].strip() for segment in path.split("/"))
    found = [row for row in OPERATIONS.values() if row.method == method and _matches(row.path, plain)]
    # A template that ends in a parameter matches what another describes better.
    return max(found, key=lambda row: len(re.sub(r"\{[^{}]*\}", "", row.path)), default=None)


def _matches(template: str, path: str) -> bool:
    _, _, below = template.partition("{projectId}")
    pattern = "[^/]+".join(re.escape(part) for part in re.split(r"\{[^{}]*\}", below))
    return re.fullmatch(pattern, path, re.IGNORECASE) is not None


def _pairs(query: Mapping[str, object]) -> list[tuple[str, object]]:
    if not isinstance(query, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ConfigurationError(f"query must be a mapping, not {type(query).__name__}")
    for name, value in query.items():
        values = cast("Sequence[object]", value) if isinstance(value, list | tuple) else (value,)
        for item in values:
            if not isinstance(name, str) or not isinstance(item, str | int | float | datetime | None):
                raise ConfigurationError(
                    f"query[{name!r}] must be a string, a number, a boolean, a time, or a list of them, not "
                    f"{type(item).__name__}"
                )
    return [*query.items()]


def _object(body: object) -> Mapping[str, Any]:
    if isinstance(body, Mapping):
        return dict(cast("Mapping[str, Any]", body))
    kind = type(body).__name__
    del body  # tracebacks show the locals of a frame
    raise ConfigurationError(f"body must be a mapping, not {kind}")
