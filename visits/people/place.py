"""At which of a person's places a session acts (pure): rights of one office are never used in another."""

from collections.abc import Sequence
from uuid import UUID

from visits.people.tables import Membership


def place_of(held: Sequence[Membership], chosen: UUID | None = None) -> list[Membership]:
    """The memberships in force together: those of one office, one firm and one agency, the place of `chosen` first.

    Without a choice one's own place counts before a place where one only stands in. A role without a place, like the
    administrator's, goes with any.
    """
    ordered = sorted(held, key=lambda each: (each.id != chosen, each.deputy_of is not None))
    kept = list(ordered)
    for name in ("office_id", "firm_id", "agency_id"):
        at = next((getattr(each, name) for each in kept if getattr(each, name)), None)
        kept = [each for each in kept if getattr(each, name) in (None, at)]
    return [each for each in held if each in kept]


def elsewhere(held: Sequence[Membership], here: Sequence[Membership]) -> list[Membership]:
    """One membership for each other place, in the order they began."""
    found: dict[tuple[UUID | None, ...], Membership] = {}
    for each in held:
        if each not in here:
            found.setdefault((each.office_id, each.firm_id, each.agency_id), each)
    return list(found.values())
