from __future__ import annotations

import importlib
import inspect
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any, get_type_hints

import pytest

import sinch_numbers

from .imports import PACKAGE, imports_of, modules

FILES = sorted(PACKAGE.rglob("*.py"))


def python(code: str) -> str:
    """What a fresh interpreter prints for `code`."""
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, timeout=60
    )
    assert run.returncode == 0, run.stderr
    return run.stdout.strip()


# --- the public surface ---


def test_all_is_sorted_and_names_nothing_twice() -> None:
    assert sinch_numbers.__all__ == sorted(set(sinch_numbers.__all__))


@pytest.mark.parametrize("name", sinch_numbers.__all__)
def test_every_public_name_can_be_used(name: str) -> None:
    assert getattr(sinch_numbers, name) is not None
    assert name in dir(sinch_numbers)


def test_all_is_what_the_package_exposes() -> None:
    exposed = python(
        "import sinch_numbers as s, types\n"
        "for name in s.__all__: getattr(s, name)\n"
        "print(*sorted(n for n in vars(s) if not n.startswith('_')"
        " and (n in s.__all__ or not isinstance(vars(s)[n], types.ModuleType))"
        " and n not in ('annotations', 'import_module', 'TYPE_CHECKING', 'Any')))"
    ).split()

    assert [*exposed, "__version__"] == [
        *[name for name in sinch_numbers.__all__ if not name.startswith("_")],
        "__version__",
    ]


def test_a_name_that_does_not_exist_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'NumberClient'"):
        _ = sinch_numbers.NumberClient  # type: ignore[attr-defined]  # pyright: ignore


DOORS = (
    "", ".errors", ".models", ".sandbox", ".sms", ".stores", ".testing", ".transports.aiohttp", ".transports.httpx2", ".voice",
    ".webhooks",
)  # fmt: skip
"""The modules that are for users. Everything else is internal, whatever its name."""
PUBLIC_NAMES = Path(__file__).with_name("public_names.txt")


def test_only_the_public_modules_have_an_all() -> None:
    files = {name: path for name, path in modules().items() if "._generated" not in name}
    with_all = {name for name, path in files.items() if "\n__all__ = " in path.read_text("utf-8")}
    assert with_all == {f"sinch_numbers{door}" for door in DOORS}


def test_the_public_names_are_those_of_the_list() -> None:
    names = [
        f"sinch_numbers{door}.{name}"
        for door in DOORS
        for name in sorted(importlib.import_module(f"sinch_numbers{door}").__all__)
    ]
    assert names == PUBLIC_NAMES.read_text("utf-8").split()


@pytest.mark.parametrize("name", PUBLIC_NAMES.read_text("utf-8").split())
def test_a_public_name_can_be_imported_and_says_what_it_is(name: str) -> None:
    module, _, leaf = name.rpartition(".")
    value = getattr(importlib.import_module(module), leaf)
    if isinstance(value, type | FunctionType | ModuleType):
        assert value.__doc__


def functions_of(value: Any) -> Iterator[tuple[str, Any]]:
    """A public function, or a class with the functions that its users call."""
    yield "", value
    if not isinstance(value, FunctionType):
        for name in dir(value):
            member: Any = inspect.getattr_static(value, name)
            function = getattr(member, "__func__", getattr(member, "fget", member))
            if isinstance(function, FunctionType) and (not name.startswith("_") or name in CALLED):
                yield f".{name}", function


CALLED = {"__aenter__", "__aexit__", "__call__", "__init__"}
RESOURCES = [
    f"sinch_numbers.NumbersClient.{name}"
    for name in (
        "active_numbers",
        "available_numbers",
        "available_regions",
        "callback_configuration",
        "emergency_addresses",
        "operations",
    )
]


@pytest.mark.parametrize("name", [*PUBLIC_NAMES.read_text("utf-8").split(), *RESOURCES])
def test_dependency_injection_can_read_the_types_of_a_public_name(name: str) -> None:
    module, _, leaf = name.rpartition(".")
    value: Any
    if name in RESOURCES:
        value = getattr(sinch_numbers.NumbersClient, leaf).__class__
    else:
        value = getattr(importlib.import_module(module), leaf)
    if isinstance(value, type | FunctionType):
        for function_name, function in functions_of(value):
            try:
                get_type_hints(function)
            except NameError as error:
                pytest.fail(f"{name}{function_name}: {error}")


