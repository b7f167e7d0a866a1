"""`sinch-numbers sandbox`."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter

from .exits import Exit, Stop

# Its options are those of `python -m sinch_numbers.sandbox`, also --help.
sandbox: App = App(
    name="sandbox", help="Serve a local Numbers API, or show the demo.", help_flags=[], version_flags=[]
)


@sandbox.default
def serve(*arguments: Annotated[str, Parameter(allow_leading_hyphen=True)]) -> int:
    """Serve a local Numbers API, or show the demo: the options are those of `python -m sinch_numbers.sandbox`."""
    try:
        from ..sandbox.__main__ import main
    except ModuleNotFoundError as missing:
        raise Stop(str(missing), Exit.USAGE) from None
    return main(arguments)
