"""Cells of calendar files as values: days, moments, kinds, sites, people, and what is wrong with each (pure)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID

from visits.errors import Refusal
from visits.sites.csv_text import Line, same
from visits.sites.languages import bits_of
from visits.sites.skills import Skill
from visits.sites.tables import KINDS
from visits.texts import N_

#: Names of the kinds in a file, beside their own.
KIND_WORDS: Mapping[str, tuple[str, ...]] = {
    "officer": ("vérificateur", "inspecteur", "inspector", "verificador"),
    "bay": ("aire", "aire de visite", "quai", "baie"),
    "scanner": ("scanner", "scanneur"),
    "forklift": ("chariot", "chariot élévateur", "empilhadora"),
    "agency_officer": ("agent d'organisme", "agent organisme", "organisme"),
}
_YES, _NO = ("oui", "o", "yes", "y", "sim", "s", "1", "x", "vrai"), ("", "non", "n", "no", "nao", "0", "faux")
#: What stands for no skill and no language at all, where an empty cell leaves them as they are.
NONE_OF_THEM = ("aucune", "none", "nenhuma", "-")
#: The highest grade an officer may have.
HIGHEST = 20
_DAY = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4}|\d{2})|(\d{4})-(\d{1,2})-(\d{1,2})")
_CLOCK = re.compile(r"(\d{1,2})\s*[:h]\s*(\d{2})?(?::\d{2})?")


class CellWrong(Refusal):
    """The base of what can be wrong with one cell."""

    code, status = "cell-wrong", 422
    says = N_("Cette case ne va pas.")


class CellEmpty(CellWrong):
    """Something must stand here."""

    code = "cell-empty"
    says = N_("Cette case est vide.")


class CellTooLong(CellWrong):
    """More than a name or a reason needs."""

    code = "cell-too-long"
    says = N_("Au plus %(most)s caractères.")


class DayUnclear(CellWrong):
    """No date, or none that exists."""

    code = "day-unclear"
    says = N_("Date illisible : « %(text)s ». Écrivez-la comme 24/12/2026.")


class MomentUnclear(CellWrong):
    """No date, or no hour after it."""

    code = "moment-unclear"
    says = N_("Moment illisible : « %(text)s ». Écrivez-le comme 24/12/2026 14:30.")


class AnswerUnclear(CellWrong):
    """Neither yes nor no."""

    code = "answer-unclear"
    says = N_("Répondez oui ou non, pas « %(text)s ».")


class KindUnclear(CellWrong):
    """No kind of thing that can be busy."""

    code = "kind-unclear"
    says = N_("Genre inconnu : « %(text)s ». Écrivez aire, scanner ou chariot.")


class NobodyCalledSo(CellWrong):
    """No resource of the office has this name."""

    code = "nobody-called-so"
    says = N_("Personne et rien ne s'appelle « %(text)s » dans ce bureau.")


class SeveralCalledSo(CellWrong):
    """Two resources have this name."""

    code = "several-called-so"
    says = N_("Plusieurs s'appellent « %(text)s ». Précisez le genre et le site.")


class SiteUnclear(CellWrong):
    """No site of the office has this code."""

    code = "site-unclear"
    says = N_("Aucun site de ce bureau n'a le code « %(text)s ».")


class SaidTwice(CellWrong):
    """Another line says something else about the same thing."""

    code = "said-twice"
    says = N_("La ligne %(line)s dit autre chose de la même chose.")


class OnlyAdministrators(CellWrong):
    """A supervisor closes the own office only."""

    code = "only-administrators"
    says = N_("Seul un administrateur ferme tous les bureaux.")


class ByInvitation(CellWrong):
    """People come with an invitation, not with a file."""

    code = "by-invitation"
    says = N_("Un agent s'ajoute par une invitation. Un fichier change son dernier jour et ce qu'il peut faire.")


class GradeUnclear(CellWrong):
    """No grade, or one that is not used."""

    code = "grade-unclear"
    says = N_("Le grade est un nombre de 0 à %(most)s, pas « %(text)s ».")


class SkillUnknown(CellWrong):
    """The office has no such skill."""

    code = "skill-unknown"
    says = N_("Ce bureau n'a pas d'habilitation « %(text)s ». Il a : %(known)s.")


class NoSuchLanguage(CellWrong):
    """No language an officer may speak beside the office's own."""

    code = "no-such-language"
    says = N_("« %(text)s » n'est pas une autre langue que celle du bureau. Vous pouvez écrire : %(known)s.")


class OnlyOfficers(CellWrong):
    """Places have neither grade nor skills nor languages: nobody asks for them."""

    code = "only-officers"
    says = N_("Seul un vérificateur a un grade, des habilitations et des langues.")


