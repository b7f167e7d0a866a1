"""A web service with one client for all requests. With credentials in the environment:

    uvicorn --factory examples.web_app:create_app

The client lives as long as the application, so it reuses its connections and its token. Closing it waits for purchases
that have begun, even those whose HTTP request was cancelled.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import TypedDict

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sinch_numbers import (
    APIConnectionError,
    APIStatusError,
    ConfigurationError,
    NoOfferError,
    NumbersClient,
    NumbersError,
    OutcomeUnknownError,
)


class State(TypedDict):
    """The state that every request gets."""

    numbers: NumbersClient


async def buy(request: Request) -> Response:
    """`POST /numbers/SE/MOBILE` rents a number and returns it."""
    client: NumbersClient = request.state.numbers
    number = await client.available_numbers.rent_first(
        region_code=request.path_params["region"], number_type=request.path_params["type"]
    )
    return JSONResponse({"phoneNumber": number.phone_number}, status_code=201)


async def show(request: Request) -> Response:
    """`GET /numbers/+46701740615` returns a number of the project."""
    client: NumbersClient = request.state.numbers
    number = await client.active_numbers.get(request.path_params["phone_number"])
    return JSONResponse({"phoneNumber": number.phone_number, "name": number.display_name})


async def failed(_: Request, error: Exception) -> Response:
    """Turns every error of the SDK into a response of the web service."""
    match error:
        case ConfigurationError():
            status = 422
        case NoOfferError():
            status = 404
        case APIStatusError(status_code=404 | 429 as status):
            pass
        case OutcomeUnknownError():
            status = 500  # not 503: nobody should retry before looking in active_numbers
        case APIStatusError() | APIConnectionError():
            status = 502
        case _:
            status = 500
    return JSONResponse({"error": type(error).__name__, "message": str(error)}, status_code=status)


def create_app(connect: Callable[[], NumbersClient] = NumbersClient.from_env) -> Starlette:
    """The application. A test passes `sandbox.client` as `connect`."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncGenerator[State]:
        async with connect() as client:
            yield {"numbers": client}

    return Starlette(
        routes=[
            Route("/numbers/{region}/{type}", buy, methods=["POST"]),
            Route("/numbers/{phone_number}", show),
        ],
        exception_handlers={NumbersError: failed},
        lifespan=lifespan,
    )
