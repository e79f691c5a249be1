"""/admin/calendars/files: calendars as a spreadsheet keeps them; every line seen first, then all or the good ones."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.datastructures import UploadFile
from litestar.params import FromPath

from visits.booking.edit import FallsOutside, edit_calendar, preview_calendar
from visits.errors import NotFound, Refusal
from visits.portals.admin.calendars import FILES, path_of
from visits.portals.admin.queries import Stranded, stranded_of
from visits.roles import CALENDAR_KEEPERS
from visits.sites import csv_text, lines, queries
from visits.sites import take as files
from visits.sites.csv_text import Column, Line, Table
from visits.sites.effect import Effect, changes
from visits.sites.lines import AwayPlan, DayPlan, Planned
from visits.sites.tables import Office
from visits.store.work import Work
from visits.texts import N_
from visits.web.forms import Form
from visits.web.language import LANGUAGES, say
from visits.web.pages import go, language_of, page
from visits.web.problem import sentence
from visits.web.route import get, post

Asked = Request[Any, Any, Any]

#: Lines shown of those that can be taken.
SHOWN = 50
#: Faults shown at once.
MOST_FAULTS = 200
REQUIRED, ANY = N_("Toujours rempli"), N_("Peut rester vide")
#: What the downloaded model shows behind a #, in the order of the columns.
EXAMPLES: Mapping[str, Sequence[Sequence[str]]] = {
    "days": (("25/12/2026", "Fête de Noël", "non", "non", "oui"), ("10/03/2027", "Korité", "non", "oui", "non")),
    "hours": (
        ("Aire A", "aire", "TC01", "08/02/2027", "09/03/2027", *["8:00-14:00"] * 4, "8:00-12:00", "", ""),
        ("Koné Awa", "vérificateur", "", "10/03/2027", "", *["8:00-12:00, 13:00-17:00"] * 5, "", ""),
    ),
    "absences": (("Koné Awa", "vérificateur", "", "24/12/2026", "31/12/2026", "congé"),),
    "closures": (
        ("TC01", "24/12/2026 12:00", "24/12/2026 18:00", "Travaux"),
        ("", "31/12/2026", "31/12/2026", "Inventaire"),
    ),
    "resources": (
        ("Aire D", "aire", "TC01", "", "", ""),
        ("Chariot 2", "chariot", "TC01", "31/12/2026", "", ""),
        ("Koné Awa", "vérificateur", "", "", "2", "Produits chimiques"),
    ),
}


#: What a line would change.
EFFECTS: dict[Effect, str] = {
    Effect.NEW: N_("nouveau"),
    Effect.CHANGES: N_("change"),
    Effect.SAME: N_("déjà ainsi"),
}


class NothingTaken(Refusal):
    """A file with a faulty line is taken only when somebody asks for its good lines."""

    code, status = "nothing-taken", 422
    says = N_("Rien n'est enregistré : des lignes sont à corriger. Corrigez-les, ou prenez seulement les bonnes.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A file somebody sent: its text, its lines, what they ask for and what they would leave outside."""

    text: str = ""
    table: Table | None = None
    planned: Planned | None = None
    stranded: Sequence[Stranded] = ()
    error: str = ""


@get("/admin/calendars/{office_id:uuid}/files/{kind:str}", roles=CALENDAR_KEEPERS)
async def shown(request: Asked, work: Work, office_id: FromPath[UUID], kind: FromPath[str]) -> Response[str]:
    """What such a file holds, a model of it, and what is there."""
    return await _page(request, work, office_id, kind, Sent())


