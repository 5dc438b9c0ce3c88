"""Turns whatever a language model says into a changed candidate, or says what it should do differently.

Small models ignore the format they are asked for, large ones forget a fence. A reply is therefore
read in every way that makes sense: edit blocks, diffs, whole programs, functions, inside of fences,
JSON or prose. The first reading that fits the parent and compiles is taken.

What is guessed is guessed only where there is one answer. Lines that a reply quotes wrongly are found
by similarity if no other place is nearly as similar; a file name that does not exist means the only
file that may change, or the only one that defines the same names. Text outside of the mutable region
never changes: an edit of it is refused, and where a whole program is sent back the region alone is taken.

A new file may be added if it matches ``Problem.mutable``, has a plain relative path, and the candidate
either has several files or a glob asks for more than ``*`` or the files that are there.

Nothing is executed, and one reply costs a bounded number of operations (`Effort`).
"""

from collections.abc import Callable, Mapping, Sequence

from evo.operators.reply.outcome import Effort, NotUnderstood, Understood
from evo.operators.reply.pieces import Parent
from evo.operators.reply.reading import read

__all__ = ["Effort", "NotUnderstood", "Understood", "read_reply"]


def read_reply(
    text: str,
    files: Mapping[str, str],
    mutable: Sequence[str],
    *,
    cut: bool = False,
    main: str | None = None,
    rules: Callable[[Mapping[str, str]], object] | None = None,
) -> Understood:
    """The child that `text` makes of `files`.

    Args:
        text: what the model said; untrusted.
        files: the parent: path -> text.
        mutable: ``Problem.mutable``: globs of the files that may change.
        cut: whether the reply was cut off (``Reply.finish`` is ``length``): only what is complete is used.
        main: the file that is meant where a candidate has several and the reply names none.
        rules: refuses a child that breaks the problem's own rules, by raising `InvalidCandidate`, such as
            `evo.design.design.checker`; another reading of the same text may still keep them.

    Returns:
        The child, which differs from the parent inside the mutable region alone; its Python files
        that changed compile.

    Raises:
        NotUnderstood: there is no such child. Its message belongs into the next prompt.
    """
    return read(text, Parent(dict(files), mutable, main, Effort()), cut, rules)
