"""The clearance system has the report: its act number goes to the visit, once, and to no other visit."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError

from visits import events
from visits.clearance import port, queries
from visits.clearance.release import UnknownVisit, released
from visits.clearance.tables import Outbound
from visits.clearance.verdict import Verdict, happened
from visits.declarations.tables import Declaration
from visits.errors import Refusal
from visits.ids import DeclarationId, VisitId
from visits.journey.move import move
from visits.journey.queries import visit_for_update
from visits.journey.states import Level, State, possible
from visits.journey.tables import Visit
from visits.store.work import Work
from visits.texts import N_


class ActTaken(Refusal):
    """The act number belongs to another visit of this office and year."""

    code, status = "act_taken", 409
    says = N_("Le numéro d'acte %(act)s est déjà celui d'une autre visite. Vérifiez-le.")


class ReportNotSent(Refusal):
    """An acknowledgement of a report version that never left."""

    code, status = "report_not_sent", 422
    says = N_("La version %(version)s du rapport de la visite %(visit)s n'a pas été transmise.")


async def acknowledged(work: Work, declaration: Declaration, message: port.ReportAcknowledged) -> Verdict:
    """An acknowledgement came as a message."""
    visit_id = await queries.visit_id_of(work, declaration.id, message.visit)
    if visit_id is None:
        raise UnknownVisit(visit=message.visit)
    visit = await visit_for_update(work, visit_id)
    outbound = await queries.outbound_of(work, visit_id, message.version)
    if outbound is None:
        raise ReportNotSent(visit=message.visit, version=message.version)
    return await acknowledge(work, visit, outbound, message.act, at=happened(work, message.at))


async def acknowledge(work: Work, visit: Visit, outbound: Outbound, act: str, *, at: datetime | None = None) -> Verdict:
    """Keep the act number of a report; visit and report are locked by the caller."""
    if outbound.act is not None:
        return Verdict("unchanged") if outbound.act == act else Verdict("noted", code="other_act")
    outbound.state = "acknowledged"
    outbound.acknowledged_at = at or work.now
    outbound.fault = ""
    await keep_act(work, outbound, act)
    if "report_acknowledged" not in possible(State(visit.state), Level(visit.level), work.actor.roles):
        return Verdict("noted", code="early_act")
    await move(
        work,
        visit,
        events.ReportAcknowledged(
            declaration=DeclarationId(visit.declaration_id),
            visit=VisitId(visit.id),
            version=outbound.version,
            act=act,
            device_at=at,
        ),
    )
    declaration = await work.session.get_one(Declaration, visit.declaration_id)
    if declaration.voucher:
        await released(work, declaration, visit)
    return Verdict("accepted")


async def keep_act(work: Work, outbound: Outbound, act: str) -> None:
    """Write the number; the database refuses one that belongs to another visit."""
    outbound.act = act
    outbound.act_year = (outbound.acknowledged_at or work.now).year
    try:
        await work.session.flush()
    except IntegrityError as clash:
        if "outbound_act_of_one_visit" not in str(clash.orig):
            raise
        raise ActTaken(act=act) from clash
