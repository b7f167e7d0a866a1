"""Decoding one number, and a page of 1,000, side by side: the SDK, JSON alone, the unmodified output of openapi-python-client.

`python -m benchmarks.decoding` lets all take turns on the same data, several rounds each, and prints medians in microseconds
and the ratio to `json.loads`. Numbers have no nulls, which the unmodified output does not decode.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from typing import Any

from sinch_numbers._generated.api.active_number import get_active_number, list_active_numbers
from sinch_numbers.models import ActiveNumber

from .server import NUMBER, number, page, without_nulls
from .unmodified import number_model


def contestants() -> dict[str, Callable[[], object]]:
    """What is compared for one number."""
    fields: dict[str, Any] = without_nulls(number(NUMBER))
    content = json.dumps(fields, separators=(",", ":")).encode()
    found: dict[str, Callable[[], object]] = {
        "json.loads": lambda: json.loads(content),
        "JSON to ActiveNumber": lambda: get_active_number.parse_response(content),
        "dict to ActiveNumber": lambda: ActiveNumber.from_dict(fields),
    }
    try:
        import orjson
    except ImportError:
        print("left out: orjson")
    else:
        found["orjson.loads"] = lambda: orjson.loads(content)
    try:
        model = number_model()
    except ImportError as error:
        print(f"left out: {error}")
    else:
        found["dict to model, openapi-python-client"] = lambda: model.from_dict(fields)
    return found


def page_contestants() -> dict[str, Callable[[], object]]:
    """What is compared for a page."""
    content = json.dumps(without_nulls(page(0)), separators=(",", ":")).encode()
    return {
        "json.loads": lambda: json.loads(content),
        "JSON to a page": lambda: list_active_numbers.parse_response(content),
    }


def medians(work: dict[str, Callable[[], object]], *, rounds: int, repeat: int) -> dict[str, float]:
    """Microseconds of each."""
    times: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(rounds):
        for name, decode in work.items():
            begin = time.perf_counter()
            for _ in range(repeat):
                decode()
            times[name].append((time.perf_counter() - begin) / repeat * 1e6)
    return {name: statistics.median(each) for name, each in times.items()}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.decoding", description=__doc__)
    parser.add_argument("--rounds", type=int, default=30)
    settings = parser.parse_args()
    for title, work, repeat in [
        ("one number", contestants(), 1_000),
        ("a page of 1,000", page_contestants(), 1),
    ]:
        found = medians(work, rounds=settings.rounds, repeat=repeat)
        print(f"{title:<40}{'microseconds':>14}{'ratio':>8}")
        for name, microseconds in found.items():
            print(f"{name:<40}{microseconds:>14,.1f}{microseconds / found['json.loads']:>7.2f}x")


if __name__ == "__main__":
    main()
