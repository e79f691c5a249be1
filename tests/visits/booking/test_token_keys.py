"""Keys of confirmations: announced, replaced, withdrawn; and texts that a move or a cancellation ends."""

import asyncio
from datetime import timedelta

import pytest

from tests.support.stage import Stage
from tests.support.steps_booking import booked, calendars, to_book, tomorrow
from visits.booking import queries
from visits.booking.change import cancel, move
from visits.booking.tables import Appointment, TokenKey
from visits.booking.token_keys import (
    PROVES,
    SIGNS,
    TOLD_BEFORE,
    confirmation,
    keep_keys,
    keys_of,
    known_at,
    rotate,
    signing_key,
    withdraw,
)
from visits.booking.tokens import Claim, TokenKeyUnknown, TokenSuperseded, verify
from visits.declarations.queries import case_of
from visits.errors import NotFound
from visits.journey.tables import Visit
from visits.store.vault import Vault
from visits.store.work import Work


async def text_of(stage: Stage, visit: Visit) -> str:
    async def given(work: Work, vault: Vault) -> str:
        case = await case_of(work, visit.id)
        return await confirmation(work, vault, case, (await queries.live_of(work, visit.id))["confirmed"])

    return await stage.run("declarant", given, stage.tools.vault)


async def checked(stage: Stage, text: str) -> Claim:
    async def use_case(work: Work) -> Claim:
        return verify(text, await known_at(work, stage.office), work.now)

    return await stage.run("inspector1", use_case)


async def appointment(stage: Stage, visit: Visit) -> Appointment:
    async with stage.work() as work:
        return (await queries.live_of(work, visit.id))["confirmed"]


async def test_the_confirmation_of_an_appointment_is_proved_at_its_office(stage: Stage) -> None:
    visit = await booked(stage)
    text = await text_of(stage, visit)
    claim = await checked(stage, text)

    assert (claim.reference, claim.starts_at) == (visit.reference, tomorrow(stage, 10))
    assert await text_of(stage, visit) == text


async def test_a_move_ends_the_text_before_it_and_a_cancellation_every_one(stage: Stage) -> None:
    visit = await booked(stage)
    first = await text_of(stage, visit)
    made = await stage.run("declarant", move, (await appointment(stage, visit)).id, tomorrow(stage, 14))
    second = await text_of(stage, visit)
    with pytest.raises(TokenSuperseded):
        await checked(stage, first)
    assert (await checked(stage, second)).starts_at == tomorrow(stage, 14)

    await stage.run("declarant", cancel, made.id)
    with pytest.raises(TokenSuperseded):
        await checked(stage, second)


async def test_a_visit_booked_again_after_a_cancellation_has_a_text_that_counts(stage: Stage) -> None:
    visit = await booked(stage)
    await stage.run("declarant", cancel, (await appointment(stage, visit)).id)
    await booked(stage, visit, tomorrow(stage, 11))

    assert (await checked(stage, await text_of(stage, visit))).starts_at == tomorrow(stage, 11)


async def test_only_visits_that_changed_are_told_to_the_tablets(stage: Stage) -> None:
    await booked(stage)
    moved = await booked(stage, await to_book(stage))
    await stage.run("declarant", move, (await appointment(stage, moved)).id, tomorrow(stage, 14))
    async with stage.work() as work:
        assert len((await known_at(work, stage.office)).sequences) == 1


async def test_the_next_key_is_told_before_it_signs_and_the_last_one_proves_after(stage: Stage) -> None:
    await calendars(stage)
    old = await text_of(stage, await booked(stage))
    stage.clock.move(days=(SIGNS - TOLD_BEFORE).days)
    assert await keep_keys(stage.tools, stage.tenant)
    assert not await keep_keys(stage.tools, stage.tenant)

    async def now(work: Work) -> tuple[int, list[int]]:
        return (await signing_key(work, stage.tools.vault))[0], [each.number for each in await keys_of(work)]

    assert await stage.run("system", now) == (1, [1, 2])
    stage.clock.move(days=TOLD_BEFORE.days)
    assert await stage.run("system", now) == (2, [1, 2])
    stage.clock.move(days=PROVES.days, seconds=1)
    assert (await stage.run("system", now))[1] == [2]
    assert old


async def test_a_key_that_leaked_is_withdrawn_with_all_it_signed(stage: Stage) -> None:
    visit = await booked(stage)
    leaked = await text_of(stage, visit)
    for _ in range(2):
        await stage.run("admin", withdraw, stage.tools.vault, 1)

    with pytest.raises(TokenKeyUnknown):
        await checked(stage, leaked)
    assert (await checked(stage, await text_of(stage, visit))).key == 2
    with pytest.raises(NotFound):
        await stage.run("admin", withdraw, stage.tools.vault, 99)


async def test_two_who_make_the_first_key_at_once_make_one(stage: Stage) -> None:
    numbers = await asyncio.gather(*(stage.run("system", rotate, stage.tools.vault) for _ in range(5)))

    assert any(numbers)
    async with stage.work() as work:
        assert [each.number for each in await keys_of(work)] == [1]


async def test_the_private_half_is_sealed_for_its_number(stage: Stage) -> None:
    await stage.run("system", rotate, stage.tools.vault)
    async with stage.work() as work:
        [key] = await keys_of(work)
        assert isinstance(key, TokenKey)

    with pytest.raises(ValueError, match="another key or purpose"):
        stage.tools.vault.open(key.sealed, f"token-key:{stage.tenant}:2")
    assert len(key.public) == 32
    assert timedelta() < PROVES
