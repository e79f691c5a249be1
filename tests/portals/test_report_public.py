"""Anybody checks a copy without signing in, and learns no name, no value, no photo."""

from sqlalchemy import text

from tests.support.stage import Stage
from tests.support.steps_reports import newest, signed, validated


async def test_a_genuine_copy_is_told_with_its_four_checks(stage: Stage) -> None:
    frozen = await newest(stage, (await validated(stage)).id)

    async with stage.browser() as browser:
        page = await browser.get(f"/public/reports/{frozen.digest[:16].upper()}")

    assert page.status_code == 200
    assert "Ce rapport est authentique" in page.text
    assert "2026 CIAB1 CV 00001" in page.text
    assert page.text.count('<ul class="v-check">') == 1


async def test_no_name_no_value_and_no_photo_is_public(stage: Stage) -> None:
    frozen = await newest(stage, (await validated(stage)).id)

    async with stage.browser() as browser:
        page = await browser.get(f"/public/reports/{frozen.digest}")
        told = await browser.get(f"/api/public/reports/{frozen.digest}")

    for secret in ("Exemple", "Tanoh", "1486500", "486", "photos/", "48 cartons", "QZVU", "P1"):
        assert secret not in page.text.replace("\u202f", "").split("<main")[1].split("<footer")[0]
        assert secret not in told.text.replace(frozen.digest, "")


async def test_what_was_typed_has_an_address(stage: Stage) -> None:
    async with stage.browser() as browser:
        form = await browser.get("/public/reports")
        asked = await browser.get("/public/reports", params={"code": "4F7A 91C2 0B6E D358"})

    assert form.status_code == 200
    assert asked.headers["location"] == "/public/reports/4F7A%2091C2%200B6E%20D358"


async def test_an_unknown_code_is_not_found_and_typed_text_stays_text(stage: Stage) -> None:
    async with stage.browser() as browser:
        unknown = await browser.get("/public/reports/0000000000000000")
        hostile = await browser.get("/public/reports/%3Cscript%3Ealert(1)%3C%2Fscript%3E")

    assert unknown.status_code == 404
    assert "connu ici" in unknown.text
    assert "<script>alert" not in hostile.text


async def test_a_number_alone_opens_nothing(stage: Stage) -> None:
    await validated(stage)

    async with stage.browser() as browser:
        page = await browser.get("/public/reports/2026%20CIAB1%20CV%2000001")

    assert "Un rapport porte ce numéro" in page.text
    assert "C 48001" not in page.text
    assert "Différence" not in page.text


async def test_an_unvalidated_copy_says_so(stage: Stage) -> None:
    frozen = await newest(stage, (await signed(stage)).id)

    async with stage.browser() as browser:
        page = await browser.get(f"/public/reports/{frozen.digest[:16]}")

    assert "pas encore validé" in page.text


async def test_an_altered_row_is_told_to_whoever_asks(stage: Stage) -> None:
    frozen = await newest(stage, (await validated(stage)).id)
    async with stage._owner.begin() as owner:
        await owner.execute(text("select set_config('app.tenant', :tenant, true)"), {"tenant": str(stage.tenant)})
        await owner.execute(
            text("update report_version set content = jsonb_set(content, '{conclusion}', '\"conforme\"')")
        )

    async with stage.browser() as browser:
        page = await browser.get(f"/public/reports/{frozen.digest}")

    assert "ne correspond plus à sa signature" in page.text
    assert "Ce rapport est authentique" not in page.text


async def test_another_administration_does_not_know_it(stage: Stage) -> None:
    frozen = await newest(stage, (await validated(stage)).id)
    other = await Stage(stage.tools, stage._owner, stage.clock, stage.app).found()

    async with other.browser() as browser:
        assert (await browser.get(f"/public/reports/{frozen.digest}")).status_code == 404
