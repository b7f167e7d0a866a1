"""A new operation is callable, typed and served the day it is generated, without a line by hand."""

from __future__ import annotations

import copy
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from codegen.__main__ import main
from codegen.document import Node, dump
from codegen.errors import CodegenError
from codegen.face import face
from codegen.generate import build, generate
from codegen.paths import CONFIG, PACKAGE
from codegen.render import Rendered

from .reaching import reach

pytestmark = pytest.mark.slow

PROJECT = "/v1/projects/{projectId}"
ORDER: Node = {
    "type": "object",
    "required": ["orderId"],
    "properties": {
        "orderId": {"type": "string", "example": "o-1"},
        "state": {"type": "string", "x-enumDescriptions": {"OPEN": "Not yet.", "DONE": "All."}},
    },
}
TEXT: Node = {"type": "string"}
NUMBER: Node = {"type": "integer"}
ORDERS: Node = {"type": "array", "items": {"$ref": "#/components/schemas/Order"}}
PAGE: Node = {"nextPageToken": TEXT, "totalSize": NUMBER, "items": ORDERS}
PAGING: Node = {"pageSize": {**NUMBER, "minimum": 1, "maximum": 50, "default": 10}, "pageToken": TEXT}
LISTINGS: dict[str, tuple[Node, Node]] = {
    "listPaged": (PAGING, PAGE),
    "listWithoutSize": ({"pageToken": TEXT}, PAGE),
    "listWithoutToken": ({"pageSize": NUMBER}, PAGE),
    "listWithTextSize": ({"pageSize": TEXT, "pageToken": TEXT}, PAGE),
    "listWithNumberToken": ({"pageSize": NUMBER, "pageToken": NUMBER}, PAGE),
    "listWithoutNextToken": (PAGING, {"items": ORDERS}),
    "listWithNumberNextToken": (PAGING, {**PAGE, "nextPageToken": NUMBER}),
    "listWithTwoLists": (PAGING, {**PAGE, "more": ORDERS}),
    "listWithoutList": (PAGING, {"nextPageToken": TEXT}),
}  # fmt: skip


def answer(schema: Node) -> Node:
    return {"200": {"description": "x", "content": {"application/json": {"schema": schema}}}}


def with_orders(document: Node) -> Node:
    """The document with a new resource: untagged, one operation without an id, one that costs money, one deprecated."""
    document = copy.deepcopy(document)
    order: Node = {"$ref": "#/components/schemas/Order"}
    body: Node = {
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/NewOrder"}}},
        "required": True,
    }
    document["components"]["schemas"] |= {
        "Order": ORDER,
        "NewOrder": {"type": "object", "required": ["size"], "properties": {"size": NUMBER}},
    }
    parameters = [{"$ref": "#/components/parameters/projectId"}]
    by_id = [*parameters, {"name": "orderId", "in": "path", "required": True, "schema": TEXT}]
    document["paths"] |= {
        f"{PROJECT}/numberOrders": {
            "parameters": parameters,
            "post": {"requestBody": body, "responses": answer(order), "x-safety": "billable"},
        },
        f"{PROJECT}/numberOrders/{{orderId}}": {
            "parameters": by_id,
            "get": {"operationId": "OrderService_GetNumberOrder", "responses": answer(order)},
            "put": {
                "requestBody": body,
                "responses": answer(order),
                "deprecated": True,
                "summary": 'Says """no".',
            },
            "delete": {"responses": {"204": {"description": "x"}}},
        },
    }
    for name, (query, page) in LISTINGS.items():
        document["paths"][f"{PROJECT}/{name}"] = {
            "parameters": [
                *parameters,
                *({"name": key, "in": "query", "schema": query[key]} for key in query),
            ],
            "get": {"operationId": name, "responses": answer({"type": "object", "properties": page})},
        }
    return document


