"""The sign of a number."""


def sign(number):
    return 1.0 if number > 0 else -1.0
