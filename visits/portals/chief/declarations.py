"""/chief/declarations: the office's declarations, and the lane a chief sets by hand."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response
from litestar.datastructures import FormMultiDict
from litestar.params import FromPath, FromQuery

from visits.clearance.lanes import HAND
from visits.clearance.verdict import DOUBTS
from visits.declarations.lane import EXTENTS, LANE_NAMES, Colour
from visits.declarations.queries import declaration_for, lanes_of, title_of
from visits.declarations.select import select_lane
from visits.declarations.tables import Declaration
from visits.errors import BadInput
from visits.journey.states import LEVEL_NAMES, OVER, STATE_NAMES, Level, State
from visits.people.queries import agencies
from visits.portals.chief import register
from visits.portals.queries import PAGE
from visits.portals.telling import at_office, languages
from visits.roles import CHIEFS, Role
from visits.sites.languages import NAMES
from visits.sites.policies import Policies, policy
from visits.sites.queries import office_by_id, resources_of
from visits.store.work import Work
from visits.texts import N_
from visits.web.language import say, say_many
from visits.web.pages import go, language_of, page, page_number
from visits.web.route import get, post

READERS = CHIEFS | {Role.SUPERVISOR}
#: Characters looked at of what was typed.
LONGEST = 100


@dataclass(slots=True, kw_only=True)
class LaneForm:
    """What the chief typed, and what is wrong with it."""

    lane: str = ""
    agency: str = ""
    reason: str = ""
    level: str = ""
    extent: str = ""
    percent: str = ""
    containers: list[str] = field(default_factory=list)
    items: str = ""
    instructions: str = ""
    forklift: bool = False
    language: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    def wished(self) -> dict[str, Any]:
        """The visit order as `select_lane` takes it; notes what cannot be one."""
        found: dict[str, Any] = {"instructions": " ".join(self.instructions.split())[:4000]}
        if self.level in set(Level):
            found["level"] = self.level
        if self.extent in EXTENTS:
            found["extent"] = self.extent
        if self.containers:
            found["containers"] = self.containers
        if self.forklift:
            found["forklift"] = True
        if self.language in NAMES:
            found["language"] = self.language
        if self.percent.strip():
            if self.percent.strip().isdecimal() and 1 <= int(self.percent) <= 100:
                found["percent"] = int(self.percent)
            else:
                self.errors["percent"] = N_("Un pourcentage va de 1 à 100.")
        try:
            found["items"] = numbers_of(self.items)
        except ValueError:
            self.errors["items"] = N_("Écrivez les numéros d'articles comme « 1, 3-5 ».")
        return found


def numbers_of(typed: str) -> list[int]:
    """« 1, 3-5 » as 1, 3, 4, 5; ValueError for anything else."""
    found: set[int] = set()
    for part in typed.replace(";", ",").replace(" ", ",").split(","):
        if not part:
            continue
        first, dash, last = part.partition("-")
        low, high = int(first), int(last if dash else first)
        if not 1 <= low <= high <= 9999:
            raise ValueError(part)
        found.update(range(low, high + 1))
    return sorted(found)


def _typed(form: FormMultiDict) -> LaneForm:
    """The form as it was sent, nothing believed."""

    def said(name: str) -> str:
        return str(form.get(name, "")).strip()

    return LaneForm(
        lane=said("lane"),
        agency=said("agency"),
        reason=said("reason"),
        level=said("level"),
        extent=said("extent"),
        percent=said("percent"),
        containers=[str(box) for box in form.getall("containers", [])],
        items=said("items"),
        instructions=said("instructions"),
        forklift=bool(said("forklift")),
        language=said("language"),
    )


@get("/chief/declarations", roles=READERS)
async def listing(
    work: Work,
    request: Request,  # type: ignore[type-arg]
    q: FromQuery[str] = "",
    lane: FromQuery[str] = "",
    status: FromQuery[str] = "",
    p: FromQuery[int] = 1,
) -> Response[str]:
    """The register, newest first."""
    at_office(request, await office_by_id(work, work.actor.office))
    typed = " ".join(q.split())[:LONGEST]
    lane = lane if lane in {*Colour, register.NO_VISIT} else ""
    state = status if status in {*State, register.NO_VISIT, register.DRAFT} else ""
    number = page_number(p)
    found = await register.declarations(work, typed=typed, lane=lane, state=state, page=number)
    language = language_of(request)
    filtered = bool(typed or lane or state)
    address = urlencode({"q": typed, "lane": lane, "status": state})
    count = (
        (N_("%(num)s déclaration trouvée"), N_("%(num)s déclarations trouvées"))
        if filtered
        else (N_("%(num)s déclaration"), N_("%(num)s déclarations"))
    )
    lanes = [("", N_("tous les circuits")), *LANE_NAMES.items(), (register.NO_VISIT, N_("sans circuit"))]
    states = [
        ("", N_("tous les états")),
        *STATE_NAMES.items(),
        (register.NO_VISIT, N_("sans visite")),
        (register.DRAFT, N_("non enregistrée")),
    ]
    return page(
        request,
        "chief/declarations.html",
        title=say_many(*count, found.total, language),
        total=found.total,
        filtered=filtered,
        typed=typed,
        lane=lane,
        state=state,
        lanes=[(value, say(text, language)) for value, text in lanes],
        states=[(value, say(text, language)) for value, text in states],
        rows=[_row(each, language) for each in found.rows],
        previous=f"/chief/declarations?{address}&p={number - 1}" if number > 1 else "",
        next=f"/chief/declarations?{address}&p={number + 1}" if number * PAGE < found.total else "",
    )


def _row(each: register.Registered, language: str) -> dict[str, Any]:
    declaration, visit = each.declaration, each.visit
    if visit is not None:
        state = say(STATE_NAMES[State(visit.state)], language)
    else:
        state = say(N_("non enregistrée") if declaration.status == "draft" else N_("sans visite"), language)
    return {
        "href": f"/chief/declarations/{declaration.id}",
        "title": each.title,
        "about": " · ".join(part for part in (declaration.goods, declaration.consignee_name) if part),
        "declarant": declaration.declarant_name or declaration.declarant_code or "",
        "lane": say(LANE_NAMES[Colour(each.lane)], language) if each.lane else "–",
        "state": state,
        "received_at": declaration.received_at,
    }


@get("/chief/declarations/{declaration_id:uuid}", roles=READERS)
async def one(work: Work, request: Request, declaration_id: FromPath[UUID]) -> Response[str]:  # type: ignore[type-arg]
    """One declaration: what it says, its lanes, its visits, and the form for a lane."""
    return await _page(work, request, declaration_id, LaneForm())


@post("/chief/declarations/{declaration_id:uuid}/lane", roles=CHIEFS)
async def set_lane(work: Work, request: Request, declaration_id: FromPath[UUID]) -> Response[Any]:  # type: ignore[type-arg]
    """Set the lane of one agency by hand, with the reason; the same lane again changes nothing."""
    form = _typed(await request.form())
    wished = form.wished()
    if form.lane not in set(Colour):
        form.errors["lane"] = N_("Choisissez un circuit.")
    if not form.reason:
        form.errors["reason"] = N_("Écrivez la raison en quelques mots.")
    if form.errors:
        return await _page(work, request, declaration_id, form, status=BadInput.status)
    before = {visit.id for visit in await register.visits(work, declaration_id)}
    visit = await select_lane(
        work,
        declaration_id,
        Colour(form.lane),
        source=HAND,
        agency=form.agency or None,
        reason=form.reason[:500],
        wished=wished,
        by_hand=True,
    )
    opened = visit is not None and visit.id not in before
    flash = N_("Circuit enregistré. La visite est ouverte.") if opened else N_("Circuit enregistré.")
    return go(f"/chief/declarations/{declaration_id}", flash=flash)


async def _page(
    work: Work,
    request: Request[Any, Any, Any],
    declaration_id: UUID,
    form: LaneForm,
    status: int = 200,
) -> Response[str]:
    declaration = await declaration_for(work, declaration_id)
    office = await office_by_id(work, work.actor.office)
    at_office(request, office)
    language = language_of(request)
    visits = await register.visits(work, declaration_id)
    running = next((visit for visit in visits if State(visit.state) not in OVER), None)
    content = declaration.content
    return page(
        request,
        "chief/declaration.html",
        status=status,
        name=title_of(declaration),
        declaration=declaration,
        about=_about(declaration, language),
        doubts=[say(DOUBTS[each], language) for each in declaration.warnings if each in DOUBTS],
        conflicts=await register.conflicts(work, declaration_id),
        lanes=[
            (
                agency or say(N_("Douane"), language),
                say(LANE_NAMES[Colour(lane.colour)], language),
                lane.reason,
                lane.at,
            )
            for agency, lane in sorted((await lanes_of(work, declaration_id)).items(), key=lambda pair: pair[0] or "")
        ],
        visits=[
            (visit, say(STATE_NAMES[State(visit.state)], language), say(LEVEL_NAMES[Level(visit.level)], language))
            for visit in visits
        ],
        running=running,
        may_set=work.actor.is_a(*CHIEFS) and declaration.status == "registered",
        form=form,
        errors={name: say(text, language) for name, text in form.errors.items()},
        colours=[(colour.value, say(text, language)) for colour, text in LANE_NAMES.items()],
        agencies=[("", say(N_("Douane"), language)), *((each.code, each.name) for each in await agencies(work))],
        levels=[
            ("", say(N_("selon les circuits"), language)),
            *((each.value, say(text, language)) for each, text in LEVEL_NAMES.items()),
        ],
        extents=[
            ("", say(N_("selon le niveau"), language)),
            *((code, say(text, language)) for code, text in EXTENTS.items()),
        ],
        tongues=languages(policy(office, Policies).language, language),
        boxes=[(box["number"], box["number"]) for box in content.get("containers") or ()],
        items_found=len(content.get("items") or ()),
        forklifts=any(each.kind == "forklift" for each in await resources_of(work, declaration.office_id))
        if declaration.office_id
        else False,
    )


def _about(declaration: Declaration, language: str) -> list[tuple[str, str]]:
    content = declaration.content
    boxes = [box["number"] for box in content.get("containers") or ()]
    shown = ", ".join([*boxes[:12], *(["…"] if len(boxes) > 12 else [])])
    key = f"{declaration.office_code} {declaration.year} {declaration.serial or ''} {declaration.number}"
    rows = (
        (N_("Enregistrement"), key if declaration.number else ""),
        (N_("Référence du déclarant"), declaration.declarant_reference or ""),
        (N_("Déclarant"), declaration.declarant_name or declaration.declarant_code or ""),
        (N_("Destinataire"), declaration.consignee_name or ""),
        (N_("Marchandises"), declaration.goods),
        (N_("Articles"), str(len(content.get("items") or ()))),
        (N_("Conteneurs"), shown),
        (N_("Lieu"), declaration.location_of_goods or ""),
        (N_("Version"), str(declaration.version)),
        (N_("Bon à enlever"), declaration.voucher or ""),
    )
    return [(say(name, language), value) for name, value in rows if value]


ROUTES = [listing, one, set_lane]
