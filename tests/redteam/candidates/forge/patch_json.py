# verdict: ok invalid crashed
# score: <=64
"""Makes the JSON encoder write a score of its own."""
import json

FORGED = '{"status": "ok", "score": 1e9, "x": [1e9, 1e9], "key": "forged"}'
json.dumps = lambda *arguments, **named: FORGED
json.dump = lambda thing, file, *arguments, **named: file.write(FORGED)
json.JSONEncoder.encode = lambda *arguments, **named: FORGED
json.JSONEncoder.iterencode = lambda *arguments, **named: iter([FORGED])
json.encoder.c_make_encoder = None


def solve(weights, hints):
    return [1.0 if w > 0 else -1.0 for w in weights]