@get(
    [
        "/admin/calendars/{office_id:uuid}/files/{kind:str}/model.csv",
        "/admin/calendars/{office_id:uuid}/files/{kind:str}/export.csv",
    ],
    roles=CALENDAR_KEEPERS,
)
async def download(request: Asked, work: Work, office_id: FromPath[UUID], kind: FromPath[str]) -> Response[bytes]:
    """The heading with examples, or the heading with what is there."""
    office = await _office(work, office_id, kind)
    model = request.url.path.endswith("/model.csv")
    language = language_of(request)
    content = csv_text.written(
        [say(each.name, language) for each in lines.COLUMNS[kind]],
        [] if model else await files.rows_of(work, office, kind),
        examples=EXAMPLES[kind] if model else (),
    )
    name = f"{office.code}-{kind}{'-modele' if model else ''}.csv".lower()
    disposition = f'attachment; filename="{name}"'
    headers = {"content-disposition": disposition, "cache-control": "no-store", "x-content-type-options": "nosniff"}
    return Response(content, media_type="text/csv", headers=headers)


@post("/admin/calendars/{office_id:uuid}/files/{kind:str}", roles=CALENDAR_KEEPERS)
async def preview(request: Asked, office_id: FromPath[UUID], kind: FromPath[str]) -> Response[str]:
    """Every line and every fault of a file, and the appointments it would leave outside; nothing is stored."""
    upload = (await request.form()).get("file")
    content = await upload.read(csv_text.MOST_BYTES + 1) if isinstance(upload, UploadFile) else b""
    try:
        text = csv_text.text_of(content)
    except Refusal as refusal:
        async with request.app.state.database.work(request.user) as work:
            return await _page(request, work, office_id, kind, Sent(error=sentence(request, refusal)))
    return await _preview(request, office_id, kind, text)


@post("/admin/calendars/{office_id:uuid}/files/{kind:str}/take", roles=CALENDAR_KEEPERS)
async def take(request: Asked, office_id: FromPath[UUID], kind: FromPath[str]) -> Response[Any]:
    """Take a file that was shown: all of its lines, or its good ones."""
    form = await Form.of(request)
    text, database = form.values.get("content", ""), request.app.state.database
    try:
        csv_text.text_of(text.encode())
        async with database.work(request.user) as work:
            office = await _office(work, office_id, kind)
            planned = lines.planned(kind, csv_text.read(text, _columns(kind)).lines, await files.known(work, office))
        if not planned.plans or (planned.faults and form.values.get("take") != "good"):
            raise NothingTaken()
        left = await database.run(
            request.user,
            edit_calendar,
            _where(office, planned),
            _change(office, kind, planned),
            confirmed=form.ticked("confirmed"),
            days=_days(planned),
        )
    except NotFound:
        raise
    except FallsOutside:
        return await _preview(request, office_id, kind, text)
    except Refusal as refusal:
        return await _preview(request, office_id, kind, text, error=sentence(request, refusal))
    done = N_("Les lignes du fichier sont enregistrées.")
    return go(path_of(office_id), flash=done, kind="warn" if left else "ok")


async def _preview(request: Asked, office_id: UUID, kind: str, text: str, *, error: str = "") -> Response[str]:
    database, table, planned = request.app.state.database, None, None
    stranded: tuple[UUID, ...] = ()
    try:
        async with database.work(request.user) as work:
            office = await _office(work, office_id, kind)
            table = csv_text.read(text, _columns(kind))
            planned = lines.planned(kind, table.lines, await files.known(work, office))
        if planned.plans:
            stranded = await preview_calendar(
                database,
                request.user,
                _where(office, planned),
                _change(office, kind, planned),
                days=_days(planned),
            )
    except NotFound:
        raise
    except Refusal as refusal:
        error = error or sentence(request, refusal)
    async with database.work(request.user) as work:
        named = await stranded_of(work, stranded)
        sent = Sent(text=text, table=table, planned=planned, stranded=named, error=error)
        return await _page(request, work, office_id, kind, sent)


def _change(office: Office, kind: str, planned: Planned) -> Any:
    async def change(work: Work) -> object:
        return await files.take(work, office.id, kind, planned.plans.values())

    return change


