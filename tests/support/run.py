"""What a whole run needs once: a collector that leaves the program alone, and the end of the shared browser."""

import gc
from collections.abc import AsyncIterator

import pytest

from tests.support.live import close_browser


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Five thousand tests and the program stay to the end: looking through them anew took a thirtieth of the run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session", autouse=True)
async def _browser() -> AsyncIterator[None]:
    """Whoever asked for it first, the browser of the run ends with it."""
    yield
    await close_browser()
