"""Inviting people: one login each, one link that works at a time."""

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlmodel import col

from tests.support.clock import MovedClock
from tests.support.stage import Stage
from visits.people import queries
from visits.people.admin import lock
from visits.people.invite import VALID, Duty, LoginTaken, Newcomer, NotNow, invite, reset
from visits.people.passwords import WeakPassword
from visits.people.signin import DoorClosed, SignedIn, choose_password, sign_in
from visits.people.tables import Person
from visits.roles import Role
from visits.store.tables import Audit

PASSWORD = "un quai sous la pluie"


def a_newcomer(login: str = "Awa") -> Newcomer:
    return Newcomer(login=login, name="Awa Exemple", quality="inspecteur des douanes")


async def test_a_newcomer_chooses_a_password_and_is_in(stage: Stage) -> None:
    link = await stage.run("admin", invite, a_newcomer(), (Duty(role=Role.INSPECTOR, office=stage.office.id),))

    signed = await stage.run("system", choose_password, link.token, PASSWORD)

    assert signed.home == "/inspector/day"
    assert isinstance(await stage.run("system", sign_in, stage.tools.vault, "awa", PASSWORD), SignedIn)


async def test_a_login_is_one_persons_for_ever(stage: Stage) -> None:
    await stage.run("admin", invite, a_newcomer(), ())

    with pytest.raises(LoginTaken):
        await stage.run("admin", invite, a_newcomer(" AWA "), ())


async def test_of_two_invitations_at_once_one_gets_the_login(stage: Stage) -> None:
    results = await asyncio.gather(
        *(stage.run("admin", invite, a_newcomer(), ()) for _ in range(5)), return_exceptions=True
    )

    assert [type(each).__name__ for each in results].count("LoginTaken") == 4, results
    async with stage.work() as work:
        assert len((await work.session.scalars(select(Person).where(col(Person.login) == "awa"))).all()) == 1


async def test_a_link_works_once(stage: Stage) -> None:
    link = await stage.run("admin", reset, stage.actors["chief"].person)
    await stage.run("system", choose_password, link.token, PASSWORD)

    with pytest.raises(DoorClosed):
        await stage.run("system", choose_password, link.token, PASSWORD)


async def test_of_two_people_with_one_link_the_first_gets_in(stage: Stage) -> None:
    link = await stage.run("admin", reset, stage.actors["chief"].person)

    results = await asyncio.gather(
        *(stage.run("system", choose_password, link.token, f"{PASSWORD} {n}") for n in range(4)),
        return_exceptions=True,
    )

    assert sum(isinstance(each, SignedIn) for each in results) == 1
    assert sum(isinstance(each, DoorClosed) for each in results) == 3


async def test_a_weak_password_leaves_the_link_open(stage: Stage) -> None:
    link = await stage.run("admin", reset, stage.actors["chief"].person)

    with pytest.raises(WeakPassword):
        await stage.run("system", choose_password, link.token, "court")

    assert await stage.run("system", choose_password, link.token, PASSWORD)


async def test_the_last_instant_still_counts_and_the_next_does_not(stage: Stage, clock: MovedClock) -> None:
    early = await stage.run("admin", reset, stage.actors["chief"].person)
    late = await stage.run("admin", reset, stage.actors["supervisor"].person)
    clock.move(seconds=VALID.total_seconds() - 1)
    await stage.run("system", choose_password, early.token, PASSWORD)

    clock.move(seconds=1)

    with pytest.raises(DoorClosed):
        await stage.run("system", choose_password, late.token, PASSWORD)


async def test_a_newer_link_closes_the_older(stage: Stage) -> None:
    older = await stage.run("admin", reset, stage.actors["chief"].person)
    newer = await stage.run("admin", reset, stage.actors["chief"].person)

    with pytest.raises(DoorClosed):
        await stage.run("system", choose_password, older.token, PASSWORD)
    assert await stage.run("system", choose_password, newer.token, PASSWORD)


async def test_locking_closes_the_links(stage: Stage) -> None:
    link = await stage.run("admin", reset, stage.actors["chief"].person)
    await stage.run("admin", lock, stage.actors["chief"].person)

    with pytest.raises(DoorClosed):
        await stage.run("system", choose_password, link.token, PASSWORD)
    with pytest.raises(NotNow):
        await stage.run("admin", reset, stage.actors["chief"].person)


async def test_only_the_fingerprint_of_a_link_is_kept_and_the_deed_is_on_record(stage: Stage) -> None:
    link = await stage.run("admin", invite, a_newcomer(), (Duty(role=Role.INSPECTOR, office=stage.office.id),))

    async with stage.work() as work:
        notes = (await work.session.scalars(select(Audit).where(col(Audit.action) == "person_invited"))).all()
        person = await queries.person_by_login(work, "awa")
    assert person is not None
    assert [(note.person_id, UUID(note.subject), note.body) for note in notes] == [
        (stage.actors["admin"].person, person.id, {"roles": ["inspector"]})
    ]
    assert link.token not in repr(notes)
