"""Every role and what it may do: one table (domain words of the field). Pure."""

from enum import StrEnum

from visits.texts import N_


class Role(StrEnum):
    """What a person is in an office, a firm or an agency."""

    DECLARANT = "declarant"
    FIRM_ADMIN = "firm_admin"
    IMPORTER = "importer"
    INSPECTOR = "inspector"
    VISIT_CHIEF = "visit_chief"
    OFFICE_HEAD = "office_head"
    SUPERVISOR = "supervisor"
    AGENCY_OFFICER = "agency_officer"
    TERMINAL = "terminal"
    INTEGRITY = "integrity"
    ETHICS_OFFICER = "ethics_officer"
    ADMIN = "admin"
    INTEGRATOR = "integrator"
    #: The service itself: jobs, ticks and inbound messages already authenticated.
    SYSTEM = "system"


NAMES: dict[Role, str] = {
    Role.DECLARANT: N_("déclarant"),
    Role.FIRM_ADMIN: N_("responsable du cabinet"),
    Role.IMPORTER: N_("importateur"),
    Role.INSPECTOR: N_("vérificateur"),
    Role.VISIT_CHIEF: N_("chef de visite"),
    Role.OFFICE_HEAD: N_("chef de bureau"),
    Role.SUPERVISOR: N_("superviseur"),
    Role.AGENCY_OFFICER: N_("agent d'organisme"),
    Role.TERMINAL: N_("exploitant de terminal"),
    Role.INTEGRITY: N_("inspection des services"),
    Role.ETHICS_OFFICER: N_("responsable éthique"),
    Role.ADMIN: N_("administrateur"),
    Role.INTEGRATOR: N_("intégrateur"),
    Role.SYSTEM: N_("système"),
}

#: Groups used where a route or a transition is open to several roles.
FIRM = frozenset({Role.DECLARANT, Role.FIRM_ADMIN, Role.IMPORTER})
DECLARANTS = frozenset({Role.DECLARANT, Role.FIRM_ADMIN})
INSPECTORS = frozenset({Role.INSPECTOR})
CHIEFS = frozenset({Role.VISIT_CHIEF, Role.OFFICE_HEAD})
OFFICE_STAFF = frozenset({Role.INSPECTOR, Role.VISIT_CHIEF, Role.OFFICE_HEAD, Role.SUPERVISOR})
CASE_READERS = OFFICE_STAFF | {Role.INTEGRITY}
#: Who may look for a case: the staff among their office's, a firm among its own.
SEARCHERS = CASE_READERS | FIRM
ADMINS = frozenset({Role.ADMIN})
#: Who says when an office is open: administrators of any, the others of their own.
CALENDAR_KEEPERS = frozenset({Role.ADMIN, Role.OFFICE_HEAD, Role.SUPERVISOR})
#: Who may know why an inspector was drawn, with the names.
DRAW_READERS = CASE_READERS - {Role.INSPECTOR}
#: Who keeps the register of officers' interests.
INTEREST_KEEPERS = frozenset({Role.INTEGRITY, Role.ADMIN})
#: Who keeps the links with other systems.
KEY_HOLDERS = frozenset({Role.ADMIN, Role.INTEGRATOR})
EVERYBODY = frozenset(Role) - {Role.SYSTEM}

#: Where each role lands after signing in, the most specific role first.
HOMES: tuple[tuple[Role, str], ...] = (
    (Role.VISIT_CHIEF, "/chief"),
    (Role.OFFICE_HEAD, "/chief"),
    (Role.SUPERVISOR, "/supervisor/board"),
    (Role.INSPECTOR, "/inspector/day"),
    (Role.AGENCY_OFFICER, "/agency"),
    (Role.TERMINAL, "/terminal"),
    (Role.INTEGRITY, "/integrity"),
    (Role.ETHICS_OFFICER, "/account"),
    (Role.ADMIN, "/admin"),
    (Role.INTEGRATOR, "/integrator"),
    (Role.FIRM_ADMIN, "/declarant"),
    (Role.DECLARANT, "/declarant"),
    (Role.IMPORTER, "/declarant"),
)


def home_of(roles: frozenset[Role]) -> str:
    """The page a person with these roles starts from."""
    return next((path for role, path in HOMES if role in roles), "/")
