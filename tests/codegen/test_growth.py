"""A later version of the document needs no change but `generate`."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import pydantic
import pytest

from codegen.document import Node, load
from codegen.generate import generate
from codegen.spec import patched

pytestmark = pytest.mark.slow

GROWN = Path(__file__).parent / "grown.yaml"


@pytest.fixture(scope="session")
def imported() -> Iterator[Callable[[Path, str], ModuleType]]:
    """Imports a module of a generated package, wherever that lies."""
    before = set(sys.modules)
    paths = list(sys.path)

    def load_module(package: Path, module: str) -> ModuleType:
        sys.path.insert(0, str(package.parent))
        return importlib.import_module(f"{package.name}.{module}" if module else package.name)

    yield load_module
    sys.path[:] = paths
    for name in set(sys.modules) - before:
        if name.startswith("grown"):
            del sys.modules[name]


@pytest.fixture(scope="module")
def package(document: Node, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package of the grown document. `generate` type-checks it."""
    folder = tmp_path_factory.mktemp("growth") / "grown_package"
    generate(patched(document, load(GROWN)["actions"], "grown.yaml"), folder)
    return folder


@pytest.fixture(scope="module")
def models(package: Path, imported: Callable[[Path, str], ModuleType]) -> Any:
    return imported(package, "models")


@pytest.fixture(scope="module")
def transfers(package: Path, imported: Callable[[Path, str], ModuleType]) -> Any:
    return imported(package, "api.number_transfers.transfer_number")


def test_a_new_enum_value_is_a_member_with_its_description(models: Any, package: Path) -> None:
    assert models.NumberType.SHORT_CODE.is_known
    assert models.ProvisioningStatus("PAUSED").is_known
    assert 'Numbers with five digits, called "short".' in (package / "models" / "number_type.py").read_text(
        encoding="utf-8"
    )


def test_a_variant_that_is_only_null_is_not_a_class(models: Any) -> None:
    assert not hasattr(models, "NoValue")
    assert models.Branch.from_dict({"tree": None}).tree is None


def test_an_extensible_enum_is_an_enum(models: Any) -> None:
    assert models.Season("SPRING").is_known
    assert not models.Season("WINTER").is_known


def test_a_new_schema_is_a_class_if_something_uses_it(models: Any) -> None:
    assert models.Alias(something="x").to_dict() == {"something": "x"}
    assert not hasattr(models, "LonelySchema")


def test_new_properties_are_decoded_and_written_back(models: Any) -> None:
    body = {
        "labels": ["a"],
        "ratings": [1, 2.5],
        "history": ["2024-06-06T14:42:42Z"],
        "phoneNumber": "+12025550135",
        "owner": {"accessToken": "very-secret", "kind": "ALIEN", "name": "n", "street": "s"},
        "score": 1.5,
        "ported": True,
        "anything": [1, {"a": None}],
        "eitherWay": 7,
        "class": "c",
        "from": "f",
        "self": "s",
        "additionalProperties": "p",
        "toDict": "t",
        "list": "l",
        "rest": "r",
        'quote"\\d': "q",
        "parent": {"phoneNumber": "+12025550134"},
        "deposit": "1.10",
    }
    drifts: list[Any] = []
    number = models.ActiveNumber.from_dict(body, drifts.append)
    assert number.to_dict() == body
    assert number.additional_properties == {}
    assert number.owner.kind == "ALIEN"
    assert number.deposit == Decimal("1.10")
    assert isinstance(number.parent, models.ActiveNumber)
    assert "very-secret" not in repr(number)
    assert "ported" not in number.to_request()
    assert [drift.problem for drift in drifts] == ["unknown value"]


def test_a_required_string_of_a_response_is_a_string_unless_it_may_be_null(models: Any) -> None:
    drifts: list[Any] = []
    owner = models.ActiveNumberResponseOwner.from_dict({"name": 5}, drifts.append)
    assert (owner.name, owner.access_token, owner.address) == ("", "", "")
    assert (owner.nickname, owner.title, owner.since, owner.kind) == (None, None, None, None)
    assert owner.to_dict() == {"name": 5}
    assert [(drift.field, drift.problem) for drift in drifts] == [
        ("name", "wrong type"),
        ("address", "missing"),
        ("accessToken", "missing"),
    ]
    moved = models.ActiveNumberResponseOwner.from_dict({"street": "s"})
    assert moved.address == "s"
    assert moved.to_dict() == {"street": "s"}
    with pytest.raises(TypeError, match="'name', 'address', and 'access_token'"):
        models.ActiveNumberResponseOwner()


def test_an_unknown_variant_has_what_all_variants_share_and_nothing_else(models: Any) -> None:
    raw: Node = {
        "leafKind": "BlueLeaf",
        "shape": 5,
        "neighbours": [{"leafKind": "RedLeaf", "vein": "v"}],
        "grownOn": {"leaves": []},
        "season": "SPRING",
    }
    leaf = models.UnknownLeaf(raw)
    assert leaf.shape is None
    assert leaf.vein == ""
    assert isinstance(leaf.neighbours[0], models.RedLeaf)
    assert leaf.grown_on == models.Tree(leaves=[])
    assert leaf.season is models.Season.SPRING
    assert leaf.to_dict() == raw
    assert not [name for name in ("under", "hue", "age") if hasattr(leaf, name)]


