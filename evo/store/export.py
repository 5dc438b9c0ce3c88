"""A candidate in a folder of its own, with what somebody else needs in order to check it."""

import json
import os
import platform
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import distributions
from pathlib import Path, PurePosixPath
from typing import Any

from evo.errors import RunError
from evo.store.archive import RunView
from evo.types import Evaluation

ARTEFACT = "artefact.json"
PICTURE = "picture.svg"
EVIDENCE = "evidence.json"
_RESERVED = (ARTEFACT, PICTURE, EVIDENCE)


def export_best(
    view: RunView,
    out: Path,
    *,
    candidate: str | None = None,
    draw: Callable[[Any], str] | None = None,
    force: bool = False,
) -> Path:
    """Writes a candidate's files, what it produced, a picture of that, and the evidence for its score.

    A file of the candidate that is named like one of ours gets ``candidate.`` in front, and the
    evidence says so.

    Args:
        view: the run.
        out: folder to write; made if need be.
        candidate: id; the champion unless given.
        draw: SVG text of an artefact (`evo.types.Problem.draw`).
        force: write into a folder that is not empty.

    Returns:
        `out`.

    Raises:
        RunError: there is no champion, `out` is not empty, or a file of the candidate would lie
            outside of it or cannot be written.
        ValueError: the artefact is to be drawn and is not JSON.
    """
    name = candidate or view.resolve("best")
    if out.exists() and (not out.is_dir() or any(out.iterdir())) and not force:
        raise RunError(f"{out} is not empty. Give another folder, or write into it with --force.")
    made = view.candidate(name)
    places = {path: _place(out, path) for path in made.files}
    evaluations = view.evaluations(name)
    artefact = _artefact(evaluations)
    picture = draw(json.loads(artefact)) if draw is not None and artefact else ""
    out.mkdir(parents=True, exist_ok=True)
    for path, place in places.items():
        _write(place, made.files[path])
    if artefact:
        (out / ARTEFACT).write_text(artefact + "\n", encoding="utf-8", errors="replace")
    if picture:
        (out / PICTURE).write_text(picture, encoding="utf-8", errors="replace")
    written = {path: str(place.relative_to(out)) for path, place in places.items()}
    evidence = _evidence(view, name, evaluations) | {"files": written}
    (out / EVIDENCE).write_text(json.dumps(evidence, indent=2) + "\n", encoding="utf-8")
    return out


def _place(out: Path, path: str) -> Path:
    """Where a candidate's file goes: names come from programs that nobody vouches for."""
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or ".." in parts or "\0" in path or "\\" in path:
        raise RunError(
            f"the candidate has a file {path!r}, which would lie outside of {out}; nothing was written."
        )
    if str(PurePosixPath(path)) in _RESERVED:
        return out / f"candidate.{parts[0]}"
    place = out.joinpath(*parts)
    try:
        os.fsencode(place)
    except UnicodeEncodeError as error:
        raise RunError(f"the candidate's file {path!r} cannot be written: {error}.") from error
    if not place.resolve().is_relative_to(out.resolve()):
        raise RunError(f"{place} leads out of {out} by a link; nothing was written.")
    return place


def _write(place: Path, text: str) -> None:
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text.encode("utf-8", "surrogatepass"))
    except OSError as error:  # a name that is too long, or both a file and a folder
        raise RunError(f"the candidate's file {str(place)!r} cannot be written: {error}.") from error


def _artefact(evaluations: Sequence[Evaluation]) -> str:
    """What the candidate produced when it was judged last, if that was kept."""
    kept = [one.artefact for one in evaluations if one.artefact and one.status == "ok"]
    return kept[-1] if kept else ""


def _evidence(view: RunView, name: str, evaluations: Sequence[Evaluation]) -> dict[str, Any]:
    standing, pick = view.archive.standing(name), view.archive.pick()
    judged = [one for one in evaluations if one.status != "lost"]
    usage = view.archive.usage
    return {
        "candidate": name,
        "score": standing.score,
        "status": standing.status,
        "champion": pick is not None and pick.champion.id == name,
        "champion_rule": str(view.archive.rule),
        "champion_note": pick.note if pick else "",
        "verified": all(one.verified for one in judged),
        "sandbox": sorted({one.sandbox for one in judged}),
        "problem": view.config.get("problem"),
        "run_seed": (view.config.get("run") or {}).get("seed"),
        "stages": {stage: _repeats(judged, stage) for stage in dict.fromkeys(one.stage for one in judged)},
        "lineage": [
            {"id": one.id, "operator": one.operator, "note": one.note}
            | {"score": one.score, "verified": one.verified}
            for one in view.archive.lineage(name)
        ],
        "spent": {
            "evaluations": view.archive.spent,
            "proposals": sum(view.archive.counts()["proposals"].values()),
            "usd": usage.usd,
            "tokens": usage.tokens_in + usage.tokens_out,
            "cpu_s": usage.cpu_s,
            "gpu_s": usage.gpu_s,
        },
        "verification": _verification(view.folder),
        "settings": dict(view.config),
        "exported_with": _versions(),
    }


def _repeats(evaluations: Sequence[Evaluation], stage: str) -> list[dict[str, Any]]:
    """Every time a stage judged the candidate, in order."""
    return [
        {
            "attempt": one.attempt,
            "status": one.status,
            "score": one.score,
            "metrics": dict(one.metrics),
            "seed": one.seed,
            "seconds": one.seconds,
            "sandbox": one.sandbox,
            "verified": one.verified,
            "cases": [{"case": case.case, "status": case.status, "score": case.score} for case in one.cases],
        }
        for one in evaluations
        if one.stage == stage
    ]


def _verification(folder: Path) -> Mapping[str, Any] | None:
    """What ``evo verify`` found on the hold-out, if it was run."""
    file = folder / "verified.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else None


def _versions() -> dict[str, Any]:
    return {
        "python": sys.version.split()[0],
        "implementation": platform.python_implementation(),
        "platform": platform.platform(),
        "machine": platform.machine(),
        "packages": {
            one.name: one.version for one in sorted(distributions(), key=lambda one: one.name.lower())
        },
    }
