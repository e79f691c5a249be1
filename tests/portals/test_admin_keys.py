"""/admin/keys: which key signs, and taking back one that leaked."""

import re
from datetime import timedelta

from tests.support.stage import Stage
from tests.support.steps_booking import booked
from tests.visits.booking.test_token_keys import text_of
from visits.booking.token_keys import SIGNS, TOLD_BEFORE, keep_keys

PAGE = "/admin/keys"


async def told(stage: Stage) -> list[tuple[str, str]]:
    """Each key and what it does, as the page says."""
    async with stage.browser("admin") as client:
        page = (await client.get(PAGE)).text
    return re.findall(r"<b>Clé (\d+)</b><span[^>]*>.*?</svg>([^<]+)</span>", page, re.S)


async def test_before_the_first_appointment_there_is_none_and_one_can_be_made(stage: Stage) -> None:
    assert await told(stage) == []
    async with stage.browser("admin") as client:
        for _ in range(2):
            assert (await client.post(PAGE)).headers["location"] == PAGE

    assert await told(stage) == [("1", "Signe")]


async def test_keys_follow_each_other(stage: Stage) -> None:
    await text_of(stage, await booked(stage))
    stage.clock.at += SIGNS - TOLD_BEFORE
    await keep_keys(stage.tools, stage.tenant)
    assert await told(stage) == [("2", "Annoncée aux tablettes"), ("1", "Signe")]
    stage.clock.at += TOLD_BEFORE
    assert await told(stage) == [("2", "Signe"), ("1", "Vérifie encore")]
    stage.clock.at += timedelta(days=201)
    assert await told(stage) == [("2", "Signe"), ("1", "Terminée")]


async def test_a_leaked_key_is_taken_back_and_the_page_shows_a_new_code(stage: Stage) -> None:
    visit = await booked(stage)
    leaked = await text_of(stage, visit)
    async with stage.browser("admin") as client:
        answers = [await client.post(f"{PAGE}/1/withdraw") for _ in range(2)]
        unknown = await client.post(f"{PAGE}/9/withdraw")

    assert [each.status_code for each in answers] == [303, 303]
    assert unknown.status_code == 404
    assert await told(stage) == [("2", "Signe"), ("1", "Retirée")]
    assert await text_of(stage, visit) != leaked


async def test_only_administrators_have_it(stage: Stage) -> None:
    for who in ("chief", "inspector1", "declarant"):
        async with stage.browser(who) as client:
            assert (await client.get(PAGE)).status_code == 403
