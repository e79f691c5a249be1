"""Every adapter of every channel: how people call it, what it must be told, and how it is made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from visits.notify.channels.gateway import Gateway
from visits.notify.channels.mail import Smtp
from visits.notify.channels.sinks import ConsoleSink, FileSink
from visits.notify.channels.whatsapp import WhatsApp
from visits.notify.port import Channel, Settings
from visits.settings import Settings as Installation
from visits.texts import N_

FILE, CONSOLE, SMTP, HTTP, SMPP, CLOUD, MENU = "file", "console", "smtp", "http", "smpp", "cloud", "menu"
#: What a channel leaves by while nothing is set: no third party.
DEFAULT = FILE


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One thing an adapter is told."""

    name: str
    label: str
    hint: str = ""
    default: str = ""
    #: Answers to choose from: value to text.
    choices: Mapping[str, str] | None = None
    #: Sealed, never shown again.
    secret: bool = False
    required: bool = False
    lines: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapter:
    """One way out."""

    name: str
    title: str
    hint: str
    fields: tuple[Field, ...] = ()
    #: The provider calls us: receipts, answers, menus.
    calls_back: bool = False


_NAMES: dict[str, str] = {"json": "JSON", "form": N_("formulaire")}
_YES = {"yes": N_("oui"), "no": N_("non")}
_ANSWERS = Field(
    name="answers",
    label=N_("Les personnes peuvent répondre par SMS"),
    hint=N_("Si l'opérateur nous remet les réponses. Les codes de réponse sont alors écrits dans les SMS."),
    default="no",
    choices=_YES,
)
_SIGNING = Field(
    name="signing",
    label=N_("Secret de signature"),
    hint=N_("Si le fournisseur signe ce qu'il envoie (HMAC-SHA256)."),
    secret=True,
)
_FILE = Adapter(
    name=FILE,
    title=N_("Dans un dossier"),
    hint=N_("Rien ne sort : chaque avis est un fichier dans le dossier de données."),
    fields=(_ANSWERS,),
)
_CONSOLE = Adapter(
    name=CONSOLE, title=N_("À l'écran du serveur"), hint=N_("Pour un essai sur sa propre machine."), fields=(_ANSWERS,)
)

