"""A JSON Schema of ``design.yaml``, by which editors complete and check what is typed."""

from collections.abc import Sequence
from typing import Any

from evo.design.budget import BUDGET, budget_schema
from evo.design.catalogue import Catalogue
from evo.design.component import SLOTS
from evo.design.parameter import Parameter
from evo.design.parts import OPEN
from evo.design.rules import OFF

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema(catalogue: Catalogue) -> dict[str, Any]:
    """What can be said slot by slot; what must hold between slots is left to `evo.design.design.Design.load`."""
    slots = {slot: _slot(slot, catalogue) for slot in SLOTS}
    required = [slot for slot in SLOTS if OFF not in catalogue.names(slot)]
    return {
        "$schema": DIALECT,
        "title": "An agent design",
        "type": "object",
        "required": ["slots"],
        "additionalProperties": False,
        "properties": {
            "slots": {
                "type": "object",
                "required": required,
                "additionalProperties": False,
                "properties": slots,
            },
            BUDGET: budget_schema(),
        },
    }


def _slot(slot: str, catalogue: Catalogue) -> dict[str, Any]:
    """A name alone, or a mapping with the component under ``use`` and its parameters beside it."""
    names = catalogue.names(slot)
    extra = [OPEN] if slot == "workflow" else []
    mappings = [
        _mapping(name, _purpose(slot, name, catalogue), catalogue.parameters(slot, name)) for name in names
    ]
    mappings += [_mapping(name, "a workflow of the candidate's own", ()) for name in extra]
    return {"anyOf": [{"enum": [*names, *extra]}, *mappings]}


def _mapping(name: str, purpose: str, parameters: Sequence[Parameter]) -> dict[str, Any]:
    return {
        "type": "object",
        "description": purpose,
        "required": ["use"],
        "additionalProperties": False,
        "properties": {"use": {"const": name}, **{one.name: one.schema() for one in parameters}},
    }


def _purpose(slot: str, name: str, catalogue: Catalogue) -> str:
    if slot == "model":
        return "asks no model" if name == OFF else f"every node asks {name} that is not given another one"
    return catalogue.component(slot, name).purpose
