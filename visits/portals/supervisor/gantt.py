"""The day's visits as a drawing: one row an inspector, bars that are links; the table on the same page is its equal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from markupsafe import Markup

from scheduling import Interval
from visits.journey.states import Level
from visits.performance.board import Bar
from visits.texts import N_
from visits.web.icons import FLAGS
from visits.web.language import duration, say, time_of

LEFT, RIGHT, TOP, ROW, BAR = 138, 896, 32, 46, 34
WIDTH = 902
#: The widths of a bold figure and of a letter, and what stands left of them in a bar.
FIGURE, LETTER, INSET = 9.2, 7.6, 8
HOUR = timedelta(hours=1)
#: What is written into a bar; a planned one carries only its number.
WORDS = {
    "done": N_("fait"),
    "running": N_("en cours"),
    "over": N_("dépasse"),
    "risk": N_("à risque"),
    "late": N_("en retard"),
    "planned": N_("prévue"),
    "no_show": N_("carence"),
}
#: Bars that may still be moved.
TO_COME = frozenset({"planned", "risk", "late"})
_BOX = {
    "done": ("#e4f4ec", "#0b5a44", ""),
    "running": ("#0e4a78", "#0e4a78", "w"),
    "over": ("#0e4a78", "#0e4a78", "w"),
    "risk": ("#fff5de", "#c27a00", "a"),
    "late": ("#fff5de", "#c27a00", "a"),
    "planned": ("#fff", "#5d7280", ""),
    "no_show": ("#e6eef2", "#5d7280", ""),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One inspector of the day: bars, or the sentence of an absence."""

    name: str
    bars: Sequence[Bar]
    absent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The hours drawn, in the office's time."""

    start: datetime
    end: datetime
    zone: ZoneInfo
    language: str

    def x(self, at: datetime) -> float:
        """Where an instant stands, kept inside the frame."""
        share = (at - self.start) / (self.end - self.start)
        return LEFT + min(1.0, max(0.0, share)) * (RIGHT - LEFT)


def frame(rows: Sequence[Row], hours: Sequence[Interval], now: datetime, zone: ZoneInfo, language: str) -> Frame:
    """The whole hours that hold the office's day and every bar, at least eight of them."""
    starts = [each.start for each in hours] + [bar.start for row in rows for bar in row.bars]
    ends = [each.end for each in hours] + [bar.end for row in rows for bar in row.bars]
    first = _whole(min(starts, default=now), zone)
    last = max([*ends, first + 8 * HOUR])
    whole = _whole(last, zone)
    return Frame(start=first, end=whole if whole == last else whole + HOUR, zone=zone, language=language)


def _whole(at: datetime, zone: ZoneInfo) -> datetime:
    return at.astimezone(zone).replace(minute=0, second=0, microsecond=0)


def draw(rows: Sequence[Row], hours: Sequence[Interval], now: datetime, box: Frame, *, moves: bool = False) -> Markup:
    """The whole drawing. Where visits may be moved, bars carry the forms a drag opens; nothing is moved by it."""
    height = TOP + ROW * len(rows) + 6
    label = say(
        N_("Visites du jour par vérificateur, de %(first)s à %(last)s. La même information est dans le tableau."),
        box.language,
        first=time_of(box.start, box.language, box.zone),
        last=time_of(box.end, box.language, box.zone),
    )
    parts = [
        Markup('<svg class="v-chart" viewBox="0 0 {} {}" role="group" aria-label="{}"{}>').format(
            WIDTH, height, label, _scale(box) if moves else ""
        ),
        _HATCH,
        *_grid(hours, now, box, height),
    ]
    for place, row in enumerate(rows):
        parts += _row(row, TOP + place * ROW, now, box, moves=moves)
    parts.append(Markup("</svg>"))
    return Markup("").join(parts)


_HATCH = Markup(
    '<defs><pattern id="hatch" width="10" height="10" patternUnits="userSpaceOnUse">'
    '<rect width="10" height="10" fill="#e6eef2"/>'
    '<path d="M-2 12 12-2M3 17 17 3M-7 7 7-7" stroke="#cbd7de" stroke-width="3"/></pattern></defs>'
)


