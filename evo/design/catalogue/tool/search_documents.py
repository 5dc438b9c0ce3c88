"""Searches what is given with the task, or documents of the design's own, and shows the passages that fit best."""

from collections.abc import Mapping
from typing import Any

from evo.design.component import Component
from evo.design.contracts import Spec
from evo.design.parameter import Int, Prompt
from evo.design.ranking import best, passages
from evo.design.tooling import failure, text_of

DECLARATION = Component(
    slot="tool",
    name="search_documents",
    purpose="finds passages in the given documents",
    use="SearchDocuments",
    source="Robertson and Zaragoza (2009): BM25; given to a model as in Lewis et al., Retrieval-Augmented Generation (2020), arXiv:2005.11401",
    parameters=(
        Int("top", default=3, low=1, high=10),
        Int("words", default=60, low=20, high=200, log=True),
        Prompt("documents"),
    ),
)


class SearchDocuments:
    """Ranks passages by BM25.

    Args:
        top: passages that are shown.
        words: of a passage, about.
        documents: text that is searched; empty for what the task gives: of the first situation in which
            the tools are offered, all but its first line, which is the question.
    """

    def __init__(self, top: int, words: int, documents: str) -> None:
        self._top, self._words = top, words
        self._passages = passages(documents, words)

    def given(self, situation: str) -> None:
        """What the task gives, unless there are documents already."""
        _, _, context = situation.partition("\n")
        if not self._passages and context.strip():
            self._passages = passages(context, self._words)

    async def spec(self) -> Spec:
        """See the module."""
        return Spec("search_documents", "finds passages in the given documents", {"query": "a few words"})

    async def call(self, arguments: Mapping[str, Any]) -> str:
        """The passages that fit best, the best first, each with its number in the document."""
        query = text_of(arguments, "query")
        if not query.strip():
            return failure(
                "a query has at least one word", query, "Write a few words that the passage would hold."
            )
        if not self._passages:
            return failure("there are no documents to search")
        places = best(query, self._passages, self._top)
        if not places:
            return "No passage has any of these words. Try others."
        return "\n".join(f"[{place + 1}] {self._passages[place]}" for place in places)
