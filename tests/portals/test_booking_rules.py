"""Quotas, buffers, length and priority on their pages: shown first, then saved; what is wrong stands by its field."""

import html
import re
from typing import Any

import httpx
import pytest
from litestar import Litestar

from tests.portals.reading import said
from tests.support.live import DESK, PHONE, chromium, serving, window
from tests.support.stage import Stage
from tests.support.steps_booking import booked, calendars, held, only, to_book, tomorrow
from tests.support.steps_durations import made
from tests.support.steps_policies import carrying, ruled, second_site
from visits.booking.durations import learn, set_length
from visits.sites.policies import Policies, policy
from visits.sites.queries import office_by_id

KEPT = {
    "kind": "kept",
    "whom": ["perishable", "live"],
    "places": "1",
    "begin": "08:00",
    "end": "12:00",
    "release": "120",
    "weekdays": ["1", "2"],
}


async def in_force(stage: Stage) -> Policies:
    async with stage.work() as work:
        return policy(await office_by_id(work, stage.office.id), Policies)


def path(stage: Stage, name: str) -> str:
    return f"/admin/policies/{stage.office.id}/{name}"


def hidden(answer: httpx.Response, before: str) -> dict[str, Any]:
    """The hidden fields of the form that ends with a button."""
    form = answer.text[: answer.text.index(before)].rpartition("<form")[2]
    found: dict[str, Any] = {}
    for name, value in re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form):
        found.setdefault(name, []).append(html.unescape(value))
    return found


# -- quotas --------------------------------------------------------------------------------------------------
async def test_a_quota_shows_what_it_hits_before_it_counts(stage: Stage) -> None:
    await booked(stage)
    async with stage.browser("admin") as browser:
        assert "Aucune règle" in said(await browser.get(path(stage, "quotas")))
        assert "Pour qui" in said(await browser.get(path(stage, "quotas/new?kind=kept")))

        asked = await browser.post(path(stage, "quotas/new"), data=KEPT)

        assert "1 place gardée : animaux vivants, denrées périssables" in said(asked)
        assert "Les 1 autres rendez-vous déjà pris" in said(asked)
        assert (await in_force(stage)).quotas == ()
        sent = hidden(asked, "Enregistrer cette règle")
        saved = await browser.post(path(stage, "quotas/new"), data=sent)
        assert saved.status_code == 303
        shown = said(await browser.get(path(stage, "quotas")))
    assert "de 08:00 à 12:00 · lundi, mardi · libéré 2 h avant" in shown
    assert len((await in_force(stage)).quotas) == 1


async def test_a_quota_is_taken_away_after_a_question(stage: Stage) -> None:
    await ruled(
        stage,
        quotas=(
            {
                "kind": "most",
                "whom": ["public"],
                "places": 20,
                "begin": 0,
                "end": 1440,
                "hourly": True,
                "weekdays": [],
                "release": None,
                "site": "",
                "levels": ["scan"],
            },
        ),
    )
    async with stage.browser("admin") as browser:
        listed = await browser.get(path(stage, "quotas"))
        assert "20 rendez-vous au plus : les déclarants" in said(listed)
        rule = hidden(listed, ">Retirer<")

        asked = await browser.post(path(stage, "quotas/remove"), data=rule)

        assert "Retirer cette règle" in said(asked)
        assert len((await in_force(stage)).quotas) == 1
        await browser.post(path(stage, "quotas/remove"), data=rule | {"confirmed": "1"})
        again = await browser.post(path(stage, "quotas/remove"), data=rule | {"confirmed": "1"})
        assert again.status_code == 303
    assert (await in_force(stage)).quotas == ()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        pytest.param({"whom": []}, "Dites pour qui.", id="nobody"),
        pytest.param({"places": "0"}, "entre 1 et 500", id="no place"),
        pytest.param({"begin": "midi"}, "Donnez une heure", id="no hour"),
        pytest.param({"end": "07:00"}, "La fin vient après le début.", id="backwards"),
        pytest.param({"release": "3"}, "Choisissez une des réponses", id="no such release"),
    ],
)
async def test_a_quota_that_is_not_clear_is_refused_beside_its_field(
    stage: Stage, wrong: dict[str, Any], sentence: str
) -> None:
    async with stage.browser("admin") as browser:
        answer = await browser.post(path(stage, "quotas/new"), data=KEPT | wrong | {"confirmed": "1"})

    assert answer.status_code == 422
    assert sentence in said(answer)
    assert (await in_force(stage)).quotas == ()


