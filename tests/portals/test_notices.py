"""The pages of notices: one's own addresses, the office's outbox, the administration's channels."""

import re

import pytest
from litestar import Litestar

from tests.portals.reading import said
from tests.support.gateways import provider
from tests.support.live import DESK, chromium, serving, window
from tests.support.live import PHONE as PHONE_SIZE
from tests.support.stage import Stage
from tests.support.steps_booking import booked, calendars
from tests.support.steps_notices import (
    PHONE,
    Scripted,
    booked_and_told,
    channel,
    notices,
    reached,
    sent,
    sent_by,
    the_notice,
    told,
)
from visits.notices.notices import ways
from visits.notices.queries import contact_of
from visits.sites.tables import Office

MINE, OUTBOX, WAYS = "/declarant/notices", "/chief/notices", "/admin/notices"
CHOICES = {"phone": "+225 07 00 00 00 42", "email": "", "channels": ["sms"]}


async def secret(stage: Stage) -> str:
    return str((await notices(stage, "contact_code"))[-1].facts["secret"])


# ---------- the declarant's own ----------


async def test_a_person_without_an_address_is_asked_for_one(stage: Stage) -> None:
    async with stage.browser("declarant") as browser:
        assert "Où envoyer vos avis ?" in said(await browser.get(MINE))


async def test_a_number_is_given_proved_and_used(stage: Stage) -> None:
    async with stage.browser("declarant") as browser:
        await browser.post(MINE, data=CHOICES)
        asked = said(await browser.get(MINE))
        assert "Donnez le code reçu" in asked
        assert f"Code envoyé à {PHONE}" in asked

        await browser.post(f"{MINE}/code", data={"kind": "phone", "code_phone": await secret(stage)})

        assert "Vos avis arrivent" in said(await browser.get(MINE))
    async with stage.work() as work:
        contact = await contact_of(work, stage.actors["declarant"].person)  # type: ignore[arg-type]
    assert ways(contact) == [("sms", PHONE)]


async def test_a_wrong_code_is_said_beside_its_field_and_counts(stage: Stage) -> None:
    async with stage.browser("declarant") as browser:
        await browser.post(MINE, data=CHOICES)
        wrong = "000000" if await secret(stage) != "000000" else "111111"
        for _ in range(5):
            refused = await browser.post(f"{MINE}/code", data={"kind": "phone", "code_phone": wrong})
            assert refused.status_code == 422
            assert "Ce code ne correspond pas" in said(refused)

        await browser.post(f"{MINE}/code", data={"kind": "phone", "code_phone": await secret(stage)})

        assert "Donnez le code reçu" in said(await browser.get(MINE))


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"phone": "07 00 00 00 42"}, "Donnez le numéro avec l’indicatif"),
        ({"email": "nom"}, "Donnez une adresse comme"),
    ],
)
async def test_what_is_no_address_is_said_and_what_was_typed_stays(
    stage: Stage, typed: dict[str, str], sentence: str
) -> None:
    async with stage.browser("declarant") as browser:
        refused = await browser.post(MINE, data=CHOICES | typed)

    assert refused.status_code == 422
    assert sentence in said(refused)
    assert f'value="{next(iter(typed.values()))}"' in refused.text


async def test_what_became_of_a_notice_is_told_to_its_reader(stage: Stage) -> None:
    await booked_and_told(stage, channels=["sms"])
    await sent(stage)
    async with stage.browser("declarant") as browser:
        assert "Rendez-vous confirmé" in said(await browser.get(MINE))
        assert "SMS parti à 8 h" in said(await browser.get(MINE))


async def test_a_refused_address_is_told_with_its_reason(stage: Stage) -> None:
    await booked_and_told(stage, channels=["sms"])
    await sent_by(stage, Scripted("no"), "appointment_confirmed", "sms")
    async with stage.browser("declarant") as browser:
        assert "SMS refusé : numéro inconnu" in said(await browser.get(MINE))


