"""What holds for every input."""

from __future__ import annotations

import json
from typing import Any, cast
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sinch_numbers._generated import models
from sinch_numbers._generated.api.active_number import get_active_number, list_active_numbers
from sinch_numbers._generated.api.available_number import rent_number
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
    from codegen.paths import OVERLAY, SPEC
    from codegen.spec import corrected
    from codegen.transforms import transformed

    schemas = transformed(corrected(SPEC, OVERLAY))["components"]["schemas"].values()
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
    json.dumps(model.to_request())


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
    assert [[name, unquote(value)] for name, value in pairs] == [
        ["regionCode", region],
        ["type", "LOCAL"],
        ["pageSize", str(size)],
        ["pageToken", token],
    ]
