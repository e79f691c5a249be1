"""Policies: the effect is shown first, then saved; a code that is asked is asked first."""

import re
from datetime import timedelta

import pyotp
import pytest

from tests.portals.reading import said
from tests.support.stage import Stage
from tests.support.steps_booking import booked, calendars, to_book, tomorrow
from tests.support.steps_fieldwork import a_photo, photographed, started
from tests.support.steps_states import happen
from tests.support.steps_witness import appointed
from visits.assignment.queries import seed_of_day
from visits.background.deliver import deliver
from visits.declarations.lane import Colour
from visits.declarations.select import select_lane
from visits.declarations.tables import Declaration
from visits.events import Cancelled
from visits.people import queries as people
from visits.people.passwords import hashed
from visits.sites import queries as sites
from visits.sites.languages import bits_of
from visits.sites.policies import policy, rules
from visits.sites.skills import codes_of
from visits.sites.tables import Resource

PASSWORD = "un quai sous la pluie"


async def everything(stage: Stage, **changes: str) -> dict[str, str | list[str]]:
    """The form of the policies as it stands, with changes."""
    async with stage.work() as work:
        in_force = policy(await sites.office_by_id(work, stage.office.id))
    shown: dict[str, str | list[str]] = {}
    for name, rule in rules().items():
        value = getattr(in_force, name)
        if rule.kind == "lines":
            shown[name] = "\n".join(value)
        elif rule.kind != "page":
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


async def test_a_legal_basis_is_kept_as_it_was_written(stage: Stage) -> None:
    path, basis = f"/admin/policies/{stage.office.id}", "Art. 75 & 158, à 10 % <près>"
    async with stage.browser("admin") as browser:
        typed = await everything(stage, legal_basis=basis, inspector_sees="next")
        asked = await browser.post(path, data=typed)
        assert "seulement la visite suivante" in said(asked)
        await browser.post(path, data=typed | {"confirmed": "1"})
        assert (await browser.get(path)).status_code == 200
    async with stage.work() as work:
        in_force = policy(await sites.office_by_id(work, stage.office.id))
    assert (in_force.legal_basis, in_force.inspector_sees) == (basis, "next")


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


async def test_what_would_go_is_counted_by_the_rule_that_takes_it(stage: Stage) -> None:
    visit = await started(stage)
    await photographed(stage, visit.id, content=a_photo(taken=stage.clock.now()))
    path = f"/admin/policies/{stage.office.id}"
    stage.clock.move(days=40)
    async with stage.browser("admin") as browser:
        typed = await everything(stage, gps_days="30", photo_days="30")
        asked = said(await browser.post(path, data=typed))
        await happen(stage, visit, "chief", Cancelled, reason="retrait")
        closed = said(await browser.post(path, data=typed))

    assert "Positions déjà plus anciennes, à effacer : 1." in asked
    assert "Photos déjà plus anciennes, à effacer : 0." in asked
    assert "Photos déjà plus anciennes, à effacer : 1." in closed


async def test_a_new_random_share_is_set_beside_what_chance_did_lately(stage: Stage) -> None:
    path = f"/admin/policies/{stage.office.id}"
    async with stage.browser("admin") as browser:
        await browser.post(path, data=await everything(stage, random_percent="100", confirmed="1"))
        declaration = await stage.declaration()
        await stage.run("system", select_lane, declaration.id, Colour.GREEN, source="message")
        await deliver(stage.tools, stage.tenant, declaration.id)
        asked = said(await browser.post(path, data=await everything(stage, random_percent="20")))

    assert "Contrôles tirés au sort ces 30 derniers jours : 1." in asked


async def test_a_day_that_opens_with_a_longer_horizon_has_its_promise_before_it_opens(stage: Stage) -> None:
    async with stage.browser("admin") as browser:
        typed = await everything(stage, horizon_staff_days="90")
        await browser.post(f"/admin/policies/{stage.office.id}", data=typed | {"confirmed": "yes"})

    async with stage.work() as work:
        last = (stage.clock.now() + timedelta(days=90)).date()
        assert await seed_of_day(work, stage.office.id, last) is not None


