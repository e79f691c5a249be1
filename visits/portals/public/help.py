"""/help: one short page for each family of screens, the first steps to see again; and /accessibility."""

from dataclasses import dataclass

from litestar import Request, Response
from litestar.params import FromPath

from visits.errors import NotFound
from visits.portals.tours import tours_of
from visits.roles import NAMES, Role
from visits.texts import N_
from visits.web.pages import page
from visits.web.route import PUBLIC, get


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Screens that belong together: their help page, and the addresses it speaks of."""

    name: str
    title: str
    paths: tuple[str, ...]
    roles: frozenset[Role]


FAMILIES = (
    Family(
        name="declarant",
        title=N_("Suivre et réserver"),
        paths=("/declarant",),
        roles=frozenset({Role.DECLARANT, Role.FIRM_ADMIN, Role.IMPORTER}),
    ),
    Family(
        name="inspector",
        title=N_("Faire une visite"),
        paths=("/inspector", "/office/packages"),
        roles=frozenset({Role.INSPECTOR}),
    ),
    Family(
        name="chief",
        title=N_("Vider la file du chef de visite"),
        paths=("/chief", "/office"),
        roles=frozenset({Role.VISIT_CHIEF, Role.OFFICE_HEAD}),
    ),
    Family(
        name="supervisor",
        title=N_("Lire la journée"),
        paths=("/supervisor",),
        roles=frozenset({Role.SUPERVISOR, Role.VISIT_CHIEF, Role.OFFICE_HEAD}),
    ),
    Family(
        name="partners",
        title=N_("Organismes et terminaux"),
        paths=("/agency", "/terminal"),
        roles=frozenset({Role.AGENCY_OFFICER, Role.TERMINAL}),
    ),
    Family(
        name="admin",
        title=N_("Tenir les personnes et les règles"),
        paths=("/admin", "/integrity", "/integrator"),
        roles=frozenset({Role.ADMIN, Role.INTEGRITY, Role.ETHICS_OFFICER, Role.INTEGRATOR}),
    ),
    Family(
        name="public",
        title=N_("Vérifier sans compte"),
        paths=("/public", "/signin", "/"),
        roles=frozenset(),
    ),
)


def family_of(path: str) -> Family | None:
    """The family an address belongs to, the longest match first."""
    fitting = [
        (len(prefix), family)
        for family in FAMILIES
        for prefix in family.paths
        if path == prefix or path.startswith(prefix.rstrip("/") + "/")
    ]
    return max(fitting, key=lambda pair: pair[0])[1] if fitting else None


@get("/help", roles=PUBLIC)
async def overview(request: Request) -> Response[str]:  # type: ignore[type-arg]
    """The list of pages, the one about the screen the reader came from first."""
    asked = request.query_params.get("from", "")
    near = family_of(asked) if asked and asked != "/" else None
    roles = request.user.roles
    return page(
        request,
        "help/overview.html",
        near=near,
        tours=[(tour, NAMES[tour.role]) for tour in tours_of(roles)],
        mine=[each for each in FAMILIES if each is not near and not each.roles.isdisjoint(roles)],
        others=[each for each in FAMILIES if each is not near and each.roles.isdisjoint(roles)],
    )


@get("/help/{name:str}", roles=PUBLIC)
async def one(request: Request, name: FromPath[str]) -> Response[str]:  # type: ignore[type-arg]
    """The help of one family of screens."""
    family = next((each for each in FAMILIES if each.name == name), None)
    if family is None:
        raise NotFound()
    mine = tours_of(request.user.roles & family.roles)
    return page(request, f"help/{family.name}.html", family=family, tour=mine[0] if mine else None)


@get("/accessibility", roles=PUBLIC)
async def accessibility(request: Request) -> Response[str]:  # type: ignore[type-arg]
    """What was checked, what is not good yet, and whom to tell."""
    return page(request, "help/accessibility.html")


ROUTES = [overview, one, accessibility]
