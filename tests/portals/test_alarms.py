"""/office/alarms: who is told that a calendar differs, what a repair would change, and the figure for operators."""

from dataclasses import replace

import pytest

from tests.support.stage import Stage
from tests.support.steps_booking import booked, calendars
from tests.visits.booking.test_reconcile import compare, opened, spoil
from visits.settings import Settings
from visits.sites.tables import Office
from visits.web.typo import NBSP

PAGE = "/office/alarms"


async def alarmed(stage: Stage) -> str:
    """An office whose bay A is said to be free although somebody booked it; the alarm's id."""
    await booked(stage)
    await spoil(stage, "bay A", "work")
    await compare(stage)
    return str((await opened(stage))[0].id)


async def test_the_chief_sees_it_among_what_waits_and_repairs_it(stage: Stage) -> None:
    alarm = await alarmed(stage)
    async with stage.browser("chief") as client:
        queue = (await client.get("/chief")).text
        page = (await client.get(PAGE)).text
        done = await client.post(f"{PAGE}/{stage.office.id}", data={"alarm": alarm})
        after = (await client.get(PAGE)).text

    assert f'href="{PAGE}"' in queue
    assert "1 journée ne dit pas" in page
    assert f"de 10{NBSP}h à" in page
    assert alarm in page
    assert done.status_code == 303
    assert "Rien à réparer" in after
    assert await opened(stage) == []


async def test_looking_changes_nothing(stage: Stage) -> None:
    await alarmed(stage)
    async with stage.browser("chief") as client:
        await client.get(PAGE)

    assert len(await opened(stage)) == 1


async def test_an_administrator_sees_every_office_and_is_told_on_the_list(stage: Stage) -> None:
    alarm = await alarmed(stage)
    async with stage.browser("admin") as client:
        offices = (await client.get("/admin/offices")).text
        page = (await client.get(PAGE)).text
        await client.post(f"{PAGE}/{stage.office.id}", data={"alarm": alarm})

    assert f'href="{PAGE}"' in offices
    assert stage.office.name in page
    assert await opened(stage) == []


async def test_a_repair_sent_twice_or_with_nonsense_repairs_once(stage: Stage) -> None:
    alarm = await alarmed(stage)
    async with stage.browser("chief") as client:
        answers = [
            await client.post(f"{PAGE}/{stage.office.id}", data=data)
            for data in ({"alarm": "x"}, {}, {"alarm": alarm}, {"alarm": alarm})
        ]

    assert {each.status_code for each in answers} == {303}
    assert await opened(stage) == []


async def test_another_offices_alarm_is_not_there(stage: Stage) -> None:
    async with stage.work() as work:
        elsewhere = Office(code="CIAB3", name="Vridi", tz="Africa/Abidjan", country="CI", currency="XOF")
        work.session.add(elsewhere)
    async with stage.browser("chief") as client:
        answer = await client.post(f"{PAGE}/{elsewhere.id}", data={})

    assert answer.status_code == 404


@pytest.mark.parametrize("who", ["declarant", "inspector1", "terminal"])
async def test_who_has_no_business_there(stage: Stage, who: str) -> None:
    async with stage.browser(who) as client:
        assert (await client.get(PAGE)).status_code == 403


async def test_operators_read_the_figure(stage: Stage) -> None:
    await alarmed(stage)
    await calendars(await Stage(stage.tools, stage._owner, stage.clock, stage.app).found())
    async with stage.browser() as client:
        answer = await client.get("/metrics")

    assert f'visits_calendar_differences{{administration="{stage.host}",office="CIAB1"}} 1\n' in answer.text
    assert answer.headers["content-type"].startswith("text/plain")


async def test_the_figures_are_not_for_passers_by(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    settings: Settings = stage.app.state.settings
    async with stage.browser() as client:
        from_outside = await client.get("/metrics", headers={"x-forwarded-for": "192.0.2.1"})
        monkeypatch.setitem(stage.app.state._state, "settings", replace(settings, metrics_token="secret"))
        without = await client.get("/metrics")
        wrong = await client.get("/metrics", headers={"authorization": "Bearer other"})
        right = await client.get("/metrics", headers={"authorization": "Bearer secret"})

    assert [each.status_code for each in (from_outside, without, wrong, right)] == [404, 404, 404, 200]
