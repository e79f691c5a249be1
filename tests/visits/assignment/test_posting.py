"""Officers are posted to terminals by draw for a period; the rule gives way only where nobody posted is left."""

import asyncio
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from tests.support.stage import Stage
from tests.support.steps_assignment import drawn, draws, promised
from tests.support.steps_booking import booked, calendars, only, to_book, tomorrow
from tests.support.steps_policies import ruled, second_site, to_book_at
from tests.support.steps_posting import at_both, eve, post, postings, two_terminals
from tests.support.steps_publication import next_day, published
from tests.support.steps_repair import away_today, mended
from tests.support.steps_witness import appointed, brought, value
from tests.visits.assignment.test_verify import file, said
from visits.assignment import posting_rows, record
from visits.assignment.insert import insert
from visits.assignment.posting import period_of, post_day, post_due
from visits.assignment.seeds import reveal_seeds
from visits.assignment.tables import DrawWitness, Posting
from visits.assignment.told import told_of
from visits.sites.tables import Resource
from visits.store.tables import Audit
from visits.store.work import Work


# -- periods -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("day", "length", "first", "last"),
    [
        (date(2026, 11, 23), 7, date(2026, 11, 23), date(2026, 11, 29)),
        (date(2026, 11, 29), 7, date(2026, 11, 23), date(2026, 11, 29)),
        (date(2026, 11, 24), 1, date(2026, 11, 24), date(2026, 11, 24)),
    ],
    ids=["a Monday begins a week", "a Sunday ends it", "a period of one day"],
)
def test_a_day_lies_in_one_period(day: date, length: int, first: date, last: date) -> None:
    assert period_of(day, length) == (first, last)


# -- the draw ------------------------------------------------------------------------------------------------
async def test_every_officer_is_posted_once_and_never_again(stage: Stage) -> None:
    await two_terminals(stage)

    assert await post(stage) is True
    assert await post(stage) is False

    made = await postings(stage)
    officers = {resource.id for resource in stage.resources.values() if resource.kind == "officer"}
    assert {each.resource_id for each in made} == officers
    assert len(made) == len(officers)


async def test_two_at_once_post_everybody_once(stage: Stage) -> None:
    await two_terminals(stage)

    made = await asyncio.gather(*(post(stage) for _ in range(4)))

    assert sorted(made) == [False, False, False, True]


async def test_what_is_cut_off_in_the_middle_leaves_nobody_posted(stage: Stage) -> None:
    await two_terminals(stage)

    async def cut(work: Work) -> None:
        assert await post_day(work, stage.tools, stage.office.id, next_day(stage))
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await stage.run("system", cut)
    assert await postings(stage) == []

    assert await post(stage) is True
    assert [each.position for each in await postings(stage)] == [1, 2, 3]


async def test_nobody_is_posted_without_the_policy_or_with_one_terminal(stage: Stage) -> None:
    await calendars(stage)
    assert await post(stage) is False

    await second_site(stage, bays=0)
    await ruled(stage, rotation_days=1)

    assert await post(stage) is False


async def test_a_period_whose_first_day_is_over_is_not_drawn_any_more(stage: Stage) -> None:
    await two_terminals(stage)
    stage.clock.set(tomorrow(stage, 9) + timedelta(days=1))

    assert await post(stage, stage.clock.now().date() - timedelta(days=1)) is False
    assert await post(stage, stage.clock.now().date()) is True


async def test_a_seed_known_already_posts_nobody(stage: Stage) -> None:
    """A clock went ahead, the seed was revealed, and the clock came back."""
    await two_terminals(stage)
    before = stage.clock.now()
    stage.clock.set(before + timedelta(days=3))
    await stage.run("system", reveal_seeds, stage.tools)
    stage.clock.set(before)

    assert await post(stage) is False


async def test_in_the_next_period_nobody_stays_who_need_not(stage: Stage) -> None:
    """Of three officers two are at one terminal: one of them at most has to stay."""
    await two_terminals(stage)
    await post(stage)
    stage.clock.set(tomorrow(stage, 9))
    await calendars(stage)
    await promised(stage)

    await post(stage)

    assert sum(each.was == each.chosen for each in await postings(stage)) <= 1
    assert all(each.was for each in await postings(stage))


async def test_the_timetable_posts_the_evening_before_and_not_earlier(stage: Stage) -> None:
    await two_terminals(stage)
    await post(stage, stage.clock.now().date())
    stage.clock.set(eve(stage) - timedelta(minutes=1))
    assert await post_due(stage.tools, stage.tenant) == 0

    stage.clock.set(eve(stage))

    assert await post_due(stage.tools, stage.tenant) == 1
    assert await post_due(stage.tools, stage.tenant) == 0


