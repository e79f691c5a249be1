"""Nobody predicts a draw alone: a witness's value goes into every number; keeping it back gains nothing."""

import asyncio
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlmodel import col

from scheduling import number, verify_draws
from tests.support.stage import Stage
from tests.support.steps_assignment import drawn, passed, policy, promised
from tests.support.steps_booking import booked, calendars, to_book, tomorrow
from tests.support.steps_publication import booked_at, draws_of_the_day, next_day, published, whose
from tests.support.steps_witness import DAYS, SECRET, appointed, brought, value
from tests.visits.assignment.test_seeds import everything
from visits.assignment import queries, record, seeds
from visits.assignment.draw import draw_now
from visits.assignment.publish import publish_due
from visits.assignment.tables import DrawSeed, DrawWitness
from visits.assignment.witness import (
    AnchorMalformed,
    WitnessAwaited,
    WitnessEarly,
    WitnessTaken,
    WitnessTooLong,
    WitnessTooSoon,
    WitnessUnknown,
    WitnessUnnamed,
    appoint,
    bring,
    dismiss,
)
from visits.assignment.witness_rows import span
from visits.errors import NotFound, Refusal
from visits.journey.tables import Visit
from visits.store.tables import Audit


async def eve(stage: Stage, *, hour: int = 18) -> tuple[DrawWitness, list[Visit]]:
    """The eve of a day with a witness, with visits booked; the clock stands at this hour."""
    witness = await appointed(stage)
    stage.clock.move(days=1)
    await calendars(stage)
    visits = await booked_at(stage, tomorrow(stage, 9), tomorrow(stage, 10), tomorrow(stage, 10))
    stage.clock.set(stage.clock.now().replace(hour=hour, minute=0))
    return witness, visits


async def seed(stage: Stage, day: date) -> DrawSeed:
    async with stage.work() as work:
        found = await queries.seed_of_day(work, stage.office.id, day)
    assert found is not None
    return found


async def acts(stage: Stage, action: str) -> list[dict[str, Any]]:
    async with stage.work() as work:
        rows = await work.session.scalars(select(col(Audit.body)).where(col(Audit.action) == action))
        return list(rows)


# -- the value goes into the draw ----------------------------------------------------------------------------
async def test_every_number_of_the_day_is_made_with_the_value(stage: Stage) -> None:
    witness, _ = await eve(stage)
    day = next_day(stage)
    await brought(stage, witness, day)

    assert await published(stage) is not None

    secret = seeds.opened(stage.tools.vault, stage.office, await seed(stage, day))
    for draw in await draws_of_the_day(stage):
        assert draw.number == number(secret, "route", draw.subject, witness=value(stage, witness, day))
        assert draw.number != number(secret, "route", draw.subject)


async def test_the_record_replays_with_the_value_of_the_witness(stage: Stage) -> None:
    await promised(stage)
    witness, _ = await eve(stage)
    day = next_day(stage)
    await brought(stage, witness, day)
    await published(stage)
    stage.clock.move(days=2)
    await stage.run("system", seeds.reveal_seeds, stage.tools)

    whole = await stage.run("system", record.published, stage.office, day)

    assert verify_draws(whole) == []
    assert await stage.run("system", record.findings, stage.office, day) == []
    assert whole["witness"]["value"] == value(stage, witness, day).hex()
    assert whole["witness"]["name"] == "Chambre de commerce"


async def test_before_it_is_brought_nothing_in_the_database_tells_the_value(stage: Stage) -> None:
    witness, _ = await eve(stage)
    day = next_day(stage)

    async with stage.work() as work:
        rows = await everything(work)

    assert value(stage, witness, day).hex() not in rows
    assert witness.anchor.hex() in rows


# -- the day waits -------------------------------------------------------------------------------------------
async def test_the_publication_waits_for_the_witness_and_goes_on_with_the_value(stage: Stage) -> None:
    witness, visits = await eve(stage)

    assert await publish_due(stage.tools, stage.tenant) == 0
    await brought(stage, witness, next_day(stage))
    assert await publish_due(stage.tools, stage.tenant) == 1

    assert await whose(stage, visits[0]) != ""


