"""The next step of a case, for one reader: who holds it, in one sentence, and one button. Pure, one place for all."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from visits.actor import Actor
from visits.journey.states import SUSPENSIONS, Clock, Level, State
from visits.roles import CHIEFS, DECLARANTS, FIRM, Role
from visits.texts import N_


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the next step depends on."""

    visit: UUID
    declaration: UUID
    state: State
    level: Level
    clock: Clock
    #: The start of the booked time.
    starts_at: datetime | None = None
    #: Was the package sent back at least once?
    returned: bool = False
    #: Has the declarant signed, reserved or refused?
    answered: bool = False
    assigned: bool = False
    #: The person who was drawn, if it is one the service knows.
    inspector: UUID | None = None
    rated: bool = False
    #: The cause of a suspension.
    cause: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Who holds the case, what is done with it, and the reader's one button (empty when there is nothing to do)."""

    owner: str
    #: The holder's name; empty when the case is over.
    holder: str
    #: What the holder does, as a sentence that can follow the name.
    sentence: str
    facts: dict[str, Any] = field(default_factory=dict)
    #: Is it the reader who must act?
    mine: bool = False
    href: str = ""
    button: str = ""


#: A clock as the flag and the name people know.
FLAGS = {Clock.LAB: "laboratory", Clock.NOBODY: "closed"}
HOLDERS: dict[str, str] = {
    "customs": N_("Douane"),
    "declarant": N_("Déclarant"),
    "agency": N_("Organisme"),
    "terminal": N_("Terminal"),
    "laboratory": N_("Laboratoire"),
    "bank": N_("Banque"),
    "system": N_("Système de dédouanement"),
    "closed": N_("Intempéries"),
}
#: The holder inside a sentence.
IN_A_SENTENCE: dict[str, str] = {
    "customs": N_("la douane"),
    "declarant": N_("le déclarant"),
    "agency": N_("l'organisme"),
    "terminal": N_("le terminal"),
    "laboratory": N_("le laboratoire"),
    "bank": N_("la banque"),
    "system": N_("le système de dédouanement"),
    "closed": N_("les intempéries"),
}
OVER_NAMES = {
    State.RELEASED: N_("Bon à enlever délivré"),
    State.SEIZED: N_("Marchandises saisies"),
    State.CANCELLED: N_("Visite annulée"),
}


def flag_of(owner: str) -> str:
    """The flag of a clock's owner."""
    return FLAGS.get(owner, owner)  # type: ignore[call-overload, no-any-return]


def holder_of(owner: str) -> str:
    """The name of a clock's owner."""
    return HOLDERS[flag_of(owner)]


def next_step(case: Standing, reader: Actor) -> Step:
    """Who holds the case and what the reader can do about it now."""
    owner = flag_of(case.clock)
    sentence, facts = _doing(case)
    if case.state in OVER_NAMES:
        href, button = _after(case, reader.roles)
        return Step(owner="", holder="", sentence=OVER_NAMES[case.state], href=href, button=button)
    href, button, mine = _deed(case, reader)
    return Step(owner=owner, holder=HOLDERS[owner], sentence=sentence, facts=facts, mine=mine, href=href, button=button)


def headline(case: Standing) -> tuple[str, dict[str, Any]]:
    """The answer to «where does it stand?», as a title."""
    if case.state is State.BOOKED and case.starts_at:
        return N_("Visite prévue %(when)s"), {"when": case.starts_at}
    return _HEADLINES[case.state], {}


_HEADLINES: dict[State, str] = {
    State.PACKAGE: N_("Le dossier attend ses pièces"),
    State.CHECKING: N_("La douane vérifie le dossier"),
    State.TO_BOOK: N_("Un rendez-vous est à choisir"),
    State.BOOKED: N_("La visite est prévue"),
    State.AT_DESK: N_("La douane étudie les documents"),
    State.RUNNING: N_("La visite est en cours"),
    State.SUSPENDED: N_("La visite est suspendue"),
    State.ENDED: N_("La douane écrit le rapport"),
    State.LAB: N_("Le laboratoire analyse l'échantillon"),
    State.SIGNED: N_("Le rapport attend sa validation"),
    State.VALIDATED: N_("Le rapport part vers le système de dédouanement"),
    State.PUSHED: N_("Le système de dédouanement doit accuser réception"),
    State.ACKNOWLEDGED: N_("Le bon à enlever est attendu"),
    State.RELEASED: N_("Bon à enlever délivré"),
    State.SEIZED: N_("Les marchandises sont saisies"),
    State.CANCELLED: N_("La visite est annulée"),
}


