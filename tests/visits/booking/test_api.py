"""Booking for programs: every change once, however often it is sent."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.support.stage import Stage
from tests.support.steps_booking import booked, calendars, held, only, to_book, tomorrow
from tests.support.steps_premises import at_home
from visits.booking import queries
from visits.booking.reconcile import reconcile
from visits.booking.tables import Appointment
from visits.journey.states import State
from visits.journey.tables import Visit
from visits.sites.queries import office_by_id
from visits.store.idempotency import KNOWN, REPEATED, begin, prune

JSON = {"accept": "application/json"}


@pytest.fixture
async def visit(stage: Stage) -> Visit:
    await calendars(stage)
    return await to_book(stage)


def wish(stage: Stage, hour: int = 10) -> dict[str, Any]:
    return {"starts_at": tomorrow(stage, hour).isoformat()}


async def post(client: httpx.AsyncClient, path: str, key: str = "", body: Any = None) -> httpx.Response:
    return await client.post(path, json=body, headers={"idempotency-key": key} if key else {})


async def test_fourteen_days_of_masks_with_the_earliest_first(stage: Stage, visit: Visit) -> None:
    async with stage.browser("declarant", **JSON) as client:
        answer = await client.get(f"/api/visits/{visit.id}/slots")
        many = await client.get(f"/api/visits/{visit.id}/slots", params={"places": "true"})
        again = await client.get(f"/api/visits/{visit.id}/slots", headers={"if-none-match": answer.headers["etag"]})

    found = answer.json()
    assert len(found["days"]) == 14
    assert found["days"][0]["slots"][0] == {"starts_at": "2026-11-23T10:00:00Z", "places": None}
    assert many.json()["days"][0]["slots"][0]["places"] == 3
    assert int(found["days"][0]["mask"], 16) >> 16 & 1
    assert [each["rule"] for each in found["refused"]] == ["too_soon"]
    assert again.status_code == 304


async def test_a_visit_is_held_confirmed_moved_and_cancelled(stage: Stage, visit: Visit) -> None:
    async with stage.browser("declarant", **JSON) as client:
        kept = await post(client, f"/api/visits/{visit.id}/holds", "a", wish(stage))
        firm = await post(client, f"/api/holds/{kept.json()['id']}/confirm", "b")
        moved = await post(client, f"/api/appointments/{firm.json()['id']}/move", "c", wish(stage, 14))
        gone = await client.delete(f"/api/appointments/{moved.json()['id']}", headers={"idempotency-key": "d"})
        after = await client.get(f"/api/appointments/{moved.json()['id']}")

    assert [each.status_code for each in (kept, firm, moved, gone)] == [201, 200, 200, 204]
    assert (moved.json()["status"], moved.json()["supersedes"]) == ("confirmed", kept.json()["id"])
    assert after.json()["status"] == "cancelled"
    assert (await stage.visit(visit.id)).state == State.TO_BOOK


async def test_an_appointment_says_where_it_is_at_a_site_and_at_premises(stage: Stage, visit: Visit) -> None:
    home = await at_home(stage)
    async with stage.browser("declarant", **JSON) as client:
        here = (await post(client, f"/api/visits/{visit.id}/holds", "a", wish(stage))).json()
        there = (await post(client, f"/api/visits/{home.id}/holds", "b", wish(stage))).json()
        slots = (await client.get(f"/api/visits/{home.id}/slots")).json()

    assert here["place"] == {
        "kind": "site",
        "name": stage.site.name,
        "address": stage.site.address,
        "bay": here["place"]["bay"],
    }
    assert here["place"]["bay"].startswith("bay")
    assert there["place"] == {
        "kind": "premises",
        "name": "Entrepôt Exemple",
        "address": "Zone industrielle, lot 12",
        "bay": "",
    }
    assert (there["site"], slots["held"]["place"]) == (None, there["place"])


async def test_the_same_key_fifty_times_is_one_hold_and_one_answer(stage: Stage, visit: Visit) -> None:
    async with stage.browser("declarant", **JSON) as client:
        answers = await asyncio.gather(
            *(post(client, f"/api/visits/{visit.id}/holds", "k", wish(stage)) for _ in range(50))
        )

    good = [each for each in answers if each.status_code == 201]
    assert {each.status_code for each in answers} <= {201, 409}
    assert {each.json()["code"] for each in answers if each.status_code == 409} <= {"idempotency-key-in-flight"}
    assert len({each.content for each in good}) == 1
    async with stage.work() as work:
        assert len(await queries.live_of(work, visit.id)) == 1


async def test_a_repeat_gets_its_first_answer_even_when_things_have_changed(stage: Stage, visit: Visit) -> None:
    async with stage.browser("declarant", **JSON) as client:
        first = await post(client, f"/api/visits/{visit.id}/holds", "k", wish(stage))
        stage.clock.move(minutes=20)
        again = await post(client, f"/api/visits/{visit.id}/holds", "k", wish(stage))

    assert (again.status_code, again.content) == (first.status_code, first.content)


async def test_without_a_key_nothing_is_done(stage: Stage, visit: Visit) -> None:
    async with stage.browser("declarant", **JSON) as client:
        answer = await post(client, f"/api/visits/{visit.id}/holds", body=wish(stage))

    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency-key-missing")
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_key_belongs_to_one_request_of_one_person(stage: Stage, visit: Visit) -> None:
    other = await to_book(stage)
    async with stage.browser("declarant", **JSON) as client:
        await post(client, f"/api/visits/{visit.id}/holds", "k", wish(stage))
        reused = await post(client, f"/api/visits/{visit.id}/holds", "k", wish(stage, 14))
    async with stage.browser("firm_admin", **JSON) as client:
        theirs = await post(client, f"/api/visits/{other.id}/holds", "k", wish(stage))

    assert (reused.status_code, reused.json()["code"]) == (422, "idempotency-key-reused")
    assert theirs.status_code == 201


async def test_a_twin_in_flight_is_told_to_wait(stage: Stage, visit: Visit) -> None:
    async with stage.work("declarant") as work:
        await begin(work, "k", b"same")
        async with stage.browser("declarant", **JSON) as client:
            answer = await post(client, f"/api/visits/{visit.id}/holds", "k", wish(stage))

    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency-key-in-flight")


async def test_a_refusal_is_not_kept_for_its_key(stage: Stage, visit: Visit) -> None:
    await only(stage, "bay A", "inspector1")
    await calendars(stage)
    rival = await held(stage, await to_book(stage), tomorrow(stage, 10))
    async with stage.browser("declarant", **JSON) as client:
        refused = await post(client, f"/api/visits/{visit.id}/holds", "k", wish(stage))
        await client.delete(f"/api/holds/{rival.id}", headers={"idempotency-key": "d"})
        again = await post(client, f"/api/visits/{visit.id}/holds", "k", wish(stage))

    assert (refused.status_code, refused.json()["code"]) == (409, "slot-taken")
    assert refused.json()["offer"][0]["day"] == "2026-11-23"
    assert again.status_code == 201


async def test_after_thirty_days_the_key_alone_is_known_and_later_nothing(stage: Stage, visit: Visit) -> None:
    async with stage.browser("declarant", **JSON) as client:
        await post(client, f"/api/visits/{visit.id}/holds", "k", wish(stage))
        body = wish(stage)
        stage.clock.move(days=REPEATED.days, seconds=1)
    await stage.run("system", prune)
    async with stage.browser("declarant", **JSON) as client:
        old = await post(client, f"/api/visits/{visit.id}/holds", "k", body)
    stage.clock.move(days=KNOWN.days)
    await stage.run("system", prune)
    async with stage.browser("declarant", **JSON) as client:
        forgotten = await post(client, f"/api/visits/{visit.id}/holds", "k", body)

    assert (old.status_code, old.json()["code"]) == (410, "idempotency-key-old")
    assert forgotten.json()["code"] == "slot-past"


@pytest.mark.parametrize(
    ("at", "code"), [("9999-12-31T23:59:59-14:00", "too-far"), ("0001-01-01T00:00:00+14:00", "slot-past")]
)
async def test_the_ends_of_time_are_refused_as_any_other_hour(stage: Stage, visit: Visit, at: str, code: str) -> None:
    async with stage.browser("declarant", **JSON) as client:
        kept = await post(client, f"/api/visits/{visit.id}/holds", "k", {"starts_at": at})
        why = await client.get(f"/api/visits/{visit.id}/slots/explain", params={"at": at})
        wished = await post(client, f"/api/visits/{visit.id}/wishes", "w", {"wishes": [at]})
    async with stage.browser("declarant") as browser:
        shown = await browser.post(f"/declarant/visits/{visit.id}/slots", data={"start": at})

    assert (kept.status_code, kept.json()["code"]) == (409, code)
    assert (why.status_code, why.json()["code"]) == (409, code)
    assert wished.json()["refused"][0]["code"] == code
    assert shown.status_code < 500


async def test_a_time_without_a_zone_is_not_guessed(stage: Stage, visit: Visit) -> None:
    async with stage.browser("declarant", **JSON) as client:
        answer = await post(client, f"/api/visits/{visit.id}/holds", "k", {"starts_at": "2026-11-24T10:00:00"})

    assert (answer.status_code, answer.json()["code"]) == (422, "bad-input")


@pytest.mark.parametrize(
    ("who", "status"), [(None, 401), ("terminal", 403), ("importer", 403), ("other_declarant", 404), ("declarant", 200)]
)
async def test_who_sees_the_slots_of_a_visit(stage: Stage, visit: Visit, who: str | None, status: int) -> None:
    async with stage.browser(who, **JSON) as client:
        assert (await client.get(f"/api/visits/{visit.id}/slots")).status_code == status


async def test_a_foreign_appointment_is_not_there(stage: Stage) -> None:
    appointment = await _of(stage, await booked(stage))
    async with stage.browser("other_declarant", **JSON) as client:
        answers = [
            await client.get(f"/api/appointments/{appointment.id}"),
            await post(client, f"/api/appointments/{appointment.id}/move", "a", wish(stage, 14)),
            await post(client, f"/api/holds/{appointment.id}/confirm", "b"),
            await client.delete(f"/api/appointments/{appointment.id}", headers={"idempotency-key": "c"}),
        ]

    assert {each.status_code for each in answers} == {404}


async def test_two_tries_with_a_dead_line_between_leave_one_move(stage: Stage) -> None:
    visit = await booked(stage)
    appointment = await _of(stage, visit)
    async with stage.browser("declarant", **JSON) as client:
        first, again = [
            await post(client, f"/api/appointments/{appointment.id}/move", "m", wish(stage, 14)) for _ in range(2)
        ]

    assert first.content == again.content
    async with stage.work() as work:
        assert await reconcile(work, await office_by_id(work, stage.office.id)) == []
        assert (await queries.live_of(work, visit.id))["confirmed"].during.lower == tomorrow(stage, 14)


async def _of(stage: Stage, visit: Visit) -> Appointment:
    async with stage.work() as work:
        return (await queries.live_of(work, visit.id))["confirmed"]
