"""The state table of a visit: state, event, next state, who may. Pure; docs/states.md is generated from it."""

from dataclasses import dataclass
from enum import StrEnum

from visits.errors import Refusal
from visits.roles import CHIEFS, DECLARANTS, FIRM, Role
from visits.texts import N_


class State(StrEnum):
    """Where a visit stands."""

    PACKAGE = "package"
    CHECKING = "checking"
    TO_BOOK = "to_book"
    BOOKED = "booked"
    AT_DESK = "at_desk"
    RUNNING = "running"
    SUSPENDED = "suspended"
    ENDED = "ended"
    LAB = "lab"
    SIGNED = "signed"
    VALIDATED = "validated"
    PUSHED = "pushed"
    ACKNOWLEDGED = "acknowledged"
    RELEASED = "released"
    SEIZED = "seized"
    CANCELLED = "cancelled"


class Level(StrEnum):
    """How deep the control goes."""

    DOCUMENTS = "documents"
    SCAN = "scan"
    VIDEO = "video"
    PHYSICAL = "physical"
    JOINT = "joint"


class Clock(StrEnum):
    """Who holds the clock: the answer to «whose turn is it?»."""

    CUSTOMS = "customs"
    DECLARANT = "declarant"
    AGENCY = "agency"
    TERMINAL = "terminal"
    LAB = "lab"
    SYSTEM = "system"
    NOBODY = "nobody"


#: What people read for a state.
STATE_NAMES: dict[State, str] = {
    State.PACKAGE: N_("dossier à compléter"),
    State.CHECKING: N_("dossier à vérifier"),
    State.TO_BOOK: N_("rendez-vous à prendre"),
    State.BOOKED: N_("rendez-vous pris"),
    State.AT_DESK: N_("au bureau du vérificateur"),
    State.RUNNING: N_("visite en cours"),
    State.SUSPENDED: N_("visite suspendue"),
    State.ENDED: N_("rapport à écrire"),
    State.LAB: N_("résultat du laboratoire attendu"),
    State.SIGNED: N_("rapport à valider"),
    State.VALIDATED: N_("rapport à transmettre"),
    State.PUSHED: N_("accusé de réception attendu"),
    State.ACKNOWLEDGED: N_("bon à enlever attendu"),
    State.RELEASED: N_("bon à enlever délivré"),
    State.SEIZED: N_("marchandises saisies"),
    State.CANCELLED: N_("visite annulée"),
}

LEVEL_NAMES: dict[Level, str] = {
    Level.DOCUMENTS: N_("contrôle documentaire"),
    Level.SCAN: N_("passage au scanner"),
    Level.VIDEO: N_("visite par vidéo"),
    Level.PHYSICAL: N_("visite physique"),
    Level.JOINT: N_("visite conjointe"),
}

#: Whose turn a state is. A suspension may say otherwise by its reason.
CLOCKS: dict[State, Clock] = {
    State.PACKAGE: Clock.DECLARANT,
    State.CHECKING: Clock.CUSTOMS,
    State.TO_BOOK: Clock.DECLARANT,
    State.BOOKED: Clock.CUSTOMS,
    State.AT_DESK: Clock.CUSTOMS,
    State.RUNNING: Clock.CUSTOMS,
    State.SUSPENDED: Clock.CUSTOMS,
    State.ENDED: Clock.CUSTOMS,
    State.LAB: Clock.LAB,
    State.SIGNED: Clock.CUSTOMS,
    State.VALIDATED: Clock.SYSTEM,
    State.PUSHED: Clock.SYSTEM,
    State.ACKNOWLEDGED: Clock.CUSTOMS,
    State.RELEASED: Clock.NOBODY,
    State.SEIZED: Clock.NOBODY,
    State.CANCELLED: Clock.NOBODY,
}

#: Why a visit stands still, and who holds the clock meanwhile.
SUSPENSIONS: dict[str, tuple[str, Clock]] = {
    "declarant": (N_("attente du déclarant"), Clock.DECLARANT),
    "terminal": (N_("attente d'un engin ou de manutention"), Clock.TERMINAL),
    "agency": (N_("attente d'un organisme"), Clock.AGENCY),
    "safety": (N_("arrêt de sécurité"), Clock.TERMINAL),
    "weather": (N_("intempéries"), Clock.NOBODY),
    "customs": (N_("empêchement de la douane"), Clock.CUSTOMS),
}