async def test_nobody_reads_anothers_notices(stage: Stage) -> None:
    await booked_and_told(stage)
    async with stage.browser("firm_admin") as browser:
        assert "Aucun avis encore" in said(await browser.get(MINE))


# ---------- the office ----------


async def failed(stage: Stage) -> str:
    await booked_and_told(stage, channels=["sms"])
    await sent_by(stage, Scripted("no"), "appointment_confirmed", "sms")
    return str((await the_notice(stage, "appointment_confirmed", "sms")).id)


async def test_the_chief_sees_what_did_not_arrive_and_why(stage: Stage) -> None:
    await failed(stage)
    async with stage.browser("chief") as browser:
        page = said(await browser.get(OUTBOX))

    assert "1 avis n’est pas arrivé" in page
    assert "SMS refusé : numéro inconnu" in page
    assert PHONE not in page


async def test_the_chief_has_it_tried_again(stage: Stage) -> None:
    notice = await failed(stage)
    async with stage.browser("chief") as browser:
        assert (await browser.post(f"{OUTBOX}/{notice}/again")).status_code == 303

    assert await sent(stage) > 0
    assert (await the_notice(stage, "appointment_confirmed", "sms")).state == "sent"


async def test_what_arrived_is_not_sent_again(stage: Stage) -> None:
    await booked_and_told(stage, channels=["sms"])
    await sent(stage)
    notice = await the_notice(stage, "appointment_confirmed", "sms")
    async with stage.browser("chief") as browser:
        await browser.post(f"{OUTBOX}/{notice.id}/again")

    assert (await the_notice(stage, "appointment_confirmed", "sms")).state == "sent"


async def test_another_offices_notice_is_not_there(stage: Stage) -> None:
    notice = await failed(stage)
    async with stage.work() as work:
        elsewhere = Office(code="CIAB3", name="Vridi", tz="Africa/Abidjan", country="CI", currency="XOF")
        work.session.add(elsewhere)
        await work.session.flush()
        (await work.session.get_one(type((await notices(stage))[0]), notice)).office_id = elsewhere.id
    async with stage.browser("chief") as browser:
        assert (await browser.post(f"{OUTBOX}/{notice}/again")).status_code == 404


async def test_the_notices_of_one_visit_lead_from_its_page(stage: Stage) -> None:
    visit = await booked_and_told(stage)
    async with stage.browser("chief") as browser:
        assert f"{OUTBOX}?visit={visit.id}" in (await browser.get(f"/office/visits/{visit.id}")).text
        assert "Avis de la visite C" in said(await browser.get(f"{OUTBOX}?visit={visit.id}"))
        assert (await browser.get(f"{OUTBOX}?visit=x")).status_code == 404


async def test_nobody_to_tell_is_shown(stage: Stage) -> None:
    await calendars(stage)
    await told(stage, await booked(stage))
    async with stage.browser("chief") as browser:
        assert "Personne à prévenir : aucune adresse vérifiée" in said(await browser.get(f"{OUTBOX}?show=nobody"))


async def test_an_empty_outbox_says_what_will_fill_it(stage: Stage) -> None:
    async with stage.browser("chief") as browser:
        assert "Aucun avis ici" in said(await browser.get(OUTBOX))


# ---------- the administration ----------


async def test_nothing_leaves_until_a_way_is_set(stage: Stage) -> None:
    async with stage.browser("admin") as browser:
        assert "Aucun avis ne sort d’ici" in said(await browser.get(WAYS))


async def test_a_way_is_set_and_its_secret_never_shown(stage: Stage) -> None:
    async with provider() as gateway:
        typed = {"office": "", "adapter": "http", "url": gateway.url, "key": "geheim", "format": "json"}
        async with stage.browser("admin") as browser:
            shown = await browser.get(f"{WAYS}/sms?adapter=http")
            form = dict(re.findall(r'name="(\w+)"[^>]* value="([^"]*)"', shown.text))
            choices = {"plus": "yes", "auth": "bearer", "answers": "no"}
            assert (await browser.post(f"{WAYS}/sms", data=form | choices | typed)).status_code == 303
            assert "1 canal passe par un fournisseur" in said(await browser.get(WAYS))
            again = await browser.get(f"{WAYS}/sms")
            assert gateway.url in again.text
            assert "geheim" not in again.text

            await browser.post(f"{WAYS}/trial", data={"channel": "sms", "to": "+225 07 00 00 00 42"})
            await sent(stage)

            assert gateway.asked[0].headers["authorization"] == "Bearer geheim"
            assert "SMS parti à 8 h" in said(await browser.get(WAYS))


