"""What nobody would type is refused in words, and nothing breaks."""

import pytest

from tests.support.stage import Stage


@pytest.mark.parametrize(
    ("who", "path"),
    [(None, "/public/draws?reference=%00"), ("admin", "/admin/people?q=%00"), ("integrity", "/integrity?action=%00")],
)
async def test_a_character_no_text_has_is_refused(stage: Stage, who: str | None, path: str) -> None:
    async with stage.browser(who) as browser:
        answer = await browser.get(path)

    assert answer.status_code == 422
    assert "caractère" in answer.text


async def test_a_percent_sign_in_what_was_asked_breaks_no_sentence(stage: Stage) -> None:
    async with stage.browser("chief", accept="application/json") as browser:
        answer = await browser.get("/api/groups/slots", params={"pattern": "100 %Cent"})

    assert answer.status_code == 422
    assert answer.json()["detail"].endswith(": visits.")


@pytest.mark.parametrize("number", ["0", "-1", "99999999999999999999"])
@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("chief", "/chief/declarations"),
        ("chief", "/search"),
        ("declarant", "/declarant/done"),
        ("admin", "/admin/people"),
    ],
)
async def test_a_page_no_list_has_is_empty_or_the_first(stage: Stage, who: str, path: str, number: str) -> None:
    async with stage.browser(who) as browser:
        assert (await browser.get(path, params={"q": "exemple", "p": number})).status_code == 200
