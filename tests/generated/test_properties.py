"""What holds for every input."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from typing import Any, cast, get_args
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sinch_numbers._generated import models
from sinch_numbers._generated.api.active_number import get_active_number, list_active_numbers
from sinch_numbers._generated.api.available_number import rent_number
from sinch_numbers._generated.kinds import Field
from sinch_numbers._generated.model import Model, decode, fields_of
from sinch_numbers._generated.models import RentNumberRequest
from sinch_numbers._generated.types import DecodeError, Drift

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
NEARLY_RIGHT: list[Any] = ["", "SMS", "RTC", "EST", "CUSTOM", "0.80", "NaN", 1, 1.0, {}, [], ["SMS"], [1]]
TIMES = ["2024-06-06T14:42:42.022227Z", "2024-06-06T14:42:42"]
LIKELY = st.sampled_from([*NEARLY_RIGHT, *TIMES])
NAMES = sorted(name for name in models.__all__ if hasattr(getattr(models, name), "from_dict"))


def stripped(value: Any) -> Any:
    """Null and absent are the same by design."""
    if isinstance(value, dict):
        return {
            key: stripped(inner) for key, inner in cast("dict[str, Any]", value).items() if inner is not None
        }
    return [stripped(item) for item in cast("list[object]", value)] if isinstance(value, list) else value


@pytest.fixture(scope="session")
def keys() -> list[str]:
    """Every property name of the document."""
    # Here, so that the other tests need nothing but the package and run with any Python.
    from codegen.paths import ADDITIONS, OVERLAY, SPEC
    from codegen.spec import corrected
    from codegen.transforms import transformed

    schemas = transformed(corrected(SPEC, OVERLAY, ADDITIONS))["components"]["schemas"].values()
    return sorted({key for schema in schemas for key in schema.get("properties", {})})


@pytest.mark.slow
@given(data=st.data())
@settings(max_examples=30, deadline=None)
@pytest.mark.parametrize("name", NAMES)
def test_no_json_value_in_any_field_makes_a_decoder_raise(
    name: str, data: st.DataObject, keys: list[str]
) -> None:
    objects = st.dictionaries(st.sampled_from(keys) | st.text(max_size=5), JSON | LIKELY, max_size=8)
    nested = st.dictionaries(st.sampled_from(keys), objects | st.lists(objects, max_size=2), max_size=3)
    body = {**data.draw(objects), **data.draw(nested)}
    kind: Any = getattr(models, name)
    drifts: list[Drift] = []
    model = kind.from_dict(body, drifts.append)
    written = model.to_dict()
    assert stripped(written) == stripped(body)
    assert kind.from_dict(written) == model
    assert stripped(kind.from_dict(written).to_dict()) == stripped(written)
    repr(model)
    hash(model)
    json.dumps(model.to_request())


LIKELY_VALUES: dict[Any, st.SearchStrategy[Any]] = {
    datetime: st.sampled_from([*TIMES, "2024-07-23T14:02:14.415637289Z", "2024-06-06t00:00:00z"]),
    Decimal: st.sampled_from(["0.80", "1", "-1.5", "1e3", "+1", "00.1", 2, 0.5]),
    bool: st.booleans(),
    float: st.floats(allow_nan=False, allow_infinity=False) | st.integers(-5, 5),
    int: st.integers(-5, 5) | st.just(1.0),
    str: st.text(max_size=3),
}


def likely(kind: type[Model], depth: int = 2) -> st.SearchStrategy[dict[str, Any]]:
    """Objects of which nearly all fields are right."""
    fields = {field.json: likely_value(field, depth) for field in fields_of(kind)}
    odd = st.dictionaries(st.sampled_from([*fields, "currency", "new"]), LIKELY, max_size=1)
    right: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries({}, optional=fields)
    return st.tuples(right, odd).map(lambda parts: {**parts[0], **parts[1]})


def likely_value(field: Field, depth: int) -> st.SearchStrategy[Any]:
    python = field.kind.type
    kinds = [kind for kind in get_args(python) or (python,) if hasattr(kind, "_fields")]
    value: st.SearchStrategy[Any]
    if python in LIKELY_VALUES:
        value = LIKELY_VALUES[python]
    elif not kinds:
        value = st.sampled_from([*python, "HOLOGRAM"])
    elif depth == 0:
        value = st.just(dict[str, Any]())
    else:
        value = st.one_of(*(likely(kind, depth - 1) for kind in kinds if kind.__name__[:7] != "Unknown"))
    if field.many:
        value = st.lists(value, max_size=2)
    return value | st.none()


@pytest.mark.slow
@given(data=st.data())
@settings(max_examples=60, deadline=None)
@pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith("Unknown")])
def test_the_fast_path_and_the_table_read_the_same(name: str, data: st.DataObject) -> None:
    kind: type[Model] = getattr(models, name)
    body = data.draw(likely(kind))
    fast_drifts: list[Drift] = []
    table_drifts: list[Drift] = []
    fast = kind.from_dict(body, fast_drifts.append)
    table = decode(kind, body, table_drifts.append)
    assert fast == table
    assert repr(fast) == repr(table)
    assert repr(fast.to_dict()) == repr(table.to_dict())
    assert repr(fast.to_request()) == repr(table.to_request())
    assert sorted(map(repr, fast_drifts)) == sorted(map(repr, table_drifts))


@given(content=st.binary(max_size=50) | JSON.map(lambda value: json.dumps(value).encode()))
@settings(max_examples=100, deadline=None)
def test_no_body_raises_anything_but_a_decode_error(content: bytes) -> None:
    try:
        get_active_number.parse_response(content)
        list_active_numbers.parse_response(content)
    except DecodeError:
        pass


@given(project_id=st.text(), phone_number=st.text())
@settings(max_examples=150, deadline=None)
def test_no_argument_changes_the_structure_of_a_path(project_id: str, phone_number: str) -> None:
    try:
        request = rent_number.build_request(
            project_id=project_id, phone_number=phone_number, body=RentNumberRequest()
        )
    except ValueError:
        assert {project_id, phone_number} & {"", ".", ".."}
        return
    assert request.path.isascii()
    assert not set(request.path) & set("?#\\ \r\n\t")
    empty, v1, projects, project, numbers, number = request.path.split("/")
    assert (empty, v1, projects, numbers) == ("", "v1", "projects", "availableNumbers")
    assert unquote(project) == project_id
    assert number.endswith(":rent")
    assert unquote(number.removesuffix(":rent")) == phone_number
    assert ":" not in number.removesuffix(":rent")


@given(token=st.text(), region=st.text(), size=st.integers())
@settings(max_examples=100, deadline=None)
def test_no_argument_changes_the_structure_of_a_query(token: str, region: str, size: int) -> None:
    request = list_active_numbers.build_request(
        project_id="p", region_code=region, type_="LOCAL", page_token=token, page_size=size
    )
    pairs = [pair.split("=") for pair in request.query.split("&")]
    assert {name: unquote(value) for name, value in pairs} == {
        "regionCode": region,
        "type": "LOCAL",
        "pageSize": str(size),
        "pageToken": token,
    }
    assert len(pairs) == 4
