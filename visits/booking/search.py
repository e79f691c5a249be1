"""Who can play which role of a visit, and when: the masks of starts a search answers from, and the choice of a booking.

Each role is busy as long as the visit and its own steps before and after. Steps may be shut to a visit: an officer is
still on the way from another site, or a place is kept for others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, partial
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import TextClause, text

from scheduling import either, starts
from visits.booking.queries import Masks, gone
from visits.booking.rules import Need
from visits.booking.strain import PEOPLE, Fit
from visits.store.work import Work

_NEEDS = """
from unnest(
    cast(:kinds as text[]), cast(:skills as bigint[]), cast(:sites as uuid[]), cast(:fixed as boolean[]),
    cast(:agencies as uuid[]), cast(:wanted as bigint[]), cast(:rooms as int[]), cast(:percents as int[]),
    cast(:lasts as int[])
) with ordinality as need(kind, skills, site_id, fixed, agency_id, mask, room, percent, last, place)
"""
#: The days one need may use, by the index of working days.
_FITS = """
where b.work <> 0 and b.office_id = :office and b.day between :first and :last and b.kind = need.kind
    and b.skills & need.skills = need.skills and b.agency_id is not distinct from need.agency_id
    and (b.site_id = need.site_id or not need.fixed and (b.site_id is null or need.site_id is null))
"""


def _room(beside: bool) -> str:
    """Has somebody room for the visit's minutes? Only the hours of visits count; where a day may hold anything `beside`
    them they are added up for whoever has no room with all that is booked."""
    exact = "\n    or visit_minutes(b.resource_id, b.day, cast(:gone as uuid[])) <= need.room" if beside else ""
    return f"(need.room is null or bit_count(cast(b.work & ~(now.had) as bit(64))) * :step <= need.room{exact})"


#: Is so much of the shift not yet over when the visit ends?
_FRESH = """(need.percent is null or bit_count(cast(b.work & ((1::bigint << need.last) - 1) as bit(64))) * 100
    <= bit_count(cast(b.work as bit(64))) * need.percent)"""
_PEOPLE = ", ".join(f"'{kind}'" for kind in sorted(PEOPLE))
#: Who works so needs a rest, somewhere among these steps.
_RESTS = f"""
left join unnest(cast(:rest_works as bigint[]), cast(:rest_pauses as bigint[])) as rest(work, pause)
    on rest.work = b.work and b.kind in ({_PEOPLE})"""


def _now(spare: bool, shut: bool, rest: bool) -> str:
    """Days of resources and what is free of them: `spare` is what the visit itself, or holds that ran out, would give
    back; `shut` is what this visit cannot have; `rest` tells who needs one."""
    had = "b.free"
    found = "from day_bits b" + (_RESTS if rest else "")
    if spare:
        had = "(b.free | coalesce(spare.mask, 0))"
        found += """
left join unnest(cast(:spare_days as date[]), cast(:spare_resources as uuid[]), cast(:spare_masks as bigint[]))
    as spare(day, resource_id, mask) on spare.day = b.day and spare.resource_id = b.resource_id"""
    if not shut:
        return f"{found}\ncross join lateral (select {had} as had, {had} & b.work as free) now"
    return f"""{found}
left join unnest(cast(:shut_days as date[]), cast(:shut_resources as uuid[]), cast(:shut_fars as bigint[]),
    cast(:shut_kepts as bigint[])) as shut(day, resource_id, far, kept)
    on shut.day = b.day and shut.resource_id = b.resource_id
