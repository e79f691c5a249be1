"""The history of a case for one reader: where the time went and step by step, on the track page and the case page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from scheduling import Interval
from visits.assignment import rules as assignment
from visits.journey.states import OVER
from visits.journey.timeline import Happening, Line, account
from visits.performance import queries
from visits.performance.turns import Turn, by_owner, in_minutes, owner_after, turns, worked
from visits.portals.queries import Listed
from visits.portals.steps import IN_A_SENTENCE, flag_of, holder_of
from visits.portals.telling import told
from visits.sites.tables import Office
from visits.store.work import Work
from visits.texts import N_
from visits.web.language import day_time, day_time_short, duration, say

MINUTE = timedelta(minutes=1)
#: Reasons that are codes; any other was typed by a person and is shown as typed.
REASONS = {
    "lane_changed": N_("le circuit a changé"),
    "withdrawn": N_("retiré par le système de dédouanement"),
    **assignment.TOLD,
    **assignment.SENTENCES,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What a page needs: the time by owner (None before a lane was chosen), and the steps, newest first."""

    steps: list[dict[str, Any]]
    spent: dict[str, Any] | None
    story: list[Happening]
    hours: list[Interval]


async def history_of(
    work: Work, declaration_id: Any, cases: Sequence[Listed], office: Office, language: str, *, staff: bool
) -> History:
    """The history of a declaration and of these of its visits, up to now or to the end."""
    zone = ZoneInfo(office.tz)
    story = await queries.story(work, declaration_id, [each.visit.id for each in cases] if staff else None)
    start = next((each.at for each in story if each.kind == "lane_selected"), None)
    released = next((each.at for each in story if each.kind == "release_issued"), None)
    end = released or _closed(cases) or work.now
    first = min([each.at for each in story], default=work.now)
    hours = await queries.office_hours(work, office, first, end)
    cut = turns(await queries.changes(work, declaration_id), story, start=start, end=end) if start else []
    reader = _Reader(language, zone, staff)
    lines = account(story, staff=staff)
    return History(
        steps=reader.steps(lines, cut, hours, end if released or _closed(cases) else None, work.now),
        spent=reader.spent(cut, hours, lines) if cut else None,
        story=story,
        hours=hours,
    )


def _closed(cases: Sequence[Listed]) -> datetime | None:
    """When the last visit was over, if none goes on."""
    if not cases or any(each.standing.state not in OVER for each in cases):
        return None
    return max(each.visit.state_since for each in cases)


@dataclass(frozen=True, slots=True)
class _Reader:
    language: str
    zone: ZoneInfo
    staff: bool

    def name(self, owner: str) -> str:
        """The holder as this reader calls it."""
        if owner == "declarant" and not self.staff:
            return say(N_("Vous"), self.language)
        return say(holder_of(owner), self.language)

    def phrase(self, owner: str) -> str:
        """The holder inside a sentence."""
        if owner == "declarant" and not self.staff:
            return say(N_("vous"), self.language)
        return say(IN_A_SENTENCE[flag_of(owner)], self.language)

    def spent(self, cut: Sequence[Turn], hours: list[Interval], lines: Sequence[Line]) -> dict[str, Any]:
        """Where the time went; by office hours, or by the calendar where the office has none."""
        calendar = sum((turn.length for turn in cut), timedelta())
        parts = by_owner(cut, hours)
        inside = bool(parts)
        parts = in_minutes(parts or by_owner(cut))
        longest = parts[0][0]
        turn = max(
            (each for each in cut if each.owner == longest),
            key=lambda each: worked(each.start, each.end, hours) if inside else each.length,
        )
        begun = next((line for line in reversed(lines) if line.at <= turn.start), None)
        legend = [(flag_of(owner), self.name(owner), duration(time, self.language)) for owner, time in parts]
        return {
            "total": duration(sum((time for _, time in parts), timedelta()), self.language),
            "inside": inside,
            "calendar": duration(calendar, self.language),
            "parts": [(flag_of(owner), time / MINUTE) for owner, time in parts],
            "legend": legend,
            "label": ", ".join(f"{name} {time}" for _, name, time in legend),
            "longest": self.phrase(longest),
            "after": told(begun.sentence, self.language, self.zone) if begun else "",
            "turn": duration(worked(turn.start, turn.end, hours) if inside else turn.length, self.language),
        }

    def steps(
        self, lines: Sequence[Line], cut: Sequence[Turn], hours: list[Interval], end: datetime | None, now: datetime
    ) -> list[dict[str, Any]]:
        """The steps, newest first, each with who held the clock until the next."""
        shown = []
        for place, line in enumerate(lines):
            until = lines[place + 1].at if place + 1 < len(lines) else (end or now)
            over = line.final or (end is not None and line.at >= end)
            owner = "" if over else (owner_after(cut, line.at) if cut and line.at >= cut[0].start else "customs")
            going_on = place + 1 == len(lines) and end is None
            shown.append(
                {
                    "at": line.at.isoformat(),
                    "when": day_time_short(line.at, self.language, self.zone),
                    "text": told(line.sentence, self.language, self.zone),
                    "owner": flag_of(owner) if owner else "",
                    "gap": "" if over else self._gap(owner, line.at, until, hours, going_on),
                    "heard": day_time(line.heard_at, self.language, self.zone) if line.heard_at else "",
                    "who": line.who,
                    "reason": say(REASONS[line.reason], self.language) if line.reason in REASONS else line.reason,
                }
            )
        return shown[::-1]

    def _gap(self, owner: str, start: datetime, end: datetime, hours: list[Interval], going_on: bool) -> str:
        if end - start < MINUTE:
            return ""
        name, inside = self.name(owner), worked(start, end, hours)
        if hours and inside < MINUTE:
            return say(N_("%(owner)s, hors des heures d'ouverture"), self.language, owner=name)
        span = duration(inside if hours else end - start, self.language)
        if going_on:
            return say(N_("%(owner)s, depuis %(span)s"), self.language, owner=name, span=span)
        if hours and end - start - inside > MINUTE:
            return say(N_("%(owner)s, %(span)s (fermeture non comptée)"), self.language, owner=name, span=span)
        return say(N_("%(owner)s, %(span)s"), self.language, owner=name, span=span)
