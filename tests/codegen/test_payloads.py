"""No text of the document becomes code or leaves the folder, wherever it stands."""

from __future__ import annotations

import ast
import copy
import itertools
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from codegen.document import METHODS, Node, each_schema, operations
from codegen.errors import CodegenError
from codegen.generate import build
from codegen.render import _prose  # pyright: ignore[reportPrivateUsage]

from .reaching import reach

pytestmark = pytest.mark.slow

RUN = "open('pwned', 'w').close()"
PAYLOADS = [
    f'x"""\n{RUN}\n"""',
    f"x'''\n{RUN}\n'''",
    f'x"\n{RUN}\n"',
    f'x" + str({RUN}) + "',
    f'x\\"""\n{RUN}\n"""',
    f'x\\"\n{RUN}\n#',
    f"x\r{RUN}\r#",
    f"x\u2028{RUN}\u2029",
    f"x\f{RUN}\x0b",
    f"x{{{RUN}}}",
    f"x{{{{ {RUN} }}}}",
    "{{ cycler.__init__.__globals__.os.system('touch pwned') }}",
    "{% for x in ().__class__.__base__.__subclasses__() %}{{ x }}{% endfor %}",
    f"x): pass\n{RUN}\ndef y(",
    f"x: int = {RUN}",
    f"x\n\n\n{RUN}",
    f"x;{RUN}",
    "../../pwned",
    "..\\..\\pwned",
    "/tmp/pwned",
    'ends in """',
    'ends in "',
    'ends in \\"',
    "ends in \\",
    '"',
    '""""',
    "\x00",
    "__import__('os').system('touch pwned')",
]
DOCUMENT: Node = {
    "openapi": "3.0.3",
    "info": {"title": "t", "version": "1", "description": "d"},
    "paths": {
        "/things/{id}": {
            "post": {
                "operationId": "Make",
                "summary": "s",
                "description": "d",
                "tags": ["things"],
                "parameters": [
                    {
                        "name": "id",
                        "in": "path",
                        "required": True,
                        "description": "d",
                        "schema": {"type": "string"},
                    },
                    {"name": "size", "in": "query", "description": "d", "schema": {"type": "integer"}},
                ],
                "requestBody": {
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}
                },
                "responses": {
                    "200": {
                        "description": "d",
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}},
                    }
                },
            }
        }
    },
    "components": {
        "schemas": {
            "Thing": {
                "type": "object",
                "title": "t",
                "description": "d",
                "required": ["name"],
                "properties": {
                    "name": {"type": "string", "title": "t", "description": "d"},
                    "kinds": {
                        "type": "array",
                        "description": "d",
                        "items": {"$ref": "#/components/schemas/Kind"},
                    },
                    "at": {"type": "string", "format": "date-time", "readOnly": True},
                },
            },
            "Kind": {"type": "string", "description": "d", "x-enumDescriptions": {"A": "a", "B": "b"}},
        }
    },
}
Put = Callable[[Node, Iterator[str]], None]


def descriptions(document: Node, payloads: Iterator[str]) -> None:
    def within(part: Any) -> None:
        inner: list[Any] = []
        if isinstance(part, dict):
            node = cast("Node", part)
            node |= {key: next(payloads) for key in TEXTS if isinstance(node.get(key), str)}
            inner = list(node.values())
        elif isinstance(part, list):
            inner += part
        for value in inner:
            within(value)

    within(document)


TEXTS = ("description", "summary", "title")


def every_example_and_default(document: Node, payloads: Iterator[str]) -> None:
    for _, schema in each_schema(document):
        schema |= (
            {"example": next(payloads), "default": next(payloads)} if schema.get("type") == "string" else {}
        )


def operation_ids(document: Node, payloads: Iterator[str]) -> None:
    for index, (_, _, _, operation) in enumerate(operations(document)):
        operation["operationId"] = f"Op{index}{next(payloads)}"


def tags(document: Node, payloads: Iterator[str]) -> None:
    for _, _, _, operation in operations(document):
        operation["tags"] = [next(payloads)]


