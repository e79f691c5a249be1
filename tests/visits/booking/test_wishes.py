"""Up to three wishes in one message: the first that fits, once, or nothing and the reason."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import httpx
import pytest

from tests.support.stage import Stage
from tests.support.steps_booking import booked, calendars, held, only, to_book, tomorrow
from visits.booking import queries
from visits.booking.change import cancel
from visits.booking.reconcile import reconcile
from visits.booking.wishes import BookedMeanwhile, NoWishFits, book_first
from visits.errors import BadInput, NotFound
from visits.journey.states import State
from visits.journey.tables import Visit
from visits.sites.queries import office_by_id


@pytest.fixture
async def visit(stage: Stage) -> Visit:
    """A visit to book where one officer and one bay work."""
    await only(stage, "bay A", "inspector1")
    await calendars(stage)
    return await to_book(stage)


async def send(
    client: httpx.AsyncClient, visit: Visit, wishes: Sequence[datetime], key: str = "k", **more: Any
) -> httpx.Response:
    body = {"wishes": [each.isoformat() for each in wishes]} | more
    return await client.post(f"/api/visits/{visit.id}/wishes", json=body, headers={"idempotency-key": key})


async def test_the_first_wish_that_fits_is_booked(stage: Stage, visit: Visit) -> None:
    await held(stage, await to_book(stage), tomorrow(stage, 10))
    wishes = [tomorrow(stage, 10), tomorrow(stage, 3), tomorrow(stage, 14)]
    async with stage.browser("declarant", accept="application/json") as client:
        answer = await send(client, visit, wishes)

    assert (answer.status_code, answer.json()["status"]) == (200, "confirmed")
    assert datetime.fromisoformat(answer.json()["starts_at"]) == tomorrow(stage, 14)
    assert (await stage.visit(visit.id)).state == State.BOOKED
    async with stage.work() as work:
        assert list(await queries.live_of(work, visit.id)) == ["confirmed"]
        assert await reconcile(work, await office_by_id(work, stage.office.id)) == []


async def test_when_none_fits_nothing_is_changed_and_the_free_times_come_along(stage: Stage, visit: Visit) -> None:
    await held(stage, await to_book(stage), tomorrow(stage, 10))
    past = stage.clock.now().replace(hour=7)
    async with stage.browser("declarant", accept="application/json") as client:
        answer = await send(client, visit, [tomorrow(stage, 10), past])

    body = answer.json()
    assert (answer.status_code, body["code"]) == (409, "no-wish-fits")
    assert [each["code"] for each in body["refused"]] == ["slot-taken", "slot-past"]
    assert body["offer"][0]["day"] == "2026-11-23"
    assert (await stage.visit(visit.id)).state == State.TO_BOOK
    async with stage.work() as work:
        assert await queries.live_of(work, visit.id) == {}


async def test_sent_fifty_times_it_is_one_appointment_and_one_answer(stage: Stage, visit: Visit) -> None:
    wishes = [tomorrow(stage, 10), tomorrow(stage, 11)]
    async with stage.browser("declarant", accept="application/json") as client:
        answers = await asyncio.gather(*(send(client, visit, wishes) for _ in range(50)))

    good = [each for each in answers if each.status_code == 200]
    assert {each.status_code for each in answers} <= {200, 409}
    assert {each.json()["code"] for each in answers if each.status_code == 409} <= {"idempotency-key-in-flight"}
    assert len({each.content for each in good}) == 1


async def test_two_phones_with_the_same_wish_book_once(stage: Stage, visit: Visit) -> None:
    wishes = [tomorrow(stage, 10)]
    async with stage.browser("declarant", accept="application/json") as client:
        first, second = await asyncio.gather(send(client, visit, wishes, "a"), send(client, visit, wishes, "b"))

    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json()["id"] == second.json()["id"]


async def test_a_time_booked_meanwhile_is_not_moved_unasked(stage: Stage, visit: Visit) -> None:
    await booked(stage, visit, tomorrow(stage, 9))

    with pytest.raises(BookedMeanwhile):
        await stage.run("declarant", book_first, visit.id, [tomorrow(stage, 14)])


async def test_wishes_move_the_appointment_they_name(stage: Stage, visit: Visit) -> None:
    await booked(stage, visit, tomorrow(stage, 9))
    async with stage.work() as work:
        was = (await queries.live_of(work, visit.id))["confirmed"]

    made = await stage.run("declarant", book_first, visit.id, [tomorrow(stage, 14)], instead_of=was.id)

    assert (made.during.lower, made.supersedes) == (tomorrow(stage, 14), was.id)


async def test_an_appointment_named_but_cancelled_meanwhile_is_a_first_booking(stage: Stage, visit: Visit) -> None:
    await booked(stage, visit, tomorrow(stage, 9))
    async with stage.work() as work:
        was = (await queries.live_of(work, visit.id))["confirmed"]
    await stage.run("declarant", cancel, was.id)

    made = await stage.run("declarant", book_first, visit.id, [tomorrow(stage, 9)], instead_of=was.id)

    assert made.status == "confirmed"


async def test_the_time_one_has_already_stays_as_it_is(stage: Stage, visit: Visit) -> None:
    await booked(stage, visit, tomorrow(stage, 9))
    async with stage.work() as work:
        was = (await queries.live_of(work, visit.id))["confirmed"]

    made = await stage.run("declarant", book_first, visit.id, [tomorrow(stage, 9)], instead_of=was.id)

    assert made.id == was.id


@pytest.mark.parametrize("count", [0, 4])
async def test_there_is_one_wish_at_least_and_three_at_most(stage: Stage, visit: Visit, count: int) -> None:
    with pytest.raises(BadInput):
        await stage.run("declarant", book_first, visit.id, [tomorrow(stage, 9 + each) for each in range(count)])


async def test_a_wish_without_a_zone_is_not_guessed(stage: Stage, visit: Visit) -> None:
    with pytest.raises(BadInput):
        await stage.run("declarant", book_first, visit.id, [tomorrow(stage, 9).replace(tzinfo=None)])


async def test_a_foreign_visit_is_not_there(stage: Stage, visit: Visit) -> None:
    with pytest.raises(NotFound):
        await stage.run("other_declarant", book_first, visit.id, [tomorrow(stage, 9)])


async def test_a_refusal_is_tried_again_with_the_same_key(stage: Stage, visit: Visit) -> None:
    rival = await held(stage, await to_book(stage), tomorrow(stage, 10))
    async with stage.browser("declarant", accept="application/json") as client:
        refused = await send(client, visit, [tomorrow(stage, 10)])
        await stage.run("declarant", cancel, rival.id)
        again = await send(client, visit, [tomorrow(stage, 10)])

    assert (refused.status_code, again.status_code) == (409, 200)


async def test_a_rival_between_the_wishes_takes_nothing_with_him(stage: Stage, visit: Visit) -> None:
    rivals = [await to_book(stage) for _ in range(5)]
    wishes = [tomorrow(stage, 10), tomorrow(stage, 11), tomorrow(stage, 14)]

    async def one(each: Visit) -> datetime | None:
        try:
            return (await stage.run("declarant", book_first, each.id, wishes)).during.lower
        except NoWishFits:
            return None

    got = await asyncio.gather(*(one(each) for each in [visit, *rivals]))

    assert sorted(each for each in got if each) == wishes
    async with stage.work() as work:
        assert await reconcile(work, await office_by_id(work, stage.office.id)) == []