cross join lateral (select {had} as had, {had} & b.work & ~coalesce(shut.far, 0) as wide) but
cross join lateral (select but.had, but.wide, but.wide & ~coalesce(shut.kept, 0) as free) now"""


@cache
def _chosen(spare: bool, shut: bool, beside: bool, rest: int) -> TextClause:
    """One statement for the rest people need, in steps; 0 where nobody needs one."""
    left = _runs("now.had & ~need.mask & rest.pause", rest)
    rested = f"\nand (rest.pause is null or ({left}) <> 0)" if rest else ""
    return text(
        "select need.place, found.resource_id"
        + _NEEDS
        + "cross join lateral (select b.resource_id "
        + _now(spare, shut, rest > 0)
        + _FITS
        + f"and now.free & need.mask = need.mask\nand {_room(beside)}\nand {_FRESH}{rested}"
        + " order by bit_count(cast(b.skills & ~need.skills as bit(64))), b.resource_id limit 1) found"
    )


#: The places a bigint has for steps: all but the sign.
_STEPS = (1 << 63) - 1
_HOURS = text(
    "select distinct kind, work from day_bits where office_id = :office and day between :first and :last"
    " and kind = any(cast(:people as text[])) and work <> 0"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shut:
    """Steps of resources this visit cannot have, though nobody has booked them."""

    #: Too far away to be there in time.
    far: Masks = field(default_factory=dict)
    #: Kept for others.
    kept: Masks = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.far or self.kept)


NOTHING_SHUT = Shut()


@dataclass(frozen=True, slots=True, kw_only=True)
class Starts:
    """For each resource of a role on one day, or for all together: starts at which it works, is not yet too tired, is
    free, and would be free but for `kept`."""

    work: tuple[int, ...] = ()
    fresh: tuple[int, ...] | None = None
    free: tuple[int, ...] = ()
    wide: tuple[int, ...] | None = None
    #: How many resources one mask stands for.
    many: int | None = None
    #: Who works so must have a rest among these steps.
    rests: Mapping[int, int] = field(default_factory=dict)


NOBODY = Starts()


@cache
def _masks(
    length: int,
    around: tuple[tuple[int, int], ...],
    *,
    spare: bool,
    shut: bool,
    apart: bool,
    tires: bool,
    beside: bool,
    rest: int = 0,
) -> TextClause:
    """One statement for a length of visit and the steps around it for each role: the shifts stand in the text, which
    the database runs 6 to 14 times faster than a function with a case for each length.

    Where it matters how tired one is, those who work the same steps are told together. `rest`, in steps, is asked of
    those who need one.
    """
    parts = []
    grouped, works = ("b.day, b.work", "b.work") if tires else ("b.day", "0")
    for before, after in sorted(set(around)):
        places = [str(place) for place, each in enumerate(around, 1) if each == (before, after)]
        only = f" where need.place in ({', '.join(places)})" if len(places) < len(around) else ""
        told = [_told(_starts("b.work", before, length, after), "", apart) + " as starts"]
        for name, each in ({"free": "now.free"} | ({"wide": "now.wide"} if shut else {})).items():
            fits = f"({_starts(each, before, length, after)})" + (" & coalesce(rested.fits, -1)" if rest else "")
            told.append(f"{_told(fits, _room(beside), apart)} as {name}")
        parts.append(
            "select need.place, found.*"
            + _NEEDS
            + f"cross join lateral (select b.day, {works} as work, count(*) as many, {', '.join(told)} "
            + _now(spare, shut, rest > 0)
            + (_rested(rest, before, length, after) if rest else "")
            + _FITS
            + f"group by {grouped}) found{only}"
        )
    return text(" union all ".join(parts))


def _told(starts: str, where: str, apart: bool) -> str:
    """The starts of each resource, or of all together; none of those for whom something does not hold."""
    if not where:
        return f"{'array_agg' if apart else 'bit_or'}({starts})"
    if apart:
        return f"array_agg(case when {where} then {starts} else 0 end)"
    return f"coalesce(bit_or({starts}) filter (where {where}), 0)"


def _starts(column: str, before: int, length: int, after: int) -> str:
    """The starts at which a column has every step of the visit and around it."""
    found = _runs(column, before + length + after)
    return f"(({found}) << {before}) & {_STEPS}" if before else found


def _runs(column: str, length: int) -> str:
    """The steps at which so many in a row begin."""
    return " & ".join(f"(({column}) >> {shift})" if shift else f"({column})" for shift in range(length))


def _rested(rest: int, before: int, length: int, after: int) -> str:
    """The starts that leave somebody's rest: the last one that is possible lies after the visit, or the first one
    before it. Each step of the reckoning by itself, or the database would do it many times over."""
    return f"""
