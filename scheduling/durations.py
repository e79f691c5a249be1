"""How long a visit will take: shrunken effects on the logarithm of minutes, and the quantile a slot is cut to.

log y = prior(level) + slope(level)·log(containers) + the effects of the keys a visit has. Every effect is the mean of
its residuals pulled towards nothing by its pseudo-count, so that a key nobody has seen leaves its parents' word. What
is kept is a table of counts and effects: anyone can add a prediction up by hand.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import NormalDist
from typing import Any

from scheduling.errors import InvalidProblem

#: A slot is cut so that eight visits of ten end within it, and lasts whole fives of minutes.
SLOT_SHARE, ROUND_TO = 0.8, 5
PASSES = 4
#: Pseudo-units of the slope and where they pull it: four boxes take half as long again as one.
SLOPE_UNITS, SLOPE = 8.0, 0.3
#: Pseudo-visits of the spread and their standard deviation on the logarithm.
SPREAD_UNITS, SPREAD = 10.0, 0.6
#: Logged residuals replace the normal quantile once there are so many; older ones are forgotten.
CONFORMAL_FROM, CONFORMAL_LAST = 500, 1000
#: So many visits make «like this one» worth saying.
ALIKE = 10
FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """What is known of a visit before it begins."""

    level: str
    office: str
    #: Chapter of the tariff (two digits) of the goods to be looked at.
    chapter: str = ""
    #: How the goods came: sea, air, road.
    mode: str = ""
    extent: str = ""
    containers: int = 1
    packages: int = 0
    items: int = 1

    @property
    def size(self) -> str:
        """The load in half decades of packages and doublings of items."""
        packages = int(2 * math.log10(self.packages)) if self.packages > 0 else 0
        return f"{packages}/{int(math.log2(max(1, self.items)))}"


#: Name, value and pseudo-count of each key, in the order in which they are fitted.
KEYS: tuple[tuple[str, Callable[[Features], tuple[str, ...]], int], ...] = (
    ("level", lambda each: (each.level,), 2),
    ("office", lambda each: (each.level, each.office), 8),
    ("chapter", lambda each: (each.chapter,), 6),
    ("level_chapter", lambda each: (each.level, each.chapter), 8),
    ("mode", lambda each: (each.mode,), 10),
    ("office_chapter", lambda each: (each.level, each.office, each.chapter), 10),
    ("extent", lambda each: (each.level, each.extent), 8),
    ("size", lambda each: (each.level, each.size), 10),
)
#: From the most like to the least: what is told about where a prediction comes from.
KIN = ("office_chapter", "office", "level")


@dataclass(frozen=True, slots=True)
class Effect:
    """How many visits a key has had, and what it adds to the logarithm."""

    n: int = 0
    value: float = 0.0


@dataclass(frozen=True, slots=True)
class Level:
    """One level of control: the median before anything was learnt, and what was learnt of its slope and spread."""

    prior: float
    slope: float = SLOPE
    variance: float = SPREAD**2
    n: int = 0


@dataclass(frozen=True, slots=True)
class Prediction:
    """The logarithm of a visit's minutes: its middle and its standard deviation."""

    middle: float
    spread: float

    def standardised(self, minutes: float) -> float:
        """By how many spreads a visit missed its prediction."""
        return (math.log(minutes) - self.middle) / self.spread


