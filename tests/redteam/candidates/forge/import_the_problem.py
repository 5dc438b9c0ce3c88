# verdict: ok
# score: 64
# naive: run
"""Imports its problem, by every name that it may have, and asks it for the answers."""
import importlib
import importlib.util


def solve(weights, hints):
    x = [1.0 if w > 0 else -1.0 for w in weights]
    for name in ("problem", "target.problem", "tests.redteam.target.problem", "redteam.target.problem"):
        try:
            module = importlib.import_module(name)
            return {"x": x, "breach": f"imported {name}: {module.SECRET_IN_SOURCE}"}
        except (ImportError, OSError, AttributeError, KeyError):
            pass
    try:
        spec = importlib.util.spec_from_file_location("stolen", hints["grader_file"])
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    except (ImportError, OSError, AttributeError, KeyError):
        return x
    return {"x": x, "breach": f"loaded the grader: {module.SECRET_IN_SOURCE}"}
