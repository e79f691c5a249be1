"""Routes for anonymous seats: each rule alone, then insertion, chains and matching on ports held in the head."""

import pytest

from scheduling import (
    Blocked,
    Fault,
    Insertion,
    Need,
    Option,
    Plan,
    PlanVisit,
    Rest,
    Route,
    Seat,
    Stop,
    Timelines,
    assign,
    faults,
    match,
)
from tests.support.days import EIGHT, a_day, a_route, a_seat, a_visit, roads, urgent

NINE, TEN, ELEVEN, NOON = 540, 600, 660, 720
BAY = Need(role="bay", kind="bay")
VET = Need(role="agency:VET", kind="agency_officer", agency="VET")
PHYTO = Need(role="agency:PHYTO", kind="agency_officer", agency="PHYTO")
ENGINE = Insertion()


# -- each rule alone -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("seat", "visit", "rule"),
    [
        pytest.param(a_seat("s", kind="bay"), a_visit("v", TEN), "kind", id="a bay does not inspect"),
        pytest.param(
            a_seat("s", skills=1), a_visit("v", TEN, needs=(Need(skills=3),)), "skills", id="one of two skills"
        ),
        pytest.param(a_seat("s", site="T2"), a_visit("v", TEN), "elsewhere", id="posted at another site"),
        pytest.param(a_seat("s"), a_visit("v", NOON), "off_duty", id="in the break"),
        pytest.param(a_seat("s"), a_visit("v", ELEVEN + 15), "off_duty", id="a quarter into the break"),
        pytest.param(
            a_seat("s"),
            a_visit("v", EIGHT, needs=(Need(before=15),)),
            "off_duty",
            id="the time before it counts",
        ),
        pytest.param(
            a_seat("s", tired_at=ELEVEN + 45),
            a_visit("v", ELEVEN, demanding=True),
            "fatigue",
            id="a demanding one ends late",
        ),
        pytest.param(a_seat("s", most=45), a_visit("v", TEN), "full_day", id="more minutes than a day may have"),
        pytest.param(a_seat("s", refuses={"v": "cool_off"}), a_visit("v", TEN), "cool_off", id="not for this person"),
        pytest.param(
            a_seat("s", limits={"00847P": 0}), a_visit("v", TEN, group="00847P"), "limit", id="the declarant too often"
        ),
    ],
)
def test_a_rule_alone_blocks_a_visit_and_is_named(seat: Seat, visit: PlanVisit, rule: str) -> None:
    assert ENGINE.plan(a_day(seat, visits=(visit,))).blocked == (Blocked(visit="v", role="officer", rule=rule),)


@pytest.mark.parametrize(
    ("seat", "visit"),
    [
        pytest.param(a_seat("s"), a_visit("v", ELEVEN), id="ends with the shift"),
        pytest.param(a_seat("s", most=60), a_visit("v", TEN), id="the last minute of the day's"),
        pytest.param(a_seat("s", tired_at=NOON), a_visit("v", ELEVEN, demanding=True), id="ends when one is tired"),
        pytest.param(a_seat("s", tired_at=TEN), a_visit("v", ELEVEN), id="an easy one ends late"),
        pytest.param(a_seat("s", site="T2"), a_visit("v", TEN, site=""), id="by video from anywhere"),
        pytest.param(a_seat("s", limits={"a": 0}), a_visit("v", TEN, group="b"), id="another declarant"),
    ],
)
def test_the_very_edge_of_a_rule_is_inside(seat: Seat, visit: PlanVisit) -> None:
    day = a_day(seat, visits=(visit,))

    assert ENGINE.plan(day) == Plan(routes=(a_route("s", visit),))
    assert faults(day, ENGINE.plan(day)) == []


