"""What happened to a case, in sentences: one account for everybody, without names of officers. Pure.

Who reads changes only two things: steps of the office's own kitchen are left out for firms, and typed reasons are
for the staff. The clock is never hidden: every event that moves a visit is shown to all.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from visits.journey.states import BLOCKS, SUSPENSIONS
from visits.texts import N_

#: Beyond this, the time of the device and the time of the server are both shown.
TOLERATED = timedelta(minutes=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One stored event: `device_at` is the corrected time of field work, `server_at` when the server took it."""

    kind: str
    server_at: datetime
    device_at: datetime | None = None
    seq: int = 0
    visit: UUID | None = None
    body: dict[str, Any] = field(default_factory=dict)
    #: The person who did it and their role, as stored; shown to staff alone.
    who: str = ""
    role: str = ""

    @property
    def at(self) -> datetime:
        """When it happened: the corrected time of the device, else the server's."""
        return self.device_at or self.server_at

    @property
    def came_late(self) -> bool:
        """Did the server hear of it at another time than it happened?"""
        return abs(self.server_at - self.at) > TOLERATED


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A French sentence with its facts as given, and with words that are translated too."""

    text: str
    facts: dict[str, Any] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One step of the account."""

    kind: str
    at: datetime
    #: When the server heard of it, if that was another time.
    heard_at: datetime | None
    sentence: Sentence
    visit: UUID | None
    who: str
    #: The reason as it was given, a code or typed; for the staff.
    reason: str
    #: The step after which nothing more is expected.
    final: bool


LANES = {
    "green": N_("Circuit vert"),
    "blue": N_("Circuit bleu"),
    "yellow": N_("Circuit jaune"),
    "red": N_("Circuit rouge"),
}

_OPENED = {
    "documents": N_("Contrôle documentaire décidé"),
    "scan": N_("Passage au scanner décidé"),
    "video": N_("Visite par vidéo décidée"),
    "physical": N_("Visite physique décidée"),
    "joint": N_("Visite conjointe décidée"),
}

PARTIES = {
    "declarant": N_("déclarant"),
    "importer": N_("importateur"),
    "inspector": N_("vérificateur"),
    "agency_officer": N_("organisme"),
    "visit_chief": N_("chef de visite"),
    "terminal": N_("terminal"),
    "brigade": N_("brigade"),
    "witness": N_("témoin"),
    "interpreter": N_("interprète"),
}

#: Sentences that need no fact.
PLAIN: dict[str, str] = {
    "cargo_arrived": N_("Marchandises arrivées"),
    "declaration_drafted": N_("Brouillon de déclaration reçu"),
    "declaration_registered": N_("Déclaration enregistrée"),
    "declaration_conflict": N_("Un autre contenu est arrivé sous le même numéro"),
    "declaration_replaced": N_("Nouvelle version de la déclaration acceptée"),
    "assessed": N_("Droits liquidés"),
    "paid": N_("Droits payés"),
    "release_issued": N_("Bon à enlever délivré"),
    "release_cancelled": N_("Bon à enlever annulé"),
    "goods_exited": N_("Marchandises sorties"),
    "package_submitted": N_("Dossier déposé"),
    "package_accepted": N_("Dossier accepté"),
    "appointment_requested": N_("Rendez-vous demandé"),
    "slot_held": N_("Heure retenue quelques minutes"),
    "hold_expired": N_("Heure rendue faute de confirmation"),
    "appointment_cancelled": N_("Rendez-vous rendu"),
    "appointment_settled": N_("Marchandises débarquées, rendez-vous confirmé"),
    "waitlist_joined": N_("Inscription sur la liste d'attente"),
    "waitlist_left": N_("Sortie de la liste d'attente"),
    "seat_planned": N_("Place prévue au plan du jour"),
    "draw_blocked": N_("Aucun vérificateur ne peut être tiré pour l'instant"),
    "inspector_absent": N_("Vérificateur absent, un autre sera tiré au sort"),
    "goods_presented": N_("Marchandises en place"),
    "goods_missing": N_("Conteneur non trouvé au terminal"),
    "goods_taken_back": N_("Le terminal a repris sa réponse"),
    "goods_absent": N_("Marchandises non présentées"),
    "party_absent": N_("Carence (personne absente au rendez-vous)"),
    "customs_no_show": N_("Rendez-vous manqué par la douane"),
    "visit_started": N_("Visite commencée"),
    "visit_resumed": N_("Visite reprise"),
    "visit_converted": N_("La visite par vidéo devient une visite sur place"),
    "sample_taken": N_("Échantillon prélevé"),
    "visit_ended": N_("Visite terminée"),
    "paper_exception": N_("Visite faite sur papier"),
    "lab_awaited": N_("Résultat du laboratoire attendu"),
    "lab_result": N_("Résultat du laboratoire reçu"),
    "counter_visit_ordered": N_("Contre-visite ordonnée"),
    "extension_ordered": N_("Visite étendue"),
    "cancelled": N_("Visite annulée"),
    "declarant_signed": N_("Rapport signé par le déclarant"),
    "reservation_made": N_("Rapport signé par le déclarant, avec réserves"),
    "declarant_refused": N_("Le déclarant n'a pas signé le rapport"),
    "report_validated": N_("Rapport validé"),
    "report_returned": N_("Rapport renvoyé au vérificateur"),
    "report_amended": N_("Rapport rouvert"),
    "report_pushed": N_("Rapport transmis au système de dédouanement"),
    "report_acknowledged": N_("Rapport reçu par le système de dédouanement"),
    "goods_seized": N_("Marchandises saisies"),
    "query_raised": N_("Justification demandée"),
    "query_answered": N_("Justification donnée"),
    "offence_recorded": N_("Procès-verbal établi"),
    "dispute_closed": N_("Litige clos"),
    "rated": N_("Avis donné sur la visite"),
}

