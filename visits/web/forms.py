"""Reads a filled-in form: each field as its type, with a sentence beside every field that is not as it should be."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from litestar import Request

from visits.errors import Refusal
from visits.texts import N_
from visits.web.language import say
from visits.web.pages import language_of
from visits.web.problem import sentence

MISSING = N_("Remplissez ce champ.")
TOO_LONG = N_("Au plus %(most)s caractères.")
NOT_A_NUMBER = N_("Donnez un nombre entier entre %(low)s et %(high)s.")
NOT_A_DECIMAL = N_("Donnez un nombre entre %(low)s et %(high)s.")
NOT_A_DAY = N_("Donnez une date : jour, mois, année.")
NOT_OFFERED = N_("Choisissez une des réponses proposées.")
#: Years a day may lie in: a slip of the finger is no date.
YEARS = range(1900, 2200)


class Form:
    """What a person typed. Reading never fails: what is wrong stands in `errors`, what was typed stays in `values`."""

    def __init__(self, typed: dict[str, list[str]], language: str) -> None:
        self._typed = typed
        self._language = language
        self.values = {name: each[-1] for name, each in typed.items()}
        self.errors: dict[str, str] = {}

    @classmethod
    async def of(cls, request: Request[Any, Any, Any]) -> "Form":
        """The form of a request; files are not read here."""
        data = await request.form()
        typed: dict[str, list[str]] = {}
        for name, value in data.multi_items():
            if isinstance(value, str):
                typed.setdefault(name, []).append(value)
        return cls(typed, language_of(request))

    def refuse(self, name: str, text: str, **facts: Any) -> None:
        """Say what is wrong with a field; the first sentence stays."""
        self.errors.setdefault(name, say(text, self._language, **facts))

    def blame(self, request: Request[Any, Any, Any], name: str, refusal: Refusal) -> None:
        """Put a refusal beside the field it is about."""
        self.errors.setdefault(name, sentence(request, refusal))

    def text(self, name: str, *, required: bool = True, longest: int = 200) -> str:
        """A line of text; empty when it may be."""
        value = self.values.get(name, "").strip()
        if required and not value:
            self.refuse(name, MISSING)
        if len(value) > longest:
            self.refuse(name, TOO_LONG, most=longest)
        return value

    def many(self, name: str) -> list[str]:
        """Every ticked answer."""
        return [value for value in self._typed.get(name, []) if value]

    def ticked(self, name: str) -> bool:
        """Is this box ticked?"""
        return bool(self.many(name))

    def choice(self, name: str, allowed: Iterable[str]) -> str:
        """One of the answers offered."""
        value = self.values.get(name, "")
        if value not in set(allowed):
            self.refuse(name, NOT_OFFERED if value else MISSING)
        return value

    def whole(self, name: str, low: int, high: int) -> int:
        """A whole number within limits; the lower one when it is refused."""
        value = self.values.get(name, "").replace(" ", "")
        if value.removeprefix("-").isdecimal() and low <= int(value) <= high:
            return int(value)
        self.refuse(name, NOT_A_NUMBER if value else MISSING, low=low, high=high)
        return low

    def decimal(self, name: str, low: float, high: float) -> float | None:
        """A number with decimals, comma or point; nothing when the field is empty."""
        value = self.values.get(name, "").replace(",", ".")
        if not value:
            return None
        try:
            number = float(value)
        except ValueError:
            number = float("nan")
        if low <= number <= high:
            return number
        self.refuse(name, NOT_A_DECIMAL, low=low, high=high)
        return None

    def day(self, name: str, *, required: bool = True) -> date | None:
        """A day."""
        value = self.values.get(name, "")
        if not value and not required:
            return None
        try:
            day = date.fromisoformat(value)
        except ValueError:
            day = None
        if day is None or day.year not in YEARS:
            self.refuse(name, NOT_A_DAY if value else MISSING)
            return None
        return day
