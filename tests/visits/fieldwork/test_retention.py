"""Positions and photos go when their time is over, not a day earlier; digests, findings and the chain stay whole."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from tests.support import steps_fieldwork, steps_reports, steps_states
from tests.support.stage import Stage
from visits.background.timetable import run_all_once
from visits.documents.tables import Document
from visits.errors import NotFound
from visits.events import Cancelled, DisputeClosed, GoodsSeized, ReleaseIssued, ReportAcknowledged, ReportPushed
from visits.evidence.verify import verify
from visits.fieldwork import queries
from visits.fieldwork.geofence import Fix
from visits.fieldwork.retention import forget
from visits.fieldwork.run import start
from visits.fieldwork.tables import CheckIn, Evidence
from visits.ids import DeclarationId, VisitId, new_id
from visits.journey.tables import Visit
from visits.store.tables import Audit

HERE = Fix(latitude=5.2571, longitude=-4.0095, accuracy=8)
PHOTO_DAYS = timedelta(days=1826)


@pytest.fixture
def stage(alone: Stage) -> Stage:
    """The only administration of its installation: before a file goes, everyone there is asked."""
    return alone


async def audited(stage: Stage, action: str) -> list[dict[str, Any]]:
    async with stage.work() as work:
        rows = select(col(Audit.body)).where(col(Audit.action) == action).order_by(col(Audit.at), col(Audit.id))
        return list(await work.session.scalars(rows))


async def photos(stage: Stage) -> list[Evidence]:
    async with stage.work() as work:
        return list(await work.session.scalars(select(Evidence).order_by(col(Evidence.number))))


async def released(stage: Stage) -> Visit:
    """A whole visit with one photo, its report validated, its goods released."""
    visit = await steps_reports.validated(stage)
    return await steps_states.happen(stage, visit, "chief", ReleaseIssued, voucher="BAE 1", source="manual")


async def withdrawn(stage: Stage, *contents: bytes) -> Visit:
    """A visit begun, photographed and withdrawn by the chief."""
    visit = await steps_fieldwork.started(stage)
    for content in contents or (steps_fieldwork.a_photo(),):
        await steps_fieldwork.photographed(stage, visit.id, content=content)
    return await steps_states.happen(stage, visit, "chief", Cancelled, reason="retrait")


async def test_positions_go_after_their_days_and_not_before(stage: Stage) -> None:
    visit = await steps_fieldwork.ready(stage)
    await stage.run("inspector1", start, visit.id, id=new_id(), fix=HERE)
    seen = steps_fieldwork.a_photo(taken=stage.clock.now())
    await steps_fieldwork.photographed(stage, visit.id, content=seen)
    stage.clock.move(days=90)

    await forget(stage.tools, stage.tenant)
    async with stage.work() as work:
        before = await queries.record_of(work, visit.id)
    stage.clock.move(days=1)
    await forget(stage.tools, stage.tenant)
    await forget(stage.tools, stage.tenant)

    assert before.check_ins[0].latitude == HERE.latitude
    assert before.evidence[0].latitude is not None
    async with stage.work() as work:
        after = await queries.record_of(work, visit.id)
    [came], [piece] = after.check_ins, after.evidence
    assert (came.latitude, came.longitude, came.accuracy_metres, came.fence) == (None, None, None, "inside")
    assert (piece.latitude, piece.longitude, piece.sha256) == (None, None, before.evidence[0].sha256)
    assert [each["count"] for each in await audited(stage, "positions_removed")] == [2]


async def test_the_office_s_own_days_count(stage: Stage) -> None:
    visit = await steps_fieldwork.ready(stage)
    await stage.run("inspector1", start, visit.id, id=new_id(), fix=HERE)
    async with stage.work() as work:
        office = await work.session.get_one(type(stage.office), stage.office.id)
        office.policies = {"gps_days": 7}
    stage.clock.move(days=8)

    await forget(stage.tools, stage.tenant)

    async with stage.work() as work:
        assert (await work.session.scalars(select(CheckIn))).one().latitude is None


async def test_a_file_goes_after_its_days_and_not_before(stage: Stage) -> None:
    await withdrawn(stage, steps_fieldwork.a_photo(colour="#0a0b0c"))
    [piece] = await photos(stage)
    stage.clock.set(piece.at + PHOTO_DAYS)
    await forget(stage.tools, stage.tenant)
    assert await stage.tools.blobs.head(piece.blob) is not None

    stage.clock.move(days=1)
    await forget(stage.tools, stage.tenant)

    assert await stage.tools.blobs.head(piece.blob) is None


async def test_what_is_left_of_a_photo_is_its_digest_and_its_pages_say_so(stage: Stage) -> None:
    visit = await released(stage)
    [piece] = await photos(stage)
    stage.clock.set(piece.at + PHOTO_DAYS + timedelta(days=1))
    await forget(stage.tools, stage.tenant)
    await forget(stage.tools, stage.tenant)

    [gone] = await photos(stage)
    assert (gone.removed_at, gone.sha256, gone.number) == (stage.clock.now(), piece.sha256, 1)
    assert await audited(stage, "photos_removed") == [{"count": 1}]
    assert await stage.run("integrity", verify) == []
    async with stage.browser("chief") as browser:
        alone = await browser.get(f"/inspector/visits/{visit.id}/photos/1")
        report = await browser.get(f"/chief/reports/{visit.id}")
    assert alone.status_code == 410
    assert f"Son empreinte reste\u00a0: {piece.sha256}" in alone.text
    assert "Photo supprimée au terme de sa durée de conservation" in report.text
    assert piece.sha256 in report.text
    assert "<img" not in report.text


async def test_a_photo_of_an_open_case_stays(stage: Stage) -> None:
    await steps_fieldwork.ended(stage)
    stage.clock.move(days=9 * 365)

    await forget(stage.tools, stage.tenant)

    [piece] = await photos(stage)
    assert piece.removed_at is None
    assert await stage.tools.blobs.head(piece.blob) is not None


async def test_a_photo_of_seized_goods_stays_until_the_dispute_is_closed(stage: Stage) -> None:
    visit = await steps_reports.validated(stage)
    await steps_states.happen(stage, visit, "system", ReportPushed, version=1, link="simulator")
    await steps_states.happen(stage, visit, "system", ReportAcknowledged, version=1, act="A 1")
    await steps_states.happen(stage, visit, "chief", GoodsSeized, reason="contrebande")
    stage.clock.move(days=9 * 365)

    await forget(stage.tools, stage.tenant)
    [kept] = await photos(stage)
    async with stage.work("chief") as work:
        work.emit(
            DisputeClosed(
                declaration=DeclarationId(visit.declaration_id), visit=VisitId(visit.id), outcome="transaction"
            )
        )
    await forget(stage.tools, stage.tenant)

    assert kept.removed_at is None
    assert [each.removed_at for each in await photos(stage)] == [stage.clock.now()]


async def test_a_file_that_a_document_shares_stays_for_the_document(stage: Stage) -> None:
    visit = await withdrawn(stage)
    [piece] = await photos(stage)
    async with stage.work() as work:
        work.session.add(
            Document(
                visit_id=visit.id,
                document_type="380",
                file_name="facture.jpg",
                media_type="image/jpeg",
                size=piece.size,
                sha256=piece.sha256,
                blob=piece.blob,
                at=work.now,
            )
        )
    stage.clock.move(days=1827)

    await forget(stage.tools, stage.tenant)

    assert (await photos(stage))[0].removed_at is not None
    assert await stage.tools.blobs.head(piece.blob) is not None


async def test_a_file_of_another_administration_stays(stage: Stage) -> None:
    content = steps_fieldwork.a_photo(colour="#123456")
    await withdrawn(stage, content)
    other = await Stage(stage.tools, stage._owner, stage.clock, stage.app).found()
    other.clock.move(days=-1)
    await steps_fieldwork.photographed(other, (await steps_fieldwork.started(other)).id, content=content)
    [piece] = await photos(stage)
    stage.clock.move(days=1830)

    await forget(stage.tools, stage.tenant)

    assert (await photos(stage))[0].removed_at is not None
    assert await stage.tools.blobs.head(piece.blob) is not None


async def test_what_goes_in_batches_all_goes_once(stage: Stage) -> None:
    await withdrawn(stage, *(steps_fieldwork.a_photo(colour=f"#00{n}0ff") for n in range(5)))
    stage.clock.move(days=1827)

    await forget(stage.tools, stage.tenant, 2)
    await forget(stage.tools, stage.tenant, 2)

    assert all(each.removed_at for each in await photos(stage))
    assert [each["count"] for each in await audited(stage, "photos_removed")] == [2, 2, 1]


async def test_after_a_stop_between_file_and_note_the_next_run_finishes(stage: Stage) -> None:
    await withdrawn(stage)
    [piece] = await photos(stage)
    stage.clock.move(days=1827)
    await stage.tools.blobs.delete(piece.blob)

    await forget(stage.tools, stage.tenant)

    assert await audited(stage, "photos_removed") == [{"count": 1}]


async def test_the_clockwork_does_it(stage: Stage) -> None:
    await withdrawn(stage)
    stage.clock.move(days=1827)

    await run_all_once(stage.tools)

    assert all(each.removed_at for each in await photos(stage))


async def test_the_application_can_take_away_in_its_own_administration_only(stage: Stage) -> None:
    await withdrawn(stage)
    [piece] = await photos(stage)
    other = await Stage(stage.tools, stage._owner, stage.clock, stage.app).found()

    async with other.work() as work:
        gone = await work.session.scalars(
            text("select forget_photos(cast(:pieces as uuid[]), :moment)"), {"pieces": [piece.id], "moment": work.now}
        )
        assert gone.all() == []
    with pytest.raises(DBAPIError, match="permission denied"):
        async with stage.work() as work:
            await work.session.execute(text("update evidence set removed_at = now()"))
    with pytest.raises(NotFound):
        async with other.work() as work:
            await queries.evidence_by_number(work, piece.visit_id, 1)
