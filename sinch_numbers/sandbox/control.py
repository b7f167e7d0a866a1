"""The control API under `/__sandbox__/`: the methods of a `Sandbox` for other processes and languages."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from ipaddress import ip_address
from typing import Any, cast
from urllib.parse import urlsplit

from .._validation import is_loopback
from .api_errors import envelope
from .backend import Backend
from .calls import Call
from .fault_kinds import KINDS
from .responses import Response, json_response, timestamp

Control = Callable[[Backend, Call], Response]


def check_sender(headers: Mapping[str, str], control_hosts: Collection[str]) -> None:
    """Raises ApiError 403 for a request that a web page may have had a browser send.

    The control API needs no credentials, and a page can reach a server on the machine of its reader: by another origin
    than its own, or by a host name of its own that resolves to this machine (DNS rebinding). An IP address is nobody's
    name.
    """
    host = headers.get("host", "localhost")
    origin = headers.get("origin")
    name = _host_name(host)
    if not (is_loopback(name) or _is_address(name) or name in control_hosts):
        hint = "the option control_hosts (--control-host) allows others"
        raise envelope(403, f"The control API does not respond to the host {name[:80]!r}; {hint}")
    if origin is not None and origin.lower().partition("://")[2] != host.lower():
        raise envelope(403, f"The control API does not respond to pages of {origin[:80]!r}")


def _host_name(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _arguments(call: Call, **known: type | tuple[type, ...]) -> dict[str, Any]:
    """The body's members. Raises ApiError 400 if one is not in `known` or has another type."""
    body = call.json_object() if call.content else {}
    for name, value in body.items():
        if name not in known:
            raise envelope(400, f"unknown member {name[:80]!r}; known members: {', '.join(known) or 'none'}")
        kinds = known[name]
        allowed = kinds if isinstance(kinds, tuple) else (kinds,)
        # In Python, True is an int.
        fits = (
            isinstance(value, allowed)
            if not isinstance(value, bool)
            else not {bool, object}.isdisjoint(allowed)
        )
        if not fits:
            raise envelope(400, f"{name} has the wrong type")
    return body


def _or_bad_request(action: Callable[[], Any]) -> Any:
    """The result of `action`. Raises ApiError 400 if it rejects its arguments."""
    try:
        return action()
    except (TypeError, ValueError, OverflowError, ArithmeticError) as error:
        raise envelope(400, str(error)) from None


def advance(backend: Backend, call: Call) -> Response:
    body = _arguments(call, seconds=(int, float))
    _or_bad_request(lambda: backend.clock.advance(body.get("seconds", 0)))
    return json_response({"time": timestamp(backend.clock.now())})


def list_faults(backend: Backend, call: Call) -> Response:
    return json_response({"faults": [fault.to_dict() for fault in backend.faults]})


def add_fault(backend: Backend, call: Call) -> Response:
    none = type(None)
    body = _arguments(
        call, kind=str, operation=str, phoneNumber=(str, none), times=(int, none), skip=int, probability=(int, float),
        seed=int, status=int, headers=dict, body=object, seconds=(int, float), commit=(bool, none), drop=bool,
        rate=(int, float), kinds=list, operations=list,
    )  # fmt: skip
    body["phone_number"] = body.pop("phoneNumber", None)
    kind, kinds = body.pop("kind", ""), body.get("kinds", [])
    if not all(isinstance(value, str) for value in [*kinds, *body.get("operations", [])]):
        raise envelope(400, "kinds and operations must be lists of strings")
    if any(name in KINDS and KINDS[name].in_process_only for name in (kind, *kinds)):
        raise envelope(400, "a server cannot refuse a connection that is already established")
    if kind == "random":
        if body.pop("phone_number") is not None:
            raise envelope(400, "random faults cannot be limited to a phone number")
        fault = _or_bad_request(lambda: backend.faults.random(**body))
    else:
        fault = _or_bad_request(lambda: backend.faults.add(kind, **body))
    return json_response(fault.to_dict(), status=201)


def clear_faults(backend: Backend, call: Call) -> Response:
    backend.faults.clear()
    return json_response({"faults": []})