class QualifiedByAdministrators(CellWrong):
    """A supervisor keeps calendars, not what an officer may do."""

    code = "qualified-by-administrators"
    says = N_("Seul un administrateur change le grade, les habilitations et les langues.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A resource as a file names it."""

    id: UUID
    kind: str
    name: str
    site: str
    grade: int = 0
    #: Bits, as the resource keeps them: skills, and the languages above.
    skills: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a file may name, and the day it is read on."""

    today: date
    sites: Mapping[str, UUID] = field(default_factory=dict)
    resources: Sequence[Named] = ()
    #: May the reader close every office?
    everywhere: bool = False
    #: Days that are there already: day, name, works, tentative, everywhere.
    days: frozenset[tuple[date, str, bool, bool, bool]] = frozenset()
    #: What an officer of the office may be able to do.
    skills: Sequence[Skill] = ()
    #: And which languages it may speak beside the office's own: codes and names.
    languages: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong with one cell of one line."""

    line: int
    column: str
    refusal: Refusal


class Reader:
    """Reads the cells of one line; what is wrong is kept, and the reading goes on."""

    def __init__(self, line: Line, known: Known) -> None:
        self.known = known
        self.faults: list[Fault] = []
        self._line = line

    def blame(self, column: str, refusal: Refusal) -> None:
        """Keep a fault; the first of a column stays."""
        if all(each.column != column for each in self.faults):
            self.faults.append(Fault(line=self._line.number, column=column, refusal=refusal))

    def cell(self, column: str) -> str:
        """What stands there, or nothing."""
        return self._line.cells.get(column, "")

    def text(self, column: str, *, longest: int) -> str:
        """Words that must be there."""
        text = " ".join(self.cell(column).split())
        if not text:
            self.blame(column, CellEmpty())
        if len(text) > longest:
            self.blame(column, CellTooLong(most=longest))
        return text

    def day(self, column: str, *, required: bool = True) -> date | None:
        """A day as 24/12/2026, 24.12.26 or 2026-12-24."""
        text = self.cell(column)
        if not text and not required:
            return None
        found = day_of(text)
        if found is None:
            self.blame(column, DayUnclear(text=text) if text else CellEmpty())
        return found

    def moment(self, column: str, *, ends: bool) -> datetime:
        """A day and an hour; a day alone is its beginning, or its end."""
        text = self.cell(column)
        day, _, clock = text.partition(" ") if " " in text else text.partition("T")
        found, hour = day_of(day), _CLOCK.fullmatch(clock.strip()) if clock.strip() else None
        if found is None or (clock.strip() and not hour):
            self.blame(column, MomentUnclear(text=text) if text else CellEmpty())
            return datetime.max if ends else datetime.min
        if hour is None:
            return datetime.combine(found, time()) + timedelta(days=1 if ends else 0)
        if int(hour[1]) > 24 or int(hour[2] or 0) > 59 or (int(hour[1]) == 24 and int(hour[2] or 0)):
            self.blame(column, MomentUnclear(text=text))
            return datetime.max if ends else datetime.min
        return datetime.combine(found, time()) + timedelta(hours=int(hour[1]), minutes=int(hour[2] or 0))

    def yes(self, column: str) -> bool:
        """Yes or no; nothing is no."""
        text = self.cell(column)
        if same(text) not in (*_YES, *_NO):
            self.blame(column, AnswerUnclear(text=text))
        return same(text) in _YES

    def kind(self, column: str) -> str:
        """A kind of resource by any of its names; nothing when the cell is empty or unclear."""
        text = self.cell(column)
        words = {same(word): kind for kind in KINDS for word in (kind, *KIND_WORDS[kind])}
        if text and same(text) not in words:
            self.blame(column, KindUnclear(text=text))
        return words.get(same(text), "")

    def site(self, column: str) -> UUID | None:
        """A site of the office by its code; nothing when the cell is empty."""
        text = self.cell(column)
        code = text.split(" ")[0].upper()
        if text and code not in self.known.sites:
            self.blame(column, SiteUnclear(text=text))
        return self.known.sites.get(code)

    def grade(self, column: str) -> int | None:
        """A grade; nothing when the cell is empty."""
        text = self.cell(column)
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and int(text) <= HIGHEST):
            self.blame(column, GradeUnclear(most=HIGHEST, text=text))
            return None
        return int(text)

    def skills(self, column: str) -> int | None:
        """Skills by name or number, with commas between them, as bits; nothing when the cell is empty."""
        by_word = {word: each.bit for each in self.known.skills for word in (same(each.name), str(each.number))}
        return self._bits(column, by_word, SkillUnknown, [each.name for each in self.known.skills])

    def languages(self, column: str) -> int | None:
        """Languages by name or code, with commas between them, as bits; nothing when the cell is empty."""
        names = self.known.languages
        by_word = {word: bits_of([code]) for code, name in names.items() for word in (same(name), code)}
        return self._bits(column, by_word, NoSuchLanguage, list(names.values()))

    def _bits(
        self, column: str, by_word: Mapping[str, int], unknown: type[CellWrong], names: Sequence[str]
    ) -> int | None:
        text, found = self.cell(column), 0
        if not text:
            return None
        if same(text) in NONE_OF_THEM:
            return 0
        for part in text.split(","):
            if same(part) not in by_word:
                self.blame(column, unknown(text=part.strip(), known=", ".join(names) or "–"))
            found |= by_word.get(same(part), 0)
        return found

    def resource(self) -> Named | None:
        """The one resource with this name, kind and site, as far as they are given."""
        name, kind, site = self.text("resource", longest=80), self.kind("kind"), self.cell("site").split(" ")[0].upper()
        found = [
            each
            for each in self.known.resources
            if same(each.name) == same(name) and kind in ("", each.kind) and site in ("", each.site)
        ]
        if name and len(found) != 1:
            self.blame("resource", SeveralCalledSo(text=name) if found else NobodyCalledSo(text=name))
        return found[0] if len(found) == 1 else None


def day_of(text: str) -> date | None:
    """A day, or None for what is none."""
    found = _DAY.fullmatch(text.strip())
    if not found:
        return None
    day, month, year = (found[3], found[2], found[1])[::-1] if found[1] else (found[6], found[5], found[4])
    number = int(year) + (2000 if len(year) == 2 else 0)
    try:
        return date(number, int(month), int(day)) if 1900 <= number < 2200 else None
    except ValueError:
        return None
