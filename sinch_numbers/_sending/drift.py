"""Keeps in a file what the API sends beyond its specification, so that the specification can be corrected."""

from __future__ import annotations

import json
import os
import tempfile
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from .. import _defaults
from .._generated.types import Drift
from ..clock import Clock, SystemClock
from ..errors import ConfigurationError

FORMAT = 1


class DriftRecorder:
    """A hook for `on_drift` that counts each difference in a JSON file, with the first and the last time it was seen.

    `NumbersClient(on_drift=DriftRecorder("drift.json"))`. A client reports each difference once, so the count is that of the
    clients that met it. In the repository of this package, `python -m codegen drift drift.json` makes overlay actions of it.

    The file is replaced as a whole, so that a crash leaves it readable, and holds 1,000 differences at most. A file that is
    there is continued. Use one file for each process. Raises ConfigurationError if the file is there and cannot be read.
    """

    def __init__(self, path: str | os.PathLike[str], *, clock: Clock | None = None) -> None:
        self._path = Path(path)
        self._clock = clock or SystemClock()
        self._lock = threading.Lock()
        self._seen = _read(self._path)

    def __call__(self, drift: Drift) -> None:
        """Counts the difference, and writes the file."""
        now = datetime.fromtimestamp(self._clock.time(), UTC).isoformat(timespec="seconds")
        key = (drift.model, drift.field, drift.problem, drift.found)
        with self._lock:
            if key not in self._seen and len(self._seen) >= _defaults.MAX_DRIFTS:
                return
            count, first, _ = self._seen.get(key, (0, now, now))
            self._seen[key] = (count + 1, first, now)
            _write(self._path, self._seen)


Key = tuple[str, str, str, str]
"""Model, field, problem, and what was found."""
Seen = dict[Key, tuple[int, str, str]]
"""How often, and when first and last."""


def _read(path: Path) -> Seen:
    try:
        content: Any = json.loads(path.read_text(encoding="utf-8"))
        entries = cast("list[dict[str, Any]]", content["drifts"])
        return {
            (str(one["model"]), str(one["field"]), str(one["problem"]), str(one["found"])): (
                int(one["count"]),
                str(one["first_seen"]),
                str(one["last_seen"]),
            )
            for one in entries
        }
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise ConfigurationError(f"{path} is not a file of DriftRecorder: {error!r}") from error


def _write(path: Path, seen: Seen) -> None:
    """Replaces the file. The new one is complete on the disk before it has the name."""
    names = ("model", "field", "problem", "found")
    drifts = [
        {**dict(zip(names, key, strict=True)), "count": count, "first_seen": first, "last_seen": last}
        for key, (count, first, last) in sorted(seen.items())
    ]
    text = json.dumps({"format": FORMAT, "drifts": drifts}, indent=2, ensure_ascii=False)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
