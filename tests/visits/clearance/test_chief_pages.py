"""The chief's register, conflicts and messages: what is shown, what a button does, what is refused."""

from uuid import UUID

import pytest
from sqlalchemy import select
from sqlmodel import col

from tests.support.builders import a_declaration, an_item
from tests.support.clearance import Scripted, a_message, inbound, told
from tests.support.clock import MovedClock
from tests.support.stage import Stage
from tests.support.steps_clearance import leaving, outbound
from visits.clearance.inbox import DECLARATION, take
from visits.clearance.push import push_one
from visits.declarations import queries
from visits.declarations.lane import Colour
from visits.declarations.receive import receive
from visits.declarations.tables import Declaration, Lane
from visits.journey.queries import visits_of
from visits.journey.states import State
from visits.people.tables import Agency
from visits.portals.chief.conflicts import field_name
from visits.portals.chief.declarations import numbers_of
from visits.store.tables import DomainEvent


async def conflict(stage: Stage) -> UUID:
    """Two contents under one number."""
    content, digest = a_declaration(number="48999")
    await stage.run("system", receive, content, digest)
    other, other_digest = a_declaration(
        number="48999", location_of_goods="TC09", items=[an_item(gross_weight="9400")], declarant="00847P"
    )
    await stage.run("system", receive, other, other_digest)
    async with stage.work("chief") as work:
        [(found, _)] = await queries.open_conflicts(work)
    return found.id


# ---------- the register ----------


async def test_an_empty_register_says_what_will_fill_it(stage: Stage) -> None:
    async with stage.browser("chief") as client:
        page = (await client.get("/chief/declarations")).text

    assert "Aucune déclaration n’est encore arrivée" in page


async def test_the_register_is_searched_and_filtered(stage: Stage) -> None:
    visit = await stage.opened()
    plain = await stage.declaration(boxes=("QZVU7770007",))

    async with stage.browser("chief") as client:
        every = (await client.get("/chief/declarations")).text
        box = (await client.get("/chief/declarations", params={"q": "qzvu777"})).text
        red = (await client.get("/chief/declarations", params={"lane": "red", "status": "package"})).text
        none = (await client.get("/chief/declarations", params={"lane": "none", "status": "none"})).text
        nothing = (await client.get("/chief/declarations", params={"q": "zzz", "p": "4"})).text

    assert "2 déclarations" in every
    for page, shown, hidden in ((box, plain.id, visit.declaration_id), (red, visit.declaration_id, plain.id)):
        assert str(shown) in page
        assert str(hidden) not in page
    assert str(plain.id) in none
    assert "Rien ne correspond" in nothing


async def test_another_office_is_not_in_the_register(stage: Stage) -> None:
    foreign = await stage.declaration(office="CIAB9")

    async with stage.browser("chief") as client:
        assert str(foreign.id) not in (await client.get("/chief/declarations")).text
        assert (await client.get(f"/chief/declarations/{foreign.id}")).status_code == 404


@pytest.mark.parametrize(("who", "status"), [("supervisor", 200), ("inspector1", 403), ("declarant", 403)])
async def test_the_register_is_for_chiefs_and_supervisors(stage: Stage, who: str, status: int) -> None:
    async with stage.browser(who) as client:
        assert (await client.get("/chief/declarations")).status_code == status


# ---------- a lane by hand ----------


async def test_a_lane_by_hand_opens_the_visit_as_ordered(stage: Stage) -> None:
    declaration = await stage.declaration(items=[an_item(1), an_item(2), an_item(3)])
    form = {
        "lane": "red",
        "agency": "",
        "reason": "renseignement",
        "level": "physical",
        "extent": "FULL",
        "percent": "50",
        "items": "1, 3",
        "instructions": "Dépoter.",
    }

    async with stage.browser("chief") as client:
        answer = await client.post(f"/chief/declarations/{declaration.id}/lane", data=form)
        page = (await client.get(answer.headers["location"])).text

    assert "La visite est ouverte" in page
    async with stage.work() as work:
        [visit] = await visits_of(work, declaration.id)
        lane = await work.session.scalar(select(Lane))
    assert (visit.order["extent"], visit.order["percent"], visit.order["items"]) == ("FULL", 50, [1, 3])
    assert lane is not None
    assert (lane.source, lane.reason, lane.set_by) == ("hand", "renseignement", stage.actors["chief"].person)


