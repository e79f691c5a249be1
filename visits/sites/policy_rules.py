"""How a policy is declared: its default, and how it is called, explained and limited (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from visits.roles import Role
from visits.texts import N_

#: Roles of people an office may ask for a one-time code, in the order shown.
CODE_ROLES = (
    Role.ADMIN,
    Role.VISIT_CHIEF,
    Role.OFFICE_HEAD,
    Role.SUPERVISOR,
    Role.INSPECTOR,
    Role.AGENCY_OFFICER,
    Role.INTEGRITY,
    Role.ETHICS_OFFICER,
    Role.FIRM_ADMIN,
    Role.DECLARANT,
    Role.IMPORTER,
    Role.TERMINAL,
    Role.INTEGRATOR,
)
LANGUAGES = ("fr", "en", "pt")


class Unit(StrEnum):
    """What the number of a policy counts."""

    MINUTES = N_("minutes")
    DAYS = N_("jours")
    PERCENT = N_("pour cent")
    VISITS = N_("visites")
    TIMES = N_("rendez-vous")
    HOURS = N_("heures")
    KILOMETRES = N_("km")
    GRADE = N_("rang")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How one policy is called, explained and limited."""

    group: str
    title: str
    hint: str = ""
    unit: Unit | None = None
    low: int = 0
    high: int = 0
    #: number, maybe (a number or nothing), text, lines, ticks, choice (of `names`), page (its own).
    kind: str = "number"
    choices: Sequence[str] = ()
    names: Mapping[str, str] = field(default_factory=dict)


BOOKING = N_("Rendez-vous")
DRAW = N_("Tirage des vérificateurs")
CONTROL = N_("Contrôle et rapport")
KEEPING = N_("Durée de conservation")
ACCESS = N_("Accès et langues")
NOTICES = N_("Avis")
#: In the order shown.
GROUPS = (BOOKING, DRAW, CONTROL, KEEPING, NOTICES, ACCESS)


def of(default: Any, **facts: Any) -> Any:
    """A policy with its default and its rule."""
    return field(default=default, metadata={"rule": Rule(**facts)})
