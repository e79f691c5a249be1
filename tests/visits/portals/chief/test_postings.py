"""Who is posted where, on the pages: chiefs see all, inspectors their own, the public terminals without names."""

from datetime import timedelta

from tests.support.stage import Stage
from tests.support.steps_booking import tomorrow
from tests.support.steps_posting import at_both, eve, post, two_terminals
from tests.support.steps_publication import next_day, published
from visits.assignment.seeds import reveal_seeds


async def read(stage: Stage, who: str, path: str) -> str:
    async with stage.browser(who) as browser:
        answer = await browser.get(path)
    assert answer.status_code == 200, answer.text
    return answer.text.replace("\u00a0", " ").replace("\u202f", " ").replace("\u2019", "'")


async def test_an_office_without_rotation_shows_none(stage: Stage) -> None:
    assert "Affectations aux terminaux" not in await read(stage, "chief", "/chief/assignment")


async def test_a_chief_sees_when_the_next_period_is_drawn_and_then_who_goes_where(stage: Stage) -> None:
    await two_terminals(stage)
    before = await read(stage, "chief", "/chief/assignment")
    assert "Aucune affectation aujourd'hui" in before
    assert "se tire à partir du" in before

    stage.clock.set(eve(stage))
    await post(stage)

    after = await read(stage, "chief", "/chief/assignment")
    assert "Elle est tirée." in after
    assert "Terminal 2</td>" in after


async def test_a_chief_sees_how_often_everybody_was_at_each_terminal(stage: Stage) -> None:
    await two_terminals(stage)
    await post(stage)
    stage.clock.set(tomorrow(stage, 9))

    text = await read(stage, "chief", "/chief/assignment")

    assert "Périodes à Terminal 2" in text
    assert "elles valent jusqu'au" in text
    assert text.count('<td class="n">1</td>') == 3


async def test_inspectors_read_their_own_posting_once_it_is_drawn(stage: Stage) -> None:
    await two_terminals(stage)
    assert "affecté à" not in await read(stage, "inspector1", "/inspector/day")

    await post(stage)

    assert "À partir du" in await read(stage, "inspector1", "/inspector/day")
    stage.clock.set(tomorrow(stage, 9))
    assert "Vous êtes affecté à" in await read(stage, "inspector1", "/inspector/day")


async def test_the_public_replays_a_posting_without_a_name(stage: Stage) -> None:
    far = await two_terminals(stage)
    await at_both(stage, far, 9)
    path = f"/public/draws/{stage.office.code}/{next_day(stage)}"
    assert await published(stage) is not None
    sealed = await read(stage, "declarant", path)
    assert "pour un agent" not in sealed
    stage.clock.set(tomorrow(stage, 9) + timedelta(days=1))
    await stage.run("system", reveal_seeds, stage.tools)

    listed, one = await read(stage, "declarant", path), await read(stage, "declarant", path + "?draw=1")

    assert listed.count("pour un agent") == 3
    assert "le même terminal" in one
    assert "TC02" in one
