"""Runs the benchmarks and writes docs/benchmarks.md with their tables and charts: `make bench`."""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from . import calls
from .server import NUMBERS, PAGE

PAGE_OF_DOCS = Path(__file__).parent.parent / "docs" / "benchmarks.md"
CHARTS = PAGE_OF_DOCS.with_suffix("")
CONCURRENCIES = (1, 10, 50, 100, 200)
PROGRAMS = {
    "listings": "Large listings",
    "decoding": "Decoding",
    "callbacks": "Callbacks",
    "hostile": "Hostile responses",
    "scaling": "Many calls at once, and one after the other",
    "imports": "Imports",
}
"""Programs whose output is shown as it is, each with its heading."""
OURS = ("sinch-numbers", "sinch-numbers, aiohttp", "sinch-numbers, httpx2")
PACKAGES = (
    "httpx",
    "httpx2",
    "httpx-aiohttp",
    "aiohttp",
    "sinch",
    "openapi-python-client",
    "orjson",
    "uvloop",
)


def machine() -> str:
    """What the figures were measured on, in one line."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [
            line.partition(":")[2].strip()
            for line in info.read_text().splitlines()
            if line.startswith("model name")
        ]
        model = names[0] if names else model
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{model}, {os.cpu_count()} processors, {platform.system()}, {python}"


def versions() -> str:
    found: list[str] = []
    for name in PACKAGES:
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            continue
    return ", ".join(found)


def calls_table(found: calls.Results) -> str:
    """Calls per second, the listing, and the ratio of each to the SDK's default transport."""
    header = "| | " + " | ".join(f"{each} at once" for each in found.calls) + f" | list {NUMBERS:,} |"
    lines = [header, "|---" * (len(found.calls) + 2) + "|"]
    default = OURS[0]
    for name, seconds in found.listings.items():
        cells = [f"{rates[name]:,.0f} ({rates[name] / rates[default]:.2f})" for rates in found.calls.values()]
        cells.append(f"{seconds:.3f} s ({found.listings[default] / seconds:.2f})")
        title = f"**{name}**" if name in OURS else name
        lines.append(f"| {title} | {' | '.join(cells)} |")
    return "\n".join(lines)


def charts(found: calls.Results, folder: Path) -> None:
    """Calls per second over concurrency, and the time of a listing, as SVG."""
    import matplotlib as mpl

    # The same figures give the same bytes, and text stays text.
    mpl.rcParams.update(
        {"svg.hashsalt": "sinch-numbers", "svg.fonttype": "none", "font.family": "sans-serif"}
    )
    mpl.use("svg")
    from matplotlib import pyplot

    folder.mkdir(exist_ok=True)
    drawing: Any = pyplot
    figure, axes = drawing.subplots(figsize=(8, 4.5))
    concurrencies = list(found.calls)
    for name in found.listings:
        rates = [found.calls[each][name] for each in concurrencies]
        own = name in OURS
        axes.plot(
            concurrencies,
            rates,
            label=name,
            marker="o",
            linewidth=2.5 if own else 1,
            linestyle="-" if own else "--",
        )
    axes.set_xlabel("calls at once")
    axes.set_ylabel("calls per second")
    axes.set_ylim(bottom=0)
    axes.legend(fontsize="small", frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
    _save(figure, folder / "calls.svg")
    figure, axes = drawing.subplots(figsize=(8, 3.5))
    names = sorted(found.listings, key=found.listings.__getitem__, reverse=True)
    bars = axes.barh(
        names,
        [found.listings[name] for name in names],
        color=["C0" if name in OURS else "0.7" for name in names],
    )
    axes.margins(x=0.12)
    axes.bar_label(bars, fmt="%.2f s", padding=3)
    axes.set_xlabel(f"seconds to list {NUMBERS:,} numbers, {PAGE:,} a page")
    _save(figure, folder / "listing.svg")


def _save(figure: Any, path: Path) -> None:
    for side in ("top", "right"):
        figure.axes[0].spines[side].set_visible(False)
    figure.savefig(path, bbox_inches="tight", metadata={"Date": None, "Creator": None})


def output_of(program: str) -> str:
    """What a program prints."""
    done = subprocess.run(  # noqa: S603 - our own programs
        [sys.executable, "-m", f"benchmarks.{program}"], check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def page(found: calls.Results, outputs: dict[str, str]) -> str:
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    parts = [
        "# Benchmarks",
        "",
        f"Measured on {today} by `make bench`: {machine()}. {versions()}.",
        "",
        "All that is compared takes turns in one run, on one server that is faster than every client, and the figures are",
        "medians. Ratios hold on other machines better than the figures do.",
        "",
        "## Calls and listings",
        "",
        "GET of one number in calls per second, and the time to list all numbers. In brackets: the ratio to the SDK's default",
        "transport; more is faster. Bare clients only parse the JSON, and the official package runs in threads.",
        "The unmodified output of openapi-python-client gets responses without nulls, which it does not decode otherwise.",
        "",
        calls_table(found),
        "",
        "![Calls per second over concurrency](benchmarks/calls.svg)",
        "",
        "![Seconds of a listing](benchmarks/listing.svg)",
        "",
        f"The SDK's own share of a call, over a transport that responds at once: {found.own_share:.0f} microseconds.",
    ]
    for program, output in outputs.items():
        parts += [
            "",
            f"## {PROGRAMS[program]}",
            "",
            f"`python -m benchmarks.{program}`",
            "",
            "```text",
            output,
            "```",
        ]
    return "\n".join(parts) + "\n"


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.report", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.7, help="of each round of each contestant")
    settings = parser.parse_args(arguments)
    found = calls.measure(rounds=settings.rounds, seconds=settings.seconds, concurrencies=CONCURRENCIES)
    outputs = {program: output_of(program) for program in PROGRAMS}
    charts(found, CHARTS)
    PAGE_OF_DOCS.write_text(page(found, outputs), encoding="utf-8")
    print(f"written: {PAGE_OF_DOCS.name} and {CHARTS.name}/")


if __name__ == "__main__":
    main()
