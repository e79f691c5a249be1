"""An agency's pages: the joint visits it is invited to, « Je suis là », and nothing it need not know."""

from uuid import UUID

import pytest
from litestar import Litestar

from tests.portals.reading import said
from tests.support.live import PHONE, chromium, serving, window
from tests.support.stage import Stage
from tests.support.steps_fieldwork import ended, ready, started
from tests.support.steps_reports import answered, cosigned, signed, validated, with_passwords
from visits.fieldwork import queries
from visits.ids import new_id
from visits.journey.tables import Visit
from visits.people import queries as people
from visits.people.tables import Agency
from visits.reports.content import AgencyVerdict
from visits.reports.words import AgencyAnswer
from visits.sites.tables import Office


async def joint(stage: Stage, *agencies: str) -> Visit:
    """A visit at its hour to which agencies were invited: plant protection unless said otherwise."""
    return await invite(stage, await ready(stage), *agencies)


async def invite(stage: Stage, visit: Visit, *agencies: str) -> Visit:
    async with stage.work() as work:
        kept = await work.session.get_one(Visit, visit.id)
        kept.order = kept.order | {"agencies": list(agencies or ["PHYTO"])}
    return kept


async def moved(stage: Stage, *, agency: bool = False, office: bool = False) -> None:
    """The agency's officer belongs to another agency, or to another office."""
    async with stage.work() as work:
        other = Agency(code="VETO", name="Services vétérinaires")
        elsewhere = Office(code="CIAB3", name="Vridi", tz="Africa/Abidjan", country="CI", currency="XOF")
        work.session.add_all([other, elsewhere])
        await work.session.flush()
        held = (await people.memberships_of(work, stage.actors["agency_officer"].person))[0]  # type: ignore[arg-type]
        held.agency_id = other.id if agency else held.agency_id
        held.office_id = elsewhere.id if office else held.office_id


async def arrivals(stage: Stage, visit_id: UUID) -> list[tuple[str, str | None, str]]:
    async with stage.work() as work:
        return [(row.party, row.agency, row.fence) for row in (await queries.record_of(work, visit_id)).check_ins]


async def test_without_visits_the_page_says_when_one_comes(stage: Stage) -> None:
    await ready(stage)

    async with stage.browser("agency_officer") as phone:
        assert "Personne ne vous attend" in said(await phone.get("/agency"))


async def test_a_joint_visit_is_listed_with_its_hour_place_and_turn(stage: Stage) -> None:
    visit = await joint(stage)

    async with stage.browser("agency_officer") as phone:
        home = await phone.get("/agency")

    assert f'href="/agency/visits/{visit.id}"' in home.text
    text = said(home)
    assert "1 visite conjointe à venir" in text
    assert "Mardi 24 novembre à 10 h" in text
    assert "C 48001 · " in text
    assert "Terminal 1" in text
    assert "Douane – rendez-vous pris" in text


async def test_the_visit_shows_goods_without_value_owner_or_other_agencies(stage: Stage) -> None:
    visit = await joint(stage, "PHYTO", "VETO")

    async with stage.browser("agency_officer") as phone:
        text = said(await phone.get(f"/agency/visits/{visit.id}"))

    for shown in ("Disques de frein", "8708.30.00", "Turquie", "420 cartons", "QZVU 508 163 9", "Terminal 1"):
        assert shown in text
    for hidden in ("12000000", "12 000 000", "20000", "Transit Lagune", "Comptoir", "VETO", "Inspector1"):
        assert hidden not in text
    assert "vous le signez avec votre mot de passe sur sa tablette" in text


async def test_one_press_on_the_day_says_i_am_here_once(stage: Stage) -> None:
    visit = await joint(stage)
    path = f"/agency/visits/{visit.id}"
    place = {"latitude": "5.2571", "longitude": "-4.0095", "accuracy": "12"}

    async with stage.browser("agency_officer") as phone:
        assert "Je suis là" in said(await phone.get(path))
        for sent in (form := {"id": str(new_id())}), form, {"id": str(new_id())}:
            page = await phone.post(f"{path}/arrive", data=sent | place, follow_redirects=True)

    assert "Présent depuis" in said(page)
    assert await arrivals(stage, visit.id) == [("agency_officer", "PHYTO", "inside")]


