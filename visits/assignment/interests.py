"""The register of interests: officers' ties with declarants and importers, which keep them out of the draw.

An officer declares his or her own, which counts at once. Whoever keeps the register enters others and ends them, never
one's own. What is there stays as history.
"""

from uuid import UUID

from visits.assignment import day_rows, interest_rows, queries
from visits.assignment.replace import request
from visits.assignment.tables import Interest
from visits.declarations.queries import Case
from visits.errors import NotFound, Refusal
from visits.ids import new_id
from visits.roles import INTEREST_KEEPERS
from visits.store.work import Work
from visits.texts import N_

#: What binds an officer to somebody.
KINDS: dict[str, str] = {
    "family": N_("parenté ou alliance"),
    "money": N_("intérêt financier"),
    "former": N_("ancien emploi"),
    "dispute": N_("litige"),
    "other": N_("autre lien"),
}
#: Characters of a code.
LONGEST = 35
#: Why a visit that was drawn already gets another inspector.
REASON = "conflict"


class TieUnclear(Refusal):
    """A tie has a code of somebody, and one of the kinds."""

    code, status = "tie-unclear", 422
    says = N_("Écrivez le code du déclarant ou de l'importateur, et choisissez le lien.")


class EndNeedsWords(Refusal):
    """A tie does not end without a reason."""

    code, status = "end-needs-words", 422
    says = N_("Écrivez pourquoi ce lien ne compte plus.")


class OwnTie(Refusal):
    """Nobody ends a tie of his own."""

    code, status = "own-tie", 403
    says = N_("Une autre personne doit clore un lien qui vous concerne.")


async def declare(work: Work, party: str, kind: str, *, called: str = "", remark: str = "") -> Interest:
    """An officer's own tie, at once in force; the same again changes nothing."""
    assert work.actor.person is not None
    return await _add(work, work.actor.person, party, kind, called, remark)


async def enter(work: Work, person_id: UUID, party: str, kind: str, *, called: str = "", remark: str = "") -> Interest:
    """A tie that whoever keeps the register knows of."""
    if person_id not in {person for person, _ in await interest_rows.officers(work)}:
        raise NotFound()
    return await _add(work, person_id, party, kind, called, remark)


async def end(work: Work, interest_id: UUID, reason: str) -> Interest:
    """A tie counts no more, for a reason; ended twice it stays as it was ended first."""
    found = await interest_rows.interest_for_update(work, interest_id)
    if not reason.strip():
        raise EndNeedsWords()
    if found.person_id == work.actor.person or not work.actor.is_a(*INTEREST_KEEPERS):
        raise OwnTie()
    if found.ended_at is None:
        found.ended_at, found.ended_by, found.end_reason = work.now, work.actor.person, reason.strip()
        office = await interest_rows.office_of(work, found.person_id)
        work.audit("interest_ended", found.id, office=office, person=found.person_id, reason=found.end_reason)
        await work.session.flush()
    return found


async def _add(work: Work, person_id: UUID, party: str, kind: str, called: str, remark: str) -> Interest:
    assert work.actor.person is not None
    code = "".join(party.split()).upper()
    if not code or len(code) > LONGEST or kind not in KINDS:
        raise TieUnclear()
    known = await interest_rows.name_of_party(work, code)
    made = Interest(
        id=new_id(),
        person_id=person_id,
        party=code,
        party_name=known or called.strip(),
        kind=kind,
        remark=remark.strip(),
        made_by=work.actor.person,
        made_at=work.now,
    )
    if not await interest_rows.add(work, made):
        found = await interest_rows.running(work, person_id, code)
        assert found is not None
        return found
    office = await interest_rows.office_of(work, person_id)
    work.audit("interest_declared", made.id, office=office, person=person_id, kind=kind)
    await _ask_for_others(work, person_id, code)
    return made


async def _ask_for_others(work: Work, person_id: UUID, party: str) -> None:
    """Visits of the party that the officer has and has not begun: a chief is asked for another draw."""
    drawn = await interest_rows.drawn_to(work, person_id, party)
    await day_rows.lock_visits(work, [each.visit.id for each in drawn])
    for case in drawn:
        await _ask(work, case)


async def _ask(work: Work, case: Case) -> None:
    live = await queries.live_assignment(work, case.visit.id)
    if live is not None and await queries.open_reassignment(work, case.visit.id) is None:
        request(work, case, live, REASON)
        await work.session.flush()
