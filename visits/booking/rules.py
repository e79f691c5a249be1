"""The rules of appointments (pure): what a visit needs, limits of time and number, and every refusal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from scheduling import Reason, Why
from visits.booking import quotas
from visits.errors import Refusal
from visits.journey.states import Level
from visits.sites.languages import asked_of
from visits.texts import N_

#: Nobody's calendar reaches so far, in either direction.
NO_CALENDAR = timedelta(days=1000)


class SlotTaken(Refusal):
    """Somebody else was quicker; the free times come along."""

    code, status = "slot-taken", 409
    says = N_("Cette heure vient d'être prise. Choisissez-en une autre.")


class SlotPast(Refusal):
    """The start lies in the past."""

    code, status = "slot-past", 409
    says = N_("Cette heure est passée. Choisissez-en une autre.")


class TooSoon(Refusal):
    """The start leaves less notice than the office needs."""

    code, status = "too-soon", 409
    says = N_("Il faut réserver au moins %(notice)s à l'avance.")


class TooFar(Refusal):
    """The day lies beyond the horizon."""

    code, status = "too-far", 409
    says = N_("Les rendez-vous s'ouvrent %(days)s jours à l'avance.")


class SlotClosed(Refusal):
    """Nobody works then, or the time begins no slot."""

    code, status = "slot-closed", 409
    says = N_("Cette heure est hors des heures de visite.")


class TooLateInShift(Refusal):
    """A visit this deep would end when everybody who could make it is near the end of the shift."""

    code, status = "late-in-shift", 409
    says = N_("Une visite de cette étendue ne peut pas finir si tard. Choisissez une heure plus tôt.")


class HoldExpired(Refusal):
    """The time to confirm has run out."""

    code, status = "hold-expired", 409
    says = N_("Le temps pour confirmer est passé. Choisissez à nouveau une heure.")


class TooManyHolds(Refusal):
    """The firm keeps as many unconfirmed times as it may."""

    code, status = "too-many-holds", 409
    says = N_("Votre cabinet retient déjà %(most)s heures. Confirmez-en une d'abord.")


class FirmDayFull(Refusal):
    """The firm has as many appointments on the day as it may."""

    code, status = "firm-day-full", 409
    says = N_("Votre cabinet a déjà %(most)s rendez-vous ce jour-là. Choisissez un autre jour.")


class SlotKept(Refusal):
    """Places are free, but kept for visits that go before others."""

    code, status = "slot-kept", 409
    says = N_("Ces places sont gardées pour d'autres visites. Choisissez une autre heure.")


class QuotaReached(Refusal):
    """As many appointments of this kind as the office allows begin then."""

    code, status = "quota-reached", 409
    says = N_("Le nombre de rendez-vous permis est atteint. Choisissez une autre heure.")


class TooLate(Refusal):
    """The visit is too near, or has begun: only the office can still change the appointment."""

    code, status = "too-late", 409
    says = N_("Il est trop tard pour changer ce rendez-vous. Appelez le bureau.")


class NotLive(Refusal):
    """The appointment was moved, cancelled or is over."""

    code, status = "appointment-over", 409
    says = N_("Ce rendez-vous n'est plus valable. Voici l'état actuel.")


class PlaceFirst(Refusal):
    """The declaration does not say at which of the office's sites the goods are."""

    code, status = "place-first", 409
    says = N_("Dites d'abord où se trouvent les marchandises.")