@pytest.mark.parametrize(
    ("road", "served"), [pytest.param(30, True, id="just in time"), pytest.param(31, False, id="a minute short")]
)
def test_the_road_between_two_sites_lies_between_two_visits(road: int, served: bool) -> None:
    first, second = a_visit("v1", EIGHT), a_visit("v2", NINE + 30, site="T2")
    day = a_day(a_seat("s"), visits=(first, second), roads=roads(T1_T2=road))

    plan = ENGINE.plan(day)

    assert [each.rule for each in plan.blocked] == ([] if served else ["on_the_road"])


def test_a_visit_by_video_leaves_the_inspector_where_he_is() -> None:
    first, video, second = a_visit("v1", EIGHT), a_visit("v2", NINE, site=""), a_visit("v3", TEN, site="T2")
    day = a_day(a_seat("s"), visits=(first, video, second), roads=roads(T1_T2=75))

    assert [each.visit for each in ENGINE.plan(day).blocked] == ["v3"]


LONG = a_seat("s", shift=((360, 840),), rest=Rest(minutes=30, earliest=480, latest=750))


def test_a_long_shift_keeps_its_rest() -> None:
    """Six to two; half an hour between eight and half past twelve. Four visits of an hour from half past eight leave
    half an hour at eight, and none once somebody comes at eight."""
    filled = [a_visit(f"v{hour}", 510 + 60 * hour) for hour in range(4)]

    assert ENGINE.plan(a_day(LONG, visits=tuple(filled))).blocked == ()
    [left] = ENGINE.plan(a_day(LONG, visits=(*filled, a_visit("early", 480, 30)))).blocked
    assert left.rule == "rest"


def test_no_rest_is_taken_on_the_road() -> None:
    visits = (a_visit("v1", 480, 210), a_visit("v2", 720, 60, site="T2"))

    assert ENGINE.plan(a_day(LONG, visits=visits)).blocked == ()
    [left] = ENGINE.plan(a_day(LONG, visits=visits, roads=roads(T1_T2=30))).blocked
    assert left.rule == "rest"


# -- the rule told is the nearest miss -----------------------------------------------------------------------
def test_the_rule_that_came_nearest_is_told() -> None:
    seats = (a_seat("s1"), a_seat("s2", skills=1, shift=((780, 1020),)), a_seat("s3", skills=1, most=30))
    visit = a_visit("v", TEN, needs=(Need(skills=1),))

    assert ENGINE.plan(a_day(*seats, visits=(visit,))).blocked[0].rule == "full_day"


def test_where_there_is_nobody_at_all_that_is_told() -> None:
    assert ENGINE.plan(a_day(visits=(a_visit("v", TEN),))).blocked[0].rule == "nobody"


# -- insertion -----------------------------------------------------------------------------------------------
def test_a_visit_goes_where_it_costs_least() -> None:
    """s1 was at T1, s2 at T2: the road is worth more than the load."""
    day = a_day(
        a_seat("s1"),
        a_seat("s2"),
        roads=roads(T1_T2=20),
        settled=(a_route("s1", a_visit("v1", EIGHT)), a_route("s2", a_visit("v2", EIGHT, site="T2"))),
    )
    hand = Timelines(day)

    assert hand.prices(a_visit("v", TEN, site="T2"), Need(), TEN) == {"s1": 23, "s2": 3}
    assert hand.insert(a_visit("v", TEN, site="T2")) == Option(start=TEN, seats={"officer": "s2"}, cost=3)


def test_the_seat_with_the_fewest_spare_skills_is_taken() -> None:
    day = a_day(a_seat("s1", skills=7), a_seat("s2", skills=1), visits=(a_visit("v", TEN, needs=(Need(skills=1),)),))

    assert [route.seat for route in ENGINE.plan(day).routes] == ["s2"]


def test_an_urgent_visit_begins_at_the_earliest_time_that_is_free() -> None:
    hand = Timelines(a_day(a_seat("s"), settled=(a_route("s", a_visit("v1", EIGHT), a_visit("v2", TEN)),)))

    assert [hand.insert(urgent(name, minutes)) for name, minutes in (("a", 75), ("b", 60), ("c", 60))] == [
        Option(start=780, seats={"officer": "s"}, cost=7),
        Option(start=NINE, seats={"officer": "s"}, cost=8),
        Option(start=ELEVEN, seats={"officer": "s"}, cost=10),
    ]


