"""/inspector/scan: the tablet and the server judge a confirmation alike, with a network and without."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from litestar import Litestar

from tests.support.live import TABLET, Window, chromium, require_chromium, serving, window
from tests.support.stage import Stage
from tests.support.steps_booking import booked, tomorrow
from tests.visits.booking.test_token_keys import appointment, text_of
from visits.booking.change import cancel, move
from visits.booking.token_keys import known_at, signing_key
from visits.booking.tokens import AFTER, PREFIX, Claim, office_tag, sign, verify
from visits.ids import new_id
from visits.journey.tables import Visit
from visits.store.work import Work
from visits.web.typo import NBSP

PAGE = "/inspector/scan"


async def claim_of(stage: Stage, text: str) -> Claim:
    async def read(work: Work) -> Claim:
        return verify(text, await known_at(work, stage.office), work.now)

    return await stage.run("inspector1", read)


async def signed(stage: Stage, claim: Claim, **changed: Any) -> str:
    """Another claim under the office's own key."""

    async def use_case(work: Work) -> str:
        number, key = await signing_key(work, stage.tools.vault)
        return sign(replace(claim, **({"key": number} | changed)), key)

    return await stage.run("system", use_case)


async def cases(stage: Stage, visit: Visit) -> dict[str, tuple[str, str]]:
    """Texts that must not count, and a piece of the sentence that says why."""
    text = await text_of(stage, visit)
    claim = await claim_of(stage, text)
    return {
        "altered": (text[:20] + ("A" if text[20] != "A" else "B") + text[21:], "modifié"),
        "cut": (text[:-4], "il en manque une partie"),
        "another format": ("V2-" + text[3:], "autre format"),
        "an unknown key": (await signed(stage, claim, key=200), "clé de ce code"),
        "another administration": (sign(claim, Ed25519PrivateKey.generate()), "modifié"),
        "another office": (await signed(stage, claim, office=office_tag(new_id())), "autre bureau"),
        "over": (await signed(stage, claim, starts_at=stage.clock.now() - AFTER - timedelta(hours=2)), "passé"),
    }


@pytest.fixture
async def visit(stage: Stage) -> Visit:
    return await booked(stage)


# ---------- without script ----------


async def ask(stage: Stage, code: str, who: str = "inspector1") -> tuple[int, str]:
    async with stage.browser(who) as client:
        answer = await client.post(PAGE, data={"code": code})
        return answer.status_code, answer.text.replace(NBSP, " ")


async def test_the_server_reads_a_whole_code_and_a_reference(stage: Stage, visit: Visit) -> None:
    for code in (await text_of(stage, visit), visit.reference, f" {visit.reference.lower()} "):
        status, page = await ask(stage, code)
        assert status == 200, code
        assert f"{visit.reference} – mardi 24 novembre à 10 h" in page
        assert "Ce n’est pas pour aujourd’hui." in page


async def test_the_server_says_why_a_code_does_not_count(stage: Stage, visit: Visit) -> None:
    for name, (text, why) in (await cases(stage, visit)).items():
        status, page = await ask(stage, text)
        assert (status, why in page) == (409, True), name


async def test_a_moved_appointments_first_code_is_refused_and_the_reference_says_the_new_hour(
    stage: Stage, visit: Visit
) -> None:
    first = await text_of(stage, visit)
    await stage.run("declarant", move, (await appointment(stage, visit)).id, tomorrow(stage, 14))

    assert "déplacé ou annulé" in (await ask(stage, first))[1]
    assert "à 14 h" in (await ask(stage, visit.reference))[1]
    await stage.run("declarant", cancel, (await appointment(stage, visit)).id)
    assert "Aucun rendez-vous confirmé" in (await ask(stage, visit.reference))[1]


@pytest.mark.parametrize("code", ["", "V-000000-0", "<script>", "é" * 1000])
async def test_nonsense_is_refused_in_words(stage: Stage, code: str) -> None:
    status, page = await ask(stage, code)

    assert status == 409
    assert "Ce code ne compte pas" in page


@pytest.mark.parametrize("path", [PAGE, f"{PAGE}/known"])
async def test_only_inspectors_have_the_page(stage: Stage, path: str) -> None:
    for who, status in (("inspector1", 200), ("declarant", 403), ("terminal", 403)):
        async with stage.browser(who) as client:
            assert (await client.get(path)).status_code == status


async def test_the_page_names_nobody_and_carries_no_secret(stage: Stage, visit: Visit) -> None:
    await text_of(stage, visit)
    async with stage.browser("inspector1") as client:
        page = (await client.get(PAGE)).text
        known = (await client.get(f"{PAGE}/known")).json()

    assert "Inspector1" not in page
    assert set(known) == {"at", "office", "offices", "keys", "sequences"}
    assert [len(key) for key in known["keys"].values()] == [44]


