"""Freeze a report and sign it: the officers by password, the declarant on the tablet or on a page of their own."""

import hmac
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from visits import chain
from visits.declarations.queries import Case, case_of
from visits.errors import BadInput, NotFound, Refusal, Stale
from visits.events import DeclarantRefused, DeclarantSigned, Event, ReportSigned, ReservationMade
from visits.fieldwork.queries import record_of
from visits.ids import DeclarationId, VisitId, new_id
from visits.journey.move import move
from visits.journey.states import STATE_NAMES, State, WrongState
from visits.people.passwords import matches
from visits.people.queries import agencies, forget_tries, memberships_of, person_by_login
from visits.people.signin import count, try_name
from visits.people.tables import Person
from visits.reports import queries
from visits.reports.assemble import content_of, makers
from visits.reports.content import Content, content_digest, to_stored
from visits.reports.draft import LINE, TEXT, draft_of
from visits.reports.rules import missing
from visits.reports.strokes import drawing
from visits.reports.tables import Report, ReportVersion, Signature
from visits.reports.words import QUALITIES, Answer, Quality, SignerKind
from visits.roles import FIRM, Role
from visits.store.work import Work
from visits.texts import N_
from visits.web.language import say


class WrongPassword(Refusal):
    """The password given with a signature does not fit its login."""

    code, status = "wrong-password", 403
    says = N_("Le mot de passe ne correspond pas. Rien n'a été signé.")


class GapsLeft(Refusal):
    """The report cannot be signed yet; `gaps` names everything that is missing."""

    code, status = "report-incomplete", 422
    says = N_("Le rapport n'est pas complet. Rien n'est perdu : voyez ce qui manque.")


class BadStrokes(Refusal):
    """The drawing of a signature holds something else than strokes of a pen."""

    code, status = "bad-strokes", 422
    says = N_("La signature dessinée n'est pas lisible. Effacez-la et dessinez-la à nouveau.")


class AlreadySigned(Refusal):
    """This person, or the declarant's side, has answered this version."""

    code, status = "already-signed", 409
    says = N_("Cette version a déjà cette signature.")


class NotNamed(Refusal):
    """Only the officers the report names as present may sign it."""

    code, status = "not-named", 403
    says = N_("Le rapport ne nomme pas cette personne parmi les agents de la visite.")


