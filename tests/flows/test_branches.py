"""Every side branch of a visit, walked on its pages to its end: state, event, and what the declarant reads."""

from contextlib import AsyncExitStack
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlmodel import col

from tests.support.clearance import a_message, integrator
from tests.support.pages import Pages
from tests.support.stage import Stage
from tests.support.steps_assignment import assigned
from tests.support.steps_booking import calendars, only, to_book, tomorrow
from tests.support.steps_clearance import declaration_of
from tests.support.steps_documents import given, package
from tests.support.steps_fieldwork import BAYS, ended, ready, started
from tests.support.steps_reports import PASSWORD, answered, signed, with_passwords
from visits.background.deliver import deliver
from visits.fieldwork import queries
from visits.journey.states import Clock, Level, State
from visits.journey.tables import Visit
from visits.store.tables import DomainEvent

REPORT = {
    "result": "CONFORM",
    "conclusion": "Les marchandises sont conformes.",
    "legal_basis": "Code des douanes, article 75",
    "invited_to_attend": "yes",
    "read_to_party": "yes",
}


@pytest.fixture
async def pages(stage: Stage) -> Any:
    """Browsers that are closed with the test."""
    async with AsyncExitStack() as stack:
        yield Pages(stage, stack)


async def kinds(stage: Stage, visit_id: UUID) -> list[str]:
    """The events of a visit, oldest first, once every reaction to them has run."""
    await deliver(stage.tools, stage.tenant, visit_id)
    async with stage.work() as work:
        rows = await work.session.scalars(
            select(DomainEvent).where(col(DomainEvent.visit_id) == visit_id).order_by(col(DomainEvent.seq))
        )
        return [row.kind for row in rows]


async def joint(stage: Stage) -> Visit:
    """A visit at its hour to which the plant protection was invited."""
    visit = await ready(stage)
    async with stage.work() as work:
        kept = await work.session.get_one(Visit, visit.id)
        kept.order = kept.order | {"agencies": ["PHYTO"]}
    return visit


def tablet(visit: Visit, path: str = "") -> str:
    return f"/inspector/visits/{visit.id}{path}"


def desk(visit: Visit) -> str:
    return f"/chief/visits/{visit.id}"


# ---------- somebody or something is not there ----------


async def test_goods_absent(stage: Stage, pages: Pages) -> None:
    visit = await ready(stage)
    stage.clock.move(minutes=15)

    inspector = await pages.follow(await pages("inspector1", tablet(visit)), "/trouble")
    await inspector.press("Noter la marchandise absente", {"reason": "conteneur au parc"})

    assert inspector.reads("L’absence de la marchandise est enregistrée")
    assert (await kinds(stage, visit.id))[-1] == "goods_absent"
    after = await stage.visit(visit.id)
    assert (after.state, after.clock, after.inspector_id) == (State.TO_BOOK, Clock.DECLARANT, None)
    await pages.track(visit, "Un rendez-vous est à choisir", "Marchandises non présentées", "C'est à vous")


async def test_party_absent(stage: Stage, pages: Pages) -> None:
    visit = await ready(stage)
    stage.clock.move(minutes=15)

    inspector = await pages.follow(await pages("inspector1", tablet(visit)), "/trouble")
    await inspector.press("Noter la carence")

    assert (await kinds(stage, visit.id))[-1] == "party_absent"
    after = await stage.visit(visit.id)
    assert (after.state, after.clock) == (State.TO_BOOK, Clock.DECLARANT)
    await pages.track(visit, "Un rendez-vous est à choisir", "Carence (personne absente au rendez-vous)")


async def test_whoever_says_on_the_telephone_to_be_there_is_not_absent(stage: Stage, pages: Pages) -> None:
    visit = await ready(stage)
    declarant = await pages("declarant", f"/declarant/visits/{visit.id}/appointment")
    await (await pages.follow(declarant, "/arrive")).press("Dire que je suis là")
    stage.clock.move(minutes=15)

    inspector = await pages("inspector1", tablet(visit, "/trouble"))
    await inspector.press("Noter la carence")

    assert inspector.reads("Le déclarant est noté présent")
    assert (await kinds(stage, visit.id))[-1] == "party_checked_in"
    assert (await stage.visit(visit.id)).state == State.BOOKED
    await pages.track(visit, "Visite prévue", "Arrivée pointée : déclarant")


