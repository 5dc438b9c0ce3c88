"""A tour through all the cities, nearest neighbour first."""

import math

from improve import improve


def distance(a, b):
    return math.hypot(a[0] - b[0], a[1] - b[1])


def solve(cities):
    """Order in which the cities are visited."""
    left = set(range(1, len(cities)))
    tour = [0]
    while left:
        here = cities[tour[-1]]
        nearest = min(left, key=lambda k: distance(here, cities[k]))
        left.remove(nearest)
        tour.append(nearest)
    return improve(tour, cities, distance)
