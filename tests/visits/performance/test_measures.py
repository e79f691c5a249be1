"""The times of a visit by their definitions (T04 … T27): missing ends are None, signed ones keep their sign."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from scheduling import Interval
from visits.journey.timeline import Happening
from visits.performance.measures import NAMES, measures, suspensions
from visits.performance.turns import worked

EIGHT = datetime(2026, 11, 23, 8, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return EIGHT + timedelta(minutes=minutes)


def told(minutes: float, kind: str, **body: Any) -> Happening:
    return Happening(kind=kind, server_at=at(minutes), body=body)


def slot(minutes: float) -> dict[str, str]:
    return {"starts_at": at(minutes).isoformat()}


WHOLE = [
    told(-600, "cargo_arrived"),
    told(-60, "declaration_registered"),
    told(0, "lane_selected"),
    told(10, "package_submitted"),
    told(30, "package_returned", defects=2),
    told(50, "package_submitted"),
    told(65, "package_accepted"),
    told(70, "appointment_requested"),
    told(72, "appointment_confirmed", **slot(300)),
    told(80, "appointment_moved", **slot(240)),
    told(90, "inspector_assigned", again=False),
    told(120, "inspector_assigned", again=True),
    told(235, "visit_started"),
    told(250, "visit_suspended", reason="terminal"),
    told(270, "visit_resumed"),
    told(290, "visit_suspended", reason="declarant"),
    told(295, "visit_resumed"),
    told(320, "visit_ended"),
    told(350, "report_signed", officers=1),
    told(360, "report_returned", reason="x"),
    told(380, "report_signed", officers=1),
    told(390, "report_validated"),
    told(390.5, "report_acknowledged"),
    told(420, "release_issued"),
]
EXPECTED = {
    "T04": 20 + 15,
    "T05": 25,
    "T06": 2,
    "T08": 168,
    "T13": -5,
    "T14": 15 + 20 + 25,
    "T15": 85,
    "T16": 25,
    "T17": 60,
    "T18": 10,
    "T19": 30,
    "T20": 390.5,
    "T26": 8,
    "T27": 17,
}


@pytest.mark.parametrize("code", EXPECTED)
def test_a_whole_story_gives_each_time_by_its_definition(code: str) -> None:
    assert measures(WHOLE)[code] == pytest.approx(EXPECTED[code])


def test_every_time_has_a_name() -> None:
    assert set(measures([])) == set(NAMES) == set(EXPECTED)


def test_without_events_there_is_no_time() -> None:
    assert set(measures([]).values()) == {None}


ENDS = {
    "T04": {"package_accepted"},
    "T05": {"inspector_assigned"},
    "T06": {"appointment_confirmed"},
    "T13": {"visit_started"},
    "T14": {"visit_ended"},
    "T15": {"visit_ended"},
    "T16": {"visit_resumed"},
    "T17": {"report_signed"},
    "T18": {"report_validated"},
    "T19": {"report_acknowledged"},
    "T20": {"report_acknowledged"},
    "T26": {"release_issued"},
    "T27": {"release_issued"},
}


@pytest.mark.parametrize("code", ENDS)
def test_a_missing_end_gives_no_time(code: str) -> None:
    assert measures([each for each in WHOLE if each.kind not in ENDS[code]])[code] is None


def test_the_slot_is_the_one_in_force_when_the_visit_began() -> None:
    story = [
        told(0, "appointment_confirmed", **slot(60)),
        told(75, "party_absent"),
        told(90, "appointment_confirmed", **slot(200)),
        told(207, "visit_started"),
        told(300, "appointment_confirmed", **slot(500)),
    ]

    found = measures(story)

    assert (found["T08"], found["T13"]) == (110, 7)


def test_a_given_back_booking_promises_nothing() -> None:
    found = measures([told(0, "appointment_confirmed", **slot(60)), told(10, "appointment_cancelled")])

    assert (found["T08"], found["T13"]) == (None, None)


def test_a_visit_finished_on_paper_has_no_net_time() -> None:
    assert measures([told(0, "visit_started"), told(30, "paper_exception", reason="panne")])["T14"] is None


def test_a_converted_visit_counts_both_parts() -> None:
    story = [
        told(0, "visit_started"),
        told(10, "visit_converted", reason="image"),
        told(100, "visit_started"),
        told(140, "visit_ended"),
    ]

    assert (measures(story)["T14"], measures(story)["T15"]) == (50, 140)


def test_a_visit_without_suspension_was_suspended_for_no_time() -> None:
    assert measures([told(0, "visit_started"), told(30, "visit_ended")])["T16"] == 0


def test_suspensions_are_summed_by_reason() -> None:
    assert suspensions([*WHOLE, told(500, "visit_suspended", reason="weather")]) == {"terminal": 20, "declarant": 5}


def test_a_late_tablet_counts_by_its_own_corrected_time() -> None:
    started = Happening(kind="visit_started", server_at=at(90), device_at=at(10))
    ended = Happening(kind="visit_ended", server_at=at(90), device_at=at(55))

    assert measures([ended, started])["T14"] == 45


def test_office_hours_leave_the_closed_time_out() -> None:
    hours = [Interval(at(0), at(60)), Interval(at(120), at(180))]

    found = measures(
        [told(30, "package_submitted"), told(150, "package_accepted")], lambda start, end: worked(start, end, hours)
    )

    assert found["T04"] == 60
