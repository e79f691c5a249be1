"""/supervisor/witness: who brings a value into the office's draws from outside, and what became of each day's."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath

from scheduling import MOST_WITNESS_DAYS
from visits.assignment import witness, witness_rows
from visits.assignment.tables import DrawSeed, DrawWitness
from visits.errors import Refusal
from visits.portals.telling import at_office
from visits.roles import Role
from visits.sites.hours import ONE_DAY, grid_of
from visits.sites.queries import office_by_id
from visits.sites.tables import Office
from visits.store.work import Work
from visits.texts import N_
from visits.web.forms import Form
from visits.web.pages import go, language_of, page
from visits.web.route import get, post

Asked = Request[Any, Any, Any]
#: Never a chief: whoever orders the visits of the day names nobody who goes into their draw.
KEEPERS = frozenset({Role.SUPERVISOR, Role.INTEGRITY})
#: Days shown of what was brought.
SHOWN = timedelta(days=14)
#: Which field each refusal is about.
BLAMED: dict[type[Refusal], str] = {
    witness.WitnessUnnamed: "name",
    witness.AnchorMalformed: "anchor",
    witness.WitnessTooSoon: "first",
    witness.WitnessTooLong: "days",
    witness.WitnessTaken: "first",
}
#: What became of a day's value: kind of the tag, and words.
BROUGHT, AWAITED, LATE, MISSING = (
    ("done", N_("Donnée")),
    ("run", N_("Attendue")),
    ("no", N_("Trop tard")),
    ("no", N_("Absente")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One witness and the days he promised."""

    witness: DrawWitness
    first: date
    last: date
    #: May still be shortened.
    runs: bool


@get("/supervisor/witness", roles=KEEPERS)
async def show(work: Work, request: Asked) -> Response[str]:
    """Who is witness, and since when every value came."""
    return await _page(work, request, Form({}, language_of(request)))


@post("/supervisor/witness", roles=KEEPERS)
async def appoint(work: Work, request: Asked) -> Response[Any]:
    """Publish the anchor of a new witness."""
    form = await Form.of(request)
    name, anchor = form.text("name", longest=witness.LONGEST_NAME), form.text("anchor", longest=200)
    first, days = form.day("first"), form.whole("days", 1, MOST_WITNESS_DAYS)
    if form.errors or first is None:
        return await _page(work, request, form)
    try:
        await witness.appoint(work, name, anchor, first=first, days=days)
    except tuple(BLAMED) as refusal:
        form.blame(request, BLAMED[type(refusal)], refusal)
        return await _page(work, request, form)
    return go("/supervisor/witness", flash=N_("Le témoin est désigné. Son empreinte est publiée dès maintenant."))


@post("/supervisor/witness/{witness_id:uuid}/dismiss", roles=KEEPERS)
async def dismiss(work: Work, witness_id: FromPath[UUID]) -> Response[Any]:
    """The witness ends after tomorrow; sent twice it is once."""
    await witness.dismiss(work, witness_id)
    return go("/supervisor/witness", flash=N_("Le témoin est retiré. La valeur de demain reste attendue."))


async def _page(work: Work, request: Asked, form: Form) -> Response[str]:
    office = await office_by_id(work, work.actor.office)
    at_office(request, office)
    today = grid_of(office).day_of(work.now)
    soonest = today + witness.AHEAD
    terms = [
        Term(
            witness=each,
            first=each.days.lower,
            last=each.days.upper - ONE_DAY,
            runs=each.ended_at is None and each.days.upper > max(soonest, each.days.lower + ONE_DAY),
        )
        for each in await witness_rows.mandates(work, office.id)
        if each.days.upper > today - SHOWN
    ]
    days = await witness_rows.days_of(work, office.id, today - SHOWN, today + ONE_DAY)
    return page(
        request,
        "supervisor/witness.html",
        status=422 if form.errors else 200,
        its=office,
        terms=terms,
        days=[
            (seed.day, state)
            for seed in days
            if any(term.first <= seed.day <= term.last for term in terms)
            and (state := _state(work, office, seed)) is not None
        ],
        form=form,
        soonest=soonest,
        most=MOST_WITNESS_DAYS,
    )


def _state(work: Work, office: Office, seed: DrawSeed) -> tuple[str, str] | None:
    """What became of a day's value; nothing yet, before it is asked for."""
    if seed.witness is not None:
        return BROUGHT
    if seed.settled_at is not None:
        return LATE if seed.witness_late else MISSING
    return AWAITED if work.now >= witness.opens_at(office, seed.day) else None


ROUTES = [appoint, dismiss, show]