ADAPTERS: Mapping[str, Sequence[Adapter]] = {
    "email": (
        Adapter(
            name=FILE,
            title=_FILE.title,
            hint=_FILE.hint,
            fields=(Field(name="sender", label=N_("Expéditeur"), hint=N_("Visites <visites@exemple.ci>")),),
        ),
        Adapter(name=CONSOLE, title=_CONSOLE.title, hint=_CONSOLE.hint),
        Adapter(
            name=SMTP,
            title=N_("Serveur SMTP"),
            hint=N_("Le serveur de messagerie de l'administration."),
            fields=(
                Field(name="host", label=N_("Serveur"), required=True),
                Field(name="port", label=N_("Port"), default="587"),
                Field(
                    name="security",
                    label=N_("Chiffrement"),
                    default="starttls",
                    choices={"starttls": "STARTTLS", "tls": "TLS", "none": N_("aucun")},
                ),
                Field(name="sender", label=N_("Expéditeur"), hint=N_("Visites <visites@exemple.ci>"), required=True),
                Field(name="username", label=N_("Compte")),
                Field(name="password", label=N_("Mot de passe"), secret=True),
            ),
        ),
    ),
    "sms": (
        _FILE,
        _CONSOLE,
        Adapter(
            name=HTTP,
            title=N_("Passerelle HTTP"),
            hint=N_("Presque tous les fournisseurs : leur adresse, leurs noms de champs."),
            calls_back=True,
            fields=(
                Field(name="url", label=N_("Adresse"), required=True),
                Field(name="format", label=N_("Format"), default="json", choices=_NAMES),
                Field(name="to_field", label=N_("Champ du numéro"), default="to"),
                Field(name="text_field", label=N_("Champ du texte"), default="text"),
                Field(name="sender", label=N_("Expéditeur")),
                Field(name="sender_field", label=N_("Champ de l'expéditeur"), default="from"),
                Field(
                    name="reference_field",
                    label=N_("Champ de notre référence"),
                    hint=N_("Un tiret : la passerelle n'en prend pas."),
                    default="reference",
                ),
                Field(name="plus", label=N_("Le numéro commence par +"), default="yes", choices=_YES),
                Field(
                    name="more",
                    label=N_("Champs fixes"),
                    hint=N_("Un par ligne : nom=valeur."),
                    lines=True,
                ),
                Field(
                    name="auth",
                    label=N_("Authentification"),
                    default="bearer",
                    choices={
                        "bearer": "Bearer",
                        "basic": "Basic",
                        "header": N_("en-tête"),
                        "field": N_("champ"),
                        "none": N_("aucune"),
                    },
                ),
                Field(name="auth_name", label=N_("Nom de l'en-tête ou du champ"), default="x-api-key"),
                Field(name="username", label=N_("Compte")),
                Field(name="key", label=N_("Clé"), secret=True),
                Field(
                    name="id_path",
                    label=N_("Où la réponse donne le numéro du message"),
                    hint="SMSMessageData.Recipients.0.messageId",
                    default="id",
                ),
                Field(name="status_path", label=N_("Où la réponse donne l'état")),
                Field(name="status_ok", label=N_("États acceptés"), hint=N_("Séparés par des virgules.")),
                Field(name="receipt_id", label=N_("Accusé : champ du numéro"), default="id"),
                Field(name="receipt_status", label=N_("Accusé : champ de l'état"), default="status"),
                Field(
                    name="receipt_ok",
                    label=N_("Accusé : états qui veulent dire remis"),
                    default="delivered,success,deliveredtoterminal,delivrd",
                ),
                Field(
                    name="receipt_no",
                    label=N_("Accusé : états qui veulent dire perdu"),
                    default="failed,rejected,undelivered,undeliv,expired,absentsubscriber,deliveryimpossible",
                ),
                Field(name="in_from", label=N_("SMS reçu : champ du numéro"), default="from"),
                Field(name="in_text", label=N_("SMS reçu : champ du texte"), default="text"),
                Field(name="in_id", label=N_("SMS reçu : champ du numéro de message"), default="id"),
                _ANSWERS,
                _SIGNING,
            ),
        ),
        Adapter(
            name=SMPP,
            title=N_("Opérateur, SMPP 3.4"),
            hint=N_("Une liaison directe avec le centre de messages d'un opérateur."),
            fields=(
                Field(name="host", label=N_("Serveur"), required=True),
                Field(name="port", label=N_("Port"), default="2775"),
                Field(
                    name="security",
                    label=N_("Chiffrement"),
                    default="none",
                    choices={"tls": "TLS", "none": N_("aucun")},
                ),
                Field(name="username", label=N_("Compte (system_id)"), required=True),
                Field(name="password", label=N_("Mot de passe"), secret=True),
                Field(name="system_type", label="system_type"),
                Field(name="sender", label=N_("Expéditeur"), required=True),
                Field(name="validity", label=N_("Validité, en minutes"), default="1440"),
                _ANSWERS,
            ),
        ),
    ),
    "whatsapp": (
        _FILE,
        _CONSOLE,
        Adapter(
            name=CLOUD,
            title=N_("WhatsApp Cloud API"),
            hint=N_("Chaque avis est un modèle enregistré chez le fournisseur, du même nom que le nôtre."),
            calls_back=True,
            fields=(
                Field(name="url", label=N_("Adresse"), required=True, hint="https://graph.facebook.com/v23.0"),
                Field(name="sender", label=N_("Identifiant du numéro"), required=True),
                Field(name="key", label=N_("Clé"), secret=True),
                Field(name="prefix", label=N_("Début du nom des modèles")),
                _ANSWERS,
                _SIGNING,
            ),
        ),
    ),
    "ussd": (
        Adapter(
            name=MENU,
            title=N_("Menu USSD"),
            hint=N_("Le fournisseur appelle notre adresse à chaque pas du menu."),
            calls_back=True,
        ),
    ),
}


def adapter_of(channel: str, name: str) -> Adapter | None:
    """The adapter of a channel with this name."""
    return next((each for each in ADAPTERS.get(channel, ()) if each.name == name), None)


def made(channel: str, adapter: str, settings: Settings, installation: Installation) -> Channel:
    """The way out behind a name; SMPP is a session and comes from links.py."""
    match adapter:
        case "smtp":
            return Smtp(settings)
        case "http":
            return Gateway(settings)
        case "cloud":
            return WhatsApp(settings)
        case "console":
            return ConsoleSink(channel)
        case _:
            return FileSink(
                installation.data, channel, settings.text("sender", "Visites <visites@localhost.localdomain>")
            )
