"""The inspector speaks the language the visit asks for, however he or she is found; no rule is relaxed for it."""

from datetime import timedelta

from sqlalchemy import select
from sqlmodel import col

from tests.support.stage import Stage
from tests.support.steps_assignment import assigned, draws, live, passed, policy, promised
from tests.support.steps_booking import booked, to_book, tomorrow
from tests.support.steps_language import speaks, wished
from tests.support.steps_publication import published, whose
from visits.assignment import record, replace
from visits.assignment.day import load
from visits.assignment.insert import insert
from visits.assignment.seeds import reveal_seeds
from visits.sites.languages import bits_of
from visits.sites.queries import office_by_id
from visits.store.tables import Audit


async def blocked(stage: Stage) -> list[str]:
    """The rules told of visits laid before the chief, in order."""
    async with stage.work() as work:
        rows = await work.session.scalars(
            select(col(Audit.body)).where(col(Audit.action) == "draw_blocked").order_by(col(Audit.at))
        )
        return [body["rule"] for body in rows]


async def test_only_who_speaks_it_is_a_candidate_and_the_record_says_why_the_others_are_not(stage: Stage) -> None:
    await speaks(stage, "en", "inspector1", "inspector2")
    visit = await assigned(stage, await to_book(stage, language="en"))

    (draw,) = await draws(stage, visit)

    assert {each["resource"] for each in draw.candidates} == {
        str(stage.resources[name].id) for name in ("inspector1", "inspector2")
    }
    assert [(each["resource"], each["rule"]) for each in draw.excluded] == [
        (str(stage.resources["inspector3"].id), "language")
    ]


async def test_the_plan_of_a_day_gives_the_visit_to_who_speaks_it(stage: Stage) -> None:
    await speaks(stage, "zh", "inspector2")
    others = [await booked(stage, await to_book(stage), tomorrow(stage, 10)) for _ in range(2)]
    visit = await booked(stage, await to_book(stage, language="zh"), tomorrow(stage, 10))

    assert await published(stage) is not None

    assert await whose(stage, visit) == "inspector2"
    assert "inspector2" not in {await whose(stage, each) for each in others}


async def test_the_seats_of_a_day_are_planned_with_the_language(stage: Stage) -> None:
    await speaks(stage, "zh", "inspector2")
    await booked(stage, await to_book(stage, language="zh"), tomorrow(stage, 10))

    async with stage.work() as work:
        day = await load(work, await office_by_id(work, stage.office.id), tomorrow(stage, 10).date())

    needs = [stop.need for route in day.named().settled for stop in route.stops]
    assert {need.role: need.skills for need in needs} == {"officer": bits_of(["zh"]), "bay": 0}


async def test_who_replaces_an_inspector_speaks_it_too(stage: Stage) -> None:
    await speaks(stage, "en", "inspector1", "inspector3")
    visit = await assigned(stage, await to_book(stage, language="en"))
    first = await whose(stage, visit)

    request = await stage.run("chief", replace.ask, visit.id, "ill")
    await stage.run("chief2", replace.decide, stage.tools, request.id, agree=True)

    assert {first, await whose(stage, visit)} == {"inspector1", "inspector3"}


async def test_an_urgent_visit_goes_to_who_speaks_it(stage: Stage) -> None:
    await speaks(stage, "ar", "inspector3")
    visit = await to_book(stage, language="ar")

    await stage.run("chief", insert, stage.tools, visit.id, tomorrow(stage, 9).date(), reason="périssable")
    stage.clock.set(tomorrow(stage, 7))
    await passed(stage)

    assert await whose(stage, visit) == "inspector3"


async def test_where_nobody_may_any_more_the_chief_is_told_the_rule_and_takes_the_wish_back(stage: Stage) -> None:
    await policy(stage, publish_hour=24)
    await speaks(stage, "en", "inspector1")
    visit = await booked(stage, await to_book(stage, language="en"), tomorrow(stage, 10))
    await speaks(stage, "pt", "inspector1")
    stage.clock.set(tomorrow(stage, 10) - timedelta(minutes=30))

    await passed(stage)
    assert await live(stage, visit) is None
    assert await blocked(stage) == ["language"]
    async with stage.browser("chief") as browser:
        board = (await browser.get("/chief/assignment")).text
    assert "La visite demande une langue : anglais." in board.replace("\u00a0", " ")
    assert f'href="/chief/visits/{visit.id}"' in board

    await wished(stage, visit, "")
    await passed(stage)
    assert await live(stage, visit) is not None


async def test_a_published_day_names_the_rule_too_and_keeps_the_time(stage: Stage) -> None:
    await speaks(stage, "en", "inspector1")
    visit = await booked(stage, await to_book(stage, language="en"), tomorrow(stage, 10))
    await speaks(stage, "pt", "inspector1")

    assert await published(stage) is not None

    assert await blocked(stage) == ["language"]
    assert (await stage.visit(visit.id)).state == "booked"


async def test_a_draw_that_asked_for_a_language_is_replayed_from_its_record(stage: Stage) -> None:
    await promised(stage)
    await speaks(stage, "en", "inspector1", "inspector2")
    visit = await assigned(stage, await to_book(stage, language="en"))
    (draw,) = await draws(stage, visit)
    stage.clock.set(tomorrow(stage, 9) + timedelta(days=1))
    await stage.run("system", reveal_seeds, stage.tools)

    async with stage.work() as work:
        office = await office_by_id(work, stage.office.id)
        assert (await record.published(work, office, draw.day))["draws"][0]["excluded"] == {"language": 1}
        assert await record.findings(work, office, draw.day) == []
