"""Predicted durations: the prior, the shrinking, the calibration, and what never may happen."""

import math
import random
from dataclasses import replace
from statistics import NormalDist

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling import Durations, Features, InvalidProblem, Observation, fit_durations
from scheduling.durations import CONFORMAL_FROM, shrunken

TABLE = {"documents": 30, "scan": 30, "video": 45, "physical": 60, "joint": 60}
A_VISIT = Features(level="physical", office="CIAB1", chapter="87", mode="1", extent="PARTIAL", packages=420)

LEVELS = ("documents", "scan", "video", "physical", "joint")


def a_port(chance: random.Random) -> list[Features]:
    """Twelve offices, forty chapters, three modes: what the visits of a country look like."""
    return [
        Features(
            level=chance.choices(LEVELS, (2, 2, 1, 6, 1))[0],
            office=f"O{min(11, int(chance.expovariate(0.3)))}",
            chapter=f"{min(39, int(chance.expovariate(0.1))):02}",
            mode=chance.choice("134"),
            extent=chance.choice(("PARTIAL", "FULL")),
            containers=chance.choice((1, 1, 1, 2, 3, 5, 8)),
            packages=chance.choice((1, 40, 400, 4000)),
            items=chance.choice((1, 2, 6, 14)),
        )
        for _ in range(11_000)
    ]


def lived(visits: list[Features], chance: random.Random) -> list[Observation]:
    """Log-normal at heart, wider at some levels, one visit of twenty with a long tail."""
    hidden: dict[tuple[str, ...], float] = {}

    def effect(spread: float, *key: str) -> float:
        return hidden.setdefault(key, chance.gauss(0, spread))

    found = []
    for each in visits:
        wide = {"documents": 0.3, "scan": 0.25, "video": 0.4, "physical": 0.45, "joint": 0.5}[each.level]
        middle = (
            math.log({"documents": 22, "scan": 18, "video": 35, "physical": 48, "joint": 75}[each.level])
            + 0.35 * math.log(each.containers)
            + effect(0.2, each.level, each.office)
            + effect(0.2, each.chapter)
            + effect(0.1, each.level, each.chapter)
            + effect(0.1, each.mode)
            + (0.3 if each.extent == "FULL" else 0)
        )
        tail = chance.expovariate(1.5) if chance.random() < 0.05 else 0.0
        found.append(Observation(each, math.exp(chance.gauss(middle, wide) + tail)))
    return found


def share_within(model: Durations, fresh: list[Observation], share: float) -> float:
    return sum(each.minutes <= model.quantile(each.features, share) for each in fresh) / len(fresh)


@pytest.mark.parametrize("level", LEVELS)
def test_before_the_first_visit_the_slot_is_that_of_the_table(level: str) -> None:
    unlearnt = Durations.unlearnt(TABLE)

    assert unlearnt.slot(replace(A_VISIT, level=level), most=240) == TABLE[level]


def test_nothing_learnt_from_no_visit() -> None:
    assert fit_durations([], TABLE) == Durations.unlearnt(TABLE)


@pytest.mark.parametrize("trained", [1000, 3000], ids="{} visits".format)
@pytest.mark.parametrize("share", [0.5, 0.8, 0.9])
@pytest.mark.parametrize("seed", [3, 17])
def test_eight_of_ten_visits_end_within_the_slot(trained: int, share: float, seed: int) -> None:
    chance = random.Random(seed)
    visits = lived(a_port(chance), chance)

    model = fit_durations(visits[:trained], TABLE)

    assert share_within(model, visits[-8000:], share) == pytest.approx(share, abs=0.03)


def test_slots_are_shorter_than_one_length_for_a_level() -> None:
    """Pinball loss at eight of ten, against the level's own empirical quantile over the same visits."""
    chance = random.Random(5)
    visits = lived(a_port(chance), chance)
    trained, fresh = visits[:3000], visits[-8000:]
    model = fit_durations(trained, TABLE)
    plain = {level: sorted(each.minutes for each in trained if each.features.level == level) for level in LEVELS}

    def loss(cut: float, minutes: float) -> float:
        return max(0.8 * (minutes - cut), 0.2 * (cut - minutes))

    ours = sum(loss(model.quantile(each.features, 0.8), each.minutes) for each in fresh)
    theirs = sum(
        loss(plain[each.features.level][int(0.8 * len(plain[each.features.level]))], each.minutes) for each in fresh
    )

    assert ours < 0.9 * theirs


def test_enough_logged_misses_mend_a_spread_that_is_too_small() -> None:
    model = fit_durations([Observation(A_VISIT, 40 + each % 3) for each in range(300)], TABLE)
    logged = [2 * NormalDist().inv_cdf((each + 0.5) / 600) for each in range(600)]

    mended = replace(model, misses=tuple(logged))

    assert model.quantile(A_VISIT, 0.8) < mended.quantile(A_VISIT, 0.8) < mended.quantile(A_VISIT, 0.9)
    assert replace(model, misses=tuple(logged[: CONFORMAL_FROM - 1])).quantile(A_VISIT, 0.8) == model.quantile(
        A_VISIT, 0.8
    )


