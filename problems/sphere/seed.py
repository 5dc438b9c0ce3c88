"""Ten numbers that are far from the best."""


# EVOLVE-BLOCK-START
def solve():
    return [3.0 - 0.5 * i for i in range(10)]


# EVOLVE-BLOCK-END
