"""A visit is rated once, after its voucher, by the declarant's firm."""

from sqlalchemy import select
from sqlmodel import col

from tests.support.stage import Stage
from tests.support.steps_states import at_state
from visits.journey.states import State
from visits.performance.tables import Rating
from visits.store.tables import DomainEvent

MARKS = {"punctuality": "5", "clarity": "4", "courtesy": "3"}


async def test_three_marks_and_a_remark_are_kept_and_told_without_a_name(stage: Stage) -> None:
    visit = await at_state(stage, State.RELEASED)

    async with stage.browser("declarant") as browser:
        page = await browser.get(f"/declarant/visits/{visit.id}/rate")
        sent = await browser.post(f"/declarant/visits/{visit.id}/rate", data=MARKS | {"remark": "À l'heure"})

    assert page.text.count('type="radio"') == 15
    assert (sent.status_code, sent.headers["location"]) == (303, f"/declarant/declarations/{visit.declaration_id}")
    async with stage.work() as work:
        rating = (await work.session.scalars(select(Rating))).one()
        event = (await work.session.scalars(select(DomainEvent).where(col(DomainEvent.kind) == "rated"))).one()
    assert (rating.scores, rating.remark) == ({"punctuality": 5, "clarity": 4, "courtesy": 3}, "À l'heure")
    assert event.body == {}


async def test_a_second_rating_is_refused_and_changes_nothing(stage: Stage) -> None:
    visit = await at_state(stage, State.RELEASED)
    address = f"/declarant/visits/{visit.id}/rate"

    async with stage.browser("declarant") as browser:
        await browser.post(address, data=MARKS)
        again = await browser.post(address, data=MARKS | {"clarity": "1"})
        asked = await browser.get(address)

    assert again.status_code == 409
    assert "rated-already" in again.text
    assert asked.headers["location"] == f"/declarant/declarations/{visit.declaration_id}"
    async with stage.work() as work:
        assert (await work.session.scalars(select(Rating))).one().scores["clarity"] == 4


async def test_the_same_rating_sent_twice_over_a_poor_line_is_one(stage: Stage) -> None:
    visit = await at_state(stage, State.RELEASED)
    address = f"/declarant/visits/{visit.id}/rate"

    async with stage.browser("declarant") as browser:
        answers = [await browser.post(address, data=MARKS | {"remark": " À l'heure "}) for _ in range(2)]

    assert [each.status_code for each in answers] == [303, 303]
    async with stage.work() as work:
        assert len((await work.session.scalars(select(DomainEvent).where(col(DomainEvent.kind) == "rated"))).all()) == 1


async def test_before_the_voucher_there_is_nothing_to_rate(stage: Stage) -> None:
    visit = await at_state(stage, State.ACKNOWLEDGED)

    async with stage.browser("declarant") as browser:
        answer = await browser.post(f"/declarant/visits/{visit.id}/rate", data=MARKS)

    assert (answer.status_code, "not-released-yet" in answer.text) == (409, True)


async def test_a_missing_mark_brings_the_form_back_as_it_was(stage: Stage) -> None:
    visit = await at_state(stage, State.RELEASED)

    async with stage.browser("declarant") as browser:
        answer = await browser.post(f"/declarant/visits/{visit.id}/rate", data={"clarity": "2", "remark": "vu"})

    assert answer.status_code == 422
    assert 'href="#punctuality"' in answer.text
    assert 'value="2" checked' in answer.text
    assert ">vu</textarea>" in answer.text


async def test_another_firm_and_the_importer_may_not_rate(stage: Stage) -> None:
    visit = await at_state(stage, State.RELEASED)
    address = f"/declarant/visits/{visit.id}/rate"

    async with stage.browser("other_declarant") as browser:
        assert (await browser.post(address, data=MARKS)).status_code == 404
    async with stage.browser("importer") as browser:
        assert (await browser.post(address, data=MARKS)).status_code == 403