def paths(document: Node, payloads: Iterator[str]) -> None:
    document["paths"] = {
        f"{path}/{index}{next(payloads).replace('{', '').replace('}', '')}": item
        for index, (path, item) in enumerate(document["paths"].items())
    }


def parameter_names(document: Node, payloads: Iterator[str]) -> None:
    for _, _, _, operation in operations(document):
        for index, parameter in enumerate(operation.get("parameters", [])):
            if parameter.get("in") == "query":
                parameter["name"] = f"p{index}{next(payloads)}"


def property_names(document: Node, payloads: Iterator[str]) -> None:
    for _, schema in each_schema(document):
        for name in list(schema.get("properties", {})):
            schema["properties"][f"{name}{next(payloads)}"] = schema["properties"][name]


def required_names(document: Node, payloads: Iterator[str]) -> None:
    for schema in document["components"]["schemas"].values():
        if "properties" in schema:
            name = f"p{next(payloads)}"
            schema["properties"][name] = {"type": "string"}
            schema["required"] = [*schema.get("required", []), name]


def schema_names(document: Node, payloads: Iterator[str]) -> None:
    for index, payload in enumerate(itertools.islice(payloads, len(PAYLOADS))):
        document["components"]["schemas"][f"S{index}{payload}{index}"] = {
            "type": "object",
            "properties": {"a": {"type": "string"}},
        }
    reach(document, document["components"]["schemas"])


def enum_values(document: Node, payloads: Iterator[str]) -> None:
    for index, payload in enumerate(itertools.islice(payloads, len(PAYLOADS))):
        document["components"]["schemas"][f"E{index}"] = {
            "type": "string",
            "x-enumDescriptions": {f"V{index}{payload}": payload},
        }
    reach(document, document["components"]["schemas"])


def enum_names(document: Node, payloads: Iterator[str]) -> None:
    for index, payload in enumerate(itertools.islice(payloads, len(PAYLOADS))):
        document["components"]["schemas"][f"E{index}"] = {
            "type": "string",
            "enum": ["a"],
            "x-enum-varnames": [f"V{payload}"],
        }
    reach(document, document["components"]["schemas"])


def discriminators(document: Node, payloads: Iterator[str]) -> None:
    schemas = document["components"]["schemas"]
    for index, payload in enumerate(itertools.islice(payloads, len(PAYLOADS))):
        reference = f"#/components/schemas/Leaf{index}"
        schemas[f"Leaf{index}"] = {"type": "object", "properties": {"a": {"type": "string"}}}
        schemas[f"U{index}"] = {
            "oneOf": [{"$ref": reference}],
            "discriminator": {"propertyName": f"kind{payload}", "mapping": {f"leaf{payload}": reference}},
        }
    reach(document, document["components"]["schemas"])


def formats(document: Node, payloads: Iterator[str]) -> None:
    for _, schema in each_schema(document):
        if schema.get("type") == "string":
            schema |= {"format": next(payloads), "pattern": next(payloads)}


def aliases(document: Node, payloads: Iterator[str]) -> None:
    for _, schema in each_schema(document):
        for inner in schema.get("properties", {}).values():
            if inner.get("type") == "string":
                inner["x-aliases"] = [next(payloads)]


def response_texts(document: Node, payloads: Iterator[str]) -> None:
    document["info"] |= {"title": next(payloads)}
    document["servers"] = [{"url": next(payloads)}]
    for item in document["paths"].values():
        for method in METHODS:
            for response in item.get(method, {}).get("responses", {}).values():
                response["x-note"] = next(payloads)


def versions(document: Node, payloads: Iterator[str]) -> None:
    document["info"]["version"] = next(payloads)


def safeties(document: Node, payloads: Iterator[str]) -> None:
    for _, _, _, operation in operations(document):
        operation["x-safety"] = next(payloads)


