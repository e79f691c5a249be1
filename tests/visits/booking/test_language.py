"""The language of a visit: asked for before the time is booked, and only hours of who speaks it are offered then."""

import pytest
from sqlalchemy import select
from sqlmodel import col

from scheduling import Removal
from tests.support.builders import a_declaration
from tests.support.stage import Stage
from tests.support.steps_assignment import assigned
from tests.support.steps_booking import booked, calendars, held, only, to_book, tomorrow
from tests.support.steps_fieldwork import started
from tests.support.steps_landing import SHIP, drafted, ship
from tests.support.steps_language import speaks, wished
from tests.support.steps_notices import notices, reached, told
from tests.support.steps_policies import ruled
from visits.booking import rules
from visits.booking.explain import counted, explain
from visits.booking.hold import hold
from visits.booking.language import InspectorNamed, LanguageSettled, LanguageTooRare, offered, wish
from visits.booking.prearrival import announce
from visits.booking.queries import live_of
from visits.declarations.lane import Colour
from visits.declarations.queries import case_of
from visits.declarations.receive import receive
from visits.declarations.select import select_lane
from visits.journey.states import WrongState
from visits.sites.languages import LanguageUnknown
from visits.sites.queries import office_by_id
from visits.store.tables import Audit

JSON = {"accept": "application/json"}


async def test_only_hours_of_an_officer_who_speaks_it_can_be_booked(stage: Stage) -> None:
    await speaks(stage, "en", "inspector1")
    await booked(stage, await to_book(stage, language="en"), tomorrow(stage, 10))
    second = await to_book(stage, language="en")

    with pytest.raises(rules.SlotTaken):
        await stage.run("declarant", hold, second.id, tomorrow(stage, 10))
    await stage.run("declarant", hold, second.id, tomorrow(stage, 14))


async def test_the_officer_who_speaks_is_kept_for_those_who_need_it_as_long_as_another_is_free(stage: Stage) -> None:
    await only(stage, "bay A", "bay B", "inspector1", "inspector2")
    await speaks(stage, "en", "inspector1")
    plain = await booked(stage, await to_book(stage), tomorrow(stage, 10))

    await booked(stage, await to_book(stage, language="en"), tomorrow(stage, 10))

    assert plain.state == "booked"


async def test_the_explanation_counts_who_does_not_speak_it(stage: Stage) -> None:
    await speaks(stage, "en", "inspector1")
    visit = await to_book(stage, language="en")

    async with stage.work("chief") as work:
        found = await explain(work, await case_of(work, visit.id), at=tomorrow(stage, 10), day=None)

    assert counted(found.starts[0])["officer"] == {Removal.LANGUAGE: 2}
    assert found.starts[0].offered


async def test_a_declarant_may_ask_only_for_what_several_speak_or_would_choose_the_inspector(stage: Stage) -> None:
    await speaks(stage, "en", "inspector1", "inspector2")
    await speaks(stage, "zh", "inspector3")
    visit = await to_book(stage)

    with pytest.raises(LanguageTooRare):
        await wished(stage, visit, "zh", who="declarant")
    assert (await wished(stage, visit, "en", who="declarant")).order["language"] == "en"
    assert (await wished(stage, visit, "zh", who="chief")).order["language"] == "zh"


async def test_officers_who_have_left_do_not_count(stage: Stage) -> None:
    await speaks(stage, "en", "inspector1", "inspector2")
    await only(stage, "bay A", "inspector1")

    async with stage.work() as work:
        assert await offered(work, await office_by_id(work, stage.office.id)) == {}


async def test_the_offices_own_language_is_no_wish(stage: Stage) -> None:
    await ruled(stage, language="pt")
    await speaks(stage, "fr", "inspector1", "inspector2")
    visit = await wished(stage, await to_book(stage), "fr", who="declarant")

    assert visit.order["language"] == "fr"
    assert "language" not in (await wished(stage, visit, "pt", who="declarant")).order


async def test_a_language_nobody_knows_and_a_chief_without_a_reason_are_refused(stage: Stage) -> None:
    await calendars(stage)
    visit = await to_book(stage)

    with pytest.raises(LanguageUnknown):
        await wished(stage, visit, "xx")
    with pytest.raises(rules.WhyNeeded):
        await wished(stage, visit, "en", reason=" ")


async def test_once_a_time_is_booked_only_a_chief_may_ask_and_anybody_may_take_it_back(stage: Stage) -> None:
    await speaks(stage, "en", "inspector1", "inspector2")
    visit = await booked(stage)

    with pytest.raises(LanguageSettled):
        await wished(stage, visit, "en", who="declarant")
    assert (await wished(stage, visit, "en")).order["language"] == "en"
    assert "language" not in (await wished(stage, visit, "", who="declarant")).order


async def test_once_somebody_is_drawn_nobody_changes_it(stage: Stage) -> None:
    await speaks(stage, "en", "inspector1", "inspector2")
    visit = await assigned(stage, await booked(stage))

    with pytest.raises(InspectorNamed):
        await wished(stage, visit, "en")


