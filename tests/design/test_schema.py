"""The schema for editors says of a slot what the check says."""

import jsonschema
import numpy as np
import pytest

from evo.design.design import Design
from evo.design.faults import InvalidDesign
from evo.design.schema import schema
from evo.design.space import Space
from evo.document import read
from tests.design.shelf import CATALOGUE, POOR, RICH

VALIDATOR = jsonschema.Draft202012Validator(schema(CATALOGUE))


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(schema(CATALOGUE))


def test_designs_pass() -> None:
    rng = np.random.default_rng(2)
    space = Space(CATALOGUE)
    texts = [space.draw(rng).files()["design.yaml"] for _ in range(30)]
    for text in [POOR, RICH, "slots: {workflow: workflow.py}", *texts]:
        VALIDATOR.validate(read("design.yaml", text))


@pytest.mark.parametrize(
    "text",
    [
        "slots: {memory: none}",
        "slots: {workflow: lop}",
        POOR + "other: 1\n",
        POOR + "  memory: {use: window, size: 65}\n",
        POOR + "  memory: {use: window, sise: 6}\n",
        POOR + "  memory: {size: 6}\n",
        POOR + "  profile: {use: expert, field: art}\n",
        POOR + "  tools: {use: all, sum: maybe}\n",
        POOR + "  reasoning: {use: chain, prompt: think.md}\n",
        POOR + "  memry: none\n",
    ],
)
def test_what_the_check_refuses_in_a_slot_does_not_pass(text: str) -> None:
    assert not VALIDATOR.is_valid(read("design.yaml", text))
    with pytest.raises(InvalidDesign):
        Design.load({"design.yaml": text}, CATALOGUE)