async def test_after_two_hours_the_day_is_drawn_without_and_says_so(stage: Stage) -> None:
    witness, visits = await eve(stage)
    stage.clock.move(hours=1, minutes=59)
    assert await publish_due(stage.tools, stage.tenant) == 0
    stage.clock.move(minutes=1)

    assert await publish_due(stage.tools, stage.tenant) == 1

    assert await whose(stage, visits[0]) != ""
    assert {draw.witness for draw in await draws_of_the_day(stage)} == {b""}
    assert await acts(stage, "witness_missing") == [{"day": next_day(stage).isoformat()}]
    told = (await stage.run("system", record.published, stage.office, next_day(stage)))["witness"]
    assert (told["anchor"], told["value"], told["late"]) == (witness.anchor.hex(), None, None)


async def test_nobody_publishes_by_hand_before_the_witness(stage: Stage) -> None:
    await eve(stage)

    with pytest.raises(WitnessAwaited):
        await published(stage)


async def test_a_draw_before_the_publication_waits_too(stage: Stage) -> None:
    """The office settles its places a whole day ahead: the draw would come before the witness."""
    witness, _ = await eve(stage, hour=8)
    await policy(stage, freeze_minutes=1440)
    visit = await booked(stage, await to_book(stage), tomorrow(stage, 11))
    stage.clock.set(stage.clock.now().replace(hour=12))

    assert await drawn(stage, visit.id) is None
    with pytest.raises(WitnessAwaited):
        await stage.run("chief", draw_now, stage.tools, visit.id)
    stage.clock.set(stage.clock.now().replace(hour=17))
    await brought(stage, witness, next_day(stage))
    stage.clock.set(stage.clock.now().replace(hour=20))
    await passed(stage)

    assert await whose(stage, visit) != ""


async def test_a_day_without_a_witness_waits_for_nobody(stage: Stage) -> None:
    await calendars(stage)
    await booked_at(stage, tomorrow(stage, 9))

    assert await published(stage) is not None
    assert (await stage.run("system", record.published, stage.office, next_day(stage)))["witness"] is None


# -- keeping it back -----------------------------------------------------------------------------------------
async def test_a_value_brought_after_the_draw_changes_no_name_and_is_shown_as_late(stage: Stage) -> None:
    witness, visits = await eve(stage, hour=20)
    day = next_day(stage)
    await published(stage)
    names = [await whose(stage, each) for each in visits]

    late = await brought(stage, witness, day)

    assert late.late
    assert [await whose(stage, each) for each in visits] == names
    told = (await stage.run("system", record.published, stage.office, day))["witness"]
    assert (told["value"], told["late"]) == (None, value(stage, witness, day).hex())


async def test_what_was_kept_back_is_known_with_the_next_value(stage: Stage) -> None:
    witness, _ = await eve(stage, hour=20)
    day = next_day(stage)
    await published(stage)
    stage.clock.move(days=1)

    await brought(stage, witness, day + timedelta(days=1))

    assert (await seed(stage, day)).witness_late == value(stage, witness, day)
    assert [(act["day"], act["late"]) for act in await acts(stage, "witness_brought")] == [
        (str(day), True),
        (str(day + timedelta(days=1)), False),
    ]


async def test_late_values_leave_the_replay_as_it_was(stage: Stage) -> None:
    await promised(stage)
    witness, _ = await eve(stage, hour=20)
    day = next_day(stage)
    await published(stage)
    await brought(stage, witness, day)
    stage.clock.move(days=2)
    await stage.run("system", seeds.reveal_seeds, stage.tools)

    assert await stage.run("system", record.findings, stage.office, day) == []


async def test_one_who_brings_the_value_while_the_day_is_published_is_counted_whole_or_not_at_all(
    stage: Stage,
) -> None:
    witness, _ = await eve(stage, hour=20)
    day = next_day(stage)

    _, came = await asyncio.gather(published(stage), brought(stage, witness, day))

    mixed = b"" if came.late else value(stage, witness, day)
    assert {draw.witness for draw in await draws_of_the_day(stage)} == {mixed}


async def test_bringing_twice_counts_once(stage: Stage) -> None:
    witness, _ = await eve(stage)

    await brought(stage, witness, next_day(stage))
    again = await brought(stage, witness, next_day(stage))

    assert not again.late
    assert len(await acts(stage, "witness_brought")) == 1


