"""What users' code loses and gains: each kind of change, how much it hurts, and the next version."""

from __future__ import annotations

import pytest

from codegen.diff import as_changelog, changes_of, next_version

RUN_TIME, TYPES, BEHAVIOUR, DEPRECATION, ADDITION = (
    "breaks at run time",
    "breaks type checking",
    "behaviour",
    "deprecation",
    "addition",
)
C = "p.C: class ()"
MODEL = "p.M: class (_model.Model)"
PROTOCOL = "p.S: class (Protocol)"

ALIAS = [(DEPRECATION, "p.C"), (ADDITION, "p.D")]

ROWS: list[tuple[str, list[str], list[str], list[tuple[str, str]]]] = [
    ("nothing", ["p.f: () -> int"], ["p.f: () -> int"], []),
    ("a name that is gone", ["p.f: ()"], [], [(RUN_TIME, "p.f")]),
    ("a class that is gone, with its members", [C, "p.C.x: int"], [], [(RUN_TIME, "p.C")]),
    ("a member that is gone", [C, "p.C.x: int"], [C], [(RUN_TIME, "p.C.x")]),
    ("a new function", [], ["p.f: ()"], [(ADDITION, "p.f")]),
    ("a new class, with its members", [], [MODEL, "p.M.x: int"], [(ADDITION, "p.M")]),
    ("a new method", [C], [C, "p.C.f: ()"], [(ADDITION, "p.C.f")]),
    ("a new method of a protocol", [PROTOCOL], [PROTOCOL, "p.S.f: ()"], [(RUN_TIME, "p.S.f")]),
    ("a new field that is required", [MODEL], [MODEL, "p.M.x: int"], [(RUN_TIME, "p.M.x")]),
    ("a new field with a default", [MODEL], [MODEL, "p.M.x: int | None = None"], [(ADDITION, "p.M.x")]),
    ("a new enum value", ["p.E: class (OpenEnum)"], ["p.E: class (OpenEnum)", "p.E.A: = 'A'"], [(ADDITION, "p.E.A")]),
    ("an enum value that is gone", ["p.E: class (E)", "p.E.A: = 'A'"], ["p.E: class (E)"], [(RUN_TIME, "p.E.A")]),
    ("another value", ["p.E.A: = 'A'"], ["p.E.A: = 'B'"], [(BEHAVIOUR, "p.E.A")]),
    ("a class that is a function now", [C], ["p.C: ()"], [(RUN_TIME, "p.C")]),
    ("a base that is gone", ["p.C: class (A, B)"], ["p.C: class (A)"], [(RUN_TIME, "p.C")]),
    ("a base that is new", ["p.C: class (A)"], ["p.C: class (A, B)"], [(ADDITION, "p.C")]),
    ("a new variant", ["p.U: = A | B"], ["p.U: = A | B | C"], [(TYPES, "p.U")]),
    ("a variant that is gone", ["p.U: = A | B"], ["p.U: = A"], [(TYPES, "p.U")]),
    ("an argument that is gone", ["p.f: (a: int, *, b: int)"], ["p.f: (a: int)"], [(RUN_TIME, "p.f")]),
    ("a renamed argument", ["p.f: (*, a: int = 1)"], ["p.f: (*, b: int = 1)"], [(RUN_TIME, "p.f"), (ADDITION, "p.f")]),
    ("a required argument that is new", ["p.f: ()"], ["p.f: (*, a: int)"], [(RUN_TIME, "p.f")]),
    ("an optional argument that is new", ["p.f: ()"], ["p.f: (*, a: int = 1)"], [(ADDITION, "p.f")]),
    ("an argument that has no default any more", ["p.f: (a: int = 1)"], ["p.f: (a: int)"], [(RUN_TIME, "p.f")]),
    ("an argument that has a default", ["p.f: (a: int)"], ["p.f: (a: int = 1)"], [(ADDITION, "p.f")]),
    ("another default", ["p.f: (a: int = 1)"], ["p.f: (a: int = 2)"], [(BEHAVIOUR, "p.f")]),
    ("an argument that must be named", ["p.f: (a: int)"], ["p.f: (*, a: int)"], [(RUN_TIME, "p.f")]),
    ("an argument that need not be named", ["p.f: (*, a: int)"], ["p.f: (a: int)"], []),
    ("another order", ["p.f: (a: int, b: int)"], ["p.f: (b: int, a: int)"], [(RUN_TIME, "p.f")]),
    ("a positional argument before others", ["p.f: (a=0)"], ["p.f: (b=1, a=0)"], [(RUN_TIME, "p.f"), (ADDITION, "p.f")]),
    ("an argument that takes more", ["p.f: (a: int)"], ["p.f: (a: int | str)"], [(ADDITION, "p.f")]),
    ("an argument that takes less", ["p.f: (a: int | str)"], ["p.f: (a: int)"], [(TYPES, "p.f")]),
    ("a result that may be more", ["p.f: () -> int"], ["p.f: () -> int | None"], [(TYPES, "p.f")]),
    ("a result that is less", ["p.f: () -> int | None"], ["p.f: () -> int"], [(ADDITION, "p.f")]),
    ("a result of brackets", ["p.f: () -> dict[str, int | str]"], ["p.f: () -> dict[str, int]"], [(TYPES, "p.f")]),
    ("a function that is awaited now", ["p.f: ()"], ["p.f: async ()"], [(RUN_TIME, "p.f")]),
    ("arbitrary keywords that are gone", ["p.f: (**k: int)"], ["p.f: ()"], [(RUN_TIME, "p.f")]),
    ("an attribute that may be None", ["p.C.x: int"], ["p.C.x: int | None"], [(TYPES, "p.C.x")]),
    ("an attribute of another type", ["p.C.x: int"], ["p.C.x: str"], [(RUN_TIME, "p.C.x")]),
    ("a field that is required now", ["p.M.x: int | None = None"], ["p.M.x: int"], [(RUN_TIME, "p.M.x"), (TYPES, "p.M.x")]),
    ("another default of a field", ["p.C.x: int = 1"], ["p.C.x: int = 2"], [(BEHAVIOUR, "p.C.x")]),
    ("a deprecation", ["p.f: ()"], ["p.f: () [deprecated]"], [(DEPRECATION, "p.f")]),
    ("a deprecation with a change", ["p.f: ()"], ["p.f: (a: int) [deprecated]"], [(RUN_TIME, "p.f"), (DEPRECATION, "p.f")]),
    ("another path of an operation", ["operation f: GET /a"], ["operation f: GET /b"], [(BEHAVIOUR, "operation f")]),
    ("another name of a class", [C, "p.C.x: int"], ["p.C: p.D", "p.D: class ()", "p.D.x: int"], ALIAS),
    ("a class that lacks a member", [C, "p.C.x: int"], ["p.C: p.D", "p.D: class ()"], [(RUN_TIME, "p.C.x"), *ALIAS]),
    ("an alias that is a class of its own", ["p.m.C: p.C"], ["p.m.C: class ()"], [(RUN_TIME, "p.m.C")]),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "expected"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_a_change_hurts_as_much_as_the_table_says(
    old: list[str], new: list[str], expected: list[tuple[str, str]]
) -> None:
    assert [(change.severity, change.name) for change in changes_of(old, new)] == expected


def test_the_page_is_a_part_of_the_changelog_with_the_worst_first() -> None:
    old = ["p.f: (a: int = 1)", "p.g: ()", "p.h: ()"]
    new = ["p.f: (a: int = 2)", "p.h: () [deprecated]", "p.i: ()"]
    assert as_changelog(changes_of(old, new)).splitlines() == [
        "### Removed or changed",
        "",
        "- `p.g` is gone.",
        "",
        "### Behaviour",
        "",
        "- `p.f` the argument `a` has the default 2, and had 1.",
        "",
        "### Deprecated",
        "",
        "- `p.h` is deprecated.",
        "",
        "### Added",
        "",
        "- `p.i` is new: `()`.",
    ]
    assert as_changelog([]) == ""


@pytest.mark.parametrize(
    ("current", "new", "expected"),
    [
        ("0.1.0", [], "0.2.0"),
        ("1.4.2", [], "2.0.0"),
        ("0.1.0", ["p.f: () -> int | None"], "0.2.0"),
        ("0.1.3", ["p.f: () -> int", "p.g: ()"], "0.1.4"),
        ("1.1.3", ["p.f: () -> int", "p.g: ()"], "1.2.0"),
        ("1.1.3", ["p.f: () -> int [deprecated]"], "1.2.0"),
        ("1.1.3", ["p.f: () -> int"], "1.1.3"),
    ],
)
def test_the_next_version_says_whether_users_code_breaks(current: str, new: list[str], expected: str) -> None:
    assert next_version(current, changes_of(["p.f: () -> int"], new)) == expected
