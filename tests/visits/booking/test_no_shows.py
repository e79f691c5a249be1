"""A firm that misses appointments may have fewer open for a time; it is told, may appeal, and it ends by itself."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlmodel import col

from tests.support.stage import Stage
from tests.support.steps_booking import booked, calendars, held, to_book, tomorrow
from visits.background.deliver import deliver
from visits.booking import no_shows
from visits.booking.change import move
from visits.booking.confirm import confirm
from visits.booking.hold import hold
from visits.booking.no_shows import (
    AppealNeedsWords,
    FirmLimited,
    Limit,
    NothingToAppeal,
    appeal,
    counts_until,
    decide,
    firm_limit,
    limit_of,
    missed_of,
    open_appeals,
)
from visits.booking.tables import Appointment, NoShowAppeal
from visits.errors import NotFound, Stale
from visits.fieldwork import branches
from visits.ids import new_id
from visits.journey.tables import Visit
from visits.sites.queries import office_by_id

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


async def missed(stage: Stage, count: int) -> list[UUID]:
    """Appointments of tomorrow the firm missed, all at the same hour."""
    await calendars(stage, days=40)
    visits = [await booked(stage, await to_book(stage), tomorrow(stage, 9)) for _ in range(count)]
    stage.clock.set(tomorrow(stage, 9, 30))
    for each in visits:
        await stage.run("chief", branches.party_absent, each.id, id=new_id())
        await deliver(stage.tools, stage.tenant, each.id)
    async with stage.work() as work:
        absent = select(col(Appointment.id)).where(col(Appointment.status) == "no_show_declarant")
        return list(await work.session.scalars(absent.order_by(col(Appointment.id))))


async def limit(stage: Stage) -> Limit | None:
    async with stage.work() as work:
        return await firm_limit(work, stage.firm.id, await office_by_id(work, stage.office.id))


async def fresh(stage: Stage, days: int, hour: int) -> Visit:
    """Another visit with an appointment."""
    at = (stage.clock.now() + timedelta(days=days)).replace(hour=hour, minute=0)
    return await booked(stage, await to_book(stage), at)


async def test_after_three_missed_only_two_may_be_open(stage: Stage) -> None:
    await missed(stage, 3)
    await fresh(stage, 1, 9)
    await fresh(stage, 1, 10)
    third = await to_book(stage)

    with pytest.raises(FirmLimited) as refusal:
        await stage.run("declarant", hold, third.id, tomorrow(stage, 14))

    assert (refusal.value.facts["count"], refusal.value.facts["most"]) == (3, 2)
    assert refusal.value.facts["until"] == datetime(2026, 12, 24, 9, tzinfo=UTC)


async def test_two_missed_limit_nothing(stage: Stage) -> None:
    await missed(stage, 2)

    assert await limit(stage) is None


async def test_a_limited_firm_still_moves_what_it_has_and_staff_book_for_it(stage: Stage) -> None:
    await missed(stage, 3)
    first = await fresh(stage, 1, 9)
    await fresh(stage, 1, 10)
    third = await to_book(stage)
    async with stage.work() as work:
        kept = await work.session.scalar(
            select(col(Appointment.id)).where(
                col(Appointment.visit_id) == first.id, col(Appointment.status) == "confirmed"
            )
        )
    assert kept is not None

    assert (await stage.run("declarant", move, kept, tomorrow(stage, 15))).status == "confirmed"
    by_staff = await stage.run("chief", hold, third.id, tomorrow(stage, 14), reason="urgence")
    assert (await stage.run("chief", confirm, by_staff.id)).status == "confirmed"


async def test_another_firm_is_not_limited(stage: Stage) -> None:
    await missed(stage, 3)

    async with stage.work() as work:
        office = await office_by_id(work, stage.office.id)
        assert await firm_limit(work, stage.other_firm.id, office) is None


async def test_the_limit_ends_by_itself_after_thirty_days(stage: Stage) -> None:
    await missed(stage, 3)
    before = await limit(stage)
    assert before is not None

    stage.clock.set(before.until)

    assert await limit(stage) is None
    async with stage.work() as work:
        assert await missed_of(work, stage.firm.id, stage.office.id) == []


async def test_an_office_may_do_without(stage: Stage) -> None:
    await missed(stage, 3)
    async with stage.work() as work:
        (await office_by_id(work, stage.office.id)).policies = {"no_shows_most": 0}

    assert await limit(stage) is None


async def test_a_granted_appeal_ends_the_limit_at_once(stage: Stage) -> None:
    one, *_ = await missed(stage, 3)
    made = await stage.run("declarant", appeal, one, "  la route était   coupée ")
    assert made.reason == "la route était coupée"
    assert await limit(stage) is not None

    await stage.run("chief", decide, made.id, upheld=True, answer="route coupée, vérifié")
    again = await stage.run("chief", decide, made.id, upheld=True, answer="route coupée, vérifié")

    assert again.upheld
    assert await limit(stage) is None
    async with stage.work("chief") as work:
        assert list(await open_appeals(work)) == []


async def test_a_refused_appeal_changes_nothing_and_is_not_made_again(stage: Stage) -> None:
    one, *_ = await missed(stage, 3)
    made = await stage.run("declarant", appeal, one, "x")
    await stage.run("chief", decide, made.id, upheld=False, answer="la route était ouverte")

    assert await limit(stage) is not None
    assert (await stage.run("declarant", appeal, one, "encore")).id == made.id
    with pytest.raises(Stale):
        await stage.run("chief2", decide, made.id, upheld=True, answer="si")


async def test_an_appeal_nobody_answers_is_granted_after_five_days(stage: Stage) -> None:
    one, *_ = await missed(stage, 3)
    await stage.run("declarant", appeal, one, "la route était coupée")

    stage.clock.move(days=5)

    assert await limit(stage) is None


async def test_only_the_own_missed_appointment_is_appealed_with_words(stage: Stage) -> None:
    one, *_ = await missed(stage, 1)
    kept = await held(stage, await to_book(stage), tomorrow(stage, 14))

    with pytest.raises(AppealNeedsWords):
        await stage.run("declarant", appeal, one, "  ")
    with pytest.raises(NothingToAppeal):
        await stage.run("declarant", appeal, kept.id, "x")
    for who in ("other_declarant", "importer", "chief"):
        with pytest.raises(NotFound):
            await stage.run(who, appeal, one, "x")
    made = await stage.run("declarant", appeal, one, "x")
    with pytest.raises(AppealNeedsWords):
        await stage.run("chief", decide, made.id, upheld=True, answer=" ")


async def test_goods_that_were_not_there_count_too(stage: Stage) -> None:
    await calendars(stage)
    visit = await booked(stage, await to_book(stage), tomorrow(stage, 9))
    stage.clock.set(tomorrow(stage, 9, 30))
    await stage.run("chief", branches.goods_absent, visit.id, id=new_id())
    await deliver(stage.tools, stage.tenant, visit.id)

    async with stage.work() as work:
        [found] = await missed_of(work, stage.firm.id, stage.office.id)
        assert found.appointment.status == "no_show_goods"


def test_the_limit_ends_with_the_one_that_brings_the_count_below() -> None:
    days = [NOW + timedelta(days=each) for each in (9, 3, 5, 7)]

    assert limit_of(days, most=3, allowed=2) == Limit(count=4, most=2, until=NOW + timedelta(days=5))
    assert limit_of(days[:2], most=3, allowed=2) is None
    assert limit_of(days, most=0, allowed=2) is None


def test_the_last_instant_of_thirty_days_does_not_count_any_more() -> None:
    at = NOW - no_shows.LASTS

    assert counts_until(at, None, NOW) is None
    assert counts_until(at + timedelta(microseconds=1), None, NOW) is not None


def test_an_appeal_counts_as_granted_from_its_fifth_day_on() -> None:
    made = NoShowAppeal(
        appointment_id=new_id(), office_id=new_id(), firm_id=new_id(), reason="x", at=NOW - no_shows.ANSWERED
    )

    assert counts_until(NOW - timedelta(days=6), made, NOW) is None
    assert counts_until(NOW - timedelta(days=6), made, NOW - timedelta(microseconds=1)) is not None
