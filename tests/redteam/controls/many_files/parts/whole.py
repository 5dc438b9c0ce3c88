"""Lists."""


def whole(parts):
    return list(parts)
