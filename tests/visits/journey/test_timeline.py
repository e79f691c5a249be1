"""The account of a case: every event has its sentence, nobody's clock is hidden, no officer is named to a firm."""

from datetime import UTC, datetime, timedelta
from types import UnionType
from typing import Any, get_args, get_type_hints
from uuid import UUID

import pytest

from visits.events import KINDS
from visits.journey.states import TABLE
from visits.journey.timeline import DETAILS, FIRM_ONLY, Happening, account, sentence

EIGHT = datetime(2026, 11, 23, 8, tzinfo=UTC)
VISIT = UUID(int=7)
GIVEN: dict[str, Any] = {"lane": "red", "level": "joint", "reason": "declarant", "party": "witness"}


def a_body(kind: str) -> dict[str, Any]:
    """A plausible body of an event, as stored."""
    hints = get_type_hints(KINDS[kind])
    names = set(hints) - {"code", "declaration", "visit", "device_at"}
    return {name: GIVEN.get(name, _plain(hints[name])) for name in names}


def _plain(hint: Any) -> Any:
    hint = get_args(hint)[0] if isinstance(hint, UnionType) else hint
    return {int: 2, bool: True, str: "X", datetime: EIGHT.isoformat(), UUID: str(VISIT)}.get(hint, [])


def told(kind: str, minutes: float = 0, **changes: Any) -> Happening:
    """One event some minutes after eight."""
    at = EIGHT + timedelta(minutes=minutes)
    return Happening(**({"kind": kind, "server_at": at, "visit": VISIT, "body": a_body(kind)} | changes))


@pytest.mark.parametrize("kind", KINDS)
def test_every_event_has_a_sentence_whose_facts_are_there(kind: str) -> None:
    said = sentence(kind, a_body(kind))

    assert said.text % (said.facts | said.words)
    assert said.text[0].isupper() or said.text.startswith("%")


@pytest.mark.parametrize("staff", [True, False], ids=["staff", "firm"])
def test_what_changes_a_state_is_told_to_everybody(staff: bool) -> None:
    moving = {row.event for row in TABLE if row.target is not row.source}

    lines = account([told(kind) for kind in sorted(moving)], staff=staff)

    assert {line.kind for line in lines} == moving
    assert not moving & (DETAILS | FIRM_ONLY)


def test_a_firm_reads_neither_names_nor_reasons_of_the_office() -> None:
    happened = [told("report_returned", who="A. Assi", body={"version": 1, "reason": "photos floues"})]

    [firm], [staff] = account(happened, staff=False), account(happened, staff=True)

    assert (firm.who, firm.reason) == ("", "")
    assert (staff.who, staff.reason) == ("A. Assi", "photos floues")
    assert firm.sentence == staff.sentence


def test_the_office_does_not_learn_that_a_visit_was_rated() -> None:
    assert account([told("rated")], staff=True) == []
    assert len(account([told("rated")], staff=False)) == 1


def test_steps_stand_where_they_happened_though_they_came_late() -> None:
    started = told("visit_started", 60, device_at=EIGHT + timedelta(minutes=10))

    lines = account([told("visit_ended", 40), started], staff=True)

    assert [line.kind for line in lines] == ["visit_started", "visit_ended"]
    assert lines[0].heard_at == EIGHT + timedelta(minutes=60)
    assert lines[1].heard_at is None


@pytest.mark.parametrize(("seconds", "shown"), [(120, False), (121, True), (-121, True)])
def test_two_minutes_between_the_clocks_are_not_worth_a_word(seconds: int, shown: bool) -> None:
    late = told("visit_started", device_at=EIGHT - timedelta(seconds=seconds))

    assert (account([late], staff=False)[0].heard_at is not None) is shown


def test_photos_in_a_row_are_one_line() -> None:
    lines = account(
        [told("evidence_added", 1), told("evidence_added", 2), told("visit_ended", 3), told("evidence_added", 4)],
        staff=True,
    )

    assert [(line.sentence.text, line.sentence.facts) for line in lines] == [
        ("%(count)s photos ou pièces ajoutées", {"count": 2}),
        ("Visite terminée", {}),
        ("Une photo ou pièce ajoutée", {}),
    ]


def test_no_event_says_the_name_of_an_officer() -> None:
    names = {name for kind in KINDS for name in get_type_hints(KINDS[kind])}

    assert not names & {"name", "inspector", "person", "officer"}


def test_the_declarations_own_events_come_first_at_the_same_instant() -> None:
    lines = account([told("visit_opened", seq=0), told("lane_selected", seq=9, visit=None)], staff=False)

    assert [line.kind for line in lines] == ["lane_selected", "visit_opened"]
