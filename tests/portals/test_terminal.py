"""A terminal's page: what to place where and when, one button for each, nothing about whose it is."""

import re
from datetime import timedelta
from typing import Any

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import select
from sqlmodel import col

from tests.portals.reading import said
from tests.support.live import PHONE, chromium, serving, window
from tests.support.stage import Stage
from tests.support.steps_booking import booked
from tests.support.steps_fieldwork import BOX, ended, ready, started
from visits.background.deliver import deliver
from visits.fieldwork import branches
from visits.fieldwork.tables import Step
from visits.ids import new_id
from visits.journey.tables import Visit
from visits.people import queries as people
from visits.sites.tables import Office, Site
from visits.store.tables import DomainEvent


def forms(page: httpx.Response, position: str = "placed") -> list[tuple[str, dict[str, str]]]:
    """Where each button of one word leads, and what it sends."""
    found = re.findall(r'<form[^>]*action="(/terminal/visits/[^"]+)">(.*?)</form>', page.text, re.DOTALL)
    sent = [(path, dict(re.findall(r'name="(\w+)" value="([^"]*)"', inside))) for path, inside in found]
    return [(path, each) for path, each in sent if each["position"] == position]


async def told(stage: Stage, visit: Visit) -> list[list[str]]:
    """The containers of each « goods presented » of a visit."""
    async with stage.work() as work:
        rows = await work.session.scalars(
            select(DomainEvent).where(col(DomainEvent.visit_id) == visit.id, col(DomainEvent.kind) == "goods_presented")
        )
        return [row.body["containers"] for row in rows]


async def test_without_appointments_nothing_is_to_place(stage: Stage) -> None:
    async with stage.browser("terminal") as screen:
        assert "Rien n'est attendu aujourd'hui ni demain" in said(await screen.get("/terminal")).replace("’", "'")


async def test_tomorrows_container_is_listed_with_its_hour_and_place_and_nobodys_name(stage: Stage) -> None:
    await booked(stage)

    async with stage.browser("terminal") as screen:
        text = said(await screen.get("/terminal"))

    for shown in ("1 mise en place à faire", "Demain, mardi 24 novembre", "10 h", "QZVU 508 163 9", "C 48001"):
        assert shown in text
    for hidden in ("Transit", "Comptoir", "Disques", "REF48001", "Declarant"):
        assert hidden not in text
    assert "Terminal 1 · bay" in text
    assert "à placer" in text


async def test_after_tomorrow_is_too_early(stage: Stage) -> None:
    await booked(stage)
    stage.clock.move(days=-1)

    async with stage.browser("terminal") as screen:
        assert "Rien à placer" in said(await screen.get("/terminal"))


async def test_placed_is_noted_once_and_told(stage: Stage) -> None:
    visit = await booked(stage)

    async with stage.browser("terminal") as screen:
        [(path, sent)] = forms(await screen.get("/terminal"))
        assert sent["container"] == BOX
        for _ in range(2):
            page = await screen.post(path, data=sent, follow_redirects=True)

    assert "Tout est en place" in said(page)
    assert forms(page) == []
    assert await told(stage, visit) == [[BOX]]
    async with stage.work() as work:
        [step] = await work.session.scalars(select(Step).where(col(Step.visit_id) == visit.id))
    assert (step.kind, step.person_id) == ("goods_presented", stage.actors["terminal"].person)


async def test_each_container_is_placed_by_itself(stage: Stage) -> None:
    visit = await booked(stage)
    async with stage.work() as work:
        kept = await work.session.get_one(Visit, visit.id)
        kept.order = kept.order | {"containers": [BOX, "QZVU5081644"]}

    async with stage.browser("terminal") as screen:
        path, sent = forms(await screen.get("/terminal"))[1]
        page = await screen.post(path, data=sent, follow_redirects=True)

    assert "1 mise en place à faire" in said(page)
    assert await told(stage, visit) == [["QZVU5081644"]]


