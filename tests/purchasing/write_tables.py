"""`python -m tests.purchasing.write_tables` puts the measured tables into docs/money-safety.md."""

from __future__ import annotations

import asyncio
import re

from .matrix import run_matrix, table
from .test_matrix import DOCUMENT


def main() -> None:
    cells = asyncio.run(run_matrix())
    text = DOCUMENT.read_text()
    for title, often in (("once", "once"), ("every time", "always")):
        text = re.sub(
            rf"(### The fault strikes {title}\n\n).*?(?=\n###|\Z)",
            lambda found, often=often: f"{found[1]}{table(cells, often)}\n",  # type: ignore[misc]
            text,
            flags=re.DOTALL,
        )
    DOCUMENT.write_text(text)


if __name__ == "__main__":
    main()
