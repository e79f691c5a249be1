"""The pages of ties: an officer's own, with a way back, and the register, whose title says how many count."""

import pytest

from tests.portals.reading import said
from tests.support.stage import Stage
from visits.assignment.interests import declare

MINE, REGISTER = "/inspector/interests", "/integrity/interests"


async def test_an_officer_goes_back_from_his_ties_to_his_day(stage: Stage) -> None:
    async with stage.browser("inspector1") as browser:
        shown = await browser.get(MINE)

    assert 'class="v-back" href="/inspector/day"' in shown.text
    assert "Aucun lien n'est inscrit pour vous." in said(shown).replace("’", "'")


@pytest.mark.parametrize(
    ("parties", "language", "title"),
    [
        ((), "fr", "Aucun lien ne compte dans le tirage"),
        (("00847P",), "fr", "1 lien compte dans le tirage"),
        (("00847P", "00911K"), "fr", "2 liens comptent dans le tirage"),
        ((), "en", "No tie counts in the draw"),
        ((), "pt", "Nenhuma ligação conta no sorteio"),
    ],
    ids=["none", "one", "two", "none in English", "none in Portuguese"],
)
async def test_the_register_says_how_many_count(
    stage: Stage, parties: tuple[str, ...], language: str, title: str
) -> None:
    for party in parties:
        await stage.run("inspector1", declare, party, "family")

    async with stage.browser("integrity") as browser:
        browser.cookies.set("visits-language", language)
        shown = await browser.get(REGISTER)

    assert f"<h1>{title}</h1>" in shown.text
