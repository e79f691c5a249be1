"""Why a visit may stand still in an office: the office's own texts, or the service's; each names who holds the clock.

An office writes one text a line, and after a colon who makes everybody wait: « Grue en panne : terminal ».
"""

from collections.abc import Mapping
from dataclasses import dataclass

from visits.journey.states import SUSPENSIONS, Clock
from visits.texts import N_
from visits.web.language import LANGUAGES, say

#: Longest text shown on the tablet and told to the declarant.
LONGEST = 120

#: What an administrator may write after the colon, in any of our languages. Nobody named: customs, so that a time
#: nobody explains is never charged to somebody else.
HOLDERS: dict[Clock, str] = {
    Clock.CUSTOMS: N_("Douane"),
    Clock.DECLARANT: N_("Déclarant"),
    Clock.AGENCY: N_("Organisme"),
    Clock.TERMINAL: N_("Terminal"),
    Clock.NOBODY: N_("Intempéries"),
}
_NAMED = {say(name, language).casefold(): clock for clock, name in HOLDERS.items() for language in LANGUAGES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """The office's policy read here (`visits.sites.policies`)."""

    suspension_texts: tuple[str, ...] = ()


def offered(texts: Texts) -> Mapping[str, tuple[str, Clock]]:
    """What the tablet offers: code to its words and to whoever holds the clock. An office's text is its own code."""
    own = dict(map(_read, texts.suspension_texts))
    return {text: (text, clock) for text, clock in own.items() if text} or SUSPENSIONS


def taken(texts: Texts) -> Mapping[str, tuple[str, Clock]]:
    """What is accepted: a tablet prepared before the office changed its texts may still name one of the service's."""
    return {**SUSPENSIONS, **offered(texts)}


def _read(line: str) -> tuple[str, Clock]:
    text, colon, holder = line.rpartition(":")
    clock = _NAMED.get(holder.strip().casefold()) if colon else None
    return " ".join((text if clock else line).split())[:LONGEST], clock or Clock.CUSTOMS
