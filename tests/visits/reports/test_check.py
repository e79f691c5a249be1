"""Anybody can check a copy; nobody learns more from it than the paper says."""

import pytest
from sqlalchemy import text

from tests.support.stage import Stage
from tests.support.steps_reports import answered, newest, signed, validated
from visits.reports.check import Checked, Standing, check
from visits.reports.validate import give_back
from visits.reports.words import Answer


async def looked_up(stage: Stage, typed: str) -> Checked:
    """As somebody who is not signed in."""
    async with stage.work() as work:
        return await check(work, typed)


async def test_a_validated_copy_is_genuine(stage: Stage) -> None:
    frozen = await newest(stage, (await validated(stage)).id)

    checked = await looked_up(stage, frozen.digest[:16].upper())

    assert checked.standing is Standing.GENUINE
    assert (checked.number, checked.verdict, checked.officers, checked.declarants) == (
        "2026 CIAB1 CV 00001",
        "Différence de quantité",
        1,
        1,
    )
    assert checked.tests is not None
    assert (checked.tests.content, checked.tests.signatures, checked.tests.chain) == (True, True, True)


async def test_the_groups_are_read_as_they_are_printed(stage: Stage) -> None:
    frozen = await newest(stage, (await validated(stage)).id)
    printed = frozen.digest[:16].upper()
    typed = " ".join(printed[at : at + 4] for at in range(0, 16, 4))

    assert (await looked_up(stage, typed)).standing is Standing.GENUINE
    assert (await looked_up(stage, frozen.digest)).standing is Standing.GENUINE


async def test_a_signed_copy_is_not_yet_validated(stage: Stage) -> None:
    frozen = await newest(stage, (await signed(stage)).id)

    checked = await looked_up(stage, frozen.digest)

    assert (checked.standing, checked.number) == (Standing.UNVALIDATED, "")


async def test_a_returned_version_says_so(stage: Stage) -> None:
    visit = await answered(stage)
    frozen = await newest(stage, visit.id)
    await stage.run("chief", give_back, visit.id, version=1, reason="result")

    assert (await looked_up(stage, frozen.digest)).standing is Standing.RETURNED


async def test_a_refusal_to_sign_is_told(stage: Stage) -> None:
    visit = await answered(stage, verdict=Answer.REFUSED)
    frozen = await newest(stage, visit.id)

    checked = await looked_up(stage, frozen.digest)

    assert (checked.refused, checked.declarants) == (True, 0)


@pytest.mark.parametrize("typed", ["", "0" * 16, "f" * 64, "abc", "2026 CIAB1 CV 00099", "../../etc/passwd", "%%%"])
async def test_what_was_never_issued_is_unknown(stage: Stage, typed: str) -> None:
    await validated(stage)

    assert (await looked_up(stage, typed)).standing is Standing.UNKNOWN


async def test_the_start_of_a_code_opens_nothing(stage: Stage) -> None:
    frozen = await newest(stage, (await validated(stage)).id)

    assert (await looked_up(stage, frozen.digest[:15])).standing is Standing.UNKNOWN


async def test_a_number_alone_says_only_that_it_exists(stage: Stage) -> None:
    await validated(stage)

    checked = await looked_up(stage, "2026 CIAB1 CV 00001")

    assert checked == Checked(
        standing=Standing.NUMBER, tz="Africa/Abidjan", office="CIAB1 Abidjan-Port", number="2026 CIAB1 CV 00001"
    )


@pytest.mark.parametrize(
    "change",
    [
        "update report_version set content = jsonb_set(content, '{conclusion}', '\"conforme\"')",
        "update report_version set content = content || '{\"surprise\": 1}'",
        "update signature set remarks = 'rien'",
    ],
    ids=["conclusion", "unknown field", "signature"],
)
async def test_what_was_altered_in_the_database_is_found(stage: Stage, change: str) -> None:
    visit = await validated(stage)
    frozen = await newest(stage, visit.id)
    async with stage._owner.begin() as owner:
        await owner.execute(text("select set_config('app.tenant', :tenant, true)"), {"tenant": str(stage.tenant)})
        await owner.execute(text(change))

    checked = await looked_up(stage, frozen.digest)

    assert checked.standing is Standing.ALTERED


async def test_a_missing_report_before_this_one_is_found(stage: Stage) -> None:
    await validated(stage)
    frozen = await newest(stage, (await validated(stage)).id)
    async with stage._owner.begin() as owner:
        await owner.execute(text("select set_config('app.tenant', :tenant, true)"), {"tenant": str(stage.tenant)})
        await owner.execute(text("update report set number = 77 where number = 1"))

    checked = await looked_up(stage, frozen.digest)

    assert checked.tests is not None
    assert not checked.tests.chain
