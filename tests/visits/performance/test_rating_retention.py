"""Ratings lose their author when the time is over: the firm and the words; the marks and the chain stay whole."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from tests.support.stage import Stage
from tests.support.steps_states import at_state
from visits.evidence.verify import verify
from visits.journey.states import State
from visits.performance.rate import RatedAlready, rate
from visits.performance.retention import forget
from visits.performance.tables import Rating
from visits.store.tables import Audit

MARKS = {"punctuality": 5, "clarity": 4, "courtesy": 3}


async def rated(stage: Stage) -> Rating:
    visit = await at_state(stage, State.RELEASED)
    return await stage.run("declarant", rate, visit.id, MARKS, "M. Exemple, de chez nous")


async def stored(stage: Stage) -> Rating:
    async with stage.work() as work:
        return (await work.session.scalars(select(Rating))).one()


async def test_a_rating_loses_its_author_after_its_days_and_not_before(stage: Stage) -> None:
    given = await rated(stage)
    stage.clock.set(given.at + timedelta(days=365))
    await forget(stage.tools, stage.tenant)
    kept = await stored(stage)
    assert (kept.firm_id, kept.remark) == (stage.firm.id, "M. Exemple, de chez nous")

    stage.clock.move(days=1)
    await forget(stage.tools, stage.tenant)
    await forget(stage.tools, stage.tenant)

    nameless = await stored(stage)
    assert (nameless.firm_id, nameless.remark, nameless.scores) == (None, "", MARKS)
    async with stage.work() as work:
        audits = await work.session.scalars(select(col(Audit.body)).where(col(Audit.action) == "raters_removed"))
        assert [each["count"] for each in audits] == [1]
    assert await stage.run("integrity", verify) == []


async def test_a_nameless_rating_is_still_the_only_one(stage: Stage) -> None:
    given = await rated(stage)
    stage.clock.move(days=400)
    await forget(stage.tools, stage.tenant)

    with pytest.raises(RatedAlready):
        await stage.run("declarant", rate, given.visit_id, MARKS)


async def test_nobody_else_may_change_a_rating(stage: Stage) -> None:
    await rated(stage)

    with pytest.raises(DBAPIError, match="permission denied"):
        async with stage.work() as work:
            await work.session.execute(text("update rating set remark = ''"))
