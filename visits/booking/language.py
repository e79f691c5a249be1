"""The language a visit is held in, where it is not the office's own: asked for before the time is booked.

Only officers who speak it are offered then, planned and drawn. Whoever asks for a language that one officer speaks
chooses that officer: a declarant may ask only for what several speak; beyond that the chief decides, with a reason.
"""

from uuid import UUID

from visits.booking import queries
from visits.booking.change import cancel
from visits.booking.confirm import to_draw
from visits.booking.offer import bookable, reason_of
from visits.declarations.queries import Case, case_of
from visits.declarations.select import NOT_BEGUN
from visits.errors import Refusal
from visits.journey.states import STATE_NAMES, State, WrongState
from visits.roles import CHIEFS
from visits.sites.hours import grid_of
from visits.sites.languages import NAMES, LanguageUnknown, bits_of, others
from visits.sites.policies import Policies, policy
from visits.sites.queries import speakers_of
from visits.sites.tables import Office
from visits.store.work import Work
from visits.texts import N_

#: Officers who must speak a language before a declarant may ask for it.
FEWEST = 2


class LanguageTooRare(Refusal):
    """So few speak the language that to ask for it is to choose the inspector."""

    code, status = "language-too-rare", 409
    says = N_("Trop peu d'agents du bureau parlent cette langue pour un tirage. Demandez-la au chef de visite.")


class LanguageSettled(Refusal):
    """The time was promised with an officer who need not speak it."""

    code, status = "language-settled", 409
    says = N_("L'heure est déjà réservée. Rendez-la pour demander une langue, ou demandez au chef de visite.")


class InspectorNamed(Refusal):
    """Somebody was drawn: a wish that comes now would choose another."""

    code, status = "inspector-named", 409
    says = N_("Le vérificateur est déjà tiré au sort. Demandez plutôt son remplacement.")


async def wish(work: Work, visit_id: UUID, language: str, *, reason: str = "") -> Case:
    """Ask for another language than the office's own, or for none in particular; the same again changes nothing.

    A chief says why, at any time before somebody is drawn, and what was blocked is drawn anew.
    """
    case = await case_of(work, visit_id, lock=True)
    visit, own = case.visit, policy(case.office, Policies).language
    wanted, was = "" if language == own else language, str(visit.order.get("language") or "")
    if wanted and wanted not in others(own):
        raise LanguageUnknown(language=wanted)
    live = await queries.live_of(work, visit.id)
    booked, held = live.get("confirmed"), live.get("held")
    if work.actor.is_a(*CHIEFS):
        reason = reason_of(work, reason)
        if State(visit.state) not in NOT_BEGUN:
            raise WrongState(state=STATE_NAMES[State(visit.state)], event="language_wished")
        if not open_to_wishes(case):
            raise InspectorNamed()
    else:
        bookable(work, case)
        if wanted and wanted != was and booked is not None:
            raise LanguageSettled(starts_at=booked.during.lower)
        if wanted and wanted != was and wanted not in await offered(work, case.office):
            raise LanguageTooRare(language=wanted)
    if wanted == was:
        return case
    if held is not None:
        await cancel(work, held.id, reason=reason)
    visit.order = {name: value for name, value in visit.order.items() if name != "language"} | (
        {"language": wanted} if wanted else {}
    )
    visit.version += 1
    work.audit("language_wished", visit.id, office=visit.office_id, before=was, after=wanted, reason=reason)
    if booked is not None and visit.inspector_id is None:
        await to_draw(work, case, booked.during.lower)
    return case


def open_to_wishes(case: Case) -> bool:
    """May a chief still ask for another language: is nobody drawn yet?"""
    return State(case.visit.state) in NOT_BEGUN and case.visit.inspector_id is None


def language_asked(case: Case) -> str:
    """The name of the language a visit is to be held in, where it is not the office's own; a text to be said."""
    return NAMES.get(str(case.visit.order.get("language") or ""), "")


async def offered(work: Work, office: Office) -> dict[str, str]:
    """The languages a declarant may ask for, with their names."""
    speakers = await speakers_of(work, office.id, grid_of(office).day_of(work.now))
    beside = others(policy(office, Policies).language)
    many = {code: sum(bits & bits_of([code]) > 0 for bits in speakers) for code in beside}
    return {code: name for code, name in beside.items() if many[code] >= FEWEST}