async def test_who_comes_in_mid_period_is_posted_nowhere(stage: Stage) -> None:
    await two_terminals(stage)
    gone = stage.resources["inspector3"].id
    async with stage.work() as work:
        (await work.session.get_one(Resource, gone)).active_from = next_day(stage) + timedelta(days=1)
    await post(stage)

    async with stage.work() as work:
        assert gone not in await posting_rows.holding(work, stage.office.id, next_day(stage))


# -- the rule ------------------------------------------------------------------------------------------------
async def test_a_published_route_goes_to_somebody_posted_there(stage: Stage) -> None:
    far = await two_terminals(stage)
    visits = await at_both(stage, far, 9)

    assert await published(stage) is not None

    async with stage.work() as work:
        holds = await posting_rows.holding(work, stage.office.id, next_day(stage))
    for visit, site in visits:
        assert holds[(await stage.visit(visit.id)).inspector_id or visit.id] == site.id
        [made] = await draws(stage, visit)
        assert made.waived == []
        away = {str(officer) for officer, where in holds.items() if where != site.id}
        assert {each["resource"] for each in made.excluded if each["rule"] == "terminal"} == away


async def test_a_publication_nobody_waits_for_posts_all_the_same(stage: Stage) -> None:
    await two_terminals(stage)

    assert await published(stage) is None

    assert len(await postings(stage)) == 3


async def test_visits_nobody_posted_can_take_are_named_all_the_same_and_it_is_written(stage: Stage) -> None:
    """Three officers, three visits at one terminal at one time: those posted elsewhere come too."""
    await two_terminals(stage)
    visits = [await booked(stage, await to_book(stage), tomorrow(stage, 9)) for _ in range(3)]

    assert await published(stage) is not None

    here = sum(each.site_id == stage.site.id for each in await postings(stage))
    made = [(await draws(stage, visit))[0] for visit in visits]
    assert all([(await stage.visit(visit.id)).inspector_id for visit in visits])
    assert sum(len(each.waived) for each in made) >= 3 - here > 0


async def test_a_draw_of_the_day_obeys_the_posting(stage: Stage) -> None:
    far = await two_terminals(stage)
    visit = await booked(stage, await to_book_at(stage, far.id), tomorrow(stage, 10))
    stage.clock.set(tomorrow(stage, 8))

    made = await drawn(stage, visit.id)

    assert made is not None
    posted = {each.resource_id: each.site_id for each in await postings(stage, made.day)}
    assert posted[made.chosen] == far.id
    assert made.waived == []


async def test_a_draw_of_the_day_looks_further_where_nobody_posted_is_left(stage: Stage) -> None:
    far = await two_terminals(stage)
    await post(stage)
    there = {each.resource_id for each in await postings(stage) if each.site_id == far.id}
    visit = await booked(stage, await to_book_at(stage, far.id), tomorrow(stage, 10))
    async with stage.work() as work:
        for each in there:
            (await work.session.get_one(Resource, each)).grade = 0
        for name in ("inspector1", "inspector2", "inspector3"):
            if stage.resources[name].id not in there:
                (await work.session.get_one(Resource, stage.resources[name].id)).grade = 5
    async with stage.work() as work:
        kept = await work.session.get_one(type(visit), visit.id)
        kept.order = kept.order | {"grade": 5}
    stage.clock.set(tomorrow(stage, 8))

    made = await drawn(stage, visit.id)

    assert made is not None
    assert made.waived == [str(visit.id)]
    async with stage.work() as work:
        [told] = await told_of(work, visit.id)
    assert told.waived == 1
    assert record.line_of(made)["waived"] == [str(visit.id)]


async def test_an_urgent_visit_finds_its_time_over_everybody(stage: Stage) -> None:
    far = await two_terminals(stage)
    await post(stage)
    elsewhere = {each.resource_id for each in await postings(stage) if each.site_id != far.id}
    there = next(name for name, each in stage.resources.items() if each.id in elsewhere)
    visit = await to_book_at(stage, far.id)
    await only(stage, there, "far bay 0", "far bay 1")
    await calendars(stage)

    made = await stage.run("chief", insert, stage.tools, visit.id, next_day(stage), reason="urgent")

    assert made.day == next_day(stage)


