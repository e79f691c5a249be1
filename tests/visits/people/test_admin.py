"""What administrators may take away, and what they cannot."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from tests.support.clock import MovedClock
from tests.support.stage import Stage
from visits.errors import NotFound
from visits.ids import new_id
from visits.people import queries
from visits.people.admin import (
    EndsInThePast,
    LastAdmin,
    NotDeputisable,
    NotYourself,
    RoleHeld,
    add_role,
    appoint_deputy,
    end_duty,
    end_role,
    lock,
    remove_code,
    unlock,
)
from visits.people.invite import Duty
from visits.people.passwords import fingerprint
from visits.people.signin import open_session
from visits.people.tables import Membership, Person
from visits.roles import Role


async def person(stage: Stage, name: str) -> Person:
    async with stage.work() as work:
        return await queries.person_by_id(work, stage.actors[name].person)  # type: ignore[arg-type]


async def roles(stage: Stage, name: str) -> set[str]:
    async with stage.work() as work:
        return {each.role for each in await queries.memberships_of(work, stage.actors[name].person)}  # type: ignore[arg-type]


async def membership(stage: Stage, name: str) -> Membership:
    async with stage.work() as work:
        return (await queries.memberships_of(work, stage.actors[name].person))[0]  # type: ignore[arg-type]


async def session(stage: Stage, name: str) -> bytes:
    """A signed-in browser of somebody."""
    async with stage.work() as work:
        signed = await open_session(work, await queries.person_by_id(work, stage.actors[name].person))  # type: ignore[arg-type]
    return fingerprint(signed.token)


async def lives(stage: Stage, token: bytes) -> bool:
    async with stage.work() as work:
        return await queries.session_of(work, token) is not None


def me(stage: Stage, name: str) -> UUID:
    found = stage.actors[name].person
    assert found
    return found


async def test_locking_ends_the_sessions_at_once_and_unlocking_opens_the_account(stage: Stage) -> None:
    token = await session(stage, "chief")

    await stage.run("admin", lock, me(stage, "chief"))

    assert not await lives(stage, token)
    assert (await person(stage, "chief")).state == "locked"
    await stage.run("admin", unlock, me(stage, "chief"))
    assert (await person(stage, "chief")).state == "invited"


async def test_locking_twice_is_quiet(stage: Stage) -> None:
    await stage.run("admin", lock, me(stage, "chief"))
    await stage.run("admin", lock, me(stage, "chief"))

    assert (await person(stage, "chief")).state == "locked"


async def test_nobody_locks_himself_out(stage: Stage) -> None:
    await stage.run("admin", add_role, me(stage, "chief"), Duty(role=Role.ADMIN))

    for deed in (lock, remove_code):
        with pytest.raises(NotYourself):
            await stage.run("admin", deed, me(stage, "admin"))
    with pytest.raises(NotYourself):
        await stage.run("admin", end_duty, me(stage, "admin"), stage.clock.now())
    with pytest.raises(NotYourself):
        await stage.run("admin", end_role, (await membership(stage, "admin")).id)


async def test_the_last_administrator_stays(stage: Stage) -> None:
    with pytest.raises(LastAdmin):
        await stage.run("chief", lock, me(stage, "admin"))
    with pytest.raises(LastAdmin):
        await stage.run("chief", end_role, (await membership(stage, "admin")).id)
    with pytest.raises(LastAdmin):
        await stage.run("chief", end_duty, me(stage, "admin"), stage.clock.now())


async def test_two_administrators_who_lock_each_other_leave_one(stage: Stage) -> None:
    await stage.run("admin", add_role, me(stage, "chief"), Duty(role=Role.ADMIN))

    results = await asyncio.gather(
        stage.run("admin", lock, me(stage, "chief")),
        stage.run("chief", lock, me(stage, "admin")),
        return_exceptions=True,
    )

    assert sorted(type(each).__name__ for each in results) == ["LastAdmin", "NoneType"]


async def test_a_new_role_asks_for_a_new_session(stage: Stage) -> None:
    token = await session(stage, "chief")

    await stage.run("admin", add_role, me(stage, "chief"), Duty(role=Role.SUPERVISOR, office=stage.office.id))

    assert await roles(stage, "chief") == {"visit_chief", "supervisor"}
    assert not await lives(stage, token)


async def test_a_role_is_held_once(stage: Stage) -> None:
    with pytest.raises(RoleHeld):
        await stage.run("admin", add_role, me(stage, "chief"), Duty(role=Role.VISIT_CHIEF, office=stage.office.id))


async def test_ending_a_role_ends_the_sessions(stage: Stage) -> None:
    token = await session(stage, "chief")

    await stage.run("admin", end_role, (await membership(stage, "chief")).id)

    assert await roles(stage, "chief") == set()
    assert not await lives(stage, token)


async def test_the_end_of_duty_can_lie_ahead(stage: Stage, clock: MovedClock) -> None:
    await stage.run("admin", end_duty, me(stage, "chief"), clock.now() + timedelta(days=2))
    assert await roles(stage, "chief") == {"visit_chief"}

    clock.move(days=2)

    assert await roles(stage, "chief") == set()


async def test_the_end_of_duty_now_closes_the_account(stage: Stage, clock: MovedClock) -> None:
    token = await session(stage, "chief")

    await stage.run("admin", end_duty, me(stage, "chief"), clock.now())

    assert (await person(stage, "chief")).state == "ended"
    assert not await lives(stage, token)


async def test_a_deputy_holds_the_role_until_the_day(stage: Stage, clock: MovedClock) -> None:
    held = await membership(stage, "chief")

    await stage.run("admin", appoint_deputy, held.id, me(stage, "inspector1"), clock.now() + timedelta(days=3))

    assert await roles(stage, "inspector1") == {"inspector", "visit_chief"}
    clock.move(days=3)
    assert await roles(stage, "inspector1") == {"inspector"}


async def test_deputies_end_with_the_role(stage: Stage, clock: MovedClock) -> None:
    held = await membership(stage, "chief")
    await stage.run("admin", appoint_deputy, held.id, me(stage, "inspector1"), clock.now() + timedelta(days=3))

    await stage.run("admin", end_role, held.id)

    assert await roles(stage, "inspector1") == {"inspector"}


async def test_what_cannot_be_deputised_is_refused(stage: Stage, clock: MovedClock) -> None:
    held, soon = await membership(stage, "chief"), clock.now() + timedelta(days=3)

    with pytest.raises(EndsInThePast):
        await stage.run("admin", appoint_deputy, held.id, me(stage, "inspector1"), clock.now())
    with pytest.raises(NotDeputisable):
        await stage.run("admin", appoint_deputy, held.id, me(stage, "chief"), soon)
    deputy = await stage.run("admin", appoint_deputy, held.id, me(stage, "inspector1"), soon)
    with pytest.raises(RoleHeld):
        await stage.run("admin", appoint_deputy, held.id, me(stage, "inspector1"), soon)
    with pytest.raises(NotDeputisable):
        await stage.run("admin", appoint_deputy, deputy.id, me(stage, "inspector2"), soon)


async def test_an_unknown_person_is_not_found(stage: Stage) -> None:
    for deed in (lock, unlock, remove_code):
        with pytest.raises(NotFound):
            await stage.run("admin", deed, new_id())
