"""The length of a visit: learnt at night from visits made, told with its ground, changed by a chief with a reason."""

import random
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlmodel import col

from scheduling import Features, Observation, fit_durations
from tests.support.builders import a_declaration, an_item
from tests.support.stage import Stage
from tests.support.steps_booking import booked, calendars, held, to_book, tomorrow
from tests.support.steps_durations import made
from tests.support.steps_states import at_state, happen
from visits import events
from visits.background.deliver import deliver
from visits.booking import durations
from visits.booking.durations import features_of, learn, set_length, why
from visits.booking.hold import hold
from visits.booking.offer import offer
from visits.booking.rules import WhyNeeded
from visits.booking.tables import DurationTable, VisitLength
from visits.declarations.queries import case_of
from visits.journey.states import NotYours, State, WrongState
from visits.journey.tables import Visit
from visits.store.work import Work


async def opened(stage: Stage) -> Visit:
    """A new visit, its events delivered."""
    visit = await stage.opened()
    await deliver(stage.tools, stage.tenant, visit.id)
    return await stage.visit(visit.id)


async def lengths(stage: Stage, visit_id: UUID) -> list[tuple[str, int]]:
    async with stage.work() as work:
        rows = await work.session.scalars(
            select(VisitLength).where(col(VisitLength.visit_id) == visit_id).order_by(col(VisitLength.at))
        )
        return [(row.source, row.minutes) for row in rows]


async def test_before_the_first_night_the_first_guess_stands(stage: Stage) -> None:
    visit = await opened(stage)

    assert visit.minutes == 60
    assert await lengths(stage, visit.id) == []
    assert await learn(stage.tools, stage.tenant) is None


async def test_quick_visits_make_the_next_slot_shorter_and_say_so(stage: Stage) -> None:
    for minutes in (20, 24, 22, 21, 23, 25, 20, 22, 24, 21, 22, 23):
        await made(stage, minutes)
    assert await learn(stage.tools, stage.tenant) == 1

    visit = await opened(stage)

    assert 25 <= visit.minutes <= 45
    async with stage.work() as work:
        told = await why(work, visit.id)
    assert told == (durations.KIN["office_chapter"], {"count": 12, "length": timedelta(minutes=visit.minutes)})


async def test_few_visits_are_not_called_alike(stage: Stage) -> None:
    await made(stage, 30)
    await learn(stage.tools, stage.tenant)

    visit = await opened(stage)

    async with stage.work() as work:
        assert await why(work, visit.id) == (durations.FEW, {})


async def test_time_in_suspension_is_nobodys_control(stage: Stage) -> None:
    await made(stage, 40, suspended=300)

    async with stage.work() as work:
        found = await durations.rows.made(work)

    assert [round(each.minutes) for each in found] == [40]


async def test_a_night_without_new_visits_learns_nothing(stage: Stage) -> None:
    await made(stage, 30)
    first = await learn(stage.tools, stage.tenant)

    assert (first, await learn(stage.tools, stage.tenant)) == (1, None)
    await made(stage, 35)
    assert await learn(stage.tools, stage.tenant) == 2


async def test_two_workers_in_one_night_store_one_version(stage: Stage) -> None:
    await made(stage, 30)

    async def keep(work: Work) -> bool:
        return await durations.rows.keep(work, 1, {"format": 1}, visits=1, through=work.now)

    assert [await stage.run("system", keep), await stage.run("system", keep)] == [True, False]


async def test_a_visit_since_the_night_counts_already(stage: Stage) -> None:
    await made(stage, 30)
    await learn(stage.tools, stage.tenant)
    before = (await opened(stage)).minutes
    for _ in range(6):
        await made(stage, 90)

    assert (await opened(stage)).minutes > before


async def test_visits_that_wait_take_the_new_length_and_booked_ones_keep_theirs(stage: Stage) -> None:
    await calendars(stage)
    waiting, kept, has_hold = await to_book(stage), await booked(stage, await to_book(stage)), await to_book(stage)
    await held(stage, has_hold, tomorrow(stage, 14))
    for _ in range(8):
        await made(stage, 20)

    await learn(stage.tools, stage.tenant)

    assert (await stage.visit(waiting.id)).minutes < 60
    assert (await stage.visit(kept.id)).minutes == 60
    assert (await stage.visit(has_hold.id)).minutes == 60


async def test_what_was_opened_is_delivered_twice_and_written_once(stage: Stage) -> None:
    await made(stage, 30)
    await learn(stage.tools, stage.tenant)
    visit = await opened(stage)

    async def again(work: Work) -> None:
        case = await case_of(work, visit.id, lock=True)
        known = await durations._known(work)
        assert known is not None
        await durations._apply(work, case.visit, case.office, case.declaration.content, known)

    await stage.run("system", again)

    assert len(await lengths(stage, visit.id)) == 1