async def test_the_other_rules_are_saved_without_touching_the_rows(stage: Stage) -> None:
    async with stage.browser("admin") as browser:
        await browser.post(path(stage, "quotas/new"), data=KEPT | {"confirmed": "1"})
        await ruled(stage, hold_minutes=8)

    assert len((await in_force(stage)).quotas) == 1


# -- buffers and roads ---------------------------------------------------------------------------------------
async def test_time_before_and_after_is_shown_then_saved_and_replaced(stage: Stage) -> None:
    typed = {"kind": "bay", "before": "15", "after": "30"}
    async with stage.browser("admin") as browser:
        asked = await browser.post(path(stage, "buffers"), data=typed)
        assert "Une visite d’une heure l’occupe 105 min" in said(asked)
        assert (await in_force(stage)).buffers == ()

        await browser.post(path(stage, "buffers"), data=hidden(asked, "Enregistrer ces temps"))
        await browser.post(path(stage, "buffers"), data=typed | {"after": "45", "confirmed": "1"})

        assert [each["after"] for each in (await in_force(stage)).buffers] == [45]
        listed = await browser.get(path(stage, "buffers"))
        assert "15 min avant, 45 min après" in said(listed)
        rule = hidden(listed, ">Retirer<")
        await browser.post(path(stage, "buffers/remove"), data=rule)
    assert (await in_force(stage)).buffers == ()


async def test_a_time_nobody_books_is_refused_beside_its_field(stage: Stage) -> None:
    async with stage.browser("admin") as browser:
        answer = await browser.post(path(stage, "buffers"), data={"kind": "bay", "before": "-5", "after": "999"})

    assert answer.status_code == 422
    assert "entre 0 et 240" in said(answer)


async def test_roads_are_asked_between_any_two_sites(stage: Stage) -> None:
    async with stage.browser("admin") as browser:
        assert "Trajets entre sites" not in said(await browser.get(path(stage, "buffers")))
        far = await second_site(stage)
        answer = await browser.get(path(stage, "buffers"))
        [name] = re.findall(r'name="(road-[^"]+)"', answer.text)

        await browser.post(path(stage, "buffers/roads"), data={name: "25"})
        refused = await browser.post(path(stage, "buffers/roads"), data={name: "loin"})

    assert refused.status_code == 422
    assert (await in_force(stage)).trips == ({"here": str(stage.site.id), "there": str(far.id), "minutes": 25},)


async def test_only_administrators_set_them(stage: Stage) -> None:
    async with stage.browser("chief") as browser:
        assert (await browser.get(path(stage, "quotas"))).status_code in (403, 404)
        assert (await browser.post(path(stage, "buffers"), data={})).status_code in (403, 404)


# -- what people read ----------------------------------------------------------------------------------------
async def test_the_declarant_reads_for_whom_places_are_kept_and_until_when(stage: Stage) -> None:
    async with stage.browser("admin") as browser:
        kept = KEPT | {"weekdays": [], "whom": ["perishable"], "confirmed": "1"}
        await browser.post(path(stage, "quotas/new"), data=kept)
    await only(stage, "bay A", "inspector1")
    await calendars(stage)
    visit = await to_book(stage)
    stage.clock.move(hours=8)
    async with stage.browser("declarant") as browser:
        shown = said(await browser.get(f"/declarant/visits/{visit.id}/slots"))
        refused = await browser.post(
            f"/declarant/visits/{visit.id}/slots", data={"start": tomorrow(stage, 10).isoformat()}
        )

    assert "Places gardées pour les denrées périssables jusqu’à mardi 24 novembre à 6 h." in shown
    assert refused.status_code == 409
    assert "Ces places sont gardées" in said(refused)


async def test_who_goes_first_reads_why(stage: Stage) -> None:
    await calendars(stage)
    visit = await carrying(stage, await to_book(stage), "03038900")

    async with stage.browser("declarant") as browser:
        shown = said(await browser.get(f"/declarant/visits/{visit.id}/slots"))

    assert "Cette visite passe avant d’autres : denrées périssables." in shown


