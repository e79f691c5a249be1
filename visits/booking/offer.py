"""What can be booked for a visit, and why the rest cannot: the same answer lists the slots and judges a booking."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from scheduling import Day, Grid, OffGrid, Reason, Role, Slot, Why, either, first, nearest, span
from visits.booking import landing, premises_rows, queries, rules
from visits.booking.buffers import Around, at_home, padded
from visits.booking.lost import lost_days
from visits.booking.quotas import Standing
from visits.booking.quotas_limits import Ask, limits_of, standing_of
from visits.booking.rules import Need, Policy
from visits.booking.search import NOBODY, NOTHING_SHUT, Shut, Starts, start_masks
from visits.booking.strain import Fit, Strain, is_of_high_risk
from visits.booking.tables import Appointment
from visits.declarations.queries import Case
from visits.events import AppointmentRequested
from visits.ids import DeclarationId, VisitId
from visits.journey.states import Level, State, next_state
from visits.roles import CHIEFS, FIRM
from visits.roles import Role as RoleName
from visits.sites import queries as sites
from visits.sites.hours import grid_of
from visits.sites.policies import Policies, policy
from visits.sites.tables import Office
from visits.store.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What one visit asks of the calendars."""

    case: Case
    grid: Grid
    policy: Policy
    needs: tuple[Need, ...]
    #: How many steps of the grid the visit takes.
    length: int
    #: Who books it, and why it goes before others.
    standing: Standing
    #: What of a day may be asked of those it needs.
    fit: Fit
    #: The hour before which its goods cannot be there: their ship is still awaited.
    not_before: datetime | None = None

    def masks(self, step: int) -> dict[str, int]:
        """The steps each role is busy with it, from its own steps before a start to those after the end."""
        return {need.role: span(step - need.before, need.before + self.length + need.after) for need in self.needs}

    def ask(self, spare: queries.Masks) -> Ask:
        """The question about what stands in its way."""
        return Ask(
            case=self.case,
            grid=self.grid,
            policy=self.policy,
            standing=self.standing,
            length=self.length,
            spare=spare,
        )

    @property
    def names(self) -> dict[str, str]:
        """The agencies' names by role."""
        return {need.role: need.name for need in self.needs if need.guest}


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """The days a visit can be booked on, with what it has already."""

    asked: Asked
    days: tuple[Day, ...]
    holidays: Mapping[date, str]
    #: A time kept for a few minutes, if there is one that has not run out.
    held: Appointment | None = None
    #: The confirmed appointment.
    booked: Appointment | None = None
    #: Steps that are free but not for this visit; and what it would give back itself.
    shut: Shut = NOTHING_SHUT
    spare: queries.Masks = field(default_factory=dict)
    #: Who works these steps must have a rest among those.
    rests: Mapping[int, int] = field(default_factory=dict)

    @property
    def first(self) -> Slot | None:
        """The earliest slot on offer."""
        return first(self.days)

    def nearest(self, wanted: datetime) -> Slot | None:
        """The slot on offer nearest to one that was lost."""
        return nearest(self.days, wanted)

    def day(self, day: date) -> Day | None:
        """One of the days."""
        return next((each for each in self.days if each.day == day), None)

    def find(self, starts_at: datetime) -> tuple[Day, int]:
        """Day and step of a start that can be booked; else the refusal that says which rule removes it."""
        policy = self.asked.policy
        if starts_at < self.days[0].now:
            raise rules.SlotPast(starts_at=starts_at)
        try:
            wanted, step = self.asked.grid.step_of(starts_at)
        except OffGrid:
            raise rules.SlotClosed(starts_at=starts_at) from None
        day = self.day(wanted)
        reason = day.why(step) if day is not None else Reason(why=Why.TOO_FAR)
        if reason is not None and self._awaited(reason, starts_at):
            raise landing.BeforeLanding(until=self._ready())
        if reason is not None:
            raise rules.refuse(reason, policy, starts_at=starts_at, days=self.masks())
        assert day is not None
        return day, step

    def said(self, reason: Reason, day: date) -> tuple[str, dict[str, object]]:
        """A reason in words: a French text and its facts."""
        if self._awaited(reason, self.asked.grid.opens(day)):
            return landing.BeforeLanding.says, {"until": self._ready()}
        holiday = self.holidays.get(day, "")
        return rules.words(reason, self.asked.policy, holiday=holiday, names=self.asked.names)

    def _awaited(self, reason: Reason, starts_at: datetime) -> bool:
        """Is it the ship that removes a start, and no shortness of notice?"""
        earliest = self.asked.not_before
        return reason.why is Why.TOO_SOON and earliest is not None and starts_at < earliest

    def _ready(self) -> datetime | None:
        """When the goods can be there, in the office's time."""
        at = self.asked.not_before
        return at.astimezone(self.asked.grid.zone) if at else None

    def masks(self) -> list[dict[str, Any]]:
        """The days as programs read them: bit i of the mask is a free start i steps after `opens_at`."""
        return [{"day": day.day, "opens_at": day.opens, "mask": f"{day.mask:016x}"} for day in self.days if day.mask]

    @property
    def version(self) -> str:
        """Changes when what is on offer changes."""
        return hashlib.sha256(repr([(each["day"], each["mask"]) for each in self.masks()]).encode()).hexdigest()[:16]


