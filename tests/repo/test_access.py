"""Every route × every role: deny is the default, other people's things are not there, foreign pages change nothing.

The matrix is made from the running application, so a new route is in it on the day it is written.
"""

from collections.abc import Callable
from uuid import UUID

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import select
from sqlmodel import col

from tests.repo.routes import Called, in_role, routes, with_every_role
from tests.support.builders import a_declaration
from tests.support.stage import Stage
from tests.support.steps_booking import booked, to_book, tomorrow
from tests.support.steps_documents import given
from tests.support.steps_notices import channel, told_of
from tests.support.steps_regular import granted
from tests.support.steps_witness import appointed
from visits.assignment.interests import declare
from visits.booking import groups, premises
from visits.booking.tables import Appointment
from visits.declarations.queries import open_conflicts
from visits.declarations.receive import receive
from visits.documents.rules import seed_rules
from visits.people.firms import mandate
from visits.people.invite import reset
from visits.people.keys import make_key
from visits.people.queries import memberships_of
from visits.roles import DECLARANTS, Role
from visits.sites.admin import add_absence
from visits.sites.closures import close
from visits.sites.holidays import add_holiday
from visits.sites.tables import Office
from visits.store.tables import DomainEvent
from visits.store.work import Work
from visits.web.route import PUBLIC

PEOPLE = [role for role in Role if role is not Role.SYSTEM]
#: Answers that go on for ever; only the refusals of these are asked for.
STREAMS = frozenset({"GET /supervisor/board/events", "GET /events"})
#: Ids that stand below another id of the same path, or that only an inbound message makes: asked with fresh ones.
UNSTAGED = frozenset({"run_id", "upload_id", "request_id", "message_id", "report_id", "finding_id", "check_in"})
#: What may be said to somebody who asks for what is not his: not there, or the form is not even worth a look.
NOTHING = frozenset({400, 404, 412, 415, 422})


@pytest.fixture
def every(app: Litestar) -> list[Called]:
    return routes(app)


def test_every_route_says_who_may_use_it(every: list[Called]) -> None:
    open_ = [each.name for each in every if each.roles != PUBLIC and not (each.roles and set(each.roles) <= set(Role))]

    assert open_ == []


def test_no_route_is_the_services_own(every: list[Called]) -> None:
    assert [each.name for each in every if each.roles != PUBLIC and Role.SYSTEM in each.roles] == []


async def test_nobody_gets_to_the_door_and_no_further(stage: Stage, every: list[Called]) -> None:
    wrong = []
    async with stage.browser() as browser:
        for each in every:
            if each.roles != PUBLIC:
                answer = await browser.request(each.method, each.to())
                led = answer.status_code == 303 and answer.headers["location"].startswith("/signin?next=")
                if not (led if each.method == "GET" and "/api/" not in each.path else answer.status_code == 401):
                    wrong.append((each.name, answer.status_code))

    assert wrong == []


@pytest.mark.slow  # a request for each route
@pytest.mark.parametrize("role", PEOPLE)
async def test_a_role_that_is_not_listed_is_refused_and_one_that_is_listed_gets_in(
    stage: Stage, every: list[Called], role: Role
) -> None:
    await with_every_role(stage)
    wrong = []
    async with in_role(stage, role) as browser:
        for each in every:
            if each.roles == PUBLIC or (role in each.roles and each.name in STREAMS):
                continue
            answer = await browser.request(each.method, each.to())
            fine = answer.status_code not in (401, 403) if role in each.roles else answer.status_code == 403
            if not fine or answer.status_code >= 500:
                wrong.append((each.name, answer.status_code))

    assert wrong == []


async def test_public_routes_answer_anybody_without_a_fault(stage: Stage, every: list[Called]) -> None:
    wrong = []
    async with stage.browser() as browser:
        for each in every:
            if each.roles == PUBLIC:
                status = (await browser.request(each.method, each.to())).status_code
                if status in (403, 401) and each.path not in ("/signin", "/signin/code", "/account/code"):
                    wrong.append((each.name, status))
                if status >= 500:
                    wrong.append((each.name, status))

    assert wrong == []


# ---------- other people's things ----------


