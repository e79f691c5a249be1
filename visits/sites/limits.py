"""What no office may set: a policy out of its limits, or one its own roster cannot keep."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from visits.errors import Refusal
from visits.sites import queries
from visits.sites.hours import grid_of
from visits.sites.policies import Policies, rules
from visits.sites.policy_rules import Rule
from visits.sites.skills import SkillUnclear, skills_in
from visits.sites.tables import Office
from visits.store.work import Work
from visits.texts import N_


class PolicyOutOfRange(Refusal):
    """A number that is no number of this policy: none, negative, or beyond its limits."""

    code, status = "policy-out-of-range", 422
    says = N_("« %(title)s » va de %(low)s à %(high)s.")


class PolicyImpossible(Refusal):
    """The office has not the people for what the policy asks."""

    code, status = "policy-impossible", 422


class OneTerminal(PolicyImpossible):
    """Nobody can leave the only terminal there is."""

    code = "one-terminal"
    says = N_("Le bureau n'a qu'un lieu de visite : personne ne peut changer de terminal.")


class NobodyLeft(PolicyImpossible):
    """While some are away from a terminal, others must be able to serve it."""

    code = "nobody-left"
    says = N_(
        "Vérificateurs qui peuvent servir à plusieurs lieux : %(count)s. Il en faut deux, pour que l'un reste quand "
        "l'autre part."
    )


class BeyondTheRoster(PolicyImpossible):
    """Hours of service are known only so far ahead."""

    code = "beyond-the-roster"
    says = N_("Les horaires ne sont connus que %(days)s jours à l'avance : la rotation doit être plus courte.")


class NoSuchGrade(PolicyImpossible):
    """Nobody has the grade that is asked."""

    code = "no-such-grade"
    says = N_("Aucun vérificateur n'a ce grade. Le plus haut est %(highest)s.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """Who serves in an office: for each officer the terminal he or she is bound to, if any, and the grade."""

    sites: Mapping[UUID, str]
    officers: Sequence[tuple[UUID | None, int]]


async def possible(work: Work, office: Office, wanted: Policies, changes: Mapping[str, tuple[Any, Any]]) -> None:
    """Refuse changes no office, or not this one, can keep; what was in force before is not judged again."""
    for name in changes:
        in_range(name, rules()[name], getattr(wanted, name))
    if "skills" in changes:
        try:
            skills_in(wanted.skills)
        except SkillUnclear as refusal:
            raise SkillUnclear(name="skills", **refusal.facts) from None
    if changes.keys() & {"rotation_days", "high_risk_grade"}:
        fits(wanted, await _roster(work, office))


def in_range(name: str, rule: Rule, value: Any) -> None:
    """PolicyOutOfRange for a number outside its limits (pure)."""
    counts = rule.kind == "number" or (rule.kind == "maybe" and value is not None)
    if counts and not rule.low <= value <= rule.high:
        raise PolicyOutOfRange(name=name, title=rule.title, low=rule.low, high=rule.high)


def fits(wanted: Policies, roster: Roster) -> None:
    """Refuse a rotation or a grade the roster does not allow (pure)."""
    highest = max((grade for _, grade in roster.officers), default=0)
    if wanted.high_risk_grade > highest:
        raise NoSuchGrade(name="high_risk_grade", highest=highest)
    if wanted.rotation_days is None:
        return
    if len(roster.sites) < 2:
        raise OneTerminal(name="rotation_days")
    if wanted.rotation_days > wanted.horizon_staff_days:
        raise BeyondTheRoster(name="rotation_days", days=wanted.horizon_staff_days)
    free = sum(site is None for site, _ in roster.officers)
    if free < 2:
        raise NobodyLeft(name="rotation_days", count=free)


async def _roster(work: Work, office: Office) -> Roster:
    today = grid_of(office).day_of(work.now)
    return Roster(
        sites={each.id: each.name for each in await queries.sites_of(work, office.id)},
        officers=[
            (each.site_id, each.grade)
            for each in await queries.active_resources(work, office.id, today, today)
            if each.kind == "officer"
        ],
    )
