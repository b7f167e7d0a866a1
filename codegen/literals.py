"""Texts of the document within Python literals. Unlike the generator's filters, these drop no character."""

from __future__ import annotations

import json

__all__ = ["literal", "literal_in_f_string"]


def literal(text: str) -> str:
    """`text` for between the double quotes of a string literal, which then has exactly this value."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
        for character in json.dumps(text, ensure_ascii=False)[1:-1]
    )


def literal_in_f_string(text: str) -> str:
    """The same for an f-string."""
    return literal(text).replace("{", "{{").replace("}", "}}")
