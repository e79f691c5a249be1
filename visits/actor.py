"""Who acts: one person in one administration, or the service itself."""

from dataclasses import dataclass, field

from visits.ids import AgencyId, FirmId, OfficeId, PersonId, SiteId, TenantId
from visits.roles import Role, home_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """The person behind a request or a job, with all that access rules need to know."""

    tenant: TenantId
    roles: frozenset[Role]
    person: PersonId | None = None
    name: str = ""
    language: str = "fr"
    office: OfficeId | None = None
    firm: FirmId | None = None
    agency: AgencyId | None = None
    #: The only sites a terminal's key may speak of; empty for everybody else.
    sites: frozenset[SiteId] = frozenset()
    #: The message source for inbound links (an API key's or folder's name).
    source: str = ""
    #: The session's id, so that signing out ends the right one.
    session: bytes | None = field(default=None, repr=False)

    @property
    def home(self) -> str:
        """The page this person starts from."""
        return home_of(self.roles)

    def is_a(self, *roles: Role) -> bool:
        """Does the person hold one of these roles?"""
        return not self.roles.isdisjoint(roles)

    @property
    def principal(self) -> str:
        """The name under which idempotency keys and limits count."""
        return str(self.person) if self.person else self.source or "system"


def system(tenant: TenantId, source: str = "system") -> Actor:
    """The service itself, acting in one administration."""
    return Actor(tenant=tenant, roles=frozenset({Role.SYSTEM}), name="Visites", source=source)
