"""The causes an office writes for its tablets, each with who holds the clock; without any, the service's."""

from typing import Any

import pytest

from tests.support.stage import Stage
from tests.support.steps_fieldwork import started
from visits.errors import BadInput
from visits.fieldwork import run
from visits.fieldwork.suspensions import LONGEST, Texts, offered, taken
from visits.ids import new_id
from visits.journey.states import SUSPENSIONS, Clock, State
from visits.sites.queries import office_by_id
from visits.store.work import Work


async def written(stage: Stage, *lines: str) -> None:
    """The office's policy."""

    async def use_case(work: Work) -> None:
        office = await office_by_id(work, stage.office.id)
        office.policies = {"suspension_texts": list(lines)}

    await stage.run("system", use_case)


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("Grue en panne : terminal", ("Grue en panne", Clock.TERMINAL)),
        ("Crane down: DECLARANT", ("Crane down", Clock.DECLARANT)),
        ("Chuva forte: condições meteorológicas", ("Chuva forte: condições meteorológicas", Clock.CUSTOMS)),
        ("Prière", ("Prière", Clock.CUSTOMS)),
        ("Panne à 12 : 30", ("Panne à 12 : 30", Clock.CUSTOMS)),
        ("x" * 500, ("x" * LONGEST, Clock.CUSTOMS)),
    ],
    ids=["who waits", "in English", "nobody of ours", "nobody", "another colon", "long"],
)
def test_a_line_is_a_text_and_who_is_waited_for(line: str, read: tuple[str, Clock]) -> None:
    assert list(offered(Texts(suspension_texts=(line,))).values()) == [read]


def test_without_own_texts_the_service_s_are_offered() -> None:
    assert offered(Texts()) == offered(Texts(suspension_texts=(" : terminal",))) == SUSPENSIONS


def test_own_texts_stand_in_for_the_service_s_which_are_still_understood() -> None:
    own = Texts(suspension_texts=("Grue en panne : terminal",))

    assert set(offered(own)) == {"Grue en panne"}
    assert set(taken(own)) == {"Grue en panne", *SUSPENSIONS}


async def test_an_office_s_text_is_offered_stored_and_told(stage: Stage) -> None:
    visit = await started(stage)
    await written(stage, "Grue à 100 % en panne : terminal")
    own = f"/inspector/visits/{visit.id}"
    reason = "Grue à 100 % en panne"

    async with stage.browser("inspector1") as tablet:
        form = (await tablet.get(f"{own}/suspend")).text
        sent = {"id": str(new_id()), "reason": reason, "note": ""}
        assert (await tablet.post(f"{own}/suspend", data=sent)).status_code == 303
        still = (await tablet.get(own)).text

    assert f'value="{reason}"' in form
    assert 'value="weather"' not in form
    assert "en panne" in still
    stored = await stage.visit(visit.id)
    assert (stored.state, stored.clock) == (State.SUSPENDED, Clock.TERMINAL)
    async with stage.browser("declarant") as phone:
        track = (await phone.get(f"/declarant/declarations/{visit.declaration_id}")).text
        home = (await phone.get("/declarant")).text
    assert "Visite suspendue\u202f: Grue à 100" in track or "Visite suspendue\u00a0: Grue à 100" in track
    assert "Grue à 100" in home


async def test_a_text_the_office_took_back_is_refused_but_not_what_was_already_sent(stage: Stage) -> None:
    visit, sent = await started(stage), new_id()
    await written(stage, "Grue en panne : terminal")
    again: dict[str, Any] = {"id": sent, "reason": "Grue en panne"}
    await stage.run("inspector1", run.suspend, visit.id, **again)
    await stage.run("inspector1", run.resume, visit.id, id=new_id())
    await written(stage)

    assert (await stage.run("inspector1", run.suspend, visit.id, **again)).state == State.RUNNING
    with pytest.raises(BadInput):
        await stage.run("inspector1", run.suspend, visit.id, **(again | {"id": new_id()}))
