"""What a change of policies would hit, counted before it is saved. Counts only: no row of a case is read out."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlmodel import col

from visits.assignment.chance import taken
from visits.assignment.share import LATELY
from visits.assignment.tables import Assignment
from visits.booking.tables import Appointment
from visits.declarations.tables import Declaration
from visits.fieldwork.kept import old_photos, old_positions
from visits.fieldwork.tables import CheckIn, Evidence
from visits.journey.tables import Visit
from visits.people.queries import running
from visits.people.tables import Membership, Person
from visits.performance.queries import old_ratings
from visits.portals.admin import effects_draw
from visits.sites.policies import Policies
from visits.sites.tables import Office
from visits.store.work import Work
from visits.texts import N_


@dataclass(frozen=True, slots=True)
class Effect:
    """One policy that changes: what it will do, and to how many."""

    name: str
    before: Any
    after: Any
    text: str
    #: What the sentence says: `count`, and whatever else it names.
    facts: Mapping[str, Any] = field(default_factory=dict)


NEXT_ONES = N_("Vaut pour ce qui vient ensuite.")


async def effects(work: Work, office: Office, wanted: Policies, changes: Mapping[str, tuple[Any, Any]]) -> list[Effect]:
    """Each change with its count, in the order of the page."""
    found = []
    for name, (before, after) in changes.items():
        text, counted = EFFECTS.get(name, (NEXT_ONES, None))
        told = await counted(work, office, wanted) if counted else {}
        found.append(Effect(name, before, after, text, told if isinstance(told, dict) else {"count": told}))
    return found


async def _number(work: Work, query: Select[Any]) -> int:
    return int(await work.session.scalar(query) or 0)


async def _confirmed(work: Work, office: Office, *when: ColumnElement[bool]) -> int:
    """Confirmed appointments of the office that have not begun."""
    return await _number(
        work,
        select(func.count())
        .select_from(Appointment)
        .where(
            col(Appointment.office_id) == office.id,
            col(Appointment.status) == "confirmed",
            func.lower(col(Appointment.during)) > work.now,
            *when,
        ),
    )


async def _to_come(work: Work, office: Office, wanted: Policies) -> int:
    return await _confirmed(work, office)


async def _within_notice(work: Work, office: Office, wanted: Policies) -> int:
    soon = work.now + timedelta(minutes=wanted.notice_minutes)
    return await _confirmed(work, office, func.lower(col(Appointment.during)) < soon)


async def _frozen(work: Work, office: Office, wanted: Policies) -> int:
    soon = work.now + timedelta(minutes=wanted.freeze_minutes)
    return await _confirmed(work, office, func.lower(col(Appointment.during)) < soon)


async def _beyond(work: Work, office: Office, wanted: Policies) -> int:
    last = (work.now + timedelta(days=wanted.horizon_days)).date()
    return await _confirmed(work, office, col(Appointment.day) > last)


async def _beyond_staff(work: Work, office: Office, wanted: Policies) -> int:
    last = (work.now + timedelta(days=wanted.horizon_staff_days)).date()
    return await _confirmed(work, office, col(Appointment.day) > last)


async def _held(work: Work, office: Office, wanted: Policies) -> int:
    return await _number(
        work,
        select(func.count())
        .select_from(Appointment)
        .where(
            col(Appointment.office_id) == office.id,
            col(Appointment.status) == "held",
            col(Appointment.expires_at) > work.now,
        ),
    )


async def _firms_above(work: Work, office: Office, wanted: Policies) -> int:
    above = (
        select(col(Appointment.firm_id))
        .where(
            col(Appointment.office_id) == office.id,
            col(Appointment.status) == "held",
            col(Appointment.expires_at) > work.now,
            col(Appointment.firm_id).is_not(None),
        )
        .group_by(col(Appointment.firm_id))
        .having(func.count() > wanted.holds_per_firm)
    )
    return await _number(work, select(func.count()).select_from(above.subquery()))


async def _pairs(work: Work, office: Office, wanted: Policies) -> dict[str, Any]:
    """Pairs of inspector and declarant that would be kept apart from now on, and whether the roster suffices."""
    pairs = (
        select(col(Assignment.resource_id), col(Declaration.firm_id))
        .join(Visit, col(Visit.id) == col(Assignment.visit_id))
        .join(Declaration, col(Declaration.id) == col(Visit.declaration_id))
        .where(
            col(Visit.office_id) == office.id,
            col(Declaration.firm_id).is_not(None),
            col(Assignment.ended_at).is_(None),
            col(Assignment.since) > work.now - timedelta(days=wanted.cool_off_days),
        )
        .group_by(col(Assignment.resource_id), col(Declaration.firm_id))
        .having(func.count() >= wanted.cool_off_most)
    )
    count = await _number(work, select(func.count()).select_from(pairs.subquery()))
    return {"count": count} | await effects_draw.busiest(work, office, wanted)


async def _by_chance(work: Work, office: Office, wanted: Policies) -> int:
    return await taken(work, office.id, work.now - LATELY)


async def _positions(work: Work, office: Office, wanted: Policies) -> int:
    old = work.now - timedelta(days=wanted.gps_days)
    total = 0
    for table in (CheckIn, Evidence):
        total += await _rows(work, old_positions(table, office.id, old))
    return total


async def _photos(work: Work, office: Office, wanted: Policies) -> int:
    return await _rows(work, old_photos(office.id, work.now - timedelta(days=wanted.photo_days)))


async def _ratings(work: Work, office: Office, wanted: Policies) -> int:
    return await _rows(work, old_ratings(office.id, work.now - timedelta(days=wanted.rating_days)))


async def _rows(work: Work, query: Select[*tuple[Any, ...]]) -> int:
    return await _number(work, select(func.count()).select_from(query.subquery()))


async def _speaking(work: Work, office: Office, wanted: Policies) -> int:
    return await _people(work, office, col(Person.language).not_in(wanted.languages))


async def _without_code(work: Work, office: Office, wanted: Policies) -> int:
    return await _people(work, office, col(Person.totp).is_(None), col(Membership.role).in_(wanted.code_roles))


async def _people(work: Work, office: Office, *fits: ColumnElement[bool]) -> int:
    return await _number(
        work,
        select(func.count(col(Person.id).distinct()))
        .join(Membership, col(Membership.person_id) == col(Person.id))
        .where(
            col(Person.state) == "active",
            running(work.now),
            or_(col(Membership.office_id) == office.id, col(Membership.office_id).is_(None)),
            *fits,
        ),
    )


Counted = Callable[[Work, Office, Policies], Awaitable[int | dict[str, Any]]]

APART = N_(
    "Paires vérificateur et déclarant séparées dès maintenant : %(count)s. Le cabinet le plus actif a eu, en "
    "%(days)s jours, ce nombre de visites : %(visits)s. Vérificateurs qu'elles demandent : %(needed)s ; en service : "
    "%(have)s."
)
UNDRAWN = N_("Visites des 14 prochains jours sans vérificateur tiré, toutes touchées : %(count)s.")
AT_RISK = N_("Contrôles à risque des 14 prochains jours : %(count)s. Leurs rendez-vous tiennent.")

#: Policy to the sentence about what it hits (with %(count)s) and how that is counted.
EFFECTS: dict[str, tuple[str, Counted | None]] = {
    "hold_minutes": (N_("Rendez-vous retenus en ce moment : %(count)s. Ils gardent leur fin."), _held),
    "holds_per_firm": (N_("Cabinets qui en retiennent davantage : %(count)s. Ils les gardent."), _firms_above),
    "notice_minutes": (
        N_("Rendez-vous confirmés qui commencent dans ce délai : %(count)s. Ils tiennent."),
        _within_notice,
    ),
    "horizon_days": (N_("Rendez-vous confirmés plus loin : %(count)s. Ils tiennent."), _beyond),
    "horizon_staff_days": (N_("Rendez-vous confirmés plus loin : %(count)s. Ils tiennent."), _beyond_staff),
    "freeze_minutes": (N_("Rendez-vous confirmés figés à l'instant : %(count)s."), _frozen),
    "grace_minutes": (N_("Rendez-vous confirmés à venir, tous touchés : %(count)s."), _to_come),
    "grace_agency_minutes": (N_("Rendez-vous confirmés à venir, tous touchés : %(count)s."), _to_come),
    "reveal_minutes": (N_("Rendez-vous confirmés à venir, tous touchés : %(count)s."), _to_come),
    "cool_off_most": (APART, _pairs),
    "cool_off_days": (APART, _pairs),
    "publish_hour": (UNDRAWN, effects_draw.undrawn),
    "regret_minutes": (UNDRAWN, effects_draw.undrawn),
    "rest_minutes": (UNDRAWN, effects_draw.undrawn),
    "rest_after_minutes": (UNDRAWN, effects_draw.undrawn),
    "witness_minutes": (
        N_("Jours, parmi les 14 prochains, dont le tirage attend un témoin : %(count)s."),
        effects_draw.witnessed,
    ),
    "most_minutes": (
        N_("Journées de vérificateur déjà réservées au-delà, ces 14 prochains jours : %(count)s. Elles tiennent."),
        effects_draw.overfull,
    ),
    "tired_percent": (AT_RISK, effects_draw.at_risk),
    "high_risk_extents": (AT_RISK, effects_draw.at_risk),
    "high_risk_codes": (
        N_("Visites ouvertes ces 30 derniers jours qui auraient été à risque : %(count)s sur %(visits)s."),
        effects_draw.risky_goods,
    ),
    "skills": (
        N_(
            "Visites ouvertes ces 30 derniers jours qui auraient demandé une habilitation : %(count)s sur %(visits)s ; "
            "que personne n'aurait pu faire : %(nobody)s."
        ),
        effects_draw.skilled_goods,
    ),
    "language": (
        N_("Vérificateurs dont la fiche ne dit pas qu'ils parlent cette langue : %(count)s."),
        effects_draw.without_language,
    ),
    "high_risk_grade": (N_("Vérificateurs qui ont ce grade : %(count)s."), effects_draw.graded),
    "rotation_days": (N_("Vérificateurs que le sort affecterait à un terminal : %(count)s."), effects_draw.movable),
    "desk_hours": (
        N_("Contrôles documentaires sur un bureau en ce moment, tous touchés : %(count)s."),
        effects_draw.at_desk,
    ),
    "inspector_sees": (N_("Vérificateurs en service, tous touchés : %(count)s."), effects_draw.serving),
    "random_percent": (N_("Contrôles tirés au sort ces 30 derniers jours : %(count)s."), _by_chance),
    "gps_days": (N_("Positions déjà plus anciennes, à effacer : %(count)s."), _positions),
    "photo_days": (N_("Photos déjà plus anciennes, à effacer : %(count)s."), _photos),
    "rating_days": (N_("Appréciations plus anciennes, qui perdent leur auteur : %(count)s."), _ratings),
    "languages": (N_("Personnes qui lisent aujourd'hui une autre langue : %(count)s."), _speaking),
    "code_roles": (
        N_("Personnes qui devront ajouter un code : %(count)s. Leurs connexions en cours continuent."),
        _without_code,
    ),
}
