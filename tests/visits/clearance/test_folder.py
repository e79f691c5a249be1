"""The watched folder: whole files only, one bad file stops nobody, nothing is taken twice in effect."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.clearance import BAD, a_message, control, declarations, inbound
from tests.support.clock import MovedClock
from tests.support.stage import Stage
from visits.clearance.folder import import_files, look
from visits.store.tools import Tools


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def watching(stage: Stage, folder: Path) -> Tools:
    settings = replace(stage.tools.settings, inbox_folder=str(folder), inbox_tenant=stage.host)
    return replace(stage.tools, settings=settings)


async def looks(tools: Tools, stage: Stage, clock: MovedClock, times: int = 2) -> int:
    """Some looks, five seconds apart; how many files were handled."""
    handled = 0
    for _ in range(times):
        handled += await look(tools, stage.tenant)
        clock.move(seconds=5)
    return handled


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))


async def test_a_whole_file_is_taken_at_the_second_look(
    watching: Tools, stage: Stage, clock: MovedClock, folder: Path
) -> None:
    (folder / "a.xml").write_bytes(control())

    assert await look(watching, stage.tenant) == 0
    clock.move(seconds=5)
    assert await look(watching, stage.tenant) == 1

    assert (names(folder), names(folder / "done")) == ([], ["a.xml"])
    [row] = await inbound(stage)
    assert (row.outcome, row.channel, row.name) == ("accepted", "folder", "a.xml")


async def test_a_file_still_being_written_waits_until_it_is_whole(
    watching: Tools, stage: Stage, clock: MovedClock, folder: Path
) -> None:
    slow = folder / "slow.xml"
    slow.write_bytes(control()[:3000])
    await look(watching, stage.tenant)
    clock.move(seconds=3)
    slow.write_bytes(control())
    await look(watching, stage.tenant)
    clock.move(seconds=3)
    assert await look(watching, stage.tenant) == 0
    clock.move(seconds=2)

    assert await look(watching, stage.tenant) == 1

    assert [row.outcome for row in await inbound(stage)] == ["accepted"]


async def test_a_file_written_under_another_name_and_renamed_is_taken(
    watching: Tools, stage: Stage, clock: MovedClock, folder: Path
) -> None:
    (folder / "a.xml.part").write_bytes(control())
    await looks(watching, stage, clock)
    assert await inbound(stage) == []
    os.replace(folder / "a.xml.part", folder / "a.xml")

    assert await looks(watching, stage, clock) == 1


async def test_a_bad_file_goes_aside_with_its_reason_and_stops_nobody(
    watching: Tools, stage: Stage, clock: MovedClock, folder: Path
) -> None:
    (folder / "a.xml").write_bytes((BAD / "01_xxe_external_file.xml").read_bytes())
    (folder / "b.xml").write_bytes(b"")
    (folder / "c.xml").write_bytes(control())
    (folder / "d.json").write_bytes(b"{}")
    (folder / "notes.txt").write_bytes(b"left alone")

    assert await looks(watching, stage, clock) == 4

    assert names(folder) == ["notes.txt"]
    assert names(folder / "done") == ["c.xml"]
    assert names(folder / "refused") == [
        "a.xml",
        "a.xml.reason.json",
        "b.xml",
        "b.xml.reason.json",
        "d.json",
        "d.json.reason.json",
    ]
    reason = json.loads((folder / "refused" / "a.xml.reason.json").read_text())
    assert (reason["code"], reason["file"]) == ("doctype_forbidden", "a.xml")
    assert "DOCTYPE" in reason["detail"]


async def test_what_is_no_file_is_left_alone(watching: Tools, stage: Stage, clock: MovedClock, folder: Path) -> None:
    (folder / "dir.xml").mkdir()
    (folder / "nowhere.xml").symlink_to(folder / "missing")
    (folder / "elsewhere.xml").symlink_to(BAD / "00_control_ok.xml")
    (folder / "b.xml").write_bytes(control())

    assert await looks(watching, stage, clock) == 1


async def test_messages_come_by_the_folder_too_in_any_order(
    watching: Tools, stage: Stage, clock: MovedClock, folder: Path
) -> None:
    (folder / "1.json").write_bytes(a_message("lane_chosen", lane="red"))
    await looks(watching, stage, clock)
    (folder / "2.xml").write_bytes(control())
    await looks(watching, stage, clock)

    assert sorted(row.outcome for row in await inbound(stage)) == ["accepted", "accepted"]
    assert names(folder / "done") == ["1.json", "2.xml"]


async def test_a_file_taken_before_a_crash_is_taken_again_without_harm(
    watching: Tools, stage: Stage, clock: MovedClock, folder: Path
) -> None:
    (folder / "a.xml").write_bytes(control())
    await looks(watching, stage, clock)
    os.replace(folder / "done" / "a.xml", folder / "a.xml")
    (folder / ".visits-seen.json").write_bytes(b"{ half")

    assert await looks(watching, stage, clock) == 1

    assert await declarations(stage) == 1
    assert [row.outcome for row in await inbound(stage)] == ["accepted", "unchanged"]


async def test_the_same_name_again_does_not_overwrite_what_was_done(
    watching: Tools, stage: Stage, clock: MovedClock, folder: Path
) -> None:
    for source in ("09a_duplicate_first.xml", "13_container_bad_check_digit.xml"):
        (folder / "a.xml").write_bytes((BAD / source).read_bytes().replace(b"50117", b"501%d" % len(source)))
        await looks(watching, stage, clock)

    assert names(folder / "done") == ["a-2.xml", "a.xml"]


async def test_a_conflict_goes_aside_and_to_the_chief(
    watching: Tools, stage: Stage, clock: MovedClock, folder: Path
) -> None:
    (folder / "1.xml").write_bytes((BAD / "09a_duplicate_first.xml").read_bytes())
    await looks(watching, stage, clock)
    (folder / "2.xml").write_bytes((BAD / "09c_duplicate_changed.xml").read_bytes())
    await looks(watching, stage, clock)

    reason = json.loads((folder / "refused" / "2.xml.reason.json").read_text())
    assert reason["code"] == "registration_key_conflict"
    assert [row.outcome for row in await inbound(stage)] == ["accepted", "conflict"]


async def test_the_folder_belongs_to_one_administration(stage: Stage, folder: Path, clock: MovedClock) -> None:
    settings = replace(stage.tools.settings, inbox_folder=str(folder), inbox_tenant="another.test")
    (folder / "a.xml").write_bytes(control())

    assert await looks(replace(stage.tools, settings=settings), stage, clock) == 0


async def test_named_files_are_imported_where_they_lie(stage: Stage, tmp_path: Path) -> None:
    good, bad, gone = tmp_path / "a.xml", tmp_path / "b.xml", tmp_path / "gone.xml"
    good.write_bytes(control())
    bad.write_bytes(b"PK\x03\x04")

    answers = await import_files(stage.tools, stage.actor(), [good, bad, gone])

    assert [(each["file"], each.get("outcome") or each["refused"]) for each in answers] == [
        ("a.xml", "accepted"),
        ("b.xml", "not_xml"),
        ("gone.xml", "unreadable"),
    ]
    assert answers[0]["reference"] == "CIAB1/2026/C/50117"
    assert good.exists()
