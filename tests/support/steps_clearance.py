"""Steps to a validated report and beyond, the events of each step by whoever may cause them."""

from typing import Any

from sqlalchemy import select
from sqlmodel import col

from tests.support.stage import Stage
from visits import events
from visits.background.deliver import deliver
from visits.clearance.tables import LinkState, Outbound
from visits.declarations.lane import Colour
from visits.declarations.tables import Declaration
from visits.ids import DeclarationId, VisitId, new_id
from visits.journey.move import move
from visits.journey.queries import visit_for_update
from visits.journey.tables import Visit
from visits.reports.content import content_digest, from_stored
from visits.reports.tables import Report, ReportVersion, Signature
from visits.store.work import Work

#: A short report as it is stored.
CONTENT: dict[str, Any] = {
    "report": "01934f5e-0000-7000-8000-000000000318",
    "visit": "V-00CH3R-7",
    "version": 1,
    "office": {"administration": "Douanes (essai)", "code": "CIAB1", "name": "Abidjan-Port"},
    "declaration": {
        "office": "CIAB1",
        "year": 2026,
        "serial": "C",
        "number": "48213",
        "registered_on": "2026-11-20",
        "declarant": "Transit Lagune Exemple",
    },
    "lanes": [{"colour": "red"}],
    "order": {"level": "physical"},
    "mode": "on_site",
    "place": {"name": "Terminal 1, aire A"},
    "started": "2026-11-23T07:05:00Z",
    "ended": "2026-11-23T07:40:00Z",
    "officers": [{"name": "A. Kouassi", "grade": "inspecteur", "quality": "inspector"}],
    "containers": [
        {
            "number": "QZVU5081639",
            "seals_before": [{"number": "CI 047 9930"}],
            "seals_after": [{"number": "CI 048 2106"}],
        }
    ],
    "items": [
        {
            "number": 1,
            "description": "Disques de frein",
            "comparisons": [{"facet": "quantity", "declared": "420", "found": "372", "unit": "cartons"}],
        }
    ],
    "findings": [{"kind": "quantity_less", "text": "48 cartons manquent.", "item": 1}],
    "result": "DISCREPANCY_DUTY",
    "conclusion": "Déficit constaté à l’article 1 ; le reste est conforme.",
    "legal_basis": "Code des douanes, art. 75",
    "proposed_lane": "yellow",
}
DIGEST = content_digest(from_stored(CONTENT))


async def _step(work: Work, visit_id: Any, kind: type[events.Event], **facts: Any) -> None:
    visit = await visit_for_update(work, visit_id)
    about = {"declaration": DeclarationId(visit.declaration_id), "visit": VisitId(visit.id)}
    await move(work, visit, kind(**about, **facts))


async def ended(stage: Stage, **opened: Any) -> Visit:
    """A visit made, its report not yet written."""
    visit = await stage.opened(Colour.RED, **opened)
    await stage.run("declarant", _step, visit.id, events.PackageSubmitted, documents=3)
    await stage.run("inspector1", _step, visit.id, events.PackageAccepted)
    await stage.run(
        "declarant",
        _step,
        visit.id,
        events.AppointmentConfirmed,
        appointment=new_id(),
        starts_at=stage.clock.now(),
        ends_at=stage.clock.now(),
        site=stage.site.code,
    )
    await stage.run("inspector1", _step, visit.id, events.VisitStarted)
    await stage.run("inspector1", _step, visit.id, events.VisitEnded)
    return await stage.visit(visit.id)


async def validated(stage: Stage, **opened: Any) -> Visit:
    """A visit whose report is signed and validated; nothing has left yet."""
    visit = await ended(stage, **opened)
    async with stage.work() as work:
        report = Report(
            visit_id=visit.id, office_id=visit.office_id, year=2026, number=stage_number(visit), version=1, at=work.now
        )
        work.session.add(report)
        await work.session.flush()
        version = ReportVersion(
            report_id=report.id,
            version=1,
            content=CONTENT,
            digest=DIGEST,
            state="validated",
            frozen_at=work.now,
            validated_at=work.now,
        )
        work.session.add(version)
        await work.session.flush()
        for kind, name in (("officer", "A. Kouassi"), ("declarant", "J. Tanoh")):
            work.session.add(Signature(version_id=version.id, kind=kind, verdict="signed", name=name, at=work.now))
    await stage.run("inspector1", _step, visit.id, events.ReportSigned, version=1, digest=DIGEST, officers=1)
    await stage.run("chief", _step, visit.id, events.ReportValidated, version=1, number="CIAB1-2026-1")
    return await stage.visit(visit.id)


def stage_number(visit: Visit) -> int:
    """A report number nobody else has."""
    return int.from_bytes(visit.id.bytes[-3:], "big") + 1


async def leaving(stage: Stage, **opened: Any) -> tuple[Visit, Outbound]:
    """A validated visit with its report put on its way."""
    visit = await validated(stage, **opened)
    await deliver(stage.tools, stage.tenant, visit.id)
    return visit, await outbound(stage, visit)


async def outbound(stage: Stage, visit: Visit) -> Outbound:
    """The report of a visit on its way."""
    async with stage.work() as work:
        return (await work.session.execute(select(Outbound).where(col(Outbound.visit_id) == visit.id))).scalar_one()


async def declaration_of(stage: Stage, visit: Visit) -> Declaration:
    """The declaration a visit is about."""
    async with stage.work() as work:
        return await work.session.get_one(Declaration, visit.declaration_id)


async def link(stage: Stage) -> LinkState | None:
    """What is known of the only link used."""
    async with stage.work() as work:
        return await work.session.scalar(select(LinkState))
