"""The public pages of the draw: promise first, everything the day after, names never."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.support.stage import Stage
from tests.support.steps_assignment import drawn, starts
from tests.support.steps_booking import booked, calendars, to_book, tomorrow
from tests.visits.assignment.test_record import DAY, a_day, as_owner
from visits.assignment import queries, seeds
from visits.cli import main
from visits.journey.tables import Visit

PATH = f"/public/draws/CIAB1/{DAY}"


async def read(stage: Stage, path: str, *, language: str = "fr") -> str:
    async with stage.browser(**{"accept-language": language}) as browser:
        answer = await browser.get(path)
    assert answer.status_code == 200, answer.text
    return answer.text.replace("\u00a0", " ").replace("\u202f", " ").replace("’", "'")


async def test_anybody_sees_the_days_of_the_office(stage: Stage) -> None:
    await a_day(stage)

    text = await read(stage, "/public/draws")

    assert f'href="{PATH}"' in text
    assert "4 tirages" in text


async def test_a_day_without_a_promise_says_so_and_leads_back(stage: Stage) -> None:
    text = await read(stage, "/public/draws/CIAB1/2026-01-05")

    assert "Aucune empreinte n'est publiée pour ce jour." in text
    assert 'class="v-back" href="/public/draws"' in text


async def test_before_the_day_is_over_only_the_promise_is_shown(stage: Stage) -> None:
    await a_day(stage, revealed=False)

    text = await read(stage, PATH)

    assert "Tout sera vérifiable mercredi 25 novembre à 6 h." in text
    assert "4 tirages sont déjà faits." in text
    assert "Agent A" not in text


async def test_afterwards_every_draw_is_replayed(stage: Stage) -> None:
    await a_day(stage)

    text = await read(stage, PATH)

    assert "Les 4 tirages du mardi 24 novembre sont conformes." in text
    assert text.count("Conforme<") == 4


async def test_one_draw_shows_the_chance_of_each(stage: Stage) -> None:
    officers = await a_day(stage)

    text = await read(stage, f"{PATH}?draw=1")

    assert "Le tirage n° 1 est conforme." in text
    assert "3 agents possibles, 1 tiré" in text
    assert text.count("1 / 3") == 3
    assert [each for each in officers if each in text] == []
    assert "Inspector" not in text


async def test_a_replacement_says_so_and_leads_to_the_next(stage: Stage) -> None:
    await a_day(stage)

    assert f'href="{PATH}?draw=4"' in await read(stage, f"{PATH}?draw=3")
    last = await read(stage, f"{PATH}?draw=4")
    assert "Ce tirage remplace un vérificateur désigné plus tôt." in last
    assert "1 ayant déjà été tiré puis remplacé" in last


async def test_the_reference_leads_to_its_draw(stage: Stage) -> None:
    await a_day(stage)
    async with stage.work() as work:
        visit = await work.session.get_one(Visit, (await _visits(stage))[0])
    async with stage.browser() as browser:
        answer = await browser.get("/public/draws", params={"reference": f" {visit.reference.lower()} "})
        assert answer.status_code == 303
        found = await browser.get(answer.headers["location"])

    assert f"Le tirage de {visit.reference} est conforme." in found.text
    assert "Aucun tirage pour la référence V-NON" in await read(stage, "/public/draws?reference=v-non")


async def _visits(stage: Stage) -> list[object]:
    async with stage.work() as work:
        return [each.visit_id for each in await queries.draws_of_day(work, stage.office.id, DAY)]


async def test_the_file_replays_without_us_and_names_a_changed_line(
    stage: Stage, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await a_day(stage)

    async with stage.browser() as browser:
        answer = await browser.get(f"{PATH}/record.jsonl")
    assert answer.headers["content-disposition"] == 'attachment; filename="draws-CIAB1-2026-11-24.jsonl"'
    file = tmp_path / "draws.jsonl"
    file.write_bytes(answer.content)
    assert main(["draw", "verify", str(file)]) == 0
    assert "draws.jsonl:5 CIAB1 2026-11-24" in capsys.readouterr().out

    lines = answer.text.splitlines()
    number = json.loads(lines[3])["number"]
    file.write_text(answer.text.replace(number, number[::-1]))
    assert main(["draw", "verify", "--language", "en", str(file)]) == 2
    assert [line for line in capsys.readouterr().out.splitlines() if "[" in line] == [
        "draws.jsonl:4 CIAB1 2026-11-24 no. 3: The number does not follow from the secret. [number]"
    ]


async def test_the_page_says_when_the_promise_was_made_and_the_first_time_taken(stage: Stage) -> None:
    await a_day(stage)

    text = await read(stage, PATH)

    assert "Le dimanche 22 novembre à 8 h, le bureau a publié l'empreinte" in text
    assert "La première visite de ce jour a été réservée ensuite, le lundi 23 novembre à 8 h." in text


@pytest.mark.parametrize("revealed", [False, True], ids=["sealed", "revealed"])
async def test_a_promise_made_after_the_first_booking_is_said_at_once(stage: Stage, *, revealed: bool) -> None:
    visit = await late(stage)
    if revealed:
        stage.clock.set(await starts(stage, visit) + timedelta(days=1))
        await stage.run("system", seeds.reveal_seeds, stage.tools)

    text = await read(stage, PATH)

    assert "Ce jour ne peut pas être confirmé." in text
    assert "L'empreinte a été publiée après l'ouverture des réservations." in text
    assert "Une visite de ce jour était déjà réservée le lundi 23 novembre à 8 h." in text
    assert ("Les deux se correspondent" in text) == revealed
    assert ("sera mercredi 25 novembre" in text) != revealed


async def late(stage: Stage) -> Visit:
    """A visit booked on a day that had no seed before its draw."""
    await calendars(stage)
    visit = await booked(stage, await to_book(stage), tomorrow(stage, 8))
    stage.clock.move(minutes=1)
    await drawn(stage, visit.id)
    return visit


async def test_a_changed_line_is_named_on_the_page(stage: Stage, owner: AsyncEngine) -> None:
    await a_day(stage)
    await as_owner(stage, owner, "update draw set number = sha256(number) where position = 2")

    text = await read(stage, PATH)

    assert "Le tirage n° 2 ne peut pas être confirmé." in text
    assert "Le nombre ne suit pas du secret." in text


@pytest.mark.parametrize(
    "path", [f"/public/draws/NOWHERE/{DAY}", "/public/draws/CIAB1/someday", "/public/draws/CIAB1/9999-12-31"]
)
async def test_other_addresses_are_not_there(stage: Stage, path: str) -> None:
    async with stage.browser() as browser:
        assert (await browser.get(path)).status_code in (404, 422)


async def test_a_day_without_a_promise_says_so(stage: Stage) -> None:
    assert "Aucune empreinte n'est publiée pour ce jour." in await read(
        stage, f"/public/draws/CIAB1/{DAY + timedelta(days=300)}"
    )
