"""How safe it is to retry an operation: by its method, unless `x-safety` says otherwise."""

from __future__ import annotations

from .document import Node
from .errors import CodegenError
from .pointers import Pointer

__all__ = ["safety_of"]

SAFETIES = ("read", "idempotent", "once", "billable")
BY_METHOD = {"get": "read", "head": "read", "put": "idempotent", "delete": "idempotent"}
"""What HTTP promises (RFC 9110, 9.2). Any other method may have another effect if it is performed twice."""


def safety_of(method: str, operation: Node, place: Pointer) -> str:
    """`read`, `idempotent`, `once` or `billable`. Raises CodegenError for any other `x-safety`."""
    safety = operation.get("x-safety", BY_METHOD.get(method, "once"))
    if safety not in SAFETIES:
        raise CodegenError(f"{place / 'x-safety'}: must be one of {', '.join(SAFETIES)}, not {safety!r}")
    return str(safety)
