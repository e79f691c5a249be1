"""The text to key in: 72 columns at most, and plain ASCII for old screens."""

from zoneinfo import ZoneInfo

import pytest

from tests.support.steps_clearance import CONTENT, DIGEST
from visits.clearance.act_text import WIDTH, act_text, plain
from visits.reports.content import short_hash

ABIDJAN = ZoneInfo("Africa/Abidjan")
REPORT = {
    "declaration": {"office": "CIAB1", "year": 2026, "serial": "C", "number": "48213"},
    "visit": "V-00CH3R-7",
    "version": 1,
    "number": {"office": "CIAB1", "year": 2026, "number": 318},
    "digest": DIGEST,
    "content": CONTENT,
    "signatures": [{"name": "J. Tanoh", "verdict": "reserved", "remarks": "Je n’étais pas là à l’ouverture."}],
}


@pytest.mark.parametrize("lang", ["fr", "en", "pt"])
def test_no_line_is_wider_than_a_screen(lang: str) -> None:
    wordy = REPORT | {"content": CONTENT | {"conclusion": "Déficit constaté à l’article premier. " * 20}}

    assert max(len(line) for line in act_text(wordy, lang=lang, zone=ABIDJAN).splitlines()) <= WIDTH


def test_the_text_says_what_the_act_needs() -> None:
    text = act_text(REPORT, lang="fr", zone=ABIDJAN)

    for needed in (
        "CIAB1 2026 C 48213",
        "CIAB1-2026-318",
        "2026-11-23 07:05",
        "QZVU5081639",
        "déclaré 420, trouvé 372 cartons",
        "DISCREPANCY_DUTY",
        "Je n’étais pas là",
        short_hash(DIGEST).lower(),
    ):
        assert needed in text


def test_the_plain_text_is_ascii_and_keeps_its_shape() -> None:
    text, simple = (act_text(REPORT, lang="fr", zone=ABIDJAN, ascii_only=plainly) for plainly in (False, True))

    assert simple.isascii()
    assert len(simple.splitlines()) == len(text.splitlines())
    assert "Deficit constate a l'article 1" in simple


def test_a_letter_without_a_plain_form_is_shown_as_unknown() -> None:
    assert plain("œuf « là » – 宁 \x00") == 'oeuf " la " - ? ?'


def test_an_empty_report_is_still_a_sheet() -> None:
    bare = REPORT | {"content": {}, "signatures": [], "number": {}}

    assert "48213" in act_text(bare, lang="fr", zone=ABIDJAN)
