"""The path by text message alone: the same use cases, only for the number and the codes of the person."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from tests.support.stage import Stage
from tests.support.steps_booking import held, tomorrow
from tests.support.steps_notices import PHONE, booked_and_told, code, notices, reached, sent, told, writes
from visits.background.deliver import moments
from visits.booking.change import cancel
from visits.booking.queries import live_of
from visits.booking.tables import Appointment
from visits.journey.states import State
from visits.journey.tables import Visit
from visits.notices import gsm7
from visits.notices.queries import contact_of
from visits.notices.tables import TextCode, TextMessage
from visits.notify.texts import MOST, TRIES
from visits.notify.words import Said, read
from visits.people.queries import memberships_of
from visits.store.tables import DomainEvent


async def appointment(stage: Stage, visit: Visit) -> Appointment | None:
    async with stage.work() as work:
        return (await live_of(work, visit.id)).get("confirmed")


async def outcome(stage: Stage) -> str:
    async with stage.work() as work:
        found = await work.session.scalars(select(TextMessage).order_by(col(TextMessage.id).desc()).limit(1))
        return found.one().outcome


async def who_did(stage: Stage, visit: Visit, kind: str) -> tuple[object, str]:
    async with stage.work() as work:
        found = await work.session.scalars(
            select(DomainEvent).where(col(DomainEvent.stream_id) == visit.id, col(DomainEvent.kind) == kind)
        )
        event = found.one()
        return event.person_id, event.source


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("OUI 4821", Said("confirm", "4821")),
        ("oui 4821.", Said("confirm", "4821")),
        ("4821 oui merci", Said("confirm", "4821")),
        ("YES 4821", Said("confirm", "4821")),
        ("Sim, 4821", Said("confirm", "4821")),
        ("DÉPLACER 4821", Said("move", "4821")),
        ("deplacer 4821 2", Said("move", "4821", 2)),
        ("Move 4821 3!", Said("move", "4821", 3)),
        ("mudar 4821 1", Said("move", "4821", 1)),
        ("ANNULER 4821", Said("cancel", "4821")),
        ("cancel  4821", Said("cancel", "4821")),
        ("não 4821", Said("cancel", "4821")),
        ("STOP", Said("stop")),
        ("arrêt", Said("stop")),
        ("aide", Said("help")),
        ("", Said("help")),
        ("4821", Said("help")),
        ("OUI", Said("help")),
        ("OUI 48213", Said("help")),
        ("bonjour, quand ?", Said("help")),
        ("😀" * 500, Said("help")),
    ],
)
def test_what_people_mean(text: str, said: Said) -> None:
    assert read(text) == said


async def test_yes_confirms_a_kept_time(stage: Stage) -> None:
    await reached(stage, channels=["sms"])
    kept = await held(stage)
    await told(stage, await stage.visit(kept.visit_id))
    stage.clock.move(minutes=3)
    await moments(stage.tools, stage.tenant)

    await writes(stage, f"OUI {await code(stage)}")

    assert (await stage.visit(kept.visit_id)).state == State.BOOKED


async def test_no_cancels_as_the_person(stage: Stage) -> None:
    visit = await booked_and_told(stage, channels=["sms"])

    await writes(stage, f"ANNULER {await code(stage)}")

    assert await appointment(stage, visit) is None
    assert await who_did(stage, visit, "appointment_cancelled") == (stage.actors["declarant"].person, "sms")


async def test_moving_offers_three_times_and_takes_the_one_chosen(stage: Stage) -> None:
    visit = await booked_and_told(stage, channels=["sms"])
    digits = await code(stage)

    answer = await writes(stage, f"DEPLACER {digits}")
    assert "1 = " in answer
    assert "3 = " in answer
    assert digits in answer
    async with stage.work() as work:
        offered = (await work.session.scalars(select(TextCode).where(col(TextCode.code) == digits))).one().options
    await writes(stage, f"DEPLACER {digits} 2")

    found = await appointment(stage, visit)
    assert found
    assert found.during.lower.isoformat() == offered[1]


async def test_the_move_is_told_with_a_new_code(stage: Stage) -> None:
    visit = await booked_and_told(stage, channels=["sms"])
    old = await code(stage)
    await writes(stage, f"DEPLACER {old}")
    await writes(stage, f"DEPLACER {old} 1")
    await told(stage, visit)

    new = await code(stage)
    assert new != old
    await writes(stage, f"ANNULER {new}")
    assert await appointment(stage, visit) is None


async def test_a_choice_that_was_not_offered_is_offered_again(stage: Stage) -> None:
    visit = await booked_and_told(stage, channels=["sms"])

    answer = await writes(stage, f"DEPLACER {await code(stage)} 9")

    assert "1 = " in answer
    assert (await appointment(stage, visit)) is not None


@pytest.mark.parametrize("language", ["fr", "en", "pt"])
async def test_every_answer_is_one_message(stage: Stage, language: str) -> None:
    await booked_and_told(stage, channels=["sms"], language=language)

    for text in (f"MOVE {await code(stage)}", "HELP", "OK 0000"):
        answer = await writes(stage, text)
        assert 0 < gsm7.septets(answer) <= 160


async def test_the_same_message_again_does_nothing_and_gets_the_same_answer(stage: Stage) -> None:
    await booked_and_told(stage, channels=["sms"])
    text = f"DEPLACER {await code(stage)}"

    first, again = await writes(stage, text, id="m1"), await writes(stage, text, id="m1")

    assert first == again
    assert len(await notices(stage, "answer")) == 1


async def test_a_message_that_comes_many_times_at_once_acts_once(stage: Stage) -> None:
    visit = await booked_and_told(stage, channels=["sms"])
    text = f"ANNULER {await code(stage)}"

    await asyncio.gather(*(writes(stage, text, id="m1") for _ in range(5)))

    assert await who_did(stage, visit, "appointment_cancelled")


async def test_the_same_words_in_another_message_change_nothing_more(stage: Stage) -> None:
    visit = await booked_and_told(stage, channels=["sms"])
    text = f"ANNULER {await code(stage)}"
    await writes(stage, text, id="m1")

    await writes(stage, text, id="m2")

    assert await outcome(stage) == "again"
    assert await who_did(stage, visit, "appointment_cancelled")


async def test_an_unknown_code_is_answered_politely(stage: Stage) -> None:
    visit = await booked_and_told(stage, channels=["sms"])
    wrong = "9999" if await code(stage) != "9999" else "9998"

    assert await writes(stage, f"ANNULER {wrong}") != ""
    assert await appointment(stage, visit) is not None


async def test_after_five_wrong_codes_the_right_one_is_closed(stage: Stage) -> None:
    visit = await booked_and_told(stage, channels=["sms"])
    right = await code(stage)
    guesses = [f"{number:04}" for number in range(1000, 1000 + TRIES + 1) if f"{number:04}" != right][:TRIES]
    for guess in guesses:
        await writes(stage, f"ANNULER {guess}")

    await writes(stage, f"ANNULER {right}")

    assert await outcome(stage) == "tries"
    assert await appointment(stage, visit) is not None


async def test_another_number_cannot_use_the_code(stage: Stage) -> None:
    visit = await booked_and_told(stage, channels=["sms"])

    await writes(stage, f"ANNULER {await code(stage)}", phone="+2250700000099")

    assert await outcome(stage) == "unknown_phone"
    assert await appointment(stage, visit) is not None


async def test_another_firms_number_cannot_use_the_code(stage: Stage) -> None:
    await reached(stage, "other_declarant", phone="+2250700000099")
    visit = await booked_and_told(stage, channels=["sms"])

    await writes(stage, f"ANNULER {await code(stage)}", phone="+2250700000099")

    assert await outcome(stage) == "unknown_code"
    assert await appointment(stage, visit) is not None


async def test_a_number_that_was_not_proved_is_not_known(stage: Stage) -> None:
    visit = await booked_and_told(stage, channels=["sms"])
    async with stage.work() as work:
        contact = await contact_of(work, stage.actors["declarant"].person)  # type: ignore[arg-type]
        assert contact
        contact.phone_verified_at = None

    await writes(stage, f"ANNULER {await code(stage)}")

    assert await appointment(stage, visit) is not None


async def test_a_person_who_left_the_firm_is_not_known(stage: Stage) -> None:
    visit = await booked_and_told(stage, channels=["sms"])
    async with stage.work() as work:
        for each in await memberships_of(work, stage.actors["declarant"].person):  # type: ignore[arg-type]
            each.until = work.now

    await writes(stage, f"ANNULER {await code(stage)}")

    assert await appointment(stage, visit) is not None


async def test_the_pages_rules_hold_here_too(stage: Stage) -> None:
    visit = await booked_and_told(stage, channels=["sms"])
    stage.clock.set(tomorrow(stage, 9))

    await writes(stage, f"DEPLACER {await code(stage)}")
    answer = await writes(stage, f"DEPLACER {await code(stage)} 1")

    assert "trop tard" in answer.lower() or "indisponible" in answer.lower() or await outcome(stage) == "refused"
    assert (await appointment(stage, visit)) is not None


async def test_a_code_of_a_time_that_is_gone_is_over(stage: Stage) -> None:
    visit = await booked_and_told(stage, channels=["sms"])
    found = await appointment(stage, visit)
    assert found
    await stage.run("declarant", cancel, found.id)

    assert await writes(stage, f"OUI {await code(stage)}") != ""
    assert await outcome(stage) == "over"


async def test_stop_ends_text_messages(stage: Stage) -> None:
    await booked_and_told(stage)

    await writes(stage, "STOP")

    async with stage.work() as work:
        contact = await contact_of(work, stage.actors["declarant"].person)  # type: ignore[arg-type]
        assert contact
        assert contact.channels == ["email"]


async def test_a_number_that_writes_too_often_is_heard_in_silence(stage: Stage) -> None:
    await booked_and_told(stage, channels=["sms"])

    answers = [await writes(stage, "AIDE", id=f"m{number}") for number in range(MOST + 3)]

    assert [bool(answer) for answer in answers] == [True] * MOST + [False] * 3


async def test_an_unknown_number_is_answered_once(stage: Stage) -> None:
    answers = [await writes(stage, "AIDE", id=f"m{number}", phone="+33600000000") for number in range(3)]

    assert [bool(answer) for answer in answers] == [True, False, False]


@pytest.mark.parametrize("phone", ["", "DOUANE", "123", "+0123456789", "'; drop table"])
async def test_what_is_no_number_is_not_listened_to(stage: Stage, phone: str) -> None:
    assert await writes(stage, "AIDE", phone=phone) == ""


async def test_the_answer_leaves_as_a_text_message(stage: Stage) -> None:
    await booked_and_told(stage, channels=["sms"])
    await writes(stage, "AIDE")

    await sent(stage)

    [answer] = await notices(stage, "answer")
    assert (answer.state, answer.address) == ("sent", PHONE)


async def test_words_without_an_id_are_the_same_only_for_a_few_minutes(stage: Stage) -> None:
    await booked_and_told(stage, channels=["sms"])
    await writes(stage, "AIDE")
    await writes(stage, "AIDE")
    stage.clock.move(minutes=timedelta(minutes=10).total_seconds() / 60)
    await writes(stage, "AIDE")

    assert len(await notices(stage, "answer")) == 2
