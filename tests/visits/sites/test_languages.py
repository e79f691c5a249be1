"""Languages beside the office's own, as bits above the skills."""

import pytest

from scheduling import LANGUAGES
from visits.sites.languages import NAMES, LanguageUnknown, asked_of, bits_of, others, spoken


def test_every_language_has_a_bit_of_its_own_above_the_skills() -> None:
    bits = [bits_of([code]) for code in NAMES]

    assert len(set(bits)) == len(bits)
    assert all(bit.bit_count() == 1 and bit & LANGUAGES for bit in bits)


def test_the_bits_of_languages_never_change_since_calendars_keep_them() -> None:
    assert bits_of(["fr"]) == 1 << 48
    assert bits_of(["en", "sw"]) == 1 << 49 | 1 << 59


def test_a_language_that_is_not_in_the_list_is_refused() -> None:
    with pytest.raises(LanguageUnknown):
        bits_of(["en", "xx"])


def test_everybody_speaks_the_offices_own_so_nobody_is_asked_for_it() -> None:
    assert "pt" not in others("pt")
    assert spoken(bits_of(["fr", "pt", "en"]), "pt") == ["fr", "en"]


def test_a_visit_asks_for_the_skills_of_its_goods_and_its_language_at_once() -> None:
    assert asked_of({"skills": 0b101, "language": "en"}) == 0b101 | bits_of(["en"])
    assert asked_of({"language": ""}) == asked_of({}) == 0
