"""Why this inspector: what a draw stores so that it can be told later, and how it is told from that record alone.

Names and numbers are those of the moment of the draw: who has left or is called otherwise since stays in it as drawn.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any
from uuid import UUID

from scheduling import letter
from visits.assignment import queries
from visits.assignment.rules import COUNTED, ROTATION, SENTENCES, Officer, Policy
from visits.assignment.tables import Draw
from visits.store.work import Work
from visits.texts import N_

#: A rule's sentence with the numbers it was decided by, where the record has them.
DETAILS: dict[str, str] = {
    "cool_off": N_("a déjà vu ce déclarant %(met)s fois en %(days)s jours, pour %(most)s au plus"),
    "detour": N_("coûterait %(regret)s minutes de plus que le meilleur choix, pour %(most)s au plus"),
    "full_day": N_("aurait plus de %(most)s minutes de visite ce jour-là"),
    ROTATION: N_("servait à ce terminal depuis %(stay)s jours, pour %(most)s au plus"),
}


def facts_of(code: str, officer: Officer, limits: Policy) -> dict[str, int]:
    """The numbers a rule was decided by (pure)."""
    if code == "cool_off" and officer.met >= limits.cool_off_most:
        return {"met": officer.met, "days": limits.cool_off_days, "most": limits.cool_off_most}
    if code == "detour":
        return {"regret": officer.regret, "most": limits.regret_minutes}
    if code == "full_day" and limits.most_minutes is not None:
        return {"most": limits.most_minutes}
    return {}


async def remember(work: Work, draw: Draw, people: Mapping[UUID, Officer], limits: Policy) -> None:
    """Write into a new draw what tells it later: the names, and the numbers behind the rules. The public line and its
    digest have none of it."""
    ids = [UUID(each["resource"]) for each in (*draw.candidates, *draw.excluded)]
    names = await queries.names_of(work, ids)
    for each in draw.candidates:
        each["name"] = names.get(UUID(each["resource"]), "")
    for each in draw.excluded:
        who = UUID(each["resource"])
        each["name"] = names.get(who, "")
        facts = facts_of(each["rule"], people[who], limits) if who in people else {}
        if facts:
            each["facts"] = facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Somebody who could have been drawn."""

    letter: str
    name: str
    chance: Fraction
    drawn: bool
    #: Visits of the thirty days before, of which the share was made; None in an old record.
    visits: int | None = None


#: A record that names somebody who was no candidate tells no name.
NOBODY = Candidate(letter="", name="", chance=Fraction(0), drawn=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Excluded:
    """Somebody who could not, and the sentence of the rule with its facts."""

    name: str
    rule: str
    text: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One draw, told."""

    draw: Draw
    chosen: Candidate
    candidates: tuple[Candidate, ...]
    excluded: tuple[Excluded, ...]
    #: How many a rule kept away, with the words for it, where nobody is named.
    counts: tuple[tuple[str, int], ...]

    @property
    def waived(self) -> int:
        """For how many of its visits it did not count where officers are posted."""
        return len(self.draw.waived)

    @property
    def together(self) -> int:
        """How many visits were given out by this one draw."""
        return max(1, len(self.draw.visits))


def tell(draw: Draw, names: Mapping[UUID, str] | None = None) -> Told:
    """A draw from its record (pure). `names` serve only records made before names were kept."""
    known = names or {}
    candidates = tuple(
        Candidate(
            letter=letter(place),
            name=_name(each, known),
            chance=Fraction(each["chance"]),
            drawn=each["resource"] == str(draw.chosen),
            visits=each.get("visits"),
        )
        for place, each in enumerate(draw.candidates)
    )
    excluded = tuple(_excluded(each, known) for each in draw.excluded)
    rules = [each.rule for each in excluded]
    return Told(
        draw=draw,
        chosen=next((each for each in candidates if each.drawn), NOBODY),
        candidates=candidates,
        excluded=tuple(sorted(excluded, key=lambda each: (each.name, each.rule))),
        counts=tuple((COUNTED.get(code, code), rules.count(code)) for code in dict.fromkeys(sorted(rules, key=_rank))),
    )


def _rank(code: str) -> int:
    return list(SENTENCES).index(code) if code in SENTENCES else len(SENTENCES)


def _excluded(each: Mapping[str, Any], names: Mapping[UUID, str]) -> Excluded:
    code, facts = str(each["rule"]), each.get("facts") or {}
    text = DETAILS[code] if facts and code in DETAILS else SENTENCES.get(code, code)
    return Excluded(name=_name(each, names), rule=code, text=text, facts=facts)


def _name(each: Mapping[str, Any], names: Mapping[UUID, str]) -> str:
    return str(each.get("name") or names.get(UUID(each["resource"]), ""))


async def told_of(work: Work, visit_id: UUID) -> list[Told]:
    """Every draw of a visit, oldest first."""
    draws = await queries.draws_of_visit(work, visit_id)
    old = {
        UUID(each["resource"]) for draw in draws for each in (*draw.candidates, *draw.excluded) if "name" not in each
    }
    names = await queries.names_of(work, old) if old else {}
    return [tell(draw, names) for draw in draws]
