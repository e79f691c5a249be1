"""The policies of an office: each one's name, meaning, unit, limits and default in one place; read them typed.

`policy(office, Policies).hold_minutes` is the value in force. What is stored in `Office.policies` are only the values
an administrator set; everything else is the default written here.
"""

from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, fields
from typing import Any, TypeVar, cast

from visits.actor import Actor
from visits.sites.policies_draw import DrawPolicies
from visits.sites.policy_rules import (
    ACCESS,
    BOOKING,
    CODE_ROLES,
    CONTROL,
    KEEPING,
    LANGUAGES,
    NOTICES,
    Rule,
    Unit,
)
from visits.sites.policy_rules import (
    of as _of,
)
from visits.sites.queries import offices
from visits.sites.tables import Office
from visits.store.work import Work
from visits.texts import N_

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies(DrawPolicies):
    """Every policy of an office, with its default."""

    hold_minutes: int = _of(
        5,
        group=BOOKING,
        title=N_("Un rendez-vous choisi reste retenu"),
        hint=N_("Le temps de confirmer."),
        unit=Unit.MINUTES,
        low=1,
        high=60,
    )
    notice_minutes: int = _of(
        120,
        group=BOOKING,
        title=N_("Réserver au plus tard avant le début"),
        hint=N_("Les agents n'ont pas de délai."),
        unit=Unit.MINUTES,
        high=2880,
    )
    horizon_days: int = _of(
        14,
        group=BOOKING,
        title=N_("Réserver au plus tôt avant le jour, déclarants"),
        unit=Unit.DAYS,
        low=1,
        high=90,
    )
    horizon_staff_days: int = _of(
        60, group=BOOKING, title=N_("Réserver au plus tôt avant le jour, agents"), unit=Unit.DAYS, low=1, high=180
    )
    holds_per_firm: int = _of(
        5, group=BOOKING, title=N_("Rendez-vous retenus à la fois par cabinet"), unit=Unit.TIMES, low=1, high=50
    )
    freeze_minutes: int = _of(
        120,
        group=BOOKING,
        title=N_("Rendez-vous figé avant le début"),
        hint=N_("Le déclarant ne peut plus que l'annuler."),
        unit=Unit.MINUTES,
        high=1440,
    )
    landing_minutes: int = _of(
        240,
        group=BOOKING,
        title=N_("Visiter au plus tôt après l'arrivée prévue du navire"),
        hint=N_("Pour les rendez-vous provisoires, pris avant le débarquement."),
        unit=Unit.MINUTES,
        high=10080,
    )
    waitlist_minutes: int = _of(
        15, group=BOOKING, title=N_("Heure libérée retenue pour la liste d'attente"), unit=Unit.MINUTES, low=5, high=120
    )
    grace_minutes: int = _of(
        15,
        group=BOOKING,
        title=N_("Attente du déclarant"),
        hint=N_("Ensuite, la carence (personne absente) peut être constatée."),
        unit=Unit.MINUTES,
        high=120,
    )
    grace_agency_minutes: int = _of(15, group=BOOKING, title=N_("Attente d'un organisme"), unit=Unit.MINUTES, high=120)
    grace_customs_minutes: int = _of(
        30, group=BOOKING, title=N_("Attente du vérificateur"), unit=Unit.MINUTES, low=5, high=240
    )
    rebook_minutes: int = _of(
        240, group=BOOKING, title=N_("Une heure de rechange reste retenue"), unit=Unit.MINUTES, low=15, high=2880
    )
    no_shows_most: int = _of(
        3,
        group=BOOKING,
        title=N_("Rendez-vous non tenus par un cabinet en 30 jours, avant limite"),
        hint=N_("0 : sans limite. Un rendez-vous manqué par la douane ne compte jamais."),
        unit=Unit.TIMES,
        high=50,
    )
    no_shows_open: int = _of(
        2, group=BOOKING, title=N_("Rendez-vous à venir d'un cabinet limité, au plus"), unit=Unit.TIMES, low=1, high=100
    )
    undo_minutes: int = _of(
        60, group=BOOKING, title=N_("Annuler un replacement après une absence"), unit=Unit.MINUTES, high=1440
    )
    visit_most_minutes: int = _of(
        180,
        group=BOOKING,
        title=N_("Durée réservée à une visite, au plus"),
        hint=N_("La durée vient des visites passées ; un chef de visite peut en fixer une autre."),
        unit=Unit.MINUTES,
        low=30,
        high=480,
    )
    bookings_per_firm: int = _of(
        30,
        group=BOOKING,
        title=N_("Rendez-vous d'un cabinet par jour, au plus"),
        hint=N_("0 : sans limite. Les agents n'ont pas de limite."),
        unit=Unit.TIMES,
        high=500,
    )
    wait_days: int = _of(
        5,
        group=BOOKING,
        title=N_("Attente qui ouvre les places gardées"),
        hint=N_("Après ce temps à chercher une heure, une visite passe comme les prioritaires."),
        unit=Unit.DAYS,
        low=1,
        high=60,
    )
    perishable: tuple[str, ...] = _of(
        ("02", "03", "04", "06", "07", "08", "3002"),
        group=BOOKING,
        title=N_("Codes des denrées périssables"),
        hint=N_("Les premiers chiffres suffisent ; un par ligne."),
        kind="lines",
    )
    live_animals: tuple[str, ...] = _of(
        ("01", "0301", "0306"),
        group=BOOKING,
        title=N_("Codes des animaux vivants"),
        hint=N_("Les premiers chiffres suffisent ; un par ligne."),
        kind="lines",
    )
    approved: tuple[str, ...] = _of(
        (),
        group=BOOKING,
        title=N_("Opérateurs économiques agréés"),
        hint=N_("Codes de déclarants et d'importateurs, un par ligne."),
        kind="lines",
    )
    quotas: tuple[dict[str, Any], ...] = _of((), group=BOOKING, title=N_("Places gardées et limites"), kind="page")
    buffers: tuple[dict[str, Any], ...] = _of((), group=BOOKING, title=N_("Temps avant et après"), kind="page")
    trips: tuple[dict[str, Any], ...] = _of((), group=BOOKING, title=N_("Trajets entre sites"), kind="page")
    regular_per_firm: int = _of(
        2, group=BOOKING, title=N_("Heures régulières par cabinet, au plus"), unit=Unit.TIMES, high=20
    )
    regular_per_day: int = _of(
        4, group=BOOKING, title=N_("Heures régulières gardées par jour, au plus"), unit=Unit.TIMES, high=100
    )
    regular_release_hours: int = _of(
        24, group=BOOKING, title=N_("Heure régulière non utilisée : rendue avant"), unit=Unit.HOURS, low=2, high=168
    )
    home_kilometres: int = _of(
        0, group=BOOKING, title=N_("Visite à domicile, au plus loin (0 : aucune)"), unit=Unit.KILOMETRES, high=200
    )
    random_percent: int = _of(
        10,
        group=CONTROL,
        title=N_("Part des contrôles tirés au sort"),
        hint=N_("Sans ce tirage, on ne sait pas ce que les critères manquent."),
        unit=Unit.PERCENT,
        high=100,
    )
    extent_percent: int = _of(
        30,
        group=CONTROL,
        title=N_("Étendue d'une visite partielle, si l'ordre ne la dit pas"),
        unit=Unit.PERCENT,
        low=1,
        high=100,
    )
    section: str = _of(
        "", group=CONTROL, title=N_("Section qui visite"), hint=N_("Écrite sur chaque rapport."), kind="text"
    )
    clearance_name: str = _of(
        "",
        group=CONTROL,
        title=N_("Nom du système de dédouanement"),
        hint=N_("Tel que les déclarants le connaissent."),
        kind="text",
    )
    contact: str = _of(
        "",
        group=CONTROL,
        title=N_("À qui s'adresser"),
        hint=N_("Guichet, téléphone, heures. Toujours montré au déclarant, avec le nom du bureau."),
        kind="text",
    )
    legal_basis: str = _of(
        "", group=CONTROL, title=N_("Fondement légal de la visite"), hint=N_("Écrit sur chaque rapport."), kind="text"
    )
    suspension_texts: tuple[str, ...] = _of(
        (),
        group=CONTROL,
        title=N_("Raisons de suspension proposées"),
        hint=N_(
            "Une par ligne, avec qui fait attendre : « Grue en panne : terminal ». "
            "Sans nom, le temps compte pour la douane. Vide : celles du service."
        ),
        kind="lines",
    )
    gps_days: int = _of(
        90,
        group=KEEPING,
        title=N_("Positions"),
        hint=N_("Un rapport signé garde le lieu qu'il énonce."),
        unit=Unit.DAYS,
        low=1,
        high=3660,
    )
    photo_days: int = _of(
        1826,
        group=KEEPING,
        title=N_("Photos"),
        hint=N_("Celles d'un dossier ouvert ou en litige restent. L'empreinte reste toujours."),
        unit=Unit.DAYS,
        low=30,
        high=7320,
    )
    rating_days: int = _of(
        365,
        group=KEEPING,
        title=N_("Appréciations, avec leur auteur"),
        hint=N_("Ensuite, les notes restent, sans auteur ni remarque."),
        unit=Unit.DAYS,
        low=1,
        high=3660,
    )
    quiet_from: int = _of(
        20,
        group=NOTICES,
        title=N_("Heures calmes, à partir de"),
        hint=N_("Ce qui presse part quand même."),
        unit=Unit.HOURS,
        high=23,
    )
    quiet_until: int = _of(
        7,
        group=NOTICES,
        title=N_("Heures calmes, jusqu'à"),
        hint=N_("La même heure que le début : aucune heure calme."),
        unit=Unit.HOURS,
        high=23,
    )
    hold_notice_minutes: int = _of(
        2,
        group=NOTICES,
        title=N_("Avis avant la fin d'une heure retenue"),
        hint=N_("Zéro : aucun avis."),
        unit=Unit.MINUTES,
        high=30,
    )
    languages: tuple[str, ...] = _of(LANGUAGES, group=ACCESS, title=N_("Langues"), kind="ticks", choices=LANGUAGES)
    code_roles: tuple[str, ...] = _of(
        (),
        group=ACCESS,
        title=N_("Rôles qui doivent donner un code à usage unique"),
        hint=N_("Qui n'en a pas encore doit l'ajouter à sa prochaine connexion."),
        kind="ticks",
        choices=CODE_ROLES,
    )