async def test_a_repair_keeps_the_promised_time_also_beyond_the_posting(stage: Stage) -> None:
    """Whoever is posted at the far terminal falls ill in the morning."""
    far = await two_terminals(stage)
    visit = await booked(stage, await to_book_at(stage, far.id), tomorrow(stage, 9))
    assert await published(stage) is not None
    there = {each.resource_id for each in await postings(stage) if each.site_id == far.id}
    stage.clock.set(tomorrow(stage, 7, 55))
    await away_today(stage, *(name for name, each in stage.resources.items() if each.id in there))

    await mended(stage)

    [_, again] = await draws(stage, visit)
    assert again.chosen not in there
    assert again.waived == [str(visit.id)]
    assert again.day == stage.clock.now().date()


async def on_the_eve_of_a_witnessed_day(stage: Stage) -> DrawWitness:
    await two_terminals(stage)
    witness = await appointed(stage)
    stage.clock.set(eve(stage) + timedelta(days=1))
    return witness


async def test_postings_wait_for_the_witness_and_are_made_with_the_value(stage: Stage) -> None:
    witness = await on_the_eve_of_a_witnessed_day(stage)
    assert await post(stage) is False

    await brought(stage, witness, next_day(stage))

    assert await post(stage) is True
    assert {each.witness for each in await postings(stage)} == {value(stage, witness, next_day(stage))}


async def test_a_value_that_comes_late_changes_no_posting(stage: Stage) -> None:
    witness = await on_the_eve_of_a_witnessed_day(stage)
    stage.clock.move(minutes=121)
    assert await post(stage) is True
    before = {each.resource_id: each.site_id for each in await postings(stage)}

    assert (await brought(stage, witness, next_day(stage))).late

    assert await post(stage) is False
    assert {each.resource_id: each.site_id for each in await postings(stage)} == before
    assert {each.witness for each in await postings(stage)} == {b""}


# -- the record ----------------------------------------------------------------------------------------------
async def revealed(stage: Stage) -> date:
    """A day with postings and draws, whose seed is known."""
    far = await two_terminals(stage)
    await at_both(stage, far, 9)
    day = next_day(stage)
    assert await published(stage) is not None
    stage.clock.set(tomorrow(stage, 9) + timedelta(days=1))
    await stage.run("system", reveal_seeds, stage.tools)
    return day


async def test_a_day_with_postings_replays_and_names_nobody(stage: Stage) -> None:
    day = await revealed(stage)

    async with stage.work() as work:
        assert await record.findings(work, stage.office, day) == []
        told = await record.published(work, stage.office, day)
    assert [line["purpose"] for line in told["draws"]][:3] == ["terminal"] * 3
    assert [line["position"] for line in told["draws"]] == list(range(1, told["drawn"] + 1))
    for resource in stage.resources.values():
        assert str(resource.id) not in str(told)


async def test_postings_of_a_day_whose_value_came_late_replay_without_it_and_verify_says_so(
    stage: Stage, tmp_path: Path
) -> None:
    witness = await on_the_eve_of_a_witnessed_day(stage)
    day = next_day(stage)
    stage.clock.move(minutes=121)
    await post(stage)
    await brought(stage, witness, day)
    stage.clock.move(days=2)
    await stage.run("system", reveal_seeds, stage.tools)
    async with stage.work() as work:
        assert await record.findings(work, stage.office, day) == []
        told = await record.published(work, stage.office, day)
    late = told["witness"]["late"]

    status, [head, *lines] = said(file(tmp_path, told))
    # Whoever tells the public that the value was there in time, is found out by every posting.
    backdated = told | {"witness": told["witness"] | {"value": late, "late": None}}

    assert (status, len(lines)) == (0, 3 + 1)
    assert head.endswith(f"The witness did not give the number in time. The number, known too late: {late}")
    assert [line.endswith("[mixed]") for line in said(file(tmp_path, backdated))[1][1:-1]] == [True] * 3


async def test_a_posting_altered_in_the_database_is_found_by_its_line(stage: Stage) -> None:
    day = await revealed(stage)
    made = (await postings(stage, day))[1]
    other = next(
        each["terminal"] for each in [{"terminal": "TC02"}, {"terminal": "TC01"}] if each["terminal"] != made.chosen
    )

    async def altered(work: Work) -> list[tuple[int, str]]:
        (await work.session.get_one(Posting, made.id)).chosen = other
        with work.session.no_autoflush:
            found = [(each.line, each.code) for each in await record.findings(work, stage.office, day)]
        work.session.expunge_all()
        return found

    found: list[tuple[int, str]] = await stage.run("system", altered)
    assert (made.position, "posting") in found


async def test_every_posting_stands_in_the_evidence_chain(stage: Stage) -> None:
    await two_terminals(stage)
    await post(stage)

    async with stage.work() as work:
        kept = await work.session.scalar(
            select(func.count()).select_from(Audit).where(col(Audit.action) == "officer_posted")
        )
    assert kept == 3
