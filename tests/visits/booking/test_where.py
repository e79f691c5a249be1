"""Where a visit is made, in one word: never guessed from a missing site."""

import pytest

from tests.support.stage import Stage
from tests.support.steps_booking import booked, calendars, to_book
from tests.support.steps_premises import at_home
from visits.booking import change, premises, queries
from visits.booking.where import Kind, Where, where_of
from visits.journey.states import Level
from visits.journey.tables import Visit


async def where(stage: Stage, visit: Visit) -> Where:
    async with stage.work() as work:
        return await where_of(work, await stage.visit(visit.id))


@pytest.mark.parametrize(
    ("level", "kind"),
    [(Level.VIDEO, Kind.VIDEO), (Level.DOCUMENTS, Kind.DESK), (Level.PHYSICAL, Kind.OPEN), (Level.JOINT, Kind.OPEN)],
)
def test_without_a_place_the_level_says_what_is_meant(level: Level, kind: Kind) -> None:
    assert Where.of(level, None, None).kind is kind


async def test_a_booked_visit_is_at_its_site_and_bay(stage: Stage) -> None:
    await calendars(stage)
    found = await where(stage, await booked(stage))

    assert (found.kind, found.name) == (Kind.SITE, stage.site.name)
    assert found.line == f"{stage.site.name} – {found.bay}"
    assert found.bay


async def test_at_premises_it_has_their_address(stage: Stage) -> None:
    found = await where(stage, await at_home(stage))

    assert found.at_premises
    assert found.line == "Entrepôt Exemple, Zone industrielle, lot 12"


async def test_a_cancelled_appointment_keeps_its_place_when_the_visit_goes_elsewhere(stage: Stage) -> None:
    visit = await booked(stage, await at_home(stage))
    async with stage.work() as work:
        kept = (await queries.live_of(work, visit.id))["confirmed"]
    await stage.run("declarant", change.cancel, kept.id)
    stage.clock.move(minutes=5)
    await stage.run("declarant", premises.leave, visit.id)

    async with stage.work() as work:
        now = await work.session.get_one(Visit, visit.id)
        was = await queries.appointment_by_id(work, kept.id)
        assert (await where_of(work, now)).kind is Kind.SITE
        assert (await where_of(work, now, was)).at_premises


async def test_a_visit_that_waits_for_its_place_is_no_video(stage: Stage) -> None:
    visit = await to_book(stage)
    async with stage.work() as work:
        (await work.session.get_one(Visit, visit.id)).site_id = None

    assert (await where(stage, visit)).kind is Kind.OPEN