def test_a_joint_visit_begins_when_all_are_free_at_once() -> None:
    """The bay is free from nine, plant health from ten, the vet from eight to eleven; the officer all day."""
    day = a_day(
        a_seat("s"),
        a_seat("bay", kind="bay", site="T1", shift=((EIGHT, 1080),)),
        a_seat("phyto", kind="agency_officer", agency="PHYTO"),
        a_seat("vet", kind="agency_officer", agency="VET", shift=((EIGHT, ELEVEN),)),
        settled=(
            a_route("bay", a_visit("x", EIGHT, needs=(BAY,))),
            a_route("phyto", a_visit("y", NINE, needs=(PHYTO,))),
        ),
    )
    joint = urgent("v", needs=(Need(), BAY, PHYTO, VET))

    found = Timelines(day).insert(joint)

    assert isinstance(found, Option)
    assert found.start == TEN
    assert found.seats == {"officer": "s", "bay": "bay", "agency:PHYTO": "phyto", "agency:VET": "vet"}


def test_where_one_party_of_a_joint_visit_is_never_free_its_role_is_told() -> None:
    day = a_day(a_seat("s"), a_seat("vet", kind="agency_officer", agency="VET", shift=()))

    assert Timelines(day).insert(urgent("v", needs=(Need(), VET))) == Blocked(
        visit="v", role="agency:VET", rule="off_duty"
    )


def test_one_officer_is_not_two() -> None:
    two = urgent("v", needs=(Need(), Need(role="second")))

    assert isinstance(Timelines(a_day(a_seat("s"))).insert(two), Blocked)
    assert isinstance(Timelines(a_day(a_seat("s"), a_seat("t"))).insert(two), Option)


def test_looking_takes_nothing_and_taking_out_gives_all_back() -> None:
    day = a_day(a_seat("s"), settled=(a_route("s", a_visit("v1", EIGHT)),))
    hand = Timelines(day)

    hand.first(urgent("v"))
    assert hand.routes() == day.settled
    hand.insert(urgent("v"))
    hand.take_out("v")
    assert hand.routes() == day.settled
    assert hand.of["s"].load == 60


# -- chains --------------------------------------------------------------------------------------------------
def test_a_promised_visit_makes_room_by_moving_others_to_other_seats() -> None:
    """Ten o'clock: s1 could do all three, s2 all but the poison, s3 only the plain one. Cheapest first puts the plain
    visit where it is in the way; nobody is left out."""
    seats = (a_seat("s1", skills=3), a_seat("s2", skills=1), a_seat("s3"))
    visits = (
        a_visit("plain", NINE, 90),
        a_visit("plants", NINE + 15, needs=(Need(skills=1),)),
        a_visit("poison", NINE + 30, needs=(Need(skills=3),)),
    )
    day = a_day(*seats, visits=visits, settled=(a_route("s3", a_visit("before", EIGHT, 60)),))

    plan = ENGINE.plan(day)

    assert plan.blocked == ()
    assert faults(day, plan) == []


def test_what_is_settled_is_never_moved_to_make_room() -> None:
    plain = a_visit("plain", TEN)
    day = a_day(
        a_seat("s1", skills=1),
        a_seat("s2"),
        visits=(a_visit("poison", TEN, needs=(Need(skills=1),)),),
        settled=(a_route("s1", plain),),
    )

    plan = ENGINE.plan(day)

    assert plan.of("plain")["officer"][0] == "s1"
    assert plan.blocked[0].rule == "busy"


