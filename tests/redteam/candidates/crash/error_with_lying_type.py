# verdict: crashed
"""Raises an exception of a class whose name, module and attributes raise when they are read."""


class Liar(type):
    def __getattribute__(cls, name):
        raise KeyboardInterrupt(name)


class Broken(BaseException, metaclass=Liar):
    def __getattribute__(self, name):
        raise KeyboardInterrupt(name)


def solve(weights, hints):
    raise Broken()
