"""The door over HTTP: cookies, where it leads, and what it never tells."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import httpx
import pyotp
import pytest

from tests.support.clock import MovedClock
from tests.support.stage import Stage
from visits.people import queries
from visits.people.account import add_code, offered_secret
from visits.people.invite import reset
from visits.people.passwords import hashed
from visits.people.signin import TRIES

PASSWORD = "un quai sous la pluie"


@asynccontextmanager
async def setting(stage: Stage, **changes: object) -> AsyncIterator[None]:
    """The running application with other settings for a while."""
    before = stage.app.state.settings, stage.app.state.tools
    stage.app.state.settings = replace(stage.tools.settings, **changes)  # type: ignore[arg-type]
    stage.app.state.tools = replace(stage.tools, settings=stage.app.state.settings)
    try:
        yield
    finally:
        stage.app.state.settings, stage.app.state.tools = before


async def prepare(stage: Stage, name: str = "chief", **changes: object) -> None:
    async with stage.work() as work:
        person = await queries.person_by_id(work, stage.actors[name].person)  # type: ignore[arg-type]
        person.password = await hashed(PASSWORD)
        for field, value in changes.items():
            setattr(person, field, value)


async def enter(browser: httpx.AsyncClient, login: str = "chief", password: str = PASSWORD, **more: str):  # type: ignore[no-untyped-def]
    return await browser.post("/signin", data={"login": login, "password": password, **more})


async def test_a_stranger_is_led_to_the_door_and_back(stage: Stage) -> None:
    await prepare(stage)
    async with stage.browser() as browser:
        led = await browser.get("/account")
        assert led.status_code == 303
        assert led.headers["location"] == "/signin?next=/account"
        asked = await browser.get(led.headers["location"])
        assert 'name="next" value="/account"' in asked.text

        entered = await enter(browser, next="/account")

        assert (entered.status_code, entered.headers["location"]) == (303, "/account")
        assert (await browser.get("/account")).status_code == 200


async def test_the_door_leads_home(stage: Stage) -> None:
    await prepare(stage)
    async with stage.browser() as browser:
        assert (await browser.get("/")).headers["location"] == "/signin"

        assert (await enter(browser)).headers["location"] == "/chief"

        assert (await browser.get("/")).headers["location"] == "/chief"
        assert (await browser.get("/signin?next=/account")).headers["location"] == "/account"


@pytest.mark.parametrize(
    "next_",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "/signin?next=/signin",
        "/signout",
        "/é",
        "evil",
    ],
)
async def test_next_leads_nowhere_else(stage: Stage, next_: str) -> None:
    await prepare(stage)
    async with stage.browser() as browser:
        assert (await enter(browser, next=next_)).headers["location"] == "/chief"


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(stage: Stage) -> None:
    await prepare(stage)
    async with stage.browser() as browser:
        plain = [each for each in (await enter(browser)).headers.get_list("set-cookie") if "session" in each]
    async with setting(stage, public_url="https://visits.test"), stage.browser() as browser:
        bound = [each for each in (await enter(browser)).headers.get_list("set-cookie") if "session" in each]

    assert [each.split("=")[0] for each in plain + bound] == ["visits-session", "__Host-visits-session"]
    for each in plain + bound:
        assert {"HttpOnly", "Path=/", "SameSite=lax"} <= set(each.split("; "))
    assert "Secure" in bound[0]


async def test_over_https_a_cookie_of_the_plain_name_is_nobody(stage: Stage) -> None:
    async with setting(stage, public_url="https://visits.test"), stage.browser("chief") as browser:
        assert (await browser.get("/account")).status_code == 303


async def test_a_refused_try_keeps_the_login_and_never_the_password(stage: Stage) -> None:
    await prepare(stage)
    async with stage.browser() as browser:
        refused = await enter(browser, password="wrong & <secret>")

    assert refused.status_code == 403
    assert 'value="chief"' in refused.text
    assert "secret" not in refused.text
    assert "set-cookie" not in refused.headers


async def test_known_and_unknown_logins_get_the_same_page(stage: Stage) -> None:
    await prepare(stage)
    async with stage.browser() as browser:
        known = await enter(browser, "chief", "wrong password")
        unknown = await enter(browser, "chiff", "wrong password")

    def plain(answer: httpx.Response) -> str:
        nonce = answer.headers["content-security-policy"].split("'nonce-")[1].split("'")[0]
        return answer.text.replace(nonce, "").replace("chiff", "chief")

    assert plain(known) == plain(unknown)


async def test_too_many_tries_say_how_long_to_wait(stage: Stage) -> None:
    await prepare(stage)
    async with stage.browser() as browser:
        for _ in range(TRIES):
            assert (await enter(browser, password="wrong password")).status_code == 403

        stopped = await enter(browser)

    assert stopped.status_code == 429
    assert stopped.headers["retry-after"] == "900"
    assert "quart d’heure" in stopped.text


async def test_the_code_is_the_second_step(stage: Stage, clock: MovedClock) -> None:
    await prepare(stage)
    async with stage.work() as work:
        person = await queries.person_by_id(work, stage.actors["chief"].person)  # type: ignore[arg-type]
    secret, sealed = offered_secret(stage.tools.vault, person)
    await stage.run("chief", add_code, stage.tools.vault, sealed, pyotp.TOTP(secret).at(clock.now()))
    clock.move(minutes=1)

    async with stage.browser() as browser:
        first = await enter(browser, next="/account?a=b")
        assert first.headers["location"] == "/signin/code"
        assert (await browser.get("/account")).status_code == 303
        assert "Code à six chiffres" in (await browser.get("/signin/code")).text
        assert (await browser.post("/signin/code", data={"code": "000000"})).status_code == 403

        second = await browser.post("/signin/code", data={"code": pyotp.TOTP(secret).at(clock.now())})

        assert second.headers["location"] == "/account?a=b"
        assert (await browser.get("/account")).status_code == 200


async def test_without_a_first_step_there_is_no_second(stage: Stage) -> None:
    async with stage.browser() as browser:
        assert (await browser.get("/signin/code")).headers["location"] == "/signin"
        assert (await browser.post("/signin/code", data={"code": "123456"})).headers["location"] == "/signin"


async def test_signing_out_clears_the_browser(stage: Stage) -> None:
    async with stage.browser("chief") as browser:
        left = await browser.post("/signout")

        assert left.headers["location"] == "/signin"
        assert "storage" in left.headers["clear-site-data"]
        assert (await browser.get("/account")).status_code == 303


async def test_half_an_hour_without_a_click_ends_a_session(stage: Stage, clock: MovedClock) -> None:
    async with stage.browser("chief") as browser:
        clock.move(minutes=29)
        assert (await browser.get("/account")).status_code == 200
        clock.move(minutes=29)
        assert (await browser.get("/account")).status_code == 200

        clock.move(minutes=31)

        assert (await browser.get("/account")).status_code == 303


async def test_a_tablet_stays_open_for_a_shift_and_no_longer(stage: Stage, clock: MovedClock) -> None:
    async with stage.browser("inspector1") as browser:
        clock.move(hours=11, minutes=59)
        assert (await browser.get("/account")).status_code == 200

        clock.move(minutes=1)

        assert (await browser.get("/account")).status_code == 303


async def test_no_session_outlives_a_day(stage: Stage, clock: MovedClock) -> None:
    async with stage.browser("chief") as browser:
        for _ in range(48):
            assert (await browser.get("/account")).status_code == 200
            clock.move(minutes=30)

        assert (await browser.get("/account")).status_code == 303


async def test_an_invitation_opens_once(stage: Stage) -> None:
    link = await stage.run("admin", reset, stage.actors["chief"].person)
    async with stage.browser("chief") as old, stage.browser() as browser:
        assert "Chief Exemple" in (await browser.get(link.path)).text
        weak = await browser.post(link.path, data={"password": "court"})
        assert weak.status_code == 422
        assert "Choisissez au moins 12 caractères" in weak.text.replace("\u00a0", " ")

        entered = await browser.post(link.path, data={"password": PASSWORD})

        assert entered.headers["location"] == "/chief"
        assert (await browser.get("/account")).status_code == 200
        assert (await old.get("/account")).status_code == 303
        assert (await browser.get(link.path)).status_code == 410
        assert (await browser.post(link.path, data={"password": PASSWORD})).status_code == 410


async def test_an_old_invitation_is_closed(stage: Stage, clock: MovedClock) -> None:
    link = await stage.run("admin", reset, stage.actors["chief"].person)
    clock.move(days=7, seconds=1)

    async with stage.browser() as browser:
        assert (await browser.get(link.path)).status_code == 410


async def test_sample_people_enter_at_one_tap_while_training(stage: Stage) -> None:
    await prepare(stage, "declarant", sample=True)
    async with setting(stage, training=True), stage.browser() as browser:
        assert 'value="declarant"' in (await browser.get("/signin")).text

        entered = await browser.post("/signin/sample", data={"login": "declarant"})
        stranger = await browser.post("/signin/sample", data={"login": "chief"})

    assert entered.headers["location"] == "/declarant"
    assert stranger.status_code == 403


async def test_without_training_there_is_no_sample_door(stage: Stage) -> None:
    await prepare(stage, "declarant", sample=True)
    async with stage.browser() as browser:
        assert "Declarant Exemple" not in (await browser.get("/signin")).text
        assert (await browser.post("/signin/sample", data={"login": "declarant"})).status_code == 404


async def test_a_program_gets_problem_details(stage: Stage) -> None:
    async with stage.browser(accept="application/json") as browser:
        refused = await enter(browser, password="wrong password")

    assert refused.headers["content-type"].startswith("application/problem+json")
    assert refused.json()["code"] == "wrong-credentials"