# -- people --------------------------------------------------------------------------------------------------
def test_routes_that_can_be_given_to_people_stay_as_they_are() -> None:
    day = a_day(a_seat("s1"), a_seat("s2"), visits=(a_visit("v1", TEN), a_visit("v2", TEN)))
    plan = ENGINE.plan(day)
    people = [a_seat("awa", refuses={"v1": "cool_off"}), a_seat("koffi")]

    found = match(day, plan, people)

    assert (found.plan, found.moved) == (plan, ())
    assert found.witness == {plan.of("v1")["officer"][0]: "koffi", plan.of("v2")["officer"][0]: "awa"}


def test_visits_change_seats_so_that_every_route_can_be_given_to_somebody() -> None:
    """Awa may have neither v1 nor v4, which lie on different routes: one exchange leaves her v2 and v3."""
    day = a_day(a_seat("s1"), a_seat("s2"))
    v1, v2, v3, v4 = (a_visit("v1", TEN), a_visit("v2", TEN), a_visit("v3", ELEVEN), a_visit("v4", ELEVEN))
    plan = Plan(routes=(a_route("s1", v1, v3), a_route("s2", v2, v4)))
    people = [a_seat("awa", refuses={"v1": "cool_off", "v4": "earlier_visit"}), a_seat("koffi")]

    found = match(day, plan, people)

    [hers] = [route.stops for route in found.plan.routes if found.witness[route.seat] == "awa"]
    assert [stop.visit.id for stop in hers] == ["v2", "v3"]
    assert found.plan.blocked == ()
    assert len(found.moved) == 2


def test_a_visit_nobody_may_serve_is_blocked_with_its_rule_and_the_rest_stays() -> None:
    day = a_day(a_seat("s1"), a_seat("s2"))
    v1, v2 = a_visit("v1", TEN), a_visit("v2", TEN)
    people = [a_seat("awa", refuses={"v1": "cool_off"}), a_seat("koffi", refuses={"v1": "earlier_visit"})]

    found = match(day, Plan(routes=(a_route("s1", v1), a_route("s2", v2))), people)

    assert found.plan.blocked == (Blocked(visit="v1", role="officer", rule="cool_off"),)
    assert [stop.visit.id for route in found.plan.routes for stop in route.stops] == ["v2"]


def test_what_somebody_has_to_do_already_binds_only_that_person() -> None:
    day = a_day(a_seat("s1"), a_seat("s2"))
    plan = Plan(routes=(a_route("s1", a_visit("v1", TEN)),))
    people = [a_seat("awa"), a_seat("koffi")]

    found = match(day, plan, people, settled=(a_route("awa", a_visit("held", TEN)),))

    assert found.witness == {"s1": "koffi"}


def test_more_visits_of_one_declarant_than_anybody_may_have_are_parted() -> None:
    day = a_day(a_seat("s1"), a_seat("s2"))
    mine = [a_visit(f"v{hour}", EIGHT + 60 * hour, group="00847P") for hour in range(3)]
    people = [a_seat(name, limits={"00847P": 2}) for name in ("awa", "koffi")]

    found = match(day, Plan(routes=(a_route("s1", *mine),)), people)

    assert sorted(len(route.stops) for route in found.plan.routes) == [1, 2]
    assert {route.seat for route in found.plan.routes} == {"s1", "s2"}


# -- least cost ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("costs", "columns", "found"),
    [
        pytest.param([], 3, [], id="nobody"),
        pytest.param([[5]], 1, [0], id="one"),
        pytest.param([[1, 2], [1, 9]], 2, [1, 0], id="the second needs the first column more"),
        pytest.param([[4, 1, 3], [2, 0, 5], [3, 2, 2]], 3, [1, 0, 2], id="three"),
        pytest.param([[7, 1, 9]], 3, [1], id="fewer rows than columns"),
        pytest.param([[5], [1], [9]], 1, [None, 0, None], id="more rows than columns"),
    ],
)
def test_every_row_has_a_column_at_the_least_cost(
    costs: list[list[int]], columns: int, found: list[int | None]
) -> None:
    assert assign(costs, columns) == found


