"""A second administration beside the first."""

import pytest
from litestar import Litestar
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.support.clock import MovedClock
from tests.support.stage import Stage
from visits.store.tools import Tools


@pytest.fixture
async def other_stage(tools: Tools, owner: AsyncEngine, clock: MovedClock, app: Litestar) -> Stage:
    """Another administration of the same installation."""
    return await Stage(tools, owner, clock, app).found()