class WhyNeeded(Refusal):
    """Staff who book, move or cancel for somebody must say why."""

    code, status = "reason-needed", 422
    says = N_("Donnez la raison.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The office's rules of booking; staff have a horizon and a notice of their own."""

    hold: timedelta = timedelta(minutes=5)
    notice: timedelta = timedelta(hours=2)
    horizon: int = 14
    #: Unconfirmed times a firm may keep at once.
    holds: int = 5
    #: From this long before the start the place is settled: the draw is made, the declarant can only cancel.
    freeze: timedelta = timedelta(minutes=120)
    staff: bool = False


class Serves(Protocol):
    """What is known of a resource on a day."""

    kind: str
    skills: int
    site_id: UUID | None
    agency_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One role of a visit: what kind of resource can play it."""

    role: str
    kind: str
    #: Every bit must be among the resource's skills.
    skills: int = 0
    site_id: UUID | None = None
    #: Nowhere else than at the site: bays and scanners do not travel.
    fixed: bool = False
    agency_id: UUID | None = None
    #: How the agency is called, for the explanation.
    name: str = ""
    #: Steps it is busy with the visit before the visit begins and after it ends.
    before: int = 0
    after: int = 0

    @property
    def guest(self) -> bool:
        """Does it come from outside the office?"""
        return self.agency_id is not None

    def at_hand(self, row: Serves) -> bool:
        """Can a resource be where the visit is? The same words as in the search's statement."""
        return row.site_id == self.site_id or (not self.fixed and (row.site_id is None or self.site_id is None))

    def fits(self, row: Serves) -> bool:
        """Can a resource play this role?"""
        return (
            row.kind == self.kind
            and row.skills & self.skills == self.skills
            and row.agency_id == self.agency_id
            and self.at_hand(row)
        )


#: What each level needs on site beside the officer.
_PLACES: dict[Level, str] = {Level.SCAN: "scanner", Level.PHYSICAL: "bay", Level.JOINT: "bay"}


def needs_of(
    level: Level, order: Mapping[str, Any], *, site_id: UUID | None, agencies: Sequence[tuple[UUID, str]] = ()
) -> tuple[Need, ...]:
    """The roles of a visit: an officer, a bay or the scanner of the site, a forklift if the order says so, an officer
    of every agency. A check of documents needs none."""
    if level is Level.DOCUMENTS:
        return ()
    place = _PLACES.get(level)
    needs = [Need(role="officer", kind="officer", skills=asked_of(order), site_id=site_id)]
    if place:
        needs.append(Need(role=place, kind=place, site_id=site_id, fixed=True))
    if order.get("forklift") and place == "bay":
        needs.append(Need(role="forklift", kind="forklift", site_id=site_id, fixed=True))
    if level is Level.JOINT:
        needs += [
            Need(role=f"agency:{agency_id}", kind="agency_officer", agency_id=agency_id, name=name)
            for agency_id, name in agencies
        ]
    return tuple(needs)


def needs_place(level: Level) -> bool:
    """Does a visit of this level happen at a site?"""
    return level in _PLACES


def still_held(*, until: datetime | None, now: datetime) -> None:
    """Refuse a hold that has run out; the last instant still counts."""
    if until is None or now > until:
        raise HoldExpired(until=until)


def in_reach(policy: Policy, *, starts_at: datetime, now: datetime) -> None:
    """Refuse at once what no calendar reaches: with the ends of time nothing can be reckoned."""
    if starts_at - now > NO_CALENDAR:
        raise TooFar(starts_at=starts_at, days=policy.horizon)
    if now - starts_at > NO_CALENDAR:
        raise SlotPast(starts_at=starts_at)


def may_move(policy: Policy, *, starts_at: datetime, now: datetime) -> None:
    """Refuse a declarant's move once the place is settled; staff may move until the visit begins."""
    if now >= starts_at or (not policy.staff and now > starts_at - policy.freeze):
        raise TooLate(starts_at=starts_at)


def may_cancel(*, starts_at: datetime, now: datetime) -> None:
    """An appointment can be given back until it begins: better known late than nobody there."""
    if now >= starts_at:
        raise TooLate(starts_at=starts_at)


def refuse(reason: Reason, policy: Policy, *, starts_at: datetime, days: Any) -> Refusal:
    """The refusal that tells why a start cannot be booked; `days` are the fresh masks."""
    match reason.why:
        case Why.PAST:
            return SlotPast(starts_at=starts_at)
        case Why.TOO_SOON:
            return TooSoon(starts_at=starts_at, notice=policy.notice)
        case Why.TOO_FAR:
            return TooFar(starts_at=starts_at, days=policy.horizon)
        case Why.HOLIDAY | Why.SHUT | Why.AWAY | Why.CLOSED:
            return SlotClosed(starts_at=starts_at)
        case Why.FATIGUE:
            return TooLateInShift(starts_at=starts_at)
        case Why.FIRM:
            return FirmDayFull(most=reason.count)
        case Why.QUOTA:
            return QuotaReached(starts_at=starts_at, until=reason.until)
        case Why.KEPT:
            return SlotKept(starts_at=starts_at, until=reason.until)
        case Why.TAKEN:
            return SlotTaken(starts_at=starts_at, offer=days)


#: One taken place or none at all, then several: « L'aire de visite est prise. », « Les 3 aires de visite sont prises. »
TAKEN: dict[str, tuple[str, str]] = {
    "bay": (N_("L'aire de visite est prise."), N_("Les %(count)s aires de visite sont prises.")),
    "scanner": (N_("Le scanner est pris."), N_("Les %(count)s scanners sont pris.")),
    "forklift": (
        N_("Le chariot élévateur est pris."),
        N_("Les %(count)s chariots élévateurs sont pris."),
    ),
    "group": (
        N_("À cette heure, une des visites ne trouve pas de place."),
        N_("À cette heure, une des visites ne trouve pas de place."),
    ),
    "officer": (N_("Aucun vérificateur n'est libre."), N_("Aucun vérificateur n'est libre.")),
}
#: Who works at other times, and not at this one: no person is named, nor why.
ABSENT: dict[str, str] = {
    "officer": N_("Aucun vérificateur n'est présent à cette heure."),
    "bay": N_("Aucune aire de visite n'est en service à cette heure."),
    "scanner": N_("Le scanner n'est pas en service à cette heure."),
    "forklift": N_("Aucun chariot élévateur n'est en service à cette heure."),
}


def words(
    reason: Reason, policy: Policy, *, holiday: str = "", names: Mapping[str, str]
) -> tuple[str, dict[str, object]]:
    """A reason as a sentence and its facts; never the name of another party."""
    name = names.get(reason.role, "")
    match reason.why:
        case Why.PAST:
            return N_("L'heure est passée."), {}
        case Why.TOO_SOON:
            return N_("Il faut réserver au moins %(notice)s à l'avance."), {"notice": policy.notice}
        case Why.TOO_FAR:
            return N_("Les rendez-vous s'ouvrent %(days)s jours à l'avance."), {"days": policy.horizon}
        case Why.HOLIDAY:
            return N_("Jour férié : %(name)s."), {"name": holiday}
        case Why.SHUT if reason.label:
            return N_("Fermé : %(reason)s."), {"reason": reason.label}
        case Why.SHUT:
            return N_("Fermé."), {}
        case Why.AWAY:
            return ABSENT.get(reason.role, ABSENT["officer"]), {}
        case Why.CLOSED if name:
            return N_("L'organisme « %(agency)s » ne travaille pas à cette heure."), {"agency": name}
        case Why.CLOSED:
            return N_("Hors des heures de visite."), {}
        case Why.FATIGUE:
            return N_("Une visite de cette étendue ne peut pas finir si tard."), {}
        case Why.FIRM:
            return N_("Votre cabinet a déjà %(most)s rendez-vous ce jour-là."), {"most": reason.count}
        case Why.QUOTA | Why.KEPT:
            return quotas.words(reason)
        case Why.TAKEN if name:
            return N_("Aucun agent de l'organisme « %(agency)s » n'est libre."), {"agency": name}
        case Why.TAKEN:
            one, many = TAKEN[reason.role]
            return (many, {"count": reason.count}) if reason.count > 1 else (one, {})