def test_the_shrinking_gives_the_published_values_of_dyestuff() -> None:
    """Davies' six batches of five, with the variances lme4's manual prints: 1764.05 between, 2451.25 within."""
    means, overall = (1505, 1528, 1564, 1498, 1600, 1470), 1527.5

    found = [shrunken(5 * (mean - overall), 5, 2451.25 / 1764.05) for mean in means]

    assert found == pytest.approx([-17.61, 0.39, 28.56, -23.08, 56.73, -45.00], abs=0.01)


def test_goods_never_seen_take_their_parents_word() -> None:
    model = fit_durations([Observation(A_VISIT, 100.0) for _ in range(50)], TABLE)
    strange = replace(A_VISIT, chapter="97")
    parents = [
        model.effects[key].value
        for key in ("level:physical", "office:physical|CIAB1", "mode:1", "extent:physical|PARTIAL", "size:physical|5/0")
    ]

    assert model.predict(strange).middle == pytest.approx(model.levels["physical"].prior + sum(parents))
    assert model.predict(strange).spread > model.predict(A_VISIT).spread


def test_a_prediction_tells_how_many_visits_were_like_it() -> None:
    model = fit_durations([Observation(A_VISIT, 40.0) for _ in range(42)], TABLE)

    assert model.alike(A_VISIT) == ("office_chapter", 42)
    assert model.alike(replace(A_VISIT, chapter="10")) == ("office", 42)
    assert model.alike(replace(A_VISIT, office="ELSEWHERE")) == ("level", 42)
    assert model.alike(replace(A_VISIT, level="scan")) == ("level", 0)


def test_a_level_without_a_first_length_is_refused() -> None:
    with pytest.raises(InvalidProblem):
        Durations.unlearnt(TABLE).predict(replace(A_VISIT, level="ferry"))


def test_what_is_stored_says_the_same_again() -> None:
    chance = random.Random(9)
    model = fit_durations(lived(a_port(chance)[:400], chance), TABLE, misses=[0.25, -1.5])

    again = Durations.of_json(model.as_json())

    assert again.quantile(A_VISIT, 0.8) == pytest.approx(model.quantile(A_VISIT, 0.8), rel=1e-6)
    assert again.misses == model.misses
    with pytest.raises(InvalidProblem):
        Durations.of_json({"format": 0})


features = st.builds(
    Features,
    level=st.sampled_from(LEVELS),
    office=st.sampled_from(("A", "B")),
    chapter=st.sampled_from(("01", "87", "")),
    mode=st.sampled_from(("1", "4")),
    extent=st.sampled_from(("PARTIAL", "FULL")),
    containers=st.integers(0, 40),
    packages=st.integers(0, 100_000),
    items=st.integers(0, 900),
)
visits = st.lists(st.builds(Observation, features, st.floats(1, 900)), max_size=40)


@given(visits, features, st.integers(1, 30))
def test_more_boxes_never_shorten_the_slot(seen: list[Observation], one: Features, more: int) -> None:
    model = fit_durations(seen, TABLE)

    assert model.slot(replace(one, containers=one.containers + more), most=10_000) >= model.slot(one, most=10_000)


@given(visits, features)
def test_a_slot_lasts_whole_fives_within_its_limits(seen: list[Observation], one: Features) -> None:
    length = fit_durations(seen, TABLE).slot(one, most=180)

    assert length % 5 == 0
    assert 5 <= length <= 180


@given(visits, features)
def test_the_order_of_the_visits_does_not_matter(seen: list[Observation], one: Features) -> None:
    assert fit_durations(seen[::-1], TABLE).quantile(one, 0.8) == pytest.approx(
        fit_durations(seen, TABLE).quantile(one, 0.8), rel=1e-9
    )


@given(visits, features, st.floats(1, 900))
def test_one_more_visit_pulls_the_prediction_towards_itself(
    seen: list[Observation], one: Features, minutes: float
) -> None:
    model = fit_durations(seen, TABLE)
    before = math.log(minutes) - model.predict(one).middle

    after = math.log(minutes) - model.after(Observation(one, minutes)).predict(one).middle

    assert abs(after) <= abs(before)
    assert after * before >= 0


@settings(max_examples=30)
@given(visits, features, st.floats(0.5, 0.98))
def test_a_larger_share_needs_a_longer_time(seen: list[Observation], one: Features, share: float) -> None:
    model = fit_durations(seen, TABLE)

    assert model.quantile(one, share) < model.quantile(one, share + 0.01)
