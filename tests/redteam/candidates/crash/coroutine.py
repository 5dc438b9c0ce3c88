# verdict: invalid crashed
"""Is a coroutine function: the call returns a coroutine that nobody awaits."""


async def solve(weights, hints):
    return [1.0 for _ in weights]