async def test_the_day_before_there_is_nothing_to_press(stage: Stage) -> None:
    visit = await joint(stage)
    stage.clock.move(days=-1)

    async with stage.browser("agency_officer") as phone:
        assert "Je suis là" not in said(await phone.get(f"/agency/visits/{visit.id}"))
        refused = await phone.post(f"/agency/visits/{visit.id}/arrive", data={"id": str(new_id())})

    assert refused.status_code == 409
    assert await arrivals(stage, visit.id) == []


async def test_during_the_visit_one_may_still_come(stage: Stage) -> None:
    visit = await started(stage, await joint(stage))

    async with stage.browser("agency_officer") as phone:
        answer = await phone.post(f"/agency/visits/{visit.id}/arrive", data={"id": str(new_id())})

    assert answer.status_code == 303
    assert ("agency_officer", "PHYTO", "unknown") in await arrivals(stage, visit.id)


@pytest.mark.parametrize("away", ["agency", "office"])
async def test_another_agency_or_office_finds_nothing(stage: Stage, away: str) -> None:
    visit = await joint(stage)
    await moved(stage, **{away: True})
    path = f"/agency/visits/{visit.id}"

    async with stage.browser("agency_officer") as phone:
        assert str(visit.id) not in (await phone.get("/agency")).text
        assert [(await phone.get(each)).status_code for each in (path, f"{path}/report")] == [404, 404]
        assert (await phone.post(f"{path}/arrive", data={"id": str(new_id())})).status_code == 404


async def test_before_there_is_a_time_the_visit_is_not_there(stage: Stage) -> None:
    visit = await invite(stage, await stage.opened())

    async with stage.browser("agency_officer") as phone:
        assert (await phone.get(f"/agency/visits/{visit.id}")).status_code == 404


async def test_an_invitation_opens_no_other_page_of_the_case(stage: Stage) -> None:
    visit = await joint(stage)

    async with stage.browser("agency_officer") as phone:
        for path in (f"/office/visits/{visit.id}", f"/office/packages/{visit.id}", "/search?q=48001"):
            assert (await phone.get(path)).status_code == 403


async def test_what_was_stays_on_the_list_for_thirty_days(stage: Stage) -> None:
    visit = await ended(stage, await started(stage, await joint(stage)))

    async with stage.browser("agency_officer") as phone:
        text = said(await phone.get("/agency"))
    assert "Aucune visite conjointe à venir" in text
    assert "Les 30 derniers jours" in text
    assert "rapport à écrire" in text

    stage.clock.move(days=31)
    async with stage.browser("agency_officer") as phone:
        assert str(visit.id) not in (await phone.get("/agency")).text


async def test_the_signed_and_validated_report_is_the_signers_to_keep(stage: Stage) -> None:
    verdict = AgencyVerdict(agency="PHYTO", answer=AgencyAnswer.FAVOURABLE, officer="A. Exemple")
    visit = await signed(stage, await ended(stage, await started(stage, await joint(stage))), verdicts=(verdict,))
    await with_passwords(stage, "agency_officer")
    path = f"/agency/visits/{visit.id}"

    async with stage.browser("agency_officer") as phone:
        await cosigned(stage, visit.id, login="agency_officer")
        assert (await phone.get(f"{path}/report")).status_code == 404

        await validated(stage, await answered(stage, visit))

        assert "Copie du rapport" in said(await phone.get(path))
        copy = await phone.get(f"{path}/report")
    assert copy.content.startswith(b"%PDF")


@pytest.mark.browser
@pytest.mark.slow  # Chromium is started
async def test_on_a_phone_axe_finds_nothing(stage: Stage, app: Litestar) -> None:
    visit = await joint(stage)
    async with serving(app) as port, chromium() as browser:
        phone = await window(browser, stage, port, "agency_officer", size=PHONE)
        await phone.go("/agency")
        await phone.go(f"/agency/visits/{visit.id}")
        await phone.press("Je suis là")
