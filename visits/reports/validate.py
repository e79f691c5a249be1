"""The visit chief's part: validate a signed report and number it, return it, or open it again as a new version."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from visits.declarations.queries import Case, case_of
from visits.errors import BadInput, NotFound, Refusal, Stale
from visits.events import ReportAmended, ReportReturned, ReportValidated
from visits.ids import DeclarationId, VisitId
from visits.journey.move import move
from visits.journey.states import STATE_NAMES, State, WrongState
from visits.reports import queries
from visits.reports.content import Content, content_digest, from_stored
from visits.reports.numbers import next_number, number_text
from visits.reports.tables import Report, ReportVersion, Signature
from visits.reports.words import PARTY, SignerKind
from visits.store.work import Work
from visits.texts import N_

#: How long a declarant who was present may take to answer.
PATIENCE = timedelta(hours=72)
REMARK = 1000

#: Why a report goes back to its officer.
RETURNS: dict[str, str] = {
    "incomplete": N_("Une constatation manque ou n'est pas assez précise"),
    "evidence": N_("Une preuve manque ou n'est pas lisible"),
    "result": N_("Le résultat ne suit pas les constatations"),
    "duty": N_("Les droits à compléter sont à recalculer"),
    "legal": N_("L'article cité n'est pas le bon"),
    "identity": N_("Une personne, un conteneur ou un plomb est mal nommé"),
    "other": N_("Autre raison"),
}


class Hearing(StrEnum):
    """Where the declarant's side stands with a version."""

    ANSWERED = "answered"
    ABSENT = "absent"
    UNCONFIRMED = "unconfirmed"
    AWAITED = "awaited"


class AnswerAwaited(Refusal):
    """The declarant was there and still has time to answer."""

    code, status = "answer-awaited", 409
    says = N_("Le déclarant peut encore répondre jusqu'à %(until)s. Demandez sa signature ou notez son refus.")


class OwnReport(Refusal):
    """Who made the visit does not validate its report."""

    code, status = "own-report", 403
    says = N_("Vous avez signé ce rapport comme agent. Un autre chef le valide.")


class Altered(Refusal):
    """The stored content is not what was signed."""

    code, status = "report-altered", 409
    says = N_("Le contenu de ce rapport n'est plus celui qui a été signé. Prévenez l'administrateur.")


def hearing(content: Content, signatures: Iterable[Signature], *, frozen_at: datetime, now: datetime) -> Hearing:
    """Has the declarant's side answered, was nobody there to hear it, or did the time run out? Pure."""
    if any(one.kind == SignerKind.DECLARANT for one in signatures):
        return Hearing.ANSWERED
    if not any(party.quality in PARTY for party in content.parties):
        return Hearing.ABSENT
    return Hearing.UNCONFIRMED if now >= frozen_at + PATIENCE else Hearing.AWAITED


async def validate(work: Work, visit_id: UUID, *, version: int) -> Report:
    """Validate the version that was read: it gets the office's next number, or keeps the one it has."""
    case, report, frozen = await _signed_version(work, visit_id, version)
    signatures = await queries.signatures_of(work, frozen.id)
    if any(one.kind == SignerKind.OFFICER and one.person_id == work.actor.person for one in signatures):
        raise OwnReport()
    content = from_stored(frozen.content)
    if content_digest(content) != frozen.digest:
        raise Altered()
    heard = hearing(content, signatures, frozen_at=frozen.frozen_at, now=work.now)
    if heard is Hearing.AWAITED:
        raise AnswerAwaited(until=(frozen.frozen_at + PATIENCE).astimezone(ZoneInfo(case.office.tz)))
    frozen.state = "validated"
    frozen.validated_by = work.actor.person
    frozen.validated_at = work.now
    if report.number is None:
        report.year = work.now.astimezone(ZoneInfo(case.office.tz)).year
        report.number = await next_number(work, case.office.id, report.year)
    assert report.year is not None
    number = number_text(report.year, case.office.code, report.number)
    event = ReportValidated(
        declaration=DeclarationId(case.declaration.id), visit=VisitId(visit_id), version=version, number=number
    )
    await move(work, case.visit, event, reason="" if heard is Hearing.ANSWERED else heard)
    case.visit.result = content.result
    work.audit(
        "report_validated",
        report.id,
        office=case.office.id,
        version=version,
        number=number,
        digest=frozen.digest,
        hearing=heard,
    )
    return report


async def give_back(work: Work, visit_id: UUID, *, version: int, reason: str, remark: str = "") -> ReportVersion:
    """Return a signed version to its officer with a coded reason; the next version follows it."""
    words = " ".join(remark.split())[:REMARK]
    if reason not in RETURNS or (reason == "other" and not words):
        raise BadInput(field=N_("raison du retour"))
    case, report, frozen = await _signed_version(work, visit_id, version)
    frozen.state = "returned"
    frozen.returned_reason = f"{reason} {words}".strip()
    event = ReportReturned(
        declaration=DeclarationId(case.declaration.id), visit=VisitId(visit_id), version=version, reason=reason
    )
    await move(work, case.visit, event, reason=frozen.returned_reason)
    work.audit("report_returned", report.id, office=case.office.id, version=version, reason=reason)
    return frozen


async def amend(work: Work, visit_id: UUID, *, version: int, reason: str) -> ReportVersion:
    """Open a validated report again after the clearance system took it; the new version keeps the number."""
    words = " ".join(reason.split())[:REMARK]
    if not words:
        raise BadInput(field=N_("raison"))
    case = await case_of(work, visit_id, lock=True)
    report, frozen = await _newest(work, case, version)
    if frozen.state != "validated":
        raise WrongState(state=STATE_NAMES[State(case.visit.state)], event=ReportAmended.code)
    event = ReportAmended(
        declaration=DeclarationId(case.declaration.id), visit=VisitId(visit_id), version=version, reason=words
    )
    await move(work, case.visit, event, reason=words)
    frozen.state = "amended"
    frozen.returned_reason = words
    work.audit("report_amended", report.id, office=case.office.id, version=version, reason=words)
    return frozen


async def _signed_version(work: Work, visit_id: UUID, version: int) -> tuple[Case, Report, ReportVersion]:
    """The visit, locked, with the version the chief read; it must be the newest and wait for the chief."""
    case = await case_of(work, visit_id, lock=True)
    if State(case.visit.state) is not State.SIGNED:
        raise WrongState(state=STATE_NAMES[State(case.visit.state)], event=ReportValidated.code)
    report, frozen = await _newest(work, case, version)
    return case, report, frozen


async def _newest(work: Work, case: Case, version: int) -> tuple[Report, ReportVersion]:
    report = await queries.report_for_update(work, case)
    frozen = await queries.version_of(work, case.visit.id)
    if frozen is None:
        raise NotFound()
    if frozen.version != version:
        raise Stale()
    return report, frozen


def returned_for(frozen: ReportVersion) -> tuple[str, str]:
    """Why a version was returned: the sentence of its code, and the chief's own words."""
    code, _, words = frozen.returned_reason.partition(" ")
    return (RETURNS[code], words) if frozen.state == "returned" and code in RETURNS else ("", frozen.returned_reason)