def release_faults(backend: Backend, call: Call) -> Response:
    backend.faults.release()
    return list_faults(backend, call)


def list_charges(backend: Backend, call: Call) -> Response:
    project_id = call.parameter("projectId")
    charges = [charge.to_dict() for charge in backend.charges if project_id in ("", charge.project_id)]
    return json_response({"charges": charges})


def list_numbers(backend: Backend, call: Call) -> Response:
    return json_response({"activeNumbers": backend.active_numbers(call.parameter("projectId") or None)})


def seed_numbers(backend: Backend, call: Call) -> Response:
    body = _arguments(call, count=int, numbers=list, projectId=str, regionCode=str, type=str)
    return _seed(backend.seed_active, body)


def seed_offers(backend: Backend, call: Call) -> Response:
    body: dict[str, Any] = {"numbers": [], **_arguments(call, numbers=list, regionCode=str, type=str)}
    return _seed(backend.seed_offers, body)


def _seed(seed: Callable[..., list[str]], body: dict[str, Any]) -> Response:
    names = {"projectId": "project_id", "regionCode": "region_code", "type": "number_type"}
    arguments = {names.get(name, name): value for name, value in body.items()}
    return json_response({"phoneNumbers": _or_bad_request(lambda: seed(**arguments))}, status=201)


def list_requests(backend: Backend, call: Call) -> Response:
    requests = [request.to_dict() for request in backend.requests]
    return json_response({"requests": requests, "tokensIssued": backend.tokens_issued})


def list_callbacks(backend: Backend, call: Call) -> Response:
    return json_response({"callbacks": [sent.to_dict() for sent in backend.callbacks]})


def misbehave(backend: Backend, call: Call) -> Response:
    none = type(None)
    body = _arguments(
        call, late=(int, float), repeat=int, reorder=bool, wrongSignature=bool, times=(int, none)
    )
    if "wrongSignature" in body:
        body["wrong_signature"] = body.pop("wrongSignature")
    _or_bad_request(lambda: backend.callbacks.misbehave(**body))
    return json_response({}, status=201)


def behave(backend: Backend, call: Call) -> Response:
    backend.callbacks.behave()
    return json_response({})


def revoke_tokens(backend: Backend, call: Call) -> Response:
    body = _arguments(call, form=int)
    _or_bad_request(lambda: backend.revoke_tokens(**body))
    return json_response({})


def fail_provisioning(backend: Backend, call: Call) -> Response:
    none = type(None)
    body = _arguments(call, phoneNumber=(str, none), what=str, errorCodes=(list, none), times=(int, none))
    if not all(isinstance(code, str) for code in cast("list[object]", body.get("errorCodes") or [])):
        raise envelope(400, "errorCodes must be a list of strings")
    names = {"phoneNumber": "phone_number", "errorCodes": "error_codes"}
    arguments = {names.get(name, name): value for name, value in body.items()}
    _or_bad_request(lambda: backend.fail_provisioning(**arguments))
    return json_response({}, status=201)


def change_options(backend: Backend, call: Call) -> Response:
    _or_bad_request(lambda: backend.options.update(call.json_object()))
    return json_response({})


def reset(backend: Backend, call: Call) -> Response:
    body = _arguments(call, seed=int)
    backend.reset(**body)
    return json_response({"seed": backend.seed})


CONTROL: Mapping[str, Mapping[str, Control]] = {
    f"/__sandbox__/{path}": methods
    for path, methods in {
        "advance": {"POST": advance},
        "faults": {"GET": list_faults, "POST": add_fault, "DELETE": clear_faults},
        "faults:release": {"POST": release_faults},
        "charges": {"GET": list_charges},
        "numbers": {"GET": list_numbers, "POST": seed_numbers},
        "offers": {"POST": seed_offers},
        "requests": {"GET": list_requests},
        "callbacks": {"GET": list_callbacks, "POST": misbehave, "DELETE": behave},
        "tokens:revoke": {"POST": revoke_tokens},
        "provisioning:fail": {"POST": fail_provisioning},
        "options": {"PATCH": change_options},
        "reset": {"POST": reset},
    }.items()
}
"""The handlers of the control API, by path and method."""
