"""`visits draw verify` answers every line of a file, and keeps an office to what it published earlier."""

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from scheduling import commitment, sheet
from tests.scheduling.test_proof import SEED, a_line, a_record, published
from visits.assignment.verify import verify_files

DAY = date(2026, 11, 24)


def file(folder: Path, record: dict[str, Any], name: str = "draws.jsonl") -> Path:
    """The record as a downloaded file."""
    path = folder / name
    path.write_bytes(sheet(record))
    return path


def said(*files: Path, since: tuple[Path, ...] = ()) -> tuple[int, list[str]]:
    """Exit status and lines of the command."""
    out = io.StringIO()
    status = verify_files(files, since=since, language="en", out=out)
    return status, out.getvalue().replace("\u00a0", " ").splitlines()


def test_one_line_is_said_for_each_day_and_each_draw(tmp_path: Path) -> None:
    another = date(2026, 11, 25)
    quiet = published(0) | {"day": another.isoformat(), "commitment": commitment("CIAB1", another, SEED).hex()}

    status, lines = said(file(tmp_path, published(2)), file(tmp_path, quiet, "quiet.jsonl"))

    assert status == 0
    assert [line.split(" ")[0] for line in lines[:-1]] == [
        "draws.jsonl:1",
        "draws.jsonl:2",
        "draws.jsonl:3",
        "quiet.jsonl:1",
    ]
    assert lines[-1] == "2 draws replayed, 0 lines wrong."


def test_a_changed_line_is_named_with_its_reason(tmp_path: Path) -> None:
    record = published(3)
    record["draws"][1]["candidates"][0]["weight"] += 1

    status, lines = said(file(tmp_path, record))

    assert status == 2
    [wrong] = [line for line in lines if "[" in line]
    assert wrong.startswith("draws.jsonl:3 CIAB1 2026-11-24 no. 2: ")
    assert wrong.endswith("[chance]")


def test_a_sealed_day_is_neither_right_nor_wrong(tmp_path: Path) -> None:
    status, [day, _] = said(file(tmp_path, a_record(0) | {"seed": None}))

    assert status == 1
    assert day.endswith("[sealed]")


