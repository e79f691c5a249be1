"""Routes get their names one after another, in an order from the seed, and never into a dead end.

Whoever is drawn for a route leaves a matching of the routes still to come with the people still free; who would not is
no candidate. So the chance of a choice is conditional on the choices before it, and the record says which they were.
"""

from collections.abc import Mapping

from scheduling.draw import Drawn, draw_among, number


class DeadEnd(ValueError):
    """The routes cannot be given to people, each to another."""


def name_routes(
    seed: bytes, routes: Mapping[str, Mapping[str, int]], *, witness: bytes = b""
) -> list[tuple[str, Drawn]]:
    """Draw somebody for every route, in the drawn order. `routes` has for each those who could take it, weighted."""
    order = sorted(routes, key=lambda route: (number(seed, "order", "route", route, witness=witness), route))
    left = Matching({route: frozenset(routes[route]) for route in order})
    found = []
    for route in order:
        weights = {each: weight for each, weight in routes[route].items() if left.keeps(route, each)}
        drawn = draw_among(seed, route, weights, witness=witness, purpose="route")
        left.settle(route, drawn.chosen)
        found.append((route, drawn))
    return found


class Matching:
    """Routes not settled yet with people not settled yet, each with another; DeadEnd where there is no such way."""

    def __init__(self, able: Mapping[str, frozenset[str]]) -> None:
        self._able = dict(able)
        self._holder: dict[str, str] = {}
        self._settled: set[str] = set()
        for route in able:
            way = self._way(route, frozenset())
            if way is None:
                raise DeadEnd(f"nobody is left for route {route}")
            self._holder |= way

    def keeps(self, route: str, person: str) -> bool:
        """Would every other route still find somebody if this person had this one?"""
        return person not in self._settled and self._others(route, person) is not None

    def settle(self, route: str, person: str) -> None:
        """Give a route for good."""
        others = self._others(route, person)
        if others is None or person in self._settled:
            raise DeadEnd(f"{person} cannot have route {route}")
        self._holder = others
        self._settled.add(person)
        del self._able[route]

    def _others(self, route: str, person: str) -> dict[str, str] | None:
        """Who holds what once the person has the route and everybody else found another."""
        displaced = self._holder.get(person)
        kept = {each: held for each, held in self._holder.items() if held != route and each != person}
        if displaced is None or displaced == route:
            return kept
        way = self._way(displaced, frozenset({person}), kept)
        return None if way is None else kept | way

    def _way(
        self, route: str, barred: frozenset[str], holder: Mapping[str, str] | None = None
    ) -> dict[str, str] | None:
        """Give a route somebody by moving others along: who would hold what then, of those that change."""
        held = self._holder if holder is None else holder
        came: dict[str, str] = {}
        waiting = [route]
        for asking in waiting:
            for person in sorted(self._able[asking]):
                if person in came or person in barred or person in self._settled:
                    continue
                came[person] = asking
                if person not in held:
                    return self._back(person, came, held, route)
                waiting.append(held[person])
        return None

    @staticmethod
    def _back(person: str, came: Mapping[str, str], held: Mapping[str, str], route: str) -> dict[str, str]:
        person_of = {route: person for person, route in held.items()}
        changed = {person: came[person]}
        while came[person] != route:
            person = person_of[came[person]]
            changed[person] = came[person]
        return changed
