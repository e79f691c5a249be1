"""A deputy of another office sees that queue while the duty is in force, and acts there with its rights alone."""

from datetime import timedelta

import pytest
from litestar import Litestar
from sqlalchemy import select
from sqlmodel import col

from tests.portals.reading import said
from tests.support.live import DESK, chromium, serving, window
from tests.support.stage import Stage
from tests.support.steps_states import at_state
from visits.ids import new_id
from visits.journey.states import State
from visits.journey.tables import Visit
from visits.people import queries as people
from visits.people.admin import appoint_deputy, end_role
from visits.people.tables import Membership, Person
from visits.roles import Role
from visits.sites.tables import Office

LAST_DAY = timedelta(days=3)


async def their_chief(stage: Stage) -> Membership:
    """The chief's duty of the stage's office."""
    async with stage.work() as work:
        found = await work.session.scalar(
            select(Membership).where(col(Membership.person_id) == stage.actors["chief"].person)
        )
        assert found is not None
        return found


async def neighbour(stage: Stage, name: str = "neighbour", role: Role = Role.VISIT_CHIEF) -> Person:
    """Somebody with a role in another office."""
    async with stage.work() as work:
        office = Office(code="CIAB3", name="Vridi", tz="Africa/Abidjan", country="CI", currency="XOF")
        person = Person(login=name, name="Aya Exemple", state="active", created_at=work.now)
        work.session.add_all([office, person])
        await work.session.flush()
        people.give_role(work, person.id, role, office=office.id)
        await work.session.flush()
        stage.actors[name] = people.actor_of(person, await people.memberships_of(work, person.id))
        return person


async def deputised(stage: Stage, role: Role = Role.VISIT_CHIEF) -> Membership:
    """The neighbour stands in for the chief for three days."""
    person, held = await neighbour(stage, role=role), await their_chief(stage)
    return await stage.run("admin", appoint_deputy, held.id, person.id, stage.clock.now() + LAST_DAY)


async def test_a_deputy_in_another_office_sees_how_much_waits_there_and_opens_that_queue(stage: Stage) -> None:
    visit = await at_state(stage, State.CHECKING)
    duty = await deputised(stage)
    stage.clock.move(minutes=25)

    async with stage.browser("neighbour") as browser:
        own = await browser.get("/chief")
        assert "Vous suppléez Chief Exemple, chef de visite, CIAB1 Abidjan-Port" in said(own)
        assert "1 chose y attend, la plus ancienne depuis 25 min." in said(own)
        assert str(visit.id) not in own.text
        moved = await browser.post(f"/duty/{duty.id}")
        assert (moved.status_code, moved.headers["location"]) == (303, "/chief")
        there = await browser.get("/chief")

    assert f"/office/packages/{visit.id}" in there.text
    assert "Ici, vous suppléez Chief Exemple, chef de visite" in said(there)
    assert "Vous êtes aussi chef de visite, CIAB3 Vridi" in said(there)


async def test_rights_of_the_duty_are_not_carried_home(stage: Stage) -> None:
    duty = await deputised(stage, role=Role.INSPECTOR)

    async with stage.browser("neighbour") as browser:
        assert (await browser.get("/chief")).status_code == 403
        await browser.post(f"/duty/{duty.id}")
        assert (await browser.get("/chief")).status_code == 200
        assert (await browser.get("/inspector/day")).status_code == 403


async def test_the_duty_ends_with_its_last_instant_and_the_session_is_home_again(stage: Stage) -> None:
    visit = await at_state(stage, State.CHECKING)
    duty = await deputised(stage)
    async with stage.work() as work:
        held = await work.session.get_one(Membership, duty.id)
        held.until = work.now + timedelta(minutes=20)

    async with stage.browser("neighbour") as browser:
        await browser.post(f"/duty/{duty.id}")
        assert str(visit.id) in (await browser.get("/chief")).text
        stage.clock.move(minutes=20)
        home = await browser.get("/chief")

    assert str(visit.id) not in home.text
    assert "CIAB3 Vridi" in said(home)
    assert "suppléez" not in said(home)


async def test_whoever_is_replaced_sees_who_takes_over(stage: Stage) -> None:
    await deputised(stage)

    async with stage.browser("chief") as browser:
        assert "Aya Exemple vous supplée jusqu'au" in said(await browser.get("/chief")).replace("’", "'")


async def test_a_duty_taken_back_is_closed_at_once(stage: Stage) -> None:
    duty = await deputised(stage)
    await stage.run("admin", end_role, duty.id)

    async with stage.browser("neighbour") as browser:
        assert (await browser.post(f"/duty/{duty.id}")).status_code == 404
        assert "suppléez" not in said(await browser.get("/chief"))


@pytest.mark.parametrize("whose", ["somebody else's", "nobody's"])
async def test_another_persons_duty_is_not_found(stage: Stage, whose: str) -> None:
    duty = (await their_chief(stage)).id if whose == "somebody else's" else new_id()

    async with stage.browser("inspector1") as browser:
        assert (await browser.post(f"/duty/{duty}")).status_code == 404


async def test_an_office_that_asks_for_a_code_asks_its_deputies_too(stage: Stage) -> None:
    duty = await deputised(stage)
    async with stage.work() as work:
        office = await work.session.get_one(Office, stage.office.id)
        office.policies = {"code_roles": ["visit_chief"]}

    async with stage.browser("neighbour") as browser:
        await browser.post(f"/duty/{duty.id}")
        refused = await browser.get("/chief")

    assert (refused.status_code, "code-first" in refused.text) == (403, True)


async def test_a_case_is_closed_to_a_deputy_who_is_at_home(stage: Stage) -> None:
    visit: Visit = await at_state(stage, State.CHECKING)
    duty = await deputised(stage)

    async with stage.browser("neighbour") as browser:
        assert (await browser.get(f"/office/packages/{visit.id}")).status_code == 404
        await browser.post(f"/duty/{duty.id}")
        assert (await browser.get(f"/office/packages/{visit.id}")).status_code == 200


@pytest.mark.browser
@pytest.mark.slow  # Chromium is started
async def test_axe_finds_nothing_in_the_queue_of_a_deputy(stage: Stage, app: Litestar) -> None:
    await at_state(stage, State.CHECKING)
    await deputised(stage)
    async with serving(app) as port, chromium() as browser:
        desk = await window(browser, stage, port, "neighbour", size=DESK)
        await desk.go("/chief")
        await desk.press("Ouvrir cette file")
        assert "Ici, vous suppléez" in await desk.page.inner_text("main")
