"""Booking promises no hour which the plan or the draw would refuse: the same rules of a person's day, asked of bits."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlmodel import col

from scheduling import Candidate, Need, OfficeDay, PlanVisit, Removal, Route, Seat, Stop, Timelines, bits, span
from tests.support.stage import Stage
from tests.support.steps_booking import another, booked, calendars, only, to_book, tomorrow
from tests.support.steps_buffers import BUFFERS
from tests.support.steps_policies import ruled
from visits.assignment.day import load
from visits.booking.explain import explain
from visits.booking.groups import Pattern, book
from visits.booking.hold import hold
from visits.booking.offer import Offer, offer
from visits.booking.rules import SlotTaken, TooLateInShift
from visits.booking.strain import Fit, Strain, fresh, pause, rest_in, spans, tired_at
from visits.booking.strain_rows import minutes_had
from visits.booking.tables import BookingPart
from visits.declarations.queries import case_of
from visits.journey.tables import Visit
from visits.sites.queries import office_by_id
from visits.sites.tables import WorkTemplate
from visits.store.work import Work

#: Without a break from seven to three.
LONG = [[420, 900]]


async def offered(stage: Stage, visit: Visit, day: date) -> list[datetime]:
    """The starts of a day on offer for a visit."""

    async def use_case(work: Work) -> Offer:
        return await offer(work, await case_of(work, visit.id))

    seen = (await stage.run("declarant", use_case)).day(day)
    return [] if seen is None else [slot.starts_at for slot in seen.slots()]


async def removals(stage: Stage, visit: Visit, at: datetime) -> dict[str, Removal]:
    """The rule that removes each officer from a start, by name."""

    async def use_case(work: Work) -> dict[str, Removal]:
        told = (await explain(work, await case_of(work, visit.id), at=at)).starts[0]
        [role] = [each for each in told.roles if each.role == "officer"]
        names = {each.id: name for name, each in stage.resources.items()}
        return {names[key]: rule for key, rule in role.removed}

    return await stage.run("chief", use_case)


async def long_shift(stage: Stage, *names: str) -> None:
    async with stage.work() as work:
        ids = [stage.resources[name].id for name in names]
        await work.session.execute(update(WorkTemplate).where(col(WorkTemplate.resource_id).in_(ids)).values(work=LONG))


# -- high risk and a long day ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("order", "last"), [({"extent": "FULL"}, (14, 15)), ({}, (16, 0)), ({"high_risk": True}, (14, 15))]
)
async def test_a_visit_of_high_risk_is_offered_only_where_somebody_is_not_tired_yet(
    stage: Stage, order: dict[str, Any], last: tuple[int, int]
) -> None:
    """Of eight hours 80 percent are worked at 15:24; a visit takes an hour."""
    await calendars(stage)
    visit = await to_book(stage)
    async with stage.work() as work:
        kept = await work.session.get_one(Visit, visit.id)
        kept.order = kept.order | order

    assert (await offered(stage, visit, tomorrow(stage, 0).date()))[-1] == tomorrow(stage, *last)


async def test_who_asks_for_a_later_hour_is_told_why_and_nothing_is_kept(stage: Stage) -> None:
    await calendars(stage)
    visit = await to_book(stage, extent="FULL")

    with pytest.raises(TooLateInShift):
        await stage.run("declarant", hold, visit.id, tomorrow(stage, 14, 30))

    assert set((await removals(stage, visit, tomorrow(stage, 14, 30))).values()) == {Removal.FATIGUE}


async def test_a_later_shift_serves_a_later_visit_of_high_risk(stage: Stage) -> None:
    await only(stage, "inspector1", "bay A", "bay B")
    late = await another(stage, "late", "officer")
    async with stage.work() as work:
        await work.session.execute(
            update(WorkTemplate).where(col(WorkTemplate.resource_id) == late.id).values(work=[[600, 1080]])
        )
    await calendars(stage)
    visit = await to_book(stage, extent="FULL")

    made = await stage.run("declarant", hold, visit.id, tomorrow(stage, 15))

    assert await officer_of(stage, made.id) == late.id


# -- minutes a day -----------------------------------------------------------------------------------------------
async def officer_of(stage: Stage, appointment_id: Any) -> Any:
    async with stage.work() as work:
        return await work.session.scalar(
            select(col(BookingPart.resource_id)).where(
                col(BookingPart.appointment_id) == appointment_id, col(BookingPart.role) == "officer"
            )
        )


async def counted(stage: Stage) -> set[int]:
    """The minutes officers have tomorrow: as booking counts them, and the same as the draw does."""
    day = tomorrow(stage, 0).date()
    async with stage.work() as work:
        had = await minutes_had(work, stage.office.id, day, day, but=())
        read = await load(work, await office_by_id(work, stage.office.id), day, kind="officer")
    lines = Timelines(read.named()).of
    assert {str(resource): minutes for (_, resource), minutes in had.items()} == {
        name: line.load for name, line in lines.items() if line.load
    }
    return set(had.values())


async def test_whoever_has_as_many_minutes_as_allowed_is_not_free(stage: Stage) -> None:
    await only(stage, "inspector1", "inspector2", "bay A", "bay B")
    await calendars(stage)
    await ruled(stage, most_minutes=120)
    for hour in (8, 9, 10, 11):
        await booked(stage, await to_book(stage), tomorrow(stage, hour))
    visit = await to_book(stage)

    assert await offered(stage, visit, tomorrow(stage, 0).date()) == []
    with pytest.raises(SlotTaken):
        await stage.run("declarant", hold, visit.id, tomorrow(stage, 14))
    assert await removals(stage, visit, tomorrow(stage, 14)) == {
        "inspector1": Removal.FULL_DAY,
        "inspector2": Removal.FULL_DAY,
    }
    assert len(await offered(stage, visit, tomorrow(stage, 0).date() + timedelta(days=1))) > 0


async def test_what_a_visit_gives_back_itself_does_not_fill_the_day(stage: Stage) -> None:
    await only(stage, "inspector1", "bay A")
    await calendars(stage)
    await ruled(stage, most_minutes=60)
    visit = await to_book(stage)
    await stage.run("declarant", hold, visit.id, tomorrow(stage, 9))

    assert (await stage.run("declarant", hold, visit.id, tomorrow(stage, 14))).status == "held"


async def test_the_time_around_visits_does_not_fill_a_day(stage: Stage) -> None:
    """Seven visits of an hour fill 420 minutes, whatever is washed and written between them: the draw counts so too."""
    await only(stage, "inspector1", "bay A", "bay B")
    await calendars(stage)
    await ruled(stage, most_minutes=120, buffers=BUFFERS)
    for hour in (8, 10):
        await booked(stage, await to_book(stage), tomorrow(stage, hour))
    third = await to_book(stage)

    assert await offered(stage, third, tomorrow(stage, 0).date()) == []
    await ruled(stage, most_minutes=180)
    await booked(stage, third, tomorrow(stage, 14))

    assert await counted(stage) == {180}


async def test_a_group_fills_nobodys_day_either(stage: Stage) -> None:
    await only(stage, "inspector1", "bay A", "bay B")
    await calendars(stage)
    await ruled(stage, most_minutes=60)
    first, second = await to_book(stage), await to_book(stage)

    with pytest.raises(SlotTaken):
        await stage.run("declarant", book, [first.id, second.id], tomorrow(stage, 9), pattern=Pattern.IN_TURN)


# -- a rest ------------------------------------------------------------------------------------------------------
async def test_the_last_rest_of_a_long_shift_is_kept(stage: Stage) -> None:
    """From seven to three a rest of half an hour lies between nine and half past one."""
    await only(stage, "inspector1", "bay A")
    await long_shift(stage, "inspector1")
    await calendars(stage)
    await ruled(stage, most_minutes=480, bookings_per_firm=0, holds_per_firm=50)
    for hour, minute in ((9, 0), (10, 0), (11, 0), (12, 0)):
        await booked(stage, await to_book(stage), tomorrow(stage, hour, minute))
    visit = await to_book(stage)

    starts = await offered(stage, visit, tomorrow(stage, 0).date())

    assert tomorrow(stage, 13) not in starts
    assert tomorrow(stage, 13, 15) not in starts
    assert tomorrow(stage, 13, 30) in starts
    assert await removals(stage, visit, tomorrow(stage, 13)) == {"inspector1": Removal.REST}
    with pytest.raises(SlotTaken):
        await stage.run("declarant", hold, visit.id, tomorrow(stage, 13))


async def test_who_still_has_another_rest_is_chosen(stage: Stage) -> None:
    await only(stage, "inspector1", "bay A", "bay B")
    later = await another(stage, "later", "officer")
    await long_shift(stage, "inspector1", "later")
    await calendars(stage)
    await ruled(stage, most_minutes=480, bookings_per_firm=0, holds_per_firm=50)
    for hour in (9, 10, 11, 12):
        await booked(stage, await to_book(stage), tomorrow(stage, hour))
    visit = await to_book(stage)

    made = await stage.run("declarant", hold, visit.id, tomorrow(stage, 13))

    assert await officer_of(stage, made.id) == later.id


# -- booking and plan agree --------------------------------------------------------------------------------------
MINUTES = 15


@st.composite
def days(draw: st.DrawFn) -> tuple[Strain, int, list[tuple[int, int]], int, bool]:
    """Rules, the steps somebody works, the visits he or she has, a visit's length, and whether it is of high risk."""
    rules = Strain(
        rest_minutes=draw(st.sampled_from([0, 15, 30, 45])),
        rest_after_minutes=draw(st.sampled_from([120, 180, 360])),
        most_minutes=draw(st.sampled_from([None, 60, 150, 420])),
        tired_percent=draw(st.sampled_from([50, 80, 93, 100])),
    )
    edges = sorted(
        draw(st.lists(st.integers(0, 62), min_size=2, max_size=4, unique=True).filter(lambda e: len(e) != 3))
    )
    work = sum(span(first, last - first) for first, last in zip(edges[::2], edges[1::2], strict=True))
    taken: list[tuple[int, int]] = []
    free = work
    for _ in range(draw(st.integers(0, 4))):
        length = draw(st.integers(1, 6))
        able = [step for step in bits(free) if span(step, length) & ~free == 0]
        if able:
            step = draw(st.sampled_from(able))
            taken.append((step, length))
            free &= ~span(step, length)
    return rules, work, taken, draw(st.integers(1, 8)), draw(st.booleans())