async def things(stage: Stage) -> dict[str, UUID]:
    """One thing of each kind in this administration, by the name its paths use."""
    visit = await booked(stage)
    package = await stage.opened()
    document = await given(stage, package.id)
    content, digest = a_declaration(number="99001")
    await stage.run("system", receive, content, digest)
    other, other_digest = a_declaration(number="99001", location_of_goods="TC09")
    await stage.run("system", receive, other, other_digest)
    absence_at = stage.clock.now().replace(tzinfo=None)
    link = await stage.run("admin", reset, stage.actors["supervisor"].person)
    absence = await stage.run(
        "admin", add_absence, stage.resources["bay C"].id, absence_at, absence_at.replace(hour=12), "panne"
    )
    holiday = await stage.run("admin", add_holiday, stage.office.id, stage.clock.now().date(), "Fête")
    closure = await stage.run("admin", close, stage.office.id, None, absence_at, absence_at.replace(hour=12), "Grève")
    given_mandate = await stage.run("importer", mandate, stage.firm.code)
    rule = (await stage.run("admin", seed_rules))[0]
    key = (await stage.run("admin", make_key, "sydam", None)).key
    async with stage.work() as work:
        appointment = await work.session.scalar(select(Appointment).where(col(Appointment.visit_id) == visit.id))
        event = await work.session.scalar(select(DomainEvent).where(col(DomainEvent.visit_id) == visit.id).limit(1))
        (conflict, _), *_rest = await open_conflicts(work)
        membership = (await memberships_of(work, stage.actors["chief"].person))[0]  # type: ignore[arg-type]
    assert appointment
    assert event
    assert link.person.id
    together = [(await to_book(stage)).id for _ in range(2)]
    hour = tomorrow(stage, 14)
    group = await stage.run("declarant", groups.book, together, hour, pattern=groups.Pattern.IN_TURN)
    days = await granted(stage)
    async with stage.work() as work:
        office = await work.session.get_one(Office, stage.office.id)
        office.policies = office.policies | {"home_kilometres": 30}
    place = {"called": "Entrepôt", "address": "Lot 12", "kilometres": 12, "minutes": 30}
    home = await stage.run("declarant", premises.ask, stage.office.id, **place)
    return {
        "visit_id": visit.id,
        "premises_id": home.id,
        "group_id": group.id,
        "regular_id": days[0].regular_id,
        "day_id": days[0].id,
        "declaration_id": visit.declaration_id,
        "appointment_id": appointment.id,
        "hold_id": appointment.id,
        "document_id": document.id,
        "conflict_id": conflict.id,
        "event_id": event.id,
        "rule_id": rule.id,
        "firm_id": stage.firm.id,
        "office_id": stage.office.id,
        "site_id": stage.site.id,
        "resource_id": stage.resources["bay A"].id,
        "person_id": stage.actors["inspector1"].person or visit.id,
        "membership_id": membership.id,
        "absence_id": absence.id,
        "holiday_id": holiday.id,
        "closure_id": closure.id,
        "mandate_id": given_mandate.id,
        "key_id": key.id,
        "interest_id": (await stage.run("inspector1", declare, stage.firm.code, "family")).id,
        "witness_id": (await appointed(stage)).id,
        "notice_id": (await told_of(stage, visit)).id,
        "channel_id": (await channel(stage, "sms", "http", url="http://127.0.0.1:1")).id,
    }


async def asked_in_vain(
    browser: httpx.AsyncClient,
    every: list[Called],
    known: dict[str, UUID],
    concerns: Callable[[Called], bool],
) -> list[tuple[str, int]]:
    """Ask for every thing on every route that concerns this person; what came back that should not."""
    wrong = []
    for each in every:
        if each.ids and each.name not in STREAMS and concerns(each):
            answer = await browser.request(each.method, each.to(known))
            if answer.status_code not in ({404} if each.safe else NOTHING):
                wrong.append((each.name, answer.status_code))
    return wrong


def allows(*roles: Role) -> Callable[[Called], bool]:
    return lambda each: each.roles != PUBLIC and not set(each.roles).isdisjoint(roles)


async def test_every_kind_of_thing_has_one_to_be_asked_for(stage: Stage, every: list[Called]) -> None:
    named = {name for each in every for name in each.ids}

    assert named - UNSTAGED - set(await things(stage)) == set()


@pytest.mark.slow  # a request for each route that names a thing
@pytest.mark.parametrize("role", PEOPLE)
async def test_another_administrations_things_are_not_there(stage: Stage, every: list[Called], role: Role) -> None:
    known = await things(stage)
    abroad = await Stage(stage.tools, stage._owner, stage.clock, stage.app).found()
    await with_every_role(abroad)

    async with in_role(abroad, role) as browser:
        assert await asked_in_vain(browser, every, known, allows(role)) == []


CASES = ("visit_id", "declaration_id", "appointment_id", "hold_id", "document_id", "conflict_id")


