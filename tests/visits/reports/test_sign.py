"""A report is frozen as it was shown, signed by who it names, and answered once by the declarant."""

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from tests.support.stage import Stage
from tests.support.steps_reports import (
    PASSWORD,
    answered,
    cosigned,
    newest,
    previewed,
    save,
    sign_it,
    signed,
    written,
)
from visits.errors import NotFound, Stale
from visits.evidence.verify import verify
from visits.journey.states import State, WrongState
from visits.people.tables import Membership
from visits.reports import queries
from visits.reports.content import content_digest, evidential_grade, from_stored
from visits.reports.draft import save as save_draft
from visits.reports.sign import (
    AlreadySigned,
    BadStrokes,
    GapsLeft,
    NotNamed,
    WordsNeeded,
    WrongPassword,
    answer,
    cosign,
    sign,
)
from visits.reports.tables import ReportVersion
from visits.reports.words import Answer, FindingKind, Result
from visits.roles import Role
from visits.store.tables import DomainEvent


async def test_what_was_seen_at_the_visit_is_in_the_report(stage: Stage) -> None:
    visit = await written(stage)

    shown = await previewed(stage, visit.id)

    content = shown.content
    assert shown.gaps == []
    assert [(box.number, box.seals_before[0].number, box.seals_after[0].number) for box in content.containers] == [
        ("QZVU5081639", "CI 048 2217", "CI 048 2300")
    ]
    quantity = content.items[0].comparisons[0]
    assert (quantity.declared, quantity.found, quantity.gap) == ("420", "468", 48)
    assert [(each.kind, each.evidence) for each in content.findings] == [(FindingKind.QUANTITY_MORE, ("P1",))]
    assert [officer.name for officer in content.officers] == ["Inspector1 Exemple"]
    assert content.started is not None
    assert content.ended is not None


async def test_the_same_rows_give_the_same_bytes(stage: Stage) -> None:
    visit = await written(stage)

    first, again = await previewed(stage, visit.id), await previewed(stage, visit.id)

    assert first.seal == again.seal


async def test_signing_freezes_the_content_under_its_digest(stage: Stage) -> None:
    visit = await signed(stage)

    frozen = await newest(stage, visit.id)

    assert (visit.state, visit.result, frozen.version) == (State.SIGNED, Result.DISCREPANCY_DUTY, 1)
    assert content_digest(from_stored(frozen.content)) == frozen.digest


async def test_the_digest_and_the_signature_stand_in_the_evidence_chain(stage: Stage) -> None:
    visit = await answered(stage)
    frozen = await newest(stage, visit.id)

    async with stage.work() as work:
        facts = await queries.frozen_facts(work, frozen.report_id)
        broken = await verify(work)

    assert facts == [{"digest": frozen.digest, "version": 1}]
    assert broken == []


@pytest.mark.parametrize("column", ["content", "digest", "frozen_at", "version"])
async def test_the_database_refuses_to_change_what_was_frozen(stage: Stage, column: str) -> None:
    visit = await signed(stage)
    frozen = await newest(stage, visit.id)
    same = {column: getattr(frozen, column)}

    with pytest.raises(DBAPIError, match="permission denied"):
        async with stage.work() as work:
            await work.session.execute(update(ReportVersion).values(same))


async def test_every_gap_is_named_at_once(stage: Stage) -> None:
    visit = await written(stage, result=None, conclusion="", legal_basis="", duty=None)

    with pytest.raises(GapsLeft) as refused:
        await sign_it(stage, visit.id)

    assert refused.value.facts["gaps"] == ["result", "conclusion", "legal-basis"]
    assert (await stage.visit(visit.id)).state == State.ENDED


async def test_a_wrong_password_signs_nothing(stage: Stage) -> None:
    visit = await written(stage)

    with pytest.raises(WrongPassword):
        await sign_it(stage, visit.id, password="autre-chose-12")

    assert (await stage.visit(visit.id)).state == State.ENDED


async def test_what_changed_since_it_was_shown_is_not_signed(stage: Stage) -> None:
    visit = await written(stage)
    seal = (await previewed(stage, visit.id)).seal
    await save(stage, visit.id, conclusion="Autre conclusion.")

    with pytest.raises(Stale):
        await stage.run("inspector1", sign, visit.id, password=PASSWORD, seal=seal)


async def test_two_windows_do_not_overwrite_each_other(stage: Stage) -> None:
    visit = await written(stage)

    with pytest.raises(Stale):
        await stage.run("inspector1", save_draft, visit.id, (await save(stage, visit.id)), revision=1)


@pytest.mark.parametrize("name", ["inspector2", "declarant", "other_declarant", "agency_officer"])
async def test_only_the_inspector_of_the_visit_writes_its_report(stage: Stage, name: str) -> None:
    visit = await written(stage)
    draft = await save(stage, visit.id)

    with pytest.raises(NotFound):
        await stage.run(name, save_draft, visit.id, draft, revision=draft.revision)


async def test_a_signed_report_is_not_written_any_more(stage: Stage) -> None:
    visit = await signed(stage)

    with pytest.raises(WrongState):
        await save(stage, visit.id)


