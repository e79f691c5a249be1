"""The chief's queue: everything that waits, the oldest first, each with its age and one button."""

from datetime import timedelta

from sqlalchemy import select
from sqlmodel import col

from tests.support.builders import a_declaration
from tests.support.stage import Stage
from tests.support.steps_states import at_state, booked
from visits.clearance.tables import LinkState, Outbound
from visits.declarations.receive import receive
from visits.journey.states import State
from visits.people.tables import Membership, Person
from visits.roles import Role
from visits.store.tables import DomainEvent


async def queue(stage: Stage, who: str = "chief") -> str:
    async with stage.browser(who) as browser:
        answer = await browser.get("/chief")
    assert answer.status_code == 200
    return answer.text.replace("\u00a0", " ").replace("\u202f", " ")


async def test_an_empty_queue_says_what_will_fill_it(stage: Stage) -> None:
    text = await queue(stage)

    assert "Rien ne vous attend" in text
    assert "arrive ici tout seul" in text


async def test_packages_and_reports_wait_oldest_first_with_one_button_each(stage: Stage) -> None:
    report = await at_state(stage, State.SIGNED)
    package = await at_state(stage, State.CHECKING)
    stage.clock.move(minutes=25)

    text = await queue(stage)

    assert "2 choses vous attendent" in text
    assert "1 dossier à vérifier · 1 rapport à valider" in text
    assert text.index(f"/chief/reports/{report.id}") < text.index(f"/office/packages/{package.id}")
    assert "depuis 25 min" in text


async def test_a_visit_without_inspector_is_urgent_two_hours_before(stage: Stage) -> None:
    far, near = await at_state(stage, State.TO_BOOK), await at_state(stage, State.TO_BOOK)
    await booked(stage, far, stage.clock.now() + timedelta(hours=3))
    await booked(stage, near, stage.clock.now() + timedelta(hours=2))

    text = await queue(stage)

    assert "1 visite sans vérificateur" in text
    assert text.count('href="/chief/assignment"') == 1


async def test_a_conflict_is_laid_before_the_chief(stage: Stage) -> None:
    await stage.run("system", receive, *a_declaration())
    await stage.run("system", receive, *a_declaration(location_of_goods="TC09"))

    text = await queue(stage)

    assert "1 conflit à trancher" in text
    assert "/chief/conflicts/" in text


async def test_what_nobody_could_deliver_is_a_message_to_see(stage: Stage) -> None:
    await stage.declaration()
    async with stage.work() as work:
        event = (await work.session.scalars(select(DomainEvent).order_by(col(DomainEvent.at)))).first()
        assert event is not None
        event.parked_at = work.now

    text = await queue(stage)

    assert "1 message à voir" in text
    assert 'href="/chief/messages"' in text


async def test_a_voucher_is_keyed_by_hand_while_the_link_is_down(stage: Stage) -> None:
    visit = await at_state(stage, State.ACKNOWLEDGED)
    async with stage.work() as work:
        work.session.add(
            Outbound(
                visit_id=visit.id,
                office_id=visit.office_id,
                link="clearance",
                message_key=str(visit.id),
                version=1,
                state="acknowledged",
                due_at=work.now,
                at=work.now,
            )
        )
    assert "Rien ne vous attend" in await queue(stage)
    async with stage.work() as work:
        work.session.add(LinkState(name="clearance", down_since=work.now))

    text = await queue(stage)

    assert f'href="/chief/manual/{visit.id}"' in text
    assert "1 bon à enlever à saisir" in text


async def test_a_deputy_sees_what_the_principal_sees(stage: Stage) -> None:
    visit = await at_state(stage, State.CHECKING)
    async with stage.work() as work:
        principal = await work.session.scalar(
            select(Membership)
            .join(Person, col(Person.id) == col(Membership.person_id))
            .where(col(Person.login) == "chief")
        )
        assert principal is not None
        work.session.add(
            Membership(
                person_id=stage.actors["inspector3"].person,
                role=Role.VISIT_CHIEF,
                office_id=principal.office_id,
                deputy_of=principal.id,
                since=work.now - timedelta(hours=1),
                until=work.now + timedelta(days=1),
            )
        )

    assert f"/office/packages/{visit.id}" in await queue(stage, "inspector3")


async def test_only_chiefs_have_a_queue(stage: Stage) -> None:
    async with stage.browser("inspector1") as browser:
        assert (await browser.get("/chief")).status_code == 403