async def test_inspector_absent(stage: Stage, pages: Pages) -> None:
    await calendars(stage)
    visit = await assigned(stage)
    first = visit.inspector_id

    chief = await pages.follow(await pages("chief", f"/office/visits/{visit.id}"), "/chief/visits/")
    await pages.follow(chief, "Remplacer le vérificateur")
    await chief.press("Demander un autre tirage", {"reason": "absent"})
    second = await pages.follow(await pages("chief2", desk(visit)), "Remplacer le vérificateur")
    await (await second.go("/chief/assignment")).press("Tirer un autre vérificateur")

    assert second.reads("Un autre vérificateur est tiré au sort")
    assert (await kinds(stage, visit.id))[-2:] == ["inspector_absent", "inspector_assigned"]
    after = await stage.visit(visit.id)
    assert after.state == State.BOOKED
    assert after.inspector_id not in (None, first)
    await pages.track(
        visit, "Visite prévue", "Vérificateur absent, un autre sera tiré au sort", "Autre vérificateur tiré au sort"
    )


@pytest.mark.parametrize(
    ("button", "holder", "says"),
    [("L’attendre encore", Clock.AGENCY, "Organisme depuis"), ("Continuer sans", Clock.CUSTOMS, "Douane depuis")],
    ids=["waited for", "gone on without"],
)
async def test_agency_absent(stage: Stage, pages: Pages, button: str, holder: Clock, says: str) -> None:
    visit = await joint(stage)
    stage.clock.move(minutes=15)

    inspector = await pages("inspector1", tablet(visit, "/trouble"))
    await inspector.press(button)

    assert (await kinds(stage, visit.id))[-1] == "agency_absent"
    after = await stage.visit(visit.id)
    assert (after.state, after.clock) == (State.BOOKED, holder)
    await pages.track(visit, "Visite prévue", "PHYTO n'est pas venu au rendez-vous", says)


async def test_an_agency_absent_from_a_visit_under_way_stands_in_its_report(stage: Stage, pages: Pages) -> None:
    visit = await started(stage, await joint(stage))
    stage.clock.move(minutes=15)

    inspector = await pages.follow(await pages("inspector1", tablet(visit)), "/suspend")
    await (await pages.follow(inspector, "/trouble")).press("Continuer sans")
    await ended(stage, visit)

    report = await pages("inspector1", tablet(visit, "/report"))
    assert not report.reads("L’avis d’un organisme convoqué manque")
    await pages.track(visit, "La douane écrit le rapport", "PHYTO n'est pas venu au rendez-vous")


# ---------- the visit goes another way ----------


async def test_suspended(stage: Stage, pages: Pages) -> None:
    visit = await started(stage)

    inspector = await pages.follow(await pages("inspector1", tablet(visit)), "/suspend")
    await inspector.press("Suspendre la visite", {"reason": "declarant", "note": "clés du camion"})
    still = await stage.visit(visit.id)
    assert (still.state, still.clock) == (State.SUSPENDED, Clock.DECLARANT)
    await pages.track(visit, "La visite est suspendue", "Visite suspendue : attente du déclarant", "C'est à vous")
    await inspector.press("Reprendre la visite")

    assert (await kinds(stage, visit.id))[-2:] == ["visit_suspended", "visit_resumed"]
    after = await stage.visit(visit.id)
    assert (after.state, after.clock) == (State.RUNNING, Clock.CUSTOMS)
    await pages.track(visit, "La visite est en cours", "Visite reprise")


@pytest.mark.parametrize("begun", [False, True], ids=["before its start", "under way"])
async def test_converted_video(stage: Stage, pages: Pages, begun: bool) -> None:
    visit = await ready(stage, await to_book(stage, level="video"))
    if begun:
        await started(stage, visit)

    inspector = await pages("inspector1", tablet(visit))
    if begun:
        await pages.follow(inspector, "/suspend")
    await pages.follow(inspector, "/trouble")
    await inspector.press("Demander une visite sur place", {"reason": "image illisible"})

    assert (await kinds(stage, visit.id))[-1] == "visit_converted"
    after = await stage.visit(visit.id)
    assert (after.state, after.level, after.inspector_id) == (State.TO_BOOK, Level.PHYSICAL, None)
    await pages.track(visit, "Un rendez-vous est à choisir", "La visite par vidéo devient une visite sur place")
    slots = await pages("declarant", f"/declarant/visits/{visit.id}/slots")
    assert slots.document.xpath("//input[@name='start'][not(@disabled)]")


