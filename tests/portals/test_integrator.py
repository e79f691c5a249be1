"""Keys of other systems: shown once, ended for ever, kept by people; and what came in with them."""

import re
from collections.abc import Sequence

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import select
from sqlmodel import col

from tests.portals.reading import said
from tests.support.clearance import BAD, a_key
from tests.support.live import DESK, chromium, serving, window
from tests.support.stage import Stage
from visits.people.passwords import fingerprint
from visits.people.queries import actor_of, give_role, memberships_of
from visits.people.tables import ApiKey, Person
from visits.roles import Role
from visits.sites.tables import Office
from visits.store.tables import Audit

DECLARATION = (BAD / "00_control_ok.xml").read_bytes()


async def hired(stage: Stage, *, office: bool = False) -> None:
    """An integrator of the administration, or of its office alone."""
    async with stage.work() as work:
        person = Person(login="integrator", name="Integrator Exemple", state="active", created_at=work.now)
        work.session.add(person)
        await work.session.flush()
        give_role(work, person.id, Role.INTEGRATOR, office=stage.office.id if office else None)
        await work.session.flush()
        person.tenant_id = stage.tenant
        stage.actors["integrator"] = actor_of(person, await memberships_of(work, person.id))


async def keys(stage: Stage) -> Sequence[ApiKey]:
    async with stage.work() as work:
        return (await work.session.scalars(select(ApiKey).order_by(col(ApiKey.created_at), col(ApiKey.id)))).all()


def shown(page: httpx.Response) -> str:
    """The key a page shows."""
    found = re.search(r'id="key"[^>]*value="([^"]+)"', page.text)
    assert found, said(page)
    return found[1]


async def sent(stage: Stage, key: str, content: bytes = DECLARATION) -> httpx.Response:
    async with stage.browser(None, accept="application/json", authorization=f"Bearer {key}") as system:
        return await system.post(
            "/api/clearance/declarations", content=content, headers={"content-type": "application/xml"}
        )


async def test_without_keys_and_messages_the_page_says_how_to_begin(stage: Stage) -> None:
    await hired(stage)
    async with stage.browser("integrator") as desk:
        page = await desk.get("/integrator")

    text = said(page)
    assert "Aucune clé en service" in text
    assert "Rien n'est encore arrivé" in text.replace("’", "'")
    assert "/api/clearance/declarations" in text
    assert 'href="/schema/openapi.json"' in page.text


@pytest.mark.parametrize("who", ["integrator", "admin"])
async def test_a_key_is_shown_once_works_and_ends(stage: Stage, who: str) -> None:
    await hired(stage)
    async with stage.browser(who) as desk:
        made = await desk.post("/integrator/keys", data={"name": " sydam ", "office": ""})
        token = shown(made)
        [key] = await keys(stage)
        assert (key.name, key.role, key.office_id, key.token) == ("sydam", "integrator", None, fingerprint(token))
        assert token not in (await desk.get("/integrator")).text
        assert (await sent(stage, token)).status_code < 300

        for _ in range(2):
            await desk.post(f"/integrator/keys/{key.id}/end")

        assert "fermée" in said(await desk.get("/integrator"))
    assert (await sent(stage, token)).status_code == 401
    async with stage.work() as work:
        rows = await work.session.scalars(select(col(Audit.action)).where(col(Audit.action).startswith("key_")))
        assert sorted(rows) == ["key_ended", "key_made"]


WRONG = {
    "no name": ({"name": " "}, "name"),
    "a name in service": ({"name": "sydam"}, "name"),
    "no office of ours": ({"name": "autre", "office": "00000000-0000-0000-0000-000000000001"}, "office"),
}


@pytest.mark.parametrize(("typed", "field"), WRONG.values(), ids=WRONG)
async def test_what_is_wrong_stands_beside_its_field(stage: Stage, typed: dict[str, str], field: str) -> None:
    await a_key(stage)
    async with stage.browser("admin") as desk:
        refused = await desk.post("/integrator/keys", data=typed)

    assert refused.status_code == 422
    assert f'id="{field}-error"' in refused.text
    assert len(await keys(stage)) == 1


