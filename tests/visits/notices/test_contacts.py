"""A number or an address counts once its code was given; few tries, few codes, one owner."""

import pytest

from tests.support.stage import Stage
from tests.support.steps_notices import notices
from visits.notices import contacts
from visits.notices.contacts import MOST, BadPhone, TooManyCodes, phone_from, phone_of, prove, save
from visits.notices.notices import ways
from visits.notices.queries import contact_of
from visits.notices.tables import Contact

PHONE = "+2250700000042"


async def wished(stage: Stage, who: str = "declarant", *, phone: str = PHONE, email: str = "") -> list[str]:
    return await stage.run(who, save, phone=phone, email=email, channels=["sms", "email"], everything=False)


async def secret(stage: Stage) -> str:
    return str((await notices(stage, "contact_code"))[-1].facts["secret"])


async def contact(stage: Stage, who: str = "declarant") -> Contact:
    async with stage.work() as work:
        found = await contact_of(work, stage.actors[who].person)  # type: ignore[arg-type]
    assert found
    return found


async def test_a_number_counts_once_its_code_was_given(stage: Stage) -> None:
    assert await wished(stage) == ["phone"]
    assert ways(await contact(stage)) == []

    assert await stage.run("declarant", prove, "phone", await secret(stage))

    assert ways(await contact(stage)) == [("sms", PHONE)]


async def test_until_then_the_number_before_is_used(stage: Stage) -> None:
    await wished(stage)
    await stage.run("declarant", prove, "phone", await secret(stage))

    await wished(stage, phone="+2250700000043")

    assert ways(await contact(stage)) == [("sms", PHONE)]


async def test_a_wrong_code_counts_and_five_close_it(stage: Stage) -> None:
    await wished(stage)
    right = await secret(stage)
    wrong = "000000" if right != "000000" else "111111"
    for _ in range(contacts.TRIES):
        assert not await stage.run("declarant", prove, "phone", wrong)

    assert not await stage.run("declarant", prove, "phone", right)


async def test_a_code_is_good_once_and_for_a_quarter_of_an_hour(stage: Stage) -> None:
    await wished(stage)
    code = await secret(stage)
    stage.clock.move(minutes=15)

    assert not await stage.run("declarant", prove, "phone", code)


async def test_the_code_of_a_number_does_not_prove_an_address(stage: Stage) -> None:
    await wished(stage, email="a@exemple.ci")
    by_channel = {each.channel: each.facts["secret"] for each in await notices(stage, "contact_code")}

    assert not await stage.run("declarant", prove, "email", by_channel["sms"])
    assert await stage.run("declarant", prove, "email", by_channel["email"])


async def test_another_person_cannot_use_the_code(stage: Stage) -> None:
    await wished(stage)

    assert not await stage.run("firm_admin", prove, "phone", await secret(stage))


async def test_a_number_belongs_to_whoever_proved_it_last(stage: Stage) -> None:
    for who in ("declarant", "other_declarant"):
        await wished(stage, who)
        await stage.run(who, prove, "phone", await secret(stage))

    assert ways(await contact(stage)) == []
    assert ways(await contact(stage, "other_declarant")) == [("sms", PHONE)]


async def test_codes_are_not_sent_without_end(stage: Stage) -> None:
    for number in range(MOST):
        await wished(stage, phone=f"+22507000001{number:02}")

    with pytest.raises(TooManyCodes):
        await wished(stage, phone="+2250700000200")


async def test_an_emptied_number_is_forgotten(stage: Stage) -> None:
    await wished(stage)
    await stage.run("declarant", prove, "phone", await secret(stage))

    await wished(stage, phone="")

    assert (await contact(stage)).phone == ""


@pytest.mark.parametrize(
    ("typed", "phone"),
    [
        ("+225 07 00 00 00 42", PHONE),
        ("00225 0700000042", PHONE),
        ("+225-07.00.00.00.42", PHONE),
        ("+351 912 345 678", "+351912345678"),
    ],
)
def test_a_number_is_read_as_people_write_it(typed: str, phone: str) -> None:
    assert phone_of(typed) == phone


@pytest.mark.parametrize(
    "typed", ["", "0700000042", "+0", "+225", "abc", "+225 07 00 00 00 42 99 99 99", "+22507O0000042"]
)
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(BadPhone):
        phone_of(typed)


@pytest.mark.parametrize(
    ("given", "phone"), [("2250700000042", PHONE), (PHONE, PHONE), ("tel:+225 0700000042", PHONE), ("DOUANE", "")]
)
def test_a_number_is_read_as_networks_give_it(given: str, phone: str) -> None:
    assert phone_from(given) == phone
