"""The inspection of services: the journal as page and as file, its own reading noted, and the chain checked."""

import csv
import io

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.portals.reading import said
from tests.support.live import DESK, chromium, serving, window
from tests.support.stage import Stage
from visits.declarations.lane import Colour
from visits.declarations.select import select_lane
from visits.evidence.verify import links, verify
from visits.people import queries as people
from visits.portals.integrity.sheet import cell
from visits.sites.tables import Office
from visits.store.work import Work


async def noted(stage: Stage, action: str = "lane_set", who: str = "chief", times: int = 1, **facts: str) -> None:
    """Entries in the office's journal."""

    async def use_case(work: Work) -> None:
        for _ in range(times):
            work.audit(action, office=stage.office.id, **facts)

    await stage.run(who, use_case)


async def elsewhere(stage: Stage) -> None:
    """The reader belongs to another office."""
    async with stage.work() as work:
        other = Office(code="CIAB3", name="Vridi", tz="Africa/Abidjan", country="CI", currency="XOF")
        work.session.add(other)
        await work.session.flush()
        held = (await people.memberships_of(work, stage.actors["integrity"].person))[0]  # type: ignore[arg-type]
        held.office_id = other.id


def rows(answer: httpx.Response) -> list[list[str]]:
    """The exported file without its heading."""
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))[1:]


async def test_reading_the_journal_is_itself_an_entry(stage: Stage) -> None:
    async with stage.browser("integrity") as desk:
        await desk.get("/integrity?person=chief")
        await desk.get("/integrity/journal.csv")
        text_ = said(await desk.get("/integrity?person=integrity"))

    assert "2 entrées au journal" in text_
    assert "Integrity Exemple Journal exporté" in text_
    assert "Integrity Exemple Journal lu demande: {&#34;person&#34;: &#34;chief&#34;}, page: 1" in text_


async def test_entries_are_newest_first_with_who_what_and_about_which_case(stage: Stage) -> None:
    visit = await stage.opened()
    await stage.run("system", select_lane, visit.declaration_id, Colour.GREEN, source="message", reason="autre")
    stage.clock.move(minutes=1)
    async with stage.work("chief") as work:
        work.audit("visit_cancelled", visit.id, office=stage.office.id, reason="retrait")

    async with stage.browser("integrity") as desk:
        page = await desk.get("/integrity")

    text_ = said(page).partition("Précisions")[2]
    assert f'href="/office/visits/{visit.id}"' in page.text
    assert text_.index("Visite annulée") < text_.index("Circuit enregistré")
    assert "Chief Exemple" in text_
    assert "C 48001 · " in text_


async def test_an_entry_about_a_part_of_a_case_leads_to_the_case_and_shortens_digests(stage: Stage) -> None:
    visit = await stage.opened()
    await noted(stage, "document_added", "declarant", visit=str(visit.id), sha256="ab" * 32, note="")

    async with stage.browser("integrity") as desk:
        page = await desk.get("/integrity?action=document_added")
        [line] = rows(await desk.get("/integrity/journal.csv?action=document_added"))

    assert f'href="/office/visits/{visit.id}"' in page.text
    assert ">empreinte du fichier: abababababab…<" in page.text
    assert line[5] == f"empreinte du fichier: {'ab' * 32}, visite: {visit.id}"


async def test_filters_narrow_page_and_file(stage: Stage) -> None:
    await noted(stage, "lane_set", "chief", reason="du chef")
    await noted(stage, "package_reviewed", "inspector1", reason="du vérificateur")
    stage.clock.move(days=1)
    await noted(stage, "lane_set", "chief", reason="du lendemain")

    async with stage.browser("integrity") as desk:
        for query, wanted in (
            ("action=lane_set", {"du chef", "du lendemain"}),
            ("person=INSPECTOR", {"du vérificateur"}),
            ("person=chief&day=2026-11-23", {"du chef"}),
            ("day=2026-11-24&action=lane_set", {"du lendemain"}),
            ("day=hier&action=lane_set", {"du chef", "du lendemain"}),
        ):
            text_ = said(await desk.get(f"/integrity?{query}"))
            file = rows(await desk.get(f"/integrity/journal.csv?{query}"))
            for reason in ("du chef", "du vérificateur", "du lendemain"):
                assert (f"raison: {reason}" in text_) == (reason in wanted), query
            assert {line[5].removeprefix("raison: ") for line in file} == wanted
        assert "Rien ne correspond" in said(await desk.get("/integrity?person=personne"))