async def test_the_name_of_an_ended_key_is_free_again(stage: Stage) -> None:
    async with stage.browser("admin") as desk:
        await desk.post("/integrator/keys", data={"name": "sydam"})
        await desk.post(f"/integrator/keys/{(await keys(stage))[0].id}/end")

        assert (await desk.post("/integrator/keys", data={"name": "sydam"})).status_code == 200


async def test_a_key_reads_the_page_and_makes_or_ends_no_key(stage: Stage) -> None:
    token = await a_key(stage)
    [key] = await keys(stage)
    async with stage.browser(None, authorization=f"Bearer {token}") as system:
        page = await system.get("/integrator")
        assert "sydam" in said(page)
        assert "Créer une clé" not in said(page)
        assert (await system.post("/integrator/keys", data={"name": "autre"})).status_code == 403
        assert (await system.post(f"/integrator/keys/{key.id}/end")).status_code == 403

    assert [each.ended_at for each in await keys(stage)] == [None]


async def test_an_integrator_of_one_office_keeps_its_keys_alone(stage: Stage) -> None:
    await hired(stage, office=True)
    token = await a_key(stage)
    async with stage.work() as work:
        other = Office(code="CIAB3", name="Vridi", tz="Africa/Abidjan", country="CI", currency="XOF")
        work.session.add(other)
    await sent(stage, token, b"rien")
    [foreign] = await keys(stage)

    async with stage.browser("integrator") as desk:
        page = said(await desk.get("/integrator"))
        assert "sydam" not in page
        assert "tous les bureaux" not in page
        for office in ("", str(other.id)):
            assert (await desk.post("/integrator/keys", data={"name": "a", "office": office})).status_code == 422
        assert (await desk.post(f"/integrator/keys/{foreign.id}/end")).status_code == 404
        made = await desk.post("/integrator/keys", data={"name": "a", "office": str(stage.office.id)})

    assert (await sent(stage, shown(made))).status_code < 300


async def test_messages_are_listed_with_what_became_of_them_and_why(stage: Stage) -> None:
    await hired(stage)
    token = await a_key(stage)
    await sent(stage, token)
    await sent(stage, token, (BAD / "07_truncated.xml").read_bytes())

    async with stage.browser("integrator") as desk:
        text = said(await desk.get("/integrator"))
    assert "CIAB1/2026/C/50117" in text
    assert "accepté" in text
    assert "refusé" in text
    assert text.index("refusé") < text.index("accepté")

    async with stage.browser("admin") as desk:
        assert "CIAB1/2026/C/50117" not in said(await desk.get("/integrator"))


@pytest.mark.parametrize("who", ["chief", "supervisor", "integrity", "declarant"])
async def test_links_are_not_for_others(stage: Stage, who: str) -> None:
    async with stage.browser(who) as other:
        assert (await other.get("/integrator")).status_code == 403


async def test_another_administrations_keys_are_not_there(stage: Stage) -> None:
    await a_key(stage)
    [key] = await keys(stage)
    abroad = await Stage(stage.tools, stage._owner, stage.clock, stage.app).found()

    async with abroad.browser("admin") as desk:
        assert "sydam" not in said(await desk.get("/integrator"))
        assert (await desk.post(f"/integrator/keys/{key.id}/end")).status_code == 404


@pytest.mark.browser
@pytest.mark.slow  # Chromium is started
async def test_on_a_desk_axe_finds_nothing(stage: Stage, app: Litestar) -> None:
    await hired(stage)
    token = await a_key(stage)
    await sent(stage, token)
    await sent(stage, token, b"rien")
    async with serving(app) as port, chromium() as browser:
        desk = await window(browser, stage, port, "integrator", size=DESK)
        page = await desk.go("/integrator")
        await page.get_by_label("Nom du système").fill("valuation")
        await desk.press("Créer cette clé")
