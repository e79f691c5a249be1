"""The policies of the draw: who may be drawn, when, and who sees the name."""

from dataclasses import dataclass

from visits.sites.languages import NAMES
from visits.sites.policy_rules import DRAW, Unit
from visits.sites.policy_rules import of as _of
from visits.texts import N_


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawPolicies:
    """What decides who is drawn."""

    cool_off_most: int = _of(
        2,
        group=DRAW,
        title=N_("Visites d'un même déclarant par vérificateur, au plus"),
        unit=Unit.VISITS,
        low=1,
        high=100,
    )
    cool_off_days: int = _of(30, group=DRAW, title=N_("Comptées sur"), unit=Unit.DAYS, low=1, high=365)
    reveal_minutes: int | None = _of(
        None,
        group=DRAW,
        title=N_("Nom du vérificateur montré avant le début"),
        hint=N_("Vide : à l'arrivée du déclarant."),
        unit=Unit.MINUTES,
        high=1440,
        kind="maybe",
    )
    publish_hour: int = _of(
        18,
        group=DRAW,
        title=N_("Journée du lendemain planifiée et tirée à"),
        hint=N_("24 : jamais, chaque visite est tirée seule avant son début."),
        unit=Unit.HOURS,
        high=24,
    )
    witness_minutes: int = _of(
        120,
        group=DRAW,
        title=N_("Le tirage attend la valeur du témoin, au plus"),
        hint=N_("Jamais au-delà de minuit. Ensuite, la journée est tirée sans elle et le dit."),
        unit=Unit.MINUTES,
        high=720,
    )
    regret_minutes: int = _of(
        10,
        group=DRAW,
        title=N_("Écart permis au meilleur choix, pour un tirage du jour même"),
        hint=N_("En minutes de route et de charge. Plus l'écart est grand, moins le tirage se devine."),
        unit=Unit.MINUTES,
        high=480,
    )
    rest_minutes: int = _of(
        30,
        group=DRAW,
        title=N_("Pause d'un vérificateur, au moins"),
        hint=N_("0 : aucune pause n'est gardée."),
        unit=Unit.MINUTES,
        high=120,
    )
    rest_after_minutes: int = _of(
        360, group=DRAW, title=N_("Travail sans pause, au plus"), unit=Unit.MINUTES, low=120, high=720
    )
    most_minutes: int | None = _of(
        420,
        group=DRAW,
        title=N_("Minutes de visite d'un vérificateur par jour, au plus"),
        hint=N_("Vide : autant que son service en contient."),
        unit=Unit.MINUTES,
        low=30,
        high=1440,
        kind="maybe",
    )
    tired_percent: int = _of(
        80,
        group=DRAW,
        title=N_("Fin d'un contrôle à risque, au plus tard dans le service"),
        hint=N_("En part du service fait. 100 : jusqu'à sa fin. On trouve moins quand on est fatigué."),
        unit=Unit.PERCENT,
        low=10,
        high=100,
    )
    high_risk_extents: tuple[str, ...] = _of(
        ("FULL",),
        group=DRAW,
        title=N_("Étendues d'un contrôle à risque"),
        kind="ticks",
        names={
            "SEAL": N_("plombs"),
            "TAILGATE": N_("ouverture des portes"),
            "PARTIAL": N_("partielle"),
            "FULL": N_("totale, avec dépotage"),
            "COUNT": N_("comptage"),
            "WEIGH": N_("pesée"),
            "GAUGE": N_("jaugeage"),
            "SAMPLE": N_("prélèvement"),
        },
    )
    high_risk_codes: tuple[str, ...] = _of(
        (),
        group=DRAW,
        title=N_("Codes des marchandises à risque"),
        hint=N_("Les premiers chiffres suffisent ; un par ligne. Vaut pour les visites ouvertes ensuite."),
        kind="lines",
    )
    high_risk_grade: int = _of(
        0,
        group=DRAW,
        title=N_("Grade demandé pour un contrôle à risque"),
        hint=N_("0 : aucun."),
        unit=Unit.GRADE,
        high=20,
    )
    skills: tuple[str, ...] = _of(
        (),
        group=DRAW,
        title=N_("Habilitations et leurs marchandises"),
        hint=N_(
            "Une par ligne : numéro de 1 à 48, nom, premiers chiffres des codes. « 1 : Produits chimiques : 28, 29 ». "
            "Un numéro garde son sens. Vaut pour les visites ouvertes ensuite."
        ),
        kind="lines",
    )
    language: str = _of(
        "fr",
        group=DRAW,
        title=N_("Langue du bureau"),
        hint=N_("Tous ses agents la parlent. Une visite peut en demander une autre, et son vérificateur la parle."),
        kind="choice",
        names=NAMES,
    )
    rotation_days: int | None = _of(
        None,
        group=DRAW,
        title=N_("Affecter les vérificateurs à un terminal pour"),
        hint=N_(
            "Vide : chacun va partout. Sinon le sort affecte chacun, ailleurs qu'avant si possible, dès la prochaine "
            "période. 7 : du lundi au dimanche."
        ),
        unit=Unit.DAYS,
        low=1,
        high=90,
        kind="maybe",
    )
    desk_hours: int = _of(
        8,
        group=DRAW,
        title=N_("Contrôle documentaire non commencé : autre vérificateur après"),
        hint=N_("En heures de service de l'agent. 0 : jamais."),
        unit=Unit.HOURS,
        high=200,
    )
    inspector_sees: str = _of(
        "day",
        group=DRAW,
        title=N_("Le vérificateur voit"),
        hint=N_("« La visite suivante » ne peut pas être garantie sur une tablette préparée sans réseau."),
        kind="choice",
        names={"day": N_("sa journée, dès la prise de service"), "next": N_("seulement la visite suivante")},
    )
