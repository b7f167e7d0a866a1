"""A transport that does what it is told, call by call."""

from __future__ import annotations

from collections.abc import Callable

from sinch_numbers import HttpRequest, HttpResponse, MockTransport


def scripted(*script: Callable[[HttpRequest], HttpResponse]) -> MockTransport:
    """A transport that does what it is told, once each."""
    left = list(script)
    return MockTransport(lambda request: left.pop(0)(request))


def fine(_: HttpRequest) -> HttpResponse:
    """A success that says nothing."""
    return HttpResponse(content=b"{}")
