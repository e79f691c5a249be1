"""An inspector is drawn once, by the seed of the day, among those who may; the place kept follows the name."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import Range
from sqlmodel import col

from tests.support.stage import Stage
from tests.support.steps_assignment import (
    assigned,
    at_desk,
    drawn,
    draws,
    live,
    passed,
    policy,
    starts,
    submitted,
)
from tests.support.steps_booking import booked, calendars, only, to_book, tomorrow
from tests.support.steps_states import happen
from visits import events
from visits.assignment import queries, seeds
from visits.assignment.draw import draw, draw_now
from visits.assignment.react import on_appointment
from visits.assignment.rules import NobodyEligible, NotDrawable
from visits.background.deliver import deliver
from visits.booking.change import cancel, move
from visits.booking.confirm import confirm
from visits.booking.hold import hold
from visits.booking.reconcile import reconcile
from visits.booking.tables import BookingPart
from visits.journey.states import State
from visits.journey.tables import Visit
from visits.sites.queries import office_by_id
from visits.sites.tables import Absence
from visits.store.tables import DomainEvent
from visits.store.work import Work


async def in_order(stage: Stage) -> bool:
    """Do the bits still say what the parts say?"""

    async def use_case(work: Work) -> bool:
        return not await reconcile(work, await office_by_id(work, stage.office.id))

    return await stage.run("system", use_case)


async def kinds(stage: Stage, visit: Visit) -> list[str]:
    async with stage.work() as work:
        rows = await work.session.scalars(
            select(col(DomainEvent.kind)).where(col(DomainEvent.stream_id) == visit.id).order_by(col(DomainEvent.seq))
        )
        return list(rows)


async def officer_parts(stage: Stage, visit: Visit) -> list[BookingPart]:
    async with stage.work() as work:
        found = await queries.seat_of(work, visit.id)
        assert found is not None
        rows = await work.session.scalars(
            select(BookingPart).where(
                col(BookingPart.appointment_id) == found[0].id, col(BookingPart.role) == "officer"
            )
        )
        return list(rows)


async def test_the_moment_booking_left_draws_the_inspector(stage: Stage) -> None:
    visit = await booked(stage)

    stage.clock.set(await starts(stage, visit) - timedelta(minutes=120, seconds=1))
    await passed(stage)
    assert await live(stage, visit) is None
    stage.clock.move(seconds=1)
    await passed(stage)

    [made] = await draws(stage, visit)
    now = await stage.visit(visit.id)
    assert now.inspector_id == made.chosen
    assert now.state == State.BOOKED
    assert (await kinds(stage, visit))[-1] == "inspector_assigned"


async def test_the_record_holds_who_could_come_with_what_probability(stage: Stage) -> None:
    visit = await assigned(stage)

    [made] = await draws(stage, visit)
    officers = {str(stage.resources[f"inspector{number}"].id) for number in (1, 2, 3)}
    assert {each["resource"] for each in made.candidates} == officers
    assert [each["chance"] for each in made.candidates] == ["1/3", "1/3", "1/3"]
    assert (made.position, made.subject, made.excluded) == (1, str(visit.id), [])


async def test_the_place_kept_goes_to_whoever_was_drawn(stage: Stage) -> None:
    for _ in range(4):
        visit = await assigned(stage, starts_at=tomorrow(stage, 10))
        parts = await officer_parts(stage, visit)

        [kept] = [part for part in parts if part.live]
        assert (kept.resource_id, kept.placeholder) == (visit.inspector_id, False)
        assert await in_order(stage)


async def test_drawing_twice_draws_once(stage: Stage) -> None:
    visit = await assigned(stage)

    assert await drawn(stage, visit.id) is None
    assert len(await draws(stage, visit)) == 1


async def test_two_workers_at_once_draw_once(stage: Stage) -> None:
    visit = await booked(stage)

    made = await asyncio.gather(*(drawn(stage, visit.id) for _ in range(8)))

    assert len([each for each in made if each is not None]) == 1
    assert len(await draws(stage, visit)) == 1


async def test_a_visit_that_is_not_booked_is_not_drawn(stage: Stage) -> None:
    await calendars(stage)
    visit = await to_book(stage)

    assert await drawn(stage, visit.id) is None


async def test_a_visit_that_began_keeps_its_inspector(stage: Stage) -> None:
    visit = await assigned(stage)
    inspector = next(name for name in stage.actors if name in stage.resources and _is(stage, name, visit))
    await happen(stage, visit, inspector, events.VisitStarted)

    assert await drawn(stage, visit.id) is None
    assert (await live(stage, visit)) is not None


def _is(stage: Stage, name: str, visit: Visit) -> bool:
    return stage.resources[name].id == visit.inspector_id


async def test_a_visit_moved_within_the_day_keeps_its_number(stage: Stage) -> None:
    visit = await assigned(stage)
    async with stage.work() as work:
        found = await queries.seat_of(work, visit.id)
    assert found is not None

    await stage.run("chief", move, found[0].id, tomorrow(stage, 15) - timedelta(days=1), reason="grue en panne")
    await stage.run("system", draw, stage.tools, visit.id)

    first, second = await draws(stage, visit)
    assert second.number == first.number
    assert second.candidates == first.candidates
    assert second.chosen == first.chosen
    assert second.position == 2


async def test_a_moved_visit_has_no_inspector_until_it_is_drawn_again(stage: Stage) -> None:
    visit = await assigned(stage)
    async with stage.work() as work:
        found = await queries.seat_of(work, visit.id)
    assert found is not None

    await stage.run("chief", move, found[0].id, tomorrow(stage, 15), reason="grue en panne")
    await deliver(stage.tools, stage.tenant, visit.id)

    assert await live(stage, visit) is None
    assert (await stage.visit(visit.id)).inspector_id is None
    await passed(stage)
    assert await live(stage, visit) is None
    stage.clock.set(await starts(stage, visit) - timedelta(hours=2))
    await passed(stage)
    assert await live(stage, visit) is not None
    assert await in_order(stage)


async def test_a_cancelled_appointment_frees_the_inspector(stage: Stage) -> None:
    visit = await assigned(stage)
    async with stage.work() as work:
        found = await queries.seat_of(work, visit.id)
    assert found is not None

    await stage.run("declarant", cancel, found[0].id)
    await deliver(stage.tools, stage.tenant, visit.id)

    assert await live(stage, visit) is None
    assert await in_order(stage)


async def test_a_late_reaction_leaves_the_new_inspector_alone(stage: Stage) -> None:
    visit = await assigned(stage)
    async with stage.work() as work:
        event = await work.session.scalar(select(DomainEvent).where(col(DomainEvent.stream_id) == visit.id).limit(1))
        assert event is not None

    await stage.run("system", on_appointment, stage.tools, event)

    assert await live(stage, visit) is not None


async def test_one_last_officer_goes_to_one_visit_and_the_other_to_the_chief(stage: Stage) -> None:
    await calendars(stage)
    visits = [await booked(stage, await to_book(stage), tomorrow(stage, 10)) for _ in range(2)]
    async with stage.work() as work:
        for visit in visits:
            found = await queries.seat_of(work, visit.id)
            assert found is not None
            away_on = Range(stage.clock.now(), stage.clock.now() + timedelta(days=3))
            work.session.add(Absence(resource_id=found[1].resource_id, during=away_on, reason="ill", at=work.now))

    made = await asyncio.gather(*(drawn(stage, visit.id) for visit in visits))

    assert len([each for each in made if each is not None]) == 1
    assert sorted([(await kinds(stage, visit))[-1] for visit in visits]) == ["draw_blocked", "inspector_assigned"]
    assert await blocking(stage) == ["busy"]
    assert await in_order(stage)


async def blocking(stage: Stage) -> list[str]:
    """The rules told to the chief."""
    async with stage.work() as work:
        rows = await work.session.scalars(
            select(col(DomainEvent.body)["rule"].astext).where(col(DomainEvent.kind) == "draw_blocked")
        )
        return list(rows)


async def test_bookings_racing_with_draws_never_double_book(stage: Stage) -> None:
    await calendars(stage)
    waiting = [await booked(stage, await to_book(stage), tomorrow(stage, 10))]
    rivals = [await to_book(stage) for _ in range(4)]

    async def take(visit: Visit) -> None:
        kept = await stage.run("declarant", hold, visit.id, tomorrow(stage, 10))
        await stage.run("declarant", confirm, kept.id)

    await asyncio.gather(
        *(drawn(stage, visit.id) for visit in waiting),
        *(take(visit) for visit in rivals),
        return_exceptions=True,
    )

    async with stage.work() as work:
        twice = await work.session.scalar(
            text(
                "select count(*) from booking_part a join booking_part b using (resource_id)"
                " where a.id < b.id and a.live and b.live and a.during && b.during"
            )
        )
    assert twice == 0
    assert await in_order(stage)
    assert await live(stage, waiting[0]) is not None


async def test_the_same_declarant_meets_an_inspector_twice_at_most(stage: Stage) -> None:
    await only(stage, "inspector1", "bay A")
    await calendars(stage)
    first, second, third = [await booked(stage, await to_book(stage), tomorrow(stage, hour)) for hour in (8, 10, 14)]

    assert await drawn(stage, first.id) is not None
    assert await drawn(stage, second.id) is not None
    assert await drawn(stage, third.id) is None

    assert (await kinds(stage, third))[-1] == "draw_blocked"
    stage.clock.set(tomorrow(stage, 13))
    with pytest.raises(NobodyEligible, match="cool_off"):
        await stage.run("chief", draw_now, stage.tools, third.id)


async def test_the_cool_off_is_the_offices_policy(stage: Stage) -> None:
    await policy(stage, cool_off_most=3)
    await only(stage, "inspector1", "bay A")
    await calendars(stage)
    visits = [await booked(stage, await to_book(stage), tomorrow(stage, hour)) for hour in (8, 10, 14)]

    assert all([await drawn(stage, visit.id) is not None for visit in visits])


async def test_whoever_had_the_first_visit_does_not_get_the_counter_visit(stage: Stage) -> None:
    first = await assigned(stage)
    again = await booked(stage, await to_book(stage), tomorrow(stage, 15))
    async with stage.work() as work:
        (await work.session.get_one(Visit, again.id)).parent_id = first.id

    made = await drawn(stage, again.id)

    assert made is not None
    assert [(each["resource"], each["rule"]) for each in made.excluded] == [(str(first.inspector_id), "earlier_visit")]


async def test_an_inspector_who_is_away_is_not_drawn(stage: Stage) -> None:
    visit = await booked(stage)
    begins = await starts(stage, visit)
    async with stage.work() as work:
        for name in ("inspector1", "inspector2"):
            work.session.add(
                Absence(
                    resource_id=stage.resources[name].id,
                    during=Range(begins, begins + timedelta(minutes=1)),
                    reason="training",
                    at=work.now,
                )
            )

    made = await drawn(stage, visit.id)

    assert made is not None
    assert made.chosen == stage.resources["inspector3"].id
    assert made.candidates[0]["chance"] == "1/1"
    assert {each["rule"] for each in made.excluded} == {"away"}


async def test_a_chief_cannot_draw_before_the_time(stage: Stage) -> None:
    visit = await booked(stage)

    with pytest.raises(NotDrawable):
        await stage.run("chief", draw_now, stage.tools, visit.id)
    stage.clock.set(await starts(stage, visit) - timedelta(hours=2))
    assert await stage.run("chief", draw_now, stage.tools, visit.id) is not None


async def test_a_package_of_documents_goes_to_a_drawn_desk_at_once(stage: Stage) -> None:
    visit = await at_desk(stage)

    [made] = await draws(stage, visit)
    assert visit.state == State.CHECKING
    assert visit.inspector_id == made.chosen
    assert made.day == stage.clock.now().date()


async def test_a_returned_package_comes_back_to_the_same_desk(stage: Stage) -> None:
    visit = await at_desk(stage)

    await happen(stage, visit, "chief", events.PackageReturned, defects=1)
    await happen(stage, visit, "declarant", events.PackageSubmitted, documents=4)
    await deliver(stage.tools, stage.tenant, visit.id)

    assert (await stage.visit(visit.id)).inspector_id == visit.inspector_id
    assert len(await draws(stage, visit)) == 1


async def test_a_package_sent_at_night_is_drawn_among_those_of_the_next_working_day(stage: Stage) -> None:
    await calendars(stage)
    visit = await submitted(stage)
    stage.clock.set(stage.clock.now().replace(hour=22) + timedelta(days=4))

    made = await drawn(stage, visit.id)

    assert made is not None
    assert made.day == stage.clock.now().date()
    assert len(made.candidates) == 3


async def test_a_package_nobody_may_check_goes_to_the_chief(stage: Stage) -> None:
    visit = await submitted(stage)

    assert await drawn(stage, visit.id) is None
    assert (await kinds(stage, visit))[-1] == "draw_blocked"


async def test_a_broken_seed_draws_nobody_and_gives_the_alarm(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    visit = await booked(stage)
    day = (await starts(stage, visit)).date()
    async with stage.work() as work:
        await queries.add_seed(
            work, office_id=stage.office.id, day=day, commitment=bytes(32), sealed=stage.tools.vault.seal(b"x", "other")
        )

    assert await drawn(stage, visit.id) is None
    assert "does not match its commitment" in caplog.text


async def test_red_and_yellow_visits_share_the_order_of_the_day(stage: Stage) -> None:
    desk = await at_desk(stage)
    other = await submitted(stage)
    await deliver(stage.tools, stage.tenant, other.id)

    assert [each.position for visit in (desk, other) for each in await draws(stage, visit)] == [1, 2]


async def test_an_appointment_after_midnight_never_uses_a_seed_that_may_be_known(stage: Stage) -> None:
    visit = await booked(stage)
    stage.clock.set(await starts(stage, visit) + timedelta(days=1))
    await stage.run("system", seeds.commit_seeds, stage.tools)
    await stage.run("system", seeds.reveal_seeds, stage.tools)

    made = await drawn(stage, visit.id)

    assert made is not None
    assert made.day == stage.clock.now().date()
