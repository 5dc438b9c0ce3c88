"""What a candidate is told about its own failure: its frames, and nothing of ours."""

import traceback
from pathlib import PurePath

_FRAMES = 6
_MAX_CHARACTERS = 4000


def explain(error: BaseException, folder: str) -> str:
    """The traceback of `error`, cut to files below `folder` and named relative to it.

    A chain of causes is followed; of a deep recursion the first and last frames are shown.
    """
    if isinstance(error, SystemExit):
        return f"The program called sys.exit({error.code!r})."[:_MAX_CHARACTERS]
    if isinstance(error, MemoryError):
        return f"MemoryError: {error}"[:_MAX_CHARACTERS]  # formatting more could run out again
    parts: list[str] = []
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        parts.append(_one(link, folder))
        follow = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
        link = follow
    return "\n\nwhich was raised after:\n\n".join(parts)[:_MAX_CHARACTERS]


def _one(error: BaseException, folder: str) -> str:
    frames = [
        (PurePath(frame.filename).relative_to(folder), frame)
        for frame in traceback.extract_tb(error.__traceback__, limit=-200)
        if frame.filename.startswith(folder + "/")
    ]
    lines = []
    for place, (name, frame) in enumerate(frames):
        if len(frames) > 2 * _FRAMES and _FRAMES <= place < len(frames) - _FRAMES:
            lines += ["  ...\n"] if place == _FRAMES else []
            continue
        lines.append(f'  File "{name}", line {frame.lineno}, in {frame.name}\n')
        lines += [f"    {frame.line}\n"] if frame.line else []
    head = "Traceback (most recent call last):\n" if lines else ""
    last = traceback.TracebackException(type(error), error, None, compact=True).format_exception_only()
    return (head + "".join(lines) + "".join(last).replace(folder + "/", "")).rstrip()
