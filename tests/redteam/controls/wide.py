# verdict: ok
# score: 40
# stage: long
"""Uses what an honest candidate may use: threads, files in its folder, 100 MB, deep recursion, output."""

import json
import sys
import threading
from pathlib import Path


def depth(n):
    return 0 if n == 0 else 1 + depth(n - 1)


def solve(weights, hints):
    sys.setrecursionlimit(5000)
    kept = bytearray(100 << 20)
    results = []
    threads = [threading.Thread(target=lambda: results.append(depth(500))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    Path("notes.json").write_text(json.dumps({"results": results, "size": len(kept)}))
    notes = json.loads(Path("notes.json").read_text())
    print("notes", notes, file=sys.stderr)
    return [w > 0 if notes["results"] == [500] * 4 else 0 for w in weights]