@given(day=days())
def test_booking_and_plan_refuse_the_same_hours(day: tuple[Strain, int, list[tuple[int, int]], int, bool]) -> None:
    rules, work, taken, length, risky = day
    fit, shift = Fit(minutes=MINUTES, rules=rules, demanding=risky), spans(work, MINUTES)
    free = work & ~sum(span(*each) for each in taken)
    one = Candidate(
        key="one",
        work=work,
        free=free,
        fresh=None if fit.percent("officer") is None else fit.fresh("officer", work),
        had=sum(steps for _, steps in taken) * MINUTES,
        room=fit.room("officer", length),
        pause=fit.pause("officer", work),
        rest=fit.rest,
    )
    need = Need(role="officer", kind="officer")

    def stop(name: str, step: int, steps: int, demanding: bool = False) -> Stop:
        at = step * MINUTES
        return Stop(
            PlanVisit(id=name, minutes=steps * MINUTES, earliest=at, latest=at, needs=(need,), demanding=demanding),
            need,
            at,
        )

    seat = Seat(
        id="one",
        shift=shift,
        most=rules.most_minutes,
        tired_at=tired_at(shift, rules.tired_percent),
        rest=rest_in(shift, rules.rest_minutes, rules.rest_after_minutes),
    )
    known = tuple(stop(str(number), *each) for number, each in enumerate(taken))
    line = Timelines(OfficeDay(seats=(seat,), settled=(Route(seat="one", stops=known),))).of["one"]

    assert [one.removed(span(step, length)) is None for step in range(63)] == [
        line.why(stop("new", step, length, risky)) is None for step in range(63)
    ]


def test_the_steps_before_one_is_tired_end_within_it() -> None:
    """Eight to noon and one to five on a day that begins at six: 15:24 lies in step 37."""
    work = span(8, 16) | span(28, 16)

    assert fresh(work, 15, 80) == span(8, 16) | span(28, 9)
    assert fresh(work, 15, 100) == work
    assert pause(work, 15, 30, 360) is None
    assert pause(span(4, 32), 15, 30, 360) == span(12, 18)


def test_agencies_rest_but_neither_tire_nor_count_minutes() -> None:
    fit = Fit(minutes=15, rules=Strain(), demanding=True)

    assert (fit.room("agency_officer", 4), fit.percent("agency_officer")) == (None, None)
    assert fit.pause("agency_officer", span(4, 32)) is not None
    assert (fit.room("bay", 4), fit.percent("bay"), fit.pause("bay", span(4, 32))) == (None, None, None)