async def previewed(stage: Stage, **changes: str) -> str:
    """What the page says before the changes are saved."""
    async with stage.browser("admin") as browser:
        asked = await browser.post(f"/admin/policies/{stage.office.id}", data=await everything(stage, **changes))
    assert asked.status_code == 200
    return said(asked).replace("’", "'")


async def test_a_cool_off_is_set_beside_the_busiest_firm_and_the_roster(stage: Stage) -> None:
    await calendars(stage)
    for hour in (9, 10, 11):
        await booked(stage, await to_book(stage), tomorrow(stage, hour))
    stage.clock.move(days=2)

    text = await previewed(stage, cool_off_most="1", cool_off_days="60")

    assert "en 60 jours, ce nombre de visites : 3." in text
    assert "Vérificateurs qu'elles demandent : 3 ; en service : 3." in text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"publish_hour": "20"}, "sans vérificateur tiré, toutes touchées : 2."),
        ({"regret_minutes": "5"}, "sans vérificateur tiré, toutes touchées : 2."),
        ({"rest_minutes": "45"}, "sans vérificateur tiré, toutes touchées : 2."),
        ({"witness_minutes": "60"}, "dont le tirage attend un témoin : 13."),
        ({"most_minutes": "30"}, "déjà réservées au-delà, ces 14 prochains jours : 2."),
        ({"most_minutes": "400"}, "déjà réservées au-delà, ces 14 prochains jours : 0."),
        ({"tired_percent": "70"}, "Contrôles à risque des 14 prochains jours : 0."),
        ({"desk_hours": "4"}, "sur un bureau en ce moment, tous touchés : 0."),
        ({"inspector_sees": "next"}, "Vérificateurs en service, tous touchés : 3."),
    ],
    ids=lambda each: next(iter(each)) if isinstance(each, dict) else "",
)
async def test_each_policy_of_the_draw_counts_what_it_touches(
    stage: Stage, changes: dict[str, str], sentence: str
) -> None:
    await appointed(stage)
    await calendars(stage)
    for _ in range(2):
        await booked(stage, await to_book(stage), tomorrow(stage, 9))

    assert sentence in await previewed(stage, **changes)


async def test_a_grade_says_how_many_have_it(stage: Stage) -> None:
    async with stage.work() as work:
        (await work.session.get_one(Resource, stage.resources["inspector2"].id)).grade = 3

    assert "Vérificateurs qui ont ce grade : 1." in await previewed(stage, high_risk_grade="3")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"high_risk_codes": "{code}"}, "qui auraient été à risque : 2 sur 2."),
        ({"high_risk_codes": "00"}, "qui auraient été à risque : 0 sur 2."),
        (
            {"skills": "3 : Contrôle : {code}"},
            "demandé une habilitation : 2 sur 2 ; que personne n'aurait pu faire : 0.",
        ),
        (
            {"skills": "4 : Contrôle : {code}"},
            "demandé une habilitation : 2 sur 2 ; que personne n'aurait pu faire : 2.",
        ),
        ({"language": "en"}, "ne dit pas qu'ils parlent cette langue : 2."),
    ],
)
async def test_rules_for_visits_to_come_are_tried_on_those_opened_lately(
    stage: Stage, changes: dict[str, str], sentence: str
) -> None:
    async with stage.work() as work:
        officer = await work.session.get_one(Resource, stage.resources["inspector2"].id)
        officer.skills = 1 << 2 | bits_of(["en"])
    await to_book(stage)
    stage.clock.move(days=31)
    declarations = [(await to_book(stage)).declaration_id for _ in range(2)]
    async with stage.work() as work:
        [code, *_] = codes_of((await work.session.get_one(Declaration, declarations[0])).content)

    told = {name: value.format(code=code[:4]) for name, value in changes.items()}

    assert sentence in await previewed(stage, **told)
