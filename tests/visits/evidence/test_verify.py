"""Whoever changes the past is found, even with the rights of the database's owner, and the line is named."""

from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.support.stage import Stage
from visits.declarations.lane import Colour
from visits.declarations.select import select_lane
from visits.evidence.verify import Break, Head, follow, links, spans, verify


async def lived(stage: Stage) -> None:
    visit = await stage.opened()
    await stage.run("system", select_lane, visit.declaration_id, Colour.GREEN, source="message")
    await stage.opened()


async def change(stage: Stage, owner: AsyncEngine, *deeds: str) -> None:
    async with owner.begin() as connection:
        await connection.execute(text("select set_config('app.tenant', :t, true)"), {"t": str(stage.tenant)})
        for deed in deeds:
            assert (await connection.execute(text(deed), {"chain": stage.office.id})).rowcount >= 1


async def link_of(stage: Stage, condition: str) -> tuple[int, str]:
    """The office's first link that the condition names: its number and subject."""
    async with stage.work() as work:
        row = (
            await work.session.execute(
                text(f"select seq, subject from chain_entry where chain_id = :chain and {condition} order by seq"),
                {"chain": stage.office.id},
            )
        ).first()
    assert row is not None
    return row[0], row[1]


async def test_an_untouched_record_is_whole(stage: Stage) -> None:
    await lived(stage)

    assert await stage.run("integrity", verify) == []


async def test_the_size_of_a_page_changes_nothing(stage: Stage, owner: AsyncEngine) -> None:
    await lived(stage)
    assert [await stage.run("integrity", verify, page=size) for size in (1, 2, 3)] == [[], [], []]

    await change(stage, owner, "update domain_event set body = '{}' where kind = 'lane_selected'")
    found = [await stage.run("integrity", verify, page=size) for size in (1, 2, 3)]

    assert found[0]
    assert found[1:] == found[:1] * 2


@pytest.mark.parametrize(
    ("deed", "why"),
    [
        ("update domain_event set body = body || '{\"lane\": \"green\"}' where kind = 'lane_selected'", "event"),
        ("update domain_event set seq = seq + 100 where kind = 'lane_selected'", "event"),
        ("delete from domain_event where kind = 'lane_selected'", "event"),
        ("insert into domain_event (id, tenant_id, stream_id, seq, declaration_id, office_id, kind, role, source, at)"
         " select uuidv7(), tenant_id, stream_id, 99, declaration_id, office_id, kind, '', '', at from domain_event"
         " limit 1", "event"),
        ("insert into domain_event (id, tenant_id, stream_id, seq, declaration_id, office_id, kind, role, source, at)"
         " select uuidv7(), tenant_id, stream_id, 0, declaration_id, office_id, kind, '', '', at from domain_event"
         " limit 1", "event"),
        ("update audit set action = 'lane_kept' where action = 'lane_set'", "audit"),
        ("update audit set body = '{}' where action = 'lane_set'", "audit"),
        ("delete from audit where action = 'lane_set'", "audit"),
        ("insert into audit (id, tenant_id, office_id, source, action, subject, at)"
         " select uuidv7(), tenant_id, office_id, '', 'lane_kept', '', at from audit limit 1", "audit"),
        ("update chain_entry set digest = sha256(digest) where seq = 2", "link"),
        ("delete from chain_entry where seq = 2", "link"),
        ("delete from chain_entry where seq = (select max(seq) from chain_entry)", "link"),
    ],
    ids=[
        "an event reworded",
        "an event moved",
        "an event removed",
        "an event smuggled in at the end",
        "an event smuggled in at the beginning",
        "an audit row renamed",
        "an audit row reworded",
        "an audit row removed",
        "an audit row smuggled in",
        "a digest changed",
        "a link removed",
        "the end cut off",
    ],
)  # fmt: skip
async def test_a_change_of_the_past_is_found(stage: Stage, owner: AsyncEngine, deed: str, why: str) -> None:
    await lived(stage)
    await change(stage, owner, deed)

    found = await stage.run("integrity", verify)

    assert any(each.why.startswith(why) for each in found)


