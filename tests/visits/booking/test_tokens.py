"""Signed confirmations: what is signed is read back, whatever was changed is refused, and each refusal says why."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from visits.booking.tokens import (
    AFTER,
    LEVELS,
    PREFIX,
    Claim,
    Known,
    TokenAltered,
    TokenElsewhere,
    TokenExpired,
    TokenFormat,
    TokenKeyUnknown,
    TokenSuperseded,
    TokenUnreadable,
    office_tag,
    sign,
    verify,
    visit_number,
)
from visits.errors import Refusal
from visits.ids import ALPHABET, reference

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
HERE, THERE = office_tag(UUID(int=1)), office_tag(UUID(int=2))
TEN = datetime(2026, 11, 24, 10, tzinfo=UTC)
CLAIM = Claim(key=7, office=HERE, visit=12345, sequence=2, starts_at=TEN, length=timedelta(minutes=45), level=LEVELS[3])
KNOWN = Known(
    keys={7: KEY.public_key().public_bytes_raw()},
    office=HERE,
    offices={HERE: "CIAB1 Abidjan-Port", THERE: "CIAB3 Vridi"},
    sequences={},
)

claims = st.builds(
    Claim,
    key=st.just(7),
    office=st.just(HERE),
    visit=st.integers(0, (1 << 30) - 1),
    sequence=st.integers(0, (1 << 16) - 1),
    starts_at=st.datetimes(datetime(2026, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)).map(
        lambda at: at.replace(second=0, microsecond=0)
    ),
    length=st.integers(1, 1440).map(lambda minutes: timedelta(minutes=minutes)),
    level=st.sampled_from(LEVELS),
)


@given(claims)
def test_what_is_signed_is_read_back(claim: Claim) -> None:
    assert verify(sign(claim, KEY), KNOWN, claim.starts_at) == claim


@given(claims, st.integers(0, 10_000), st.sampled_from(ALPHABET))
def test_no_character_can_be_changed(claim: Claim, place: int, other: str) -> None:
    text = sign(claim, KEY)
    place = len(PREFIX) + place % (len(text) - len(PREFIX))
    changed = text[:place] + other + text[place + 1 :]

    if changed != text:
        with pytest.raises((TokenAltered, TokenFormat, TokenKeyUnknown, TokenUnreadable)):
            verify(changed, KNOWN, claim.starts_at)


@given(st.text(max_size=200))
def test_whatever_else_is_scanned_is_refused_in_words(text: str) -> None:
    with pytest.raises(Refusal):
        verify(text, KNOWN, TEN)


@given(st.integers(0, (1 << 30) - 1))
def test_a_reference_and_its_number_are_the_same(number: int) -> None:
    assert visit_number(reference("V", number)) == number


def test_it_is_short_enough_for_a_message_and_a_small_code() -> None:
    text = sign(CLAIM, KEY)

    assert len(text) == 138
    assert set(text) <= set(ALPHABET) | {"-"}


@pytest.mark.parametrize("spelt", [str.lower, lambda text: text.replace("0", "O").replace("1", "l"), " ".join])
def test_a_hand_may_spell_it_as_it_likes(spelt: object) -> None:
    text = sign(CLAIM, KEY)
    assert callable(spelt)

    assert verify(PREFIX + spelt(text.removeprefix(PREFIX)), KNOWN, TEN) == CLAIM


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", TokenUnreadable),
        ("V-00CH3R-7", TokenUnreadable),
        (PREFIX + "ABC", TokenUnreadable),
        ("V2-" + "0" * 135, TokenFormat),
        (PREFIX + "0" * 135, TokenFormat),
    ],
)
def test_what_is_no_confirmation_is_told_apart_from_another_format(text: str, why: type[Refusal]) -> None:
    with pytest.raises(why):
        verify(text, KNOWN, TEN)


def known(**changed: object) -> Known:
    facts = {name: getattr(KNOWN, name) for name in ("keys", "office", "offices", "sequences")}
    return Known(**(facts | changed))  # type: ignore[arg-type]


def test_a_key_that_was_withdrawn_proves_nothing() -> None:
    with pytest.raises(TokenKeyUnknown):
        verify(sign(CLAIM, KEY), known(keys={}), TEN)


def test_another_administrations_key_of_the_same_number_is_no_proof() -> None:
    with pytest.raises(TokenAltered):
        verify(sign(CLAIM, Ed25519PrivateKey.generate()), KNOWN, TEN)


def test_another_office_is_named() -> None:
    with pytest.raises(TokenElsewhere) as no:
        verify(sign(CLAIM, KEY), known(office=THERE), TEN)

    assert no.value.facts["office"] == "CIAB1 Abidjan-Port"


def test_an_earlier_version_of_a_moved_appointment_is_refused_and_the_present_one_counts() -> None:
    moved = known(sequences={CLAIM.visit: 3})
    with pytest.raises(TokenSuperseded):
        verify(sign(CLAIM, KEY), moved, TEN)

    assert verify(sign(CLAIM, KEY), known(sequences={CLAIM.visit: 2}), TEN) == CLAIM


def test_it_counts_to_the_last_instant_and_not_longer() -> None:
    last = TEN + timedelta(minutes=45) + AFTER

    assert verify(sign(CLAIM, KEY), KNOWN, last) == CLAIM
    with pytest.raises(TokenExpired):
        verify(sign(CLAIM, KEY), KNOWN, last + timedelta(seconds=1))
