# verdict: ok
# score: 64
"""Changes an answer in a thread after it has returned it."""
import threading
import time

ANSWERS = []


def meddle():
    while True:
        time.sleep(0)
        for answer in ANSWERS:
            for index in range(16):
                if abs(answer[index]) < 1e5:
                    answer[index] *= 1.0
            time.sleep(0.2)
            answer[:] = [1e6] * 16


def solve(weights, hints):
    if not ANSWERS:
        threading.Thread(target=meddle, daemon=True).start()
    ANSWERS.append([1.0 if w > 0 else -1.0 for w in weights])
    return ANSWERS[-1]
