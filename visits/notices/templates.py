"""Every notice there is: its words for a text message and for an e-mail, and how it behaves. Pure.

The French texts are the ids of the translations. A text message must fit 160 septets whatever its facts are: facts
that may be long are shortened to what is left (compose.py), and a property test holds every template to it.
"""

from collections.abc import Mapping

from visits.notices.template import Act, Calendar, Template
from visits.notices.templates_kept import KEPT
from visits.texts import N_

#: Joined to a text that has a reason.
REASON = N_("Motif : %(reason)s.")
#: Joined to an e-mail about a visit that is held in another language than the office's own.
LANGUAGE = N_("Langue de la visite, comme demandé : %(language)s.")
#: Joined to a text message that can be answered: by the acts it allows.
ANSWERS: Mapping[tuple[Act, ...], str] = {
    (Act.CONFIRM,): N_("Répondre OUI %(code)s pour confirmer."),
    (Act.CONFIRM, Act.CANCEL): N_("Répondre OUI %(code)s ou ANNULER %(code)s."),
    (Act.CONFIRM, Act.MOVE): N_("Répondre OUI %(code)s ou DEPLACER %(code)s."),
    (Act.MOVE, Act.CANCEL): N_("Répondre DEPLACER %(code)s ou ANNULER %(code)s."),
}
#: At the foot of every e-mail.
FOOT = N_("Vous recevez cet avis parce que vous l'avez demandé. Changer mes avis : %(url)s")

_APPOINTMENT = "/declarant/visits/%(visit)s/appointment"
_SLOTS = "/declarant/visits/%(visit)s/slots"
_WAITLIST = "/declarant/visits/%(visit)s/waitlist"
_DOCUMENTS = "/declarant/visits/%(visit)s/documents"
_DECLARATION = "/declarant/declarations/%(declaration)s"