@pytest.mark.parametrize(
    "strokes",
    [
        '<svg onload="alert(1)"></svg>',
        "M0 0 url(#x)",
        'M0 0"/><script>1</script>',
        "L1 1",
        "M" + "1 " * 40_000,
        "M1e99 0L0 0",
        "hello",
    ],
    ids=["svg", "url", "break-out", "no-move", "endless", "huge", "words"],
)
async def test_only_strokes_of_a_pen_are_a_drawing(stage: Stage, strokes: str) -> None:
    visit = await written(stage)

    with pytest.raises(BadStrokes):
        await sign_it(stage, visit.id, strokes=strokes)


async def test_a_second_officer_who_was_named_makes_the_report_stronger(stage: Stage) -> None:
    second = stage.actors["inspector2"].person
    visit = await signed(stage, colleagues=(second,))

    await cosigned(stage, visit.id)

    async with stage.work() as work:
        signatures = await queries.signatures_of(work, (await newest(stage, visit.id)).id)
    assert [one.kind for one in signatures] == ["officer", "officer"]
    assert evidential_grade(2) != evidential_grade(1)


async def test_an_officer_the_report_does_not_name_cannot_sign_it(stage: Stage) -> None:
    visit = await signed(stage)

    with pytest.raises(NotNamed):
        await cosigned(stage, visit.id)


async def test_nobody_signs_twice(stage: Stage) -> None:
    visit = await signed(stage)

    with pytest.raises(AlreadySigned):
        await cosigned(stage, visit.id, login="inspector1")


@pytest.mark.parametrize(("login", "password"), [("inspector2", "faux-mot-de-passe"), ("personne", PASSWORD)])
async def test_a_second_signature_needs_its_own_password(stage: Stage, login: str, password: str) -> None:
    visit = await signed(stage)

    with pytest.raises(WrongPassword):
        await cosigned(stage, visit.id, login=login, password=password)


async def test_an_officer_of_a_called_agency_signs_for_the_agency(stage: Stage) -> None:
    visit = await signed(stage)
    async with stage.work() as work:
        held = await work.session.scalars(
            select(Membership).where(Membership.person_id == stage.actors["agency_officer"].person)  # type: ignore[arg-type]
        )
        assert held.one().role == Role.AGENCY_OFFICER
        called = await work.session.get_one(type(visit), visit.id)
        called.order = called.order | {"agencies": ["PHYTO"]}

    await cosigned(stage, visit.id, login="agency_officer")

    async with stage.work() as work:
        signatures = await queries.signatures_of(work, (await newest(stage, visit.id)).id)
    assert [(one.kind, one.quality) for one in signatures][1:] == [("agency", "Protection des végétaux")]


@pytest.mark.parametrize(
    ("verdict", "event"),
    [
        (Answer.SIGNED, "declarant_signed"),
        (Answer.RESERVED, "reservation_made"),
        (Answer.REFUSED, "declarant_refused"),
    ],
)
async def test_the_declarant_answers_and_the_report_waits_for_the_chief(
    stage: Stage, verdict: Answer, event: str
) -> None:
    visit = await answered(stage, verdict=verdict)

    async with stage.work() as work:
        signatures = await queries.signatures_of(work, (await newest(stage, visit.id)).id)
        told = await work.session.scalars(select(DomainEvent.kind).where(DomainEvent.visit_id == visit.id))  # type: ignore[call-overload]
    assert visit.state == State.SIGNED
    assert (signatures[-1].verdict, signatures[-1].quality) == (verdict, "Pour le déclarant Transit Lagune Exemple")
    assert event in told.all()


async def test_the_declarant_answers_once(stage: Stage) -> None:
    visit = await answered(stage)

    with pytest.raises(AlreadySigned):
        await answered(stage, visit, Answer.REFUSED)


@pytest.mark.parametrize("verdict", [Answer.RESERVED, Answer.REFUSED])
async def test_reserves_and_refusals_are_put_into_words(stage: Stage, verdict: Answer) -> None:
    visit = await signed(stage)

    with pytest.raises(WordsNeeded):
        await stage.run("declarant", answer, visit.id, version=1, verdict=verdict, called="J. Tanoh", remarks="  ")


async def test_the_declarant_may_answer_on_the_tablet(stage: Stage) -> None:
    visit = await signed(stage)

    given = await stage.run(
        "inspector1", answer, visit.id, version=1, verdict=Answer.REFUSED, called="J. Tanoh", remarks="Je conteste."
    )

    assert (given.person_id, given.name, given.remarks, given.strokes) == (None, "J. Tanoh", "Je conteste.", None)


async def test_another_firm_finds_no_report(stage: Stage) -> None:
    visit = await signed(stage)

    with pytest.raises(NotFound):
        await stage.run("other_declarant", answer, visit.id, version=1, verdict=Answer.SIGNED, called="X")


async def test_each_report_of_an_office_names_the_one_before_it(stage: Stage) -> None:
    first = await newest(stage, (await signed(stage)).id)
    second = await newest(stage, (await signed(stage)).id)

    assert (from_stored(first.content).previous_digest, from_stored(second.content).previous_digest) == (
        "",
        first.digest,
    )


async def test_a_page_of_an_older_version_signs_nothing(stage: Stage) -> None:
    visit = await signed(stage)

    with pytest.raises(Stale):
        await stage.run("inspector1", cosign, visit.id, version=2, login="inspector2", password=PASSWORD)