async def asked(work: Work, case: Case) -> Asked:
    """What a visit needs, by its level and order, under the office's rules for whoever asks."""
    visit, level = case.visit, Level(case.visit.level)
    grid = grid_of(case.office)
    agencies = await queries.agencies_by_code(work, visit.order.get("agencies") or [])
    needs = rules.needs_of(level, visit.order, site_id=visit.site_id, agencies=agencies)
    home = None
    if visit.site_id is None and rules.needs_place(level):
        home = await premises_rows.home_of(work, visit.id)
        if home is None:
            raise rules.PlaceFirst()
    needs = padded(needs, policy(case.office, Around), grid, level=level, site_id=visit.site_id)
    limits = policy_of(work, case.office)
    return Asked(
        case=case,
        grid=grid,
        policy=limits,
        needs=at_home(needs, grid, home.minutes) if home is not None else needs,
        length=grid.count(timedelta(minutes=visit.minutes)),
        standing=await standing_of(work, case, staff=limits.staff),
        fit=fit_of(case.office, visit.order),
        not_before=await landing.not_before(work, case),
    )


def fit_of(office: Office, order: Mapping[str, Any]) -> Fit:
    """What an office's rules let a visit ask of whoever makes it."""
    strain, around = policy(office, Strain), policy(office, Around)
    return Fit(
        minutes=grid_of(office).minutes,
        rules=strain,
        demanding=is_of_high_risk(order, strain),
        beside=bool(around.buffers or around.trips or policy(office, Policies).home_kilometres),
    )


def policy_of(work: Work, office: Office) -> Policy:
    """The office's rules of booking for whoever acts."""
    staff, values = work.actor.is_a(*CHIEFS, RoleName.SYSTEM), policy(office, Policies)
    return Policy(
        hold=timedelta(minutes=values.hold_minutes),
        notice=timedelta(minutes=0 if staff else values.notice_minutes),
        horizon=values.horizon_staff_days if staff else values.horizon_days,
        holds=values.holds_per_firm,
        freeze=timedelta(minutes=values.freeze_minutes),
        staff=staff,
    )


def bookable(work: Work, case: Case) -> State:
    """The visit's state if the actor may book or move it now; refuses any other state and role."""
    state = State(case.visit.state)
    event = "appointment_moved" if state is State.BOOKED else "appointment_confirmed"
    next_state(state, event, Level(case.visit.level), work.actor.roles)
    return state


