"""Whatever happened at a visit stands in its report: pauses, reasons, desks, paper, agencies, samples."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.support import steps_fieldwork
from tests.support.stage import Stage
from tests.support.steps_reports import PASSWORD, previewed, save, sign_it, with_passwords
from visits.fieldwork import findings, run
from visits.fieldwork.words import Method
from visits.ids import new_id
from visits.journey.states import State
from visits.reports.assemble import course_of
from visits.reports.content import AgencyVerdict, Money, Offence
from visits.reports.draft import Draft, Taken, draft_from, typed_of
from visits.reports.words import AgencyAnswer, LaneColour, Mode, Quality, Result
from visits.sites.tables import Office
from visits.store.tables import DomainEvent

OFFICE = Office(
    code="CIAB1", name="Abidjan-Port", tz="Africa/Abidjan", country="CI", currency="XOF", policies={"legal_basis": "A"}
)


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 24, hour, minute, tzinfo=UTC)


def happened(*told: tuple[str, datetime, dict[str, Any]]) -> list[DomainEvent]:
    return [DomainEvent(kind=kind, at=when, body=body) for kind, when, body in told]


async def test_a_pause_is_told_with_its_reason(stage: Stage) -> None:
    visit = await steps_fieldwork.started(stage)
    stage.clock.move(minutes=10)
    await stage.run("inspector1", run.suspend, visit.id, id=new_id(), reason="terminal")
    stage.clock.move(minutes=6)
    await stage.run("inspector1", run.resume, visit.id, id=new_id())
    await steps_fieldwork.ended(stage, visit)

    [pause] = (await previewed(stage, visit.id)).content.suspensions

    assert pause.until is not None
    assert ((pause.until - pause.since).seconds, pause.reason) == (360, "attente d'un engin ou de manutention")


async def test_what_was_left_undone_is_explained_in_the_report(stage: Stage) -> None:
    visit = await steps_fieldwork.started(stage)
    who = "inspector1"
    await stage.run(
        who, findings.opened, visit.id, id=new_id(), container=steps_fieldwork.BOX, method=Method.PARTIAL, percent=30
    )
    reasons = {
        f"box:{steps_fieldwork.BOX}": "Plomb arraché au scanner.",
        "item:1": "Inaccessible au fond du conteneur.",
        f"seal_after:{steps_fieldwork.BOX}": "Pas de plomb neuf disponible.",
    }
    await stage.run(who, run.end, visit.id, id=new_id(), reasons=reasons)
    await save(stage, visit.id, result=Result.CONFORM_REMARK, duty=None)

    shown = await previewed(stage, visit.id)

    assert shown.gaps == []
    assert shown.content.items[0].remark == "Inaccessible au fond du conteneur."
    assert {each.text for each in shown.content.findings} == {
        "Plomb arraché au scanner.",
        "Pas de plomb neuf disponible.",
    }


async def test_a_control_of_documents_is_reported_from_the_desk(stage: Stage) -> None:
    visit = await steps_fieldwork.at_desk(stage)
    await with_passwords(stage, "inspector1")
    await stage.run("inspector1", run.start, visit.id, id=new_id())
    await stage.run("inspector1", findings.conform, visit.id, id=new_id(), item=1)
    await stage.run("inspector1", run.end, visit.id, id=new_id())
    await save(stage, visit.id, result=Result.CONFORM, duty=None, proposed_lane=None)

    shown = await previewed(stage, visit.id)
    await sign_it(stage, visit.id, password=PASSWORD)

    assert (shown.gaps, shown.content.mode, shown.content.containers) == ([], Mode.DESK, ())
    assert not any(row.differs for row in shown.content.items[0].comparisons)
    assert (await stage.visit(visit.id)).state == State.SIGNED


async def test_what_is_corrected_before_the_signature_stands_alone(stage: Stage) -> None:
    visit = await steps_fieldwork.ended(stage)
    await stage.run("inspector1", findings.record, visit.id, steps_fieldwork.quantity("430"))

    content = (await previewed(stage, visit.id)).content

    assert [row.found for row in content.items[0].comparisons if row.facet == "quantity"] == ["430"]


def test_a_conversion_begins_the_visit_anew() -> None:
    course = course_of(
        happened(
            ("visit_started", at(8), {}),
            ("visit_suspended", at(8, 5), {"reason": "declarant"}),
            ("visit_converted", at(8, 10), {"reason": "image illisible"}),
            ("visit_started", at(14), {}),
            ("visit_ended", at(15), {}),
        )
    )

    assert (course.started, course.ended, course.suspensions) == (at(14), at(15), [])


def test_the_corrected_time_of_the_device_goes_before_the_servers() -> None:
    [event] = happened(("visit_started", at(10), {}))
    event.device_at = at(9, 17)

    assert course_of([event]).started == at(9, 17)


WHOLE = Draft(
    result=Result.OFFENCE,
    conclusion="Deux lignes\nde conclusion.",
    explanation="Technique.",
    legal_basis="Code des douanes, article 75",
    proposed_lane=LaneColour.RED,
    lane_reason="à revoir",
    duty=Money(amount=Decimal("-12.50"), currency="EUR"),
    offences=(Offence(name="fausse déclaration", article="article 300", seized=True),),
    read_to_party=False,
    invited_to_attend=True,
    documents_taken=("facture 118", "colisage"),
    present="M. Zadi",
    present_quality=Quality.TERMINAL,
    colleagues=(new_id(), new_id()),
    verdicts=(AgencyVerdict(agency="PHYTO", answer=AgencyAnswer.CONDITIONAL, officer="F. Aka", text="À marquer."),),
    sample=Taken(description="électrolyte", quantity="50 ml", seals=("L 1", "L 2"), laboratory="Central", at=at(10, 2)),
    started=at(9),
    ended=at(11),
)


@pytest.mark.parametrize("draft", [Draft(legal_basis=""), WHOLE], ids=["blank", "whole"])
def test_a_draft_comes_back_from_its_form_as_it_went(draft: Draft) -> None:
    assert draft_from(typed_of(draft, OFFICE), OFFICE, ("PHYTO",)) == draft
