"""Why a visit cannot have an hour: which rule removed which resource, from the very masks that decide.

Staff read which resource it was, by role and number; a declarant reads how many. Nobody reads a person's name.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from scheduling import Candidate, Cast, Day, Explained, OffGrid, Removal, lacking
from scheduling import explain as explain_start
from scheduling import explain_day as explain_starts
from visits.booking import queries, rules, strain_rows
from visits.booking.explain_rows import Seen, resources_on
from visits.booking.lost import ONE_DAY, losses, lost_on
from visits.booking.offer import Offer, offer
from visits.booking.rules import Need
from visits.declarations.queries import Case
from visits.sites.hours import Calendar, Lost, calendar
from visits.sites.queries import closures_between
from visits.store.work import Work
from visits.texts import N_

#: Why a resource cannot serve, in words.
REMOVALS: dict[Removal, str] = {
    Removal.SKILL: N_("n'a pas la compétence demandée"),
    Removal.LANGUAGE: N_("ne parle pas la langue demandée"),
    Removal.ELSEWHERE: N_("est sur un autre site"),
    Removal.HOLIDAY: N_("ne travaille pas ce jour férié"),
    Removal.SHUT: N_("est dans un lieu fermé alors"),
    Removal.AWAY: N_("est absent ou hors service"),
    Removal.OFF: N_("ne travaille pas à ces heures"),
    Removal.BUSY: N_("est pris par un autre rendez-vous"),
    Removal.FAR: N_("est en route depuis ou vers un autre site"),
    Removal.KEPT: N_("est gardé pour d'autres visites"),
    Removal.FATIGUE: N_("serait trop près de la fin de son service pour un contrôle à risque"),
    Removal.REST: N_("n'aurait plus sa pause"),
    Removal.FULL_DAY: N_("a déjà autant de minutes de visite que permis ce jour-là"),
}
#: What a resource of a role is called; the number or the place's own name follows.
ROLES: dict[str, str] = {
    "officer": N_("Vérificateur"),
    "bay": N_("Aire de visite"),
    "scanner": N_("Scanner"),
    "forklift": N_("Chariot élévateur"),
    "agency_officer": N_("Agent d'organisme"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A day of an offer explained."""

    offer: Offer
    day: Day
    starts: Sequence[Explained[UUID]]
    #: What staff call each resource, and the kind and the agency of each role.
    names: Mapping[UUID, str]
    kinds: Mapping[str, str]
    agencies: Mapping[str, str]


async def explain(work: Work, case: Case, *, at: datetime | None = None, day: date | None = None) -> Explanation:
    """One start, or a whole day, the first one unless it is named; a start of no grid or beyond the horizon is refused
    as a booking of it would be."""
    found = await _offer(work, case)
    grid = found.asked.grid
    step = None
    if at is not None:
        rules.in_reach(found.asked.policy, starts_at=at, now=work.now)
        try:
            day, step = grid.step_of(at)
        except OffGrid:
            raise rules.SlotClosed(starts_at=at) from None
    seen = found.day(day) if day is not None else found.days[0]
    if seen is None:
        past = day is not None and day < found.days[0].day
        if past:
            raise rules.SlotPast(starts_at=at or day)
        raise rules.TooFar(days=found.asked.policy.horizon)
    known = await calendar(work, case.office, seen.day, seen.day)
    seen = await _with_lost(work, found, seen, known)
    spare = await _spare(work, found)
    resources = await resources_on(work, case.office.id, seen.day, {need.kind for need in found.asked.needs})
    away = losses(known, seen.day)
    had = await strain_rows.minutes_had(work, case.office.id, seen.day, seen.day, but=queries.gone(spare))
    casts = [_cast(found, need, seen.day, resources, spare, away, had) for need in found.asked.needs]
    return Explanation(
        offer=found,
        day=seen,
        starts=explain_starts(seen, casts) if step is None else [explain_start(seen, casts, step)],
        names={each.id: each.name for each in resources},
        kinds={need.role: need.kind for need in found.asked.needs},
        agencies=found.asked.names,
    )


def counted(start: Explained[UUID]) -> dict[str, Counter[Removal]]:
    """How many resources of each role each rule removed."""
    return {role.role: Counter(rule for _, rule in role.removed) for role in start.roles}


async def _offer(work: Work, case: Case) -> Offer:
    """The same offer a person sees who moves the visit: its own places count as free."""
    live = await queries.live_of(work, case.visit.id)
    booked = live.get("confirmed")
    return await offer(work, case, giving=[booked] if booked is not None else [])


async def _with_lost(work: Work, found: Offer, day: Day, known: Calendar) -> Day:
    """The day with what it lost, absences among it: they are looked at for the one day that is explained."""
    grid, asked = found.asked.grid, found.asked
    closures = await closures_between(work, asked.case.office.id, grid.opens(day.day), grid.opens(day.day + ONE_DAY))
    return replace(day, lost=lost_on(known, closures, asked.needs, day.day, length=asked.length))


async def _spare(work: Work, found: Offer) -> queries.Masks:
    case = found.asked.case
    parts = list(await queries.spare_parts(work, case.office.id, case.visit.id))
    parts += await queries.parts_of(work, [found.booked.id] if found.booked is not None else [])
    return queries.masks_of(found.asked.grid, parts)


def _cast(
    found: Offer,
    need: Need,
    day: date,
    resources: Sequence[Seen],
    spare: queries.Masks,
    away: Mapping[UUID, Lost],
    had: Mapping[tuple[date, UUID], int],
) -> Cast[UUID]:
    candidates, fit = [], found.asked.fit
    for each in resources:
        if each.kind != need.kind or each.agency_id != need.agency_id:
            continue
        key, lost = (day, each.id), away.get(each.id, Lost())
        unfit = None
        if not need.at_hand(each):
            unfit = Removal.ELSEWHERE
        elif unable := lacking(each.skills, need.skills):
            unfit = Removal.LANGUAGE if unable == "language" else Removal.SKILL
        candidates.append(
            Candidate(
                key=each.id,
                unfit=unfit,
                work=each.work,
                free=(each.free | spare.get(key, 0)) & each.work,
                far=found.shut.far.get(key, 0),
                kept=found.shut.kept.get(key, 0),
                holiday=lost.holiday,
                shut=lost.shut,
                away=lost.away,
                fresh=None if fit.percent(need.kind) is None else fit.fresh(need.kind, each.work),
                had=had.get(key, 0),
                room=fit.room(need.kind, found.asked.length),
                pause=fit.pause(need.kind, each.work),
                rest=fit.rest,
            )
        )
    return Cast(role=need.role, candidates=candidates, before=need.before, after=need.after)