async def test_a_lane_without_reason_is_refused_and_keeps_what_was_typed(stage: Stage) -> None:
    declaration = await stage.declaration()
    form = {"lane": "red", "reason": "  ", "percent": "200", "items": "x", "instructions": "Compter."}

    async with stage.browser("chief") as client:
        answer = await client.post(f"/chief/declarations/{declaration.id}/lane", data=form)

    assert answer.status_code == 422
    for shown in ("Écrivez la raison", "de 1 à 100", "Compter.", 'value="200"'):
        assert shown in answer.text
    async with stage.work() as work:
        assert await work.session.scalar(select(Lane)) is None


async def test_only_a_chief_gives_a_lane(stage: Stage) -> None:
    declaration = await stage.declaration()

    async with stage.browser("supervisor") as client:
        answer = await client.post(
            f"/chief/declarations/{declaration.id}/lane", data={"lane": "red", "reason": "essai"}
        )

    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("typed", "numbers"), [("", []), ("1, 3-5", [1, 3, 4, 5]), ("2;2 7", [2, 7])], ids=["none", "a range", "twice"]
)
def test_item_numbers_are_read_as_people_write_them(typed: str, numbers: list[int]) -> None:
    assert numbers_of(typed) == numbers


@pytest.mark.parametrize("typed", ["a", "0", "5-3", "1-99999", "1--2"])
def test_what_are_no_item_numbers_is_refused(typed: str) -> None:
    with pytest.raises(ValueError):
        numbers_of(typed)


# ---------- conflicts ----------


async def test_a_conflict_shows_both_contents_in_words(stage: Stage) -> None:
    conflict_id = await conflict(stage)

    async with stage.browser("chief") as client:
        page = (await client.get(f"/chief/conflicts/{conflict_id}")).text

    assert "2 différences" in page
    for shown in ("lieu des marchandises", "TC01", "TC09", "article 1 – poids brut", "8400", "9400"):
        assert shown in page


async def test_accepting_a_conflict_makes_a_version(stage: Stage) -> None:
    conflict_id = await conflict(stage)

    async with stage.browser("chief") as client:
        mute = await client.post(f"/chief/conflicts/{conflict_id}", data={"choice": "accept"})
        answer = await client.post(
            f"/chief/conflicts/{conflict_id}", data={"choice": "accept", "reason": "terminal corrigé"}
        )
        again = await client.post(f"/chief/conflicts/{conflict_id}", data={"choice": "refuse", "reason": "tard"})
        done = (await client.get(f"/chief/conflicts/{conflict_id}")).text

    assert (mute.status_code, answer.status_code, again.status_code) == (422, 303, 409)
    assert "Chief Exemple" in done
    async with stage.work() as work:
        declaration = (await work.session.execute(select(Declaration))).scalar_one()
    assert (declaration.version, declaration.location_of_goods) == (2, "TC09")


async def test_a_conflict_of_another_office_is_not_there(stage: Stage) -> None:
    conflict_id = await conflict(stage)
    async with stage.work() as work:
        (await work.session.execute(select(Declaration))).scalar_one().office_id = None

    async with stage.browser("chief") as client:
        assert (await client.get(f"/chief/conflicts/{conflict_id}")).status_code == 404


def test_a_field_without_words_is_shown_by_its_name() -> None:
    assert field_name("warehouse", "fr") == "warehouse"
    assert field_name("containers[2]", "fr") == "conteneur 2"


# ---------- messages ----------


async def test_nothing_held_back_says_so(stage: Stage) -> None:
    async with stage.browser("chief") as client:
        assert "Tous les messages sont passés" in (await client.get("/chief/messages")).text


