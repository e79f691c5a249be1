"""Free times for the worst line: small, exact on days when clocks change, and silent when nothing changed."""

import asyncio
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar import Litestar

from scheduling import Day, Grid, Role
from tests.support.live import serving
from tests.support.stage import Stage
from tests.support.steps_booking import calendars, held, to_book, tomorrow
from visits.booking.free import DAYS, Free, matches, shortened, starts_of
from visits.booking.offer import offer
from visits.declarations.queries import case_of
from visits.store.work import Work

ZONES = ("Africa/Abidjan", "Africa/Casablanca", "Europe/Lisbon", "Atlantic/Cape_Verde", "Africa/Luanda")


def a_fortnight(zone: str, first: date, masks: list[int], *, minutes: int = 15, hour: int = 6) -> list[Day]:
    grid = Grid(zone=ZoneInfo(zone), minutes=minutes, day_start=time(hour))
    long_ago = datetime(2000, 1, 1, tzinfo=ZoneInfo("UTC"))
    days = (date.fromordinal(first.toordinal() + ahead) for ahead in range(len(masks)))
    return [
        Day(
            grid=grid,
            day=day,
            length=3,
            roles=(Role(name="officer", work=(mask,), free=(mask & grid.whole(day),)),),
            now=long_ago,
            earliest=long_ago,
        )
        for day, mask in zip(days, masks, strict=True)
    ]


@given(
    zone=st.sampled_from(ZONES),
    first=st.dates(date(2026, 1, 1), date(2027, 12, 1)),
    masks=st.lists(st.integers(0, (1 << 63) - 1), min_size=1, max_size=20),
    shape=st.sampled_from([(15, 6), (30, 0)]),
)
def test_what_is_read_back_is_what_is_on_offer(
    zone: str, first: date, masks: list[int], shape: tuple[int, int]
) -> None:
    days = a_fortnight(zone, first, masks, minutes=shape[0], hour=shape[1])

    read = starts_of(msgspec.json.decode(msgspec.json.encode(shortened(days, 3)), type=Free))

    # In UTC: an hour that a clock shows twice is equal to no instant of another zone (PEP 495).
    assert [each.astimezone(UTC) for each in read] == [slot.starts_at for day in days[:DAYS] for slot in day.slots()]


@pytest.mark.parametrize("zone", [*ZONES, "America/Argentina/ComodRivadavia"])
def test_a_fortnight_with_every_bit_and_a_change_of_clocks_stays_small(zone: str) -> None:
    days = a_fortnight(zone, date(2026, 3, 20), [(1 << 63) - 1] * DAYS, minutes=15)

    assert len(msgspec.json.encode(shortened(days, 12))) <= 250


async def test_the_whole_answer_is_at_most_400_bytes_on_the_wire(stage: Stage, app: Litestar) -> None:
    await calendars(stage)
    visit = await to_book(stage)
    token = await stage.token("declarant")
    async with serving(app) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        asked = f"GET /api/visits/{visit.id}/free HTTP/1.1\r\nhost: {stage.host}\r\ncookie: visits-session={token}\r\n"
        writer.write(f"{asked}connection: close\r\n\r\n".encode())
        answer = await reader.read()
        writer.close()
        await writer.wait_closed()

    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200")
    assert b"etag:" in head
    assert len(answer) <= 400
    assert starts_of(msgspec.json.decode(body, type=Free))[0] == datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("UTC"))


async def test_the_short_form_tells_the_same_starts_as_the_page(stage: Stage) -> None:
    await calendars(stage)
    visit = await to_book(stage)
    await held(stage, await to_book(stage), tomorrow(stage, 10))

    async def listed(work: Work) -> list[datetime]:
        return [
            slot.starts_at for day in (await offer(work, await case_of(work, visit.id))).days for slot in day.slots()
        ]

    async with stage.browser("declarant", accept="application/json") as client:
        answer = await client.get(f"/api/visits/{visit.id}/free")

    assert starts_of(msgspec.json.decode(answer.content, type=Free)) == await stage.run("declarant", listed)


async def test_nothing_is_sent_again_until_something_changes(stage: Stage) -> None:
    await calendars(stage)
    visit = await to_book(stage)
    path = f"/api/visits/{visit.id}/free"
    async with stage.browser("declarant", accept="application/json") as client:
        first = await client.get(path)
        same = await client.get(path, headers={"if-none-match": first.headers["etag"]})
        for hour in (10, 10, 10):
            await held(stage, await to_book(stage), tomorrow(stage, hour))
        other = await client.get(path, headers={"if-none-match": first.headers["etag"]})

    assert (same.status_code, same.content) == (304, b"")
    assert other.status_code == 200
    assert other.headers["etag"] != first.headers["etag"]


@pytest.mark.parametrize(
    ("header", "same"),
    [('"a"', True), ('W/"a"', True), ('"b", "a"', True), ("*", True), ('"b"', False), (None, False), ("", False)],
)
def test_how_a_phone_may_name_what_it_has(header: str | None, same: bool) -> None:
    assert matches(header, '"a"') is same


@pytest.mark.parametrize(("who", "status"), [(None, 401), ("terminal", 403), ("other_declarant", 404)])
async def test_who_is_not_told(stage: Stage, who: str | None, status: int) -> None:
    visit = await to_book(stage)
    async with stage.browser(who, accept="application/json") as client:
        assert (await client.get(f"/api/visits/{visit.id}/free")).status_code == status