async def test_goods_without_container_are_placed_too(stage: Stage) -> None:
    visit = await booked(stage)
    async with stage.work() as work:
        kept = await work.session.get_one(Visit, visit.id)
        kept.order = kept.order | {"containers": []}

    async with stage.browser("terminal") as screen:
        page = await screen.get("/terminal")
        assert "Sans conteneur" in said(page)
        [(path, sent)] = forms(page)
        assert "Tout est en place" in said(await screen.post(path, data=sent, follow_redirects=True))

    assert await told(stage, visit) == [[]]


WRONG: dict[str, tuple[dict[str, Any], int]] = {
    "another container": ({"container": "QZVU0000000"}, 422),
    "no mark": ({"id": "x"}, 422),
    "no known word": ({"position": "lost"}, 422),
    "blocked without a reason": ({"position": "blocked"}, 422),
    "blocked for a reason that is not on the list": ({"position": "blocked", "reason": "rain"}, 422),
    "another reason without a word": ({"position": "blocked", "reason": "other", "note": "  "}, 422),
}


@pytest.mark.parametrize(("changed", "status"), WRONG.values(), ids=WRONG)
async def test_what_is_not_on_the_list_is_refused(stage: Stage, changed: dict[str, Any], status: int) -> None:
    visit = await booked(stage)

    async with stage.browser("terminal") as screen:
        [(path, sent)] = forms(await screen.get("/terminal"))
        assert (await screen.post(path, data=sent | changed)).status_code == status

    assert await told(stage, visit) == []


async def test_a_visit_that_is_over_takes_nothing_more(stage: Stage) -> None:
    visit = await ended(stage, await started(stage))

    async with stage.browser("terminal") as screen:
        page = await screen.get("/terminal")
        late = {"id": str(new_id()), "container": BOX, "position": "placed"}
        assert (await screen.post(f"/terminal/visits/{visit.id}/position", data=late)).status_code == 409

    assert "placé" in said(page)
    assert forms(page) == []


async def test_not_found_and_blocked_are_told_with_their_reason_and_the_visit_keeps_its_time(stage: Stage) -> None:
    visit = await booked(stage)
    async with stage.browser("terminal") as screen:
        [(path, sent)] = forms(await screen.get("/terminal"), "missing")
        page = await screen.post(path, data=sent, follow_redirects=True)
        assert "non trouvé" in said(page)
        again = {"id": str(new_id()), "container": BOX, "position": "blocked", "reason": "stacked", "note": "rang 4"}
        page = await screen.post(path, data=again, follow_redirects=True)

    for shown in ("bloqué", "sous d'autres conteneurs", "rang 4", "1 conteneur ne peut pas être placé"):
        assert shown in said(page).replace("’", "'")
    assert (await stage.visit(visit.id)).state == "booked"
    async with stage.work() as work:
        kinds = await work.session.scalars(
            select(col(DomainEvent.kind))
            .where(col(DomainEvent.visit_id) == visit.id, col(DomainEvent.kind).startswith("goods"))
            .order_by(col(DomainEvent.seq))
        )
        assert kinds.all() == ["goods_missing", "goods_blocked"]


async def test_what_was_said_is_taken_back_until_the_visit_begins(stage: Stage) -> None:
    visit = await ready(stage)
    async with stage.browser("terminal") as screen:
        [(path, sent)] = forms(await screen.get("/terminal"))
        page = await screen.post(path, data=sent, follow_redirects=True)
        [(path, back)] = forms(page, "to_place")
        page = await screen.post(path, data=back, follow_redirects=True)
        assert "à placer" in said(page)
        # The first form, sent again by a bad line, does not undo the undoing.
        assert "à placer" in said(await screen.post(path, data=sent, follow_redirects=True))
        [(path, fresh)] = forms(page)
        await screen.post(path, data=fresh)
        await started(stage, visit)
        page = await screen.get("/terminal")
        late = {"id": str(new_id()), "container": BOX, "position": "to_place"}
        assert (await screen.post(path, data=late)).status_code == 409

    assert forms(page, "to_place") == []


