"""A draw in the words of a page: fractions, sentences and names for the staff, letters for everybody else."""

from typing import Any

from visits.assignment.rules import TOLD
from visits.assignment.told import Told
from visits.web.language import percent, say


def for_staff(told: Told, language: str) -> dict[str, Any]:
    """With names: who could have come with what chance, and which rule kept whom away."""
    return {
        "draw": told.draw,
        "chosen": told.chosen.name,
        "chance": _chance(told.chosen.chance),
        "percent": percent(float(told.chosen.chance), language),
        "together": told.together,
        "waived": told.waived,
        "candidates": [
            (each.name, _chance(each.chance), percent(float(each.chance), language), each.visits, each.drawn)
            for each in told.candidates
        ],
        "excluded": [(each.name, say(each.text, language, **each.facts)) for each in told.excluded],
        "reason": say(TOLD[told.draw.reason], language) if told.draw.reason in TOLD else "",
    }


def for_declarant(told: Told, language: str, *, revealed: bool) -> dict[str, Any]:
    """Letters instead of names; the name of whoever was drawn, and which letter that is, only once it is told."""
    return {
        "draw": told.draw,
        "chosen": told.chosen.name if revealed else "",
        "candidates": [
            (each.letter, _chance(each.chance), percent(float(each.chance), language), revealed and each.drawn)
            for each in told.candidates
        ],
        "counts": [(number, say(text, language)) for text, number in told.counts],
    }


def _chance(chance: Any) -> str:
    return f"{chance.numerator} / {chance.denominator}"
