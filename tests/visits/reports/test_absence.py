"""The finding of absence: what it says, who signs it, that it never changes, and its three papers."""

import io
from uuid import UUID

import msgspec
import pytest
from pypdf import PdfReader
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from tests.support.stage import Stage
from tests.support.steps_fieldwork import ready
from tests.support.steps_reports import PASSWORD, with_passwords
from visits.background.deliver import deliver
from visits.errors import NotFound
from visits.fieldwork import branches, checkin
from visits.fieldwork.no_shows import customs_no_show
from visits.fieldwork.positioning import Position, Said, say
from visits.fieldwork.words import Party
from visits.ids import new_id
from visits.journey.tables import Visit
from visits.reports.absence import Absence, absence_case, absences_of, digest_of, from_stored, sign
from visits.reports.absence_paper import paper_of, pdf
from visits.reports.absence_words import told
from visits.reports.sign import WrongPassword
from visits.reports.tables import AbsenceRecord
from visits.store.tables import Audit

BOX = "QZVU5081639"


async def absent(stage: Stage) -> tuple[Visit, AbsenceRecord]:
    """The inspector waited with the container in place, noted the absence and signed it."""
    visit = await noted(stage)
    return visit, await stage.run("inspector1", sign, visit.id, await step_of(stage, visit), password=PASSWORD)


async def noted(stage: Stage) -> Visit:
    visit = await ready(stage)
    await with_passwords(stage, "inspector1", "inspector2", "chief")
    await stage.run("terminal", say, visit.id, Said(id=new_id(), container=BOX, position=Position.PLACED))
    await stage.run("inspector1", checkin.check_in, visit.id, id=new_id(), party=Party.INSPECTOR)
    stage.clock.move(minutes=15)
    await stage.run("inspector1", branches.party_absent, visit.id, id=new_id(), reason="personne au terminal")
    await deliver(stage.tools, stage.tenant, visit.id)
    return visit


async def step_of(stage: Stage, visit: Visit, who: str = "inspector1") -> UUID:
    async with stage.work(who) as work:
        return (await absences_of(work, await absence_case(work, visit.id)))[0][0].id


async def content(stage: Stage, visit: Visit, who: str = "inspector1") -> Absence:
    async with stage.work(who) as work:
        return (await absences_of(work, await absence_case(work, visit.id)))[0][2]


async def test_it_says_who_was_there_and_where_the_goods_were(stage: Stage) -> None:
    visit = await noted(stage)

    found = await content(stage, visit)

    assert (found.side, found.visit, found.reason, found.grace_minutes) == (
        "declarant",
        visit.reference,
        "personne au terminal",
        15,
    )
    assert [(each.party, each.own) for each in found.presences] == [("inspector", True)]
    assert [(each.container, each.position) for each in found.places] == [(BOX, "placed")]
    assert (found.site, found.bay) == ("Terminal 1", "bay A")


async def test_what_comes_after_it_was_noted_changes_nothing(stage: Stage) -> None:
    visit = await noted(stage)
    before = await content(stage, visit)
    stage.clock.move(minutes=5)
    async with stage.work() as work:
        for each in (await work.session.scalars(select(Visit).where(col(Visit.id) == visit.id))).all():
            each.site_id = None

    after = await content(stage, visit)

    assert after == before


async def test_signed_it_is_frozen_and_its_digest_stands_in_the_chain(stage: Stage) -> None:
    visit, record = await absent(stage)
    again = await stage.run("chief", sign, visit.id, record.step_id, password=PASSWORD)

    assert again.id == record.id
    assert digest_of(from_stored(record)) == record.digest
    async with stage.work() as work:
        note = await work.session.scalar(select(Audit).where(col(Audit.action) == "absence_recorded"))
    assert note is not None
    assert (note.subject, note.body["digest"]) == (str(record.id), record.digest)
    with pytest.raises(DBAPIError):
        async with stage.work() as work:
            await work.session.execute(update(AbsenceRecord).values(name="Autre"))


async def test_only_who_noted_it_or_a_chief_signs_with_the_own_password(stage: Stage) -> None:
    visit = await noted(stage)
    step = await step_of(stage, visit)

    with pytest.raises(WrongPassword):
        await stage.run("inspector1", sign, visit.id, step, password="faux")
    with pytest.raises(NotFound):
        await stage.run("inspector2", sign, visit.id, step, password=PASSWORD)
    with pytest.raises(NotFound):
        await stage.run("chief", sign, visit.id, new_id(), password=PASSWORD)
    assert (await stage.run("chief", sign, visit.id, step, password=PASSWORD)).name == "Chief Exemple"


async def test_what_a_declarant_said_is_signed_by_a_chief(stage: Stage) -> None:
    visit = await ready(stage)
    await with_passwords(stage, "chief")
    await stage.run("declarant", checkin.arrive, visit.id, id=new_id())
    stage.clock.move(minutes=30)
    await stage.run("declarant", customs_no_show, visit.id, id=new_id())

    record = await stage.run("chief", sign, visit.id, await step_of(stage, visit, "chief"), password=PASSWORD)

    assert (record.side, from_stored(record).presences[0].party) == ("customs", "declarant")


async def test_the_firm_reads_what_is_signed_and_nothing_before(stage: Stage) -> None:
    visit = await noted(stage)
    async with stage.work("declarant") as work:
        assert await absences_of(work, await absence_case(work, visit.id)) == []

    await stage.run("chief", sign, visit.id, await step_of(stage, visit), password=PASSWORD)

    async with stage.work("declarant") as work:
        assert len(await absences_of(work, await absence_case(work, visit.id))) == 1
    async with stage.work("other_declarant") as work:
        with pytest.raises(NotFound):
            await absence_case(work, visit.id)


@pytest.mark.slow  # three papers are printed
@pytest.mark.parametrize("language", ["fr", "en", "pt"])
async def test_it_is_printed_in_each_language_and_byte_for_byte_again(stage: Stage, language: str) -> None:
    visit, record = await absent(stage)
    async with stage.work("declarant") as work:
        paper = await paper_of(work, visit.id, record.id, language=language)

    printed = pdf(paper)

    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(printed)).pages)
    assert record.name in text
    assert record.digest[:16] in text.replace("\n", "")
    assert visit.reference in text
    assert pdf(paper) == printed


async def test_an_altered_record_is_not_printed(stage: Stage) -> None:
    _, record = await absent(stage)

    record.content = record.content | {"reason": "autre"}

    assert digest_of(from_stored(record)) != record.digest


@pytest.mark.parametrize("side", ["declarant", "goods", "customs", "agency"])
async def test_every_side_has_its_words_without_a_gap(stage: Stage, side: str) -> None:
    said = await content(stage, await noted(stage))
    found = msgspec.structs.replace(said, side=side, agency="Protection des végétaux")

    for language in ("fr", "en", "pt"):
        words = told(found, language)
        assert "%(" not in words.title + words.found + words.follows
