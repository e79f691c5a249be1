"""The alphabet of a text message: what it holds, what it costs, what is written otherwise."""

import pytest
import smpplib.gsm
from hypothesis import given
from hypothesis import strategies as st

from visits.notices import gsm7

#: 3GPP TS 23.038, table 6.2.1, column by column.
TABLE = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ�ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)


def test_every_letter_of_the_table_has_its_place() -> None:
    letters = [(code, each) for code, each in enumerate(TABLE) if each != "�"]

    assert [gsm7.encode(each) for _, each in letters] == [bytes((code,)) for code, _ in letters]


@pytest.mark.parametrize("character", list("^{}\\[~]|€"))
def test_the_extension_costs_two(character: str) -> None:
    assert gsm7.septets(character) == 2


@pytest.mark.parametrize("character", list("êôîûâëïçœÀÊ’«»\u00a0\u202fãõÕ–…"))
def test_what_french_and_portuguese_need_beyond_the_alphabet_is_not_in_it(character: str) -> None:
    assert not gsm7.is_gsm7(character)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("prêt à être signé", "pret à etre signé"),
        ("reçu, îlot, août, naïf, Noël", "recu, ilot, aout, naif, Noel"),
        ("l’œuvre « X » – 10\u00a0h\u202f30…", 'l\'oeuvre " X " - 10 h 30...'),
        ("À Été Çà", "A Été Çà"),
        ("marcação não põe avó", "marcacao nao poe avo"),
        ("日本 😀", "?? ?"),
        ("a\u200bb\x00c\td", "abc d"),
        ("", ""),
    ],
)
def test_only_what_must_be_is_written_otherwise(text: str, plain: str) -> None:
    assert gsm7.plain(text) == plain


@given(st.text(max_size=300))
def test_a_plain_text_is_in_the_alphabet_and_stays(text: str) -> None:
    plain = gsm7.plain(text)

    assert gsm7.is_gsm7(plain)
    assert gsm7.plain(plain) == plain
    assert gsm7.decode(gsm7.encode(plain)) == plain


@given(st.text(max_size=300), st.integers(0, 200))
def test_a_shortened_text_is_never_longer_than_asked(text: str, most: int) -> None:
    assert gsm7.septets(gsm7.shortened(gsm7.plain(text), most)) <= most


def test_an_outside_letter_has_no_code() -> None:
    with pytest.raises(ValueError, match="not in the GSM alphabet"):
        gsm7.encode("ê")


#: That implementation lacks one letter of the table.
KNOWN = [each for each in TABLE if each not in "�§"] + list("^{}\\[~]|€")


@given(st.text(alphabet=KNOWN, max_size=160))
def test_another_implementation_writes_the_same(text: str) -> None:
    assert smpplib.gsm.gsm_encode(text) == gsm7.encode(text)