#: Why a terminal cannot bring a container to its bay.
BLOCKS: dict[str, str] = {
    "stacked": N_("sous d'autres conteneurs"),
    "equipment": N_("engin en panne ou pris"),
    "damaged": N_("conteneur endommagé"),
    "dangerous": N_("marchandises dangereuses à isoler d'abord"),
    "unpaid": N_("frais du terminal non réglés"),
    "hold": N_("retenu par une autre autorité"),
    "other": N_("autre raison"),
}

#: States in which nothing more is expected.
OVER = frozenset({State.RELEASED, State.SEIZED, State.CANCELLED})
#: States a visit may be withdrawn from: the goods are still under control.
OPEN = frozenset(State) - OVER
#: Levels that need a time and a place.
BY_APPOINTMENT = frozenset(Level) - {Level.DOCUMENTS}
#: States in which findings, photos and seals are recorded.
IN_THE_FIELD = frozenset({State.RUNNING, State.SUSPENDED})


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    source: State
    event: str
    target: State
    who: frozenset[Role]
    levels: frozenset[Level] = frozenset(Level)


class WrongState(Refusal):
    """The event does not fit the visit's state."""

    code, status = "wrong-state", 409
    says = N_("Ce n'est plus possible : %(state)s.")


class NotYours(Refusal):
    """The event fits, but not for this role."""

    code, status = "not-yours", 403
    says = N_("Cette étape revient à quelqu'un d'autre.")


_SYSTEM = frozenset({Role.SYSTEM})
_CLERK = DECLARANTS
_FIELD = frozenset({Role.INSPECTOR})
_DESK = frozenset({Role.INSPECTOR}) | CHIEFS
_CHIEF = CHIEFS
_LINK = _SYSTEM | CHIEFS
_DOCUMENTS = frozenset({Level.DOCUMENTS})

