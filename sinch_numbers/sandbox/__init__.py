"""A local Numbers API: stateful, deterministic, on a virtual clock, with faults on demand.

    sandbox = Sandbox()
    async with sandbox.client() as client: ...        # in process
    async with sandbox.serve() as url: ...            # on a socket; or: python -m sinch_numbers.sandbox
    with served_sandbox() as url: ...                 # on a socket, in a thread, with the environment set

The modules, from the top down; each imports only modules below it:

    __main__          the command `python -m sinch_numbers.sandbox`
    demo              what its option --demo shows: a tour of the SDK
    served            served_sandbox: on a socket, in a thread of its own
    box               Sandbox: a backend, in process or served
    serve             on a socket: uvicorn's protocol, whose connections a fault can cut
    transport         in process: SandboxTransport
    app               the ASGI application: routes, bodies, the log of requests
    control           the control API under /__sandbox__/
    page              what a browser shows at /
    backend           the API without HTTP: state, clock, options, faults; reset
    dispatch          one call: credentials, then a fault or the operation
    faults            Faults: the script of faults
    fault_kinds       KINDS: what each kind of fault does to a call
    scripted_fault    Fault: which calls it strikes, and how often
    connections       what a fault can do to a connection
    token_server      access tokens, Basic credentials, the forms of a 401
    operations        the operations of the document
    documented        those that are answered with the document's example
    emergency_addresses  checks of emergency addresses, and how well one matches
    validation        checks of queries and bodies
    state             projects and their numbers: rent, release, expire
    billing           charges, credit, months
    callbacks         signed callbacks: sending them, and what came back
    provisioner       WAITING, IN_PROGRESS, and then done or FAILED
    listing           pages of active numbers, page tokens
    seeds             numbers of a test's own: active ones and offers
    rented_numbers    a rented number, its SMS and voice configuration
    number_search     searching the catalog
    catalog           regions, number ranges, prices
    calls             Call, ReceivedRequest
    api_errors        the bodies of errors
    responses         Response, JSON, the formats of times and money
    options           SandboxOptions
    clock             VirtualClock
"""

from __future__ import annotations

from importlib.util import find_spec

if find_spec("starlette") is None:
    raise ModuleNotFoundError(
        "the sandbox needs starlette and uvicorn: pip install 'sinch-numbers[sandbox]'", name="starlette"
    )

from .billing import Charge
from .box import Sandbox
from .callbacks import SentCallback
from .calls import ReceivedRequest
from .clock import VirtualClock
from .fault_kinds import KINDS, FaultKind
from .faults import Faults
from .options import SandboxOptions
from .scripted_fault import Fault
from .served import served_sandbox
from .transport import SandboxTransport

__all__ = [
    "KINDS",
    "Charge",
    "Fault",
    "FaultKind",
    "Faults",
    "ReceivedRequest",
    "Sandbox",
    "SandboxOptions",
    "SandboxTransport",
    "SentCallback",
    "VirtualClock",
    "served_sandbox",
]
