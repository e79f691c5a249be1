"""Are draws fair by their weights, and how fast does anybody verify a year of them?

`chi2_p` is the probability of so large a χ² as that of `--draws` draws against the weights as a record stores them:
everybody's weight by shortfall, a new number for each visit, a new order of the candidates. `letter_p` is the same for
the letters: does a letter tell who it is? `verify_year_s` is `visits draw verify` over the published files of a large
office: `--visits` draws a day among `--inspectors` candidates, `--days` days, with a witness.

Prints one JSON object as its last line: `chi2_p letter_p verify_year_s`, and more. Exit status 1 if a χ² is less likely
than one in a thousand, or a file does not replay.
"""

import argparse
import io
import json
import math
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from scheduling import (
    DRAW_FORMAT,
    anchor_of,
    chance,
    commitment,
    draw_among,
    letter,
    line_digest,
    people_digest,
    shares,
    sheet,
    value_of,
)
from visits.assignment.verify import verify_files

OFFICE, FIRST = "CIAB1", date(2026, 1, 1)
LEAST_LIKELY = 0.001


def chi2_p(value: float, freedom: int) -> float:
    """The upper tail of χ²: Q(k/2, x/2) by its recurrence from Q(1/2, x) or Q(1, x), exact for whole k."""
    half = value / 2
    shape = 0.5 if freedom % 2 else 1.0
    tail = math.erfc(math.sqrt(half)) if freedom % 2 else math.exp(-half)
    while shape < freedom / 2:
        tail += math.exp(shape * math.log(half) - half - math.lgamma(shape + 1))
        shape += 1
    return tail


def fit(seen: Mapping[str, int], weights: Mapping[str, int]) -> float:
    """How likely so large a distance from the weights is."""
    draws, total = sum(seen.values()), sum(weights.values())
    expected = {name: draws * weight / total for name, weight in weights.items()}
    return chi2_p(sum((seen.get(name, 0) - each) ** 2 / each for name, each in expected.items()), len(weights) - 1)


def fairness(chance_of: random.Random, draws: int, inspectors: int) -> dict[str, float]:
    """Draw after draw by one seed, against the weights, and where one candidate stood."""
    names = [f"inspector {number}" for number in range(inspectors)]
    visits = [chance_of.randrange(40) for _ in names]
    on_duty = [chance_of.choice((0, 160, 320, 640)) for _ in names]
    weights = dict(zip(names, shares(visits, on_duty), strict=True))
    seed, witness = chance_of.randbytes(32), chance_of.randbytes(32)
    chosen: Counter[str] = Counter()
    stood: Counter[str] = Counter()
    for number in range(draws):
        drawn = draw_among(seed, f"visit {number}", weights, witness=witness)
        chosen[drawn.chosen] += 1
        stood[letter(drawn.candidates.index(names[0]))] += 1
    even = {letter(place): 1 for place in range(inspectors)}
    return {"chi2_p": round(fit(chosen, weights), 4), "letter_p": round(fit(stood, even), 4)}


def a_day(chance_of: random.Random, day: date, place: int, visits: int, inspectors: int, secret: bytes) -> bytes:
    """The published file of a day."""
    seed, value = chance_of.randbytes(32), value_of(OFFICE, secret, 400, place)
    names = [f"inspector {number}" for number in range(inspectors)]
    lines = []
    for position in range(1, visits + 1):
        weights = {name: chance_of.randint(2, 8) for name in names}
        subject = f"{day}-{position}"
        drawn = draw_among(seed, subject, weights, witness=value)
        total = sum(drawn.weights)
        line: dict[str, Any] = {
            "position": position,
            "purpose": "visit",
            "subject": subject,
            "at": f"{day}T06:00:00.000000Z",
            "witness": value.hex(),
            "candidates": [
                {"letter": letter(at), "weight": weight, "chance": chance(weight, total)}
                for at, weight in enumerate(drawn.weights)
            ],
            "excluded": {"away": 3},
            "number": drawn.number.hex(),
            "chosen": letter(drawn.place),
            "people": people_digest({"candidates": list(drawn.candidates), "excluded": []}),
        }
        lines.append(line | {"digest": line_digest(line)})
    return sheet(
        {
            "format": DRAW_FORMAT,
            "office": OFFICE,
            "day": day.isoformat(),
            "commitment": commitment(OFFICE, day, seed).hex(),
            "committed_at": f"{day - timedelta(days=60)}T00:00:00.000000Z",
            "booked_at": f"{day - timedelta(days=14)}T00:00:00.000000Z",
            "seed": seed.hex(),
            "witness": {
                "anchor": anchor_of(OFFICE, secret, 400).hex(),
                "first_day": FIRST.isoformat(),
                "value": value.hex(),
                "late": None,
            },
            "drawn": visits,
            "digests": [line["digest"] for line in lines],
            "draws": lines,
        }
    )


def a_year(chance_of: random.Random, folder: Path, days: int, visits: int, inspectors: int) -> dict[str, Any]:
    """Write a year of files, then verify them as anybody would."""
    secret = chance_of.randbytes(32)
    files = []
    for ahead in range(days):
        day = FIRST + timedelta(days=ahead)
        files.append(folder / f"draws-{OFFICE}-{day}.jsonl")
        files[-1].write_bytes(a_day(chance_of, day, ahead + 1, visits, inspectors, secret))
    said = io.StringIO()
    wall, cpu = time.perf_counter(), time.process_time()
    status = verify_files(files, language="en", out=said)
    return {
        "verify_year_s": round(time.perf_counter() - wall, 1),
        "verify_year_cpu_s": round(time.process_time() - cpu, 1),
        "verify_status": status,
        "lines": said.getvalue().count("\n") - 1,
        "megabytes": round(sum(each.stat().st_size for each in files) / 1e6),
    }


def main() -> int:
    """Parse, run, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=100_000)
    parser.add_argument("--candidates", type=int, default=20)
    parser.add_argument("--visits", type=int, default=400)
    parser.add_argument("--inspectors", type=int, default=80)
    parser.add_argument("--days", type=int, default=250)
    parser.add_argument("--seed", type=int, default=1)
    given: Any = parser.parse_args()
    chance_of = random.Random(given.seed)
    figures: dict[str, Any] = fairness(chance_of, given.draws, given.candidates)
    print(figures, flush=True)
    with tempfile.TemporaryDirectory() as folder:
        figures |= a_year(chance_of, Path(folder), given.days, given.visits, given.inspectors)
    print(json.dumps(figures))
    unlikely = min(figures["chi2_p"], figures["letter_p"]) < LEAST_LIKELY
    return 1 if unlikely or figures["verify_status"] else 0


if __name__ == "__main__":
    raise SystemExit(main())
