"""What integrity officers see of the draws: late promises, whom a late witness would have brought, absences."""

from datetime import date, timedelta

import pytest
from litestar import Litestar
from sqlalchemy import select, update

from tests.portals.reading import said
from tests.support.live import DESK, chromium, serving, window
from tests.support.stage import Stage
from tests.support.steps_assignment import drawn, promised
from tests.support.steps_booking import booked, calendars, to_book, tomorrow
from tests.support.steps_publication import draws_of_the_day, next_day, published, whose
from tests.support.steps_repair import away_today, mended
from tests.support.steps_witness import brought, value
from tests.visits.assignment.test_repair import today
from tests.visits.assignment.test_witness import eve
from visits.assignment import record, seeds
from visits.assignment.absence_rows import Entered, entered
from visits.assignment.queries import seed_of_day
from visits.assignment.vacant import fill_vacant
from visits.sites.admin import withdraw_absence
from visits.sites.tables import Absence
from visits.store.tables import Audit

PAGE = "/integrity/draws"


async def read(stage: Stage, path: str = PAGE) -> str:
    async with stage.browser("integrity") as browser:
        answer = await browser.get(path)
    assert answer.status_code == 200
    return said(answer).replace("’", "'")


async def listed(stage: Stage) -> list[Entered]:
    return await stage.run("integrity", entered, stage.clock.now() - timedelta(days=90))


async def without_its_witness(stage: Stage) -> date:
    """A published day whose value came an hour too late, and whose seed is revealed."""
    await promised(stage)
    witness, _ = await eve(stage, hour=20)
    await published(stage)
    day = next_day(stage)
    stage.clock.move(hours=1)
    await brought(stage, witness, day)
    stage.clock.move(days=2)
    await stage.run("system", seeds.reveal_seeds, stage.tools)
    return day


# ---------- days ----------
async def test_an_office_without_draws_has_nothing_to_look_at(stage: Stage) -> None:
    text = await read(stage)

    assert "Rien à examiner dans les tirages" in text
    assert "Aucun tirage ces derniers jours" in text
    assert "Aucune ces 90 derniers jours." in text


@pytest.mark.parametrize("early", [True, False], ids=["before", "after"])
async def test_a_day_says_whether_it_was_promised_before_it_was_booked(stage: Stage, *, early: bool) -> None:
    if early:
        await promised(stage)
    await calendars(stage)
    visit = await booked(stage, await to_book(stage), tomorrow(stage, 8))
    stage.clock.move(minutes=1)
    await drawn(stage, visit.id)
    stage.clock.move(days=1)

    text = await read(stage)

    assert ("À temps" in text) == early
    assert ("Après l'ouverture des réservations" in text) != early
    assert ("Rien à examiner" if early else "1 jour à examiner dans les tirages") in text


async def test_a_late_witness_shows_who_would_have_been_drawn(stage: Stage) -> None:
    day = await without_its_witness(stage)
    async with stage.work("integrity") as work:
        seed = await seed_of_day(work, stage.office.id, day)
        assert seed is not None
        rows = await record.with_late_value(work, seed)
    others = sum(each.drawn != each.would for each in rows)

    listed, shown = await read(stage), await read(stage, f"{PAGE}/{day}")

    assert "Trop tard" in listed
    assert "Voir qui serait venu" in listed
    assert len(rows) >= 2
    assert shown.count("autre nom") >= others
    assert all(each.would in shown for each in rows)
    assert "Chaque tirage est refait avec les mêmes candidats et les mêmes parts." in shown


async def test_with_the_value_in_time_the_same_day_gives_those_very_names(stage: Stage) -> None:
    witness, _ = await eve(stage)
    await brought(stage, witness, next_day(stage))
    await published(stage)
    day, made = next_day(stage), await draws_of_the_day(stage)
    stage.clock.move(days=2)
    await stage.run("system", seeds.reveal_seeds, stage.tools)

    async with stage.work("integrity") as work:
        seed = await seed_of_day(work, stage.office.id, day)
        assert seed is not None
        work.session.expunge(seed)
        seed.witness_late = value(stage, witness, day)
        rows = await record.with_late_value(work, seed)

    assert [each.draw.position for each in rows] == [each.position for each in made]
    assert [each.would for each in rows] == [each.drawn for each in rows]


