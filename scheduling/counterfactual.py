"""Who would have been drawn with another witness value (pure): the same candidates and shares, other numbers.

It takes lines of the full record and the revealed seed. A day's routes are named anew together, since each of them
leaves a matching of the others; visits drawn one by one are drawn anew one by one.
"""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from scheduling.draw import draw_among, shares
from scheduling.naming import name_routes


def otherwise(seed: bytes, lines: Sequence[Mapping[str, Any]], witness: bytes) -> dict[int, str]:
    """For each position of the record, whoever the value would have brought."""
    found = {}
    for line in lines:
        if line["purpose"] != "route":
            drawn = draw_among(seed, line["subject"], _weights(line), witness=witness, purpose=line["purpose"])
            found[line["position"]] = drawn.chosen
    for _, together in groupby((line for line in lines if line["purpose"] == "route"), key=lambda line: line["at"]):
        routes = {line["subject"]: line for line in together}
        named = name_routes(seed, {each: _able(line) for each, line in routes.items()}, witness=witness)
        found |= {routes[subject]["position"]: drawn.chosen for subject, drawn in named}
    return found


def _weights(line: Mapping[str, Any]) -> dict[str, int]:
    """The candidates as they were weighed."""
    return {who: each["weight"] for who, each in zip(line["who"]["candidates"], line["candidates"], strict=True)}


def _able(line: Mapping[str, Any]) -> dict[str, int]:
    """Whoever could take a route, also those who were kept for another, weighed as the publication did."""
    loads = line["who"].get("loads")
    return dict(zip(loads, shares(*zip(*loads.values(), strict=True)), strict=True)) if loads else _weights(line)