def _where(office: Office, planned: Planned) -> UUID | None:
    """The office the file is about, or every office when a line closes all."""
    everywhere = any(isinstance(each, DayPlan) and each.everywhere for each in planned.plans.values())
    return None if everywhere else office.id


def _days(planned: Planned) -> tuple[date, date] | None:
    """The first and the last day the lines touch; None for lines without an end."""
    days: list[date] = []
    for each in planned.plans.values():
        match each:
            case DayPlan():
                days.append(each.day)
            case AwayPlan():
                days += [each.start.date(), each.end.date()]
            case _:
                return None
    return (min(days), max(days)) if days else None


def _columns(kind: str) -> list[Column]:
    """The columns of a kind of file, by their headings in any language they may have been exported in."""
    return [
        replace(each, also=(*each.also, *(say(each.name, language) for language in LANGUAGES)))
        for each in lines.COLUMNS[kind]
    ]


async def _office(work: Work, office_id: UUID, kind: str) -> Office:
    if kind not in FILES:
        raise NotFound()
    return await queries.office_kept(work, office_id)


async def _page(request: Asked, work: Work, office_id: UUID, kind: str, sent: Sent) -> Response[str]:
    office = await _office(work, office_id, kind)
    request.state.tz, request.state.office_name = office.tz, office.name
    columns = lines.COLUMNS[kind]
    language = language_of(request)
    names = {each.key: each.name for each in columns}
    planned, table = sent.planned, sent.table
    faults = [
        (each.line, say(names[each.column], language), sentence(request, each.refusal))
        for each in (planned.faults if planned else ())
    ]
    good = [each for each in (table.lines if table else ()) if planned and each.number in planned.plans]
    rows = await _rows(work, office, kind, planned, good, language) if planned else []
    counts = Counter(effect for effect, _ in rows)
    return page(
        request,
        "admin/calendar_file.html",
        status=422 if sent.error or faults else 200,
        bureau=office,
        kind=kind,
        back=path_of(office_id),
        title=FILES[kind],
        headings=[say(each.name, language) for each in columns],
        explained=[
            (say(each.name, language), say(each.hint or (REQUIRED if each.required else ANY), language))
            for each in columns
        ],
        sent=sent,
        ignored=table.ignored if table else (),
        total=len(table.lines) if table else 0,
        faults=faults,
        shown_faults=faults[:MOST_FAULTS],
        faulty=len({line for line, _, _ in faults}),
        good=[row for _, row in rows[:SHOWN]],
        new=counts[Effect.NEW],
        changed=counts[Effect.CHANGES],
        same=counts[Effect.SAME],
        taken=len(good),
    )


async def _rows(
    work: Work, office: Office, kind: str, planned: Planned, good: Sequence[Line], language: str
) -> list[tuple[Effect, list[object]]]:
    """Each good line with what it would change: what is there is read from the same columns. Changes come first."""
    columns = lines.COLUMNS[kind]
    keys = [each.key for each in columns]
    now = [
        Line(number=number, cells=dict(zip(keys, row, strict=True)))
        for number, row in enumerate(await files.rows_of(work, office, kind))
    ]
    found = changes(planned.plans, lines.planned(kind, now, await files.known(work, office)).plans)
    rows: list[tuple[Effect, list[object]]] = []
    for each in good:
        change = found[each.number]
        was = now[change.was].cells if change.was is not None else {}
        before = [
            f"{say(column.name, language)} : {was[column.key] or '–'}"
            for column in columns
            if was and csv_text.same(was[column.key]) != csv_text.same(each.cells.get(column.key, ""))
        ]
        cells = [each.cells.get(key, "") for key in keys]
        effect = say(EFFECTS[change.effect], language)
        rows.append((change.effect, [each.number, effect, *cells, ", ".join(before)]))
    return sorted(rows, key=lambda row: (row[0] is Effect.SAME, row[0] is Effect.NEW))


ROUTES = [shown, download, preview, take]