# ---------- on the tablet ----------

#: A browser that knows nothing of Ed25519, as many tablets do.
OLD = """
const real = SubtleCrypto.prototype.importKey;
SubtleCrypto.prototype.importKey = function (format, key, algorithm, ...rest) {
  if ((algorithm.name ?? algorithm) === "Ed25519") return Promise.reject(new DOMException("no", "NotSupportedError"));
  return real.call(this, format, key, algorithm, ...rest);
};
"""
#: The code reader of a tablet's system: what it would see is handed to it.
EYES = """
window.BarcodeDetector = class {
  static getSupportedFormats() { return Promise.resolve(["qr_code"]); }
  detect() { return Promise.resolve(window.seen ? [{ rawValue: window.seen }] : []); }
};
"""


@pytest.fixture(params=["its own Ed25519", "the bundled one"])
async def tablet(request: pytest.FixtureRequest, stage: Stage, app: Litestar) -> AsyncIterator[Window]:
    require_chromium()
    async with serving(app) as port, chromium() as browser:
        opened = await window(browser, stage, port, "inspector1", size=TABLET)
        if request.param == "the bundled one":
            await opened.context.add_init_script(OLD)
        yield opened


async def typed(tablet: Window, code: str) -> str:
    await tablet.page.fill("#code", code)
    await tablet.page.get_by_role("button", name="Vérifier", exact=True).click()
    await tablet.page.locator(".v-scan").wait_for()
    found = await tablet.page.locator(".v-scan").inner_text()
    await tablet.page.evaluate("document.querySelector('[data-result]').replaceChildren()")
    return found


@pytest.mark.browser
@pytest.mark.slow  # Chromium
async def test_the_tablet_judges_as_the_server_does_without_a_network(
    stage: Stage, tablet: Window, visit: Visit
) -> None:
    text = await text_of(stage, visit)
    wrong = await cases(stage, visit)
    await tablet.go(PAGE)
    await tablet.context.set_offline(True)

    assert f"{visit.reference} – mardi 24 novembre" in await typed(tablet, text)
    assert visit.reference in await typed(tablet, PREFIX + " ".join(text.removeprefix(PREFIX).lower()))
    for name, (code, why) in wrong.items():
        assert why in await typed(tablet, code), name
    assert "Sans réseau, une référence seule" in await typed(tablet, visit.reference)
    tablet.faults.clear()  # the browser itself reports that it has no network
    await tablet._axe()


@pytest.mark.browser
@pytest.mark.slow  # Chromium
async def test_a_move_reaches_the_tablet_while_there_is_a_network_and_counts_when_it_is_gone(
    stage: Stage, tablet: Window, visit: Visit
) -> None:
    first = await text_of(stage, visit)
    page = await tablet.go(PAGE)
    assert visit.reference in await typed(tablet, first)
    await stage.run("declarant", move, (await appointment(stage, visit)).id, tomorrow(stage, 14))
    stage.clock.move(minutes=1)
    async with page.expect_response("**/inspector/scan/known"):
        await page.evaluate("dispatchEvent(new Event('online'))")
    await tablet.context.set_offline(True)

    assert "déplacé ou annulé" in await typed(tablet, first)
    assert f"{visit.reference} – " in await typed(tablet, await text_of(stage, visit))


@pytest.mark.browser
@pytest.mark.slow  # Chromium
async def test_the_page_opens_again_without_a_network(stage: Stage, tablet: Window, visit: Visit) -> None:
    text = await text_of(stage, visit)
    page = await tablet.go(PAGE)
    await page.evaluate("navigator.serviceWorker.ready.then((found) => found.active.state)")
    await tablet.context.set_offline(True)
    await page.reload()

    assert visit.reference in await typed(tablet, text)


@pytest.mark.browser
@pytest.mark.slow  # Chromium
async def test_a_code_is_read_from_a_picture(stage: Stage, tablet: Window, visit: Visit) -> None:
    text = await text_of(stage, visit)
    await tablet.context.add_init_script(EYES)
    page = await tablet.go(PAGE)
    png = bytes.fromhex(
        "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8ffff3f0005fe02fe"
        "dccc59e70000000049454e44ae426082"
    )
    await page.set_input_files("#picture", {"name": "code.png", "mimeType": "image/png", "buffer": png})
    await page.get_by_text("Aucun code n’est lisible").wait_for()
    await page.evaluate("(text) => { window.seen = text }", text)
    await page.set_input_files("#picture", {"name": "again.png", "mimeType": "image/png", "buffer": png})

    await page.get_by_text(f"{visit.reference} – ").wait_for()
