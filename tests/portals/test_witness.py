"""A supervisor appoints a witness; whoever holds the value brings it without signing in; the public page tells."""

import httpx
import pytest

from tests.portals.reading import said
from tests.support.stage import Stage
from tests.support.steps_publication import next_day, published
from tests.support.steps_witness import appointed, value
from tests.visits.assignment.test_witness import eve

PAGE = "/public/draws/CIAB1/witness"
FORM = {"name": "Chambre de commerce", "anchor": "ab" * 32, "first": "2026-11-25", "days": "30"}


async def sent(stage: Stage, who: str | None, path: str, data: dict[str, str]) -> httpx.Response:
    async with stage.browser(*[who] if who else []) as browser:
        answer = await browser.post(path, data=data)
        return await browser.get(answer.headers["location"]) if answer.status_code == 303 else answer


async def read(stage: Stage, path: str, who: str | None = None) -> str:
    async with stage.browser(*[who] if who else []) as browser:
        return said(await browser.get(path)).replace("’", "'")


async def test_a_supervisor_appoints_a_witness_and_the_public_reads_the_anchor(stage: Stage) -> None:
    assert "Aucun témoin n'est désigné" in await read(stage, "/supervisor/witness", "supervisor")

    answer = await sent(stage, "supervisor", "/supervisor/witness", FORM)

    assert "Le témoin est désigné." in said(answer)
    assert "Chambre de commerce" in said(answer)
    assert "ab" * 32 in answer.text


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": ""}, "À corriger"),
        ({"anchor": "12"}, "L'empreinte du témoin a 64 chiffres"),
        ({"first": "2026-11-24"}, "au plus tôt le mercredi 25 novembre"),
        ({"days": "1000"}, "À corriger"),
        ({"first": "demain"}, "À corriger"),
    ],
    ids=["no name", "short anchor", "tomorrow", "too many days", "no day"],
)
async def test_what_is_wrong_stands_beside_its_field(stage: Stage, change: dict[str, str], sentence: str) -> None:
    answer = await sent(stage, "supervisor", "/supervisor/witness", FORM | change)

    assert answer.status_code == 422
    assert sentence in said(answer).replace("’", "'")


async def test_days_that_have_a_witness_are_refused(stage: Stage) -> None:
    await appointed(stage)

    answer = await sent(stage, "supervisor", "/supervisor/witness", FORM)

    assert "Une partie de ces jours a déjà un témoin." in said(answer)


async def test_whoever_holds_the_value_brings_it_without_signing_in(stage: Stage) -> None:
    witness, _ = await eve(stage)
    day = next_day(stage)

    answer = await sent(stage, None, PAGE, {"value": value(stage, witness, day).hex()})

    assert "Merci. La valeur est dans tous les tirages du jour." in said(answer)
    assert value(stage, witness, day).hex() in answer.text.replace(" ", "")
    assert "Donnée" in await read(stage, "/supervisor/witness", "supervisor")


async def test_a_value_that_comes_too_late_says_so_everywhere(stage: Stage) -> None:
    witness, _ = await eve(stage, hour=20)
    await published(stage)
    day = next_day(stage)
    assert "Absente" in await read(stage, "/supervisor/witness", "supervisor")

    answer = await sent(stage, None, PAGE, {"value": value(stage, witness, day).hex()})

    assert "elle est publiée comme arrivée trop tard" in said(answer)
    assert "Le témoin n'a pas donné son nombre à temps." in said(answer).replace("’", "'")
    assert "Trop tard" in await read(stage, "/supervisor/witness", "supervisor")


@pytest.mark.parametrize("typed", ["", "zz", "00" * 32])
async def test_what_nobody_promised_is_refused_beside_the_field(stage: Stage, typed: str) -> None:
    await appointed(stage)

    assert (await sent(stage, None, PAGE, {"value": typed})).status_code == 422


async def test_the_page_says_what_is_awaited_until_when(stage: Stage) -> None:
    assert "Aucun témoin n'est désigné pour mardi 24 novembre" in await read(stage, PAGE)
    await eve(stage, hour=12)
    assert "Gardez-la secrète jusque-là." in await read(stage, PAGE)
    stage.clock.set(stage.clock.now().replace(hour=18))
    assert "est attendue jusqu'au mardi 24 novembre à 20 h." in await read(stage, PAGE)
    stage.clock.set(stage.clock.now().replace(hour=20))
    assert "rien n'est plus attendu" in await read(stage, PAGE)


async def test_the_list_of_draws_names_the_witness_and_leads_to_what_is_awaited(stage: Stage) -> None:
    assert "Aucun témoin hors du service n'est désigné." in await read(stage, "/public/draws")

    await appointed(stage)
    ahead = await read(stage, "/public/draws")
    stage.clock.move(days=2)
    now = await read(stage, "/public/draws")
    async with stage.browser() as browser:
        listed = await browser.get("/public/draws")

    assert "Témoin hors du service, dès le mercredi 25 novembre : Chambre de commerce." in ahead
    assert "Témoin hors du service : Chambre de commerce." in now
    assert f'href="{PAGE}"' in listed.text


async def test_a_witness_is_withdrawn_once(stage: Stage) -> None:
    witness = await appointed(stage)

    for _ in range(2):
        answer = await sent(stage, "supervisor", f"/supervisor/witness/{witness.id}/dismiss", {})

    assert "Le témoin est retiré." in said(answer)
    assert "Retirer Chambre" not in said(answer)


async def test_another_office_is_not_there(stage: Stage) -> None:
    async with stage.browser() as browser:
        assert (await browser.get("/public/draws/NOWHERE/witness")).status_code == 404
