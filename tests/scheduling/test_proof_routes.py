"""Routes named at once replay in their order, and with the matching they left."""

from typing import Any

from scheduling import draw, name_routes, proof
from scheduling.proof import Finding
from tests.scheduling.test_proof import SEED, a_line, a_record

#: Ines alone can take the last route: she is no candidate of another, whatever the order.
ABLE = {"s1": {"ines": 1, "karim": 2, "lea": 1}, "s2": {"ines": 2, "karim": 1, "lea": 2}, "s3": {"ines": 1}}


def routes() -> dict[str, Any]:
    """The full record of a day published at once."""
    lines = []
    for position, (route, drawn) in enumerate(name_routes(SEED, ABLE), start=1):
        kept = sorted(set(ABLE[route]) - set(drawn.candidates))
        who = {"candidates": list(drawn.candidates), "excluded": [[each, "other_route"] for each in kept]}
        line = a_line(position) | {
            "purpose": "route",
            "subject": route,
            "candidates": [
                {
                    "letter": draw.letter(place),
                    "weight": weight,
                    "chance": draw.chance(weight, sum(drawn.weights)),
                }
                for place, weight in enumerate(drawn.weights)
            ],
            "number": drawn.number.hex(),
            "chosen": draw.letter(drawn.place),
            "who": who,
            "people": proof.people_digest(who),
        }
        lines.append(line | {"digest": proof.line_digest(line)})
    return a_record(0) | {"drawn": len(lines), "draws": lines}


def test_routes_replay_with_the_matching_they_left() -> None:
    assert proof.verify(routes()) == []


def test_routes_named_in_another_order_are_found() -> None:
    record = routes()
    for line, position in zip(record["draws"], (2, 1, 3), strict=True):
        line["position"] = position
        line["digest"] = proof.line_digest(line)
    record["draws"].sort(key=lambda line: line["position"])

    assert proof.verify(record) == [Finding(2, "turn")]


def test_somebody_kept_from_a_route_without_need_is_found() -> None:
    record = routes()
    line = next(each for each in record["draws"] if each["subject"] != "s3")
    line["who"]["excluded"].append(["nadia", "other_route"])
    line["people"] = proof.people_digest(line["who"])
    line["digest"] = proof.line_digest(line)

    assert proof.verify(record) == [Finding(line["position"], "kept")]