#: Steps nobody waits for; the short account of a firm leaves them out.
DETAILS = frozenset(
    {
        "appointment_requested",
        "slot_held",
        "hold_expired",
        "seat_planned",
        "waitlist_joined",
        "waitlist_left",
        "slot_offered",
        "evidence_added",
        "finding_recorded",
        "declaration_conflict",
        "draw_blocked",
    }
)
#: Not for the office: who rated is the firm's affair (the inspector never learns the name).
FIRM_ONLY = frozenset({"rated"})
#: Why a provisional time was given back without anybody asking.
RELEASED = {
    "ship_late": N_("Navire en retard, heure provisoire rendue"),
    "package_late": N_("Dossier pas prêt à temps, heure provisoire rendue"),
    "other_control": N_("Autre contrôle décidé, heure provisoire rendue"),
}
#: Told once with their number when they follow each other.
COUNTED = {
    "evidence_added": (N_("Une photo ou pièce ajoutée"), N_("%(count)s photos ou pièces ajoutées")),
    "finding_recorded": (N_("Un constat noté"), N_("%(count)s constats notés")),
}
FINAL = frozenset({"release_issued", "goods_exited", "goods_seized", "cancelled"})


def sentence(kind: str, body: dict[str, Any], count: int = 1) -> Sentence:
    """What an event says; `count` for events told together."""
    match kind:
        case "lane_selected" if body.get("agency"):
            return Sentence(
                text=N_("%(lane)s, choisi par %(agency)s"),
                facts={"agency": body["agency"]},
                words={"lane": LANES[body["lane"]]},
            )
        case "lane_selected":
            return Sentence(text=LANES[body["lane"]])
        case "lane_rerouted":
            return Sentence(text=N_("Circuit changé : %(lane)s"), words={"lane": LANES[body["lane"]]})
        case "visit_opened":
            return Sentence(text=_OPENED[body["level"]])
        case "package_returned" if body["defects"] == 1:
            return Sentence(text=N_("Dossier retourné, 1 point à corriger"))
        case "package_returned":
            return Sentence(text=N_("Dossier retourné, %(count)s points à corriger"), facts={"count": body["defects"]})
        case "appointment_confirmed":
            return Sentence(text=N_("Rendez-vous pris : %(when)s"), facts={"when": instant(body["starts_at"])})
        case "scan_called":
            return Sentence(text=N_("Ticket %(number)s appelé au scanner"), facts={"number": body["number"]})
        case "appointment_reserved":
            text = N_("Heure provisoire, confirmée au débarquement : %(when)s")
            return Sentence(text=text, facts={"when": instant(body["starts_at"])})
        case "appointment_moved" if body.get("reason") == "ship_late":
            text = N_("Navire en retard, rendez-vous déplacé : %(when)s")
            return Sentence(text=text, facts={"when": instant(body["starts_at"])})
        case "appointment_cancelled" if body.get("reason") in RELEASED:
            return Sentence(text=RELEASED[body["reason"]])
        case "appointment_moved":
            return Sentence(text=N_("Rendez-vous déplacé : %(when)s"), facts={"when": instant(body["starts_at"])})
        case "slot_offered":
            return Sentence(text=N_("Heure libérée proposée : %(when)s"), facts={"when": instant(body["starts_at"])})
        case "inspector_assigned" if body.get("again"):
            return Sentence(text=N_("Autre vérificateur tiré au sort"))
        case "inspector_assigned":
            return Sentence(text=N_("Vérificateur tiré au sort"))
        case "party_checked_in":
            return Sentence(text=N_("Arrivée pointée : %(party)s"), words={"party": PARTIES[body["party"]]})
        case "agency_absent":
            return Sentence(text=N_("%(agency)s n'est pas venu au rendez-vous"), facts={"agency": body["agency"]})
        case "agency_no_show":
            return Sentence(text=N_("Rendez-vous manqué par %(agency)s"), facts={"agency": body["agency"]})
        case "goods_blocked":
            cause = BLOCKS.get(body["reason"], BLOCKS["other"])
            return Sentence(text=N_("Conteneur bloqué au terminal : %(cause)s"), words={"cause": cause})
        case "visit_suspended" if body["reason"] in SUSPENSIONS:
            return Sentence(text=N_("Visite suspendue : %(cause)s"), words={"cause": SUSPENSIONS[body["reason"]][0]})
        case "visit_suspended" if body["reason"]:
            return Sentence(text=N_("Visite suspendue : %(cause)s"), facts={"cause": body["reason"]})
        case "visit_suspended":
            return Sentence(text=N_("Visite suspendue"))
        case "seal_removed":
            return Sentence(text=N_("Plomb %(seal)s retiré"), facts={"seal": body["seal"]})
        case "seal_affixed":
            return Sentence(text=N_("Plomb %(seal)s posé"), facts={"seal": body["seal"]})
        case "report_signed" if body["officers"] == 1:
            return Sentence(text=N_("Rapport signé par le vérificateur"))
        case "report_signed":
            return Sentence(text=N_("Rapport signé par %(count)s agents"), facts={"count": body["officers"]})
        case "evidence_added" | "finding_recorded":
            one, many = COUNTED[kind]
            return Sentence(text=one) if count == 1 else Sentence(text=many, facts={"count": count})
        case _:
            return Sentence(text=PLAIN[kind])


