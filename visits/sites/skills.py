"""Skills of officers and the goods that ask for them, as an office writes them: « 1 : Chimie : 28, 29 » (pure)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scheduling import FIRST_LANGUAGE
from visits.errors import Refusal
from visits.texts import N_

#: Numbers a skill may have: each is a bit below those of the languages.
MOST = FIRST_LANGUAGE


class SkillUnclear(Refusal):
    """A line that is no skill, or has the number of another."""

    code, status = "skill-unclear", 422
    says = N_("« %(line)s » n'est pas une habilitation : écrivez numéro, nom et codes, chaque numéro une fois.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Skill:
    """One skill: its number, its name, and the first digits of the tariff codes that ask for it."""

    number: int
    name: str
    codes: tuple[str, ...]

    @property
    def bit(self) -> int:
        """Its place among the skills of a resource."""
        return 1 << (self.number - 1)


def skills_in(lines: Iterable[str]) -> tuple[Skill, ...]:
    """The skills of an office, by number; SkillUnclear for the first line that is none."""
    found: dict[int, Skill] = {}
    for line in lines:
        number, _, rest = line.partition(":")
        name, _, codes = rest.partition(":")
        starts = tuple(each for each in codes.replace(",", " ").split() if each)
        plain = number.strip()
        right = plain.isascii() and plain.isdigit() and 1 <= int(plain) <= MOST and int(plain) not in found
        if not right or not name.strip() or not all(each.isascii() and each.isdigit() for each in starts):
            raise SkillUnclear(line=line)
        found[int(plain)] = Skill(number=int(plain), name=name.strip(), codes=starts)
    return tuple(found[number] for number in sorted(found))


def codes_of(content: Mapping[str, Any], items: Collection[int] = ()) -> list[str]:
    """The tariff codes of a declaration, or of the items that are looked at."""
    every: Sequence[Mapping[str, Any]] = content.get("items") or ()
    looked_at = [each for each in every if each.get("number") in items] or every
    return [str(each.get("commodity_code") or each.get("hs6") or "") for each in looked_at]


def skills_for(lines: Iterable[str], codes: Iterable[str]) -> int:
    """The skills that goods ask for, as bits."""
    wanted, asked = list(codes), 0
    for skill in skills_in(lines):
        if skill.codes and any(code.startswith(skill.codes) for code in wanted):
            asked |= skill.bit
    return asked
