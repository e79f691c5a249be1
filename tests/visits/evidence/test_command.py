"""`visits evidence verify`: one line of JSON, exit status 2 and the first bad line named."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.support import database as databases
from tests.support.stage import Stage
from visits.cli import main

VERIFY = ["evidence", "verify"]


@pytest.fixture
async def lived(stage: Stage, database_name: str, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """An office with a past, and the environment of the operator who looks after it."""
    monkeypatch.setenv("DATABASE_URL", databases.dsn("visits_app", database_name))
    monkeypatch.setenv("VISITS_DATA", str(stage.tools.settings.data))
    await stage.opened()
    return stage


async def told(stage: Stage, capsys: pytest.CaptureFixture[str], *more: str, status: int = 0) -> dict[str, Any]:
    assert await asyncio.to_thread(main, [*VERIFY, "--tenant", stage.host, *more]) == status
    line: dict[str, Any] = json.loads(capsys.readouterr().out)
    return line


async def test_a_whole_record_is_one_line_with_its_heads(lived: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    line = await told(lived, capsys)

    assert (line["administration"], line["whole"], line["first"]) == (lived.host, True, None)
    assert line["links"] == sum(each["last"] for each in line["chains"])
    assert "CIAB1" in {each["office"] for each in line["chains"]}


async def test_a_changed_line_is_named(lived: Stage, owner: AsyncEngine, capsys: pytest.CaptureFixture[str]) -> None:
    async with owner.begin() as connection:
        await connection.execute(text("select set_config('app.tenant', :t, true)"), {"t": str(lived.tenant)})
        await connection.execute(text("update audit set body = '{}' where action = 'lane_set'"))

    line = await told(lived, capsys, status=2)

    assert not line["whole"]
    assert (line["first"]["office"], line["first"]["kind"]) == ("CIAB1", "lane_set")
    assert line["first"]["seq"] > 0


async def test_the_next_answer_goes_on_from_the_one_before(
    lived: Stage, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    kept = tmp_path / "evidence.json"
    kept.write_text(json.dumps(await told(lived, capsys)), encoding="utf-8")
    await lived.opened()

    line = await told(lived, capsys, "--since", str(kept))

    assert line["whole"]
    assert 0 < line["links"] < sum(each["last"] for each in line["chains"])


async def test_a_range_of_one_office_can_be_asked_for(lived: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    line = await told(lived, capsys, "--office", "CIAB1", "--first", "2", "--last", "3")

    assert (line["whole"], line["links"]) == (True, 2)


@pytest.mark.parametrize(
    "asked",
    [["--office", "NONE"], ["--first", "2"], ["--since", "/nowhere"], ["--office", "CIAB1", "--first", "0"]],
    ids=["no such office", "a range of no office", "no such file", "before the beginning"],
)
async def test_what_makes_no_sense_is_refused(
    lived: Stage, capsys: pytest.CaptureFixture[str], asked: list[str]
) -> None:
    assert await asyncio.to_thread(main, [*VERIFY, "--tenant", lived.host, *asked]) == 1
    assert capsys.readouterr().out == ""
