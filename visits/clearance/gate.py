"""The gate: does this voucher let this container out? And its exit, once for ever.

Whoever asks at the gate learns only the answer: never which containers a voucher covers, nor whose they are, nor what
a number nearly like it would be.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from visits.clearance import exits, queries
from visits.clearance.tables import GateExit
from visits.declarations.tables import Declaration
from visits.errors import NotFound, Refusal
from visits.events import GoodsExited
from visits.ids import DeclarationId, VisitId, new_id
from visits.journey.move import move
from visits.journey.queries import visit_for_update, visits_of
from visits.journey.states import OVER, State
from visits.roles import Role
from visits.store.work import Work
from visits.texts import N_

#: What our own code says before the number: « BAE CIAB1 2026-009921 ».
MARK = "BAE"
LONGEST = 128


class Verdict(StrEnum):
    """What the gate answers."""

    ALLOWED = "allowed"
    WHICH = "which"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"
    CONTROLLED = "controlled"
    SEIZED = "seized"
    OTHER_CONTAINER = "other_container"
    LEFT = "left"


#: Title and sentence of each answer.
WORDS: dict[Verdict, tuple[str, str]] = {
    Verdict.ALLOWED: (N_("Sortie permise"), N_("Le bon à enlever est valable pour ce conteneur.")),
    Verdict.WHICH: (N_("Quel conteneur sort ?"), N_("Lisez son numéro sur la boîte et tapez-le.")),
    Verdict.UNKNOWN: (
        N_("Sortie refusée : bon inconnu"),
        N_("Aucun bon à enlever de ce bureau ne porte ce numéro. Relisez-le."),
    ),
    Verdict.CANCELLED: (N_("Sortie refusée : bon annulé"), N_("Ce bon à enlever a été annulé.")),
    Verdict.CONTROLLED: (
        N_("Sortie refusée : contrôle en cours"),
        N_("Le contrôle de ces marchandises n'est pas terminé."),
    ),
    Verdict.SEIZED: (N_("Sortie refusée : marchandises saisies"), N_("Appelez le bureau.")),
    Verdict.OTHER_CONTAINER: (
        N_("Sortie refusée : autre conteneur"),
        N_("Ce bon à enlever ne couvre pas ce conteneur. Relisez le numéro sur la boîte."),
    ),
    Verdict.LEFT: (N_("Sortie refusée : déjà sorti"), N_("La sortie de ce conteneur est déjà enregistrée.")),
}


class PlateNeeded(Refusal):
    """An exit without the plate of the vehicle, or with something that is none."""

    code, status = "plate-needed", 422
    says = N_("Tapez la plaque du véhicule : 2 à 15 lettres et chiffres.")


class VoucherNeeded(Refusal):
    """Nothing that could be a voucher's number was read or typed."""

    code, status = "voucher-needed", 422
    says = N_("Lisez le code du bon à enlever, ou tapez son numéro.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The answer for one voucher and one container; `left_at` only for one that is out already."""

    verdict: Verdict
    voucher: str
    container: str
    declaration: UUID | None = None
    left_at: datetime | None = None


def code_of(office: str, voucher: str) -> str:
    """What the code on a voucher says."""
    return f"{MARK} {office} {voucher}"


def number_of(read: str, office: str) -> str:
    """The voucher's number in what was read or typed; a code of another office is no number here."""
    text = " ".join(read.split()).upper()
    if not 0 < len(text) <= LONGEST:
        raise VoucherNeeded()
    marked = text.split(" ", 2)
    if len(marked) == 3 and marked[0] == MARK:
        return marked[2] if marked[1] == office.upper() else ""
    return text


def box_of(typed: str) -> str:
    """A container's number as declarations write it."""
    return re.sub(r"[^A-Z0-9]", "", typed.upper())[:20]


def plate_of(typed: str) -> str:
    """A vehicle's plate in capitals, or the refusal."""
    plate = " ".join(typed.split()).upper()
    if not re.fullmatch(r"[A-Z0-9][A-Z0-9 -]{0,13}[A-Z0-9]", plate):
        raise PlateNeeded()
    return plate


async def check(work: Work, read: str, container: str = "") -> Checked:
    """May this container leave under this voucher? Every question is in the journal."""
    found = await _judge(work, read, container, lock=False)
    work.audit(
        "gate_checked", found.declaration or "", office=work.actor.office, verdict=found.verdict, box=found.container
    )
    return found


async def leave(work: Work, read: str, container: str, plate: str, *, gate: str = "") -> Checked:
    """Record that a container left, once: the same person sending the same again hears the same."""
    number = plate_of(plate)
    found = await _judge(work, read, container, lock=True)
    if found.verdict is Verdict.LEFT and found.declaration is not None:
        before = await exits.exit_of(work, found.declaration, found.container)
        if before is not None and (before.person_id, before.plate) == (work.actor.person, number):
            return Checked(
                verdict=Verdict.ALLOWED,
                voucher=found.voucher,
                container=found.container,
                declaration=found.declaration,
                left_at=before.at,
            )
    if found.verdict is Verdict.ALLOWED:
        assert found.declaration is not None
        await _record(work, found.declaration, found, number, gate)
        work.audit(
            "goods_left", found.declaration, office=work.actor.office, box=found.container, plate=number, gate=gate
        )
    return found


async def _judge(work: Work, read: str, container: str, *, lock: bool) -> Checked:
    if not work.actor.is_a(Role.TERMINAL) or work.actor.person is None or work.actor.office is None:
        raise NotFound()
    box, office = box_of(container), await queries.office_code(work, work.actor.office)
    number = number_of(read, office or "")
    declaration = await exits.declaration_of_voucher(work, number, box, lock=lock) if number else None
    if declaration is None:
        return Checked(verdict=Verdict.UNKNOWN, voucher=number or " ".join(read.split()).upper(), container=box)
    gone = await exits.exit_of(work, declaration.id, box)
    return Checked(
        verdict=await _verdict(work, declaration, box, gone),
        voucher=number,
        container=box,
        declaration=declaration.id,
        left_at=gone.at if gone else None,
    )


async def _verdict(work: Work, declaration: Declaration, box: str, gone: GateExit | None) -> Verdict:
    covered = {box_of(each["number"]) for each in declaration.content.get("containers") or ()}
    if covered and not box:
        return Verdict.WHICH
    if (covered and box not in covered) or (box and not covered):
        return Verdict.OTHER_CONTAINER
    if gone is not None:
        return Verdict.LEFT
    if declaration.voucher_cancelled_at is not None:
        return Verdict.CANCELLED
    states = {State(each.state) for each in await visits_of(work, declaration.id)}
    if State.SEIZED in states:
        return Verdict.SEIZED
    return Verdict.ALLOWED if states <= OVER else Verdict.CONTROLLED


async def _record(work: Work, declaration_id: UUID, found: Checked, plate: str, gate: str) -> None:
    """The row that can be there once, and the event on each visit the voucher released."""
    assert work.actor.person is not None
    fresh = await work.session.scalar(
        insert(GateExit)
        .values(
            id=new_id(),
            declaration_id=declaration_id,
            office_id=work.actor.office,
            container=found.container,
            voucher=found.voucher,
            plate=plate,
            gate=gate,
            person_id=work.actor.person,
            at=work.now,
        )
        .on_conflict_do_nothing(index_elements=["declaration_id", "container"])
        .returning(col(GateExit.id))
    )
    if fresh is None:  # the declaration is locked: nobody else can have been quicker
        raise AssertionError(declaration_id)
    about, through, box = DeclarationId(declaration_id), gate or None, found.container or None
    released = await queries.released_visit_ids(work, declaration_id)
    for visit_id in released:
        visit = await visit_for_update(work, visit_id)
        await move(work, visit, GoodsExited(declaration=about, visit=VisitId(visit.id), gate=through, container=box))
    if not released:
        work.emit(GoodsExited(declaration=about, gate=through, container=box))