async def test_a_day_whose_witness_was_in_time_has_no_comparison(stage: Stage) -> None:
    async with stage.browser("integrity") as browser:
        assert (await browser.get(f"{PAGE}/{next_day(stage)}")).status_code == 404


# ---------- absences ----------
async def test_whoever_entered_an_absence_that_had_a_visit_drawn_again_is_told(stage: Stage) -> None:
    [visit] = await today(stage, 9)
    await away_today(stage, await whose(stage, visit))
    await stage.run("system", fill_vacant, stage.tools, visit.id)

    [one] = await listed(stage)

    assert (one.name, one.absences, one.redrawn, one.withdrawn) == ("Chief2 Exemple", 1, 1, 0)
    assert "Chief2 Exemple" in await read(stage)


async def test_an_absence_withdrawn_after_its_draw_is_counted(stage: Stage) -> None:
    visits = await today(stage, 9, 10)
    await away_today(stage, await whose(stage, visits[0]))
    await mended(stage)
    stage.clock.move(minutes=5)
    async with stage.work() as work:
        [absence] = (await work.session.scalars(select(Absence))).all()
    await stage.run("chief", withdraw_absence, absence.id)

    [one] = await listed(stage)

    assert (one.absences, one.withdrawn) == (1, 1)
    assert one.redrawn >= 1


async def test_an_absence_that_took_nothing_away_is_not_told(stage: Stage) -> None:
    [visit] = await today(stage, 9)
    busy = await whose(stage, visit)
    await away_today(stage, *({"inspector1", "inspector2", "inspector3"} - {busy}))

    assert await listed(stage) == []


async def test_an_absence_nobody_entered_is_the_services(stage: Stage) -> None:
    [visit] = await today(stage, 9)
    await away_today(stage, await whose(stage, visit))
    async with stage.work() as work:
        await work.session.execute(update(Absence).values(made_by=None))
    await stage.run("system", fill_vacant, stage.tools, visit.id)

    assert "le service" in await read(stage)


# ---------- who, and how ----------
async def test_reading_is_noted_in_the_journal(stage: Stage) -> None:
    day = await without_its_witness(stage)
    await read(stage)
    await read(stage, f"{PAGE}/{day}")

    async with stage.work() as work:
        noted = (await work.session.scalars(select(Audit.action).where(Audit.action.like("draws_%")))).all()  # type: ignore[attr-defined]
    assert sorted(noted) == ["draws_compared", "draws_reviewed"]


@pytest.mark.parametrize("who", ["chief", "supervisor", "inspector1", "admin", "declarant"])
async def test_it_is_for_the_inspection_of_services_alone(stage: Stage, who: str) -> None:
    async with stage.browser(who) as other:
        assert (await other.get(PAGE)).status_code == 403
        assert (await other.get(f"{PAGE}/{next_day(stage)}")).status_code == 403


@pytest.mark.browser
@pytest.mark.slow  # Chromium is started
async def test_on_a_desk_axe_finds_nothing(stage: Stage, app: Litestar) -> None:
    async with serving(app) as port, chromium() as browser:
        empty = await window(browser, stage, port, "integrity", size=DESK)
        await empty.go(PAGE)
        [visit] = await today(stage, 9)
        await away_today(stage, await whose(stage, visit))
        await mended(stage)
        day = await without_its_witness(stage)
        desk = await window(browser, stage, port, "integrity", size=DESK)
        await desk.go(PAGE)
        await desk.go(f"{PAGE}/{day}")


async def test_an_absence_after_which_nobody_was_found_is_listed_too(stage: Stage) -> None:
    await today(stage, 9, officers=("inspector1",))
    await away_today(stage, "inspector1")
    await mended(stage)

    [found] = await listed(stage)

    assert (found.absences, found.redrawn, found.nobody) == (1, 0, 1)
    assert "Restées sans personne" in await read(stage)
