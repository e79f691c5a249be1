"""Search finds by any number people know, and only what the reader may see."""

import pytest

from tests.support.stage import Stage
from tests.support.steps_states import at_state
from visits.declarations.queries import declaration_for
from visits.journey.states import State
from visits.journey.tables import Visit
from visits.reports.tables import Report


@pytest.fixture
async def visit(stage: Stage) -> Visit:
    """A released case with a report number."""
    visit = await at_state(stage, State.RELEASED)
    async with stage.work() as work:
        work.session.add(
            Report(
                visit_id=visit.id, office_id=stage.office.id, year=2026, number=318, draft={}, version=1, at=work.now
            )
        )
    return visit


async def found(stage: Stage, typed: str, who: str = "chief") -> str:
    async with stage.browser(who) as browser:
        answer = await browser.get("/search", params={"q": typed})
    assert answer.status_code == 200
    return answer.text


@pytest.mark.parametrize(
    "typed",
    [
        "C 48001",
        "48 001",
        "qzvu5081639",
        "comptoir exemple",
        "Mv Exémple",
        "2026 CIAB1 CV 00318",
        "bae-1",
        "CIAB1 2026 48001",
    ],
)
async def test_each_number_people_know_leads_to_the_case(stage: Stage, visit: Visit, typed: str) -> None:
    assert f'href="/office/visits/{visit.id}"' in await found(stage, typed)


async def test_the_reference_of_the_visit_finds_it(stage: Stage, visit: Visit) -> None:
    assert f'href="/office/visits/{visit.id}"' in await found(stage, visit.reference)


async def test_declarants_find_their_own_and_nothing_of_others(stage: Stage, visit: Visit) -> None:
    own = await found(stage, "48001", "declarant")
    other = await found(stage, "48001", "other_declarant")

    assert f'href="/declarant/declarations/{visit.declaration_id}"' in own
    assert str(visit.declaration_id) not in other
    assert "Rien ne correspond" in other


async def test_an_inspector_is_led_only_to_visits_of_his_own(stage: Stage, visit: Visit) -> None:
    assert str(visit.id) in await found(stage, "48001", "inspector1")
    assert str(visit.id) not in await found(stage, "48001", "inspector2")


async def test_signs_of_a_pattern_are_plain_characters(stage: Stage, visit: Visit) -> None:
    assert "Rien ne correspond" in await found(stage, "%%")
    assert "Rien ne correspond" in await found(stage, "4_001")


async def test_one_character_lists_nothing(stage: Stage, visit: Visit) -> None:
    assert "Tapez au moins 2 caractères" in await found(stage, "4")


async def test_more_than_a_page_has_a_second(stage: Stage) -> None:
    for _ in range(51):
        await stage.declaration()

    first = await found(stage, "exemple", "declarant")

    assert first.count('class="v-line"') == 50
    assert 'rel="next"' in first


async def test_a_voucher_is_found_after_it_was_issued(stage: Stage) -> None:
    declaration = await stage.declaration()
    async with stage.work() as work:
        (await declaration_for(work, declaration.id, lock=True)).voucher = "BAE-77/1"

    assert str(declaration.id) in await found(stage, "bae-77/1", "declarant")
