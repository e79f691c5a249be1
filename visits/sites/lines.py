"""Lines of calendar files as plans: what each asks for, or every reason why it cannot be read (pure)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from visits.sites.cells import (
    ByInvitation,
    CellEmpty,
    Fault,
    Known,
    Named,
    OnlyAdministrators,
    OnlyOfficers,
    QualifiedByAdministrators,
    Reader,
    SaidTwice,
    SeveralCalledSo,
)
from visits.sites.csv_text import Column, Line, same
from visits.sites.languages import bits_of
from visits.sites.rules import EndsBeforeItBegins, PastDay
from visits.sites.week import DAYS, HoursUnclear, minutes_of
from visits.texts import N_


@dataclass(frozen=True, slots=True, kw_only=True)
class DayPlan:
    """A closed day, or one on which the office works although others do not."""

    day: date
    name: str
    works: bool
    tentative: bool
    everywhere: bool

    @property
    def said(self) -> tuple[date, str, bool, bool, bool]:
        """The day as `Known.days` lists it."""
        return self.day, self.name, self.works, self.tentative, self.everywhere


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursPlan:
    """The weekly hours of a resource from a day on, or for a season."""

    resource: Named
    first: date
    last: date | None
    week: tuple[tuple[int, tuple[tuple[int, int], ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AwayPlan:
    """A resource is away, or (with no resource) an office or a site is closed."""

    resource: Named | None
    site: UUID | None
    start: datetime
    end: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacePlan:
    """A bay, scanner or forklift of a site, new or known, or an officer; the last day, and what an officer can do."""

    known: Named | None
    kind: str
    name: str
    site: UUID | None
    last: date | None
    #: None leaves them as they are; the languages are among the skills.
    grade: int | None = None
    skills: int | None = None


Plan = DayPlan | HoursPlan | AwayPlan | PlacePlan


def _days(read: Reader) -> tuple[object, Plan]:
    day, everywhere = read.day("day"), read.yes("everywhere")
    if day and day < read.known.today:
        read.blame("day", PastDay())
    plan = DayPlan(
        day=day or date.max,
        name=read.text("name", longest=80),
        works=read.yes("works"),
        tentative=read.yes("tentative"),
        everywhere=everywhere,
    )
    if everywhere and not read.known.everywhere and plan.said not in read.known.days:
        read.blame("everywhere", OnlyAdministrators())
    return (plan.day, plan.name, everywhere), plan


def _hours(read: Reader) -> tuple[object, Plan]:
    resource, first, last = read.resource(), read.day("first"), read.day("last", required=False)
    if first and first < read.known.today:
        read.blame("first", PastDay())
    if first and last and last < first:
        read.blame("last", EndsBeforeItBegins())
    week = []
    for isodow in DAYS:
        try:
            spans = minutes_of(read.cell(f"day{isodow}"))
        except HoursUnclear as refusal:
            read.blame(f"day{isodow}", refusal)
            continue
        if spans:
            week.append((isodow, tuple((begin, end) for begin, end in spans)))
    first = first or date.max
    plan = HoursPlan(resource=resource or _NOBODY, first=first, last=last, week=tuple(week))
    return (plan.resource.id, first), plan


def _absences(read: Reader) -> tuple[object, Plan]:
    resource = read.resource()
    start, end = read.moment("from", ends=False), read.moment("to", ends=True)
    _order(read, start, end)
    reason = read.text("reason", longest=120)
    plan = AwayPlan(resource=resource or _NOBODY, site=None, start=start, end=end, reason=reason)
    return (plan.resource, start, end), plan


def _closures(read: Reader) -> tuple[object, Plan]:
    site = read.site("site")
    start, end = read.moment("from", ends=False), read.moment("to", ends=True)
    _order(read, start, end)
    reason = read.text("reason", longest=120)
    return (site, start, end), AwayPlan(resource=None, site=site, start=start, end=end, reason=reason)


def _places(read: Reader) -> tuple[object, Plan]:
    kind, site, last = read.kind("kind"), read.site("site"), read.day("last", required=False)
    name = read.text("resource", longest=80)
    if not read.cell("kind"):
        read.blame("kind", CellEmpty())
    wanted = read.cell("site").split(" ")[0].upper()
    known = [
        each
        for each in read.known.resources
        if (same(each.name), each.kind) == (same(name), kind) and wanted in ("", each.site)
    ]
    if len(known) > 1:
        read.blame("resource", SeveralCalledSo(text=name))
    elif not known and kind in ("officer", "agency_officer"):
        read.blame("kind", ByInvitation())
    elif not known and not read.cell("site"):
        read.blame("site", CellEmpty())
    if last and last < read.known.today and not known:
        read.blame("last", PastDay())
    found = known[0] if len(known) == 1 else None
    grade, skills = _able(read, found)
    return (kind, same(name), site), PlacePlan(
        known=found, kind=kind, name=name, site=site, last=last, grade=grade, skills=skills
    )


def _able(read: Reader, known: Named | None) -> tuple[int | None, int | None]:
    """Grade and abilities as far as they change; what the office does not name any more stays with the officer."""
    grade, has = read.grade("grade"), known.skills if known else 0
    named = (
        ("skills", read.skills("skills"), sum(each.bit for each in read.known.skills)),
        ("languages", read.languages("languages"), bits_of(read.known.languages)),
    )
    other = {column: (bits, of) for column, bits, of in named if bits is not None and bits != has & of}
    grade = None if grade == (known.grade if known else 0) else grade
    for column in [*(["grade"] if grade is not None else []), *other]:
        if known is None or known.kind != "officer":
            read.blame(column, OnlyOfficers())
        elif not read.known.everywhere:
            read.blame(column, QualifiedByAdministrators())
    for bits, of in other.values():
        has = has & ~of | bits
    return grade, has if other else None


def _order(read: Reader, start: datetime, end: datetime) -> None:
    if end <= start:
        read.blame("to", EndsBeforeItBegins())
    elif end.date() < read.known.today:
        read.blame("to", PastDay())


_NOBODY = Named(id=UUID(int=0), kind="", name="", site="")
_RESOURCE = (
    Column(key="resource", name=N_("ressource"), also=("nom", "name", "resource", "recurso"), required=True),
    Column(key="kind", name=N_("genre"), also=("kind", "type", "tipo")),
    Column(key="site", name=N_("site"), also=("terminal",)),
)
_STRETCH = (
    Column(
        key="from",
        name=N_("du"),
        also=("from", "début", "de"),
        required=True,
        hint=N_("24/12/2026 14:30, ou le jour seul"),
    ),
    Column(
        key="to", name=N_("au"), also=("to", "fin", "até"), required=True, hint=N_("Un jour seul est compris en entier")
    ),
    Column(key="reason", name=N_("raison"), also=("reason", "motif", "motivo"), required=True),
)
COLUMNS: Mapping[str, tuple[Column, ...]] = {
    "days": (
        Column(key="day", name=N_("jour"), also=("date", "day", "dia"), required=True, hint=N_("24/12/2026")),
        Column(key="name", name=N_("nom"), also=("name", "fête", "raison", "nome"), required=True),
        Column(
            key="works",
            name=N_("on travaille"),
            also=("ouvert", "works", "open"),
            hint=N_("oui garde le bureau ouvert ce jour-là"),
        ),
        Column(key="tentative", name=N_("à confirmer"), also=("tentative",), hint=N_("oui si la date suit la lune")),
        Column(key="everywhere", name=N_("tous les bureaux"), also=("everywhere", "all"), hint=N_("oui ou non")),
    ),
    "hours": (
        *_RESOURCE,
        Column(
            key="first", name=N_("à partir du"), also=("from", "first", "depuis"), required=True, hint=N_("24/12/2026")
        ),
        Column(key="last", name=N_("jusqu'au"), also=("to", "last", "until"), hint=N_("Vide : sans fin")),
        *(
            Column(
                key=f"day{isodow}",
                name=name,
                also=(english,),
                required=True,
                hint=N_("8:00-12:00, 13:00-17:00 ; vide : fermé") if isodow == 1 else N_("Comme lundi"),
            )
            for (isodow, name), english in zip(
                DAYS.items(),
                ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
                strict=True,
            )
        ),
    ),
    "absences": (*_RESOURCE, *_STRETCH),
    "closures": (
        Column(key="site", name=N_("site"), also=("terminal",), hint=N_("Le code ; vide : tout le bureau")),
        *_STRETCH,
    ),
    "resources": (
        *_RESOURCE[:1],
        Column(
            key="kind",
            name=N_("genre"),
            also=("kind", "type", "tipo"),
            required=True,
            hint=N_("aire, scanner ou chariot"),
        ),
        Column(key="site", name=N_("site"), also=("terminal",), required=True, hint=N_("Le code du site")),
        Column(key="last", name=N_("dernier jour"), also=("last", "jusqu'au"), hint=N_("Vide : sans fin")),
        Column(
            key="grade",
            name=N_("grade"),
            also=("rank", "rang"),
            hint=N_("Vérificateurs : de 0 à 20 ; vide : comme avant"),
        ),
        Column(
            key="skills",
            name=N_("habilitations"),
            also=("skills", "habilitation"),
            hint=N_("Noms ou numéros, avec des virgules ; « aucune » les retire ; vide : comme avant"),
        ),
        Column(
            key="languages",
            name=N_("langues"),
            also=("languages", "langue", "línguas"),
            hint=N_("Parlées en plus de celle du bureau ; « aucune » les retire ; vide : comme avant"),
        ),
    ),
}
_READERS: Mapping[str, Callable[[Reader], tuple[object, Plan]]] = {
    "days": _days,
    "hours": _hours,
    "absences": _absences,
    "closures": _closures,
    "resources": _places,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A file as plans by the number of their line, and what is wrong with the other lines."""

    plans: Mapping[int, Plan]
    faults: Sequence[Fault]


def planned(kind: str, lines: Sequence[Line], known: Known) -> Planned:
    """What the lines of a file ask for. A line said twice in the same words counts once."""
    plans: dict[int, Plan] = {}
    faults: list[Fault] = []
    said: dict[object, tuple[int, Plan]] = {}
    for line in lines:
        read = Reader(line, known)
        key, plan = _READERS[kind](read)
        if not read.faults and key in said and said[key][1] != plan:
            read.blame(COLUMNS[kind][0].key, SaidTwice(line=said[key][0]))
        faults += read.faults
        if not read.faults and key not in said:
            said[key] = (line.number, plan)
            plans[line.number] = plan
    return Planned(plans=plans, faults=faults)
