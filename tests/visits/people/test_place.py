"""At which place a session acts: what one may do in one office is never done in another."""

from datetime import UTC, datetime

from visits.ids import new_id
from visits.people.place import elsewhere, place_of
from visits.people.tables import Membership
from visits.roles import Role

A, B, FIRM = new_id(), new_id(), new_id()


def a(role: Role, office: object = None, **facts: object) -> Membership:
    """A membership in force."""
    return Membership(
        id=new_id(), person_id=new_id(), role=role, office_id=office, since=datetime(2026, 1, 1, tzinfo=UTC), **facts
    )


def test_roles_of_two_offices_are_not_mixed() -> None:
    inspector, chief = a(Role.INSPECTOR, A), a(Role.VISIT_CHIEF, B)

    assert place_of([inspector, chief]) == [inspector]
    assert place_of([inspector, chief], chief.id) == [chief]


def test_roles_of_one_office_go_together() -> None:
    both = [a(Role.INSPECTOR, A), a(Role.VISIT_CHIEF, A, deputy_of=new_id())]

    assert place_of(both) == both


def test_ones_own_place_counts_before_the_one_where_one_stands_in() -> None:
    deputy, own = a(Role.VISIT_CHIEF, B, deputy_of=new_id()), a(Role.INSPECTOR, A)

    assert place_of([deputy, own]) == [own]


def test_a_role_without_a_place_goes_with_any() -> None:
    admin, chief, other = a(Role.ADMIN), a(Role.VISIT_CHIEF, A), a(Role.VISIT_CHIEF, B)

    assert place_of([admin, chief, other]) == [admin, chief]
    assert place_of([admin, chief, other], other.id) == [admin, other]


def test_a_choice_that_is_over_leads_home() -> None:
    own = a(Role.INSPECTOR, A)

    assert place_of([own], new_id()) == [own]


def test_each_other_place_is_named_once() -> None:
    here, chief, supervisor = a(Role.INSPECTOR, A), a(Role.VISIT_CHIEF, B), a(Role.SUPERVISOR, B)
    firm = a(Role.DECLARANT, None, firm_id=FIRM)

    assert elsewhere([here, chief, supervisor], place_of([here, chief, supervisor])) == [chief]
    assert place_of([here, firm]) == [here, firm]