def _doing(case: Standing) -> tuple[str, dict[str, Any]]:
    if case.state is State.BOOKED and case.starts_at:
        return N_("visite prévue %(when)s"), {"when": case.starts_at}
    if case.state is State.SUSPENDED and case.cause in SUSPENSIONS:
        return SUSPENSIONS[case.cause][0], {}
    if case.state is State.SUSPENDED and case.cause:
        return N_("visite suspendue : %(cause)s"), {"cause": case.cause}
    if case.state is State.PACKAGE and case.returned:
        return N_("corrige les pièces retournées"), {}
    return _SENTENCES[case.state], {}


_SENTENCES: dict[State, str] = {
    State.PACKAGE: N_("dépose les pièces du dossier"),
    State.CHECKING: N_("vérifie le dossier"),
    State.TO_BOOK: N_("choisit un rendez-vous"),
    State.BOOKED: N_("visite prévue"),
    State.AT_DESK: N_("étudie les documents"),
    State.RUNNING: N_("visite en cours"),
    State.SUSPENDED: N_("visite suspendue"),
    State.ENDED: N_("écrit le rapport"),
    State.LAB: N_("analyse l'échantillon"),
    State.SIGNED: N_("valide le rapport"),
    State.VALIDATED: N_("reçoit le rapport"),
    State.PUSHED: N_("accuse réception du rapport"),
    State.ACKNOWLEDGED: N_("délivre le bon à enlever"),
    State.RELEASED: "",
    State.SEIZED: "",
    State.CANCELLED: "",
}


def opens(case: Standing, reader: Actor) -> bool:
    """May the reader open the visit to make it? Whoever was drawn for it may."""
    return reader.is_a(Role.INSPECTOR) and case.inspector is not None and case.inspector == reader.person


def _deed(case: Standing, reader: Actor) -> tuple[str, str, bool]:
    """The reader's button, and whether the case waits for exactly that."""
    if reader.is_a(*FIRM):
        return _firm(case, clerk=reader.is_a(*DECLARANTS))
    if reader.is_a(*CHIEFS):
        return _chief(case, drawn=opens(case, reader))
    if reader.is_a(Role.INSPECTOR):
        return _inspector(case, drawn=opens(case, reader))
    return "", "", False


def _firm(case: Standing, *, clerk: bool) -> tuple[str, str, bool]:
    own = f"/declarant/visits/{case.visit}"
    match case.state:
        case State.PACKAGE if clerk and case.returned:
            return f"{own}/documents", N_("Corriger les pièces du dossier"), True
        case State.PACKAGE if clerk:
            return f"{own}/documents", N_("Ajouter les pièces du dossier"), True
        case State.TO_BOOK if clerk:
            return f"{own}/slots", N_("Choisir un rendez-vous"), True
        case State.BOOKED:
            return f"{own}/appointment", N_("Voir le rendez-vous"), False
        case State.SUSPENDED if case.clock is Clock.DECLARANT:
            return f"{own}/appointment", N_("Voir le lieu de la visite"), True
        case State.SIGNED if not case.answered:
            return f"{own}/report", N_("Lire et signer le rapport"), True
        case State.SIGNED | State.VALIDATED | State.PUSHED | State.ACKNOWLEDGED:
            return f"{own}/report", N_("Lire le rapport"), False
        case _:
            return "", "", False


def _chief(case: Standing, *, drawn: bool) -> tuple[str, str, bool]:
    match case.state:
        case State.CHECKING:
            return f"/office/packages/{case.visit}", N_("Vérifier le dossier"), True
        case State.BOOKED | State.AT_DESK if not case.assigned:
            return "/chief/assignment", N_("Affecter un vérificateur"), True
        case State.SIGNED:
            return f"/chief/reports/{case.visit}", N_("Valider le rapport"), True
        case State.VALIDATED | State.PUSHED:
            return f"/chief/manual/{case.visit}", N_("Reporter l'accusé à la main"), False
        case State.ACKNOWLEDGED:
            return f"/chief/manual/{case.visit}", N_("Saisir le bon à enlever"), False
        case _:
            return _inspector(case, drawn=True) if drawn else ("", "", False)


def _inspector(case: Standing, *, drawn: bool) -> tuple[str, str, bool]:
    match case.state:
        case State.CHECKING:
            return f"/office/packages/{case.visit}", N_("Vérifier le dossier"), True
        case State.BOOKED | State.AT_DESK | State.RUNNING | State.SUSPENDED if drawn:
            return f"/inspector/visits/{case.visit}", N_("Ouvrir la visite"), case.clock is Clock.CUSTOMS
        case State.ENDED | State.LAB if drawn:
            return f"/inspector/visits/{case.visit}", N_("Écrire le rapport"), case.clock is Clock.CUSTOMS
        case _:
            return "", "", False


def _after(case: Standing, roles: frozenset[Role]) -> tuple[str, str]:
    if case.state is State.RELEASED and not case.rated and not roles.isdisjoint(DECLARANTS):
        return f"/declarant/visits/{case.visit}/rate", N_("Donner mon avis")
    return "", ""