@dataclass(frozen=True, slots=True)
class Observation:
    """A visit that was made, and how long it took."""

    features: Features
    minutes: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Durations:
    """What is known of durations: a table of levels, a table of effects, and the latest misses."""

    levels: Mapping[str, Level]
    effects: Mapping[str, Effect] = field(default_factory=dict)
    #: Standardised misses of predictions logged before their visits, oldest first.
    misses: tuple[float, ...] = ()

    @classmethod
    def unlearnt(cls, table: Mapping[str, float]) -> "Durations":
        """Before the first visit: `table` names for each level the minutes eight visits of ten should need."""
        away = _z(SLOT_SHARE) * SPREAD * math.sqrt(1 + sum(1 / units for _, _, units in KEYS))
        return cls(levels={level: Level(prior=math.log(minutes) - away) for level, minutes in table.items()})

    def predict(self, features: Features) -> Prediction:
        """The middle and the spread for one visit."""
        level = self._level(features)
        middle, doubt = level.prior + level.slope * _boxes(features), 1.0
        for key, units in _keys(features):
            effect = self.effects.get(key, Effect())
            middle += effect.value
            doubt += 1 / (effect.n + units)
        return Prediction(middle, math.sqrt(level.variance * doubt))

    def quantile(self, features: Features, share: float) -> float:
        """Minutes within which this share of such visits end."""
        found = self.predict(features)
        return math.exp(found.middle + self._away(share) * found.spread)

    def slot(self, features: Features, *, most: int) -> int:
        """The length of the slot: the quantile in whole fives, between five minutes and `most`."""
        wanted = math.ceil(round(self.quantile(features, SLOT_SHARE), 6) / ROUND_TO) * ROUND_TO
        return min(max(ROUND_TO, wanted), most)

    def alike(self, features: Features) -> tuple[str, int]:
        """How many visits were most like this one, and in what; the level's where fewer than ten were nearer."""
        keys = {key.split(":", 1)[0]: key for key, _ in _keys(features)}
        counts = [(name, self.effects.get(keys[name], Effect()).n) for name in KIN]
        return next((each for each in counts if each[1] >= ALIKE), counts[-1])

    def after(self, seen: Observation) -> "Durations":
        """The same with one more visit: each effect moves by its running mean, in the order of the keys."""
        left = math.log(seen.minutes) - self.predict(seen.features).middle
        effects = dict(self.effects)
        for key, units in _keys(seen.features):
            old = effects.get(key, Effect())
            moved = left / (old.n + 1 + units)
            effects[key] = Effect(old.n + 1, old.value + moved)
            left -= moved
        return replace(self, effects=effects)

    def as_json(self) -> dict[str, Any]:
        """The tables as they are stored."""
        return {
            "format": FORMAT,
            "levels": {
                name: [round(each, 9) for each in (one.prior, one.slope, one.variance)] + [one.n]
                for name, one in self.levels.items()
            },
            "effects": {key: [each.n, round(each.value, 9)] for key, each in self.effects.items()},
            "misses": [round(each, 6) for each in self.misses],
        }

    @classmethod
    def of_json(cls, body: Mapping[str, Any]) -> "Durations":
        """Tables as they were stored."""
        if body.get("format") != FORMAT:
            raise InvalidProblem(f"durations of format {body.get('format')}")
        return cls(
            levels={name: Level(*numbers) for name, numbers in body["levels"].items()},
            effects={key: Effect(*numbers) for key, numbers in body["effects"].items()},
            misses=tuple(body["misses"]),
        )

    def _level(self, features: Features) -> Level:
        try:
            return self.levels[features.level]
        except KeyError:
            raise InvalidProblem(f"no duration is known for level {features.level}") from None

    def _away(self, share: float) -> float:
        """How many spreads from the middle: of the normal law, then of what was seen."""
        last = sorted(self.misses[-CONFORMAL_LAST:])
        if len(last) < CONFORMAL_FROM:
            return _z(share)
        return last[min(len(last), math.ceil((len(last) + 1) * share)) - 1]


def fit_durations(
    seen: Iterable[Observation], table: Mapping[str, float], *, misses: Sequence[float] = ()
) -> Durations:
    """Everything anew from the visits made: backfitting, four passes over the slopes and the keys."""
    start = Durations.unlearnt(table)
    rows = [each for each in seen if each.features.level in start.levels and each.minutes > 0]
    keys = [_keys(each.features) for each in rows]
    boxes = [_boxes(each.features) for each in rows]
    left = [math.log(each.minutes) - start.predict(each.features).middle for each in rows]
    slopes = dict.fromkeys(start.levels, SLOPE)
    effects: dict[str, Effect] = {}
    members: list[dict[str, list[int]]] = [{} for _ in KEYS]
    for row, names in enumerate(keys):
        for place, (key, _) in enumerate(names):
            members[place].setdefault(key, []).append(row)
    by_level = {key.split(":", 1)[1]: found for key, found in members[0].items()}
    for _ in range(PASSES):
        for level, found in by_level.items():
            whole = [left[row] + slopes[level] * boxes[row] for row in found]
            over = sum(each * boxes[row] for each, row in zip(whole, found, strict=True)) + SLOPE_UNITS * SLOPE
            #: More boxes never take less time.
            slope = max(0.0, over / (sum(boxes[row] ** 2 for row in found) + SLOPE_UNITS))
            for row in found:
                left[row] += (slopes[level] - slope) * boxes[row]
            slopes[level] = slope
        for place, (_, _, units) in enumerate(KEYS):
            for key, found in members[place].items():
                old = effects.get(key, Effect()).value
                new = shrunken(sum(left[row] + old for row in found), len(found), units)
                effects[key] = Effect(len(found), new)
                for row in found:
                    left[row] += old - new
    return Durations(
        levels={
            level: replace(one, slope=slopes[level], **_spread([left[row] for row in by_level.get(level, ())]))
            for level, one in start.levels.items()
        },
        effects=effects,
        misses=tuple(misses)[-CONFORMAL_LAST:],
    )


def shrunken(total: float, n: int, units: float) -> float:
    """The mean of `n` values pulled towards nothing by so many pseudo-values."""
    return total / (n + units)


def _spread(left: Sequence[float]) -> dict[str, Any]:
    squares = sum(each**2 for each in left) + SPREAD_UNITS * SPREAD**2
    return {"variance": squares / (len(left) + SPREAD_UNITS), "n": len(left)}


def _keys(features: Features) -> list[tuple[str, int]]:
    return [(f"{name}:{'|'.join(value(features))}", units) for name, value, units in KEYS]


def _boxes(features: Features) -> float:
    return math.log(max(1, features.containers))


def _z(share: float) -> float:
    return NormalDist().inv_cdf(share)