def examples_of_responses(document: Node, payloads: Iterator[str]) -> None:
    for _, _, _, operation in operations(document):
        media = operation["responses"]["200"]["content"]["application/json"]
        media["example"] = {next(payloads): [next(payloads) for _ in PAYLOADS]}


def listings(document: Node, payloads: Iterator[str]) -> None:
    """A listing that is read page by page, with payloads in its texts and names, deprecated and billable."""
    text = {
        "type": "string",
        "description": next(payloads),
        "default": next(payloads),
        "pattern": next(payloads),
    }
    schema = {"type": "object", "properties": {
        f"i{next(payloads)}": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}}, "nextPageToken": text,
    }}  # fmt: skip
    document["paths"]["/listing"] = {
        "get": {
            "summary": next(payloads),
            "description": next(payloads),
            "deprecated": True,
            "x-safety": "billable",
            "parameters": [
                {"name": "pageSize", "in": "query", "schema": {"type": "integer"}},
                {"name": "pageToken", "in": "query", "schema": text},
            ],
            "responses": {"200": {"description": "d", "content": {"application/json": {"schema": schema}}}},
        }
    }


PLACES: list[Put] = [
    descriptions, every_example_and_default, operation_ids, tags, paths, parameter_names, property_names, required_names,
    schema_names, enum_values, enum_names, discriminators, formats, aliases, response_texts, versions, safeties,
    examples_of_responses, listings,
]  # fmt: skip

IMPORT_ALL = """
import importlib, pathlib, sys
sys.path.insert(0, ".")
for path in sorted(pathlib.Path("package").rglob("*.py")):
    importlib.import_module(".".join(path.with_suffix("").parts).removesuffix(".__init__"))
"""


def foreign_names(source: str) -> set[str]:
    """The names of payloads that are code in `source`, which is not run: it belongs to the package around."""
    tree = ast.parse(source)
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    names |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return names & {
        "open",
        "close",
        "__import__",
        "os",
        "system",
        "cycler",
        "touch",
        "pwned",
        "__subclasses__",
    }


def assert_harmless(folder: Path, document: Node, config: Path) -> bool:
    """Builds the package in `folder` and imports all of it. Whether it was built: what is refused is harmless too."""
    try:
        rendered = build(document, folder / "package", config)
    except CodegenError:
        built = False
    else:
        built = True
        done = subprocess.run(
            [sys.executable, "-c", IMPORT_ALL], cwd=folder, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
        assert foreign_names(rendered.operations) == set()
    assert [path.name for path in folder.iterdir()] in ([], ["package"])
    assert not [
        path for path in folder.rglob("*") if path.name == "pwned" or path.suffix not in ("", ".py", ".pyc")
    ]
    assert not Path("/tmp/pwned").exists()
    assert not Path("pwned").exists()
    return built


@pytest.mark.parametrize("put", PLACES, ids=lambda put: put.__name__)
def test_payloads_in_a_kind_of_place_run_nothing(
    put: Put, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    config = tmp_path_factory.mktemp("config") / "config.yaml"
    config.write_text("post_hooks: []\n", encoding="utf-8")
    attacked = copy.deepcopy(DOCUMENT)
    put(attacked, itertools.cycle(PAYLOADS))
    if assert_harmless(tmp_path, attacked, config):
        return
    # One of the payloads has the whole document refused: try each by itself.
    for index, payload in enumerate(PAYLOADS):
        attacked = copy.deepcopy(DOCUMENT)
        put(attacked, itertools.repeat(payload))
        folder = tmp_path / str(index)
        folder.mkdir()
        assert_harmless(folder, attacked, config)


@pytest.mark.parametrize("payload", [*PAYLOADS, 'a\\\\"', 'a\\\\\\"', '\\"""', 'a""', "a\\\\", '"""a"""'])
def test_a_text_is_one_docstring(payload: str) -> None:
    source = f'"""{_prose(payload, 20)}"""\n'
    code = compile(source, "docstring", "exec", dont_inherit=True)
    assert code.co_names == ("__doc__",)
