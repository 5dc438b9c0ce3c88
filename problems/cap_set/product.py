"""The classical product construction: 20 points in each block of four dimensions, 400 for eight."""


def priority(element: tuple[int, ...], n: int) -> float:
    """1 for the members of the product, 0 for the rest.

    In four dimensions the vectors other than 0 with a*a + b*b + c*d = 0 modulo 3 are a cap set of 20:
    if x, y and x + y are all zeros of the form, x and y span a plane of zeros, and it has none.
    """
    whole = n - n % 4
    for start in range(0, whole, 4):
        a, b, c, d = element[start : start + 4]
        if (a * a + b * b + c * d) % 3 or not any((a, b, c, d)):
            return 0.0
    return float(0 not in element[whole:])
