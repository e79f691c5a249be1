"""The finding of absence in words, for a screen and for paper: labelled facts, who was there, where the goods were."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from visits.fieldwork.geofence import Fence
from visits.fieldwork.positions import POSITION_NAMES, Position
from visits.journey.states import BLOCKS
from visits.journey.timeline import PARTIES
from visits.reports.absence import Absence
from visits.reports.voice import Voice
from visits.texts import N_
from visits.web import language

#: The first line, by whose side did not come.
TITLES: dict[str, str] = {
    "declarant": N_("Constat de carence (personne absente) : déclarant"),
    "goods": N_("Constat de carence : marchandise non présentée"),
    "customs": N_("Constat d'absence : aucun vérificateur"),
    "agency": N_("Constat d'absence : %(agency)s"),
}
#: What is found, as a sentence.
FOUND: dict[str, str] = {
    "declarant": N_(
        "Le déclarant, attendu %(when)s, n'était pas présent %(noted)s, après un temps de grâce de %(grace)s."
    ),
    "goods": N_(
        "La marchandise, attendue %(when)s, n'était pas présentée %(noted)s, après un temps de grâce de %(grace)s."
    ),
    "customs": N_(
        "Aucun vérificateur, attendu %(when)s, n'était présent %(noted)s, après un temps de grâce de %(grace)s."
    ),
    "agency": N_("%(agency)s, attendu %(when)s, n'était pas présent %(noted)s, après un temps de grâce de %(grace)s."),
}
#: What follows, by side.
FOLLOWS: dict[str, str] = {
    "declarant": N_("Le rendez-vous est rendu. Il compte parmi ceux que le cabinet n'a pas tenus ; c'est contestable."),
    "goods": N_("Le rendez-vous est rendu. Il compte parmi ceux que le cabinet n'a pas tenus ; c'est contestable."),
    "customs": N_(
        "La visite garde sa place : la première heure libre lui est proposée. Rien ne compte contre le cabinet."
    ),
    "agency": N_("Rien ne compte contre le cabinet."),
}
FENCES: dict[str, str] = {
    Fence.INSIDE: N_("sur place"),
    Fence.OUTSIDE: N_("hors du site"),
    Fence.UNKNOWN: N_("position non relevée"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A finding in one language."""

    title: str
    found: str
    follows: str
    #: Label and lines.
    facts: Sequence[tuple[str, list[str]]]
    #: Party, name, from, until, how it is known.
    present: Sequence[tuple[str, ...]]
    #: Container, position, since.
    places: Sequence[tuple[str, ...]]


def voice_of(content: Absence, lang: str) -> Voice:
    """How a finding speaks: in the time of its place."""
    zone = ZoneInfo(content.tz)
    at = content.starts_at or content.noted_at
    return Voice(lang=lang, zone=zone, day=at.astimezone(zone).date())


def told(content: Absence, lang: str) -> Told:
    """The finding in words."""
    voice = voice_of(content, lang)
    at = content.starts_at or content.noted_at
    facts: list[tuple[str, list[str]]] = [
        (voice.say(N_("Visite")), [content.visit, content.declaration]),
        (voice.say(N_("Déclarant")), [content.firm]),
        (voice.say(N_("Destinataire")), [content.consignee]),
        (voice.say(N_("Rendez-vous")), [_span(content, voice)]),
        (voice.say(N_("Lieu")), [" – ".join(each for each in (content.site, content.bay) if each)]),
        (voice.say(N_("Constaté")), [f"{voice.long_day(voice.day or at.date())}, {voice.at(content.noted_at)}"]),
        (voice.say(N_("Précision")), [content.reason]),
        (voice.say(N_("Fondement légal")), [content.legal_basis]),
    ]
    return Told(
        title=voice.say(TITLES[content.side], agency=content.agency),
        found=voice.say(
            FOUND[content.side],
            agency=content.agency,
            when=voice.when(at),
            noted=voice.when(content.noted_at),
            grace=language.duration(timedelta(minutes=content.grace_minutes), lang),
        ),
        follows=voice.say(FOLLOWS[content.side]),
        facts=[(label, kept) for label, lines in facts if (kept := [each for each in lines if each])],
        present=[
            (
                voice.say(PARTIES.get(each.party, each.party)) + (f" ({each.agency})" if each.agency else ""),
                each.name,
                voice.at(each.at),
                voice.at(each.left_at) if each.left_at else "",
                voice.say(FENCES[each.fence])
                + ", "
                + voice.say(N_("dit par son appareil") if each.own else N_("noté par le vérificateur")),
            )
            for each in content.presences
        ],
        places=[
            (
                each.container or voice.say(N_("marchandise")),
                voice.say(POSITION_NAMES[Position(each.position)])
                + (f" ({voice.say(BLOCKS[each.reason])})" if each.reason in BLOCKS else ""),
                voice.at(each.at) if each.at else "",
            )
            for each in content.places
        ],
    )


def _span(content: Absence, voice: Voice) -> str:
    if content.starts_at is None or content.ends_at is None:
        return ""
    day = voice.long_day(content.starts_at.astimezone(voice.zone).date())
    return f"{day}, {voice.at(content.starts_at)} – {voice.at(content.ends_at)}"


def heads(voice: Voice) -> tuple[list[str], list[str]]:
    """The heads of both tables."""
    present = [N_("En qualité de"), N_("Nom"), N_("Depuis"), N_("Jusqu'à"), N_("Comment on le sait")]
    places = [N_("Conteneur"), N_("Position"), N_("Dit")]
    return [voice.say(each) for each in present], [voice.say(each) for each in places]


def signed(voice: Voice, at: datetime) -> str:
    """When it was signed."""
    return voice.say(N_("Signé par mot de passe %(when)s"), when=voice.when(at))
