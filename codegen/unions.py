"""The values for a union's template: its variants, and the attributes that all of them share."""

from __future__ import annotations

from dataclasses import dataclass

from openapi_python_client.parser.properties import ModelProperty

from .fields import Field, fields_of
from .literals import literal
from .tables import Tables, Union

__all__ = ["Shared", "UnionModel", "union_model"]


@dataclass(frozen=True)
class Shared:
    """An attribute that every variant of a union has, and so an unknown variant too."""

    field: Field
    variant: str
    """The class whose code reads it."""


@dataclass(frozen=True)
class UnionModel:
    """The values for a union's template besides the table of variants."""

    shared: list[Shared]
    imports: list[str]
    type_imports: list[str]
    """Imports for annotations only."""


def union_model(union: Union, models: dict[str, ModelProperty], tables: Tables) -> UnionModel:
    """The template's values for a union. Shared attributes are in the order of the first variant."""
    variants = {name: {own.json: own for own in fields_of(models[name], tables)} for name in union.classes}
    first = variants[union.classes[0]] if union.classes else dict[str, Field]()
    found = [_shared(variants, json) for json in first if json != literal(union.key)]
    shared = [own for own in found if own is not None]
    imports: dict[str, list[str]] = {"imports": [], "type_imports": []}
    for name in sorted(
        {name for own in shared for name in own.field.kind.classes} - {union.name, *union.classes}
    ):
        kind = "type_imports" if (union.name, name) in tables.cyclic else "imports"
        imports[kind].append(f"from .{tables.module(name)} import {name}")
    return UnionModel(shared, **imports)


def _shared(variants: dict[str, dict[str, Field]], json: str) -> Shared | None:
    """The attribute shared by all variants with one type; optional if any variant has it optional. None if not shared."""
    owners = {name: fields[json] for name, fields in variants.items() if json in fields}
    types = {own.annotation.removesuffix(" | None") for own in owners.values()}
    if len(owners) < len(variants) or len(types) > 1:
        return None
    name = next(
        (name for name, own in owners.items() if own.annotation.endswith(" | None")), next(iter(owners))
    )
    return Shared(owners[name], name)
