"""Overlays: what the standard says of updates, copies and removals, and what this project refuses beyond it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from codegen.document import Node, dump, load
from codegen.errors import CodegenError
from codegen.overlay import ABSENT, actions_of, applied, read_overlay
from codegen.paths import OVERLAY, SPEC
from codegen.spec import corrected, patched


def start() -> Node:
    return {
        "info": {"title": "t", "tags": ["a"]},
        "paths": {
            "/a": {"get": {"parameters": [{"name": "x", "in": "query"}, {"name": "y", "in": "query"}]}},
            "/b": {"get": {"parameters": [{"name": "x", "in": "query"}]}, "post": {"summary": "s"}},
        },
    }


def after(**action: Any) -> Node:
    return patched(start(), [{"description": "d", **action}], "overlay.yaml")


X: Node = {"name": "x", "in": "query"}
Y: Node = {"name": "y", "in": "query"}
Z: Node = {"name": "z", "in": "query"}


def test_an_update_is_merged_into_the_objects_that_the_target_selects() -> None:
    found = after(target="$.paths.*.get", update={"summary": "new", "x-deep": {"a": [1]}})
    assert found["paths"]["/a"]["get"] == {"parameters": [X, Y], "summary": "new", "x-deep": {"a": [1]}}
    assert found["paths"]["/b"]["get"]["summary"] == "new"
    assert found["paths"]["/b"]["post"] == {"summary": "s"}


def test_a_list_in_an_update_is_appended_to_the_list_that_is_there() -> None:
    assert after(target="$.info", update={"tags": ["b"]})["info"]["tags"] == ["a", "b"]


@pytest.mark.parametrize("update", [Z, [Z]])
def test_an_update_of_a_list_appends_one_entry_or_several(update: object) -> None:
    found = after(target="$.paths['/a'].get.parameters", update=update)
    assert found["paths"]["/a"]["get"]["parameters"] == [X, Y, Z]


def test_an_update_of_a_single_value_replaces_it() -> None:
    assert after(target="$.paths.*.post.summary", update="new")["paths"]["/b"]["post"] == {"summary": "new"}


def test_a_removal_removes_every_match_of_a_list() -> None:
    found = after(target="$.paths['/a'].get.parameters[1,0]", remove=True)
    assert found["paths"]["/a"]["get"]["parameters"] == []
    found = after(target="$.paths.*.get.parameters[?@.name == 'x']", remove=True)
    assert [item["get"]["parameters"] for item in found["paths"].values()] == [[Y], []]


def test_a_removal_by_descent_removes_what_lies_in_each_other() -> None:
    assert after(target="$..['get','post','/b']", remove=True)["paths"] == {"/a": {}}


def test_a_copy_merges_what_another_place_has() -> None:
    found = after(target="$.paths['/a'].get", copy="$.paths['/b'].post")
    assert found["paths"]["/a"]["get"] == {"parameters": [X, Y], "summary": "s"}
    assert found["paths"]["/b"] == start()["paths"]["/b"]


def test_what_is_merged_at_several_places_is_not_shared() -> None:
    actions = [
        {"target": "$.paths.*.get", "description": "d", "update": {"x-own": {"a": 1}}},
        {"target": "$.paths['/a'].get.x-own", "description": "d", "update": {"a": 2}},
    ]
    found = patched(start(), actions, "overlay.yaml")
    assert [item["get"]["x-own"] for item in found["paths"].values()] == [{"a": 2}, {"a": 1}]


@pytest.mark.parametrize(
    ("action", "problem"),
    [
        ({"target": "$.nowhere", "remove": True}, "the target matches nothing"),
        (
            {"target": "$.paths['/a','/c'].get", "update": {"summary": "s"}},
            "a part of the target matches nothing: $['paths']['/c']['get']",
        ),
        ({"target": "$.info", "update": {"tags": ["a"]}}, "appends what is there already: #/info/tags"),
        (
            {"target": "$.paths['/a'].get.parameters", "update": {**X, "required": True}},
            "appends what is there already: #/paths/~1a/get/parameters",
        ),
        ({"target": "$.info", "copy": "$.nowhere"}, "copy must select one place, and selects 0"),
        ({"target": "$.info", "copy": "$.paths.*"}, "copy must select one place, and selects 2"),
        ({"target": "$", "remove": True}, "the whole document cannot be removed"),
        ({"target": "$.info", "update": 5}, "#/info is an object, and the update is not"),
        ({"target": "$.info.title", "update": {"a": 1}}, "#/info/title is a single value, and the update is not"),
        ({"target": "$.info", "update": {}, "remove": True}, "must have either"),
        ({"target": "$.info", "update": {}, "copy": "$.paths"}, "must have either"),
        ({"target": "$.info", "copy": "paths"}, "not a valid JSONPath"),
        ({"target": "$.info | $.paths", "update": {}}, "not a valid JSONPath"),
        ({"target": "$.info.~", "update": {}}, "not a valid JSONPath"),
    ],
)  # fmt: skip
def test_an_action_that_is_wrong_is_refused_by_its_place(action: Node, problem: str) -> None:
    with pytest.raises(CodegenError) as caught:
        after(**action)
    assert problem in str(caught.value)
    assert "overlay.yaml: actions[0]" in str(caught.value)


def test_all_actions_that_are_wrong_are_named_at_once() -> None:
    actions = [{"target": f"$.nowhere{index}", "description": "d", "remove": True} for index in range(3)]
    with pytest.raises(CodegenError) as caught:
        patched(start(), actions, "overlay.yaml")
    assert [f"actions[{index}] ($.nowhere{index})" in str(caught.value) for index in range(3)] == [True] * 3


def test_what_an_action_matched_and_changed_is_kept() -> None:
    actions = actions_of(
        [
            {"target": "$.info", "description": "d", "update": {"title": "new", "tags": ["b"]}},
            {"target": "$.info.tags", "description": "d", "remove": True},
            {"target": "$.info", "description": "d", "update": {"title": "new"}},
        ],
        "overlay.yaml",
    )
    _, found = applied(start(), actions)
    assert [(one.matches, [(c.place, c.before, c.after) for c in one.changes]) for one in found] == [
        (["#/info"], [("#/info/title", "t", "new"), ("#/info/tags/1", ABSENT, "b")]),
        (["#/info/tags"], [("#/info/tags", ["a", "b"], ABSENT)]),
        (["#/info"], []),
    ]


@pytest.mark.parametrize("version", ["1.0.0", "1.1.0"])
def test_overlays_of_both_versions_are_read(version: str, tmp_path: Path) -> None:
    path = tmp_path / "overlay.yaml"
    path.write_text(dump({**load(OVERLAY), "overlay": version}), encoding="utf-8")
    assert corrected(SPEC, path) == corrected(SPEC, OVERLAY)


@pytest.mark.parametrize("version", ["2.0.0", "", "1.2.0"])
def test_an_overlay_of_another_version_is_refused(version: str, tmp_path: Path) -> None:
    path = tmp_path / "overlay.yaml"
    path.write_text(dump({**load(OVERLAY), "overlay": version}), encoding="utf-8")
    with pytest.raises(CodegenError, match=r"overlay\.yaml: is not an OpenAPI Overlay 1\.0 or 1\.1 document"):
        read_overlay(path)


def test_no_action_of_the_overlay_is_without_effect() -> None:
    _, found = applied(load(SPEC), read_overlay(OVERLAY))
    assert [one.action.place for one in found if not one.changes] == []
