"""Notices of places kept beforehand: provisional times of goods at sea, regular hours of a firm. Pure."""

from visits.notices.template import Act, Calendar, Template
from visits.texts import N_

_REGULAR = "/declarant/regular"
_PROVISIONAL = "/declarant/visits/%(visit)s/provisional"
_APPOINTMENT = "/declarant/visits/%(visit)s/appointment"

KEPT: tuple[Template, ...] = (
    Template(
        name="appointment_reserved",
        title=N_("Heure provisoire gardée"),
        sms=N_("Visite %(title)s : heure provisoire %(when)s, %(place)s. Confirmée au débarquement, dossier accepté."),
        subject=N_("Visite %(title)s : heure provisoire %(when)s"),
        body=(
            N_("Une heure est gardée pour la visite %(title)s : %(when)s, %(place)s."),
            N_("Elle est provisoire : elle devient certaine au débarquement, si votre dossier est accepté avant."),
            N_("Si le navire est en retard, l'heure est déplacée et vous êtes prévenu."),
        ),
        calendar=Calendar.TENTATIVE,
        stands=True,
        path=_PROVISIONAL,
        parameters=("title", "when", "place"),
    ),
    Template(
        name="appointment_provisional",
        title=N_("Rendez-vous provisoire"),
        sms=N_("Visite %(title)s : %(when)s, %(place)s, à confirmer au débarquement. Réf. %(reference)s."),
        subject=N_("Visite %(title)s : rendez-vous provisoire %(when)s"),
        body=(
            N_("Votre visite %(title)s est réservée : %(when)s, %(place)s. Référence : %(reference)s."),
            N_("Le rendez-vous est provisoire : il devient certain au débarquement."),
            N_("Si le navire est en retard, l'heure est déplacée et vous êtes prévenu."),
        ),
        calendar=Calendar.TENTATIVE,
        answers=(Act.MOVE, Act.CANCEL),
        stands=True,
        path=_APPOINTMENT,
        parameters=("title", "when", "place", "reference"),
    ),
    Template(
        name="appointment_settled",
        title=N_("Marchandises débarquées, rendez-vous certain"),
        sms=N_("Visite %(title)s : marchandises débarquées, rendez-vous certain %(when)s, %(place)s."),
        subject=N_("Visite %(title)s : rendez-vous certain %(when)s"),
        body=(
            N_("Les marchandises de la visite %(title)s sont débarquées."),
            N_("Le rendez-vous est certain : %(when)s, %(place)s. Référence à montrer à l'entrée : %(reference)s."),
        ),
        calendar=Calendar.REQUEST,
        stands=True,
        path=_APPOINTMENT,
        parameters=("title", "when", "place"),
    ),
    Template(
        name="appointment_unpacked",
        title=N_("Marchandises débarquées, dossier à finir"),
        sms=N_("Visite %(title)s : marchandises débarquées. L'heure %(when)s tient si le dossier est accepté avant."),
        subject=N_("Visite %(title)s : marchandises débarquées, dossier à finir"),
        body=(
            N_("Les marchandises de la visite %(title)s sont débarquées."),
            N_("L'heure gardée, %(when)s, tient si votre dossier est accepté avant. Sinon elle est rendue à tous."),
        ),
        urgent=True,
        stands=True,
        path="/declarant/visits/%(visit)s/documents",
        parameters=("title", "when"),
    ),
    Template(
        name="regular_granted",
        title=N_("Heure régulière accordée"),
        sms=N_("Heure régulière accordée : %(place)s, dès %(when)s. Places gardées : %(count)s."),
        subject=N_("Heure régulière accordée, dès %(when)s"),
        body=(
            N_("Le bureau garde l'heure demandée : %(place)s, dès %(when)s. Places gardées : %(count)s."),
            N_("Une place que personne n'utilise revient à tous avant le jour. Les heures sont sur votre page."),
        ),
        path=_REGULAR,
        parameters=("count", "when", "place"),
    ),
    Template(
        name="regular_refused",
        title=N_("Heure régulière refusée"),
        sms=N_("Heure régulière refusée : %(when)s, %(place)s."),
        subject=N_("Heure régulière refusée"),
        body=(N_("Le bureau ne garde pas l'heure demandée : %(when)s et les semaines suivantes, %(place)s."),),
        path=_REGULAR,
        parameters=("when", "place", "reason"),
    ),
    Template(
        name="regular_changed",
        title=N_("Place régulière rendue"),
        sms=N_("Heure régulière : place non utilisée rendue, %(when)s, %(place)s. Encore gardées : %(count)s."),
        subject=N_("Heure régulière : la place gardée %(when)s est rendue"),
        body=(
            N_("La place gardée %(when)s, %(place)s, n'a pas été utilisée : elle est rendue à tous."),
            N_("Places gardées ensuite : %(count)s. Une visite peut encore être réservée à toute heure libre."),
        ),
        path=_REGULAR,
        parameters=("when", "place", "count"),
    ),
    Template(
        name="regular_lost",
        title=N_("Place régulière perdue"),
        sms=N_("Heure régulière : place perdue %(when)s, %(place)s (absence, fermeture). Encore gardées : %(count)s."),
        subject=N_("Heure régulière : la place gardée %(when)s n'est plus tenue"),
        body=(
            N_("Après une absence ou une fermeture, le bureau ne peut plus tenir la place du %(when)s, %(place)s."),
            N_("Places gardées ensuite : %(count)s. Une visite peut encore être réservée à toute heure libre."),
        ),
        urgent=True,
        path=_REGULAR,
        parameters=("when", "place", "count"),
    ),
    Template(
        name="regular_again",
        title=N_("Place régulière retrouvée"),
        sms=N_("Heure régulière : la place %(when)s, %(place)s, est de nouveau gardée. Places gardées : %(count)s."),
        subject=N_("Heure régulière : la place %(when)s est de nouveau gardée"),
        body=(
            N_("Le bureau avait annoncé la perte de la place du %(when)s, %(place)s : il la garde de nouveau."),
            N_("Places gardées en tout : %(count)s. Une visite peut y être réservée en une fois."),
        ),
        path=_REGULAR,
        parameters=("when", "place", "count"),
    ),
    Template(
        name="regular_ended",
        title=N_("Heure régulière terminée"),
        sms=N_("La douane met fin à l'heure régulière : %(place)s, dès %(when)s. Les visites réservées le restent."),
        subject=N_("Heure régulière terminée, dès %(when)s"),
        body=(
            N_("La douane met fin à l'heure régulière : %(place)s, dès %(when)s."),
            N_("Les visites réservées le restent. Les autres heures restent ouvertes à tous."),
        ),
        urgent=True,
        path=_REGULAR,
        parameters=("when", "place", "reason"),
    ),
)
