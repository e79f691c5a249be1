"""The administrators' pages: what they change, what they show before, and what they never show."""

import re
from urllib.parse import urlsplit

import httpx
import pyotp
import pytest

from tests.support.stage import Stage
from tests.support.steps_booking import booked, tomorrow
from visits.declarations.lane import Colour
from visits.declarations.select import select_lane
from visits.people import queries as people
from visits.people.passwords import hashed
from visits.sites import queries as sites
from visits.sites.policies import policy

PASSWORD = "un quai sous la pluie"


def said(answer: httpx.Response) -> str:
    """The text of a page, without tags and French spaces."""
    text = re.sub(r"<[^>]+>", " ", answer.text).replace("\u00a0", " ").replace("\u202f", " ").replace("&#39;", "'")
    return re.sub(r"\s+", " ", text)


def link_of(answer: httpx.Response) -> str:
    """The one-time link a page shows."""
    found = re.search(r'value="(http[^"]*/invitation/[^"]+)"', answer.text)
    assert found, said(answer)
    return urlsplit(found[1]).path


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
            if "restent à confier" in page:
                break
        else:
            pytest.fail("nobody was told")


async def test_closing_a_day_says_first_how_many_appointments_fall_outside(stage: Stage) -> None:
    await booked(stage)
    path = f"/admin/offices/{stage.office.id}"
    typed = {"day": tomorrow(stage, 8).date().isoformat(), "holiday": "Fête", "where": "office"}
    async with stage.browser("admin") as browser:
        asked = await browser.post(f"{path}/holidays", data=typed)
        assert asked.status_code == 409
        assert "Un rendez-vous à venir ne tient plus" in said(asked)
        assert "Aucun jour fermé" in said(await browser.get(path))

        done = await browser.post(f"{path}/holidays", data=typed | {"confirmed": "1"})

        assert done.status_code == 303
        assert "Fête" in said(await browser.get(path))


async def test_hours_that_keep_every_appointment_are_saved_without_asking(stage: Stage) -> None:
    await booked(stage)
    path = f"/admin/offices/resources/{stage.resources['bay A'].id}"
    week = {f"day{day}": "6:00-20:00" for day in range(1, 6)} | {"day6": "", "day7": "", "first": "2026-11-23"}
    async with stage.browser("admin") as browser:
        saved = await browser.post(f"{path}/hours", data=week)
        assert saved.status_code == 303
        assert 'value="06:00-20:00"' in (await browser.get(path)).text

        wrong = await browser.post(f"{path}/hours", data=week | {"day1": "matin", "first": "2026-11-20"})

    assert wrong.status_code == 422
    assert 'value="matin"' in wrong.text


async def test_hours_of_a_past_day_are_refused_beside_the_day(stage: Stage) -> None:
    path = f"/admin/offices/resources/{stage.resources['bay A'].id}"
    async with stage.browser("admin") as browser:
        refused = await browser.post(f"{path}/hours", data={"first": "2026-11-20"})

    assert 'id="first-error"' in refused.text


async def test_an_absence_is_withdrawn_and_put_back(stage: Stage) -> None:
    path = f"/admin/offices/resources/{stage.resources['inspector1'].id}"
    async with stage.browser("admin") as browser:
        await browser.post(f"{path}/absences", data={"from_day": "2026-11-25", "reason": "congé"})
        shown = await browser.get(path)
        found = re.search(r"/admin/offices/absences/[\w-]+/withdraw", shown.text)
        assert found
        await browser.post(found[0])
        shown = await browser.get(path)
        assert "retirée" in said(shown)

        await browser.post(found[0].replace("withdraw", "restore"))

        assert "retirée" not in said(await browser.get(path))


async def test_an_absence_of_some_hours_takes_only_those(stage: Stage) -> None:
    path = f"/admin/offices/resources/{stage.resources['inspector1'].id}"
    typed = {"from_day": "2026-11-25", "from_time": "10:00", "to_time": "11:00", "reason": "formation"}
    async with stage.browser("admin") as browser:
        await browser.post(f"{path}/absences", data=typed)
        assert "10 h au mer. 25, 11 h" in said(await browser.get(path))

        backwards = await browser.post(f"{path}/absences", data=typed | {"to_time": "09:00"})

    assert backwards.status_code == 422


async def test_an_office_a_site_and_its_bays_are_added(stage: Stage) -> None:
    async with stage.browser("admin") as browser:
        office = await browser.post(
            "/admin/offices",
            data={
                "code": "ngl1",
                "name": "Lagos",
                "tz": "Africa/Lagos",
                "country": "ng",
                "currency": "ngn",
                "grid": "night",
            },
        )
        taken = await browser.post(
            "/admin/offices",
            data={
                "code": "ngl1",
                "name": "Lagos",
                "tz": "Africa/Nowhere",
                "country": "ng",
                "currency": "ngn",
                "grid": "night",
            },
        )
        assert 'id="tz-error"' in taken.text
        path = office.headers["location"]
        site = await browser.post(
            f"{path}/sites/new",
            data={
                "code": "apapa",
                "name": "Apapa",
                "latitude": "6,4474",
                "longitude": "3.3903",
                "fence_metres": "300",
                "locations": "ap1, ap2",
            },
        )
        place = site.headers["location"]
        shown = (await browser.get(place)).text
        assert 'value="6.4474"' in shown
        assert 'value="AP1 AP2"' in shown
        half = await browser.post(place, data={"name": "Apapa", "latitude": "6", "fence_metres": "300"})
        assert 'id="longitude-error"' in half.text
        await browser.post(f"{place}/places", data={"kind": "scanner", "place": "Scanner 1"})

        assert "Scanner 1" in said(await browser.get(place))
        assert "pas de 30 min" in said(await browser.get(path))