def _grid(hours: Sequence[Interval], now: datetime, box: Frame, height: int) -> list[Markup]:
    found = []
    at = box.start
    near = box.x(now) if box.start <= now <= box.end else -100.0
    while at <= box.end:
        x = box.x(at)
        found.append(Markup('<path d="M{:.0f} {}V{}" stroke="#dfe8ec"/>').format(x, TOP, height))
        words = time_of(at, box.language, box.zone)
        beside = at < box.end and box.x(box.end) - x < 14 * len(words)  # the last one stands left of its line
        if abs(x - near) > 62 and not beside:
            anchor = "end" if at == box.end else "middle"
            found.append(
                Markup('<text class="m" x="{:.0f}" y="22" text-anchor="{}">{}</text>').format(x, anchor, words)
            )
        at += HOUR
    for before, after in pairwise(hours):
        left, right = box.x(before.end), box.x(after.start)
        if right - left > 40:
            found.append(
                Markup(
                    '<rect x="{:.0f}" y="{}" width="{:.0f}" height="{}" fill="#f3f7f9"/>'
                    '<text class="m s13" x="{:.0f}" y="{}" text-anchor="middle">{}</text>'
                ).format(
                    left, TOP, right - left, height - TOP, (left + right) / 2, TOP + 14, say(N_("pause"), box.language)
                )
            )
    if near > 0:
        found.append(
            Markup(
                '<path d="M{0:.1f} 28V{1}" stroke="#0c1f2c" stroke-width="2"/>'
                '<rect x="{2:.0f}" y="5" width="80" height="24" rx="12" fill="#0c1f2c"/>'
                '<text class="w b" x="{0:.0f}" y="22" text-anchor="middle">{3}</text>'
            ).format(near, height, near - 40, time_of(now, box.language, box.zone))
        )
    return found


def _scale(box: Frame) -> Markup:
    """What a drag needs to know: the width of a minute, the height of a row, the day and its zone."""
    minute = (RIGHT - LEFT) / ((box.end - box.start) / timedelta(minutes=1))
    day = box.start.astimezone(box.zone).date()
    return Markup(' data-minute="{:.4f}" data-row="{}" data-day="{}" data-tz="{}"').format(
        minute, ROW, day, box.zone.key
    )


def _row(row: Row, top: int, now: datetime, box: Frame, *, moves: bool) -> list[Markup]:
    found = [
        Markup('<path d="M0 {}H{}" stroke="#e6eef2"/>').format(top + ROW + 6, WIDTH),
        Markup('<text x="0" y="{}" class="b">{}</text>').format(top + 37, _short(row.name, 15)),
    ]
    if row.absent:
        found.append(
            Markup(
                '<rect x="{0}" y="{1}" width="{2}" height="30" rx="7" fill="url(#hatch)" stroke="#8ba3b2"/>'
                '<rect x="{7}" y="{3}" width="{4}" height="24" rx="5" fill="#fff"/><text x="{8}" y="{5}">{6}</text>'
            ).format(
                *(LEFT, top + 16, RIGHT - LEFT, top + 19, 22 + 8 * len(row.absent), top + 36, row.absent),
                *(LEFT + 14, LEFT + 24),
            )
        )
    starts = [box.x(each.start) for each in row.bars[1:]] + [float(RIGHT)]
    return found + [
        _bar(each, row.name, top + 14, now, box, until=until, moves=moves)
        for each, until in zip(row.bars, starts, strict=False)
    ]