_ALL = (
    Template(
        name="appointment_confirmed",
        title=N_("Rendez-vous confirmé"),
        sms=N_("Visite %(title)s : rendez-vous confirmé %(when)s, %(place)s. Réf. %(reference)s."),
        subject=N_("Visite %(title)s : rendez-vous %(when)s"),
        body=(
            N_("Votre visite %(title)s est réservée : %(when)s, %(place)s."),
            N_("Référence à montrer à l'entrée : %(reference)s."),
            N_("L'invitation jointe met le rendez-vous dans votre calendrier."),
        ),
        calendar=Calendar.REQUEST,
        answers=(Act.MOVE, Act.CANCEL),
        stands=True,
        path=_APPOINTMENT,
        parameters=("title", "when", "place", "reference"),
    ),
    Template(
        name="appointment_moved",
        title=N_("Rendez-vous déplacé"),
        sms=N_("Visite %(title)s : rendez-vous déplacé %(when)s, %(place)s (avant : %(was)s)."),
        subject=N_("Visite %(title)s : nouveau rendez-vous %(when)s"),
        body=(
            N_("Le rendez-vous de la visite %(title)s a changé : %(when)s, %(place)s."),
            N_("L'ancien rendez-vous était %(was)s. Référence : %(reference)s."),
            N_("L'invitation jointe corrige votre calendrier."),
        ),
        urgent=True,
        calendar=Calendar.REQUEST,
        answers=(Act.MOVE, Act.CANCEL),
        stands=True,
        path=_APPOINTMENT,
        parameters=("title", "when", "place", "was"),
    ),
    Template(
        name="appointment_place",
        title=N_("Rendez-vous : autre lieu"),
        sms=N_("Visite %(title)s : même heure %(when)s, autre lieu : %(place)s. Réf. %(reference)s."),
        subject=N_("Visite %(title)s : autre lieu, même heure %(when)s"),
        body=(
            N_("Le lieu de la visite %(title)s a changé : %(place)s. L'heure reste la même : %(when)s."),
            N_("Référence à montrer à l'entrée : %(reference)s."),
            N_("L'invitation jointe corrige votre calendrier."),
        ),
        urgent=True,
        calendar=Calendar.REQUEST,
        answers=(Act.MOVE, Act.CANCEL),
        stands=True,
        path=_APPOINTMENT,
        parameters=("title", "when", "place", "reference"),
    ),
    Template(
        name="appointment_cancelled",
        title=N_("Rendez-vous annulé"),
        sms=N_("Visite %(title)s : rendez-vous annulé (%(when)s). Choisissez une autre heure quand vous voulez."),
        subject=N_("Visite %(title)s : rendez-vous annulé"),
        body=(
            N_("Le rendez-vous de la visite %(title)s est annulé : %(when)s."),
            N_("Choisissez une autre heure quand vous voulez."),
        ),
        calendar=Calendar.CANCEL,
        path=_SLOTS,
        parameters=("title", "when"),
    ),
    Template(
        name="appointment_withdrawn",
        title=N_("Rendez-vous annulé par la douane"),
        sms=N_("Visite %(title)s : la douane annule le rendez-vous (%(when)s)."),
        subject=N_("Visite %(title)s : la douane annule le rendez-vous"),
        body=(
            N_("La douane annule le rendez-vous de la visite %(title)s : %(when)s."),
            N_("Si une visite reste à faire, choisissez une autre heure quand vous voulez."),
        ),
        urgent=True,
        calendar=Calendar.CANCEL,
        path=_DECLARATION,
        parameters=("title", "when", "reason"),
    ),
    Template(
        name="appointment_missed",
        title=N_("Rendez-vous non tenu"),
        sms=N_("Visite %(title)s : le rendez-vous n'a pas pu se tenir (%(when)s). Choisissez une autre heure."),
        subject=N_("Visite %(title)s : rendez-vous à reprendre"),
        body=(
            N_("Le rendez-vous de la visite %(title)s n'a pas pu se tenir : %(when)s."),
            N_("Choisissez une autre heure pour que la visite ait lieu."),
        ),
        urgent=True,
        path=_SLOTS,
        parameters=("title", "when", "reason"),
    ),
    Template(
        name="reminder_day",
        title=N_("Rappel de la veille"),
        sms=N_("Rappel : visite %(title)s %(when)s, %(place)s. Réf. %(reference)s."),
        subject=N_("Rappel : visite %(title)s, %(when)s"),
        body=(
            N_("Votre visite %(title)s a lieu %(when)s, %(place)s."),
            N_("Référence à montrer à l'entrée : %(reference)s."),
        ),
        answers=(Act.MOVE, Act.CANCEL),
        stands=True,
        path=_APPOINTMENT,
        parameters=("title", "when", "place", "reference"),
    ),
    Template(
        name="reminder_soon",
        title=N_("Rappel avant la visite"),
        sms=N_("Rappel : visite %(title)s à %(hour)s, %(place)s. Réf. %(reference)s."),
        subject=N_("Rappel : visite %(title)s à %(hour)s"),
        body=(
            N_("Votre visite %(title)s commence à %(hour)s, %(place)s."),
            N_("Référence à montrer à l'entrée : %(reference)s."),
        ),
        urgent=True,
        stands=True,
        path=_APPOINTMENT,
        parameters=("title", "hour", "place", "reference"),
    ),
    Template(
        name="slot_offered",
        title=N_("Heure libérée proposée"),
        sms=N_("Visite %(title)s : une heure se libère, %(when)s. Retenue pour vous jusqu'à %(until)s."),
        subject=N_("Visite %(title)s : une heure plus tôt, %(when)s"),
        body=(
            N_("Une heure se libère pour la visite %(title)s : %(when)s."),
            N_("Elle est retenue pour vous seul jusqu'à %(until)s. Sans réponse, elle passe à la visite suivante."),
            N_("Votre rendez-vous actuel reste à vous tant que vous n'acceptez pas."),
        ),
        urgent=True,
        path=_WAITLIST,
        parameters=("title", "when", "until"),
    ),
    Template(
        name="hold_ending",
        title=N_("Fin d'une heure retenue"),
        sms=N_("Visite %(title)s : l'heure retenue (%(when)s) sera rendue à %(until)s."),
        subject=N_("Visite %(title)s : l'heure retenue va être rendue"),
        body=(
            N_("L'heure retenue pour la visite %(title)s, %(when)s, sera rendue à %(until)s si vous ne confirmez pas."),
        ),
        urgent=True,
        answers=(Act.CONFIRM,),
        stands=True,
        path="/declarant/visits/%(visit)s/slots/check",
        parameters=("title", "when", "until"),
    ),
    Template(
        name="package_returned",
        title=N_("Dossier renvoyé"),
        sms=N_("Visite %(title)s : dossier renvoyé. Points à corriger : %(count)s. %(list)s"),
        subject=N_("Visite %(title)s : dossier à corriger"),
        body=(
            N_("La douane renvoie le dossier de la visite %(title)s. Points à corriger : %(count)s."),
            "%(list)s",
        ),
        path=_DOCUMENTS,
        parameters=("title", "count", "list"),
    ),
    Template(
        name="documents_missing",
        title=N_("Pièces à joindre"),
        sms=N_("Visite %(title)s : pièces à joindre : %(count)s. %(list)s"),
        subject=N_("Visite %(title)s : pièces à joindre"),
        body=(
            N_("La douane demande une visite pour la déclaration %(title)s. Pièces à joindre : %(count)s."),
            "%(list)s",
        ),
        path=_DOCUMENTS,
        parameters=("title", "count", "list"),
    ),
    Template(
        name="goods_positioned",
        title=N_("Marchandises en place"),
        sms=N_("Visite %(title)s : marchandises en place, %(place)s. Rendez-vous %(when)s."),
        subject=N_("Visite %(title)s : marchandises en place"),
        body=(
            N_("Le terminal a mis en place les marchandises de la visite %(title)s : %(place)s."),
            N_("Rendez-vous %(when)s."),
        ),
        urgent=True,
        path=_APPOINTMENT,
        parameters=("title", "place", "when"),
    ),
    Template(
        name="inspector_awaited",
        title=N_("Vérificateur cherché"),
        sms=N_("Visite %(title)s, %(when)s : pas encore de vérificateur. Le bureau cherche et vous tient au courant."),
        subject=N_("Visite %(title)s : un vérificateur est cherché"),
        body=(
            N_("Personne ne peut pour l'instant faire la visite %(title)s à son heure : %(when)s."),
            N_("Le chef de visite a la demande. Vous recevez un avis si l'heure change ; votre place reste gardée."),
        ),
        urgent=True,
        path=_APPOINTMENT,
        parameters=("title", "when"),
    ),
    Template(
        name="report_ready",
        title=N_("Rapport à signer"),
        sms=N_("Visite %(title)s : le rapport est prêt. À lire et à signer sur votre page."),
        subject=N_("Visite %(title)s : rapport à signer"),
        body=(N_("Le rapport de la visite %(title)s est prêt. Lisez-le, puis signez-le ou écrivez vos réserves."),),
        path="/declarant/visits/%(visit)s/report",
    ),
    Template(
        name="voucher_released",
        title=N_("Bon à enlever"),
        sms=N_("Déclaration %(title)s : bon à enlever %(voucher)s délivré."),
        subject=N_("Déclaration %(title)s : bon à enlever"),
        body=(N_("Le bon à enlever %(voucher)s de la déclaration %(title)s est délivré. Vous pouvez enlever."),),
        path=_DECLARATION,
        parameters=("title", "voucher"),
    ),
    Template(
        name="waitlist_offer",
        title=N_("Heure libérée"),
        sms=N_("Visite %(title)s : une heure se libère, %(when)s. Retenue pour vous jusqu'à %(until)s."),
        subject=N_("Visite %(title)s : une heure se libère, %(when)s"),
        body=(
            N_(
                "Une heure se libère pour la visite %(title)s : %(when)s. Elle est retenue pour vous jusqu'à %(until)s."
            ),
        ),
        urgent=True,
        answers=(Act.CONFIRM, Act.CANCEL),
        stands=True,
        path="/declarant/visits/%(visit)s/slots/check",
        parameters=("title", "when", "until"),
    ),
    Template(
        name="replan_proposal",
        title=N_("Nouvelle heure proposée"),
        sms=N_("Visite %(title)s : la douane propose %(when)s (avant : %(was)s). Réponse avant %(until)s."),
        subject=N_("Visite %(title)s : la douane propose %(when)s"),
        body=(
            N_("La douane ne peut pas tenir le rendez-vous de la visite %(title)s : %(was)s."),
            N_("Elle propose %(when)s. Répondez avant %(until)s."),
        ),
        urgent=True,
        answers=(Act.CONFIRM, Act.MOVE),
        stands=True,
        path=_SLOTS,
        parameters=("title", "when", "was", "until"),
    ),
    Template(
        name="contact_code",
        title=N_("Code de vérification"),
        sms=N_("Votre code pour recevoir les avis de visite : %(secret)s. Ne le donnez à personne."),
        subject=N_("Code pour recevoir les avis de visite"),
        body=(N_("Votre code : %(secret)s. Il vaut quinze minutes. Ne le donnez à personne."),),
        urgent=True,
        path="/declarant/notices",
        parameters=("secret",),
    ),
    Template(
        name="trial",
        title=N_("Message d'essai"),
        sms=N_("Message d'essai des avis de visite. Rien à faire."),
        subject=N_("Message d'essai des avis de visite"),
        body=(N_("Ce message essaie un canal des avis de visite. Il n'y a rien à faire."),),
        urgent=True,
        path="/",
        parameters=(),
    ),
    Template(
        name="answer",
        title=N_("Réponse à un message"),
        sms="%(text)s",
        subject=N_("Réponse à votre message"),
        body=("%(text)s",),
        urgent=True,
        parameters=("text",),
    ),
)

TEMPLATES: Mapping[str, Template] = {each.name: each for each in (*_ALL, *KEPT)}