async def test_a_value_once_counted_stays_even_if_the_owner_of_the_mandate_ends_it(stage: Stage) -> None:
    witness, _ = await eve(stage)
    await brought(stage, witness, next_day(stage))

    await stage.run("supervisor", dismiss, witness.id)
    await published(stage)

    assert {draw.witness for draw in await draws_of_the_day(stage)} == {value(stage, witness, next_day(stage))}


# -- what cannot be brought ----------------------------------------------------------------------------------
async def test_a_value_is_not_taken_long_before_it_is_needed(stage: Stage) -> None:
    witness, _ = await eve(stage, hour=16)

    with pytest.raises(WitnessEarly):
        await brought(stage, witness, next_day(stage))
    stage.clock.move(hours=1)
    assert (await brought(stage, witness, next_day(stage))).day == next_day(stage)
    with pytest.raises(WitnessEarly):
        await brought(stage, witness, next_day(stage) + timedelta(days=1))


@pytest.mark.parametrize(
    "typed", ["", "zz" * 32, "00" * 31, "00" * 32, "é"], ids=["nothing", "no hex", "short", "wrong", "letters"]
)
async def test_what_nobody_promised_is_refused(stage: Stage, typed: str) -> None:
    await appointed(stage)

    with pytest.raises(WitnessUnknown):
        await stage.run("system", bring, stage.tools, stage.office, typed)


# -- appointing ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"named": " "}, WitnessUnnamed),
        ({"named": "x" * 101}, WitnessUnnamed),
        ({"anchor": "12"}, AnchorMalformed),
        ({"anchor": "g" * 64}, AnchorMalformed),
        ({"days": 0}, WitnessTooLong),
        ({"days": 401}, WitnessTooLong),
        ({"first": date(2026, 11, 24)}, WitnessTooSoon),
        ({"first": date(2026, 11, 1)}, WitnessTooSoon),
    ],
    ids=["no name", "long name", "short anchor", "no hex", "no day", "too many", "tomorrow", "the past"],
)
async def test_a_witness_nobody_could_check_is_refused(
    stage: Stage, change: dict[str, Any], refusal: type[Refusal]
) -> None:
    facts: dict[str, Any] = {"named": "Chambre", "anchor": "ab" * 32, "first": date(2026, 11, 25), "days": 30}
    facts |= change

    with pytest.raises(refusal):
        await stage.run("supervisor", appoint, facts.pop("named"), facts.pop("anchor"), **facts)


async def test_a_day_has_one_witness(stage: Stage) -> None:
    await appointed(stage)

    with pytest.raises(WitnessTaken):
        await appointed(stage, (stage.clock.now() + timedelta(days=1 + DAYS)).date())
    await appointed(stage, (stage.clock.now() + timedelta(days=2 + DAYS)).date())


async def test_a_witness_ends_after_tomorrow_and_not_before(stage: Stage) -> None:
    witness = await appointed(stage)
    stage.clock.move(days=5)

    ended = await stage.run("supervisor", dismiss, witness.id)
    await stage.run("supervisor", dismiss, witness.id)

    assert ended.days.upper == (stage.clock.now() + timedelta(days=2)).date()
    assert await acts(stage, "witness_dismissed") == [{"after": next_day(stage).isoformat()}]
    await appointed(stage)


async def test_another_offices_witness_is_not_there(stage: Stage) -> None:
    with pytest.raises(NotFound):
        await stage.run("supervisor", dismiss, stage.tenant)


async def test_what_a_witness_promised_cannot_be_changed(stage: Stage) -> None:
    await appointed(stage)

    for column in ("name", "anchor", "given_at", "given_by"):
        with pytest.raises(Exception, match="permission denied"):
            async with stage.work() as work:
                await work.session.execute(text(f"update draw_witness set {column} = {column}"))


def test_the_secret_is_the_value_of_the_last_day(stage: Stage) -> None:
    witness = DrawWitness(days=_span(), office_id=stage.office.id, name="", anchor=b"", given_at=datetime.min)

    assert value(stage, witness, date(2026, 12, 24)) == SECRET


def _span() -> Any:
    return span(date(2026, 11, 25), DAYS)