class WordsNeeded(Refusal):
    """Reserves without words, or a refusal without its reason."""

    code, status = "words-needed", 422
    says = N_("Écrivez vos réserves, ou la raison du refus.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The report as it would be frozen now; `seal` tells whether anything changed since it was shown."""

    content: Content
    gaps: list[str]
    seal: str


# ---------- the officer ----------


async def count_try(work: Work, login: str = "") -> None:
    """Count a try at a password before it is made, in a transaction of its own; without a login, the actor's."""
    if not login and work.actor.person:
        login = (await work.session.get_one(Person, work.actor.person)).login
    await count(work, login)


async def preview(work: Work, case: Case) -> Preview:
    """What would be signed now, and what is missing from it."""
    report = await queries.report_of(work, case.visit.id)
    content = await _assembled(work, case, report, previous="")
    return Preview(content=content, gaps=missing(content), seal=content_digest(content))


async def sign(work: Work, visit_id: UUID, *, password: str, seal: str, strokes: str = "") -> ReportVersion:
    """Freeze the report as it was shown, and sign it as its first officer."""
    signer = await proved(work, password)
    drawn = checked(strokes)
    case = await case_of(work, visit_id, lock=True)
    if not await queries.is_inspector(work, case.visit):
        raise NotFound()
    if State(case.visit.state) is not State.ENDED:
        raise WrongState(state=STATE_NAMES[State(case.visit.state)], event=ReportSigned.code)
    report = await queries.report_for_update(work, case)
    shown = await _assembled(work, case, report, previous="")
    if not hmac.compare_digest(content_digest(shown), seal):
        raise Stale()
    if gaps := missing(shown):
        raise GapsLeft(gaps=gaps)
    frozen = await _freeze(work, case, report, shown)
    await _add(work, case, frozen, SignerKind.OFFICER, Answer.SIGNED, signer, strokes=drawn)
    await move(work, case.visit, ReportSigned(**_about(case), version=frozen.version, digest=frozen.digest, officers=1))
    case.visit.result = shown.result
    return frozen


async def cosign(
    work: Work, visit_id: UUID, *, version: int, login: str, password: str, strokes: str = ""
) -> Signature:
    """Another officer of the visit, or a called agency's, signs the same version by own login and password."""
    signer = await person_by_login(work, login)
    if not await matches(password, signer.password if signer else None) or signer is None or signer.state != "active":
        raise WrongPassword()
    await forget_tries(work, try_name(login))
    drawn = checked(strokes)
    case, frozen = await _open_version(work, visit_id, version)
    kind, quality = await _as_officer(work, case, signer)
    return await _add(work, case, frozen, kind, Answer.SIGNED, signer, quality=quality, strokes=drawn)


async def proved(work: Work, password: str) -> Person:
    """The actor, proved again: an unlocked tablet alone signs nothing."""
    person = await work.session.get(Person, work.actor.person) if work.actor.person else None
    if person is None or not await matches(password, person.password):
        raise WrongPassword()
    await forget_tries(work, try_name(person.login))
    return person


async def _assembled(work: Work, case: Case, report: Report | None, *, previous: str) -> Content:
    return await content_of(
        work,
        case,
        report=report.id if report else case.visit.id,
        version=(report.version if report else 0) + 1,
        draft=draft_of(report, case.office),
        previous=previous,
    )


async def _freeze(work: Work, case: Case, report: Report, shown: Content) -> ReportVersion:
    """Chain the content to the office's newest version and store it for ever."""
    previous = await queries.head_for_update(work, case.office.id)
    content = msgspec.structs.replace(shown, previous_digest=previous)
    frozen = ReportVersion(
        id=new_id(),
        report_id=report.id,
        version=content.version,
        content=to_stored(content),
        digest=content_digest(content),
        frozen_at=work.now,
    )
    work.session.add(frozen)
    report.version = content.version
    await work.session.flush()
    await queries.move_head(work, case.office.id, frozen.digest)
    work.audit("report_signed", report.id, office=case.office.id, digest=frozen.digest, version=frozen.version)
    return frozen


async def _as_officer(work: Work, case: Case, signer: Person) -> tuple[SignerKind, str]:
    """In what quality somebody may sign as a maker of the visit."""
    report = await queries.report_of(work, case.visit.id)
    record = await record_of(work, case.visit.id)
    if signer.id in await makers(work, case, record, draft_of(report, case.office)):
        return SignerKind.OFFICER, ""
    invited = set(case.visit.order.get("agencies") or ())
    bodies = {agency.id: agency for agency in await agencies(work) if agency.code in invited}
    for held in await memberships_of(work, signer.id):
        if held.role == Role.AGENCY_OFFICER and held.agency_id in bodies:
            return SignerKind.AGENCY, bodies[held.agency_id].name
    raise NotNamed()


# ---------- the declarant ----------


async def answer(
    work: Work,
    visit_id: UUID,
    *,
    version: int,
    verdict: Answer,
    called: str,
    remarks: str = "",
    read_out: bool = False,
    strokes: str = "",
) -> Signature:
    """The declarant's side signs, signs with reserves, or refuses: once, here or on the inspector's tablet."""
    name, words, drawn = " ".join(called.split())[:LINE], remarks.strip()[:TEXT], checked(strokes)
    if not name:
        raise BadInput(field=N_("nom"))
    if verdict is not Answer.SIGNED and not words:
        raise WordsNeeded()
    case, frozen = await _open_version(work, visit_id, version)
    own = work.actor.is_a(*FIRM)
    if not own and not await queries.is_inspector(work, case.visit):
        raise NotFound()
    signature = await _add(
        work,
        case,
        frozen,
        SignerKind.DECLARANT,
        verdict,
        await work.session.get(Person, work.actor.person) if own else None,
        name=name,
        quality=_for_whom(case, importer=own and work.actor.is_a(Role.IMPORTER)),
        remarks=words if verdict is not Answer.SIGNED else "",
        read_out=read_out,
        strokes=drawn if verdict is not Answer.REFUSED else None,
    )
    await move(work, case.visit, _event(case, frozen.version, verdict, words))
    return signature


def _for_whom(case: Case, *, importer: bool) -> str:
    if importer:
        return say(N_("Pour l'importateur %(firm)s"), "fr", firm=case.declaration.consignee_name or "")
    return say(N_("Pour le déclarant %(firm)s"), "fr", firm=case.declaration.declarant_name or "")


def _event(case: Case, version: int, verdict: Answer, words: str) -> Event:
    match verdict:
        case Answer.SIGNED:
            return DeclarantSigned(**_about(case), version=version)
        case Answer.RESERVED:
            return ReservationMade(**_about(case), version=version)
    return DeclarantRefused(**_about(case), version=version, reason=words)


# ---------- shared ----------


def checked(strokes: str) -> str | None:
    """The pen's path, if it is one; an empty pad is no drawing."""
    path = strokes.strip()
    if not path:
        return None
    if drawing(path) is None:
        raise BadStrokes()
    return path


async def _open_version(work: Work, visit_id: UUID, version: int) -> tuple[Case, ReportVersion]:
    """The visit, locked, with its newest version, which must be the one that was shown and still unvalidated."""
    case = await case_of(work, visit_id, lock=True)
    if State(case.visit.state) is not State.SIGNED:
        raise WrongState(state=STATE_NAMES[State(case.visit.state)], event="report_signature")
    frozen = await queries.version_of(work, visit_id)
    if frozen is None or frozen.version != version:
        raise Stale()
    return case, frozen


async def _add(
    work: Work,
    case: Case,
    frozen: ReportVersion,
    kind: SignerKind,
    verdict: Answer,
    person: Person | None,
    *,
    name: str = "",
    quality: str = "",
    remarks: str = "",
    read_out: bool = False,
    strokes: str | None = None,
) -> Signature:
    """Store one answer; its digest goes into the chain beside that of the version."""
    given = await queries.signatures_of(work, frozen.id)
    if any(one.kind == kind and (kind is SignerKind.DECLARANT or one.person_id == _id(person)) for one in given):
        raise AlreadySigned()
    usual = say(QUALITIES[Quality.INSPECTOR], "fr")
    signature = Signature(
        id=new_id(),
        version_id=frozen.id,
        kind=kind,
        verdict=verdict,
        person_id=_id(person),
        name=name or (person.name if person else ""),
        quality=quality or (person.quality if person else "") or usual,
        remarks=remarks,
        read_out=read_out,
        strokes=strokes,
        at=work.now,
    )
    work.session.add(signature)
    await work.session.flush()
    work.audit(
        "signature_added",
        signature.id,
        office=case.office.id,
        kind=kind,
        digest=signature_digest(signature),
        version_digest=frozen.digest,
    )
    return signature


def signature_digest(signature: Signature) -> str:
    """What the chain keeps of a signature, in hexadecimal."""
    facts = signature.model_dump(exclude={"id", "tenant_id"})
    return chain.digest(facts).hex()


def _id(person: Person | None) -> UUID | None:
    return person.id if person else None


def _about(case: Case) -> dict[str, Any]:
    return {"declaration": DeclarationId(case.declaration.id), "visit": VisitId(case.visit.id)}
