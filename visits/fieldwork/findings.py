"""What is found: declared and found side by side, seals, openings. Rows are only added; a correction is a new row."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from stdnum import iso6346

from visits.declarations.queries import Case
from visits.errors import BadInput, Refusal
from visits.events import FindingRecorded, SealAffixed, SealRemoved
from visits.fieldwork import queries, rules
from visits.fieldwork.tables import Finding, Seal
from visits.fieldwork.words import Deed, Facet, Kind, Method, Moment, SealState
from visits.ids import DeclarationId, VisitId
from visits.journey.tables import Visit
from visits.store.work import Work
from visits.texts import N_

#: Words a person writes about one thing.
REMARK = 2000
#: Longest seal number, container number or code somebody types.
NUMBER = 40


class CheckTheBox(Refusal):
    """The number read on the box is another one, or its check digit is wrong; confirmed at the box, it is recorded."""

    code, status = "check-the-box", 422
    says = N_("Le numéro lu, %(read)s, n'est pas celui de la déclaration ou son chiffre de contrôle est faux.")


class Opened(Refusal):
    """The new seal is put on a box that was never opened."""

    code, status = "not-opened", 409
    says = N_("Ce conteneur n'a pas été ouvert : il garde son plomb.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One thing seen: a facet compared with the declaration, or a finding of a kind in words."""

    id: UUID
    facet: Facet | None = None
    kind: Kind | None = None
    item: int | None = None
    container: str | None = None
    found: str = ""
    unit: str = ""
    method: Method | None = None
    remark: str = ""
    corrects: UUID | None = None
    device_at: datetime | None = None


async def record(work: Work, visit_id: UUID, seen: Seen) -> Finding:
    """Record one thing seen. The declared side is the declaration's own; the kind follows from the comparison."""
    case = await queries.writable(work, visit_id, seen.device_at)
    if seen.corrects is not None:
        await queries.finding_of(work, visit_id, seen.corrects)
    _known(case, seen.item, seen.container)
    return await _add(work, case, _compared(work, case, seen) if seen.facet else _noted(work, case, seen))


async def conform(
    work: Work, visit_id: UUID, *, id: UUID, item: int, device_at: datetime | None = None, method: Method | None = None
) -> Finding:
    """One tap: what was not found otherwise about this item is as declared."""
    seen = Seen(id=id, kind=Kind.CONFORM, item=item, method=method, device_at=device_at)
    return await record(work, visit_id, seen)


async def withdraw(
    work: Work, visit_id: UUID, finding_id: UUID, *, id: UUID, device_at: datetime | None = None
) -> Finding:
    """Undo: a new row says that the finding does not stand; the finding itself stays."""
    case = await queries.writable(work, visit_id, device_at)
    wrong = await queries.finding_of(work, visit_id, finding_id)
    row = _row(work, case, Seen(id=id, item=wrong.item, container=wrong.container, device_at=device_at), Kind.WITHDRAWN)
    row.facet, row.corrects_id = wrong.facet, wrong.id
    return await _add(work, case, row)


def _compared(work: Work, case: Case, seen: Seen) -> Finding:
    if seen.facet is None or seen.item is None:
        raise BadInput(field=N_("article"))
    content = case.declaration.content
    item = next(each for each in content["items"] if each["number"] == seen.item)
    said = rules.declared_of(item, (content.get("totals") or {}).get("invoice_currency") or "").get(seen.facet)
    found = rules.tidy(seen.facet, seen.found)
    if not found:
        raise BadInput(field=N_("trouvé"))
    # What the declaration writes is tidied like what was typed, but never refused.
    try:
        declared = rules.tidy(seen.facet, said.text) if said else ""
    except Refusal:
        declared = said.text if said else ""
    row = _row(work, case, seen, rules.kind_of(seen.facet, declared, found))
    row.declared, row.found, row.unit = declared, found, (said.unit if said else "") or seen.unit
    return row


def _noted(work: Work, case: Case, seen: Seen) -> Finding:
    if seen.kind in (None, Kind.WITHDRAWN):
        raise BadInput(field=N_("constat"))
    words = " ".join((seen.remark or seen.found).split())
    if seen.kind is Kind.CONFORM and seen.item is None:
        raise BadInput(field=N_("article"))
    if seen.kind is not Kind.CONFORM and not words:
        raise BadInput(field=N_("remarque"))
    row = _row(work, case, seen, seen.kind)
    row.found, row.unit = seen.found.strip()[:REMARK], seen.unit
    return row


def _row(work: Work, case: Case, seen: Seen, kind: Kind | None) -> Finding:
    assert work.actor.person is not None
    return Finding(
        id=seen.id,
        visit_id=case.visit.id,
        item=seen.item,
        container=seen.container,
        kind=kind or Kind.OTHER,
        facet=seen.facet or "",
        method=seen.method or "",
        remark=seen.remark.strip()[:REMARK],
        corrects_id=seen.corrects,
        person_id=work.actor.person,
        device_at=seen.device_at,
        at=work.now,
    )


async def _add(work: Work, case: Case, row: Finding) -> Finding:
    kept, fresh = await queries.add_once(work, row)
    if fresh:
        work.emit(
            FindingRecorded(
                **_about(case.visit), device_at=row.device_at, finding=kept.id, kind=kept.kind, item=kept.item
            )
        )
    return kept


