"""The administrators' pages: what they change, what they show before, and what they never show."""

import re

import pytest

from tests.portals.reading import link_of, said
from tests.support.stage import Stage
from tests.support.steps_booking import booked
from visits.declarations.lane import Colour
from visits.declarations.select import select_lane
from visits.people import queries as people
from visits.sites import queries as sites

PASSWORD = "un quai sous la pluie"


async def test_people_are_found_by_name_without_accents_and_by_login(stage: Stage) -> None:
    async with stage.work() as work:
        person = await people.person_by_login(work, "chief")
        assert person
        person.name = "Zoé Koné"
    async with stage.browser("admin") as browser:
        assert (await browser.get("/admin")).headers["location"] == "/admin/people"
        everybody = said(await browser.get("/admin/people"))
        assert "Zoé Koné" in everybody
        assert "Chef de visite · CIAB1" in everybody
        assert "Zoé Koné" in said(await browser.get("/admin/people?q=kone"))
        assert "Zoé Koné" in said(await browser.get("/admin/people?q=chief"))
        assert "Personne ne correspond" in said(await browser.get("/admin/people?q=xyz%25"))
        assert "Zoé Koné" not in said(await browser.get("/admin/people?show=locked"))


async def test_an_invited_inspector_gets_a_link_a_calendar_and_a_home(stage: Stage) -> None:
    async with stage.browser("admin") as browser, stage.browser() as newcomer:
        shown = await browser.post(
            "/admin/people/new",
            data={
                "name": "Awa Exemple",
                "login": "awa",
                "language": "fr",
                "role": "inspector",
                "office": str(stage.office.id),
            },
        )
        assert "Remettez ce lien à Awa Exemple" in said(shown)

        entered = await newcomer.post(link_of(shown), data={"password": PASSWORD})

    assert entered.headers["location"] == "/inspector/day"
    async with stage.work() as work:
        person = await people.person_by_login(work, "awa")
        assert person
        assert await sites.resource_of_person(work, person.id)


FORMS = {
    "nothing": ({}, {"name", "login", "language", "role"}),
    "no office": ({"name": "A", "login": "a", "language": "fr", "role": "inspector"}, {"office"}),
    "no firm": ({"name": "A", "login": "a", "language": "fr", "role": "declarant"}, {"firm"}),
    "no agency": ({"name": "A", "login": "a", "language": "fr", "role": "agency_officer"}, {"office", "agency"}),
    "the service itself": ({"name": "A", "login": "a", "language": "fr", "role": "system"}, {"role"}),
    "a login that is taken": ({"name": "A", "login": "chief", "language": "fr", "role": "admin"}, {"login"}),
    "a language nobody speaks": ({"name": "A", "login": "a", "language": "xx", "role": "admin"}, {"language"}),
}


@pytest.mark.parametrize(("typed", "wrong"), FORMS.values(), ids=FORMS)
async def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(
    stage: Stage, typed: dict[str, str], wrong: set[str]
) -> None:
    async with stage.browser("admin") as browser:
        refused = await browser.post("/admin/people/new", data=typed)

    assert refused.status_code == 422
    assert set(re.findall(r'id="(\w+)-error"', refused.text)) == wrong
    if "name" in typed:
        assert f'value="{typed["login"]}"' in refused.text


async def test_another_administrations_office_is_not_offered(stage: Stage) -> None:
    other = await Stage(stage.tools, stage._owner, stage.clock, stage.app).found()
    async with stage.browser("admin") as browser:
        refused = await browser.post(
            "/admin/people/new",
            data={
                "name": "A",
                "login": "a",
                "language": "fr",
                "role": "inspector",
                "office": str(other.office.id),
            },
        )

    assert refused.status_code == 422


async def test_a_person_is_locked_and_let_in_again(stage: Stage) -> None:
    path = f"/admin/people/{stage.actors['chief'].person}"
    async with stage.browser("admin") as browser, stage.browser("chief") as chief:
        await browser.post(f"{path}/lock")
        assert (await chief.get("/account")).status_code == 303
        assert "Compte fermé" in said(await browser.get(path))

        await browser.post(f"{path}/unlock")

        assert "Rouvrir le compte" not in said(await browser.get(path))


async def test_one_cannot_lock_oneself(stage: Stage) -> None:
    path = f"/admin/people/{stage.actors['admin'].person}"
    async with stage.browser("admin") as browser:
        assert "Fermer le compte" not in said(await browser.get(path))
        assert (await browser.post(f"{path}/lock")).status_code == 409


