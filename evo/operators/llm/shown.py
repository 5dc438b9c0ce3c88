"""The sections of a prompt: what a model is shown of the problem, of a parent and of what was tried."""

from collections.abc import Sequence

from evo.operators.llm.notebook import Notebook, Try, failed_cases
from evo.operators.llm.prompt import Section, fenced, one_line, printable, program, quoted
from evo.operators.region import START_MARKER, mutable_paths
from evo.types import Candidate, Evaluation, Judged, Problem

SHOWN_TRIES = 6
GUIDANCE = "guidance.md"
"""File in a problem's folder with advice of people who know the problem."""

_MARKED = "Only the lines between EVOLVE-BLOCK-START and EVOLVE-BLOCK-END may change."


def of_problem(problem: Problem, notebook: Notebook) -> dict[str, Section]:
    """Statement, metrics, the problem's guidance and people's advice."""
    file = problem.folder / GUIDANCE if problem.folder else None
    guidance = file.read_text(encoding="utf-8").strip() if file and file.is_file() else ""
    metrics = [f"- {name}: {meaning}" for name, meaning in problem.metrics.items()]
    return {
        "statement": Section("", (problem.statement.strip(),)),
        "metrics": Section("What is measured besides", ("\n".join(metrics),) if metrics else ()),
        "guidance": Section("What experts advise", (guidance,) if guidance else ()),
        "advice": Section(
            "What the user asks for now", tuple(f"- {one}" for one in reversed(notebook.advice))
        ),
    }


def of_parent(problem: Problem, judged: Judged) -> dict[str, Section]:
    """The current program with its score, files that go with it, feedback and the cases that went worst."""
    made = judged.candidate
    changeable = mutable_paths(made.files, problem.mutable) or sorted(made.files)
    rest = [path for path in sorted(made.files) if path not in changeable]
    rule = (_MARKED,) if any(START_MARKER in made.files[path] for path in changeable) else ()
    feedback = judged.evaluation.feedback
    cases = "\n".join(f"- {one_line(name, 60)}: {what}" for name, what in failed_cases(judged))
    context = tuple(f"`{path}`:\n{fenced(made.files[path], path)}" for path in rest)
    return {
        "parent": Section(
            f"The current program ({result(judged.evaluation)})", (program(made.files, changeable), *rule)
        ),
        "context": Section("Files that go with it and cannot be changed", context),
        "feedback": Section("What its judge said", (quoted(feedback),) if feedback.strip() else ()),
        "cases": Section("The cases that went worst", (cases,) if cases else ()),
    }


def of_broken(problem: Problem, judged: Judged) -> dict[str, Section]:
    """A program that failed, and the error."""
    shown = of_parent(problem, judged)
    verdict = judged.evaluation
    said = quoted(verdict.feedback) if verdict.feedback.strip() else "> (nothing)"
    return {
        "broken": Section(f"A program that failed: {verdict.status}", shown["parent"].items),
        "context": shown["context"],
        "error": Section("What its judge said", (said,)),
    }


def of_second(problem: Problem, judged: Judged) -> dict[str, Section]:
    """The other parent of a crossover."""
    return {
        "second": Section(
            f"Another program ({result(judged.evaluation)})", (_changeable(problem, judged.candidate),)
        )
    }


def of_examples(problem: Problem, examples: Sequence[Judged]) -> dict[str, Section]:
    """Good programs unlike the parent, the best first."""
    items = [
        f"Score {result(one.evaluation)}:\n{_changeable(problem, one.candidate)}"
        for one in sorted(examples, key=lambda one: -(one.evaluation.score or 0.0))
    ]
    return {"inspirations": Section("Other programs that do well", tuple(items))}


def of_tries(tries: Sequence[Try], parent: Evaluation) -> dict[str, Section]:
    """What was made of the parent before and how it fared, the latest first."""
    items = tuple(f"- {_fared(one, parent.score)}" for one in tries[:SHOWN_TRIES])
    return {"tried": Section("Changes of the current program that were tried already", items)}


def of_effects(notebook: Notebook) -> dict[str, Section]:
    """What the components of designs have brought so far; nothing for a run of programs."""
    heading = "What each component has brought so far (to the score, against the others of its slot)"
    return {"effects": Section(heading, notebook.brought.lines())}


def of_direction(text: str) -> dict[str, Section]:
    """What to try this time."""
    return {"direction": Section("", (text,) if text else ())}


def result(evaluation: Evaluation) -> str:
    """``score 1.25, half 0.5``, or the status; ``not judged yet`` for a parent that waits to be."""
    if evaluation.is_pending:
        return "not judged yet"
    if evaluation.score is None:
        return evaluation.status
    shown = [f"{one_line(name, 40)} {value:.6g}" for name, value in list(evaluation.metrics.items())[:6]]
    return ", ".join([f"score {evaluation.score:.6g}", *shown])


def _changeable(problem: Problem, made: Candidate) -> str:
    return program(made.files, mutable_paths(made.files, problem.mutable) or None)


def _fared(one: Try, before: float | None) -> str:
    what = one_line(one.note) or "an answer that could not be used"
    if one.score is None:
        return f"{what}: {one.status}, {one_line(printable(one.reason), 200)}"
    if before is None:
        return f"{what}: score {one.score:.6g}"
    change = one.score - before
    verdict = (
        "no difference" if change == 0 else f"{'better' if change > 0 else 'worse'} by {abs(change):.3g}"
    )
    return f"{what}: {verdict}"
