"""Makes overlay actions, to be reviewed, of what a `DriftRecorder` has seen."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from openapi_python_client.parser.properties import Class

from .document import SCHEMAS, Node, dump, is_list, is_object, resolve
from .errors import CodegenError
from .generate import config_of
from .pointers import SCHEMAS_PLACE, Pointer

__all__ = ["actions_from_drift"]

ENUMS = ("x-enumDescriptions", "x-extensible-enum", "enum")


def actions_from_drift(file: Path, document: Node, config_file: Path) -> str:
    """The overlay actions for the differences in `file`, as YAML; what no action can mend is a comment.

    `document` is the corrected one. Raises CodegenError if the file is not one of a DriftRecorder.
    """
    config = config_of(config_file)
    schemas: Node = document.get("components", {}).get("schemas", {})
    names = {str(Class.from_string(string=name, config=config).name): name for name in schemas}
    actions: list[Node] = []
    comments: list[str] = []
    for drift in _drifts(file):
        schema = names.get(drift["model"])
        action = None if schema is None else _action(document, schema, drift)
        text = f"{drift['model']}.{drift['field']}: {drift['problem']}, {drift['found']}"
        if action is None:
            comments.append(f"# No action mends {text}. {_seen(drift)}")
        elif all(
            action["target"] != one["target"] or action.get("update") != one.get("update") for one in actions
        ):
            actions.append(action)
    lines = ["# To be reviewed, then moved to openapi/overlay.yaml or openapi/additions.yaml.", *comments]
    return "\n".join(lines) + "\n" + dump({"actions": actions})


def _drifts(file: Path) -> list[dict[str, Any]]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))["drifts"]
        return [
            {
                **{
                    key: str(one[key])
                    for key in ("model", "field", "problem", "found", "first_seen", "last_seen")
                },
                "count": int(one["count"]),
            }
            for one in found
        ]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise CodegenError(f"{file}: is not a file of DriftRecorder: {error!r}") from error


def _seen(drift: Node) -> str:
    times = "once" if drift["count"] == 1 else f"{drift['count']} times"
    return f"Found in answers: {times}, from {drift['first_seen']} to {drift['last_seen']}."


def _action(document: Node, schema: str, drift: Node) -> Node | None:
    found = next(
        _properties(
            document, SCHEMAS_PLACE / schema, document["components"]["schemas"][schema], drift["field"]
        ),
        None,
    )
    if found is None:
        return None
    holder, own = found
    place = holder / "properties" / drift["field"]
    if drift["problem"] == "unknown value":
        return _new_value(document, place, own, drift)
    if drift["problem"] == "missing":
        what = f"`{drift['field']}` is required, and is missing or null."
        return _of(
            holder / "required", what, drift, {"remove": True}, f"[?@ == {json.dumps(drift['field'])}]"
        )
    if drift["problem"] == "wrong type" and "type" in own:
        what = f"`{drift['field']}` is {own['type']} here, and comes as {drift['found']}."
        selector = "['type','format']" if "format" in own else "['type']"
        return _of(place, what, drift, {"remove": True}, selector)
    return None


def _new_value(document: Node, place: Pointer, own: Node, drift: Node) -> Node | None:
    """Adds the value where the enum has its values."""
    try:
        value = ast.literal_eval(drift["found"])
    except (ValueError, SyntaxError):  # It was cut.
        return None
    place, own = _enum(document, place, own)
    for key in ENUMS:
        if key in own and isinstance(value, str):
            update = {key: {value: "Not documented."} if is_object(own[key]) else [value]}
            return _of(place, f"The value {value} is sent, and is not listed.", drift, {"update": update})
    return None


def _of(place: Pointer, what: str, drift: Node, modifier: Node, selector: str = "") -> Node:
    target = "$" + "".join(_segment(part) for part in place.parts) + selector
    return {"target": target, "description": f"{what} {_seen(drift)}", **modifier}


def _segment(part: str) -> str:
    if re.fullmatch(r"[A-Za-z_]\w*", part):
        return f".{part}"
    return f"[{part}]" if part.isdecimal() else f"[{json.dumps(part)}]"


def _properties(document: Node, place: Pointer, schema: Node, name: str) -> Iterator[tuple[Pointer, Node]]:
    """Where a schema, or a part of its `allOf`, has the property, and its definition."""
    if name in schema.get("properties", {}):
        yield place, schema["properties"][name]
    for index, part in enumerate(schema.get("allOf", [])):
        reference = part.get("$ref")
        inner = SCHEMAS_PLACE / reference.removeprefix(SCHEMAS) if reference else place / "allOf" / index
        yield from _properties(document, inner, resolve(document, part, str(inner)), name)


def _enum(document: Node, place: Pointer, own: Node) -> tuple[Pointer, Node]:
    """The schema that has the values: through lists, references and a single `allOf`."""
    while not any(key in own for key in ENUMS):
        if "$ref" in own:
            place = SCHEMAS_PLACE / own["$ref"].removeprefix(SCHEMAS)
            own = resolve(document, own, str(place))
        elif is_object(own.get("items")):
            place, own = place / "items", own["items"]
        elif is_list(own.get("allOf")) and len(own["allOf"]) == 1:
            place, own = place / "allOf" / 0, own["allOf"][0]
        else:
            break
    return place, own
