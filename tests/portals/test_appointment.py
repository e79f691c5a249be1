"""/declarant/visits/{id}/appointment: the answer, what to show at the gate, and a way to change it."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest

from tests.support.stage import Stage
from tests.support.steps_booking import booked, calendars, to_book, tomorrow
from tests.support.steps_language import speaks
from visits.booking import queries
from visits.booking.calendar_file import calendar_file
from visits.booking.change import move
from visits.booking.token_keys import known_at
from visits.booking.tokens import Claim, TokenSuperseded, verify
from visits.journey.states import State
from visits.journey.tables import Visit
from visits.store.work import Work
from visits.web.typo import NBSP


@pytest.fixture
async def visit(stage: Stage) -> Visit:
    return await booked(stage)


@pytest.fixture
async def client(stage: Stage) -> AsyncIterator[httpx.AsyncClient]:
    async with stage.browser("declarant") as made:
        yield made


def at(visit: Visit, rest: str = "") -> str:
    return f"/declarant/visits/{visit.id}/appointment{rest}"


async def test_date_place_reference_and_code_without_a_name(client: httpx.AsyncClient, visit: Visit) -> None:
    page = (await client.get(at(visit))).text

    assert f"Mardi 24{NBSP}novembre à 10{NBSP}h" in page
    assert "Terminal 1 – bay A" in page
    assert visit.reference in page
    assert 'class="v-qr"' in page
    assert "Inspector1" not in page


async def test_the_language_asked_for_is_repeated(stage: Stage, client: httpx.AsyncClient) -> None:
    await speaks(stage, "en", "inspector1")
    english = await booked(stage, await to_book(stage, language="en"), tomorrow(stage, 14))
    french = await booked(stage)

    assert "Langue de la visite, comme demandé" in (page := (await client.get(at(english))).text)
    assert "anglais" in page
    assert "Langue de la visite" not in (await client.get(at(french))).text


async def test_cancelling_is_a_button_behind_a_page(stage: Stage, client: httpx.AsyncClient, visit: Visit) -> None:
    asked = (await client.get(at(visit, "/cancel"))).text
    assert (await stage.visit(visit.id)).state == State.BOOKED
    appointment = re.search(r'name="appointment" value="([^"]+)"', asked)
    assert appointment

    done = [await client.post(at(visit, "/cancel"), data={"appointment": appointment[1]}) for _ in range(2)]

    assert {each.headers["location"] for each in done} == {f"/declarant/visits/{visit.id}/slots"}
    assert (await stage.visit(visit.id)).state == State.TO_BOOK


async def test_two_hours_before_only_cancelling_is_left(stage: Stage, client: httpx.AsyncClient, visit: Visit) -> None:
    assert ">Déplacer</a>" in (await client.get(at(visit))).text
    stage.clock.set(tomorrow(stage, 8, 30))

    async with stage.browser("declarant") as later:
        page = (await later.get(at(visit))).text

    assert ">Déplacer</a>" not in page
    assert "Il est trop tard pour déplacer" in page
    assert ">Annuler</a>" in page


async def test_the_importer_looks_on_without_buttons(stage: Stage, visit: Visit) -> None:
    async with stage.browser("importer") as client:
        page = await client.get(at(visit))
        refused = await client.get(at(visit, "/cancel"))

    assert page.status_code == 200
    assert ">Annuler</a>" not in page.text
    assert refused.status_code == 403


@pytest.mark.parametrize(("who", "status"), [(None, 303), ("terminal", 403), ("other_declarant", 404)])
async def test_who_may_not_look(stage: Stage, visit: Visit, who: str | None, status: int) -> None:
    async with stage.browser(who) as client:
        assert (await client.get(at(visit))).status_code == status


async def test_somebody_elses_appointment_is_not_cancelled_through_mine(
    stage: Stage, client: httpx.AsyncClient, visit: Visit
) -> None:
    await calendars(stage)
    mine = await booked(stage, await to_book(stage), tomorrow(stage, 14))
    async with stage.work() as work:
        other = (await queries.live_of(work, visit.id))["confirmed"]

    assert (await client.post(at(mine, "/cancel"), data={"appointment": str(other.id)})).status_code == 404


async def test_the_calendar_file_keeps_its_name_and_counts_its_changes(client: httpx.AsyncClient, visit: Visit) -> None:
    answer = await client.get(at(visit, ".ics"))

    assert answer.headers["content-type"].startswith("text/calendar")
    assert "DTSTART:20261124T100000Z\r\n" in answer.text
    assert re.search(r"UID:[0-9a-f-]{36}\r\nSEQUENCE:0\r\n", answer.text)


async def test_no_line_of_a_calendar_file_is_longer_than_75_bytes(stage: Stage, visit: Visit) -> None:
    async with stage.work() as work:
        found = (await queries.live_of(work, visit.id))["confirmed"]
    text = calendar_file(
        appointment=found.id,
        version=2,
        starts_at=found.during.lower,
        ends_at=found.during.upper,
        made_at=found.made_at,
        title="Visite ; conjointe, avec " + "é" * 80,
        place="Terminal 1",
        text="Deux\nlignes",
        cancelled=True,
    )

    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    assert "METHOD:CANCEL" in text
    assert "Visite \\; conjointe\\, avec" in text
    assert text.replace("\r\n ", "").count("é") == 160


async def test_the_code_is_signed_spelt_out_and_changes_with_a_move(
    stage: Stage, client: httpx.AsyncClient, visit: Visit
) -> None:
    async def spelt() -> str:
        found = re.search(r'<p class="v-mono v-small">([^<]+)</p>', (await client.get(at(visit))).text)
        assert found
        return found[1].replace(" ", "")

    async def read(work: Work, text: str) -> Claim:
        return verify(text, await known_at(work, stage.office), work.now)

    first = await spelt()
    assert (await stage.run("inspector1", read, first)).reference == visit.reference
    async with stage.work() as work:
        now = (await queries.live_of(work, visit.id))["confirmed"]
    await stage.run("declarant", move, now.id, tomorrow(stage, 14))

    assert (await stage.run("inspector1", read, await spelt())).starts_at == tomorrow(stage, 14)
    with pytest.raises(TokenSuperseded):
        await stage.run("inspector1", read, first)