@pytest.mark.parametrize(
    ("typed", "field"),
    [({"url": ""}, "url"), ({"url": "ftp://x"}, "url"), ({"auth": "magic"}, "auth")],
)
async def test_bad_settings_are_refused_beside_their_field(stage: Stage, typed: dict[str, str], field: str) -> None:
    good = {
        "adapter": "http",
        "url": "https://x.example",
        "format": "json",
        "plus": "yes",
        "auth": "none",
        "answers": "no",
    }
    async with stage.browser("admin") as browser:
        refused = await browser.post(f"{WAYS}/sms", data=good | typed)

    assert refused.status_code == 422
    assert f'id="{field}-error"' in refused.text


async def test_an_address_to_call_is_shown_once(stage: Stage) -> None:
    row = await channel(stage, "sms", "http", url="http://127.0.0.1:1")
    async with stage.browser("admin") as browser:
        made = await browser.post(f"{WAYS}/channels/{row.id}/hook")
        address = re.search(r"/api/notices/texts/[\w-]+", made.text)
        assert address
        assert address[0] not in (await browser.get(WAYS)).text
    async with stage.browser() as gateway:
        assert (await gateway.post(address[0], data={"from": PHONE, "text": "AIDE"})).status_code == 200


async def test_a_way_is_taken_away_again(stage: Stage) -> None:
    row = await channel(stage, "sms", "http", url="http://127.0.0.1:1")
    async with stage.browser("admin") as browser:
        await browser.post(f"{WAYS}/channels/{row.id}/forget")

        assert "Aucun avis ne sort d’ici" in said(await browser.get(WAYS))


async def test_a_trial_needs_a_number_or_an_address(stage: Stage) -> None:
    async with stage.browser("admin") as browser:
        for sent_ in ({"channel": "sms", "to": "nom@exemple.ci"}, {"channel": "email", "to": "+2250700000042"}):
            assert (await browser.post(f"{WAYS}/trial", data=sent_)).status_code == 422


async def test_an_administrator_reads_nothing_of_a_case(stage: Stage) -> None:
    visit = await booked_and_told(stage)
    await reached(stage, "other_declarant", phone="+2250700000099")
    async with stage.browser("admin") as browser:
        page = said(await browser.get(WAYS))

    assert "Rendez-vous confirmé" in page
    assert "Declarant Exemple" not in page
    assert visit.reference not in page
    assert not re.search(r"C 48\d", page)


# ---------- in a browser ----------


@pytest.mark.browser
@pytest.mark.slow  # Chromium is started
async def test_in_a_browser_axe_finds_nothing(stage: Stage, app: Litestar) -> None:
    await failed(stage)
    row = await channel(stage, "sms", "http", url="http://127.0.0.1:1")
    async with serving(app) as port, chromium() as browser:
        phone = await window(browser, stage, port, "declarant", size=PHONE_SIZE)
        page = await phone.go(MINE)
        await page.get_by_label("Adresse e-mail").fill("nom@exemple.ci")
        await phone.press("Garder ces choix")
        desk = await window(browser, stage, port, "chief", size=DESK)
        await desk.go(OUTBOX)
        await desk.press("Essayer de nouveau")
        admin = await window(browser, stage, port, "admin", size=DESK)
        await admin.go(WAYS)
        await admin.go(f"{WAYS}/sms")
        await admin.go(WAYS)
        await admin.press("Faire une adresse d’appel")
        assert row.id
