"""The whole story by forms alone, from the declaration's message to the rating."""

from collections import Counter
from contextlib import AsyncExitStack

import httpx
import pytest
from sqlalchemy import select
from sqlmodel import col

from tests.support.clock import MovedClock
from tests.support.forms import Visitor
from tests.support.links import CutLine
from tests.support.stage import Stage
from tests.support.steps_assignment import passed, starts
from tests.support.steps_booking import calendars
from tests.support.steps_reports import PASSWORD, with_passwords
from tests.support.story import Cast, Story, sample_of
from visits.background.deliver import deliver
from visits.evidence.verify import verify
from visits.ids import new_id
from visits.journey.states import State
from visits.people.passwords import fingerprint
from visits.people.tables import ApiKey
from visits.roles import Role
from visits.store.tables import DomainEvent

PEOPLE = ("declarant", "chief", "inspector1", "inspector2", "inspector3")


async def cast(stage: Stage, stack: AsyncExitStack, transport: httpx.AsyncBaseTransport | None = None) -> Cast:
    """Everybody the story needs, signed in."""
    await with_passwords(stage, *PEOPLE)
    async with stage.work() as work:
        work.session.add(
            ApiKey(
                id=new_id(),
                token=fingerprint(f"key-{stage.host}"),
                name="sydam",
                role=Role.INTEGRATOR,
                created_at=work.now,
            )
        )
    seated = {}
    for name in PEOPLE:
        client = await stack.enter_async_context(stage.browser(name))
        if transport is not None:
            client._transport = transport
        seated[name] = Visitor(client)
    clearance = await stack.enter_async_context(
        httpx.AsyncClient(
            transport=transport or httpx.ASGITransport(app=stage.app),  # type: ignore[arg-type]
            base_url=f"http://{stage.host}",
            headers={"authorization": f"Bearer key-{stage.host}"},
        )
    )
    return Cast(
        clearance=clearance,
        declarant=seated["declarant"],
        chief=seated["chief"],
        inspectors=[seated[name] for name in PEOPLE[2:]],
        password=PASSWORD,
    )


async def run(stage: Stage, clock: MovedClock, story: Story) -> None:
    """From 1 to 9, with the manual link."""
    await story.arrive()
    await story.package()
    await react(stage, story)
    await story.accept()
    await react(stage, story)
    if story.lane == "red":
        await story.book()
        await react(stage, story)
        visit = await stage.visit_called(story.visit)
        clock.set(await starts(stage, visit))
        await passed(stage)
        await awake(stage, story.cast)
    assert await story.find_inspector()
    await story.examine()
    await react(stage, story)
    clock.move(minutes=40)
    await story.write()
    await awake(stage, story.cast)
    await story.answer()
    clock.move(minutes=10)
    await story.validate()
    await react(stage, story)
    await story.carry_over()
    await react(stage, story)
    await story.rate()


async def awake(stage: Stage, cast: Cast) -> None:
    """Sessions that slept while the clock moved are opened again."""
    seated = zip(PEOPLE, [cast.declarant, cast.chief, *cast.inspectors], strict=True)
    for name, visitor in seated:
        visitor.client.cookies.clear()
        visitor.client.cookies.set("visits-session", await stage.token(name))


async def react(stage: Stage, story: Story) -> None:
    """The worker's part."""
    if story.visit:
        visit = await stage.visit_called(story.visit)
        await deliver(stage.tools, stage.tenant, visit.declaration_id)
        await deliver(stage.tools, stage.tenant, visit.id)


@pytest.mark.slow
@pytest.mark.parametrize("lane", ["red", "yellow"])
async def test_a_declaration_goes_from_its_message_to_its_voucher(stage: Stage, clock: MovedClock, lane: str) -> None:
    """Slow: some eighty pages."""
    await calendars(stage)
    async with AsyncExitStack() as stack:
        story = Story(await cast(stage, stack), sample_of(52001, clock.now().date()), lane=lane)

        await run(stage, clock, story)

    visit = await stage.visit_called(story.visit)
    assert visit.state == State.RELEASED


@pytest.mark.slow
async def test_the_story_passes_over_a_line_cut_at_every_message(stage: Stage, clock: MovedClock) -> None:
    """Slow: every message is sent three times, one of them swallowed on the way, one on the way back."""
    await calendars(stage)
    line = CutLine(httpx.ASGITransport(app=stage.app))  # type: ignore[arg-type]
    async with AsyncExitStack() as stack:
        story = Story(await cast(stage, stack, line), sample_of(52002, clock.now().date()))

        await run(stage, clock, story)

    visit = await stage.visit_called(story.visit)
    assert visit.state == State.RELEASED
    assert line.messages > 40
    assert await twice(stage, story) == []
    async with stage.work("integrity") as work:
        assert await verify(work) == []


async def twice(stage: Stage, story: Story) -> list[str]:
    """Kinds of events that happened more often than once though they may not."""
    async with stage.work() as work:
        kinds = (
            await work.session.scalars(
                select(col(DomainEvent.kind)).where(
                    col(DomainEvent.visit_id) == (await stage.visit_called(story.visit)).id
                )
            )
        ).all()
    often = {"finding_recorded", "evidence_added", "party_checked_in", "seal_removed", "seal_affixed", "slot_held"}
    return sorted(kind for kind, count in Counter(kinds).items() if count > 1 and kind not in often)