async def test_fifty_entries_a_page(stage: Stage) -> None:
    await noted(stage, times=51)

    async with stage.browser("integrity") as desk:
        first = await desk.get("/integrity?action=lane_set")
        second = await desk.get("/integrity?action=lane_set&p=2")
        none = await desk.get("/integrity?action=lane_set&p=9")

    assert [page.text.count('<th scope="row">') for page in (first, second, none)] == [50, 1, 0]
    assert "?action=lane_set&amp;p=2" in first.text
    assert "Page 2 sur 2" in said(second)


async def test_another_offices_journal_is_not_there(stage: Stage) -> None:
    await noted(stage, reason="secret")
    await elsewhere(stage)

    async with stage.browser("integrity") as desk:
        assert "secret" not in (await desk.get("/integrity")).text
        assert "secret" not in (await desk.get("/integrity/journal.csv")).text


@pytest.mark.parametrize("typed", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "＝1"])
def test_a_cell_never_begins_a_formula(typed: str) -> None:
    assert cell(typed) == f"'{typed}"


@pytest.mark.parametrize("typed", ["", "lane: red", "1-2", "a=b", "'=1"])
def test_other_cells_stay_as_they_are(typed: str) -> None:
    assert cell(typed) == typed


async def test_the_file_disarms_what_people_typed(stage: Stage) -> None:
    async with stage.work() as work:
        person = await people.person_by_login(work, "chief")
        assert person
        person.name = '=HYPERLINK("http://x";"y")'
    await noted(stage)

    async with stage.browser("integrity") as desk:
        [line] = rows(await desk.get("/integrity/journal.csv?action=lane_set"))

    assert line[1] == '\'=HYPERLINK("http://x";"y")'
    assert line[2:4] == ["Circuit enregistré", "lane_set"]


async def test_a_whole_chain_is_said_with_the_number_of_its_links(stage: Stage) -> None:
    await stage.opened()

    async with stage.browser("integrity") as desk:
        counted = await stage.run("integrity", links)
        verdict = said(await desk.post("/integrity/verify"))
        assert "La chaîne est entière" in verdict
        assert f"{counted} maillons vérifiés" in verdict
        assert "Chaîne vérifiée" in said(await desk.get("/integrity"))


BREAKS = {
    "a digest changed": ("update chain_entry set digest = sha256(digest) where seq = 2", "maillon a été changé"),
    "a row reworded": ("update audit set action = 'lane_kept' where action = 'lane_set'", "ligne du journal"),
}


@pytest.mark.parametrize(("deed", "why"), BREAKS.values(), ids=BREAKS)
async def test_the_first_break_is_named(stage: Stage, owner: AsyncEngine, deed: str, why: str) -> None:
    await noted(stage, times=3)
    async with owner.begin() as connection:
        await connection.execute(text("select set_config('app.tenant', :t, true)"), {"t": str(stage.tenant)})
        await connection.execute(text(deed))

    async with stage.browser("integrity") as desk:
        verdict = said(await desk.post("/integrity/verify"))

    assert "La chaîne est rompue" in verdict
    assert "CIAB1 Abidjan-Port" in verdict
    assert why in verdict


async def test_what_is_written_during_the_check_is_no_break(stage: Stage) -> None:
    await stage.opened()

    async with stage.work("integrity") as work:
        await noted(stage)
        assert await verify(work) == []


async def test_a_link_beyond_the_head_vouches_for_nothing(stage: Stage, owner: AsyncEngine) -> None:
    await noted(stage)
    async with owner.begin() as connection:
        await connection.execute(text("select set_config('app.tenant', :t, true)"), {"t": str(stage.tenant)})
        await connection.execute(
            text("update chain_head set seq = seq - 1, hash = sha256(hash) where chain_id = :office"),
            {"office": stage.office.id},
        )

    assert any(each.why.startswith("audit") for each in await stage.run("integrity", verify))


@pytest.mark.parametrize("who", ["chief", "supervisor", "inspector1", "admin", "declarant"])
async def test_the_journal_is_for_the_inspection_of_services_alone(stage: Stage, who: str) -> None:
    async with stage.browser(who) as other:
        assert [
            (await other.get("/integrity")).status_code,
            (await other.get("/integrity/journal.csv")).status_code,
            (await other.post("/integrity/verify")).status_code,
        ] == [403, 403, 403]


@pytest.mark.browser
@pytest.mark.slow  # Chromium is started
async def test_on_a_desk_axe_finds_nothing(stage: Stage, app: Litestar) -> None:
    await stage.opened()
    await noted(stage, times=51, reason="essai")
    async with serving(app) as port, chromium() as browser:
        desk = await window(browser, stage, port, "integrity", size=DESK)
        await desk.go("/integrity")
        await desk.go("/integrity?person=personne")
        await desk.go("/integrity")
        await desk.press("Vérifier la chaîne")
