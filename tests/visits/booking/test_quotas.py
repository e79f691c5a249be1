"""Places kept, limits, firms and waiting: what is refused is told, what is told is refused, and nothing is oversold."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from scheduling import Quota, QuotaKind, Reason, Why
from tests.support.stage import Stage
from tests.support.steps_booking import another, booked, calendars, held, only, to_book, tomorrow
from tests.support.steps_policies import carrying, ruled, second_site, to_book_at
from visits.booking import quotas, rules
from visits.booking.change import cancel, move
from visits.booking.confirm import confirm
from visits.booking.hold import hold
from visits.booking.offer import Offer, offer
from visits.booking.quotas import CLASSES, KEPT_FOR, LIMITED, Pool, Rules, Standing, goods_classes, in_order
from visits.booking.quotas_change import RuleNotClear, TooManyRules, checked_pools, set_urgent
from visits.booking.reconcile import reconcile
from visits.booking.tables import Appointment
from visits.declarations.lane import Colour
from visits.declarations.queries import case_of
from visits.journey.states import NotYours, WrongState
from visits.journey.tables import Visit
from visits.sites.policies import read
from visits.sites.queries import office_by_id
from visits.store.tables import Audit
from visits.web.problem import TooBusy

FISH = "03038900"


def a_quota(**changes: Any) -> dict[str, Any]:
    """One place from eight to noon kept for perishable goods until two hours before."""
    facts = {
        "kind": "kept",
        "whom": ["perishable"],
        "places": 1,
        "begin": 480,
        "end": 720,
        "hourly": False,
        "weekdays": [],
        "release": 120,
        "site": "",
        "levels": [],
    }
    return facts | changes


async def offered(stage: Stage, visit: Visit, who: str = "declarant") -> Offer:
    async with stage.work(who) as work:
        return await offer(work, await case_of(work, visit.id))


async def free(stage: Stage, visit: Visit, who: str = "declarant") -> list[datetime]:
    """The starts on offer tomorrow."""
    day = (await offered(stage, visit, who)).day(tomorrow(stage, 10).date())
    assert day is not None
    return [slot.starts_at for slot in day.slots()]


async def reason(stage: Stage, visit: Visit, at: datetime) -> Reason | None:
    found = await offered(stage, visit)
    day, step = found.asked.grid.step_of(at)
    shown = found.day(day)
    assert shown is not None
    return shown.why(step)


async def fish(stage: Stage) -> Visit:
    return await carrying(stage, await to_book(stage), FISH)


# -- what goes first (pure) ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("code", "found"),
    [
        pytest.param("03038900", {"perishable"}, id="fish"),
        pytest.param("03019100", {"live", "perishable"}, id="live fish"),
        pytest.param("01022900", {"live"}, id="cattle"),
        pytest.param("87083000", set(), id="brakes"),
        pytest.param("", set(), id="no code"),
    ],
)
def test_goods_say_whether_they_go_first(code: str, found: set[str]) -> None:
    content = {"items": [{"number": 1, "commodity_code": code}]}

    assert goods_classes(Rules(), content, [1], ["00847P"]) == found


def test_only_the_goods_to_be_looked_at_count() -> None:
    content = {"items": [{"number": 1, "commodity_code": FISH}, {"number": 2, "commodity_code": "87083000"}]}

    assert goods_classes(Rules(), content, [2], []) == set()


def test_an_approved_operator_is_known_as_declarant_or_importer() -> None:
    known = Rules(approved=("2604817K",))

    assert goods_classes(known, {}, [], ["00847P", "2604817K"]) == {"approved"}
    assert goods_classes(known, {}, [], ["00847P", None]) == set()


def test_the_rules_read_here_have_the_defaults_an_administrator_sees() -> None:
    shown = read({})

    assert all(getattr(Rules(), name) == getattr(shown, name) for name in Rules.__dataclass_fields__)


@pytest.mark.parametrize(
    ("standing", "bound"),
    [
        pytest.param(Standing(), True, id="an ordinary visit"),
        pytest.param(Standing(classes=("perishable",)), False, id="what it is kept for"),
        pytest.param(Standing(classes=("approved",)), True, id="another priority"),
        pytest.param(Standing(classes=("waiting",)), False, id="one that waited too long"),
        pytest.param(Standing(audience="staff"), True, id="staff"),
    ],
)
def test_what_is_kept_stands_in_the_way_of_others(standing: Standing, bound: bool) -> None:
    assert Pool.of(a_quota()).binds(standing, level="physical", site="") is bound


@pytest.mark.parametrize(
    ("standing", "bound"),
    [
        pytest.param(Standing(), True, id="the public"),
        pytest.param(Standing(audience="staff"), False, id="staff"),
        pytest.param(Standing(classes=("live",)), False, id="a priority"),
    ],
)
def test_a_limit_binds_whom_it_names(standing: Standing, bound: bool) -> None:
    limit = Pool.of(a_quota(kind="most", whom=["public"]))

    assert limit.binds(standing, level="physical", site="") is bound


def test_a_limit_of_another_level_or_site_does_not_bind() -> None:
    limit = Pool.of(a_quota(kind="most", whom=["public"], levels=["scan"], site="A"))

    assert limit.binds(Standing(), level="scan", site="A")
    assert not limit.binds(Standing(), level="physical", site="A")
    assert not limit.binds(Standing(), level="scan", site="B")


def test_what_is_stored_reads_the_same_again() -> None:
    for each in (a_quota(), a_quota(release=None, weekdays=[1, 5], levels=["scan"])):
        assert Pool.of(each).as_json() == each


def test_a_priority_is_told_in_one_order() -> None:
    assert in_order({"waiting", "live", "approved"}) == ("live", "approved", "waiting")


@pytest.mark.parametrize("whom", [*KEPT_FOR, "several"])
def test_every_reason_has_its_words(whom: str) -> None:
    named = ("perishable", "live") if whom == "several" else (whom,)
    until = datetime.fromisoformat("2026-11-24T14:00+00:00")

    text, facts = quotas.words(Reason(why=Why.KEPT, whom=named, until=until))
    assert text % facts == (text % {"until": until})
    assert "%" not in quotas.words(Reason(why=Why.KEPT, whom=named))[0]


@pytest.mark.parametrize("whom", LIMITED)
def test_every_limit_has_its_words(whom: str) -> None:
    text, facts = quotas.words(Reason(why=Why.QUOTA, whom=(whom,), count=20))

    assert "20" in text % facts


@pytest.mark.parametrize(
    "wrong",
    [
        {"whom": []},
        {"whom": ["nobody"]},
        {"kind": "most"},
        {"places": -1},
        {"places": 0},
        {"places": 501},
        {"begin": 720, "end": 720},
        {"end": 1441},
        {"weekdays": [0]},
        {"levels": ["documents"]},
        {"site": "unknown"},
        {"release": 14 * 1440 + 1},
    ],
    ids=str,
)
def test_a_rule_that_means_nothing_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(RuleNotClear):
        checked_pools([Pool.of(a_quota(**wrong))], [])


def test_more_rules_than_anybody_follows_are_refused() -> None:
    with pytest.raises(TooManyRules):
        checked_pools([Pool.of(a_quota())] * 61, [])


# -- places kept ---------------------------------------------------------------------------------------------
async def test_the_last_place_is_kept_and_the_reason_told(stage: Stage) -> None:
    await ruled(stage, quotas=(a_quota(),))
    await only(stage, "bay A", "inspector1")
    await calendars(stage)
    visit = await to_book(stage)

    told = await reason(stage, visit, tomorrow(stage, 10))

    assert told == Reason(why=Why.KEPT, whom=("perishable",), until=tomorrow(stage, 6))
    assert min(await free(stage, visit)) == tomorrow(stage, 13)
    with pytest.raises(rules.SlotKept):
        await stage.run("declarant", hold, visit.id, tomorrow(stage, 10))


async def test_those_it_is_kept_for_take_it_and_the_reason_stays_with_the_appointment(stage: Stage) -> None:
    await ruled(stage, quotas=(a_quota(),))
    await only(stage, "bay A", "inspector1")
    await calendars(stage)
    visit = await fish(stage)

    kept = await stage.run("declarant", hold, visit.id, tomorrow(stage, 10))

    assert (kept.audience, kept.priority) == ("public", ["perishable"])


async def test_a_visit_that_reaches_into_the_window_is_refused_too(stage: Stage) -> None:
    await ruled(stage, quotas=(a_quota(begin=600),))
    await only(stage, "bay A", "inspector1")
    await calendars(stage)
    visit = await to_book(stage)

    assert tomorrow(stage, 9) in await free(stage, visit)
    told = await reason(stage, visit, tomorrow(stage, 9, 15))
    assert told is not None
    assert told.why is Why.KEPT


async def test_a_kept_place_that_was_used_is_not_kept_again(stage: Stage) -> None:
    await ruled(stage, quotas=(a_quota(),))
    await only(stage, "bay A", "inspector1")
    await calendars(stage)
    await held(stage, await fish(stage), tomorrow(stage, 8))
    visit = await to_book(stage)

    assert tomorrow(stage, 9) in await free(stage, visit)


async def test_what_was_not_used_is_released_for_everybody(stage: Stage) -> None:
    await ruled(stage, quotas=(a_quota(),), notice_minutes=0)
    await only(stage, "bay A", "inspector1")
    await calendars(stage)
    visit = await to_book(stage)
    ten = tomorrow(stage, 10)
    stage.clock.set(tomorrow(stage, 5, 59))
    with pytest.raises(rules.SlotKept):
        await stage.run("declarant", hold, visit.id, ten)
    stage.clock.move(minutes=1)

    kept = await stage.run("declarant", hold, visit.id, ten)

    assert kept.status == "held"


async def test_with_two_places_one_is_kept_and_one_is_open(stage: Stage) -> None:
    await ruled(stage, quotas=(a_quota(),))
    await only(stage, "bay A", "bay B", "inspector1", "inspector2")
    await calendars(stage)

    await held(stage, await to_book(stage), tomorrow(stage, 9))
    late = await to_book(stage)

    told = await reason(stage, late, tomorrow(stage, 9))
    assert told is not None
    assert told.why is Why.KEPT
    assert tomorrow(stage, 9) in await free(stage, await fish(stage))
    assert tomorrow(stage, 10) in await free(stage, late)


async def test_a_place_that_is_taken_is_told_as_taken(stage: Stage) -> None:
    await ruled(stage, quotas=(a_quota(),))
    await only(stage, "bay A", "inspector1")
    await calendars(stage)
    await held(stage, await fish(stage), tomorrow(stage, 10))
    late = await to_book(stage)

    told = await reason(stage, late, tomorrow(stage, 10))

    assert told is not None
    assert told.why is Why.TAKEN


async def test_places_may_be_kept_for_the_office_itself(stage: Stage) -> None:
    await ruled(stage, quotas=(a_quota(whom=["staff"]),))
    await only(stage, "bay A", "inspector1")
    await calendars(stage)
    visit = await to_book(stage)

    assert tomorrow(stage, 10) not in await free(stage, visit)
    kept = await stage.run("chief", hold, visit.id, tomorrow(stage, 10), reason="sans rendez-vous")
    assert kept.audience == "staff"


async def test_a_place_kept_at_one_site_leaves_the_bays_of_another(stage: Stage) -> None:
    far = await second_site(stage)
    await ruled(stage, quotas=(a_quota(site=str(far.id)),))
    await only(stage, "bay A", "far bay 0", "inspector1", "inspector2")
    await calendars(stage)
    here, there = await to_book_at(stage, stage.site.id), await to_book_at(stage, far.id)

    assert tomorrow(stage, 10) in await free(stage, here)
    assert tomorrow(stage, 10) not in await free(stage, there)


async def test_a_scanner_is_kept_where_scans_are_meant(stage: Stage) -> None:
    await ruled(stage, quotas=(a_quota(levels=["scan"]),))
    await another(stage, "gate", "scanner", site_id=stage.site.id)
    await only(stage, "gate", "bay A", "inspector1", "inspector2")
    await calendars(stage)
    physical, scan = await to_book(stage), await to_book(stage, level="scan")

    assert tomorrow(stage, 10) in await free(stage, physical)
    told = await reason(stage, scan, tomorrow(stage, 10))
    assert told is not None
    assert told.why is Why.KEPT


async def test_every_start_on_offer_can_be_held_and_no_other(stage: Stage) -> None:
    """The same code lists and judges, with a kept place, a limit and buffers at once."""
    await ruled(
        stage,
        quotas=(a_quota(end=600), a_quota(kind="most", whom=["public"], places=1, begin=780, end=1020, hourly=True)),
        buffers=({"kind": "bay", "before": 15, "after": 15, "level": "", "site": ""},),
    )
    await only(stage, "bay A", "bay B", "inspector1", "inspector2")
    await calendars(stage)
    await held(stage, await to_book(stage), tomorrow(stage, 8, 15))
    await held(stage, await to_book(stage), tomorrow(stage, 14))
    late = await to_book(stage)
    starts = await free(stage, late)
    kept: Appointment | None = None

    for step in range(4 * 24):
        at = tomorrow(stage, 0) + step * timedelta(minutes=15)
        try:
            kept = await stage.run("declarant", hold, late.id, at)
        except (rules.SlotTaken, rules.SlotClosed, rules.SlotKept, rules.QuotaReached):
            assert at not in starts
        else:
            assert at in starts
    assert kept is not None
    async with stage.work() as work:
        assert await reconcile(work, await office_by_id(work, stage.office.id)) == []


# -- races ---------------------------------------------------------------------------------------------------
async def test_a_rush_of_ordinary_visits_leaves_the_kept_places_free(stage: Stage) -> None:
    await ruled(stage, quotas=(a_quota(places=2, begin=480, end=540),), holds_per_firm=50)
    await calendars(stage)
    visits = [await to_book(stage) for _ in range(8)]
    hours = [tomorrow(stage, 8), tomorrow(stage, 8, 15), tomorrow(stage, 8, 30), tomorrow(stage, 8, 45)]

    answers = await asyncio.gather(
        *(again(stage, visit, hours[number % 4]) for number, visit in enumerate(visits)), return_exceptions=True
    )

    # Three bays, two of them kept: one visit gets in, whoever was first.
    assert [type(each) for each in answers].count(Appointment) == 1
    for _ in range(2):
        kept = await stage.run("declarant", hold, (await fish(stage)).id, tomorrow(stage, 8))
        assert kept.priority == ["perishable"]


async def test_a_rush_never_oversells_a_limit(stage: Stage) -> None:
    await ruled(stage, quotas=(a_quota(kind="most", whom=["public"], places=3, end=1020),), holds_per_firm=50)
    await calendars(stage)
    visits = [await to_book(stage) for _ in range(9)]
    hours = [tomorrow(stage, each) for each in (8, 9, 10, 11, 13, 14, 15, 8, 9)]

    answers = await asyncio.gather(
        *(again(stage, visit, at) for visit, at in zip(visits, hours, strict=True)), return_exceptions=True
    )

    assert [type(each) for each in answers].count(Appointment) == 3
    assert {type(each) for each in answers} == {Appointment, rules.QuotaReached}


async def again(stage: Stage, visit: Visit, at: datetime) -> Appointment:
    """Ask until the answer is not that the machine is busy."""
    for _ in range(20):
        try:
            return await stage.run("declarant", hold, visit.id, at)
        except TooBusy:
            continue
    raise AssertionError("too busy")


# -- limits --------------------------------------------------------------------------------------------------
async def test_a_limit_is_told_counted_and_does_not_bind_the_office(stage: Stage) -> None:
    await ruled(stage, quotas=(a_quota(kind="most", whom=["public"], places=1, end=1020, release=60),))
    await calendars(stage)
    await held(stage, await to_book(stage), tomorrow(stage, 9))
    late = await to_book(stage)

    told = await reason(stage, late, tomorrow(stage, 14))

    assert told == Reason(why=Why.QUOTA, count=1, whom=("public",), until=tomorrow(stage, 7))
    with pytest.raises(rules.QuotaReached):
        await stage.run("declarant", hold, late.id, tomorrow(stage, 14))
    assert (await stage.run("chief", hold, late.id, tomorrow(stage, 14), reason="urgence")).status == "held"


async def test_a_visit_that_goes_first_uses_up_no_place_of_the_others(stage: Stage) -> None:
    await ruled(stage, quotas=(a_quota(kind="most", whom=["public"], places=1, end=1020),))
    await calendars(stage)
    await held(stage, await fish(stage), tomorrow(stage, 9))

    assert tomorrow(stage, 14) in await free(stage, await to_book(stage))


async def test_moving_within_a_full_window_counts_oneself_once(stage: Stage) -> None:
    await ruled(stage, quotas=(a_quota(kind="most", whom=["public"], places=1, end=1020),))
    await calendars(stage)
    kept = await held(stage, await to_book(stage), tomorrow(stage, 9))
    done = await stage.run("declarant", confirm, kept.id)

    moved = await stage.run("declarant", move, done.id, tomorrow(stage, 14))

    assert moved.during.lower == tomorrow(stage, 14)


async def test_a_hold_that_ran_out_gives_its_share_back(stage: Stage) -> None:
    await ruled(stage, quotas=(a_quota(kind="most", whom=["public"], places=1, end=1020),))
    await calendars(stage)
    await held(stage, await to_book(stage), tomorrow(stage, 9))
    stage.clock.move(minutes=6)

    assert tomorrow(stage, 14) in await free(stage, await to_book(stage))


# -- nobody waits for ever -----------------------------------------------------------------------------------
async def test_who_waited_too_long_takes_what_is_kept_for_others(stage: Stage) -> None:
    await ruled(stage, quotas=(a_quota(release=None, places=3),), wait_days=3)
    await calendars(stage, days=30)
    visit = await to_book(stage)
    stage.clock.move(days=3, minutes=-1)
    assert tomorrow(stage, 10) not in await free(stage, visit)
    stage.clock.move(minutes=1)

    kept = await stage.run("declarant", hold, visit.id, tomorrow(stage, 10))

    assert kept.priority == ["waiting"]


async def test_a_place_lost_does_not_send_a_visit_back_to_the_end(stage: Stage) -> None:
    await ruled(stage, quotas=(a_quota(release=None, places=3),), wait_days=3)
    await calendars(stage, days=30)
    visit = await booked(stage, await to_book(stage), tomorrow(stage, 14))
    async with stage.work() as work:
        found = (await work.session.scalars(select(Appointment).where(col(Appointment.visit_id) == visit.id))).one()
    await stage.run("declarant", cancel, found.id)
    stage.clock.move(days=3)

    assert tomorrow(stage, 10) in await free(stage, await stage.visit(visit.id))


# -- urgency -------------------------------------------------------------------------------------------------
async def test_a_chief_puts_a_visit_first_with_a_reason_and_back(stage: Stage) -> None:
    await ruled(stage, quotas=(a_quota(whom=["urgent"], places=3),))
    await calendars(stage)
    visit = await to_book(stage)
    await stage.run("chief", set_urgent, visit.id, True, reason="médicaments")
    assert tomorrow(stage, 10) in await free(stage, visit)
    await stage.run("chief", set_urgent, visit.id, True, reason="médicaments")

    await stage.run("chief", set_urgent, visit.id, False, reason="erreur")

    assert tomorrow(stage, 10) not in await free(stage, visit)
    async with stage.work() as work:
        acts = await work.session.scalars(select(Audit).where(col(Audit.action) == "visit_urgency_set"))
        assert sorted(each.body["reason"] for each in acts) == ["erreur", "médicaments"]


@pytest.mark.parametrize(
    ("who", "why", "refusal"),
    [
        pytest.param("chief", "  ", rules.WhyNeeded, id="without a reason"),
        pytest.param("declarant", "pressé", NotYours, id="not by the declarant"),
    ],
)
async def test_urgency_is_refused(stage: Stage, who: str, why: str, refusal: type[Exception]) -> None:
    visit = await to_book(stage)

    with pytest.raises(refusal):
        await stage.run(who, set_urgent, visit.id, True, reason=why)


async def test_a_check_of_documents_has_no_hour_to_win(stage: Stage) -> None:
    visit = await stage.opened(Colour.YELLOW)

    with pytest.raises(WrongState):
        await stage.run("chief", set_urgent, visit.id, True, reason="urgent")


# -- firms ---------------------------------------------------------------------------------------------------
async def test_a_firm_has_so_many_appointments_a_day(stage: Stage) -> None:
    await ruled(stage, bookings_per_firm=2)
    await calendars(stage)
    for each in (8, 9):
        await booked(stage, await to_book(stage), tomorrow(stage, each))
    late = await to_book(stage)

    told = await reason(stage, late, tomorrow(stage, 14))

    assert told == Reason(why=Why.FIRM, count=2)
    with pytest.raises(rules.FirmDayFull):
        await stage.run("declarant", hold, late.id, tomorrow(stage, 14))
    assert (await stage.run("declarant", hold, late.id, tomorrow(stage, 14) + timedelta(days=1))).status == "held"


async def test_a_firm_that_asks_for_a_day_at_once_gets_no_more_than_it_may(stage: Stage) -> None:
    await ruled(stage, bookings_per_firm=2, holds_per_firm=50)
    await calendars(stage)
    visits = [await to_book(stage) for _ in range(6)]
    hours = [tomorrow(stage, each) for each in (8, 9, 10, 13, 14, 15)]

    answers = await asyncio.gather(
        *(again(stage, visit, at) for visit, at in zip(visits, hours, strict=True)), return_exceptions=True
    )

    assert [type(each) for each in answers].count(Appointment) == 2
    assert {type(each) for each in answers} == {Appointment, rules.FirmDayFull}


async def test_a_full_day_cannot_be_moved_into_but_within(stage: Stage) -> None:
    await ruled(stage, bookings_per_firm=1)
    await calendars(stage)
    await booked(stage, await to_book(stage), tomorrow(stage, 8))
    other = await booked(stage, await to_book(stage), tomorrow(stage, 8) + timedelta(days=1))
    async with stage.work() as work:
        was = (await work.session.scalars(select(Appointment).where(col(Appointment.visit_id) == other.id))).one()

    with pytest.raises(rules.FirmDayFull):
        await stage.run("declarant", move, was.id, tomorrow(stage, 14))

    moved = await stage.run("declarant", move, was.id, tomorrow(stage, 14) + timedelta(days=1))
    assert moved.status == "confirmed"


async def test_the_office_books_for_a_firm_without_its_limit(stage: Stage) -> None:
    await ruled(stage, bookings_per_firm=1)
    await calendars(stage)
    await booked(stage, await to_book(stage), tomorrow(stage, 8))
    late = await to_book(stage)

    kept = await stage.run("chief", hold, late.id, tomorrow(stage, 14), reason="contre-visite")

    assert kept.status == "held"


async def test_a_firm_without_a_limit_has_none(stage: Stage) -> None:
    await ruled(stage, bookings_per_firm=0)
    await calendars(stage)
    await booked(stage, await to_book(stage), tomorrow(stage, 8))

    assert tomorrow(stage, 14) in await free(stage, await to_book(stage))


def test_what_may_be_kept_is_what_may_go_first() -> None:
    found = Pool.of(a_quota()).quota

    assert found == Quota(
        kind=QuotaKind.KEPT, whom=("perishable",), places=1, begin=480, end=720, release=timedelta(hours=2)
    )
    assert set(CLASSES) == {*KEPT_FOR, "waiting"} - {"staff"}