@pytest.mark.parametrize("name", PUBLIC_NAMES.read_text("utf-8").split())
def test_every_field_of_an_immutable_public_value_can_be_hashed(name: str) -> None:
    module, _, leaf = name.rpartition(".")
    value: Any = getattr(importlib.import_module(module), leaf)
    for field in (
        getattr(value, "__attrs_attrs__", ()) if value.__hash__ not in (None, object.__hash__) else ()
    ):
        if field.eq and field.hash is not False:
            assert not re.search(r"\b(list|dict|set|Mapping|Sequence)\b", str(field.type)), field.name


# --- imports ---


def test_importing_the_package_is_cheap() -> None:
    heavy = python(
        "import sys\n"
        "before = {*sys.modules}\n"
        "import sinch_numbers\n"
        "names = {'typing', 'httpx', 'attrs', 'attr', 'asyncio', 'json', 'ssl', 'dateutil', 'sqlite3', 'starlette'}\n"
        "print(*sorted(names & ({*sys.modules} - before)))"
    )

    assert heavy == ""


def test_using_the_client_loads_no_sandbox_and_no_other_http_library() -> None:
    loaded = python(
        "import sys\n"
        "from sinch_numbers import NumbersClient, SQLiteStore, voice\n"
        "NumbersClient(project_id='p', key_id='k', key_secret='s')\n"
        "others = {'starlette', 'uvicorn', 'pytest', 'requests', 'aiohttp', 'httpx2', 'sinch_numbers.sandbox'}\n"
        "print(*sorted(others & {*sys.modules}))"
    )

    assert loaded == ""


@pytest.mark.parametrize("transport", ["httpx", "httpx2", "aiohttp"])
def test_a_client_loads_the_http_library_of_its_transport_and_no_other(transport: str) -> None:
    libraries = python(
        "import sys\n"
        "from sinch_numbers import NumbersClient\n"
        f"NumbersClient(project_id='p', key_id='k', key_secret='s', transport={transport!r})\n"
        "print(*sorted({'httpx', 'httpx2', 'aiohttp'} & {*sys.modules}))"
    )

    assert libraries == transport


@pytest.mark.parametrize(
    ("libraries", "module"),
    [({"httpx", "httpcore"}, "httpx"), ({"httpx2", "httpcore2"}, "httpx2"), ({"aiohttp", "yarl"}, "aiohttp")],
)
def test_an_http_library_is_imported_in_one_place(libraries: set[str], module: str) -> None:
    importers = {
        str(path.relative_to(PACKAGE))
        for path in FILES
        if any(name.partition(".")[0] in libraries for name in imports_of(path, at_runtime=True))
    }

    assert importers == {f"transports/{module}.py"}


def test_generated_code_imports_nothing_above_itself_and_no_http_library() -> None:
    foreign = {
        (path.name, name)
        for path in FILES
        if path.is_relative_to(PACKAGE / "_generated")
        for name in imports_of(path, at_runtime=True)
        if name.partition(".")[0] not in {"attrs", "dateutil", "orjson", *sys.stdlib_module_names}
        # pydantic_core is imported only when pydantic asks for a model's schema.
        and not (path.name == "pydantic_schema.py" and name.startswith("pydantic_core."))
        and not name.startswith("sinch_numbers._generated")
    }

    assert foreign == set()


def test_only_the_sandbox_and_its_fixtures_import_the_extras() -> None:
    assert importers_of({"starlette", "uvicorn", "pytest"}) <= {"sandbox", "testing.py", "webhooks"}


def test_only_the_command_line_imports_what_it_needs() -> None:
    assert importers_of({"cyclopts", "rich"}) == {"cli"}


def importers_of(packages: set[str]) -> set[str]:
    """The modules and folders at the top of the package that import one of the packages."""
    return {
        path.relative_to(PACKAGE).parts[0]
        for path in FILES
        if any(name.partition(".")[0] in packages for name in imports_of(path, at_runtime=True))
    }


def test_the_package_is_marked_as_typed() -> None:
    assert (PACKAGE / "py.typed").is_file()
