"""The board: decisions first, the day as drawing and as table, figures with their n, kept live."""

import asyncio
from datetime import timedelta
from typing import Any

from sqlalchemy.dialects.postgresql import Range

from tests.support.stage import Stage
from tests.support.steps_booking import another
from tests.support.steps_states import assigned, at_state, booked, happen
from visits import events
from visits.clearance.tables import LinkState, Outbound
from visits.journey.states import State
from visits.journey.tables import Visit
from visits.people import queries as people
from visits.people.signin import open_session
from visits.portals.supervisor.board import changes
from visits.portals.supervisor.queries import officers
from visits.sites.tables import Absence


async def shown(stage: Stage, who: str = "supervisor", path: str = "/supervisor/board") -> str:
    async with stage.browser(who) as browser:
        answer = await browser.get(path)
    assert answer.status_code == 200
    return answer.text.replace("\u00a0", " ").replace("\u202f", " ")


async def planned(stage: Stage, minutes: float = 60, inspector: str | None = "inspector1") -> Visit:
    """A visit booked some minutes from now, with its inspector."""
    visit = await booked(
        stage, await at_state(stage, State.TO_BOOK, minutes=0), stage.clock.now() + timedelta(minutes=minutes)
    )
    return await assigned(stage, visit, inspector) if inspector else visit


async def test_a_quiet_day_says_so(stage: Stage) -> None:
    text = await shown(stage)

    assert "Aucune décision ne vous attend" in text
    assert "aucune visite aujourd’hui" in text


async def test_a_visit_that_did_not_begin_is_a_decision_after_the_grace(stage: Stage) -> None:
    visit = await planned(stage)
    stage.clock.move(minutes=75)
    before = await shown(stage)
    stage.clock.move(minutes=1)

    after = await shown(stage)

    assert "n’a pas commencé" not in before
    assert "C 48001 n’a pas commencé" in after
    assert "1 décision vous attend" in after
    assert f'href="/office/visits/{visit.id}"' in after


async def test_a_visit_without_inspector_is_a_decision_and_stands_in_the_tray(stage: Stage) -> None:
    await planned(stage, inspector=None)

    text = await shown(stage, "chief")

    assert "1 visite sans vérificateur" in text
    assert 'href="/chief/assignment"' in text
    assert 'href="/chief/assignment"' not in await shown(stage, "supervisor")


async def test_a_report_that_waits_half_an_hour_is_a_decision(stage: Stage) -> None:
    visit = await at_state(stage, State.SIGNED)
    stage.clock.move(minutes=30)
    before = await shown(stage, "chief")
    stage.clock.move(minutes=1)

    after = await shown(stage, "chief")

    assert "attend sa validation" not in before
    assert "1 rapport attend sa validation" in after
    assert f'href="/chief/reports/{visit.id}"' in after


async def test_the_drawing_and_the_table_say_the_same(stage: Stage) -> None:
    done, running = await planned(stage), await planned(stage, 60, "inspector2")
    stage.clock.move(minutes=60)
    for visit, who in ((done, "inspector1"), (running, "inspector2")):
        await happen(stage, visit, who, events.VisitStarted)
    stage.clock.move(minutes=50)
    await happen(stage, done, "inspector1", events.VisitEnded)
    stage.clock.move(minutes=30)

    drawing = await shown(stage)
    table = await shown(stage, path="/supervisor/board?view=table")

    assert "2 visites : 1 faite, 1 en cours" in drawing
    for text in (drawing, table):
        assert text.count(f'href="/office/visits/{done.id}"') == 1
        assert "fait" in text
        assert "dépasse" in text
    assert "<svg" in drawing
    assert "dépasse, 20 min" in table
    assert "/slots" not in table


async def test_an_absent_inspector_has_a_row_that_says_so(stage: Stage) -> None:
    now = stage.clock.now()
    async with stage.work() as work:
        work.session.add(
            Absence(
                resource_id=stage.resources["inspector2"].id,
                during=Range(now, now + timedelta(hours=6)),
                reason="called_away",
                at=now,
            )
        )
    await planned(stage)

    text = await shown(stage)

    assert "Absent jusqu’à 14 h" in text
    assert "called_away" not in text
    assert "mission" not in text


