import random
from pathlib import Path

import pytest

from evo.llm import tokens
from evo.llm.client import litellm

HERE = Path(__file__)
RNG = random.Random(0)
TEXTS = {
    "program": HERE.read_text(),
    "longer program": (HERE.parent / "test_models.py").read_text(),
    "markdown": (HERE.parents[2] / "README.md").read_text(),
    "settings": (HERE.parents[2] / "pyproject.toml").read_text(),
    "prose": "Consider alternatives that place the large circles first, and say why they may be better. " * 9,
    "numbers": " ".join(repr(RNG.random()) for _ in range(200)),
    "formula": "x[i][j] += ((a - b) * c) / (d ** 2 + 1e-9);\n" * 30,
    "dense": "x[i][j]+=((a-b)*c)/(d**2);" * 30,
    "hexadecimal": "".join(f"{RNG.randrange(256):02x}" for _ in range(600)),
    "chinese": "这是一个用于测试的句子,描述如何改进算法的性能。" * 12,
    "russian": "Это предложение для проверки счёта токенов в тексте. " * 12,
    "signs": "😀🚀🔥 → ∑ ≤ π " * 40,
}


@pytest.mark.parametrize("name", TEXTS)
def test_near_a_real_tokeniser_and_hardly_below_it(name: str) -> None:
    text = TEXTS[name]
    true = len(litellm().encoding.encode(text, disallowed_special=()))
    assert 0.9 * true <= tokens.count(text) <= 2.5 * true


def test_nothing_and_broken_text() -> None:
    assert tokens.count("") == 1
    assert tokens.count("\ud800" * 4) > 1