@pytest.fixture(scope="module")
def folder(document: Node, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with this package, generated from the document with orders."""
    folder = tmp_path_factory.mktemp("operations")
    shutil.copytree(PACKAGE, folder / "sinch_numbers", ignore=shutil.ignore_patterns("__pycache__"))
    generate(with_orders(document), folder / "sinch_numbers" / "_generated")
    return folder


def run(folder: Path, code: str) -> Any:
    """What a program prints as JSON that uses the package in `folder`."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


CALLS = """
import asyncio, inspect, json
import sinch_numbers
from sinch_numbers import ConfigurationError, Budget, NewOrder, Order
from sinch_numbers.sandbox import Sandbox
from sinch_numbers.resources.operations import Operations

async def main():
    sandbox = Sandbox()
    async with sandbox.client() as client:
        own = client.operations
        created = await own.create_number_order(body=NewOrder(size=2))
        got = await own.get_number_order(order_id="a/b")
        replaced = await own.replace_number_order(order_id="o", body=NewOrder(size=1))
        deleted = await own.delete_number_order(order_id="o")
        listed = [order.order_id async for order in own.list_paged(page_size=5)]
        try:
            await client.with_options(budget=Budget(max_numbers=1)).operations.create_number_order(body=NewOrder(size=2))
        except ConfigurationError as error:
            refused = str(error)
    print(json.dumps({
        "created": created.to_dict(), "got": got.order_id, "same": created == got == replaced, "deleted": deleted,
        "listed": listed,
        "refused": refused, "coroutine": inspect.iscoroutinefunction(Operations.replace_number_order),
        "deprecated": Operations.replace_number_order.__deprecated__, "doc": inspect.getdoc(Operations.list_paged),
        "replace": inspect.getdoc(Operations.replace_number_order),
        "requests": [request.operation for request in sandbox.requests],
        "public": {"Order", "NewOrder", "ListPagedResponse"} <= {*sinch_numbers.__all__} & {*sinch_numbers.models.__all__},
    }))

asyncio.run(main())
"""


def test_a_new_operation_is_called_against_the_sandbox(folder: Path) -> None:
    found = run(folder, CALLS)
    assert found["created"] == {"orderId": "o-1", "state": "OPEN"}
    assert (found["got"], found["same"], found["deleted"], found["listed"]) == ("o-1", True, None, ["o-1"])
    assert found["requests"] == [
        "Token", "CreateNumberOrder", "GetNumberOrder", "ReplaceNumberOrder", "DeleteNumberOrder", "ListPaged",
    ]  # fmt: skip
    assert found["refused"].endswith("use a client without them")
    assert found["public"]


def test_what_is_deprecated_says_so_without_a_warning_and_remains_a_coroutine_function(folder: Path) -> None:
    found = run(folder, CALLS)
    assert found["coroutine"]
    assert found["deprecated"] == "the API's document marks ReplaceNumberOrder as deprecated"
    assert "\nDeprecated by the API's document.\n" in found["replace"]


def test_constraints_and_defaults_are_in_the_docstring(folder: Path) -> None:
    assert "`page_size`: At least 1. At most 50. Default: `10`." in run(folder, CALLS)["doc"]


def test_only_a_listing_that_meets_all_four_conditions_is_a_pager(folder: Path) -> None:
    code = """
import inspect, json
from sinch_numbers.resources.operations import Operations
print(json.dumps({n: inspect.signature(m).return_annotation for n, m in vars(Operations).items() if n.startswith("list_")}))
"""
    returned = run(folder, code)
    assert [name for name, kind in returned.items() if kind.startswith("Pager")] == [
        "list_active_numbers", "list_paged",
    ]  # fmt: skip
    assert returned["list_paged"] == "Pager[Order]"
    assert returned["list_with_two_lists"] == "ListWithTwoListsResponse"


USE = """
from typing import assert_type
from sinch_numbers import NewOrder, NumbersClient, Order, Pager

async def use(client: NumbersClient) -> None:
    assert_type(await client.operations.get_number_order(order_id="o"), Order)
    assert_type(client.operations.list_paged(), Pager[Order])
    assert_type(await client.operations.delete_number_order(order_id="o"), None)
    await client.operations.replace_number_order(order_id="o", body=NewOrder(size=1))
    await client.operations.get_number_order("o")
"""


def test_type_checkers_see_types_and_what_is_deprecated(folder: Path) -> None:
    (folder / "use.py").write_text(USE, encoding="utf-8")
    command = [
        sys.executable, "-m", "mypy", "--strict", "--enable-error-code=deprecated", "--config-file=", "--cache-dir=", "use.py",
    ]  # fmt: skip
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    assert (
        "use.py:9: error: function sinch_numbers.resources.operations.Operations.replace_number_order is deprecated"
        in done.stdout
    )
    assert 'use.py:10: error: Too many positional arguments for "get_number_order"' in done.stdout
    assert done.stdout.count("error:") == 2, done.stdout


def test_check_sees_an_edit_of_each_file_with_generated_parts(
    document: Node, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    package = tmp_path / "sinch_numbers"
    shutil.copytree(folder / "sinch_numbers", package, ignore=shutil.ignore_patterns("__pycache__"))
    spec = tmp_path / "spec.yaml"
    spec.write_text(dump(with_orders(document)), encoding="utf-8")
    empty = tmp_path / "empty.yaml"
    empty.write_text("overlay: 1.0.0\nactions: []\n", encoding="utf-8")
    command = ["check", "--spec", str(spec), "--overlay", str(empty), "--additions", str(empty)]
    command += ["--output", str(package / "_generated")]
    assert main(command) == 0
    for name in ("__init__.py", "models.py", "resources/operations.py"):
        lines = (package / name).read_text("utf-8").splitlines(keepends=True)
        kept = [line for line in lines if line.strip() not in ('"NewOrder",', "NewOrder,")]
        (package / name).write_text("".join(kept), encoding="utf-8")
    assert main(command) == 1
    printed = capsys.readouterr().out
    for name in ("__init__.py", "models.py", "resources/operations.py"):
        assert f"+++ expected/{name}" in printed


# --- What is refused. -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("version", "problem"),
    [("1.0\r\nX-Evil: 1", "#/info/version"), ("1 (0)", "#/info/version"), ("", "#/info/version"), ("9" * 41, "#/info/version")],
)  # fmt: skip
def test_a_version_that_no_header_can_carry_is_refused(
    document: Node, tmp_path: Path, version: str, problem: str
) -> None:
    changed = {**document, "info": {**document["info"], "version": version}}
    with pytest.raises(CodegenError, match=problem):
        build(changed, tmp_path / "package")


def test_a_resource_of_an_operation_that_does_not_exist_is_a_leftover(document: Node, tmp_path: Path) -> None:
    settings = tmp_path / "config.yaml"
    settings.write_text(CONFIG.read_text("utf-8").replace("  RentNumber:", "  BuyNumber:"), encoding="utf-8")
    with pytest.raises(CodegenError, match="resources names operations that do not exist: BuyNumber"):
        build(document, tmp_path / "package", settings)


@pytest.mark.parametrize("name", ["Pager", "Cursor", "Operations"])
def test_a_schema_with_a_name_that_the_operations_use_is_refused(
    document: Node, tmp_path: Path, name: str
) -> None:
    changed = copy.deepcopy(document)
    changed["components"]["schemas"][name] = ORDER
    reach(changed, [name])
    with pytest.raises(CodegenError, match=f"the class '{name}' is a name that the generated code uses"):
        build(changed, tmp_path / "package")


def test_a_model_with_the_name_of_something_public_is_refused() -> None:
    with pytest.raises(
        CodegenError, match=r"the public name Budget is that of purchasing\.budget and of models"
    ):
        face(Rendered(["Budget"], ""), PACKAGE)


def test_other_imports_for_type_checkers_are_kept() -> None:
    text = face(Rendered(["ActiveNumber"], ""), PACKAGE)["__init__.py"]
    assert "\nif TYPE_CHECKING:\n    from typing import Any\n\n    from . import models, sms, voice\n" in text


def test_an_init_that_is_not_python_is_refused(folder: Path, tmp_path: Path) -> None:
    for name in ("__init__.py", "models.py"):
        shutil.copyfile(folder / "sinch_numbers" / name, tmp_path / name)
    (tmp_path / "__init__.py").write_text("if", encoding="utf-8")
    with pytest.raises(CodegenError, match=r"__init__\.py: is not valid Python"):
        face(Rendered(["NewOrder"], ""), tmp_path)