async def test_a_role_is_given_deputised_and_ended(stage: Stage) -> None:
    path = f"/admin/people/{stage.actors['chief'].person}"
    async with stage.work() as work:
        held = (await people.memberships_of(work, stage.actors["chief"].person))[0]  # type: ignore[arg-type]
    async with stage.browser("admin") as browser:
        given = await browser.post(f"{path}/roles", data={"role": "supervisor", "office": str(stage.office.id)})
        assert given.status_code == 303
        again = await browser.post(f"{path}/roles", data={"role": "supervisor", "office": str(stage.office.id)})
        assert "déjà ce rôle" in said(again)

        deputy = f"/admin/people/roles/{held.id}/deputy"
        assert "Qui supplée Chief Exemple" in said(await browser.get(deputy))
        unknown = await browser.post(deputy, data={"deputy": "nobody", "deputy_until": "2026-11-30"})
        assert unknown.status_code == 422
        past = await browser.post(deputy, data={"deputy": "chief2", "deputy_until": "2026-11-22"})
        assert 'id="deputy_until-error"' in past.text
        assert (await browser.post(deputy, data={"deputy": "chief2", "deputy_until": "2026-11-30"})).status_code == 303
        assert "suppléé par Chief2 Exemple" in said(await browser.get(path))

        await browser.post(f"/admin/people/roles/{held.id}/end")
        assert "Rôles terminés" in said(await browser.get(path))


async def test_the_end_of_duty_tells_of_appointments_left_behind(stage: Stage) -> None:
    await booked(stage)
    async with stage.browser("admin") as browser:
        for name in ("inspector1", "inspector2", "inspector3"):
            path = f"/admin/people/{stage.actors[name].person}"
            await browser.post(f"{path}/end", data={"last_day": "2026-11-23"})
            page = said(await browser.get(path))
            assert "jusqu'au" in page.replace("’", "'")
            if "sont à replacer" in page:
                break
        else:
            pytest.fail("nobody was told")


async def test_a_firm_is_invited_by_its_code_and_gets_its_declarations(stage: Stage) -> None:
    declaration = await stage.declaration(declarant="00999Z")
    await stage.run("system", select_lane, declaration.id, Colour.RED, source="message", wished={})
    async with stage.browser("admin") as browser, stage.browser() as broker:
        typed = {
            "code": "00999z",
            "name": "Transit Neuf Exemple",
            "kind": "broker",
            "person": "Neuf Exemple",
            "login": "neuf",
            "language": "fr",
        }
        taken = await browser.post("/admin/firms", data=typed | {"login": "chief"})
        assert 'id="login-error"' in taken.text
        assert "Transit Neuf" not in said(await browser.get("/admin/firms"))

        link = link_of(await browser.post("/admin/firms", data=typed))
        await broker.post(link, data={"password": PASSWORD})

        assert declaration.number is not None
        assert declaration.number in said(await broker.get("/declarant"))


async def test_a_closed_firms_people_are_out_at_once(stage: Stage) -> None:
    async with stage.browser("admin") as browser, stage.browser("declarant") as declarant:
        await browser.post(f"/admin/firms/{stage.firm.id}/close")
        assert (await declarant.get("/account")).status_code == 303

        await browser.post(f"/admin/firms/{stage.firm.id}/open")

        assert "Fermé : personne" not in said(await browser.get(f"/admin/firms/{stage.firm.id}"))


async def test_no_page_of_an_administrator_shows_a_case(stage: Stage) -> None:
    visit = await booked(stage)
    declaration = await stage.declaration()
    marks = [visit.reference, declaration.number or "?", "QZVU5081639", "Disques de frein", "REF"]
    async with stage.browser("admin") as browser:
        for path in (
            "/admin/people",
            f"/admin/people/{stage.actors['declarant'].person}",
            "/admin/offices",
            f"/admin/offices/{stage.office.id}",
            f"/admin/offices/resources/{stage.resources['inspector1'].id}",
            "/admin/firms",
            f"/admin/firms/{stage.firm.id}",
            f"/admin/policies/{stage.office.id}",
        ):
            shown = await browser.get(path)
            assert shown.status_code == 200
            assert not [mark for mark in marks if mark in shown.text], path