def test_items_that_do_not_fit_are_kept(models: Any) -> None:
    body = {"labels": ["a", 1], "ratings": [True], "history": ["2024", 7], "owner": "me", "score": "high"}
    number = models.ActiveNumber.from_dict(body)
    assert number.to_dict() == body
    assert number.labels == ("a",)
    assert number.ratings == ()


def test_a_new_variant_is_decoded_by_its_discriminator(models: Any) -> None:
    voice = models.ActiveNumber.from_dict(
        {"voiceConfiguration": {"type": "SIP", "sipUri": "sip:x"}}
    ).voice_configuration
    assert isinstance(voice, models.VoiceConfigurationSIP)
    assert voice.sip_uri == "sip:x"
    assert models.VoiceConfigurationSIP(sip_uri="x").to_request() == {"type": "SIP", "sipUri": "x"}
    passed_back = models.VoiceConfigurationRTC.from_dict({"type": "RTC", "sipUri": ""})
    assert passed_back.to_request() == {"type": "RTC"}


def test_schemas_may_lead_back_to_themselves(models: Any) -> None:
    body: Node = {
        "branch": {"tree": {"branch": {}}},
        "leaves": [
            {"leafKind": "GreenLeaf", "under": {"leafKind": "RedLeaf", "hue": 3}},
            {"leafKind": "BlueLeaf"},
            {"hue": 1},
        ],
    }
    tree = models.Tree.from_dict(body)
    assert tree.to_dict() == body
    assert isinstance(tree.leaves[0].under, models.RedLeaf)
    assert [type(leaf) for leaf in tree.leaves[1:]] == [models.UnknownLeaf, models.UnknownLeaf]
    assert tree.leaves[1].leaf_kind == "BlueLeaf"
    assert models.RedLeaf(hue=1, vein="").to_dict() == {"leafKind": "RedLeaf", "hue": 1, "vein": ""}


def test_models_that_lead_back_to_themselves_have_a_schema_and_a_hash(models: Any) -> None:
    adapter: pydantic.TypeAdapter[Any] = pydantic.TypeAdapter(models.Tree)
    body: Node = {
        "branch": {"tree": {"branch": {}}},
        "leaves": [{"leafKind": "RedLeaf", "hue": 3, "vein": "v"}],
    }
    tree = adapter.validate_python(body)
    assert tree == models.Tree.from_dict(body)
    assert tree.to_dict() == body
    assert isinstance(hash(tree), int)
    with pytest.raises(pydantic.ValidationError, match=r"branch\.tree\.new"):
        adapter.validate_python({"branch": {"tree": {"new": 1}}})
    assert {"Tree", "Branch", "RedLeaf"} <= set(adapter.json_schema()["$defs"])


def test_a_field_of_any_type_is_left_out_of_the_hash(models: Any) -> None:
    number = models.ActiveNumber.from_dict({"phoneNumber": "+1", "anything": [1, {"a": None}]})
    assert hash(number) == hash(models.ActiveNumber(phone_number="+1"))


@pytest.mark.parametrize("module", ["tree", "branch", "leaf", "green_leaf", "red_leaf", "active_number"])
def test_any_module_of_a_cycle_can_be_imported_first(package: Path, module: str) -> None:
    code = f"import {package.name}.models.{module}"
    subprocess.run([sys.executable, "-c", code], cwd=package.parent, check=True, timeout=30)


def test_a_new_operation_builds_its_request(transfers: Any, models: Any) -> None:
    request = transfers.build_request(
        project_id="p",
        index=7,
        from_="a/b",
        body=models.TransferNumberRequest(target="t"),
        dry_run=True,
        mode="SLOW",
    )
    assert request.operation == "TransferNumber"
    assert request.path == "/v1/projects/p/numbers/7/a%2Fb:transfer"
    assert request.query == "dryRun=true&mode=SLOW"
    assert request.body == b'{"target":"t"}'
    assert transfers.build_request(project_id="p", index=7, from_="x").body is None
    assert transfers.parse_response(b'{"transferId":"x"}').transfer_id == "x"


def test_a_request_requires_what_the_document_requires(models: Any) -> None:
    with pytest.raises(TypeError, match="target"):
        models.TransferNumberRequest()
    read_back = models.TransferNumberRequest.from_dict({"target": 5, "stamp": "x"})
    assert read_back.target is None
    assert read_back.to_dict() == {"target": 5, "stamp": "x"}
    assert read_back.to_request() == {"target": 5}


def test_an_operation_without_a_response_body_returns_none(
    package: Path, imported: Callable[[Path, str], ModuleType]
) -> None:
    cancel: Any = imported(package, "api.number_transfers.cancel_transfer")
    assert cancel.build_request(project_id="p", index=1, from_="x").method == "DELETE"
    assert cancel.parse_response(b"") is None