async def test_few_visits_show_counts_and_no_statistics(stage: Stage) -> None:
    visit = await planned(stage)
    stage.clock.move(minutes=60)
    await happen(stage, visit, "declarant", events.PartyCheckedIn, party="declarant")
    stage.clock.move(minutes=10)
    await happen(stage, visit, "inspector1", events.VisitStarted)

    text = await shown(stage)

    assert '<span class="v-num">1 <small>sur 1</small></span>' in text
    assert "1 visite : chiffre montré à partir de 30" in text


async def test_an_outage_says_since_when_what_goes_on_and_what_happens_by_itself(stage: Stage) -> None:
    visit = await at_state(stage, State.VALIDATED)
    async with stage.work() as work:
        now = work.now
        work.session.add(LinkState(name="clearance", down_since=now))
        work.session.add(
            Outbound(
                visit_id=visit.id,
                office_id=visit.office_id,
                link="clearance",
                message_key=str(visit.id),
                version=1,
                due_at=now,
                at=now,
            )
        )
    stage.clock.move(minutes=25)

    text = await shown(stage)

    assert f"ne répond plus depuis {now.hour} h {now.minute}" in text
    assert "Les visites et les réservations continuent." in text
    assert "1 rapport partira seul dès son retour." in text
    assert "1 attend, depuis 25 min" in text


async def test_another_office_and_a_firm_see_nothing(stage: Stage) -> None:
    async with stage.browser("declarant") as browser:
        assert (await browser.get("/supervisor/board")).status_code == 403
        assert (await browser.get("/supervisor/board/events")).status_code == 403


async def test_a_change_in_the_office_is_heard_and_the_end_of_the_hub_ends_the_stream(stage: Stage) -> None:
    hub = stage.app.state.hub
    await hub.ready()
    stream = changes(hub, str(stage.office.id))

    first = await anext(stream)
    await stage.opened()
    news = await asyncio.wait_for(anext(stream), 5)
    hub.hang_up()
    rest = [each async for each in stream]

    assert (first.comment, news.data) == ("listening", "changed")
    assert {each.data for each in rest} <= {"changed"}


async def test_a_silent_stream_keeps_its_line_open(stage: Stage) -> None:
    stream = changes(stage.app.state.hub, "nothing", heartbeat=0.01)

    assert [(await anext(stream)).comment for _ in range(3)] == ["listening", "still here", "still here"]
    await stream.aclose()  # type: ignore[attr-defined]


async def test_the_stream_arrives_piece_by_piece_and_holds_no_transaction(stage: Stage) -> None:
    async with stage.work() as work:
        person = await people.person_by_id(work, stage.actors["supervisor"].person)  # type: ignore[arg-type]
        token = (await open_session(work, person)).token
    sent: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    gone = asyncio.Event()
    asked = iter([{"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> dict[str, Any]:
        for message in asked:
            return message
        await gone.wait()
        return {"type": "http.disconnect"}

    headers = {"host": stage.host, "cookie": f"visits-session={token}", "accept-encoding": "gzip", "accept": "*/*"}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/supervisor/board/events",
        "raw_path": b"/supervisor/board/events",
        "root_path": "",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": (stage.host, 80),
    }
    task = asyncio.create_task(stage.app(scope, receive, sent.put))  # type: ignore[arg-type]

    start, body = await asyncio.wait_for(sent.get(), 5), await asyncio.wait_for(sent.get(), 5)
    pool = stage.tools.database.engine.pool
    checked_out = pool.checkedout()  # type: ignore[attr-defined]
    await stage.opened()
    news = await asyncio.wait_for(sent.get(), 5)
    gone.set()
    await asyncio.wait_for(task, 5)

    assert (start["status"], dict(start["headers"])[b"content-type"]) == (200, b"text/event-stream; charset=utf-8")
    assert b"listening" in body["body"]
    assert b"changed" in news["body"]
    assert checked_out == 0


async def test_a_chief_can_move_a_planned_visit_from_the_table_without_dragging(stage: Stage) -> None:
    visit = await planned(stage)

    table = await shown(stage, "chief", "/supervisor/board?view=table")

    assert f'href="/chief/visits/{visit.id}/slots"' in table


async def test_inspectors_are_in_the_order_of_their_numbers(stage: Stage) -> None:
    for number in (10, 11, 4):
        await another(stage, f"inspector{number}", "officer")

    async with stage.work() as work:
        found = await officers(work, stage.office.id, stage.clock.now().date())

    assert [name for _, name in found] == [f"inspector{number}" for number in (1, 2, 3, 4, 10, 11)]
