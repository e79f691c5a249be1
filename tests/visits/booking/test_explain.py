"""Which rule removed which resource, from the masks that decide: the offer and its explanation never disagree."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from scheduling import Removal, bits
from tests.support.stage import Stage
from tests.support.steps_booking import another, booked, calendars, held, only, to_book, tomorrow
from visits.booking import rules
from visits.booking.explain import Explanation, counted, explain
from visits.booking.hold import hold
from visits.declarations.queries import case_of
from visits.journey.tables import Visit
from visits.sites.admin import add_absence
from visits.sites.queries import office_by_id
from visits.sites.tables import Site
from visits.store.work import Work

JSON = {"accept": "application/json"}


async def why(stage: Stage, visit: Visit, at: datetime | None = None, who: str = "chief") -> Explanation:
    async def use_case(work: Work) -> Explanation:
        return await explain(work, await case_of(work, visit.id), at=at, day=None)

    return await stage.run(who, use_case)


async def test_each_resource_is_told_with_the_rule_that_removes_it(stage: Stage) -> None:
    await only(stage, "bay A", "bay B", "inspector1", "inspector2")
    async with stage.work() as work:
        elsewhere = Site(office_id=stage.office.id, code="TC02", name="Terminal 2")
        work.session.add(elsewhere)
    await another(stage, "bay far", "bay", site_id=elsewhere.id)
    day = tomorrow(stage, 0).replace(tzinfo=None)
    await stage.run("admin", add_absence, stage.resources["inspector2"].id, day, day + timedelta(days=1), "congé")
    await calendars(stage)
    await held(stage, await to_book(stage), tomorrow(stage, 10))
    visit = await to_book(stage)

    found = await why(stage, visit, tomorrow(stage, 10))

    assert counted(found.starts[0]) == {
        "officer": {Removal.BUSY: 1, Removal.AWAY: 1},
        "bay": {Removal.BUSY: 1, Removal.ELSEWHERE: 1},
    }
    assert [role.role for role in found.starts[0].stopped] == ["officer"]
    assert not found.starts[0].offered


async def test_the_visits_own_places_do_not_stand_in_its_way(stage: Stage) -> None:
    await only(stage, "bay A", "inspector1")
    visit = await booked(stage)

    assert (await why(stage, visit, tomorrow(stage, 10))).starts[0].offered


async def test_a_time_beyond_the_horizon_and_one_off_the_grid_are_refused_as_a_booking_is(stage: Stage) -> None:
    await calendars(stage)
    visit = await to_book(stage)

    with pytest.raises(rules.TooFar):
        await why(stage, visit, tomorrow(stage, 10) + timedelta(days=90))
    with pytest.raises(rules.SlotPast):
        await why(stage, visit, tomorrow(stage, 10) - timedelta(days=9))
    with pytest.raises(rules.SlotClosed):
        await why(stage, visit, tomorrow(stage, 10, 7))


async def test_programs_ask_for_an_hour_or_a_day_and_declarants_see_no_resource(stage: Stage) -> None:
    await only(stage, "bay A", "inspector1")
    await calendars(stage)
    await held(stage, await to_book(stage), tomorrow(stage, 10))
    visit = await to_book(stage)
    address, at = f"/api/visits/{visit.id}/slots/explain", {"at": tomorrow(stage, 10).isoformat()}
    async with stage.browser("declarant", **JSON) as client, stage.browser("chief", **JSON) as chief:
        mine, theirs = (await client.get(address, params=at)).json(), (await chief.get(address, params=at)).json()
        day = (await client.get(address, params={"day": at["at"][:10]})).json()
        naive = await client.get(address, params={"at": "2026-11-24T10:00:00"})
        first = (await client.get(f"/api/visits/{visit.id}/slots")).json()["days"][1]

    bay = next(role for role in theirs["starts"][0]["roles"] if role["kind"] == "bay")
    assert [each["resources"] for each in bay["removed"]] == [["bay A"]]
    assert {each["resources"] is None for role in mine["starts"][0]["roles"] for each in role["removed"]} == {True}
    assert "Exemple" not in str(theirs)
    assert sum(each["offered"] << step for step, each in enumerate(day["starts"])) == int(first["mask"], 16)
    assert naive.status_code == 422


@pytest.mark.parametrize(("who", "status"), [(None, 401), ("terminal", 403), ("other_declarant", 404), ("chief", 200)])
async def test_who_may_ask(stage: Stage, who: str | None, status: int) -> None:
    await calendars(stage)
    visit = await to_book(stage)
    async with stage.browser(who, **JSON) as client:
        assert (await client.get(f"/api/visits/{visit.id}/slots/explain")).status_code == status


KEPT = {
    "kind": "kept",
    "whom": ["perishable"],
    "places": 1,
    "begin": 480,
    "end": 720,
    "hourly": False,
    "weekdays": [],
    "site": "",
    "levels": [],
}
POLICIES: list[dict[str, Any]] = [
    {},
    {"buffers": [{"kind": "bay", "before": 15, "after": 30}, {"kind": "officer", "before": 0, "after": 15}]},
    {
        "quotas": [
            KEPT,
            KEPT | {"kind": "most", "whom": ["public"], "places": 2, "hourly": True},
        ]
    },
    {"bookings_per_firm": 2},
    {"most_minutes": 90, "rest_after_minutes": 210, "rest_minutes": 45},
    {"most_minutes": 150, "buffers": [{"kind": "officer", "before": 15, "after": 15}], "rest_after_minutes": 180},
]


@pytest.mark.slow  # a calendar of its own for each example
@pytest.mark.parametrize(
    "policies", POLICIES, ids=["plain", "buffers", "quotas", "limit", "strain", "strain and buffers"]
)
@pytest.mark.parametrize("extent", ["PARTIAL", "FULL"])
async def test_offered_exactly_when_no_rule_removed_all_candidates(
    stage: Stage, policies: dict[str, Any], extent: str
) -> None:
    async with stage.work() as work:
        (await office_by_id(work, stage.office.id)).policies = policies | {"holds_per_firm": 50}
    await calendars(stage)
    for hour in (8, 9, 9, 10, 14, 15):
        other = await to_book(stage)
        try:
            await stage.run("chief", hold, other.id, tomorrow(stage, hour, 15), reason="essai")
        except rules.Refusal:
            continue
    visit = await to_book(stage, extent=extent)

    async def agrees(work: Work) -> list[date]:
        wrong = []
        case = await case_of(work, visit.id)
        found = await explain(work, case)
        for day in found.offer.days:
            told = await explain(work, case, day=day.day)
            if [each.step for each in told.starts if each.offered] != list(bits(day.mask)):
                wrong.append(day.day)
        return wrong

    assert await stage.run("declarant", agrees) == []
    assert await stage.run("chief", agrees) == []
