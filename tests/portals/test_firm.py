"""/declarant/firm: a firm keeps its own people, an importer its brokers."""

import re
from urllib.parse import urlsplit

from tests.support.stage import Stage

PASSWORD = "un quai sous la pluie"


async def test_a_clerk_is_invited_enters_and_leaves(stage: Stage) -> None:
    typed = {"person": "Commis Exemple", "login": "commis", "language": "fr"}
    async with stage.browser("firm_admin") as browser, stage.browser() as clerk:
        invited = await browser.post("/declarant/firm/people", data=typed)
        found = re.search(r'value="(http[^"]*/invitation/[^"]+)"', invited.text)
        assert found
        assert (await clerk.post(urlsplit(found[1]).path, data={"password": PASSWORD})).headers[
            "location"
        ] == "/declarant"
        assert (await clerk.get("/declarant/firm")).status_code == 403
        taken = await browser.post("/declarant/firm/people", data=typed)
        assert taken.status_code == 422
        shown = await browser.get("/declarant/firm")
        end = re.findall(r"/declarant/firm/people/[\w-]+/end", shown.text)[0]

        ended = await browser.post(end)

        assert ended.status_code == 303
    async with stage.browser("firm_admin") as browser:
        assert len(re.findall(r"/declarant/firm/people/[\w-]+/end", (await browser.get("/declarant/firm")).text)) == 1


async def test_a_lost_password_is_a_new_link(stage: Stage) -> None:
    path = f"/declarant/firm/people/{stage.actors['declarant'].person}/link"
    async with stage.browser("firm_admin") as browser:
        assert "/invitation/" in (await browser.post(path)).text


async def test_another_firms_people_are_not_there(stage: Stage) -> None:
    stranger = stage.actors["other_declarant"].person
    async with stage.browser("firm_admin") as browser:
        assert (await browser.post(f"/declarant/firm/people/{stranger}/end")).status_code == 404
        assert (await browser.post(f"/declarant/firm/people/{stranger}/link")).status_code == 404


async def test_the_last_one_responsible_stays(stage: Stage) -> None:
    me = stage.actors["firm_admin"].person
    async with stage.browser("firm_admin") as browser:
        assert (await browser.post(f"/declarant/firm/people/{me}/end")).status_code == 409


async def test_an_importer_mandates_a_broker_and_ends_it(stage: Stage) -> None:
    async with stage.browser("importer") as browser, stage.browser("firm_admin") as broker:
        unknown = await browser.post("/declarant/firm/mandates", data={"broker": "00000X"})
        assert unknown.status_code == 422
        assert 'value="00000X"' in unknown.text
        assert (await browser.post("/declarant/firm/mandates", data={"broker": "00847p"})).status_code == 303
        assert "Comptoir Exemple" in (await broker.get("/declarant/firm")).text
        end = re.findall(r"/declarant/firm/mandates/[\w-]+/end", (await browser.get("/declarant/firm")).text)[0]

        assert (await browser.post(end)).status_code == 303

        assert "Comptoir Exemple" not in (await broker.get("/declarant/firm")).text


async def test_a_broker_mandates_nobody(stage: Stage) -> None:
    async with stage.browser("firm_admin") as browser:
        assert (await browser.post("/declarant/firm/mandates", data={"broker": "00911K"})).status_code == 403
