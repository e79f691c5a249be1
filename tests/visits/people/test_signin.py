"""Signing in: what opens a session, what refuses one, and what ends it."""

import asyncio
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import func, select
from sqlmodel import col

from tests.support.clock import MovedClock
from tests.support.stage import Stage
from visits.actor import Actor
from visits.people import queries
from visits.people.account import CodeWrong, HasCode, OldPasswordWrong, add_code, change_password, offered_secret
from visits.people.passwords import WeakPassword, fingerprint, hashed
from visits.people.signin import (
    CODE_WAIT,
    TRIES,
    CodeNeeded,
    DoorClosed,
    SignedIn,
    TooManyTries,
    WrongCredentials,
    count,
    give_code,
    sign_in,
    sign_in_sample,
    sign_out,
)
from visits.people.tables import Session
from visits.store.work import Work

PASSWORD = "un quai sous la pluie"


async def set_password(stage: Stage, name: str, password: str = PASSWORD) -> None:
    async with stage.work() as work:
        person = await queries.person_by_id(work, stage.actors[name].person)  # type: ignore[arg-type]
        person.password = await hashed(password)


async def enter(stage: Stage, login: str, password: str = PASSWORD) -> SignedIn | CodeNeeded:
    return await stage.run("system", sign_in, stage.tools.vault, login, password)


async def with_code(stage: Stage, name: str) -> pyotp.TOTP:
    """Give somebody a one-time code, and the clock a step further."""
    await set_password(stage, name)
    async with stage.work() as work:
        person = await queries.person_by_id(work, stage.actors[name].person)  # type: ignore[arg-type]
    secret, sealed = offered_secret(stage.tools.vault, person)
    machine = pyotp.TOTP(secret)
    await stage.run(name, add_code, stage.tools.vault, sealed, machine.at(stage.clock.now()))
    stage.clock.move(minutes=1)
    return machine


async def test_login_and_password_open_a_session(stage: Stage) -> None:
    await set_password(stage, "chief")

    signed = await enter(stage, " Chief ")

    assert isinstance(signed, SignedIn)
    assert signed.home == "/chief"
    async with stage.work() as work:
        found = await queries.session_of(work, fingerprint(signed.token))
    assert found is not None
    assert found[1].login == "chief"


@pytest.mark.parametrize(
    ("login", "password"),
    [("chief", "wrong password"), ("nobody", PASSWORD), ("chief", ""), ("", "")],
    ids=["wrong password", "unknown login", "no password", "nothing"],
)
async def test_whatever_is_wrong_the_answer_is_the_same(stage: Stage, login: str, password: str) -> None:
    await set_password(stage, "chief")

    with pytest.raises(WrongCredentials) as refused:
        await enter(stage, login, password)

    assert refused.value.facts == {}


@pytest.mark.parametrize("state", ["invited", "locked", "ended"])
async def test_only_active_people_enter(stage: Stage, state: str) -> None:
    await set_password(stage, "chief")
    async with stage.work() as work:
        (await queries.person_by_id(work, stage.actors["chief"].person)).state = state  # type: ignore[arg-type]

    with pytest.raises(WrongCredentials):
        await enter(stage, "chief")


async def test_without_a_role_in_force_nobody_enters(stage: Stage) -> None:
    await set_password(stage, "chief")
    async with stage.work() as work:
        for each in await queries.memberships_of(work, stage.actors["chief"].person):  # type: ignore[arg-type]
            each.until = work.now

    with pytest.raises(WrongCredentials):
        await enter(stage, "chief")


async def test_the_eleventh_try_in_a_quarter_of_an_hour_is_refused(stage: Stage, clock: MovedClock) -> None:
    for _ in range(TRIES):
        await stage.run("system", count, "chief")

    with pytest.raises(TooManyTries) as refused:
        await stage.run("system", count, "CHIEF ")

    assert refused.value.facts == {"wait": 900}
    clock.move(minutes=15)
    await stage.run("system", count, "chief")


async def test_tries_at_the_same_moment_are_all_counted(stage: Stage) -> None:
    results = await asyncio.gather(
        *(stage.run("system", count, "chief") for _ in range(TRIES + 5)), return_exceptions=True
    )

    assert [type(each).__name__ for each in results].count("TooManyTries") == 5, results


async def test_a_good_try_wipes_the_bad_ones(stage: Stage) -> None:
    await set_password(stage, "chief")
    for _ in range(TRIES):
        await stage.run("system", count, "chief")
    await enter(stage, "chief")

    await stage.run("system", count, "chief")


async def test_a_code_is_asked_only_after_the_password(stage: Stage) -> None:
    await with_code(stage, "chief")

    with pytest.raises(WrongCredentials):
        await enter(stage, "chief", "wrong password")
    assert isinstance(await enter(stage, "chief"), CodeNeeded)


async def test_the_right_code_opens_a_session(stage: Stage, clock: MovedClock) -> None:
    machine = await with_code(stage, "chief")
    waiting = await enter(stage, "chief")
    assert isinstance(waiting, CodeNeeded)

    signed = await stage.run("system", give_code, stage.tools.vault, waiting.door, machine.at(clock.now()))

    assert signed.home == "/chief"


async def test_a_code_is_good_once(stage: Stage, clock: MovedClock) -> None:
    machine = await with_code(stage, "chief")
    waiting = await enter(stage, "chief")
    assert isinstance(waiting, CodeNeeded)
    code = machine.at(clock.now())
    await stage.run("system", give_code, stage.tools.vault, waiting.door, code)

    with pytest.raises(WrongCredentials):
        await stage.run("system", give_code, stage.tools.vault, waiting.door, code)


