"""The Numbers API in a box: stateful, deterministic, on a virtual clock, and able to fail on demand.

sandbox = Sandbox()
async with sandbox.client() as client: ...        # in process
async with sandbox.serve() as url: ...            # on a socket; or: python -m sinch_numbers.sandbox
"""

from __future__ import annotations

from importlib.util import find_spec

if find_spec("starlette") is None:
    raise ModuleNotFoundError(
        "the sandbox needs starlette and uvicorn: pip install 'sinch-numbers[sandbox]'", name="starlette"
    )

from .billing import Charge
from .box import Sandbox
from .calls import ReceivedRequest
from .clock import RealtimeClock, VirtualClock
from .fault_kinds import KINDS, FaultKind
from .faults import Faults
from .options import SandboxOptions
from .scripted_fault import Fault
from .transport import SandboxTransport

__all__ = [
    "KINDS",
    "Charge",
    "Fault",
    "FaultKind",
    "Faults",
    "RealtimeClock",
    "ReceivedRequest",
    "Sandbox",
    "SandboxOptions",
    "SandboxTransport",
    "VirtualClock",
]
