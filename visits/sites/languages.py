"""Languages an officer speaks beside the office's own, and the one a visit asks for (pure).

They are bits above those of the skills, so that every search, plan and draw that asks for skills asks for them too.
"""

from collections.abc import Collection, Mapping
from typing import Any

from scheduling import FIRST_LANGUAGE
from visits.errors import Refusal
from visits.texts import N_

#: ISO 639-1 codes in the order of their bits: new ones are added at the end, none is ever taken away.
NAMES: dict[str, str] = {
    "fr": N_("français"),
    "en": N_("anglais"),
    "pt": N_("portugais"),
    "es": N_("espagnol"),
    "ar": N_("arabe"),
    "zh": N_("chinois"),
    "tr": N_("turc"),
    "hi": N_("hindi"),
    "ru": N_("russe"),
    "de": N_("allemand"),
    "it": N_("italien"),
    "sw": N_("swahili"),
}
_BITS = {code: 1 << (FIRST_LANGUAGE + place) for place, code in enumerate(NAMES)}


class LanguageUnknown(Refusal):
    """No language the service knows."""

    code, status = "language-unknown", 422
    says = N_("Cette langue n'est pas dans la liste.")


def bits_of(codes: Collection[str]) -> int:
    """Languages as bits; LanguageUnknown for one that is not in the list."""
    found = 0
    for code in codes:
        if code not in _BITS:
            raise LanguageUnknown(language=code)
        found |= _BITS[code]
    return found


def others(own: str) -> dict[str, str]:
    """The languages beside the office's own, with their names."""
    return {code: name for code, name in NAMES.items() if code != own}


def spoken(bits: int, own: str) -> list[str]:
    """Which of them somebody speaks."""
    return [code for code in others(own) if bits & _BITS[code]]


def asked_of(order: Mapping[str, Any]) -> int:
    """What a visit order asks of the inspector, as bits: the skills its goods need, and the language it is held in."""
    language = order.get("language")
    return int(order.get("skills") or 0) | (_BITS[language] if language else 0)
