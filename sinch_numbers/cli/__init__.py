"""The command `sinch-numbers`: the operations of the client for people on a terminal, and for programs in a pipe.

    sinch-numbers search --region US --type LOCAL
    sinch-numbers rent +12025550134 --max-price 5

It needs the extra `cli`. The modules, from the top down; each imports only modules below it:

    __main__          `python -m sinch_numbers.cli`
    app               all commands; running one, and its exit status
    numbers           regions, search, list, get, update, release, wait
    rent              rent
    callbacks         callbacks get, rotate and listen
    ledger            ledger list and resume
    doctor            doctor: what is wrong with this machine's way to the API
    server            sandbox
    purchases         what a Ctrl-C leaves open; outcomes; asking before money is spent
    prices            what a purchase would cost, and whether that is too much
    options           options that several commands have
    session           a client with the key of the environment
    output            tables for people; lines, CSV and JSON for programs
    exits             Exit: the exit statuses
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.util import find_spec

_USAGE = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command, by default that of the command line. Returns its exit status."""
    missing = [name for name in ("cyclopts", "rich") if find_spec(name) is None]
    if missing:
        print(
            f"sinch-numbers: the command line needs {' and '.join(missing)}: pip install 'sinch-numbers[cli]'",
            file=sys.stderr,
        )
        return _USAGE
    from .app import run

    return run(sys.argv[1:] if arguments is None else arguments)
