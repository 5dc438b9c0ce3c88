"""Two blocks, and a class with methods."""

import math

# EVOLVE-BLOCK-START
SCALE = 2.0


def height(x):
    return SCALE * math.sin(x)


# EVOLVE-BLOCK-END


def start():
    return 0.5


class Climber:
    # EVOLVE-BLOCK-START
    def __init__(self, rounds=10):
        self.rounds = rounds

    def step(self, x, k):
        return x + 0.1 / (k + 1)

    def climb(self):
        x = start()
        for k in range(self.rounds):
            new = self.step(x, k)
            if height(new) > height(x):
                x = new
        return x

    # EVOLVE-BLOCK-END


def solve():
    return Climber().climb()