async def offer(work: Work, case: Case, *, giving: Iterable[Appointment] = ()) -> Offer:
    """What the visit can book now. `giving` are appointments that will be given back in the same step."""
    bookable(work, case)
    wanted = await asked(work, case)
    parts = list(await queries.spare_parts(work, case.office.id, case.visit.id))
    parts += await queries.parts_of(work, [each.id for each in giving])
    live = await queries.live_of(work, case.visit.id)
    held = live.get("held")
    return await days_of(
        work,
        wanted,
        spare=queries.masks_of(wanted.grid, parts),
        held=held if held is not None and held.expires_at is not None and held.expires_at >= work.now else None,
        booked=live.get("confirmed"),
    )


async def days_of(
    work: Work,
    wanted: Asked,
    *,
    spare: queries.Masks,
    held: Appointment | None = None,
    booked: Appointment | None = None,
    named: bool = True,
) -> Offer:
    """The days of the horizon, from one statement; holidays by name only for who reads them."""
    office, grid = wanted.case.office, wanted.grid
    today = grid.day_of(work.now)
    last = today + timedelta(days=wanted.policy.horizon - 1)
    limits = await limits_of(work, wanted.ask(spare), today, last)
    masks = await start_masks(
        work,
        office.id,
        wanted.needs,
        wanted.fit,
        first=today,
        last=last,
        length=wanted.length,
        spare=spare,
        shut=limits.shut,
    )
    holidays = await sites.holidays_of(work, office.id, today, last) if named else {}
    lost = (
        await lost_days(
            work,
            office,
            wanted.needs,
            grid,
            length=wanted.length,
            first=today,
            last=last,
            holidays=holidays,
            works={key: either(each.work) for key, each in masks.items()},
        )
        if named
        else {}
    )
    days = [
        Day(
            grid=grid,
            day=day,
            length=wanted.length,
            roles=_roles(wanted.needs, masks, day),
            now=work.now,
            earliest=max(work.now + wanted.policy.notice, wanted.not_before or work.now),
            holiday=day in holidays,
            bars=limits.bars.get(day, ()),
            kept=limits.kept.get(day, ()),
            lost=lost.get(day, ()),
        )
        for day in (today + timedelta(days=ahead) for ahead in range(wanted.policy.horizon))
    ]
    return Offer(
        asked=wanted,
        days=tuple(days),
        holidays=holidays,
        held=held,
        booked=booked,
        shut=limits.shut,
        spare=spare,
        rests={hours: pause for each in masks.values() for hours, pause in each.rests.items()},
    )


async def counted(work: Work, found: Offer, *days: Day) -> list[Day]:
    """Days of an offer in a row, with how many visits could begin at each start."""
    wanted = found.asked
    masks = await start_masks(
        work,
        wanted.case.office.id,
        wanted.needs,
        wanted.fit,
        first=days[0].day,
        last=days[-1].day,
        length=wanted.length,
        spare=found.spare,
        shut=found.shut,
        apart=True,
    )
    return [replace(day, roles=_roles(wanted.needs, masks, day.day)) for day in days]


async def looked(work: Work, found: Offer) -> None:
    """Remember once that the declarant looked for a time, and the earliest one there was."""
    visit = found.asked.case.visit
    if work.actor.is_a(*FIRM) and State(visit.state) is State.TO_BOOK and not await queries.has_asked(work, visit):
        work.emit(
            AppointmentRequested(
                declaration=DeclarationId(visit.declaration_id),
                visit=VisitId(visit.id),
                earliest=found.first.starts_at if found.first else None,
            )
        )


def reason_of(work: Work, reason: str) -> str:
    """The reason staff must give when they act for a declarant."""
    if work.actor.is_a(*CHIEFS) and not reason.strip():
        raise rules.WhyNeeded()
    return reason.strip()


def _roles(needs: Sequence[Need], masks: Mapping[tuple[date, str], Starts], day: date) -> tuple[Role, ...]:
    found = []
    for need in needs:
        its = masks.get((day, need.role), NOBODY)
        found.append(
            Role(
                name=need.role,
                work=its.work,
                fresh=its.fresh,
                free=its.free,
                wide=its.wide,
                guest=need.guest,
                many=its.many,
            )
        )
    return tuple(found)