# -- the checker finds what is wrong -------------------------------------------------------------------------
VISIT = a_visit("v", TEN)
OTHER = a_visit("w", TEN + 30)


@pytest.mark.parametrize(
    ("plan", "rules"),
    [
        pytest.param(Plan(), ["roles", "roles"], id="forgotten"),
        pytest.param(Plan(routes=(a_route("s1", VISIT, OTHER),)), ["overlap"], id="two at once"),
        pytest.param(Plan(routes=(a_route("s1", VISIT), a_route("x", OTHER))), ["unknown_seat"], id="no such seat"),
        pytest.param(
            Plan(routes=(a_route("s1", VISIT), Route(seat="s2", stops=(Stop(OTHER, Need(), TEN),)))),
            ["promise"],
            id="not when promised",
        ),
        pytest.param(
            Plan(
                routes=(a_route("s1", VISIT), a_route("s2", OTHER)),
                blocked=(Blocked(visit="w", role="officer", rule="busy"),),
            ),
            ["blocked_and_served"],
            id="served and blocked",
        ),
        pytest.param(
            Plan(routes=(a_route("s1", VISIT), a_route("s1"), a_route("s2", OTHER))), ["two_routes"], id="two routes"
        ),
        pytest.param(Plan(routes=(a_route("s1", VISIT), a_route("s2", OTHER))), [], id="right"),
    ],
)
def test_the_checker_names_what_is_wrong(plan: Plan, rules: list[str]) -> None:
    day = a_day(a_seat("s1"), a_seat("s2"), visits=(VISIT, OTHER))

    assert [each.rule for each in faults(day, plan)] == rules


@pytest.mark.parametrize(
    ("seat", "first", "second", "rule"),
    [
        pytest.param({"shift": ((TEN, NOON),)}, {}, {}, "off_duty", id="before the shift"),
        pytest.param({"skills": 1}, {"needs": (Need(skills=2),)}, {}, "skills", id="skills"),
        pytest.param({"kind": "bay"}, {}, {}, "kind", id="kind"),
        pytest.param({"site": "T2"}, {}, {"site": ""}, "elsewhere", id="elsewhere"),
        pytest.param({"refuses": {"v": "cool_off"}}, {}, {}, "refused", id="refused"),
        pytest.param({"tired_at": 570}, {"demanding": True}, {}, "fatigue", id="fatigue"),
        pytest.param({"most": 119}, {}, {}, "full_day", id="full day"),
        pytest.param({"limits": {"a": 1}}, {"group": "a"}, {"group": "a"}, "limit", id="limit"),
        pytest.param({}, {}, {"site": "T2"}, "on_the_road", id="road"),
        pytest.param({"rest": Rest(minutes=45, earliest=540, latest=690)}, {}, {}, "rest", id="rest"),
    ],
)
def test_the_checker_finds_each_broken_rule(
    seat: dict[str, object], first: dict[str, object], second: dict[str, object], rule: str
) -> None:
    visits = (a_visit("v", NINE, **first), a_visit("w", TEN + 30, **second))
    day = a_day(a_seat("s", **seat), visits=visits, roads=roads(T1_T2=31))

    assert rule in [each.rule for each in faults(day, Plan(routes=(a_route("s", *visits),)))]


def test_the_checker_wants_a_joint_visit_together_and_what_is_settled_in_its_place() -> None:
    joint = a_visit("v", TEN, latest=ELEVEN, needs=(Need(), BAY))
    kept = a_visit("kept", EIGHT)
    day = a_day(a_seat("s"), a_seat("bay", kind="bay"), visits=(joint,), settled=(a_route("s", kept),))
    apart = Plan(
        routes=(
            Route(seat="s", stops=(Stop(joint, Need(), TEN),)),
            Route(seat="bay", stops=(Stop(joint, BAY, ELEVEN),)),
        )
    )

    assert faults(day, apart) == [Fault("not_together", visit="v"), Fault("settled", "s", "kept")]
