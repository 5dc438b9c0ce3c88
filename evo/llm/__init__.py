"""Language models: asking them, within limits, and keeping books on what they cost."""

from evo.llm.ledger import Ceiling
from evo.llm.models import LanguageModels
from evo.llm.settings import LlmSettings, ModelSettings

__all__ = ["Ceiling", "LanguageModels", "LlmSettings", "ModelSettings"]
