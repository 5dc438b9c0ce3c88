# verdict: ok
# score: 64
"""Plants modules in its own folder, which the next candidate's folder must not be."""


def solve(weights, hints):
    for name in ("sitecustomize", "usercustomize", "json", "numpy", "struct", "evo", "traceback"):
        with open(name + ".py", "w") as file:
            file.write("raise RuntimeError('redteam: planted module was imported')\n")
    return [1.0 if w > 0 else -1.0 for w in weights]