def policy(office: Office, kind: type[T] = Policies) -> T:  # type: ignore[assignment]
    """The policies in force in an office: what was set, else the default. `kind` may be a dataclass of fewer."""
    return read(office.policies, kind)


def read(stored: Mapping[str, Any], kind: type[T] = Policies) -> T:  # type: ignore[assignment]
    """The same from the stored values alone."""
    known = {each.name for each in fields(cast(Any, kind))}
    given = {name: _typed(value) for name, value in stored.items() if name in known and value is not None}
    return kind(**given)


def rules() -> dict[str, Rule]:
    """Every policy's rule, in the order shown."""
    return {each.name: rule_of(each) for each in fields(Policies)}


def rule_of(each: "Field[Any]") -> Rule:
    """The rule of one field."""
    rule: Rule = each.metadata["rule"]
    return rule


def changed(before: Policies, after: Policies) -> dict[str, tuple[Any, Any]]:
    """What differs: name to (before, after)."""
    both = {name: (getattr(before, name), getattr(after, name)) for name in rules()}
    return {name: pair for name, pair in both.items() if pair[0] != pair[1]}


def stored(policies: Policies) -> dict[str, Any]:
    """What is kept of policies: the values that are not the default, as JSON."""
    defaults = Policies()
    return {name: plain(value) for name, (_, value) in changed(defaults, policies).items()}


async def spoken(work: Work) -> tuple[str, ...]:
    """The languages people may choose: those of any office; all of them before there is one."""
    chosen = {language for office in await offices(work) for language in policy(office, Policies).languages}
    return tuple(language for language in LANGUAGES if language in chosen or not chosen)


async def code_rule(work: Work) -> Callable[[Actor], bool]:
    """Who must have a one-time code: by the policy of the person's office; without an office, of any office."""
    asked = {office.id: frozenset(policy(office, Policies).code_roles) for office in await offices(work)}
    everywhere = frozenset[str]().union(*asked.values())

    def must_have_code(actor: Actor) -> bool:
        roles = asked.get(actor.office, everywhere) if actor.office else everywhere
        return not roles.isdisjoint(actor.roles)

    return must_have_code


def _typed(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def plain(value: Any) -> Any:
    """A value as JSON keeps it."""
    return list(value) if isinstance(value, tuple) else value