TABLE: tuple[Row, ...] = (
    # the package
    Row(State.PACKAGE, "package_submitted", State.CHECKING, _CLERK),
    Row(State.CHECKING, "package_returned", State.PACKAGE, _DESK),
    Row(State.CHECKING, "package_accepted", State.TO_BOOK, _DESK, BY_APPOINTMENT),
    Row(State.CHECKING, "package_accepted", State.AT_DESK, _DESK, _DOCUMENTS),
    # the appointment
    Row(State.TO_BOOK, "appointment_confirmed", State.BOOKED, _CLERK | _LINK),
    Row(State.BOOKED, "appointment_moved", State.BOOKED, _CLERK | _LINK),
    Row(State.BOOKED, "appointment_cancelled", State.TO_BOOK, _CLERK | _LINK),
    # a provisional time, kept for goods at sea while the package is made ready
    *(
        Row(state, event, state, _CLERK | _LINK, BY_APPOINTMENT)
        for state in (State.PACKAGE, State.CHECKING)
        for event in ("appointment_reserved", "appointment_moved", "appointment_cancelled")
    ),
    # who and where; a package of documents goes to its drawn officer at once
    Row(State.CHECKING, "inspector_assigned", State.CHECKING, _LINK, _DOCUMENTS),
    Row(State.CHECKING, "inspector_absent", State.CHECKING, _LINK, _DOCUMENTS),
    Row(State.BOOKED, "inspector_assigned", State.BOOKED, _LINK),
    Row(State.AT_DESK, "inspector_assigned", State.AT_DESK, _LINK),
    Row(State.BOOKED, "inspector_absent", State.BOOKED, _LINK),
    Row(State.AT_DESK, "inspector_absent", State.AT_DESK, _LINK),
    Row(State.BOOKED, "goods_presented", State.BOOKED, _FIELD | _LINK | {Role.TERMINAL}),
    Row(State.BOOKED, "party_checked_in", State.BOOKED, _FIELD | FIRM | {Role.AGENCY_OFFICER}),
    Row(State.RUNNING, "party_checked_in", State.RUNNING, _FIELD | FIRM | {Role.AGENCY_OFFICER}),
    Row(State.SUSPENDED, "party_checked_in", State.SUSPENDED, _FIELD | FIRM | {Role.AGENCY_OFFICER}),
    Row(State.RUNNING, "goods_presented", State.RUNNING, _FIELD | _LINK | {Role.TERMINAL}),
    Row(State.SUSPENDED, "goods_presented", State.SUSPENDED, _FIELD | _LINK | {Role.TERMINAL}),
    *(
        Row(state, event, state, _LINK | {Role.TERMINAL})
        for state in (State.BOOKED, State.RUNNING, State.SUSPENDED)
        for event in ("goods_missing", "goods_blocked")
    ),
    Row(State.BOOKED, "goods_taken_back", State.BOOKED, _LINK | {Role.TERMINAL}),
    Row(State.BOOKED, "goods_absent", State.TO_BOOK, _FIELD | _CHIEF),
    Row(State.BOOKED, "party_absent", State.TO_BOOK, _FIELD | _CHIEF),
    Row(State.BOOKED, "agency_absent", State.BOOKED, _FIELD | _CHIEF),
    Row(State.RUNNING, "agency_absent", State.RUNNING, _FIELD | _CHIEF),
    # nobody's fault but customs' or an agency's: the visit gets another time first of all
    Row(State.BOOKED, "customs_no_show", State.TO_BOOK, _CLERK | _CHIEF),
    Row(State.BOOKED, "agency_no_show", State.TO_BOOK, _FIELD | _CHIEF),
    # the visit
    Row(State.BOOKED, "visit_started", State.RUNNING, _FIELD),
    Row(State.AT_DESK, "visit_started", State.RUNNING, _FIELD, _DOCUMENTS),
    Row(State.RUNNING, "visit_suspended", State.SUSPENDED, _FIELD),
    Row(State.SUSPENDED, "visit_resumed", State.RUNNING, _FIELD),
    Row(State.BOOKED, "visit_converted", State.TO_BOOK, _FIELD | _CHIEF, frozenset({Level.VIDEO})),
    Row(State.RUNNING, "visit_converted", State.TO_BOOK, _FIELD | _CHIEF, frozenset({Level.VIDEO})),
    Row(State.RUNNING, "visit_ended", State.ENDED, _FIELD),
    Row(State.BOOKED, "paper_exception", State.ENDED, _CHIEF),
    Row(State.AT_DESK, "paper_exception", State.ENDED, _CHIEF),
    Row(State.RUNNING, "paper_exception", State.ENDED, _CHIEF),
    # the report
    Row(State.ENDED, "lab_awaited", State.LAB, _FIELD | _CHIEF),
    Row(State.LAB, "lab_result", State.ENDED, _FIELD | _CHIEF),
    Row(State.ENDED, "report_signed", State.SIGNED, _FIELD),
    Row(State.SIGNED, "declarant_signed", State.SIGNED, _FIELD | FIRM),
    Row(State.SIGNED, "reservation_made", State.SIGNED, _FIELD | FIRM),
    Row(State.SIGNED, "declarant_refused", State.SIGNED, _FIELD | FIRM),
    Row(State.SIGNED, "report_returned", State.ENDED, _CHIEF),
    Row(State.SIGNED, "report_validated", State.VALIDATED, _CHIEF),
    Row(State.ACKNOWLEDGED, "report_amended", State.ENDED, _CHIEF),
    # the clearance system
    Row(State.VALIDATED, "report_pushed", State.PUSHED, _LINK),
    Row(State.VALIDATED, "report_acknowledged", State.ACKNOWLEDGED, _LINK),
    Row(State.PUSHED, "report_acknowledged", State.ACKNOWLEDGED, _LINK),
    Row(State.VALIDATED, "release_issued", State.RELEASED, _LINK),
    Row(State.PUSHED, "release_issued", State.RELEASED, _LINK),
    Row(State.ACKNOWLEDGED, "release_issued", State.RELEASED, _LINK),
    Row(State.ACKNOWLEDGED, "goods_seized", State.SEIZED, _CHIEF),
    Row(State.RELEASED, "goods_exited", State.RELEASED, _LINK | {Role.TERMINAL}),
    *(Row(state, "cancelled", State.CANCELLED, _LINK) for state in State if state in OPEN),
)

_BY_KEY = {(row.source, row.event, level): row for row in TABLE for level in row.levels}


def next_state(state: State, event: str, level: Level, roles: frozenset[Role]) -> State:
    """The state after `event`; refuses an event that does not fit, or is not this role's."""
    row = _BY_KEY.get((state, event, level))
    if row is None:
        raise WrongState(state=STATE_NAMES[state], event=event)
    if row.who.isdisjoint(roles):
        raise NotYours(event=event)
    return row.target


def possible(state: State, level: Level, roles: frozenset[Role]) -> frozenset[str]:
    """The events these roles may cause now: what the buttons of a page are made of."""
    return frozenset(
        row.event for row in TABLE if row.source == state and level in row.levels and not row.who.isdisjoint(roles)
    )
