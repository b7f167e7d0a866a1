from __future__ import annotations

import ast
import importlib
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import sinch_numbers

PACKAGE = Path(sinch_numbers.__file__).parent
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


def _modules() -> Iterator[ModuleType]:
    for info in pkgutil.walk_packages([str(PACKAGE)], "sinch_numbers."):
        if "._generated" not in info.name and not info.name.endswith("__main__"):
            yield importlib.import_module(info.name)


@pytest.mark.parametrize("module", [*_modules()], ids=lambda module: module.__name__)
def test_every_module_says_what_is_its_own(module: ModuleType) -> None:
    if not hasattr(module, "__all__"):
        return  # everything in it is internal
    assert [name for name in module.__all__ if not hasattr(module, name)] == []
    assert len(module.__all__) == len(set(module.__all__))


@pytest.mark.parametrize(
    "name", [n for n in sinch_numbers.__all__ if isinstance(getattr(sinch_numbers, n), type)]
)
def test_every_public_class_says_what_it_is(name: str) -> None:
    assert getattr(sinch_numbers, name).__doc__


# --- imports ---


def test_importing_the_package_is_cheap() -> None:
    heavy = python(
        "import sys\n"
        "before = {*sys.modules}\n"
        "import sinch_numbers\n"
        "names = {'httpx', 'attrs', 'attr', 'asyncio', 'json', 'ssl', 'dateutil', 'sqlite3', 'starlette'}\n"
        "print(*sorted(names & ({*sys.modules} - before)))"
    )

    assert heavy == ""


def test_using_the_client_loads_no_sandbox_and_no_other_http_library() -> None:
    loaded = python(
        "import sys\n"
        "from sinch_numbers import NumbersClient, SQLiteStore, voice\n"
        "NumbersClient(project_id='p', key_id='k', key_secret='s')\n"
        "print(*sorted({'starlette', 'uvicorn', 'pytest', 'requests', 'aiohttp', 'sinch_numbers.sandbox'} & {*sys.modules}))"
    )

    assert loaded == ""


def _imports(path: Path) -> Iterator[str]:
    """The absolute names of the modules that a file imports when it runs."""
    package = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts[:-1])

    def walk(node: ast.AST) -> Iterator[str]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
                continue
            if isinstance(child, ast.Import):
                yield from (alias.name for alias in child.names)
            elif isinstance(child, ast.ImportFrom):
                base = package.rsplit(".", child.level - 1)[0] if child.level > 1 else package
                root = f"{base}.{child.module or ''}".rstrip(".") if child.level else child.module or ""
                yield root
                yield from (f"{root}.{alias.name}" for alias in child.names)
            else:
                yield from walk(child)

    yield from walk(ast.parse(path.read_text("utf-8")))


def test_httpx_is_imported_in_one_place() -> None:
    importers = {
        str(path.relative_to(PACKAGE))
        for path in FILES
        if any(name.partition(".")[0] in {"httpx", "httpcore"} for name in _imports(path))
    }

    assert importers == {"transports/httpx.py"}


def test_generated_code_imports_nothing_above_itself_and_no_http_library() -> None:
    foreign = {
        (path.name, name)
        for path in FILES
        if path.is_relative_to(PACKAGE / "_generated")
        for name in _imports(path)
        if name.partition(".")[0] not in {"attrs", "dateutil", *sys.stdlib_module_names}
        and not name.startswith("sinch_numbers._generated")
    }

    assert foreign == set()


def test_only_the_sandbox_and_its_fixtures_import_the_extras() -> None:
    extras = {"starlette", "uvicorn", "pytest"}
    importers = {
        path.relative_to(PACKAGE).parts[0]
        for path in FILES
        if any(name.partition(".")[0] in extras for name in _imports(path))
    }

    assert importers <= {"sandbox", "testing.py", "webhooks"}


def test_the_package_is_marked_as_typed() -> None:
    assert (PACKAGE / "py.typed").is_file()
