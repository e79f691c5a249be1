"""/public/draws: what anybody may check of the draws, without trusting us: promise, secret, replay, download."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response
from litestar.params import FromPath, FromQuery

from scheduling import sheet
from visits.assignment import queries, record, witness_rows
from visits.assignment.rules import COUNTED
from visits.errors import NotFound
from visits.portals.telling import at_office
from visits.sites.hours import ONE_DAY, grid_of
from visits.sites.queries import office_by_code, offices
from visits.sites.tables import Office
from visits.store.work import Work
from visits.web.language import number, say
from visits.web.pages import go, language_of, page
from visits.web.route import PUBLIC, get

Asked = Request[Any, Any, Any]

#: Days listed for each office.
DAYS = 14
#: No day so far away was ever drawn.
A_CENTURY = timedelta(days=36_525)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One line of the table: the part of all numbers that falls to a letter."""

    letter: str
    chance: str
    begins: str
    ends: str
    drawn: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One draw as the page tells it."""

    position: int
    at: datetime
    chosen: str
    code: str | None
    number: str
    hexadecimal: str
    subject: str
    witness: str
    candidates: list[Candidate]
    excluded: list[tuple[int, str]]
    again: bool
    #: The draws that followed for the same visit, because its inspector was replaced.
    later: list[int]
    #: Of an officer posted to a terminal: its code, and those of all that could be drawn, by letter.
    terminal: str = ""
    terminals: dict[str, str] = field(default_factory=dict)
    #: Visits for which it did not count where officers are posted.
    waived: int = 0


def shown(line: dict[str, Any], lines: list[dict[str, Any]], code: str | None, language: str) -> Shown:
    """A line of the record in the words of the page."""
    total = sum(each["weight"] for each in line["candidates"])
    candidates, edge = [], 0
    for each in line["candidates"]:
        begins, edge = edge, edge + each["weight"]
        candidates.append(
            Candidate(
                letter=each["letter"],
                chance=each["chance"].replace("/", " / "),
                begins=_part(begins, total, language),
                ends=_part(edge, total, language),
                drawn=each["letter"] == line["chosen"],
            )
        )
    visit, _, redraw = line["subject"].partition("/")
    letters = [each["letter"] for each in line["candidates"]]
    terminals = dict(zip(letters, line.get("terminals", []), strict=False))
    return Shown(
        position=line["position"],
        at=datetime.fromisoformat(line["at"]),
        chosen=line["chosen"],
        code=code,
        number=_part(int(line["number"], 16), 1 << 256, language),
        hexadecimal=line["number"],
        subject=line["subject"],
        witness=line["witness"],
        candidates=candidates,
        excluded=[] if terminals else [(count, COUNTED.get(rule, rule)) for rule, count in line["excluded"].items()],
        again=bool(redraw),
        later=[
            each["position"]
            for each in lines
            if each["subject"].partition("/")[0] == visit and each["position"] > line["position"]
        ],
        terminal=terminals.get(line["chosen"], ""),
        terminals=terminals,
        waived=len(line.get("waived", [])),
    )


def _part(share: int, total: int, language: str) -> str:
    """A fraction with six decimals, never rounded up, so that a number is seen inside its part."""
    return number(share * 1_000_000 // total / 1_000_000, language, 6)


def grouped(hexadecimal: str) -> str:
    """A digest in groups of eight, so that two can be compared by eye."""
    return " ".join(hexadecimal[place : place + 8] for place in range(0, len(hexadecimal), 8))


@get("/public/draws", roles=PUBLIC)
async def index(work: Work, request: Asked, reference: FromQuery[str] = "") -> Response[Any]:
    """The days of each office, and the way to one's own draw by the reference of the visit."""
    typed = _typed(reference)
    if typed:
        found = await queries.draw_of_reference(work, typed)
        if found is not None:
            draw, office = found
            return go(f"/public/draws/{office.code}/{draw.day}?{urlencode({'reference': typed})}")
    listed = []
    for office in await offices(work):
        today = grid_of(office).day_of(work.now)
        terms = await witness_rows.mandates(work, office.id)
        coming = [each for each in terms if each.days.upper > today + ONE_DAY]
        drawn = await queries.days_drawn(work, office.id, today, DAYS)
        listed.append((office, drawn, min(coming, key=lambda each: each.days.lower, default=None), today))
    return page(request, "public/draws.html", offices=listed, reference=typed)


@get("/public/draws/{office:str}/{day:date}", roles=PUBLIC)
async def one_day(
    work: Work,
    request: Asked,
    office: FromPath[str],
    day: FromPath[date],
    draw: FromQuery[int] = 0,
    reference: FromQuery[str] = "",
) -> Response[str]:
    """One day of an office, replayed now; with `draw` or `reference` one of its draws in full."""
    if abs(day - work.now.date()) > A_CENTURY:
        raise NotFound()
    its = await _office(work, office)
    zone, language = at_office(request, its), language_of(request)
    told = await record.published(work, its, day)
    found = await record.findings(work, its, day)
    codes = {each.line: each.code for each in found}
    typed = _typed(reference)
    named = await queries.draw_of_reference(work, typed) if typed else None
    mine = named[0].position if named and named[0].day == day and named[1].id == its.id else 0
    lines = [shown(each, told["draws"], codes.get(each["position"]), language) for each in told["draws"]]
    chosen = next((each for each in lines if each.position == (mine or draw)), None)
    return page(
        request,
        "public/draw.html",
        its=its,
        day=day,
        told=told,
        lines=lines,
        chosen=chosen,
        reference=typed if mine else "",
        first_wrong=found[0] if found and found[0].code != "sealed" else None,
        finding=say(record.FINDINGS[found[0].code], language) if found else "",
        promise=grouped(told["commitment"]) if told["commitment"] else "",
        secret=grouped(told["seed"]) if told["seed"] else "",
        committed_at=_instant(told["committed_at"]),
        booked_at=_instant(told["booked_at"]),
        brought_at=_instant(told["witness"]["brought_at"]) if told["witness"] else None,
        revealed_at=_instant(told["revealed_at"]),
        reveals_at=datetime.combine(day + ONE_DAY, its.day_start or time(), tzinfo=zone),
        findings=record.FINDINGS,
        grouped=grouped,
    )


@get("/public/draws/{office:str}/{day:date}/record.jsonl", roles=PUBLIC)
async def download(work: Work, office: FromPath[str], day: FromPath[date]) -> Response[bytes]:
    """The record of the day as a file, a line for each draw: `visits draw verify` replays it."""
    its = await _office(work, office)
    told = await record.published(work, its, day)
    return Response(
        sheet(told),
        media_type="application/jsonl",
        headers={
            "content-disposition": f'attachment; filename="draws-{its.code}-{day}.jsonl"',
            "cache-control": "no-cache",
            "x-content-type-options": "nosniff",
        },
    )


async def _office(work: Work, code: str) -> Office:
    found = await office_by_code(work, code)
    if found is None:
        raise NotFound()
    return found


def _typed(reference: str) -> str:
    return "".join(reference.split()).upper()[:40]


def _instant(told: str | None) -> datetime | None:
    return datetime.fromisoformat(told) if told else None


ROUTES = [download, index, one_day]