def _about(visit: Visit) -> dict[str, Any]:
    return {"declaration": DeclarationId(visit.declaration_id), "visit": VisitId(visit.id)}


def _known(case: Case, item: int | None, container: str | None) -> None:
    """An item of the declaration, a box of the order; another box on the spot is a finding in words."""
    if item is not None and item not in {each["number"] for each in case.declaration.content.get("items") or ()}:
        raise BadInput(field=N_("article"))
    if container and container not in case.visit.order["containers"]:
        raise BadInput(field=N_("conteneur"))


# ---------- boxes ----------


def reads(typed: str) -> str:
    """A container number as painted on the box, without blanks and hyphens, in capitals."""
    return "".join(each for each in typed.upper() if each.isalnum())[:NUMBER]


def sound(number: str) -> bool:
    """Does the ISO 6346 check digit fit?"""
    return bool(iso6346.is_valid(number))


async def read_number(
    work: Work,
    visit_id: UUID,
    *,
    id: UUID,
    container: str,
    read: str,
    confirmed: bool = False,
    device_at: datetime | None = None,
) -> bool:
    """The number painted on the box. Another one, or a wrong check digit, is recorded only when confirmed there."""
    case = await queries.writable(work, visit_id, device_at)
    _known(case, None, container)
    number = reads(read)
    if not number:
        raise BadInput(field=N_("numéro du conteneur"))
    same, valid = number == reads(container), sound(number)
    if not (same and valid) and not confirmed:
        raise CheckTheBox(read=number, same=same, check_digit=valid)
    body = {"read": number, "same": same, "check_digit": valid, "confirmed": confirmed}
    return await queries.deed(work, case.visit, Deed.NUMBER, id=id, container=container, device_at=device_at, body=body)


async def seal(
    work: Work,
    visit_id: UUID,
    *,
    id: UUID,
    container: str,
    moment: Moment,
    number: str,
    state: SealState = SealState.INTACT,
    corrects: UUID | None = None,
    device_at: datetime | None = None,
) -> Seal:
    """A seal seen before the opening with its state, or the new one put on afterwards."""
    case = await queries.writable(work, visit_id, device_at)
    _known(case, None, container)
    if corrects is not None:
        await queries.seal_of(work, visit_id, corrects)
    typed = " ".join(number.upper().split())[:NUMBER]
    if not typed and state is not SealState.MISSING:
        raise BadInput(field=N_("numéro du plomb"))
    if moment is Moment.AFTER:
        steps = (await queries.record_of(work, visit_id)).steps
        if rules.step_of(steps, Deed.OPENED, container) is None:
            raise Opened()
    assert work.actor.person is not None
    row = Seal(
        id=id,
        visit_id=case.visit.id,
        container=container,
        moment=moment,
        number=typed,
        state=state,
        corrects_id=corrects,
        person_id=work.actor.person,
        device_at=device_at,
        at=work.now,
    )
    kept, fresh = await queries.add_once(work, row)
    if fresh and moment is Moment.AFTER:
        work.emit(SealAffixed(**_about(case.visit), device_at=device_at, container=container, seal=typed))
    elif fresh:
        intact = state is SealState.INTACT
        work.emit(
            SealRemoved(**_about(case.visit), device_at=device_at, container=container, seal=typed, intact=intact)
        )
    return kept


async def opened(
    work: Work,
    visit_id: UUID,
    *,
    id: UUID,
    container: str,
    method: Method,
    percent: int | None = None,
    device_at: datetime | None = None,
) -> bool:
    """The box was opened: seen from the doors, partly or wholly unstuffed, and how much of it."""
    case = await queries.writable(work, visit_id, device_at)
    _known(case, None, container)
    if method not in (Method.TAILGATE, Method.PARTIAL, Method.FULL):
        raise BadInput(field=N_("méthode"))
    share = {Method.TAILGATE: None, Method.FULL: 100}.get(method, percent)
    if share is not None and not 1 <= share <= 100:
        raise BadInput(field=N_("part dépotée"))
    body = {"method": method, "percent": share}
    return await queries.deed(work, case.visit, Deed.OPENED, id=id, container=container, device_at=device_at, body=body)


async def counted(
    work: Work,
    visit_id: UUID,
    *,
    id: UUID,
    container: str,
    packages: int,
    opened: int | None = None,
    device_at: datetime | None = None,
) -> bool:
    """Packages counted in a box, and how many of them were opened."""
    case = await queries.writable(work, visit_id, device_at)
    _known(case, None, container)
    if packages < 0 or (opened is not None and not 0 <= opened <= packages):
        raise BadInput(field=N_("colis"))
    body = {"counted": packages, "opened": opened}
    return await queries.deed(
        work, case.visit, Deed.COUNTED, id=id, container=container, device_at=device_at, body=body
    )


async def weighed(
    work: Work, visit_id: UUID, *, id: UUID, container: str, kilograms: str, device_at: datetime | None = None
) -> bool:
    """The gross weight of a box as the scale says."""
    case = await queries.writable(work, visit_id, device_at)
    _known(case, None, container)
    body = {"kilograms": rules.tidy(Facet.GROSS_WEIGHT, kilograms)}
    return await queries.deed(
        work, case.visit, Deed.WEIGHED, id=id, container=container, device_at=device_at, body=body
    )