def _bar(bar: Bar, name: str, y: int, now: datetime, box: Frame, *, until: float, moves: bool) -> Markup:
    """One visit; the row is free until there, so a bar too short for its number has it beside it."""
    x, end = box.x(bar.start) + 1, box.x(bar.end) - 1
    width = max(14.0, end - x)
    fill, stroke, ink = _BOX[bar.kind]
    word = say(word_of(bar), box.language)
    number = bar.planned.number
    dashed = Markup(' stroke-dasharray="5 4"') if bar.kind == "planned" else ""
    parts = [
        Markup(
            '<rect x="{:.1f}" y="{}" width="{:.1f}" height="{}" rx="7" fill="{}" stroke="{}" stroke-width="1.5"{}/>'
        ).format(x, y, width, BAR, fill, stroke, dashed)
    ]
    room = width
    if bar.kind == "running" and box.x(now) < end - 8:
        here = max(box.x(now), x + 1)
        parts.append(
            Markup('<rect x="{:.1f}" y="{}" width="{:.1f}" height="{}" rx="6" fill="#1565a0"/>').format(
                here, y + 1, end - here - 1, BAR - 2
            )
        )
    if bar.kind == "over":
        planned = bar.end - bar.beyond
        here = max(box.x(planned), x + 8)
        room = here - x
        late = duration(bar.beyond, box.language)
        if LETTER * len(late) + 2 * INSET > end - here:
            late = str(bar.beyond // timedelta(minutes=1))
        parts.append(
            Markup(
                '<rect x="{0:.1f}" y="{1}" width="{2:.1f}" height="{3}" rx="7" fill="#fff5de" stroke="#c27a00"'
                ' stroke-width="1.5"/><text class="a b s13" x="{4:.0f}" y="{5}">+{6}</text>'
            ).format(here, y, max(14.0, end - here), BAR, here + 6, y + 22, _short(late, int((end - here) / 8)))
        )
    if bar.planned.level is Level.JOINT and room > 110:
        parts.append(
            Markup('<svg x="{:.0f}" y="{}" width="18" height="18" viewBox="0 0 22 22">{}</svg>').format(
                x + room - 26,
                y + 8,
                Markup(FLAGS["agency"]),  # noqa: S704 (our own constant)
            )
        )
    needed = INSET + FIGURE * len(number)
    fits = needed + 4 <= room
    one_line = bar.kind in ("planned", "over") or not fits or INSET + LETTER * len(word) > room
    if fits:
        parts.append(
            Markup('<text class="s13 b {}" x="{:.0f}" y="{}">{}</text>').format(
                ink, x + INSET, y + (22 if one_line else 15), number
            )
        )
    elif x + width + needed <= until and bar.kind != "over":
        parts.append(Markup('<text class="s13 b" x="{:.0f}" y="{}">{}</text>').format(x + width + 5, y + 22, number))
    if not one_line:
        parts.append(Markup('<text class="s13 {}" x="{:.0f}" y="{}">{}</text>').format(ink, x + INSET, y + 30, word))
    title = f"{bar.planned.title}, {name}, {time_of(bar.start, box.language, box.zone)}, {word}"
    visit = bar.planned.visit
    forms = Markup(' data-move="{0}" data-form="/chief/visits/{1}/slots" data-draw="/chief/assignment/{1}"').format(
        bar.planned.start.isoformat(), visit
    )
    return Markup('<a href="/office/visits/{}"{}><title>{}</title>{}</a>').format(
        visit, forms if moves and bar.kind in TO_COME else "", title, Markup("").join(parts)
    )


def word_of(bar: Bar) -> str:
    """How a visit stands in a word; a running joint or video visit says so."""
    if bar.kind == "running" and bar.planned.level is Level.JOINT:
        return N_("conjointe")
    if bar.kind == "running" and bar.planned.level is Level.VIDEO:
        return N_("vidéo")
    return WORDS[bar.kind]


def _short(text: str, most: int) -> str:
    """A text cut to the characters there is room for."""
    if len(text) <= most:
        return text
    return text[: most - 1].rstrip() + "…" if most > 1 else ""


def rows_of(officers: Sequence[tuple[UUID, str]], drawn: Sequence[Bar], absent: Mapping[UUID, str]) -> list[Row]:
    """One row for each officer with something to show, by name."""
    theirs: dict[UUID | None, list[Bar]] = {}
    for each in drawn:
        theirs.setdefault(each.planned.officer, []).append(each)
    rows = [Row(name=name, bars=theirs.get(id_, []), absent=absent.get(id_, "")) for id_, name in officers]
    return [row for row in rows if row.bars or row.absent]


def legend() -> list[tuple[Any, str]]:
    """The keys of the drawing: a small box and its word."""
    keys = (("done", N_("Faite")), ("running", N_("En cours")), ("risk", N_("À risque")), ("planned", N_("Prévue")))
    return [
        (
            Markup(
                '<svg viewBox="0 0 20 20" aria-hidden="true"><rect x="1.5" y="3" width="17" height="14" rx="4"'
                ' fill="{}" stroke="{}"{}/></svg>'
            ).format(_BOX[kind][0], _BOX[kind][1], Markup(' stroke-dasharray="4 3"') if kind == "planned" else ""),
            word,
        )
        for kind, word in keys
    ]