@pytest.mark.parametrize("name", ["empty.jsonl", "nowhere.jsonl", "."])
def test_a_file_with_nothing_to_read_is_wrong(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty.jsonl").touch()

    status, [line, _] = said(tmp_path / name)

    assert status == 2
    assert line == f"{(tmp_path / name).name}:1 The line cannot be read. [malformed]"


def test_an_earlier_copy_holds_the_office_to_what_it_published(tmp_path: Path) -> None:
    whole = published(3)
    early = file(tmp_path, whole | {"seed": None, "draws": [], "drawn": 2, "digests": whole["digests"][:2]}, "early")

    assert said(file(tmp_path, whole), since=(early,))[0] == 0


def test_a_history_rewritten_whole_differs_from_an_earlier_copy(tmp_path: Path) -> None:
    early = file(tmp_path, published(3), "early")
    other = a_record(3)
    other["draws"][1] = a_line(2, at="2026-11-24T05:00:00.000000Z")
    other["digests"] = [line["digest"] for line in other["draws"]]

    status, lines = said(file(tmp_path, other), since=(early,))

    assert status == 2
    assert next(line for line in lines if line.endswith("[promise]")).startswith("draws.jsonl:3 ")


@pytest.mark.parametrize("gone", [1, 3], ids=["the last", "all"])
def test_a_shortened_history_differs_from_an_earlier_copy(tmp_path: Path, gone: int) -> None:
    early = file(tmp_path, published(3), "early")

    status, lines = said(file(tmp_path, published(3 - gone)), since=(early,))

    assert status == 2
    assert lines[0].endswith("[promise]")


def test_another_promise_for_the_day_differs_from_an_earlier_copy(tmp_path: Path) -> None:
    early = file(tmp_path, published(1) | {"commitment": "00" * 32}, "early")

    assert said(file(tmp_path, published(1)), since=(early,))[0] == 2


def test_a_promise_dated_otherwise_differs_from_an_earlier_copy(tmp_path: Path) -> None:
    early = file(tmp_path, published(1), "early")
    dated = published(1) | {"committed_at": "2026-09-22T00:00:00.000000Z"}

    assert said(file(tmp_path, dated), since=(early,))[0] == 2


def test_a_seed_committed_too_late_is_named_with_its_line(tmp_path: Path) -> None:
    late = published(2) | {"committed_at": "2026-11-24T06:00:00.000000Z"}

    status, lines = said(file(tmp_path, late))

    assert status == 2
    assert [line.partition(" ")[0] for line in lines if line.endswith("[late]")] == [
        "draws.jsonl:1",
        "draws.jsonl:2",
        "draws.jsonl:3",
    ]


@pytest.mark.parametrize(
    "text",
    [
        None,
        b"\xff",
        b"7",
        b"[" * 100_000,
        b'{"format": "visits-draw-1", "office": "CIAB1", "day": "2026-11-24", "digests": 7}',
        sheet(published(1)) + b"{",
    ],
    ids=["not there", "no text", "no record", "a pit", "no digests", "cut in its last line"],
)
def test_an_earlier_copy_nobody_can_read_holds_nobody_and_is_said(tmp_path: Path, text: bytes | None) -> None:
    early = tmp_path / "early.jsonl"
    if text is not None:
        early.write_bytes(text)

    status, lines = said(file(tmp_path, published(1)), since=(early,))

    assert status == 2
    assert lines == ["early.jsonl:1 The line cannot be read. [malformed]"]


def test_a_file_older_than_its_first_booking_is_replayed_and_says_what_cannot_be_asked(tmp_path: Path) -> None:
    """Whether the promise came late is asked against the first booking, which files did not tell at first."""
    told = published(2)
    old = {name: value for name, value in told.items() if name != "booked_at"}

    status, lines = said(file(tmp_path, old))

    assert status == 0
    assert "cannot be checked" in lines[0]
    assert all("cannot be checked" not in line for line in said(file(tmp_path, told))[1])


def test_an_older_file_hides_no_draw_made_before_its_promise(tmp_path: Path) -> None:
    told = published(2) | {"committed_at": "2026-11-24T06:00:00.000000Z"}
    old = {name: value for name, value in told.items() if name != "booked_at"}

    status, lines = said(file(tmp_path, old))

    assert status == 2
    assert [line.endswith("[late]") for line in lines[1:3]] == [True, True]


def test_two_files_of_one_day_that_promise_different_things_are_not_both_right(tmp_path: Path) -> None:
    """Each follows from its own seed: an office that keeps two books shows whichever suits."""
    one = file(tmp_path, published(0))
    seed = bytes(range(1, 33))
    other = published(0) | {"seed": seed.hex(), "commitment": commitment("CIAB1", DAY, seed).hex()}

    assert said(file(tmp_path, other, "other.jsonl"))[0] == 0
    status, [_, line, _] = said(one, tmp_path / "other.jsonl")

    assert status == 2
    assert line.startswith("other.jsonl:1 ")
    assert line.endswith("[promise]")


def test_a_sealed_day_is_held_to_its_earlier_copy_too(tmp_path: Path) -> None:
    early = file(tmp_path, published(0) | {"seed": None}, "early")
    other = file(tmp_path, published(0) | {"seed": None, "commitment": "00" * 32})

    assert said(other, since=(early,))[0] == 2


def test_an_earlier_copy_of_another_office_holds_nobody_and_is_said(tmp_path: Path) -> None:
    early = file(tmp_path, published(1) | {"office": "CIAB2"}, "early.jsonl")

    status, [*_, line, _] = said(file(tmp_path, published(1)), since=(early,))

    assert status == 2
    assert line == "early.jsonl:1 No day of this copy is in the files verified. [other]"


def test_nothing_in_a_file_passes_for_an_answer_of_the_command(tmp_path: Path) -> None:
    """A code of an office with lines, colours or half a character in it."""
    forged = file(tmp_path, a_record(0))
    head = json.loads(forged.read_text()) | {"office": "X\ny.jsonl:1 CIAB1: Matches\x1b[2J\ud800", "seed": None}
    forged.write_text(json.dumps(head))

    _, lines = said(forged)

    assert lines[0].startswith("draws.jsonl:1 X?y.jsonl:1 CIAB1: Matches?[2J? ")
