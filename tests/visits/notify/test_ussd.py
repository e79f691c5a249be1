"""The menu of a phone without data: the use cases of the pages in screens of 182 septets."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlmodel import col

from tests.support.stage import Stage
from tests.support.steps_booking import booked, calendars, to_book, tomorrow
from tests.support.steps_notices import PHONE, booked_and_told, reached
from visits.booking.queries import live_of
from visits.booking.tables import Appointment
from visits.journey.states import State
from visits.journey.tables import Visit
from visits.notices import gsm7
from visits.notify.ussd import SCREEN, Screen, Step, answer, drawn
from visits.store.tables import DomainEvent


class Phone:
    """A phone in a menu: dials, types, reads."""

    def __init__(self, stage: Stage, session: str = "s1", phone: str = PHONE) -> None:
        self.stage, self.session, self.phone, self.typed = stage, session, phone, ""

    async def dials(self) -> str:
        return await self.types_all("")

    async def types(self, *digits: str) -> str:
        screen = ""
        for digit in digits:
            screen = await self.types_all(f"{self.typed}*{digit}" if self.typed else digit)
        return screen

    async def types_all(self, typed: str) -> str:
        self.typed = typed
        step = Step(session=self.session, phone=self.phone, typed=typed)
        screen = await answer(self.stage.tools, self.stage.tenant, step)
        assert screen[:4] in ("CON ", "END ")
        assert gsm7.septets(screen) <= SCREEN
        return screen


async def appointment(stage: Stage, visit: Visit) -> Appointment | None:
    async with stage.work() as work:
        return (await live_of(work, visit.id)).get("confirmed")


async def count(stage: Stage, visit: Visit, kind: str) -> int:
    async with stage.work() as work:
        query = select(func.count()).where(col(DomainEvent.stream_id) == visit.id, col(DomainEvent.kind) == kind)
        return int(await work.session.scalar(query) or 0)


async def test_an_unknown_number_is_told_what_to_do(stage: Stage) -> None:
    assert (await Phone(stage, phone="+33600000000").dials()).startswith("END Ce numéro n'est pas connu")


async def test_my_appointments_are_listed(stage: Stage) -> None:
    await booked_and_told(stage)
    phone = Phone(stage)
    await phone.dials()

    assert re.search(r"1 C \d+ mar\. 24/11 10h00", await phone.types("1"))


async def test_with_none_it_says_so(stage: Stage) -> None:
    await reached(stage)
    phone = Phone(stage)
    await phone.dials()

    assert "Aucun rendez-vous" in await phone.types("1")
    assert "1 Mes rendez-vous" in await phone.types("0")
    assert "Aucune visite" in await phone.types("2")


async def test_booking_holds_a_time_and_asks_once_more(stage: Stage) -> None:
    await reached(stage)
    await calendars(stage)
    visit = await to_book(stage)
    phone = Phone(stage)
    await phone.dials()
    await phone.types("2", "1")

    assert "Retenue jusqu'à 8h05" in await phone.types("1")
    assert (await phone.types("1")).startswith("END Visite C")

    assert (await stage.visit(visit.id)).state == State.BOOKED
    async with stage.work() as work:
        event = (
            await work.session.scalars(select(DomainEvent).where(col(DomainEvent.kind) == "appointment_confirmed"))
        ).one()
    assert (event.person_id, event.source) == (stage.actors["declarant"].person, "ussd")


async def test_a_kept_time_may_be_given_back(stage: Stage) -> None:
    await reached(stage)
    await calendars(stage)
    visit = await to_book(stage)
    phone = Phone(stage)
    await phone.dials()

    assert (await phone.types("2", "1", "1", "2")).startswith("END")

    async with stage.work() as work:
        assert await live_of(work, visit.id) == {}


async def test_moving_takes_another_time_at_once(stage: Stage) -> None:
    visit = await booked_and_told(stage)
    phone = Phone(stage)
    await phone.dials()
    await phone.types("1", "1")

    times = await phone.types("1")
    assert (await phone.types("2")).startswith("END")

    found = await appointment(stage, visit)
    assert found
    assert f"{found.during.lower.hour}h{found.during.lower.minute:02}" in times


async def test_more_times_come_on_further_pages(stage: Stage) -> None:
    await booked_and_told(stage)
    phone = Phone(stage)
    await phone.dials()
    first = await phone.types("1", "1", "1")
    second = await phone.types("9")

    assert "9 Suite" in first
    assert "9 Suite" in second
    assert "9 Suite" not in await phone.types("9")


async def test_cancelling_is_asked_once_more(stage: Stage) -> None:
    visit = await booked_and_told(stage)
    phone = Phone(stage)
    await phone.dials()
    assert "Rendre cette heure ?" in await phone.types("1", "1", "2")
    assert await appointment(stage, visit) is not None

    await phone.types("1")

    assert await appointment(stage, visit) is None


async def test_a_repeated_step_shows_the_same_screen_and_acts_once(stage: Stage) -> None:
    visit = await booked_and_told(stage)
    phone = Phone(stage)
    await phone.dials()
    end = await phone.types("1", "1", "2", "1")

    assert await phone.types_all("1*1*2*1") == end
    assert await count(stage, visit, "appointment_cancelled") == 1


async def test_the_numbers_mean_what_was_shown_even_if_times_change(stage: Stage) -> None:
    visit = await booked_and_told(stage)
    phone = Phone(stage)
    await phone.dials()
    times = await phone.types("1", "1", "1")
    shown = re.findall(r"^\d (.+)$", times, re.MULTILINE)[1]
    await booked(stage, await to_book(stage), tomorrow(stage, 8))

    await phone.types("2")

    found = await appointment(stage, visit)
    assert found
    assert shown.endswith(f"{found.during.lower.hour}h{found.during.lower.minute:02}")


async def test_a_time_that_went_is_said_and_nothing_is_lost(stage: Stage) -> None:
    visit = await booked_and_told(stage)
    phone = Phone(stage)
    await phone.dials()
    await phone.types("1", "1", "1")
    stage.clock.move(days=1)

    assert (await phone.types("1")).startswith("END")

    found = await appointment(stage, visit)
    assert found
    assert found.during.lower == tomorrow(stage, 10).replace(day=24)


async def test_a_wrong_number_shows_the_same_choices_again(stage: Stage) -> None:
    await booked_and_told(stage)
    phone = Phone(stage)
    await phone.dials()

    again = await phone.types("7")
    assert "Choix inconnu." in again
    assert "1 Mes rendez-vous" in again
    assert "C 48" in await phone.types("1")


async def test_a_step_out_of_nowhere_begins_anew(stage: Stage) -> None:
    await booked_and_told(stage)

    assert "1 Mes rendez-vous" in await Phone(stage).types_all("1*2*3")


async def test_another_phone_cannot_go_on_in_the_session(stage: Stage) -> None:
    await reached(stage, "other_declarant", phone="+2250700000099")
    await booked_and_told(stage)
    await Phone(stage).dials()

    assert (await Phone(stage, phone="+2250700000099").types_all("1")).startswith("END Ce numéro")


async def test_another_firms_appointments_are_not_listed(stage: Stage) -> None:
    await reached(stage, "other_declarant", phone="+2250700000099")
    await booked_and_told(stage)
    phone = Phone(stage, phone="+2250700000099")
    await phone.dials()

    assert "Aucun rendez-vous" in await phone.types("1")


@pytest.mark.parametrize("language", ["fr", "en", "pt"])
async def test_the_whole_way_fits_in_every_language(stage: Stage, language: str) -> None:
    await booked_and_told(stage, language=language)
    phone = Phone(stage)
    await phone.dials()

    assert (await phone.types("1", "1", "1", "9", "1")).startswith("END")


WILD = st.one_of(st.text(max_size=300), st.text(alphabet="€[]^", max_size=300))


@given(WILD, st.lists(st.text(max_size=20), max_size=5), st.booleans())
def test_every_screen_fits(head: str, items: list[str], ends: bool) -> None:
    listed = [(str(number), gsm7.shortened(gsm7.plain(each), 28), {}) for number, each in enumerate(items)]
    text, choices = drawn(Screen(head=head, items=listed, ends=ends))

    assert gsm7.septets(text) <= SCREEN
    assert len(choices) == len(items)