async def test_the_declarant_reads_where_the_length_comes_from(stage: Stage) -> None:
    visit = await to_book(stage)
    await stage.run("chief", set_length, visit.id, 120, reason="machines à démonter")
    await calendars(stage)

    async with stage.browser("declarant") as browser:
        shown = said(await browser.get(f"/declarant/visits/{visit.id}/slots"))

    assert "Environ 2 h" in shown
    assert "Durée fixée par le bureau : machines à démonter" in shown


# -- the chief -----------------------------------------------------------------------------------------------
async def test_a_chief_reads_sets_and_gives_back_a_length(stage: Stage) -> None:
    for _ in range(10):
        await made(stage, 20)
    await learn(stage.tools, stage.tenant)
    visit = await to_book(stage)
    here = f"/chief/visits/{visit.id}/length"
    async with stage.browser("chief") as browser:
        wrong = await browser.post(here, data={"minutes": "2", "reason": "court"})
        silent = await browser.post(here, data={"minutes": "90", "reason": ""})
        await browser.post(here, data={"minutes": "90", "reason": "deux étages"})
        fixed = said(await browser.get(here))
        await browser.post(here, data={"follow": "1", "reason": "erreur"})
        followed = said(await browser.get(here))

    assert (wrong.status_code, silent.status_code) == (422, 422)
    assert "Durée fixée par le bureau : deux étages" in fixed
    assert "8 sur 10 durent moins de" in followed


async def test_a_chief_puts_a_visit_first_on_its_page(stage: Stage) -> None:
    await ruled(stage, quotas=())
    async with stage.browser("admin") as browser:
        await browser.post(path(stage, "quotas/new"), data=KEPT | {"whom": ["urgent"], "confirmed": "1"})
    visit = await to_book(stage)
    here = f"/chief/visits/{visit.id}"
    async with stage.browser("chief") as browser:
        before = said(await browser.get(f"{here}/length"))
        silent = await browser.post(f"{here}/urgency", data={"urgent": "1", "why": " "})
        await browser.post(f"{here}/urgency", data={"urgent": "1", "why": "médicaments"})
        after = said(await browser.get(f"{here}/length"))
        await browser.post(f"{here}/urgency", data={"urgent": "0", "why": "livrés"})
        back = said(await browser.get(f"{here}/length"))

    assert "À son tour" in before
    assert silent.status_code == 422
    assert "Urgente : médicaments" in after
    assert "Passe avant les autres" in after
    assert "À son tour" in back


async def test_a_declarant_does_not_see_the_chiefs_page(stage: Stage) -> None:
    kept = await held(stage)
    async with stage.browser("other_declarant") as browser:
        assert (await browser.get(f"/chief/visits/{kept.visit_id}/length")).status_code in (403, 404)


@pytest.mark.browser
@pytest.mark.slow  # Chromium is started
async def test_axe_finds_nothing_on_the_pages_of_booking_rules(stage: Stage, app: Litestar) -> None:
    await second_site(stage)
    await calendars(stage)
    visit = await carrying(stage, await to_book(stage), "03038900")
    async with serving(app) as port, chromium() as browser:
        admin = await window(browser, stage, port, "admin", size=DESK)
        page = await admin.go(path(stage, "quotas/new?kind=kept"))
        await page.get_by_label("denrées périssables").check()
        await page.get_by_label("Places", exact=True).fill("1")
        await admin.press("Voir ce que cela change")
        await admin.press("Enregistrer cette règle")
        await admin.press("Retirer")
        await admin.go(path(stage, "buffers"))
        await page.get_by_label("Minutes avant").fill("15")
        await admin.press("Voir ce que cela change")
        await admin.press("Enregistrer ces temps")
        chief = await window(browser, stage, port, "chief", size=DESK)
        await chief.go(f"/chief/visits/{visit.id}/length")
        phone = await window(browser, stage, port, "declarant", size=PHONE)
        await phone.go(f"/declarant/visits/{visit.id}/slots")
        assert [admin.faults, chief.faults, phone.faults] == [[], [], []]
