"""The chief notes an absence, sees what it does before it is done, applies it once, and reads what came of it."""

import re

from tests.support.stage import Stage
from tests.support.steps_publication import whose
from tests.support.steps_repair import away_today, look
from tests.visits.assignment.test_repair import today
from tests.visits.portals.chief.test_assignment import read
from visits.ids import new_id

PAGE = "/chief/repair"


def form_of(text: str, reason: str = "agent malade") -> dict[str, str | list[str]]:
    """The form as the page carries it."""
    [run] = re.findall(r'name="run" value="([^"]+)"', text)
    return {"run": run, "seen": re.findall(r'name="seen" value="([^"]+)"', text), "reason": reason}


async def test_a_day_that_holds_says_so(stage: Stage) -> None:
    await today(stage, 9)

    assert "La journée tient" in await read(stage, PAGE)


async def test_an_absence_noted_here_shows_what_it_tears_and_never_a_name_to_come(stage: Stage) -> None:
    [visit] = await today(stage, 9)
    gone = await whose(stage, visit)

    async with stage.browser("chief") as browser:
        sent = {"officer": str(stage.resources[gone].id), "span": "0", "why": "ill"}
        answer = await browser.post(f"{PAGE}/absence", data=sent)
    text = await read(stage, PAGE)

    assert answer.headers["location"] == PAGE
    assert "garde son heure" in text
    assert "tirage parmi 2 vérificateurs" in text
    [table] = re.findall(r"<tbody>.*?</tbody>", text, re.DOTALL)
    assert [name for name in ("1", "2", "3") if f"Inspector{name} Exemple" in table] == [gone[-1]]


async def test_applied_twice_from_one_page_it_is_one_repair_that_can_be_read(stage: Stage) -> None:
    visits = await today(stage, 9, 10)
    await away_today(stage, await whose(stage, visits[0]))

    async with stage.browser("chief") as browser:
        form = form_of((await browser.get(PAGE)).text)
        first = await browser.post(PAGE, data=form)
        again = await browser.post(PAGE, data=form)
        done = await browser.get(first.headers["location"])

    assert first.headers["location"] == again.headers["location"] == f"{PAGE}/{form['run']}"
    assert "Voir le tirage" in done.text
    assert (await look(stage)).lines == ()


async def test_a_stale_page_is_refused_with_the_plan_of_now(stage: Stage) -> None:
    visits = await today(stage, 9, 9)
    gone = await whose(stage, visits[0])
    await away_today(stage, gone)

    async with stage.browser("chief") as browser:
        form = form_of((await browser.get(PAGE)).text)
        await away_today(stage, await whose(stage, visits[1]))
        answer = await browser.post(PAGE, data=form)

    assert answer.status_code == 409
    assert "Rien n’est appliqué." in answer.text
    assert "diffère" in answer.text
    assert await whose(stage, visits[0]) == gone


async def test_without_a_reason_nothing_is_done(stage: Stage) -> None:
    visits = await today(stage, 9)
    gone = await whose(stage, visits[0])
    await away_today(stage, gone)

    async with stage.browser("chief") as browser:
        answer = await browser.post(PAGE, data=form_of((await browser.get(PAGE)).text, reason=" "))

    assert answer.status_code == 422
    assert await whose(stage, visits[0]) == gone


async def test_nonsense_is_refused(stage: Stage) -> None:
    await today(stage, 9)

    async with stage.browser("chief") as browser:
        answers = [
            await browser.post(PAGE, data={"run": "x"}),
            await browser.post(f"{PAGE}/absence", data={"officer": "x"}),
            await browser.post(f"{PAGE}/absence", data={"officer": str(new_id()), "span": "0", "why": "ill"}),
            await browser.post(f"{PAGE}/absence", data={"officer": str(new_id()), "span": "9", "why": "ill"}),
            await browser.get(f"{PAGE}/{new_id()}"),
        ]

    assert [each.status_code for each in answers] == [422, 422, 404, 422, 404]
