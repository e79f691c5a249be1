"""The control file, from which every hostile case differs by one change, and the hour at which files come."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

DATA = Path(__file__).parents[3] / "data"


@pytest.fixture(scope="session")
def bad() -> Path:
    return DATA / "asycuda-bad"


@pytest.fixture(scope="session")
def good() -> Path:
    return DATA / "asycuda"


@pytest.fixture(scope="session")
def control(bad: Path) -> bytes:
    return (bad / "00_control_ok.xml").read_bytes()


@pytest.fixture(scope="session")
def now() -> datetime:
    return datetime(2026, 4, 1, 12, tzinfo=UTC)