async def test_one_code_at_two_doors_at_once_opens_one(stage: Stage, clock: MovedClock) -> None:
    machine = await with_code(stage, "chief")
    waiting = await enter(stage, "chief")
    assert isinstance(waiting, CodeNeeded)
    code = machine.at(clock.now())

    results = await asyncio.gather(
        *(stage.run("system", give_code, stage.tools.vault, waiting.door, code) for _ in range(4)),
        return_exceptions=True,
    )

    assert sum(isinstance(each, SignedIn) for each in results) == 1


@pytest.mark.parametrize("minutes", [-10, 10])
async def test_a_code_of_another_time_is_refused(stage: Stage, clock: MovedClock, minutes: int) -> None:
    machine = await with_code(stage, "chief")
    waiting = await enter(stage, "chief")
    assert isinstance(waiting, CodeNeeded)

    with pytest.raises(WrongCredentials):
        await stage.run(
            "system", give_code, stage.tools.vault, waiting.door, machine.at(clock.now() + timedelta(minutes=minutes))
        )


async def test_the_second_step_does_not_wait_for_ever(stage: Stage, clock: MovedClock) -> None:
    machine = await with_code(stage, "chief")
    waiting = await enter(stage, "chief")
    assert isinstance(waiting, CodeNeeded)
    clock.move(seconds=CODE_WAIT.total_seconds() + 1)

    with pytest.raises(DoorClosed):
        await stage.run("system", give_code, stage.tools.vault, waiting.door, machine.at(clock.now()))


@pytest.mark.parametrize("door", ["", "x", "AAAA", "é"])
async def test_a_forged_second_step_is_closed(stage: Stage, door: str) -> None:
    with pytest.raises(DoorClosed):
        await stage.run("system", give_code, stage.tools.vault, door, "123456")


async def test_a_code_cannot_be_added_twice(stage: Stage, clock: MovedClock) -> None:
    await with_code(stage, "chief")
    async with stage.work() as work:
        person = await queries.person_by_id(work, stage.actors["chief"].person)  # type: ignore[arg-type]
    secret, sealed = offered_secret(stage.tools.vault, person)

    with pytest.raises(HasCode):
        await stage.run("chief", add_code, stage.tools.vault, sealed, pyotp.TOTP(secret).at(clock.now()))


async def test_a_secret_offered_to_somebody_else_is_refused(stage: Stage, clock: MovedClock) -> None:
    async with stage.work() as work:
        person = await queries.person_by_id(work, stage.actors["chief"].person)  # type: ignore[arg-type]
    secret, sealed = offered_secret(stage.tools.vault, person)

    with pytest.raises(CodeWrong):
        await stage.run("supervisor", add_code, stage.tools.vault, sealed, pyotp.TOTP(secret).at(clock.now()))


async def test_another_password_ends_the_other_sessions(stage: Stage) -> None:
    await set_password(stage, "chief")
    here, there = await enter(stage, "chief"), await enter(stage, "chief")
    assert isinstance(here, SignedIn)
    assert isinstance(there, SignedIn)
    me = stage.actors["chief"]
    stage.actors["chief"] = Actor(
        tenant=me.tenant, roles=me.roles, person=me.person, office=me.office, session=fingerprint(here.token)
    )

    with pytest.raises(OldPasswordWrong):
        await stage.run("chief", change_password, "wrong password", "un autre quai au soleil")
    with pytest.raises(WeakPassword):
        await stage.run("chief", change_password, PASSWORD, "court")
    await stage.run("chief", change_password, PASSWORD, "un autre quai au soleil")

    async with stage.work() as work:
        assert await queries.session_of(work, fingerprint(here.token))
        assert await queries.session_of(work, fingerprint(there.token)) is None


async def test_signing_out_ends_the_session_on_the_server(stage: Stage) -> None:
    await set_password(stage, "chief")
    signed = await enter(stage, "chief")
    assert isinstance(signed, SignedIn)
    leaver = Actor(tenant=stage.tenant, roles=frozenset(), session=fingerprint(signed.token))

    await stage.tools.database.run(leaver, sign_out)

    assert await sessions(stage) == 0


async def test_signing_out_twice_is_quiet(stage: Stage) -> None:
    await stage.tools.database.run(Actor(tenant=stage.tenant, roles=frozenset()), sign_out)
    await stage.tools.database.run(Actor(tenant=stage.tenant, roles=frozenset(), session=b"gone"), sign_out)


async def test_the_sample_door_opens_for_sample_people_only(stage: Stage) -> None:
    async with stage.work() as work:
        (await queries.person_by_id(work, stage.actors["declarant"].person)).sample = True  # type: ignore[arg-type]

    signed = await stage.run("system", sign_in_sample, "declarant")

    assert signed.home == "/declarant"
    for login in ("chief", "nobody"):
        with pytest.raises(WrongCredentials):
            await stage.run("system", sign_in_sample, login)


@pytest.mark.parametrize(
    "password",
    ["", "court", "elevenchars", "motdepasse123", "MotDePasse123", "aaaaaaaaaaaaaaaa", "abababababababab"],
)
async def test_what_anybody_would_try_is_not_a_password(password: str) -> None:
    with pytest.raises(WeakPassword):
        await hashed(password)


@pytest.mark.parametrize(
    "password", ["x" * 30 + "yzw 123", "mot de passe avec des espaces", "港の雨は静かに降っている"]
)
async def test_long_passwords_of_any_script_are_taken(stage: Stage, password: str) -> None:
    await set_password(stage, "chief", password)

    assert isinstance(await enter(stage, "chief", password), SignedIn)


async def sessions(stage: Stage) -> int:
    async def counted(work: Work) -> int:
        return int(await work.session.scalar(select(func.count(col(Session.id)))) or 0)

    return await stage.run("system", counted)
