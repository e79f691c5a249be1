"""/terminal/positioning: the list of one day on paper, and the same for a spreadsheet."""

import csv
import io
from datetime import date
from typing import Any

from litestar import Request, Response
from litestar.params import FromQuery

from visits.errors import BadInput
from visits.journey.states import LEVEL_NAMES
from visits.portals.terminal import queries
from visits.portals.terminal.home import TERMINALS, Row, rows_of, where
from visits.sites.hours import ONE_DAY, grid_of
from visits.sites.tables import Office
from visits.store.work import Work
from visits.texts import N_
from visits.web.language import say, time_of
from visits.web.pages import language_of, page
from visits.web.route import get

HEADINGS = (
    N_("Jour"),
    N_("Heure"),
    N_("Fin"),
    N_("Lieu de visite"),
    N_("Emplacement"),
    N_("Conteneur"),
    N_("Déclaration"),
    N_("Référence"),
    N_("Contrôle"),
    N_("État"),
    N_("Raison"),
    N_("Remarque"),
    N_("Noté à"),
)
#: What a spreadsheet would take for a formula when a cell begins with it.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@get("/terminal/positioning", roles=TERMINALS)
async def paper(
    work: Work, request: Request[Any, Any, Any], day: FromQuery[str] = "", site: FromQuery[str] = ""
) -> Response[str]:
    """One day to print: a box to tick and a line to write on for each container."""
    office, zone, _, chosen = await where(work, request, site)
    wanted = _day(work, office, day)
    found = await queries.places(work, wanted, wanted, site=chosen.id if chosen else None)
    rows = await rows_of(work, office, found, language_of(request), zone)
    return page(
        request,
        "terminal/positioning.html",
        day=wanted,
        rows=rows,
        site=chosen,
        called=office.name,
        now=work.now,
    )


@get("/terminal/positioning.csv", roles=TERMINALS)
async def sheet(
    work: Work, request: Request[Any, Any, Any], day: FromQuery[str] = "", site: FromQuery[str] = ""
) -> Response[bytes]:
    """One day for a spreadsheet: semicolons and a mark of UTF-8, as French ones expect."""
    office, zone, _, chosen = await where(work, request, site)
    wanted, language = _day(work, office, day), language_of(request)
    found = await queries.places(work, wanted, wanted, site=chosen.id if chosen else None)
    out = io.StringIO()
    lines = csv.writer(out, delimiter=";", lineterminator="\r\n")
    lines.writerow([say(each, language) for each in HEADINGS])
    for row in await rows_of(work, office, found, language, zone):
        ends = time_of(row.place.ends_at, language, zone)
        noted = row.place.standing.at
        said = time_of(noted, language, zone) if noted else ""
        lines.writerow([_cell(each) for each in _cells(row, ends, said, language)])
    name = f"mises-en-place-{wanted.isoformat()}.csv"
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return Response(out.getvalue().encode("utf-8-sig"), media_type="text/csv; charset=utf-8", headers=headers)


def _cells(row: Row, ends: str, noted: str, language: str) -> list[str]:
    place = row.place
    return [
        place.day.isoformat(),
        row.time,
        ends,
        place.site,
        place.bay,
        place.container,
        place.number,
        place.reference,
        say(LEVEL_NAMES[place.level], language),
        row.tag[1],
        row.why,
        place.standing.note,
        noted,
    ]


def _cell(text: str) -> str:
    """Text that stays text in a spreadsheet."""
    plain = text.replace("\u202f", " ").replace("\u00a0", " ")
    return f"'{plain}" if plain.startswith(FORMULA) else plain


def _day(work: Work, office: Office, day: str) -> date:
    """The day asked for, tomorrow if none is; nonsense is refused."""
    if not day:
        return grid_of(office).day_of(work.now) + ONE_DAY
    try:
        return date.fromisoformat(day)
    except ValueError:
        raise BadInput(field=N_("jour")) from None


ROUTES = [paper, sheet]
