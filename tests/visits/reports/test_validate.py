"""The chief validates what was read, once, with the office's next number; or returns it; or opens it again."""

import asyncio

import pytest

from tests.support.stage import Stage
from tests.support.steps_reports import answered, cosigned, newest, same_pair_again, sign_it, signed, validated
from tests.support.steps_states import happen
from visits import events
from visits.errors import BadInput, NotFound, Stale
from visits.journey.queries import transitions_of
from visits.journey.states import NotYours, State, WrongState
from visits.reports import queries
from visits.reports.numbers import number_text, parsed
from visits.reports.tables import Report
from visits.reports.validate import AnswerAwaited, OwnReport, amend, give_back, returned_for, validate
from visits.reports.words import Answer
from visits.store.work import Work


async def number_of(stage: Stage, visit_id: object) -> tuple[int | None, int | None]:
    async with stage.work() as work:
        report = await queries.report_of(work, visit_id)  # type: ignore[arg-type]
    assert report is not None
    return report.year, report.number


async def test_a_validated_report_has_the_first_number_of_its_office_and_year(stage: Stage) -> None:
    visit = await validated(stage)

    assert visit.state == State.VALIDATED
    assert await number_of(stage, visit.id) == (2026, 1)


async def test_numbers_have_no_gaps_though_validations_race_and_fail(stage: Stage) -> None:
    await same_pair_again(stage)
    visits = [await answered(stage) for _ in range(4)]

    async def failing(work: Work, visit_id: object) -> None:
        await validate(work, visit_id, version=1)  # type: ignore[arg-type]
        raise RuntimeError("the line was cut")

    lost = [stage.run("chief2", failing, visit.id) for visit in visits * 3]
    twice = [stage.run("chief", validate, visit.id, version=1) for visit in visits * 2]
    answers = await asyncio.gather(*lost, *twice, return_exceptions=True)

    assert {type(each) for each in answers} <= {Report, WrongState, RuntimeError}
    won = sorted(each.number for each in answers if isinstance(each, Report))
    assert won == [1, 2, 3, 4]
    assert sum(isinstance(each, WrongState) for each in answers) >= 4


async def test_another_office_head_validates_what_a_chief_signed_as_officer(stage: Stage) -> None:
    visit = await signed(stage, colleagues=(stage.actors["chief"].person,))
    await cosigned(stage, visit.id, login="chief")
    await answered(stage, visit)

    with pytest.raises(OwnReport):
        await stage.run("chief", validate, visit.id, version=1)
    await stage.run("chief2", validate, visit.id, version=1)

    assert (await stage.visit(visit.id)).state == State.VALIDATED


@pytest.mark.parametrize(
    ("who", "refusal"), [("inspector1", OwnReport), ("declarant", NotYours), ("other_declarant", NotFound)]
)
async def test_only_a_chief_validates(stage: Stage, who: str, refusal: type[Exception]) -> None:
    visit = await answered(stage)

    with pytest.raises(refusal):
        await stage.run(who, validate, visit.id, version=1)


async def test_a_declarant_who_was_there_has_seventy_two_hours(stage: Stage) -> None:
    visit = await signed(stage)
    stage.clock.move(hours=71, minutes=59)

    with pytest.raises(AnswerAwaited):
        await stage.run("chief", validate, visit.id, version=1)
    stage.clock.move(minutes=1)
    await stage.run("chief", validate, visit.id, version=1)

    async with stage.work() as work:
        last = (await transitions_of(work, visit.id))[-1]
    assert (last.event, last.reason) == ("report_validated", "unconfirmed")


async def test_a_refusal_to_sign_holds_nothing_up(stage: Stage) -> None:
    visit = await answered(stage, verdict=Answer.REFUSED)

    await validated(stage, visit)

    assert (await stage.visit(visit.id)).state == State.VALIDATED


async def test_a_returned_report_comes_back_as_version_two(stage: Stage) -> None:
    visit = await answered(stage)
    await stage.run("chief", give_back, visit.id, version=1, reason="evidence", remark="Photo P1 floue.")

    assert (await stage.visit(visit.id)).state == State.ENDED
    await sign_it(stage, visit.id)

    async with stage.work() as work:
        versions = await queries.versions_of(work, visit.id)
    assert [(each.version, each.state) for each in versions] == [(2, "signed"), (1, "returned")]
    assert returned_for(versions[1]) == ("Une preuve manque ou n'est pas lisible", "Photo P1 floue.")


@pytest.mark.parametrize(("reason", "remark"), [("no-such", ""), ("other", "  ")])
async def test_a_return_has_a_coded_reason(stage: Stage, reason: str, remark: str) -> None:
    visit = await answered(stage)

    with pytest.raises(BadInput):
        await stage.run("chief", give_back, visit.id, version=1, reason=reason, remark=remark)


async def test_an_amended_report_keeps_its_number(stage: Stage) -> None:
    visit = await validated(stage)
    await validated(stage)
    await happen(stage, visit, "system", events.ReportAcknowledged, version=1, act="A-1")

    await stage.run("chief", amend, visit.id, version=1, reason="Erreur sur l'article 1.")
    await sign_it(stage, visit.id)
    await answered(stage, visit)
    await validated(stage, visit)

    async with stage.work() as work:
        versions = await queries.versions_of(work, visit.id)
    assert await number_of(stage, visit.id) == (2026, 1)
    assert [(each.version, each.state) for each in versions] == [(2, "validated"), (1, "amended")]


async def test_what_was_not_read_is_not_validated(stage: Stage) -> None:
    visit = await answered(stage)
    await stage.run("chief", give_back, visit.id, version=1, reason="result")
    await sign_it(stage, visit.id)

    with pytest.raises(Stale):
        await stage.run("chief2", validate, visit.id, version=1)


async def test_everything_to_be_pushed_comes_at_once(stage: Stage) -> None:
    visit = await validated(stage)
    frozen = await newest(stage, visit.id)

    async with stage.work() as work:
        pushed = await queries.pushable(work, visit.id)

    assert pushed is not None
    assert (pushed.number, pushed.version, pushed.digest) == ("2026 CIAB1 CV 00001", 1, frozen.digest)
    assert [one.kind for one in pushed.signatures] == ["officer", "declarant"]
    assert pushed.validated_by == "Chief Exemple"


async def test_what_is_not_validated_is_not_pushed(stage: Stage) -> None:
    visit = await answered(stage)

    async with stage.work() as work:
        assert await queries.pushable(work, visit.id) is None


@pytest.mark.parametrize("typed", ["2026 CIAB1 CV 00318", "2026ciab1cv318", " 2026  CIAB1 CV 00 318 "])
def test_a_number_is_read_as_people_type_it(typed: str) -> None:
    assert parsed(typed) == (2026, "CIAB1", 318)


@pytest.mark.parametrize("typed", ["", "318", "CV 318", "2026 CIAB1 CV", "2026 CIAB1 CV 318; drop"])
def test_anything_else_is_no_number(typed: str) -> None:
    assert parsed(typed) is None


def test_a_number_is_printed_with_its_year_and_office() -> None:
    assert number_text(2026, "CIAB1", 318) == "2026 CIAB1 CV 00318"