async def test_a_visit_that_has_begun_is_held_in_the_language_it_began_in(stage: Stage) -> None:
    visit = await started(stage)

    for who in ("chief", "declarant"):
        with pytest.raises(WrongState):
            await wished(stage, visit, "en", who=who)


async def test_a_hold_is_given_back_since_whoever_keeps_it_need_not_speak_it(stage: Stage) -> None:
    await speaks(stage, "en", "inspector1", "inspector2")
    kept = await held(stage)

    await stage.run("declarant", wish, kept.visit_id, "en")

    async with stage.work() as work:
        assert await live_of(work, kept.visit_id) == {}


async def test_the_same_wish_again_changes_nothing_and_each_change_is_in_the_journal(stage: Stage) -> None:
    await speaks(stage, "en", "inspector1", "inspector2")
    visit = await to_book(stage)

    for language in ("en", "en", ""):
        await wished(stage, visit, language)

    async with stage.work() as work:
        rows = await work.session.scalars(
            select(col(Audit.body)).where(col(Audit.action) == "language_wished").order_by(col(Audit.id))
        )
        told = [(body["before"], body["after"], body["reason"]) for body in rows]
    assert told == [("", "en", "interprète"), ("en", "", "interprète")]


async def test_the_first_lane_of_what_was_announced_keeps_the_wish(stage: Stage) -> None:
    await calendars(stage)
    await ship(stage)
    draft = await drafted(stage)
    visit = await stage.run("declarant", announce, draft.id)
    await wished(stage, visit, "en")
    content, digest = a_declaration(number="48999", manifest=SHIP, reference="REF-D")
    await stage.run("system", receive, content, digest)

    await stage.run("system", select_lane, draft.id, Colour.RED, source="message", wished={"percent": 50})

    order = (await stage.visit(visit.id)).order
    assert (order["percent"], order["language"]) == (50, "en")


# -- pages and programs ------------------------------------------------------------------------------------
async def test_a_program_asks_for_a_language(stage: Stage) -> None:
    await speaks(stage, "en", "inspector1", "inspector2")
    visit = await to_book(stage)

    async with stage.browser("declarant", **JSON) as program:
        asked = await program.post(
            f"/api/visits/{visit.id}/language", json={"language": "en"}, headers={"idempotency-key": "a"}
        )
        rare = await program.post(
            f"/api/visits/{visit.id}/language", json={"language": "zh"}, headers={"idempotency-key": "b"}
        )
        slots = await program.get(f"/api/visits/{visit.id}/slots")

    assert (asked.status_code, asked.json()) == (200, {"visit": str(visit.id), "language": "en"})
    assert slots.json()["language"] == "en"
    assert (rare.status_code, rare.json()["type"].rsplit("/")[-1]) == (409, "language-too-rare")


async def test_the_page_of_hours_offers_what_several_speak_and_says_what_was_chosen(stage: Stage) -> None:
    await speaks(stage, "en", "inspector1", "inspector2")
    visit = await to_book(stage)

    async with stage.browser("declarant") as browser:
        before = (await browser.get(f"/declarant/visits/{visit.id}/slots")).text
        sent = await browser.post(f"/declarant/visits/{visit.id}/language", data={"language": "en"})
        after = (await browser.get(sent.headers["location"])).text

    assert '<option value="en">Anglais</option>' in before
    assert "Chinois" not in before
    assert "qui parle cette langue" not in before
    assert "anglais" in after
    assert '<option value="en" selected>' in after


async def test_the_page_of_hours_asks_nothing_where_there_is_only_the_offices_language(stage: Stage) -> None:
    await calendars(stage)
    visit = await to_book(stage)

    async with stage.browser("declarant") as browser:
        assert "Langue de la visite" not in (await browser.get(f"/declarant/visits/{visit.id}/slots")).text


async def test_a_chief_changes_it_on_the_page_of_decisions_with_a_reason(stage: Stage) -> None:
    await calendars(stage)
    visit = await to_book(stage)

    async with stage.browser("chief") as browser:
        bare = await browser.post(f"/chief/visits/{visit.id}/language", data={"language": "zh", "reason": ""})
        sent = await browser.post(f"/chief/visits/{visit.id}/language", data={"language": "zh", "reason": "équipage"})
        case = (await browser.get(f"/office/visits/{visit.id}")).text

    assert bare.status_code == 422
    assert sent.status_code == 303
    assert (await stage.visit(visit.id)).order["language"] == "zh"
    assert "chinois" in case


async def test_what_is_told_of_the_time_says_the_language(stage: Stage) -> None:
    await reached(stage)
    await speaks(stage, "en", "inspector1")
    visits = [await to_book(stage, language="en"), await to_book(stage)]
    for visit, hour in zip(visits, (10, 14), strict=True):
        await told(stage, await booked(stage, visit, tomorrow(stage, hour)))

    mails = await notices(stage, "appointment_confirmed", "email")

    assert {each.visit_id: each.facts.get("language") for each in mails} == {
        visits[0].id: ["anglais"],
        visits[1].id: None,
    }
