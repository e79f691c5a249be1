"""Routes are named in the order of the seed, and whoever is drawn always leaves somebody for every other route."""

from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling import DeadEnd, chance, name_routes

SEED, OTHER = b"s" * 32, b"t" * 32

ROUTES = st.dictionaries(
    st.sampled_from([f"s{number}" for number in range(5)]),
    st.dictionaries(st.sampled_from("ABCDE"), st.integers(1, 4), max_size=5),
    max_size=5,
)


def possible(able: list[set[str]]) -> bool:
    """Is there a way to give each its own? Every way is tried."""
    people = sorted(set().union(*able))
    return any(
        all(each in one for one, each in zip(able, order, strict=True)) for order in permutations(people, len(able))
    )


@settings(deadline=None)
@given(ROUTES, st.binary(min_size=32, max_size=32))
def test_the_candidates_are_exactly_those_who_lead_into_no_dead_end(
    routes: dict[str, dict[str, int]], seed: bytes
) -> None:
    if not possible([set(each) for each in routes.values()]):
        with pytest.raises(DeadEnd):
            name_routes(seed, routes)
        return

    taken: set[str] = set()
    named = name_routes(seed, routes)
    for place, (route, drawn) in enumerate(named):
        later = [set(routes[each]) - taken for each, _ in named[place + 1 :]]
        leave = {each for each in set(routes[route]) - taken if possible([one - {each} for one in later])}
        assert set(drawn.candidates) == leave
        taken.add(drawn.chosen)
    assert len(taken) == len(routes)


def test_the_same_seed_names_the_same_and_another_one_differs() -> None:
    routes = {f"s{number}": dict.fromkeys("ABCDEFGH", 1) for number in range(8)}

    assert name_routes(SEED, routes) == name_routes(SEED, dict(reversed(routes.items())))
    assert name_routes(SEED, routes) != name_routes(OTHER, routes)
    assert name_routes(SEED, routes) != name_routes(SEED, routes, witness=b"w")


def test_the_chance_of_a_choice_counts_only_those_who_were_left() -> None:
    """A may have either route, B only the first: B is the only candidate of the first, A of the second."""
    for _, drawn in name_routes(SEED, {"s1": {"A": 3, "B": 1}, "s2": {"A": 2}}):
        assert len(drawn.candidates) == 1
        assert Fraction(chance(drawn.weights[0], sum(drawn.weights))) == 1


def test_nothing_to_name_names_nobody() -> None:
    assert name_routes(SEED, {}) == []