async def test_extension(stage: Stage, pages: Pages) -> None:
    first = await started(stage)

    await (await pages("chief", desk(first))).press("Ordonner l’extension", {"reason": "fausse cloison"})
    second = await followed(stage, first)

    assert (second.state, second.order["extent"], second.order["percent"]) == (State.PACKAGE, "FULL", 100)
    assert (await kinds(stage, second.id))[-1] == "extension_ordered"
    await pages.track(second, "Le dossier attend ses pièces", "Visite étendue", "C'est à vous")


async def test_counter_visit(stage: Stage, pages: Pages) -> None:
    first = await ended(stage)

    await (await pages("chief", desk(first))).press("Ordonner la contre-visite", {"reason": "écart contesté"})
    second = await followed(stage, first)

    assert (second.state, second.order) == (State.PACKAGE, first.order)
    assert (await kinds(stage, second.id))[-1] == "counter_visit_ordered"
    await pages.track(second, "Le dossier attend ses pièces", "Contre-visite ordonnée", "C'est à vous")


async def test_a_counter_visit_is_booked_and_made_by_another_inspector(stage: Stage, pages: Pages) -> None:
    first = await ended(stage)
    await (await pages("chief", desk(first))).press("Ordonner la contre-visite", {"reason": "écart contesté"})
    second = await followed(stage, first)
    await only(stage, *BAYS, "inspector1", "inspector2")
    await calendars(stage)
    for need in (await package(stage, second.id)).missing:
        await given(stage, second.id, need.document_type)

    await (await pages("declarant", f"/declarant/visits/{second.id}/documents")).press("Envoyer le dossier")
    await (await pages("chief", f"/office/packages/{second.id}")).press("Accepter le dossier")
    drawn = await assigned(stage, await stage.visit(second.id), tomorrow(stage, 10))

    assert drawn.state == State.BOOKED
    assert drawn.inspector_id == stage.resources["inspector2"].id
    await pages.track(second, "Visite prévue", "Vérificateur tiré au sort")


async def followed(stage: Stage, first: Visit) -> Visit:
    """The only second visit of the same goods."""
    async with stage.work() as work:
        [second] = await queries.children_of(work, first.id)
    return second


async def test_paper_exception(stage: Stage, pages: Pages) -> None:
    visit = await ready(stage)
    await with_passwords(stage, "inspector1")
    stage.clock.move(minutes=90)

    await (await pages("chief", desk(visit))).press("Passer au rapport papier", {"reason": "tablettes en panne"})
    assert (await kinds(stage, visit.id))[-1] == "paper_exception"
    await pages.track(visit, "La douane écrit le rapport", "Visite faite sur papier")
    await typed_in(pages, visit)
    await write(pages, visit, {"started": at(stage, 10, 5), "ended": at(stage, 10, 50)})

    assert "report_signed" in await kinds(stage, visit.id)
    assert (await stage.visit(visit.id)).state == State.SIGNED
    report = await pages("chief", f"/chief/reports/{visit.id}")
    assert report.reads("tablettes en panne")
    await pages.track(visit, "Le rapport attend sa validation", "Rapport signé par le vérificateur")


async def typed_in(pages: Pages, visit: Visit) -> None:
    """What stands on the paper: the seal, the opening, the goods, the new seal."""
    deeds = {
        "/boxes/1/number": {"seal": "CI 048 2217", "state": "intact"},
        "/boxes/1/opening": {"method": "PARTIAL", "percent": "30"},
        "/items/1": {},
        "/boxes/1/seal": {"seal": "CI 048 2300"},
    }
    for path, fields in deeds.items():
        inspector = await pages.follow(await pages("inspector1", tablet(visit)), path)
        await inspector.submit(inspector.document.get_element_by_id("deed"), fields)
        assert inspector.page is not None
        assert inspector.page.status_code == 200, f"{path}: {inspector.said}"


async def write(pages: Pages, visit: Visit, fields: dict[str, str]) -> None:
    """The inspector writes the report and signs it."""
    present = {"present": "A. Exemple", "present_quality": "declarant"}
    inspector = await pages.follow(await pages("inspector1", tablet(visit)), "/report")
    await inspector.press("Enregistrer le brouillon", REPORT | present | fields)
    await inspector.go(tablet(visit, "/report/sign"))
    await inspector.press("Signer", {"password": PASSWORD})