async def test_a_reworded_audit_row_is_named_by_its_link(stage: Stage, owner: AsyncEngine) -> None:
    await lived(stage)
    seq, subject = await link_of(stage, "kind = 'lane_set'")
    await change(stage, owner, "update audit set body = '{}' where action = 'lane_set'")

    first = (await stage.run("integrity", verify))[0]

    assert (first.chain, first.seq, first.kind, first.subject) == (stage.office.id, seq, "lane_set", subject)
    assert first.why.endswith("changed")


async def test_a_removed_event_is_named_by_its_link(stage: Stage, owner: AsyncEngine) -> None:
    await lived(stage)
    seq, subject = await link_of(stage, "kind = 'events' and seq > 2")
    stream, last = subject.split("/")
    await change(stage, owner, f"delete from domain_event where stream_id = '{UUID(stream)}' and seq = {int(last)}")

    first = (await stage.run("integrity", verify))[0]

    assert (first.seq, first.subject) == (seq, subject)


async def test_two_links_that_changed_places_are_named(stage: Stage, owner: AsyncEngine) -> None:
    await lived(stage)
    await change(
        stage,
        owner,
        "update chain_entry set seq = 1000 where chain_id = :chain and seq = 2",
        "update chain_entry set seq = 2 where chain_id = :chain and seq = 3",
        "update chain_entry set seq = 3 where chain_id = :chain and seq = 1000",
    )

    found = await stage.run("integrity", verify)

    assert (found[0].chain, found[0].seq, found[0].why) == (stage.office.id, 2, "link changed")


async def test_what_retention_took_first_is_not_missed(stage: Stage, owner: AsyncEngine) -> None:
    await lived(stage)
    stage.clock.move(minutes=5)
    await stage.opened()
    await change(
        stage,
        owner,
        "delete from domain_event where at < (select max(at) from domain_event)",
        "delete from audit where at < (select max(at) from audit)",
    )

    assert await stage.run("integrity", verify) == []


# ---------- from a head noted earlier ----------


async def noted(stage: Stage) -> dict[UUID, Head]:
    async with stage.work() as work:
        return {span.chain: Head(seq=span.last, hash=span.end) for span in await spans(work)}


async def since(stage: Stage, heads: dict[UUID, Head]) -> list[Break]:
    async with stage.work() as work:
        return await follow(work, await spans(work, since=heads))


async def test_after_a_noted_head_only_what_is_new_is_followed(stage: Stage) -> None:
    await lived(stage)
    heads, before = await noted(stage), await stage.run("integrity", links)
    await stage.opened()

    async with stage.work() as work:
        wanted = await spans(work, since=heads)

    assert sum(span.last - span.first + 1 for span in wanted) == await stage.run("integrity", links) - before
    assert await since(stage, heads) == []


async def test_a_past_written_anew_does_not_fit_a_noted_head(stage: Stage, owner: AsyncEngine) -> None:
    await lived(stage)
    heads = await noted(stage)
    heads[stage.office.id] = Head(seq=heads[stage.office.id].seq, hash=bytes(32))
    await stage.opened()

    [found] = await since(stage, heads)

    assert (found.chain, found.seq) == (stage.office.id, heads[stage.office.id].seq + 1)


async def test_a_chain_cut_back_with_its_head_is_found_by_a_noted_head(stage: Stage, owner: AsyncEngine) -> None:
    await lived(stage)
    heads = await noted(stage)
    last = heads[stage.office.id].seq
    await change(
        stage,
        owner,
        f"delete from chain_entry where chain_id = :chain and seq = {last}",
        "update chain_head h set seq = h.seq - 1, hash = e.hash from chain_entry e"
        " where h.chain_id = :chain and e.chain_id = h.chain_id and e.seq = h.seq - 1",
    )

    [found] = await since(stage, heads)

    assert found.why.startswith("link cut off")