async def test_agencies_are_added_and_renamed(stage: Stage) -> None:
    async with stage.browser("admin") as browser:
        await browser.post("/admin/offices/agencies", data={"code": "veto", "name": "Services vétérinaires"})
        taken = await browser.post("/admin/offices/agencies", data={"code": "VETO", "name": "Autre"})
        assert 'id="code-error"' in taken.text
        await browser.post("/admin/offices/agencies", data={"agency": str(stage.agency.id), "name": "Phyto"})

        assert "PHYTO Phyto" in said(await browser.get("/admin/offices/agencies"))


async def everything(stage: Stage, **changes: str) -> dict[str, str | list[str]]:
    """The form of the policies as it stands, with changes."""
    async with stage.work() as work:
        in_force = policy(await sites.office_by_id(work, stage.office.id))
    shown: dict[str, str | list[str]] = {}
    for name in in_force.__dataclass_fields__:
        value = getattr(in_force, name)
        shown[name] = list(value) if isinstance(value, tuple) else "" if value is None else str(value)
    return shown | changes


async def test_policies_show_what_they_hit_before_they_are_saved(stage: Stage) -> None:
    await booked(stage)
    path = f"/admin/policies/{stage.office.id}"
    async with stage.browser("admin") as browser:
        assert (await browser.get("/admin/policies")).headers["location"] == path
        typed = await everything(stage, grace_minutes="20", notice_minutes="2880")

        asked = await browser.post(path, data=typed)

        assert "2 règles changent" in said(asked)
        assert "tous touchés : 1." in said(asked)
        assert "commencent dans ce délai : 1." in said(asked)
        assert "Aucune règle n’a encore été changée" in said(await browser.get(path))

        saved = await browser.post(path, data=typed | {"confirmed": "1"})
        assert saved.status_code == 303
        assert "15 → 20" in said(await browser.get(path))
    async with stage.work() as work:
        assert policy(await sites.office_by_id(work, stage.office.id)).grace_minutes == 20


async def test_a_policy_outside_its_limits_is_refused(stage: Stage) -> None:
    async with stage.browser("admin") as browser:
        typed = await everything(stage, hold_minutes="0", random_percent="200", languages="")
        refused = await browser.post(f"/admin/policies/{stage.office.id}", data=typed)

    assert refused.status_code == 422
    assert set(re.findall(r'id="(\w+)-error"', refused.text)) == {"hold_minutes", "random_percent", "languages"}


async def test_whoever_must_have_a_code_adds_it_before_anything_else(stage: Stage) -> None:
    async with stage.work() as work:
        person = await people.person_by_login(work, "chief")
        assert person
        person.password = await hashed(PASSWORD)
    async with stage.browser("admin") as browser:
        typed = await everything(stage, code_roles="visit_chief", confirmed="1")
        await browser.post(f"/admin/policies/{stage.office.id}", data=typed)
    async with stage.browser() as chief:
        await chief.post("/signin", data={"login": "chief", "password": PASSWORD})
        assert (await chief.get("/account")).status_code == 403
        assert (await chief.get("/")).headers["location"] == "/account/code"
        offer = await chief.get("/account/code")
        secret = re.search(r'class="v-mono">([A-Z2-7 ]+)<', offer.text)
        sealed = re.search(r'name="sealed" value="([^"]+)"', offer.text)
        assert secret
        assert sealed
        wrong = await chief.post("/account/code", data={"sealed": sealed[1], "code": "000000"})
        assert wrong.status_code == 422
        code = pyotp.TOTP(secret[1].replace(" ", "")).at(stage.clock.now())

        added = await chief.post("/account/code", data={"sealed": sealed[1], "code": code})

        assert added.headers["location"] == "/"
        assert (await chief.get("/account")).status_code == 200


async def test_checklist_rules_are_taken_over_changed_retired_and_put_back(stage: Stage) -> None:
    async with stage.browser("admin") as browser:
        assert "Voici les règles d’origine" in said(await browser.get("/admin/checklists"))
        await browser.post("/admin/checklists/seed")
        typed = {"document_type": "861", "mandatory": "yes", "hs_prefixes": "8708 87", "flows": "I", "office": ""}
        added = await browser.post("/admin/checklists/new", data=typed)
        assert added.status_code == 303
        listed = await browser.get("/admin/checklists")
        assert "Débuts de code SH 8708 87" in said(listed)
        wrong = await browser.post("/admin/checklists/new", data=typed | {"hs_prefixes": "87-08"})
        assert 'id="hs_prefixes-error"' in wrong.text
        rule = re.findall(r"/admin/checklists/[\w-]{36}(?=/retire)", listed.text)[-1]

        await browser.post(f"{rule}/retire")
        assert "Règles retirées" in said(await browser.get("/admin/checklists"))
        await browser.post(f"{rule}/restore")
        assert "Règles retirées" not in said(await browser.get("/admin/checklists"))
        assert (await browser.get(rule)).status_code == 200


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
