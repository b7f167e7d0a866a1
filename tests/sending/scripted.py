"""A transport that follows a script, call by call."""

from __future__ import annotations

from collections.abc import Callable

from sinch_numbers import HttpRequest, HttpResponse, MockTransport

from ..support import ANSWER_BODY


def scripted(*script: Callable[[HttpRequest], HttpResponse]) -> MockTransport:
    """A transport that calls each function of the script once, in order."""
    left = list(script)
    return MockTransport(lambda request: left.pop(0)(request))


def fine(_: HttpRequest) -> HttpResponse:
    """A 200 that every operation accepts."""
    return HttpResponse(content=ANSWER_BODY)
