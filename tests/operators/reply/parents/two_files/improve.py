"""Local search on a tour."""


class Improver:
    """Exchanges two edges while that makes the tour shorter."""

    def __init__(self, cities, distance, rounds=2):
        self.cities = cities
        self.distance = distance
        self.rounds = rounds

    def gain(self, tour, i, j):
        a, b = self.cities[tour[i - 1]], self.cities[tour[i]]
        c, d = self.cities[tour[j]], self.cities[tour[(j + 1) % len(tour)]]
        before = self.distance(a, b) + self.distance(c, d)
        after = self.distance(a, c) + self.distance(b, d)
        return before - after

    def run(self, tour):
        for _ in range(self.rounds):
            for i in range(1, len(tour) - 1):
                for j in range(i + 1, len(tour)):
                    if self.gain(tour, i, j) > 1e-9:
                        tour[i : j + 1] = reversed(tour[i : j + 1])
        return tour


def improve(tour, cities, distance):
    return Improver(cities, distance).run(list(tour))