def about_a_case(each: Called) -> bool:
    return any(name in CASES for name in each.ids)


@pytest.mark.slow  # a request for each route that names a thing
async def test_another_firms_cases_are_not_there(stage: Stage, every: list[Called]) -> None:
    known = await things(stage)

    async with stage.browser("other_declarant") as browser:
        mine = allows(Role.DECLARANT)
        assert await asked_in_vain(browser, every, known, lambda each: mine(each) and about_a_case(each)) == []


@pytest.mark.slow  # a request for each route that names a thing
@pytest.mark.parametrize("role", [Role.VISIT_CHIEF, Role.SUPERVISOR, Role.INTEGRITY, Role.INSPECTOR, Role.TERMINAL])
async def test_another_offices_cases_are_not_there(stage: Stage, every: list[Called], role: Role) -> None:
    known = await things(stage)
    async with stage.work() as work:
        elsewhere = Office(code="CIAB3", name="Vridi", tz="Africa/Abidjan", country="CI", currency="XOF")
        work.session.add(elsewhere)
    here, stage.office = stage.office, elsewhere
    await with_every_role(stage)
    stage.office = here

    async with in_role(stage, role) as browser:
        theirs = allows(role)
        assert await asked_in_vain(browser, every, known, lambda each: theirs(each) and about_a_case(each)) == []


@pytest.mark.slow  # a request for each route that names a thing
async def test_an_inspector_finds_no_visit_that_was_drawn_to_another(stage: Stage, every: list[Called]) -> None:
    known = await things(stage)

    async with stage.browser("inspector1") as browser:
        only = [each for each in every if each.roles == frozenset({Role.INSPECTOR}) and "visit_id" in each.ids]
        assert await asked_in_vain(browser, only, known, allows(Role.INSPECTOR)) == []


def test_administrators_have_no_route_to_a_case(every: list[Called]) -> None:
    assert [
        each.name for each in every if each.roles != PUBLIC and Role.ADMIN in each.roles and about_a_case(each)
    ] == []


# ---------- foreign pages ----------

FOREIGN = {
    "another site": {"sec-fetch-site": "cross-site"},
    "a neighbour of the same site": {"sec-fetch-site": "same-site"},
    "another origin": {"sec-fetch-site": "", "origin": "https://evil.example"},
    "an origin that hides": {"sec-fetch-site": "", "origin": "null"},
    "no origin at all": {"sec-fetch-site": ""},
}


@pytest.mark.parametrize("headers", FOREIGN.values(), ids=FOREIGN)
async def test_no_unsafe_request_of_a_foreign_page_gets_through(
    stage: Stage, every: list[Called], headers: dict[str, str]
) -> None:
    await with_every_role(stage)
    asked: dict[Role, list[Called]] = {}
    for each in every:
        if not each.safe and not each.handler.opt.get("called_by_provider"):
            role = Role(min(each.roles)) if each.roles != PUBLIC else Role.DECLARANT
            asked.setdefault(role, []).append(each)
    wrong = []
    for role, calls in asked.items():
        async with in_role(stage, role, accept="application/json") as browser:
            for name, value in headers.items():
                browser.headers.pop(name, None)
                if value:
                    browser.headers[name] = value
            for each in calls:
                answer = await browser.request(each.method, each.to())
                if answer.status_code != 403 or answer.json().get("code") != "foreign-origin":
                    wrong.append((each.name, answer.status_code))

    assert wrong == []


async def test_an_own_origin_is_enough_for_an_old_browser(stage: Stage) -> None:
    async with stage.browser("chief", origin=f"http://{stage.host}") as browser:
        del browser.headers["sec-fetch-site"]
        assert (await browser.post("/account/language", data={"language": "pt"})).status_code == 303


async def test_reading_is_open_to_links_from_anywhere(stage: Stage) -> None:
    async with stage.browser("chief", **{"sec-fetch-site": "cross-site"}) as browser:
        assert (await browser.get("/account")).status_code == 200


async def test_a_clerk_cannot_book_for_the_firm_by_a_foreign_form(stage: Stage) -> None:
    visit = await booked(stage)
    async with stage.browser("declarant", **{"sec-fetch-site": "cross-site"}) as browser:
        await browser.post(f"/declarant/visits/{visit.id}/appointment/cancel", content="a=b")

    async def status(work: Work) -> str | None:
        return await work.session.scalar(select(col(Appointment.status)).where(col(Appointment.visit_id) == visit.id))

    assert DECLARANTS
    assert await stage.run("system", status) == "confirmed"