async def test_a_refused_message_is_told_in_words_and_put_away(stage: Stage) -> None:
    await take(stage.tools, stage.actor(), channel="api", sender="sydam", kind=DECLARATION, raw=b"PK\x03\x04")
    [row] = await inbound(stage)

    async with stage.browser("chief") as client:
        page = (await client.get("/chief/messages")).text
        english = (await client.get("/chief/messages", headers={"cookie": "visits-language=en"})).status_code
        await client.post(f"/chief/messages/in/{row.id}/dismiss")
        after = (await client.get("/chief/messages")).text

    assert "pas un texte XML" in page
    assert english in (200, 303)
    assert "Tous les messages sont passés" in after
    assert [each.outcome for each in await inbound(stage)] == ["dismissed"]


async def test_a_parked_message_is_played_again_when_its_cause_is_gone(stage: Stage) -> None:
    declaration = await stage.declaration()
    await told(stage, a_message("lane_chosen", declaration, lane="red", agency="AIRP"))
    [row] = await inbound(stage)

    async with stage.browser("chief") as client:
        page = (await client.get("/chief/messages")).text
        await client.post(f"/chief/messages/in/{row.id}/replay")
        still = (await client.get("/chief/messages")).text
        async with stage.work() as work:
            work.session.add(Agency(code="AIRP", name="Autorité du médicament"))
        await client.post(f"/chief/messages/in/{row.id}/replay")
        after = (await client.get("/chief/messages")).text

    assert "AIRP" in page
    assert "attend toujours" in still
    assert "a pris effet" in after
    async with stage.work() as work:
        assert await queries.colours_of(work, declaration.id) == {"AIRP": Colour.RED}


async def test_a_report_given_up_is_sent_again_by_a_button(stage: Stage, clock: MovedClock) -> None:
    visit, out = await leaving(stage)
    for _ in range(10):
        await push_one(stage.tools, stage.tenant, out.id, by=Scripted("no"))
        clock.set((await outbound(stage, visit)).due_at)

    async with stage.browser("chief") as client:
        page = (await client.get("/chief/messages")).text
        await client.post(f"/chief/messages/out/{out.id}/replay")

    assert "Tous les essais ont échoué" in page
    assert (await outbound(stage, visit)).state == "waiting"
    await push_one(stage.tools, stage.tenant, out.id, by=Scripted())
    assert (await stage.visit(visit.id)).state == State.ACKNOWLEDGED


async def test_a_link_that_is_down_is_said_with_what_goes_on(stage: Stage) -> None:
    _, out = await leaving(stage)
    await push_one(stage.tools, stage.tenant, out.id, by=Scripted("down"))

    async with stage.browser("chief") as client:
        page = (await client.get("/chief/messages")).text

    assert "ne répond plus depuis" in page
    assert "Les visites continuent" in page


async def test_an_event_nobody_could_deliver_is_played_again(stage: Stage) -> None:
    await stage.declaration()
    async with stage.work() as work:
        event = (await work.session.execute(select(DomainEvent))).scalar_one()
        event.parked_at, event.fault, event.tries = work.now, "ValueError: essai", 9

    async with stage.browser("chief") as client:
        page = (await client.get("/chief/messages")).text
        answer = await client.post(f"/chief/messages/events/{event.id}/replay")

    assert "ValueError: essai" in page
    assert answer.status_code == 303
    async with stage.work() as work:
        kept = await work.session.get_one(DomainEvent, event.id)
        jobs = await work.session.scalars(select(col(DomainEvent.id)).where(col(DomainEvent.parked_at).is_(None)))
    assert (kept.parked_at, kept.tries) == (None, 0)
    assert event.id in jobs.all()


@pytest.mark.parametrize("who", ["declarant", "inspector1", "supervisor"])
async def test_messages_are_for_chiefs(stage: Stage, who: str) -> None:
    async with stage.browser(who) as client:
        assert (await client.get("/chief/messages")).status_code == 403
