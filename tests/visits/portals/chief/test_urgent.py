"""The chief puts an urgent visit into a published day: the starts are shown with what they cost, one is confirmed."""

import asyncio

from tests.support.stage import Stage
from tests.support.steps_assignment import policy
from tests.support.steps_booking import booked, only, to_book, tomorrow
from tests.support.steps_publication import a_published_day, next_day
from tests.visits.portals.chief.test_assignment import read
from visits.journey.states import State
from visits.journey.tables import Visit

PAGE = "/chief/urgent"


async def two_at_work(stage: Stage) -> Visit:
    """Two inspectors, both busy from eight to ten of the next day, and a visit without a time."""
    await policy(stage, cool_off_most=20)
    await only(stage, "bay A", "bay B", "inspector1", "inspector2")
    await a_published_day(stage, *(tomorrow(stage, hour) for hour in (8, 8, 9, 9)))
    return await to_book(stage)


async def test_a_quiet_office_says_that_nothing_waits(stage: Stage) -> None:
    assert "Aucune visite n'attend une heure" in await read(stage, PAGE)


async def test_the_visits_without_a_time_are_there_to_pick(stage: Stage) -> None:
    visit = await two_at_work(stage)

    text = await read(stage, PAGE)

    assert text.count(f'href="{PAGE}/') == 1
    assert f'href="{PAGE}/{visit.id}"' in text


async def test_the_starts_are_shown_with_who_waits_the_nearest_chosen(stage: Stage) -> None:
    visit = await two_at_work(stage)

    text = await read(stage, f"{PAGE}/{visit.id}?day={next_day(stage)}")

    assert f'value="{tomorrow(stage, 10).isoformat()}" checked' in text
    assert tomorrow(stage, 9).isoformat() not in text
    assert "Personne d'autre n'attend." in text


async def test_confirmed_it_has_that_time_and_twice_is_once(stage: Stage) -> None:
    visit = await two_at_work(stage)
    sent = {"day": str(next_day(stage)), "start": tomorrow(stage, 10, 15).isoformat(), "reason": "périssable"}

    async with stage.browser("chief") as browser:
        first = await browser.post(f"{PAGE}/{visit.id}", data=sent)
        again = await browser.post(f"{PAGE}/{visit.id}", data=sent)
        seen = await browser.get(f"{PAGE}/{visit.id}")

    assert first.headers["location"] == again.headers["location"] == f"/office/visits/{visit.id}"
    assert (await stage.visit(visit.id)).state == State.BOOKED
    assert "Cette visite a déjà son heure" in seen.text


async def test_a_start_taken_since_is_refused_and_what_was_typed_stays(stage: Stage) -> None:
    visit = await two_at_work(stage)
    for _ in range(2):
        await booked(stage, await to_book(stage), tomorrow(stage, 10))

    async with stage.browser("chief") as browser:
        answer = await browser.post(
            f"{PAGE}/{visit.id}",
            data={"day": str(next_day(stage)), "start": tomorrow(stage, 10).isoformat(), "reason": "périssable"},
        )

    assert answer.status_code == 409
    assert 'value="périssable"' in answer.text
    assert tomorrow(stage, 11).isoformat() in answer.text
    assert (await stage.visit(visit.id)).state == State.TO_BOOK


async def test_two_chiefs_at_once_give_a_visit_one_time_and_a_time_to_one_visit(stage: Stage) -> None:
    visit, rival = await two_at_work(stage), await to_book(stage)
    await booked(stage, await to_book(stage), tomorrow(stage, 10))
    sent = {"day": str(next_day(stage)), "start": tomorrow(stage, 10).isoformat(), "reason": "périssable"}

    async with stage.browser("chief") as one, stage.browser("chief2") as other:
        same = await asyncio.gather(*(each.post(f"{PAGE}/{visit.id}", data=sent) for each in (one, other)))
        late = await other.post(f"{PAGE}/{rival.id}", data=sent)

    assert [each.headers.get("location") for each in same] == [f"/office/visits/{visit.id}"] * 2
    assert late.status_code == 409
    assert "prise" in late.text
    assert (await stage.visit(rival.id)).state == State.TO_BOOK


async def test_without_a_reason_or_an_hour_nothing_is_booked(stage: Stage) -> None:
    visit = await two_at_work(stage)

    async with stage.browser("chief") as browser:
        answer = await browser.post(f"{PAGE}/{visit.id}", data={"day": "", "start": "", "reason": ""})

    assert answer.status_code == 422
    assert "Choisissez une heure." in answer.text
    assert (await stage.visit(visit.id)).state == State.TO_BOOK


async def test_where_it_fits_nowhere_the_rule_is_told(stage: Stage) -> None:
    visit = await two_at_work(stage)
    async with stage.work() as work:
        row = await work.session.get_one(Visit, visit.id)
        row.order = row.order | {"skills": 8}

    text = await read(stage, f"{PAGE}/{visit.id}?day={next_day(stage)}")

    assert "Règle qui bloque : n'a pas l'habilitation demandée." in text
