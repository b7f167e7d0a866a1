"""A web service with one client for all of its requests. With the environment's credentials:

    uvicorn --factory examples.web_app:create_app

The client lives as long as the application: it keeps its connections and its token, and closing it waits for purchases
that have begun, also those whose HTTP request has gone away meanwhile.
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
    """What the lifespan hands to every request."""

    numbers: NumbersClient


async def buy(request: Request) -> Response:
    """`POST /numbers/SE/MOBILE`: rents one, and answers with it."""
    client: NumbersClient = request.state.numbers
    number = await client.available_numbers.rent_first(
        region_code=request.path_params["region"], number_type=request.path_params["type"]
    )
    return JSONResponse({"phoneNumber": number.phone_number}, status_code=201)


async def show(request: Request) -> Response:
    """`GET /numbers/+46701740615`."""
    client: NumbersClient = request.state.numbers
    number = await client.active_numbers.get(request.path_params["phone_number"])
    return JSONResponse({"phoneNumber": number.phone_number, "name": number.display_name})


async def failed(_: Request, error: Exception) -> Response:
    """One place decides what the service's own callers hear."""
    match error:
        case ConfigurationError():
            status = 422
        case NoOfferError():
            status = 404
        case APIStatusError(status_code=404 | 429 as status):
            pass
        case OutcomeUnknownError():
            status = 500  # not to be tried again before somebody has looked
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
