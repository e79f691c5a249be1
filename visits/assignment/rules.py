"""Who may be drawn for a visit (pure): every rule is a named object with its code and its sentence."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from scheduling import lacking
from visits.booking.strain import Strain
from visits.errors import Refusal
from visits.texts import N_


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy(Strain):
    """The office's policies that the draw reads (`visits.sites.policies`)."""

    #: Visits of one declarant an inspector may have in `cool_off_days`.
    cool_off_most: int = 2
    cool_off_days: int = 30
    #: The declarant sees the name this long before the start; None: at the declarant's check-in.
    reveal_minutes: int | None = None
    #: From this long before the start the place is settled, and the draw is made.
    freeze_minutes: int = 120
    #: How far ahead the office's staff may book: seeds are promised that far.
    horizon_staff_days: int = 60
    #: How many of a hundred controls are made by chance.
    random_percent: int = 10
    #: The local hour at which the next day is planned and drawn; 24: never, each visit is drawn by itself.
    publish_hour: int = 18
    #: How much worse than the best choice somebody drawn on the day may be, in minutes-equivalents.
    regret_minutes: int = 10
    #: The grade a visit of high risk asks for.
    high_risk_grade: int = 0
    #: Minutes after the start from which an inspector who is not there counts as not come.
    grace_customs_minutes: int = 30
    #: Hours of service a check of documents may lie at a desk before another inspector is drawn; 0: for ever.
    desk_hours: int = 8
    #: For so many days the draw posts each inspector to a terminal; None: there is no rotation.
    rotation_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a visit asks of its inspector."""

    #: The steps of the day it takes; 0 for a check of documents, which needs no hour.
    mask: int = 0
    skills: int = 0
    #: The least grade.
    grade: int = 0
    agency_id: UUID | None = None
    site_id: UUID | None = None
    #: Whoever had an earlier visit of the same goods: a counter-visit is for other eyes.
    earlier: Collection[UUID] = ()
    #: Whoever was drawn for this visit and then replaced.
    replaced: Collection[UUID] = ()
    #: Where officers are posted does not count: nobody posted there was left.
    waived: bool = False
    policy: Policy = Policy()


@dataclass(frozen=True, slots=True, kw_only=True)
class Officer:
    """One officer of the office as he or she stands for this visit."""

    id: UUID
    active: bool = True
    agency_id: UUID | None = None
    site_id: UUID | None = None
    skills: int = 0
    grade: int = 0
    away: bool = False
    #: The steps of the day the officer works, and those still free; the place kept for this very visit counts as free.
    work: int = 0
    free: int = 0
    #: The steps at which the officer is on the way from or to another site.
    far: int = 0
    #: What else of the plan keeps the visit out of the officer's day: « rest », « fatigue », « full_day »; empty if
    #: nothing does.
    unfit: str = ""
    #: A tie with the declarant or the importer stands in the register.
    tied: bool = False
    #: The terminal the officer is posted to on the day of the visit; None: to none, so anywhere.
    posted: UUID | None = None
    #: Minutes-equivalents this officer costs more than the best one who may be drawn.
    regret: int = 0
    #: Visits of the same declarant within the cool-off.
    met: int = 0
    #: Visits of any declarant lately: the fewer, the larger the share.
    visits: int = 0


@dataclass(frozen=True, slots=True)
class Rule:
    """A reason not to be drawn. `holds` is true for an officer who may; `says` tells why one may not, `counted` follows
    a number where nobody is named."""

    code: str
    says: str
    counted: str
    holds: Callable[[Officer, Wanted], bool]


def _works(officer: Officer, wanted: Wanted) -> bool:
    return bool(officer.work) if not wanted.mask else officer.work & wanted.mask == wanted.mask


def _posted(officer: Officer, wanted: Wanted) -> bool:
    return wanted.waived or wanted.site_id is None or officer.posted in (None, wanted.site_id)


#: In the order in which they are asked; the first that does not hold is the one recorded.
RULES: tuple[Rule, ...] = (
    Rule(
        "inactive",
        N_("n'est pas en fonction"),
        N_("hors fonction"),
        lambda officer, wanted: officer.active,
    ),
    Rule(
        "agency",
        N_("relève d'un autre service"),
        N_("d'un autre service"),
        lambda officer, wanted: officer.agency_id == wanted.agency_id,
    ),
    Rule(
        "skills",
        N_("n'a pas l'habilitation demandée"),
        N_("sans l'habilitation demandée"),
        lambda officer, wanted: lacking(officer.skills, wanted.skills) != "skills",
    ),
    Rule(
        "language",
        N_("ne parle pas la langue demandée"),
        N_("ne parlant pas la langue demandée"),
        lambda officer, wanted: lacking(officer.skills, wanted.skills) != "language",
    ),
    Rule(
        "grade",
        N_("n'a pas le grade demandé"),
        N_("sans le grade demandé"),
        lambda officer, wanted: officer.grade >= wanted.grade,
    ),
    Rule(
        "elsewhere",
        N_("est affecté à un autre site"),
        N_("d'un autre site"),
        lambda officer, wanted: wanted.site_id is None or officer.site_id in (None, wanted.site_id),
    ),
    Rule(
        "away",
        N_("est absent"),
        N_("en absence"),
        lambda officer, wanted: not officer.away,
    ),
    Rule(
        "off_duty",
        N_("ne travaille pas à cette heure"),
        N_("hors service à cette heure"),
        _works,
    ),
    Rule(
        "busy",
        N_("est déjà pris à cette heure"),
        N_("en visite à cette heure"),
        lambda officer, wanted: officer.free & wanted.mask == wanted.mask,
    ),
    Rule(
        "on_the_road",
        N_("est en route depuis ou vers un autre site"),
        N_("en route entre deux sites"),
        lambda officer, wanted: not officer.far & wanted.mask,
    ),
    Rule(
        "rest",
        N_("n'aurait plus sa pause"),
        N_("sans pause possible"),
        lambda officer, wanted: officer.unfit != "rest",
    ),
    Rule(
        "fatigue",
        N_("serait trop près de la fin de son service pour un contrôle à risque"),
        N_("trop près de la fin de leur service pour un contrôle à risque"),
        lambda officer, wanted: officer.unfit != "fatigue",
    ),
    Rule(
        "full_day",
        N_("a déjà autant de minutes de visite que permis ce jour-là"),
        N_("ayant déjà autant de minutes de visite que permis ce jour-là"),
        lambda officer, wanted: officer.unfit != "full_day",
    ),
    Rule(
        "conflict",
        N_("a un lien inscrit au registre avec le déclarant ou l'importateur"),
        N_("ayant un lien inscrit au registre"),
        lambda officer, wanted: not officer.tied,
    ),
    Rule(
        "earlier_visit",
        N_("a déjà visité ces marchandises"),
        N_("ayant déjà visité ces marchandises"),
        lambda officer, wanted: officer.id not in wanted.earlier,
    ),
    Rule(
        "replaced",
        N_("a été remplacé pour cette visite"),
        N_("ayant déjà été tiré puis remplacé"),
        lambda officer, wanted: officer.id not in wanted.replaced,
    ),
    Rule(
        "cool_off",
        N_("a déjà vu ce déclarant autant de fois que permis"),
        N_("ayant déjà vu ce déclarant autant de fois que permis"),
        lambda officer, wanted: officer.met < wanted.policy.cool_off_most,
    ),
    Rule(
        "terminal",
        N_("est affecté à un autre terminal pour cette période"),
        N_("affectés à un autre terminal pour cette période"),
        _posted,
    ),
    Rule(
        "detour",
        N_("aurait ce jour-là trop de route ou de charge en plus"),
        N_("avec trop de route ou de charge en plus"),
        lambda officer, wanted: officer.regret <= wanted.policy.regret_minutes,
    ),
)
COUNTED: dict[str, str] = {rule.code: rule.counted for rule in RULES}
SENTENCES: dict[str, str] = {rule.code: rule.says for rule in RULES}
_PLACE = {rule.code: place for place, rule in enumerate(RULES)}

#: The only rule that ever gives way: a visit is never left without an inspector because of a posting.
TERMINAL = "terminal"

#: Rules that depend on the hour and on what else an officer does: the plan asks them of whole routes.
OF_THE_DAY = frozenset({"busy", "on_the_road", "rest", "fatigue", "full_day", "detour"})

#: Drawn for another route of the day already, or needed for one still to be drawn.
TAKEN = "other_route"
SENTENCES[TAKEN] = N_("a une autre tournée ce jour-là")
COUNTED[TAKEN] = N_("ayant une autre tournée ce jour-là")
_PLACE[TAKEN] = len(_PLACE)

#: A rule of earlier records, decided by days at a terminal; nobody is kept away by it any more.
ROTATION = "rotation"
SENTENCES[ROTATION] = N_("devait changer de terminal")
COUNTED[ROTATION] = N_("devant changer de terminal")

#: No officer at all in the office: the rule recorded when there is nobody to ask.
NOBODY = "nobody"
SENTENCES[NOBODY] = N_("aucun vérificateur n'est inscrit au bureau")
#: The day's seed cannot be used.
SEED = "seed"
SENTENCES[SEED] = N_("le secret du jour ne correspond pas à son empreinte")


def blocked_by(officer: Officer, wanted: Wanted) -> str | None:
    """The code of the first rule that keeps an officer out of the draw, or None."""
    return next((rule.code for rule in RULES if not rule.holds(officer, wanted)), None)


@dataclass(frozen=True, slots=True)
class Field:
    """Everybody the draw knew of: those who could be drawn, and those who could not, with the rule."""

    eligible: tuple[Officer, ...]
    excluded: tuple[tuple[UUID, str], ...]
    everybody: tuple[Officer, ...] = ()
    #: Only by looking beyond the postings was anybody found.
    waived: bool = False

    @property
    def blocking(self) -> str:
        """The rule to tell when nobody is left: the one that came nearest to letting somebody through."""
        return max((code for _, code in self.excluded), key=_PLACE.__getitem__, default=NOBODY)

    @property
    def counts(self) -> dict[str, int]:
        """How many each rule excluded, in the order of the rules."""
        codes = [code for _, code in self.excluded]
        return {code: codes.count(code) for code in sorted(set(codes), key=_PLACE.__getitem__)}


def sift(officers: Iterable[Officer], wanted: Wanted) -> Field:
    """Part the officers, by id, into those who may be drawn and those who may not."""
    judged = [(officer, blocked_by(officer, wanted)) for officer in sorted(officers, key=lambda each: each.id)]
    return Field(
        eligible=tuple(officer for officer, code in judged if code is None),
        excluded=tuple((officer.id, code) for officer, code in judged if code is not None),
        everybody=tuple(officer for officer, _ in judged),
    )


def beyond_postings(field: Field) -> bool:
    """Is nobody left, and would somebody be if it did not count where officers are posted?"""
    return not field.eligible and any(code == TERMINAL for _, code in field.excluded)


# -- reasons -----------------------------------------------------------------------------------------------
#: Why an inspector is replaced without anybody's choice: he or she is not there.
ABSENCES: dict[str, str] = {
    "absent": N_("absence constatée"),
    "ill": N_("maladie"),
    "leave": N_("congé"),
    "called_away": N_("appelé à une autre mission"),
}
#: Why a chief may ask for another draw; a second chief must agree.
REASONS: dict[str, str] = ABSENCES | {
    "conflict": N_("lien avec le déclarant ou l'importateur"),
    "skills": N_("habilitation insuffisante pour ces marchandises"),
    "safety": N_("sécurité de l'agent"),
    "integrity": N_("demande de l'inspection des services"),
}
#: Why the service itself draws another inspector, without anybody asking.
LATE: dict[str, str] = {
    "no_show": N_("le vérificateur ne s'est pas présenté"),
    "expired": N_("contrôle documentaire non commencé à temps"),
}
#: Every reason there is, for whoever reads the record.
TOLD: dict[str, str] = REASONS | LATE


def two_pairs(asker: Collection[UUID], decider: Collection[UUID]) -> bool:
    """Do two people stand for two different ones? Each is given as those in whose name he or she may act: oneself, or
    those one is a deputy of. A deputy of somebody and that somebody are one pair of eyes."""
    return any(one != other for one in asker for other in decider)


# -- the name ----------------------------------------------------------------------------------------------
def reveals_at(policy: Policy, starts_at: datetime | None) -> datetime | None:
    """From when the declarant may see the name, as far as it is known at the draw; None: not before the check-in."""
    if policy.reveal_minutes is None or starts_at is None:
        return None
    return starts_at - timedelta(minutes=policy.reveal_minutes)


# -- refusals ----------------------------------------------------------------------------------------------
class NobodyEligible(Refusal):
    """No officer may be drawn; the rule nearest to letting somebody through is told."""

    code, status = "nobody-eligible", 409
    says = N_("Aucun vérificateur ne peut être tiré. Règle qui bloque : %(rule)s.")


class NotAssigned(Refusal):
    """There is no inspector to replace."""

    code, status = "not-assigned", 409
    says = N_("Cette visite n'a pas de vérificateur.")


class UnknownReason(Refusal):
    """The reason is not one of the coded ones."""

    code, status = "unknown-reason", 422
    says = N_("Choisissez un motif dans la liste.")


class AlreadyAsked(Refusal):
    """A replacement of this inspector is already waiting for a second chief."""

    code, status = "already-asked", 409
    says = N_("Un remplacement attend déjà un second avis pour cette visite.")


class SecondPersonNeeded(Refusal):
    """Whoever asks for a replacement cannot be the one who agrees to it."""

    code, status = "second-person-needed", 403
    says = N_("Un autre chef doit donner son avis : vous avez demandé ce remplacement.")


class SameEyes(Refusal):
    """A deputy and whom he or she stands in for are one pair of eyes; so is the inspector it is about."""

    code, status = "same-eyes", 403
    says = N_("Vous agissez ici au nom de qui a demandé, ou ce remplacement vous concerne. Un autre chef doit décider.")


class NotDrawable(Refusal):
    """The visit is not at a point where an inspector is drawn."""

    code, status = "not-drawable", 409
    says = N_("Cette visite n'attend pas de tirage.")


class SeedBroken(Refusal):
    """A seed does not match the commitment published for its day."""

    code, status = "seed-broken", 500
    says = N_("Le secret du jour ne correspond pas à son empreinte. Aucun tirage n'est fait. L'alerte est donnée.")
