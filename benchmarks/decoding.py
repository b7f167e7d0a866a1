"""Decoding a page of 1,000 numbers: against `json.loads` alone, and with frozen against mutable models, side by side.

`python -m benchmarks.decoding` lets the three take turns on the same bytes, several rounds each; it prints the median of
each in milliseconds and the ratio to `json.loads`. The mutable models are the generated ones, written to a folder of their
own with another decorator: all else is the same.
"""

from __future__ import annotations

import argparse
import importlib
import json
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import sinch_numbers
from sinch_numbers._generated.api.active_number import list_active_numbers

FROZEN = "@attrs.frozen"
MUTABLE = "@attrs.define"
NUMBER: dict[str, object] = {
    "phoneNumber": "+12025550134",
    "projectId": "51bc3f40-f266-4ca8-8938-a1ed0ff32b9a",
    "displayName": "",
    "regionCode": "US",
    "type": "LOCAL",
    "capability": ["SMS", "VOICE"],
    "money": {"currencyCode": "EUR", "amount": "0.80"},
    "paymentIntervalMonths": 1,
    "nextChargeDate": "2024-06-06T14:42:42.022227Z",
    "expireAt": None,
    "callbackUrl": "",
    "smsConfiguration": {
        "servicePlanId": "",
        "campaignId": "",
        "scheduledProvisioning": {
            "servicePlanId": "plan",
            "campaignId": "",
            "status": "WAITING",
            "lastUpdatedTime": "2024-06-06T14:42:42.596223Z",
            "errorCodes": [],
        },
    },
    "voiceConfiguration": {
        "type": "RTC",
        "appId": "",
        "trunkId": "",
        "serviceId": "",
        "lastUpdatedTime": None,
        "scheduledVoiceProvisioning": {
            "type": "RTC",
            "appId": "app",
            "trunkId": "",
            "serviceId": "",
            "status": "WAITING",
            "lastUpdatedTime": "2024-06-06T14:42:42.604092Z",
        },
    },
}
"""A number as the API shows it right after it was rented, while SMS and voice wait."""


def page(size: int) -> bytes:
    """The response that lists `size` numbers."""
    numbers = [{**NUMBER, "phoneNumber": f"+1202555{index:04}"} for index in range(size)]
    body = {"activeNumbers": numbers, "nextPageToken": "", "totalSize": size}
    return json.dumps(body, separators=(",", ":")).encode()


def mutable(folder: Path) -> Callable[[bytes], object]:
    """The decoder of the same page whose models can be changed in place."""
    package = folder / "mutable_generated"
    shutil.copytree(Path(sinch_numbers.__file__).parent / "_generated", package)
    changed = 0
    for module in (package / "models").glob("*.py"):
        text = module.read_text(encoding="utf-8")
        changed += text.count(FROZEN)
        module.write_text(text.replace(FROZEN, MUTABLE), encoding="utf-8")
    assert changed > 0  # or the templates name their classes otherwise, and both decoders are the same
    sys.path.insert(0, str(folder))
    module_name = list_active_numbers.__name__.replace("sinch_numbers._generated", package.name)
    decode: Callable[[bytes], object] = importlib.import_module(module_name).parse_response
    return decode


def milliseconds(decode: Callable[[bytes], object], content: bytes) -> float:
    begin = time.perf_counter()
    decode(content)
    return (time.perf_counter() - begin) * 1_000


def compare(content: bytes, contestants: dict[str, Callable[[bytes], object]], *, rounds: int) -> None:
    results: dict[str, list[float]] = {name: [] for name in contestants}
    for decode in contestants.values():
        milliseconds(decode, content)
    for _ in range(rounds):
        for name, decode in contestants.items():
            results[name].append(milliseconds(decode, content))
    base = statistics.median(results["json.loads"])
    for name, times in results.items():
        median = statistics.median(times)
        spread = f"{min(times):.1f} to {max(times):.1f}"
        print(f"{name:<16} {median:>7.1f} ms  {median / base:>5.2f}x  ({spread})")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.decoding", description=__doc__)
    parser.add_argument("--numbers", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=30)
    settings = parser.parse_args()
    content = page(settings.numbers)
    print(f"{settings.numbers} numbers, {len(content) / 1_000:.0f} kB, {settings.rounds} rounds")
    print("what              median     ratio  (min to max)")
    with tempfile.TemporaryDirectory(prefix="decoding-") as folder:
        contestants: dict[str, Callable[[bytes], object]] = {
            "json.loads": json.loads,
            "frozen models": list_active_numbers.parse_response,
            "mutable models": mutable(Path(folder)),
        }
        compare(content, contestants, rounds=settings.rounds)


if __name__ == "__main__":
    main()
