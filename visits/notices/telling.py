"""The state of a notice as people read it: « SMS remis à 10 h 42 », « e-mail refusé : adresse inconnue ». Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from visits.texts import N_
from visits.web.language import day_time_short, say, time_of

CHANNELS: dict[str, str] = {
    "email": N_("e-mail"),
    "sms": N_("SMS"),
    "whatsapp": N_("WhatsApp"),
    "none": N_("avis"),
}

#: Why a notice did not arrive.
ERRORS: dict[str, str] = {
    "unknown_address": N_("adresse inconnue"),
    "unknown_number": N_("numéro inconnu"),
    "mailbox_full": N_("boîte pleine"),
    "phone_off": N_("téléphone éteint ou hors réseau"),
    "refused": N_("refusé par le fournisseur"),
    "provider_down": N_("le fournisseur ne répond pas"),
    "wrong_settings": N_("le canal est mal réglé"),
    "no_address": N_("aucune adresse vérifiée"),
}

_STATES: dict[str, str] = {
    "waiting": N_("%(channel)s à envoyer à %(time)s"),
    "again": N_("%(channel)s pas encore parti : %(error)s. Prochain essai à %(time)s"),
    "sent": N_("%(channel)s parti à %(time)s"),
    "delivered": N_("%(channel)s remis à %(time)s"),
    "failed": N_("%(channel)s refusé : %(error)s"),
    "expired": N_("%(channel)s non envoyé : trop tard pour être utile"),
    "dropped": N_("%(channel)s non envoyé : remplacé entre-temps"),
    "unreachable": N_("personne à prévenir : aucune adresse vérifiée"),
}

#: The tag of a state: kind and word.
TAGS: dict[str, tuple[str, str]] = {
    "waiting": ("run", N_("à envoyer")),
    "sent": ("line", N_("parti")),
    "delivered": ("done", N_("remis")),
    "failed": ("no", N_("refusé")),
    "expired": ("", N_("périmé")),
    "dropped": ("", N_("remplacé")),
    "unreachable": ("act", N_("sans adresse")),
}


class Told(Protocol):
    """What of a notice is told."""

    channel: str
    state: str
    error: str
    made_at: datetime
    due_at: datetime
    sent_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A notice in a list."""

    text: str
    kind: str
    word: str


def told(notice: Told, language: str, zone: ZoneInfo, now: datetime) -> Line:
    """One sentence and its tag; the day is named where it is not today."""
    state = "again" if notice.state == "waiting" and notice.error else notice.state
    at = {
        "waiting": notice.due_at,
        "again": notice.due_at,
        "sent": notice.sent_at,
        "delivered": notice.ended_at or notice.sent_at,
    }.get(state) or notice.made_at
    sentence = say(
        _STATES[state],
        language,
        channel=say(CHANNELS[notice.channel], language),
        error=say(ERRORS.get(notice.error, ERRORS["refused"]), language),
        time=_time(at, language, zone, now),
    )
    kind, word = TAGS[notice.state]
    return Line(text=sentence[:1].upper() + sentence[1:], kind=kind, word=say(word, language))


def masked(address: str) -> str:
    """An address as others than its owner see it: « +225 … 42 », « a…@exemple.ci »."""
    name, at, host = address.partition("@")
    if at:
        return f"{name[:1]}…@{host}"
    return f"{address[:4]} … {address[-2:]}" if len(address) > 6 else "…"


def _time(at: datetime, language: str, zone: ZoneInfo, now: datetime) -> str:
    if at.astimezone(zone).date() == now.astimezone(zone).date():
        return time_of(at, language, zone)
    return day_time_short(at, language, zone)
