"""A witness makes a secret and reads its values away from the service."""

import json
from datetime import date
from pathlib import Path

import pytest

from scheduling import place_of
from visits.cli import main


def made(path: Path, *, days: int = 30) -> int:
    return main(
        ["draw", "witness", "new", str(path), "--office", "CIAB1", "--first", "2026-11-25", "--days", str(days)]
    )


def test_the_value_of_a_day_is_what_the_anchor_promised(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "CIAB1.witness"

    assert made(path) == 0
    anchor = bytes.fromhex(capsys.readouterr().out.split()[1])
    assert main(["draw", "witness", "value", str(path), "2026-11-27"]) == 0

    value = bytes.fromhex(capsys.readouterr().out.strip())
    assert place_of("CIAB1", value, anchor, 30) == (date(2026, 11, 27) - date(2026, 11, 25)).days + 1
    assert path.stat().st_mode & 0o077 == 0


def test_a_secret_is_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "CIAB1.witness"
    made(path)
    before = path.read_bytes()

    assert made(path) == 2
    assert path.read_bytes() == before


@pytest.mark.parametrize("days", [0, 401])
def test_an_anchor_promises_a_limited_number_of_days(tmp_path: Path, days: int) -> None:
    assert made(tmp_path / "w", days=days) == 2
    assert not (tmp_path / "w").exists()


@pytest.mark.parametrize("day", ["2026-11-24", "2026-12-25"], ids=["before", "after"])
def test_there_is_no_value_outside_the_days(tmp_path: Path, day: str) -> None:
    made(tmp_path / "w")

    assert main(["draw", "witness", "value", str(tmp_path / "w"), day]) == 2


@pytest.mark.parametrize("change", [{"secret": "00" * 32}, {"format": "x"}, {"secret": None}, {"days": "many"}])
def test_a_damaged_file_gives_no_value(tmp_path: Path, change: dict[str, object]) -> None:
    path = tmp_path / "w"
    made(path)
    path.write_text(json.dumps(json.loads(path.read_text()) | change))

    assert main(["draw", "witness", "value", str(path), "2026-11-27"]) == 2