async def test_the_inspector_no_longer_sees_as_placed_what_was_taken_back(stage: Stage) -> None:
    visit = await ready(stage)
    async with stage.browser("terminal") as screen, stage.browser("inspector1") as tablet:
        [(path, sent)] = forms(await screen.get("/terminal"))
        await screen.post(path, data=sent)
        assert "Conteneurs en place" in said(await tablet.get("/inspector/day"))
        [(path, back)] = forms(await screen.get("/terminal"), "to_place")
        await screen.post(path, data=back)

        assert "Conteneurs en place" not in said(await tablet.get("/inspector/day"))
        assert visit.id


async def test_the_day_is_printed_and_exported_as_text_no_spreadsheet_runs(stage: Stage) -> None:
    visit = await booked(stage)
    async with stage.browser("terminal") as screen:
        sent = {"id": str(new_id()), "container": BOX, "position": "blocked", "reason": "other", "note": "=1+1"}
        await screen.post(f"/terminal/visits/{visit.id}/position", data=sent)
        sheet = await screen.get("/terminal/positioning.csv?day=2026-11-24&site=TC01")
        paper = await screen.get("/terminal/positioning?day=2026-11-24")
        assert (await screen.get("/terminal/positioning.csv?day=demain")).status_code == 422

    head, line = sheet.content.decode("utf-8-sig").splitlines()
    assert head.startswith("Jour;Heure;Fin;")
    assert line.split(";")[5:8] == [BOX, "C 48001", visit.reference]
    assert "'=1+1" in line
    assert "Imprimée à" in said(paper)
    assert "QZVU 508 163 9" in said(paper)


async def test_absent_goods_are_shown_as_not_found_and_wanted_again_at_the_next_time(stage: Stage) -> None:
    visit = await ready(stage)
    async with stage.browser("terminal") as screen:
        [(path, sent)] = forms(await screen.get("/terminal"))
        await screen.post(path, data=sent)
        stage.clock.move(minutes=20)
        await stage.run("inspector1", branches.goods_absent, visit.id, id=new_id())
        await deliver(stage.tools, stage.tenant, visit.id)
        page = await screen.get("/terminal")
        assert "non trouvé" in said(page)
        assert forms(page) == []

        await booked(stage, visit, stage.clock.now().replace(hour=14, minute=0) + timedelta(days=1))

        assert len(forms(await screen.get("/terminal"))) == 1


async def test_another_office_sees_and_places_nothing(stage: Stage) -> None:
    visit = await booked(stage)
    async with stage.work() as work:
        elsewhere = Office(code="CIAB3", name="Vridi", tz="Africa/Abidjan", country="CI", currency="XOF")
        work.session.add(elsewhere)
        await work.session.flush()
        held = (await people.memberships_of(work, stage.actors["terminal"].person))[0]  # type: ignore[arg-type]
        held.office_id = elsewhere.id

    async with stage.browser("terminal") as screen:
        assert BOX[-7:-4] not in said(await screen.get("/terminal"))
        sent = {"id": str(new_id()), "container": BOX, "position": "placed"}
        assert (await screen.post(f"/terminal/visits/{visit.id}/position", data=sent)).status_code == 404

    assert await told(stage, visit) == []


async def test_the_list_is_read_site_by_site(stage: Stage) -> None:
    await booked(stage)
    async with stage.work() as work:
        work.session.add(Site(office_id=stage.office.id, code="MAG 2", name="Magasin 2", locations=["M2"]))

    async with stage.browser("terminal") as screen:
        assert forms(await screen.get("/terminal?site=TC01"))
        assert "Rien n'est attendu à ce lieu" in said(await screen.get("/terminal?site=MAG+2")).replace("’", "'")
        [(path, sent)] = forms(await screen.get("/terminal?site=TC01"))
        assert (await screen.post(path, data=sent)).headers["location"] == "/terminal?site=TC01"


@pytest.mark.browser
@pytest.mark.slow  # Chromium is started
async def test_on_a_phone_axe_finds_nothing(stage: Stage, app: Litestar) -> None:
    async with serving(app) as port, chromium() as browser:
        await booked(stage)
        phone = await window(browser, stage, port, "terminal", size=PHONE)
        page = await phone.go("/terminal")
        assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth")
        await phone.press("Placé")
