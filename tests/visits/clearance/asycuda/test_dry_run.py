"""A dry run tells of each file in one line what would become of it."""

import io
import json
from datetime import datetime
from pathlib import Path
from typing import Any

from visits.clearance.asycuda.dry_run import dry_run
from visits.clearance.asycuda.limits import Limits


def lines_of(*paths: Path, now: datetime, limits: Limits | None = None) -> tuple[int, list[dict[str, Any]]]:
    out = io.StringIO()
    status = dry_run(paths, now=now, out=out, limits=limits or Limits())
    return status, [json.loads(line) for line in out.getvalue().splitlines()]


def test_an_accepted_file_gives_its_extraction_and_status_0(bad: Path, now: datetime) -> None:
    status, lines = lines_of(bad / "00_control_ok.xml", now=now)

    assert status == 0
    assert lines == [json.loads((bad / "00_control_ok.expected.json").read_text())]


def test_one_refused_file_gives_status_2_and_the_others_go_on(bad: Path, now: datetime) -> None:
    status, lines = lines_of(bad / "07_truncated.xml", bad / "00_control_ok.xml", now=now)

    assert status == 2
    assert lines[0] == {
        "file": "07_truncated.xml",
        "refused": "not_well_formed",
        "detail": "Le fichier XML est abîmé à la ligne 114, colonne 21. Exportez-le de nouveau.",
    }
    assert lines[1]["status"] == "registered"


def test_a_path_that_cannot_be_opened_is_refused(tmp_path: Path, now: datetime) -> None:
    status, lines = lines_of(tmp_path, tmp_path / "missing.xml", now=now)

    assert status == 2
    assert [line["refused"] for line in lines] == ["unreadable", "unreadable"]


def test_a_file_over_the_cap_is_not_read_to_its_end(bad: Path, now: datetime) -> None:
    _, lines = lines_of(bad / "00_control_ok.xml", now=now, limits=Limits(bytes=100))

    assert lines[0]["refused"] == "file_too_large"