def instant(text: str | datetime) -> datetime:
    """A time as an event's body keeps it."""
    return text if isinstance(text, datetime) else datetime.fromisoformat(text)


def in_order(told: Iterable[Happening]) -> list[Happening]:
    """As it happened: by corrected time; at the same instant the declaration's own events first."""
    return sorted(told, key=lambda each: (each.at, each.server_at, each.visit is not None, each.seq))


def account(told: Sequence[Happening], *, staff: bool) -> list[Line]:
    """The steps in the order in which they happened, for the staff or for a firm."""
    lines: list[tuple[Happening, int]] = []
    for each in in_order(told):
        if each.kind in (FIRM_ONLY if staff else DETAILS):
            continue
        if lines and each.kind in COUNTED and lines[-1][0].kind == each.kind:
            lines[-1] = (lines[-1][0], lines[-1][1] + 1)
        else:
            lines.append((each, 1))
    return [_line(each, count, staff) for each, count in lines]


def _line(each: Happening, count: int, staff: bool) -> Line:
    reason = str(each.body.get("reason") or each.body.get("rule") or "")
    return Line(
        kind=each.kind,
        at=each.at,
        heard_at=each.server_at if each.came_late else None,
        sentence=sentence(each.kind, each.body, count),
        visit=each.visit,
        who=each.who if staff else "",
        reason=reason if staff and each.kind != "visit_suspended" else "",
        final=each.kind in FINAL,
    )
