"""The commands, running one, and its exit status."""

from __future__ import annotations

import asyncio
import inspect
import io
import sys
from collections.abc import Sequence

from cyclopts import App, CycloptsError

from .. import __version__
from ..errors import NumbersError
from . import callbacks, doctor, ledger, numbers, rent, server
from .exits import Exit, Stop, status_of
from .output import discard_stdout, note

app: App = App(
    name="sinch-numbers",
    help="Search for phone numbers of the Sinch Numbers API, rent, configure, list and release them.",
    help_epilogue="The project and its key are in SINCH_PROJECT_ID, SINCH_KEY_ID and SINCH_KEY_SECRET.",
    version=__version__,
    help_format="plaintext",
)
for _command in (
    numbers.search,
    numbers.list_,
    numbers.get,
    rent.rent,
    numbers.update,
    numbers.release,
    numbers.wait,
    numbers.regions,
):
    app.command(_command, name=_command.__name__.rstrip("_"))
for _group in (callbacks.callbacks, ledger.ledger, server.sandbox):
    app.command(_group)
app.command(doctor.doctor)
app.register_install_completion_command()  # pyright: ignore[reportUnknownMemberType]


def run(arguments: Sequence[str]) -> int:
    """Runs the command that the arguments name. Returns its exit status."""
    # A name that the terminal cannot show is shown with escapes.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        return _run(arguments)
    except CycloptsError as error:
        note(f"sinch-numbers: {str(error).rstrip('.')}; --help shows what can be given")
        return Exit.USAGE
    except Stop as stop:
        note(f"sinch-numbers: {stop}")
        return stop.status
    except NumbersError as error:
        note(f"sinch-numbers: {error}")
        return status_of(error)
    except KeyboardInterrupt:
        note("sinch-numbers: interrupted")
        return Exit.INTERRUPTED
    except BrokenPipeError:
        discard_stdout()
        return Exit.READER_GONE
    except OSError as error:
        discard_stdout()
        note(f"sinch-numbers: {error.strerror or type(error).__name__}")
        return Exit.FAILED


def _run(arguments: Sequence[str]) -> int:
    command, bound, _ = app.parse_args(arguments, exit_on_error=False, print_error=False)
    result = command(*bound.args, **bound.kwargs)
    if inspect.iscoroutine(result):
        result = asyncio.run(result)
    return result if isinstance(result, int) else Exit.DONE
