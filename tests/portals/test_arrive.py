"""« I am here »: one button on the day, for those the visit concerns."""

from tests.support.stage import Stage
from tests.support.steps_fieldwork import ready
from visits.fieldwork import queries


async def test_on_the_day_one_press_says_i_am_here(stage: Stage) -> None:
    visit = await ready(stage)
    path = f"/declarant/visits/{visit.id}/arrive"

    async with stage.browser("declarant") as phone:
        page = await phone.get(path)
        assert "Dire que je suis là" in page.text
        form = {"id": page.text.split('name="id" value="')[1].split('"')[0]}
        for _ in range(2):
            page = await phone.post(
                path,
                data=form | {"latitude": "5.2571", "longitude": "-4.0095", "accuracy": "12"},
                follow_redirects=True,
            )

    assert "Votre arrivée est notée" in page.text
    async with stage.work() as work:
        [row] = (await queries.record_of(work, visit.id)).check_ins
    assert (row.party, row.fence) == ("declarant", "inside")


async def test_the_day_before_the_page_says_when(stage: Stage) -> None:
    visit = await ready(stage)
    stage.clock.move(days=-1)

    async with stage.browser("declarant") as phone:
        page = await phone.get(f"/declarant/visits/{visit.id}/arrive")

    assert "mardi 24 novembre" in page.text.replace("\u00a0", " ")
    assert "Dire que je suis là" not in page.text


async def test_without_appointment_there_is_nothing_to_press(stage: Stage) -> None:
    visit = await stage.opened()

    async with stage.browser("declarant") as phone:
        assert "Aucun rendez-vous" in (await phone.get(f"/declarant/visits/{visit.id}/arrive")).text


async def test_it_is_not_for_others(stage: Stage) -> None:
    visit = await ready(stage)

    for who, status in (("other_declarant", 404), ("inspector1", 403)):
        async with stage.browser(who) as other:
            assert (await other.get(f"/declarant/visits/{visit.id}/arrive")).status_code == status
