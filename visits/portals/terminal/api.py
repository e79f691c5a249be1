"""/api/terminal: a terminal's own system reads what to place, says where each container stands, and speaks of ships.

Every message may come late, twice and out of order: its own id tells a repeat, its own time tells what is newer. A key
made for a terminal reads and tells what concerns its sites; anything else is not there.
"""

import hashlib
from datetime import date, datetime
from typing import Annotated, Any
from uuid import NAMESPACE_URL, UUID, uuid5

import msgspec
from litestar import Request, Response
from litestar.params import FromQuery, JSONBody
from msgspec import Meta

from visits.booking import landing
from visits.errors import BadInput, NotFound, Refusal
from visits.fieldwork.positioning import Said, report
from visits.fieldwork.positions import Position
from visits.journey.states import BLOCKS, Level
from visits.portals.terminal import queries
from visits.portals.terminal.queries import Place
from visits.roles import Role
from visits.sites.hours import ONE_DAY, grid_of
from visits.sites.queries import office_by_id, sites_of
from visits.store.work import Work
from visits.texts import N_
from visits.web.route import get, post

TERMINALS = frozenset({Role.TERMINAL})
Line = Annotated[str, Meta(pattern=r"^[^\x00-\x1f\x7f]*\Z", max_length=200)]
Own = Annotated[str, Meta(min_length=1, max_length=128, pattern=r"^[^\x00-\x1f\x7f]*\Z")]
Moment = Annotated[datetime, Meta(tz=True)]


class NotExpected(Refusal):
    """No visit at the key's sites waits for this container."""

    code, status = "container-not-expected", 404
    says = N_("Aucune visite n'attend ce conteneur sur vos lieux.")


class PlaceView(msgspec.Struct, frozen=True, kw_only=True):
    """One container, or the goods of a visit without any (an empty number), and where it is wanted."""

    visit: str
    container: str
    declaration: str
    level: Level
    site: str
    bay: str
    starts_at: datetime
    ends_at: datetime
    position: Position
    reason: str
    note: str
    said_at: datetime | None
    #: The goods are still at sea: the appointment is confirmed by the discharge.
    provisional: bool


class PositioningView(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be placed on one day of the office, by hour and bay."""

    day: date
    zone: str
    site: str
    places: list[PlaceView]


class Status(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A word on one container. `id` is the sender's own: the same again is a repeat. `visit` tells two visits apart."""

    id: Own
    at: Moment
    position: Position
    container: Line = ""
    visit: Line = ""
    reason: Line = ""
    note: Line = ""


class StatusView(msgspec.Struct, frozen=True, kw_only=True):
    """What became of it: `taken`; `late`, kept beside a newer word; `too_late`, the visit no longer waits.

    `position` is where the container stands now.
    """

    outcome: str
    visit: str
    container: str
    position: Position


class Call(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A word on a ship: when it is expected, or that it is discharged, wholly or by these containers."""

    manifest: Line
    at: Moment
    expected_at: Moment | None = None
    vessel: Line = ""
    discharged: bool = False
    containers: Annotated[list[Line], Meta(max_length=landing.MOST_BOXES)] = []


class CallView(msgspec.Struct, frozen=True, kw_only=True):
    """The ship as known now; `outcome` is `unchanged` when a newer word, or the same, was heard before."""

    outcome: str
    manifest: str
    expected_at: datetime
    discharged_at: datetime | None
    containers: list[str]


@get(
    "/api/terminal/positioning",
    roles=TERMINALS,
    tags=["terminal"],
    summary="What to place on one day",
)
async def positioning(
    work: Work,
    request: Request[Any, Any, Any],
    day: FromQuery[str] = "",
    site: FromQuery[str] = "",
) -> Response[PositioningView | None]:
    """The list of a day (`YYYY-MM-DD`, tomorrow if none is asked for), of all the key's sites or of one by its code.

    The ETag changes when the list does: send it back as `If-None-Match` and hear 304 for as long as nothing changed.
    """
    office = await office_by_id(work, work.actor.office)
    wanted = _day(day) if day else grid_of(office).day_of(work.now) + ONE_DAY
    mine = {each.code: each for each in await sites_of(work, office.id) if _allowed(work, each.id)}
    if site and site not in mine:
        raise NotFound()
    found = await queries.places(work, wanted, wanted, site=mine[site].id if site else None)
    awaited = await landing.awaited(work, office.id, {each.visit for each in found})
    view = PositioningView(
        day=wanted, zone=office.tz, site=site, places=[_view(each, each.visit in awaited) for each in found]
    )
    tag = f'"{hashlib.sha256(msgspec.json.encode(view)).hexdigest()[:32]}"'
    headers = {"etag": tag, "cache-control": "private, no-cache"}
    if tag in [each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")]:
        return Response(None, status_code=304, headers=headers)
    return Response(view, headers=headers)


@post("/api/terminal/statuses", roles=TERMINALS, tags=["terminal"], summary="Say where a container stands")
async def status(work: Work, data: JSONBody[Status]) -> StatusView:
    """Placed, missing, blocked (with a reason of the list) or to_place, which takes back what was said before.

    Without `visit` the nearest visit of the key's sites that waits for the container is meant.
    """
    if data.position is Position.BLOCKED and data.reason not in BLOCKS:
        raise BadInput(field="reason")
    said = Said(
        id=uuid5(NAMESPACE_URL, f"{work.actor.tenant}/{work.actor.principal}/{data.id}"),
        container="".join(data.container.split()).upper(),
        position=data.position,
        reason=data.reason,
        note=data.note,
        at=data.at,
    )
    visit = await queries.meant(work, said, data.visit)
    if visit is None:
        raise NotExpected()
    heard = await report(work, visit.id, said)
    return StatusView(
        outcome=heard.outcome,
        visit=visit.reference,
        container=said.container,
        position=heard.standing.position,
    )


@post("/api/terminal/ships", roles=TERMINALS, tags=["terminal"], summary="Say when a ship is expected or discharged")
async def ship(work: Work, data: JSONBody[Call]) -> CallView:
    """Provisional appointments follow: confirmed by the discharge, kept, moved or released when the ship is late."""
    office = await office_by_id(work, work.actor.office)
    if data.expected_at is None and not data.discharged and not data.containers:
        raise BadInput(field="expected_at")
    changed = False
    if data.expected_at is not None:
        arrival, changed = await landing.expect(
            work, office, data.manifest, data.expected_at, vessel=data.vessel, at=data.at
        )
    if data.discharged or data.containers:
        boxes = () if data.discharged else ["".join(each.split()).upper() for each in data.containers]
        arrival, landed = await landing.land(work, office, data.manifest, containers=boxes, at=data.at)
        changed = changed or landed
    return CallView(
        outcome="taken" if changed else "unchanged",
        manifest=arrival.manifest,
        expected_at=arrival.expected_at,
        discharged_at=arrival.landed_at,
        containers=arrival.landed,
    )


def _allowed(work: Work, site: UUID) -> bool:
    return not work.actor.sites or site in work.actor.sites


def _view(each: Place, provisional: bool) -> PlaceView:
    return PlaceView(
        visit=each.reference,
        container=each.container,
        declaration=each.number,
        level=each.level,
        site=each.site_code,
        bay=each.bay,
        starts_at=each.starts_at,
        ends_at=each.ends_at,
        position=each.position,
        reason=each.standing.reason,
        note=each.standing.note,
        said_at=each.standing.at,
        provisional=provisional,
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(field="day") from None


ROUTES = [positioning, status, ship]