def at(stage: Stage, hour: int, minute: int) -> str:
    """An hour of today as a browser sends it; the stage's office keeps UTC."""
    return stage.clock.now().replace(hour=hour, minute=minute).strftime("%Y-%m-%dT%H:%M")


async def test_a_visit_nobody_was_drawn_for_was_not_made_on_paper(stage: Stage, pages: Pages) -> None:
    await calendars(stage)
    visit = await assigned(stage)
    async with stage.work() as work:
        (await work.session.get_one(Visit, visit.id)).inspector_id = None

    chief = await pages("chief", desk(visit))
    await chief.press("Passer au rapport papier", {"reason": "tablettes en panne"})

    assert chief.reads("Aucun vérificateur n’est tiré pour cette visite")
    assert (await stage.visit(visit.id)).state == State.BOOKED


# ---------- the report ----------


async def test_refusal_to_sign(stage: Stage, pages: Pages) -> None:
    visit = await signed(stage)
    declarant = await pages("declarant", f"/declarant/declarations/{visit.declaration_id}")

    await pages.follow(declarant, "Lire et signer le rapport")
    answer = {"verdict": "refused", "remarks": "Je conteste le comptage.", "party": "J. Tanoh"}
    await declarant.press("Enregistrer la réponse", answer)
    assert declarant.reads("Vous avez refusé de signer")
    assert (await stage.visit(visit.id)).state == State.SIGNED
    await (await pages("chief", f"/chief/reports/{visit.id}")).press("Valider")

    assert [each for each in await kinds(stage, visit.id) if each in ("declarant_refused", "report_validated")] == [
        "declarant_refused",
        "report_validated",
    ]
    assert (await stage.visit(visit.id)).state == State.VALIDATED
    await pages.track(visit, "Le déclarant n'a pas signé le rapport", "Rapport validé")


async def test_pending_laboratory(stage: Stage, pages: Pages) -> None:
    visit = await ended(stage)

    chief = await pages("chief", desk(visit))
    await chief.press("Attendre le laboratoire", {"reason": "dosage"})
    waiting = await stage.visit(visit.id)
    assert (waiting.state, waiting.clock) == (State.LAB, Clock.LAB)
    await pages.track(visit, "Le laboratoire analyse l'échantillon", "Laboratoire depuis")
    await chief.press("Enregistrer le résultat", {"reason": "conforme à la norme"})

    assert (await kinds(stage, visit.id))[-2:] == ["lab_awaited", "lab_result"]
    after = await stage.visit(visit.id)
    assert (after.state, after.clock) == (State.ENDED, Clock.CUSTOMS)
    await pages.track(visit, "La douane écrit le rapport", "Résultat du laboratoire reçu")


async def test_seizure(stage: Stage, pages: Pages) -> None:
    visit = await answered(stage)
    await (await pages("chief", f"/chief/reports/{visit.id}")).press("Valider")
    await kinds(stage, visit.id)
    manual = await pages("chief", f"/chief/manual/{visit.id}")
    await manual.submit(manual.forms("/act")[0], {"act": "ACT-48217"})

    await (await pages("chief", desk(visit))).press("Enregistrer la saisie", {"reason": "contrefaçon"})

    assert (await kinds(stage, visit.id))[-1] == "goods_seized"
    after = await stage.visit(visit.id)
    assert (after.state, after.clock, after.closed_at) == (State.SEIZED, Clock.NOBODY, stage.clock.now())
    await pages.track(visit, "Les marchandises sont saisies", "Marchandises saisies")


# ---------- the clearance system ----------


async def test_cancelled_by_the_clearance_system(stage: Stage, pages: Pages) -> None:
    visit = await ready(stage)
    message = a_message("visit_withdrawn", await declaration_of(stage, visit), visit=visit.reference)

    async with await integrator(stage) as system:
        answer = await system.post(
            "/api/clearance/messages", content=message, headers={"content-type": "application/json"}
        )

    assert answer.status_code in (200, 202), answer.text
    assert (await kinds(stage, visit.id))[-1] == "cancelled"
    after = await stage.visit(visit.id)
    assert (after.state, after.clock, after.closed_at) == (State.CANCELLED, Clock.NOBODY, stage.clock.now())
    await pages.track(visit, "La visite est annulée", "Visite annulée")
    story = await pages("chief", f"/office/visits/{visit.id}")
    assert story.reads("retiré par le système de dédouanement")
