"""Help, accessibility, the language and the pages of refusals."""

import pytest

from tests.support.stage import Stage
from visits.portals.public.help import FAMILIES, family_of
from visits.portals.public.language import own_path


@pytest.mark.parametrize("name", [each.name for each in FAMILIES])
@pytest.mark.parametrize("who", [None, "declarant"])
async def test_every_family_of_screens_has_its_page(stage: Stage, name: str, who: str | None) -> None:
    async with stage.browser(who) as browser:
        answer = await browser.get(f"/help/{name}")

    assert answer.status_code == 200
    assert answer.text.count("<h1>") == 1


async def test_help_begins_with_the_screen_one_comes_from(stage: Stage) -> None:
    async with stage.browser("chief") as browser:
        text = (await browser.get("/help", params={"from": "/chief/reports/1"})).text

    assert text.index("/help/chief") < text.index("/help/supervisor") < text.index("/help/declarant")


@pytest.mark.parametrize(
    ("path", "family"),
    [
        ("/declarant/visits/1/slots", "declarant"),
        ("/office/packages/1", "inspector"),
        ("/office/visits/1", "chief"),
        ("/supervisor/board", "supervisor"),
        ("/declarantes", "public"),
        ("/", "public"),
    ],
)
def test_an_address_belongs_to_the_family_with_the_longest_match(path: str, family: str) -> None:
    found = family_of(path)

    assert found is not None
    assert found.name == family


async def test_an_unknown_page_of_help_is_not_found(stage: Stage) -> None:
    async with stage.browser() as browser:
        assert (await browser.get("/help/nothing")).status_code == 404


async def test_accessibility_is_open_to_everybody(stage: Stage) -> None:
    async with stage.browser() as browser:
        assert "WCAG 2.2" in (await browser.get("/accessibility")).text


async def test_a_chosen_language_stays_and_leads_back(stage: Stage) -> None:
    async with stage.browser() as browser:
        answer = await browser.get("/language", params={"to": "en", "back": "/help?from=/chief"})
        page = await browser.get("/accessibility", headers={"accept-language": "fr"})

    assert (answer.status_code, answer.headers["location"]) == (303, "/help?from=/chief")
    assert '<html lang="en">' in page.text


async def test_a_language_we_do_not_speak_changes_nothing(stage: Stage) -> None:
    async with stage.browser() as browser:
        answer = await browser.get("/language", params={"to": "xx"})

    assert "set-cookie" not in answer.headers


FOREIGN = [
    "https://elsewhere.example/",
    "//elsewhere.example",
    "/\\elsewhere.example",
    "/ok\r\nset-cookie: a=b",
    "javascript:alert(1)",
    "/\t/elsewhere.example",
    "",
]


@pytest.mark.parametrize("asked", FOREIGN)
def test_nobody_is_led_to_a_foreign_site(asked: str) -> None:
    assert own_path(asked) == "/"


async def test_a_refusal_is_a_page_with_one_way_on(stage: Stage) -> None:
    async with stage.browser("declarant", referer=f"http://{stage.host}/declarant") as browser:
        answer = await browser.get("/chief")

    assert answer.status_code == 403
    assert "Cette étape n’est pas la vôtre" in answer.text
    assert 'href="/declarant"' in answer.text
    assert "not-allowed" in answer.text


@pytest.mark.parametrize("path", ["/nowhere", "/declarant/nowhere/at/all"])
async def test_an_address_nobody_serves_keeps_the_header_of_whoever_asks(stage: Stage, path: str) -> None:
    async with stage.browser("declarant") as browser:
        known = await browser.get(path)
    async with stage.browser() as browser:
        unknown = await browser.get(path)

    assert (known.status_code, unknown.status_code) == (404, 404)
    assert ("Se déconnecter" in known.text, 'href="/declarant"' in known.text) == (True, True)
    assert "Se déconnecter" not in unknown.text


async def test_nothing_at_an_address_is_said_so(stage: Stage) -> None:
    async with stage.browser("declarant") as browser:
        answer = await browser.get("/nowhere")

    assert (answer.status_code, "Rien à cette adresse" in answer.text) == (404, True)