cross join lateral (select {_runs("now.had & rest.pause", rest)} as runs offset 0) gap
cross join lateral (select gap.runs & -gap.runs as first, gap.runs >> {length + after} as last offset 0) ends
cross join lateral (select -(ends.first << {rest + before}) | case when ends.last = 0 then 0 else
    (1::bigint << (65 - position(B'1' in cast(ends.last as bit(64))))) - 1 end as fits offset 0) rested"""


async def start_masks(
    work: Work,
    office_id: UUID,
    needs: Sequence[Need],
    fit: Fit,
    *,
    first: date,
    last: date,
    length: int,
    spare: Masks,
    shut: Shut = NOTHING_SHUT,
    apart: bool = False,
) -> dict[tuple[date, str], Starts]:
    """By day and role what its resources can begin: each by itself if `apart`, else all together."""
    if not needs:
        return {}
    bound = _bound(office_id, needs, fit, first, last, spare, shut)
    bound["rooms"] = [fit.room(need.kind, length) for need in needs]
    statement = partial(
        _masks,
        length,
        tuple((need.before, need.after) for need in needs),
        spare=bool(spare),
        shut=bool(shut),
        apart=apart,
        tires=any(fit.percent(need.kind) is not None for need in needs),
        beside=fit.beside,
    )
    rows = (await work.session.execute(statement(), bound)).all()
    rests: dict[int, int] = {}
    if _long(rows, needs, fit, length, apart=apart):
        rests = await rests_of(work, office_id, fit, first, last)
    if rests:
        rows = (await work.session.execute(statement(rest=fit.rest), bound | _resting(rests))).all()
    many: dict[tuple[date, str], list[Any]] = {}
    for row in rows:
        many.setdefault((row.day, needs[row.place - 1].role), []).append(row)
    return {
        key: _starts_of(some, fit, needs[some[0].place - 1], length, rests, shut=bool(shut), apart=apart)
        for key, some in many.items()
    }


def _long(rows: Sequence[Any], needs: Sequence[Need], fit: Fit, length: int, *, apart: bool) -> bool:
    """May somebody work longer than anybody does without a rest? Nobody, where all of them together do not."""
    most = fit.without_rest
    if most is None:
        return False
    for row in rows:
        need = needs[row.place - 1]
        if need.kind in PEOPLE:
            begun = either(row.starts) if apart else row.starts
            if starts(either(begun >> need.before << step for step in range(need.before + length + need.after)), most):
                return True
    return False


class Alike(NamedTuple):
    """What a search tells of those who work the same steps, all together."""

    starts: Sequence[int]
    free: Sequence[int]
    wide: Sequence[int]


def _starts_of(
    rows: Sequence[Any], fit: Fit, need: Need, length: int, rests: Mapping[int, int], *, shut: bool, apart: bool
) -> Starts:
    """What those who work the same steps can begin, put together."""
    worked: list[int] = []
    fresh: list[int] = []
    free: list[int] = []
    wide: list[int] = []
    for row in rows:
        able = fit.begun(need.kind, row.work, length)
        its = row if apart else Alike((row.starts,), (row.free,), (row.wide,) if shut else ())
        worked += its.starts
        fresh += [mask & able for mask in its.starts]
        free += [mask & able for mask in its.free]
        wide += [mask & able for mask in its.wide] if shut else ()
    tires = fit.percent(need.kind) is not None
    known = rests if need.kind in PEOPLE else {}
    if apart:
        return Starts(
            work=tuple(worked),
            fresh=tuple(fresh) if tires else None,
            free=tuple(free),
            wide=tuple(wide) if shut else None,
            rests=known,
        )
    return Starts(
        work=(either(worked),),
        fresh=(either(fresh),) if tires else None,
        free=(either(free),),
        wide=(either(wide),) if shut else None,
        many=sum(row.many for row in rows),
        rests=known,
    )


def _resting(rests: Mapping[int, int]) -> dict[str, Any]:
    return {"rest_works": list(rests), "rest_pauses": list(rests.values())}


async def rests_of(work: Work, office_id: UUID, fit: Fit, first: date, last: date) -> dict[int, int]:
    """Among which steps those must have a rest who work so between two days."""
    rows = await work.session.execute(
        _HOURS, {"office": office_id, "first": first, "last": last, "people": sorted(PEOPLE)}
    )
    return {row.work: pause for row in rows if (pause := fit.pause(row.kind, row.work)) is not None}


async def choose(
    work: Work,
    office_id: UUID,
    needs: Sequence[Need],
    fit: Fit,
    *,
    day: date,
    masks: Mapping[str, int],
    rests: Mapping[int, int],
    spare: Masks,
    shut: Shut = NOTHING_SHUT,
) -> dict[str, UUID]:
    """One resource a role that is free for its mask: fewest other skills first, then the lowest id (product,
    Decided 7). `rests` are those of all who work that day, by the steps they work."""
    lengths = [masks[need.role].bit_count() - need.before - need.after for need in needs]
    bound = _bound(office_id, needs, fit, day, day, spare, shut) | {
        "wanted": [masks[need.role] for need in needs],
        "rooms": [fit.room(need.kind, length) for need, length in zip(needs, lengths, strict=True)],
        "percents": [fit.percent(need.kind) for need in needs],
        "lasts": [masks[need.role].bit_length() - need.after for need in needs],
    }
    rest = fit.rest if rests else 0
    statement = _chosen(bool(spare), bool(shut), fit.beside, rest)
    rows = await work.session.execute(statement, bound | (_resting(rests) if rest else {}))
    return {needs[row.place - 1].role: row.resource_id for row in rows}


def _bound(
    office_id: UUID, needs: Sequence[Need], fit: Fit, first: date, last: date, spare: Masks, shut: Shut
) -> dict[str, Any]:
    rows = sorted({*shut.far, *shut.kept})
    closed = {
        "shut_days": [day for day, _ in rows],
        "shut_resources": [resource for _, resource in rows],
        "shut_fars": [shut.far.get(row, 0) for row in rows],
        "shut_kepts": [shut.kept.get(row, 0) for row in rows],
    }
    given_back = {
        "spare_days": [day for day, _ in spare],
        "spare_resources": [resource for _, resource in spare],
        "spare_masks": list(spare.values()),
    }
    asked = {
        "office": office_id,
        "first": first,
        "last": last,
        "kinds": [need.kind for need in needs],
        "skills": [need.skills for need in needs],
        "sites": [need.site_id for need in needs],
        "fixed": [need.fixed for need in needs],
        "agencies": [need.agency_id for need in needs],
        "wanted": [0 for _ in needs],
        "rooms": [None for _ in needs],
        "percents": [None for _ in needs],
        "lasts": [0 for _ in needs],
        "step": fit.minutes,
    }
    if fit.beside:
        asked["gone"] = gone(spare)
    return asked | (closed if shut else {}) | (given_back if spare else {})