async def test_misses_are_those_of_predictions_made_before(stage: Stage) -> None:
    await made(stage, 30)
    await learn(stage.tools, stage.tenant)
    visit = await stage.opened()
    await deliver(stage.tools, stage.tenant, visit.id)
    running = await at_state(stage, State.RUNNING, visit=visit)
    stage.clock.move(minutes=45)
    await happen(stage, running, "inspector1", events.VisitEnded)

    await learn(stage.tools, stage.tenant)

    async with stage.work() as work:
        newest = await durations.rows.newest(work)
    assert newest is not None
    assert len(newest.body["misses"]) == 1
    assert newest.body["misses"][0] > 0


async def test_a_chief_sets_a_length_and_the_offer_follows(stage: Stage) -> None:
    await calendars(stage)
    visit = await to_book(stage)

    await stage.run("chief", set_length, visit.id, 120, reason="  machines à démonter ")

    async with stage.work("declarant") as work:
        assert (await offer(work, await case_of(work, visit.id))).asked.length == 8
        assert await why(work, visit.id) == (durations.BY_HAND, {"reason": "machines à démonter"})
    kept = await stage.run("declarant", hold, visit.id, tomorrow(stage, 9))
    assert kept.during.upper - kept.during.lower == timedelta(hours=2)


async def test_a_length_set_by_a_chief_outlives_the_night(stage: Stage) -> None:
    visit = await to_book(stage)
    await stage.run("chief", set_length, visit.id, 120, reason="machines")
    await made(stage, 20)

    await learn(stage.tools, stage.tenant)
    await deliver(stage.tools, stage.tenant, visit.id)

    assert (await stage.visit(visit.id)).minutes == 120


async def test_a_visit_may_follow_the_prediction_again(stage: Stage) -> None:
    visit = await to_book(stage)
    await stage.run("chief", set_length, visit.id, 120, reason="machines")
    await stage.run("chief", set_length, visit.id, None, reason="erreur")
    assert (await stage.visit(visit.id)).minutes == 60
    await made(stage, 20)

    await learn(stage.tools, stage.tenant)

    assert (await stage.visit(visit.id)).minutes < 60


@pytest.mark.parametrize(
    ("who", "minutes", "reason", "refusal"),
    [
        pytest.param("chief", 90, " ", WhyNeeded, id="without a reason"),
        pytest.param("chief", 4, "court", durations.LengthOutOfRange, id="too short"),
        pytest.param("chief", 481, "long", durations.LengthOutOfRange, id="too long"),
        pytest.param("declarant", 90, "je veux", NotYours, id="not by the declarant"),
    ],
)
async def test_a_length_is_refused(stage: Stage, who: str, minutes: int, reason: str, refusal: type[Exception]) -> None:
    visit = await to_book(stage)

    with pytest.raises(refusal):
        await stage.run(who, set_length, visit.id, minutes, reason=reason)


async def test_a_visit_that_began_keeps_its_length(stage: Stage) -> None:
    visit = await at_state(stage, State.RUNNING)

    with pytest.raises(WrongState):
        await stage.run("chief", set_length, visit.id, 90, reason="trop tard")


async def test_another_offices_durations_are_not_seen(stage: Stage) -> None:
    """Row security: what one administration learnt is nothing to another."""
    await made(stage, 30)
    await learn(stage.tools, stage.tenant)

    async with stage.work() as work:
        tenants = {row.tenant_id for row in await work.session.scalars(select(DurationTable))}

    assert tenants == {stage.tenant}


def test_only_the_goods_to_be_looked_at_count() -> None:
    lines = [an_item(1, hs6="870830"), an_item(2, hs6="030389", packages={"count": "12", "kind": "CT"})]
    content, _ = a_declaration(items=lines)
    visit = Visit(level="physical", order={"items": [2], "containers": ["A", "B"], "extent": "FULL"})

    assert features_of(visit, content, "CIAB1") == Features(
        level="physical",
        office="CIAB1",
        chapter="03",
        mode="1",
        extent="FULL",
        containers=2,
        packages=12,
        items=1,
    )


@pytest.mark.parametrize(
    "content", [{}, {"items": [{"packages": {"count": "beaucoup"}}]}, {"items": [{"packages": None}]}]
)
def test_a_poor_declaration_still_has_features(content: dict[str, object]) -> None:
    found = features_of(Visit(level="scan", order={}), content, "CIAB1")

    assert (found.packages, found.items, found.containers) == (0, 1, 1)


async def test_eight_of_ten_visits_end_within_the_slot_they_were_given(stage: Stage) -> None:
    """The whole way: visits of two kinds of goods are made, learnt from, and new ones measured against their slots."""
    chance = random.Random(11)

    def lived(count: int) -> list[Observation]:
        found = []
        for _ in range(count):
            chapter, middle = chance.choice((("87", 35.0), ("03", 70.0)))
            content, _ = a_declaration(items=[an_item(hs6=f"{chapter}0830")])
            visit = Visit(level="physical", order={"extent": "PARTIAL", "containers": ["A"], "items": [1]})
            found.append(Observation(features_of(visit, content, "CIAB1"), middle * 2 ** chance.gauss(0, 0.5)))
        return found

    table = fit_durations(lived(600), durations.FIRST)

    fresh = lived(2000)
    within = sum(each.minutes <= table.slot(each.features, most=480) for each in fresh) / len(fresh)

    assert 0.78 <= within <= 0.87  # rounded up to whole fives, never down
