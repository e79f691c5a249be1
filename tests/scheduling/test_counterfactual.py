"""Who another witness value would have brought: the same candidates and shares, worked out from the full record."""

from typing import Any

import pytest

from scheduling import chance, draw_among, letter, name_routes, otherwise, people_digest

SEED = bytes(range(32))
NOW, OTHER = b"\x01" * 32, b"\x02" * 32
LOADS = {"ines": [4, 400], "karim": [9, 400], "lea": [2, 300]}


def a_line(position: int, subject: str, drawn: Any, **more: Any) -> dict[str, Any]:
    who = {"candidates": list(drawn.candidates), "excluded": []} | more
    return {
        "position": position,
        "purpose": "visit",
        "subject": subject,
        "at": "2026-11-24T06:00:00.000000Z",
        "candidates": [
            {"letter": letter(place), "weight": weight, "chance": chance(weight, sum(drawn.weights))}
            for place, weight in enumerate(drawn.weights)
        ],
        "people": people_digest(who),
        "who": who,
    }


def test_visits_are_drawn_again_with_their_own_shares() -> None:
    weights = {"ines": 3, "karim": 1, "lea": 2}
    lines = [a_line(place, f"visit-{place}", draw_among(SEED, f"visit-{place}", weights)) for place in range(1, 41)]

    would = otherwise(SEED, lines, OTHER)

    assert would == {place: draw_among(SEED, f"visit-{place}", weights, witness=OTHER).chosen for place in range(1, 41)}
    assert otherwise(SEED, lines, b"") != would


@pytest.mark.parametrize("other", [bytes([number]) * 32 for number in range(2, 8)])
def test_routes_are_named_again_together_with_those_who_were_taken_already(other: bytes) -> None:
    routes = {seat: dict.fromkeys(LOADS, 1) for seat in ("s01", "s02", "s03")}
    lines = [
        a_line(place, seat, drawn, loads={who: [0, 400] for who in LOADS}) | {"purpose": "route"}
        for place, (seat, drawn) in enumerate(name_routes(SEED, routes, witness=NOW), start=1)
    ]
    anew = {seat: drawn.chosen for seat, drawn in name_routes(SEED, routes, witness=other)}

    assert otherwise(SEED, lines, other) == {line["position"]: anew[line["subject"]] for line in lines}


def test_with_the_value_they_were_made_with_the_names_are_the_same() -> None:
    even = dict.fromkeys(LOADS, 1)
    drawn = draw_among(SEED, "visit-1", even, witness=NOW)

    assert otherwise(SEED, [a_line(1, "visit-1", drawn)], NOW) == {1: drawn.chosen}
