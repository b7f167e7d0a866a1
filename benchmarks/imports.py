"""The CPU time up to the first client, beside the official package: child processes that take turns.

`python -m benchmarks.imports` prints medians over an empty interpreter. What is not installed is left out.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys

_CLIENT = (
    "from sinch_numbers import NumbersClient; NumbersClient(project_id='p', key_id='k', key_secret='s'{})"
)
PROGRAMS = {
    "an empty interpreter": "pass",
    "import sinch_numbers": "import sinch_numbers",
    "first client": _CLIENT.format(""),
    "first client, httpx2": _CLIENT.format(", transport='httpx2'"),
    "first client, aiohttp": _CLIENT.format(", transport='aiohttp'"),
    "import httpx": "import httpx",
    "import sinch (official)": "import sinch",
}


def seconds(program: str) -> float:
    """The CPU time that a fresh interpreter takes for `program`, which other processes disturb less than the time that passes."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", program], check=True, stderr=subprocess.DEVNULL)  # noqa: S603  one of PROGRAMS
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def installed() -> list[str]:
    """The programs that run here. Their modules are compiled now."""
    found: list[str] = []
    for name, program in PROGRAMS.items():
        try:
            seconds(program)
        except subprocess.CalledProcessError:
            print(f"left out: {name}")
        else:
            found.append(name)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.imports", description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    settings = parser.parse_args()
    names = installed()
    times: dict[str, list[float]] = {name: [] for name in names}
    for _ in range(settings.rounds):
        for name in names:
            times[name].append(seconds(PROGRAMS[name]))
    empty, *others = (statistics.median(times[name]) * 1_000 for name in names)
    print(f"{names[0]:<26}{empty:8.1f} ms")
    official = others[-1] if names[-1].endswith("(official)") else None
    for name, took in zip(names[1:], others, strict=True):
        share = f"{(took - empty) / (official - empty):8.2f} of the official package" if official else ""
        print(f"{name:<26}{took - empty:+8.1f} ms{share}")


if __name__ == "__main__":
    main()
