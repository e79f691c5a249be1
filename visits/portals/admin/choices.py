"""The lists an administrator chooses from, and a role read from a form with the place it belongs to."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from visits.people import queries as people
from visits.people.invite import Duty
from visits.people.tables import Agency, Firm, Membership
from visits.roles import FIRM, NAMES, Role
from visits.sites import queries as sites
from visits.sites.tables import Office
from visits.store.work import Work
from visits.texts import N_
from visits.web.forms import Form
from visits.web.language import say

#: Every role an administrator gives; the service's own is not given to people.
GIVEN = tuple(role for role in Role if role is not Role.SYSTEM)
#: Roles that mean nothing without their office.
OF_AN_OFFICE = frozenset(
    {
        Role.INSPECTOR,
        Role.VISIT_CHIEF,
        Role.OFFICE_HEAD,
        Role.SUPERVISOR,
        Role.TERMINAL,
        Role.INTEGRITY,
        Role.AGENCY_OFFICER,
    }
)
#: People with these roles have a calendar.
OFFICERS = frozenset({Role.INSPECTOR, Role.AGENCY_OFFICER})
NONE = N_("aucun")


@dataclass(frozen=True, slots=True)
class Places:
    """Offices, firms and agencies of the administration."""

    offices: Sequence[Office]
    firms: Sequence[Firm]
    agencies: Sequence[Agency]

    @classmethod
    async def of(cls, work: Work) -> "Places":
        """Read them all."""
        return cls(await sites.offices(work), await people.firms(work), await people.agencies(work))

    def options(self, language: str) -> dict[str, list[tuple[str, str]]]:
        """The lists of the form, each beginning with «none»."""
        none = [("", say(NONE, language))]
        return {
            "role": [(str(role), say(NAMES[role], language)) for role in GIVEN],
            "office": none + [(str(each.id), f"{each.code} {each.name}") for each in self.offices],
            "firm": none + [(str(each.id), f"{each.code} {each.name}") for each in self.firms if each.active],
            "agency": none + [(str(each.id), each.name) for each in self.agencies],
        }

    def duty(self, form: Form) -> Duty | None:
        """The role typed, or None with a sentence beside each field that is missing."""
        role = form.choice("role", [str(each) for each in GIVEN])
        office = self._id(form, "office", [each.id for each in self.offices])
        firm = self._id(form, "firm", [each.id for each in self.firms])
        agency = self._id(form, "agency", [each.id for each in self.agencies])
        if "role" in form.errors:
            return None
        wanted = Role(role)
        if wanted in OF_AN_OFFICE and office is None:
            form.refuse("office", N_("Choisissez le bureau de ce rôle."))
        if wanted in FIRM and firm is None:
            form.refuse("firm", N_("Choisissez le cabinet de ce rôle."))
        if wanted is Role.AGENCY_OFFICER and agency is None:
            form.refuse("agency", N_("Choisissez l'organisme de ce rôle."))
        if form.errors:
            return None
        return Duty(
            role=wanted,
            office=None if wanted in FIRM else office,
            firm=firm if wanted in FIRM else None,
            agency=agency if wanted is Role.AGENCY_OFFICER else None,
        )

    def where(self, held: Membership) -> str:
        """Where a role is held."""
        names = (
            next((each.name for each in self.agencies if each.id == held.agency_id), ""),
            next((each.name for each in self.firms if each.id == held.firm_id), ""),
            next((each.code for each in self.offices if each.id == held.office_id), ""),
        )
        return " · ".join(filter(None, names))

    @staticmethod
    def _id(form: Form, name: str, known: Sequence[UUID]) -> UUID | None:
        value = form.choice(name, ["", *map(str, known)]) if form.values.get(name) else ""
        return UUID(value) if value and name not in form.errors else None
