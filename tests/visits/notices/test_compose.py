"""Every notice in every language fits one text message, whatever its facts are."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visits.notices import compose, gsm7
from visits.notices.template import Template
from visits.notices.templates import ANSWERS, TEMPLATES
from visits.notify import words
from visits.web.language import LANGUAGES, say

ABIDJAN = ZoneInfo("Africa/Abidjan")
FACTS = {
    "title": "C 48213",
    "reference": "V-00CH3R-7",
    "when": "2026-11-25T10:00:00+00:00",
    "was": "2026-11-24T08:30:00+00:00",
    "until": "2026-11-24T08:45:00+00:00",
    "hour": "2026-11-25T10:00:00+00:00",
    "place": "Terminal 1 – aire B",
    "count": 2,
    "list": ["facture commerciale", "liste de colisage"],
    "voucher": "BAE 2026 118",
    "secret": "481920",
    "code": "4821",
    "text": "D'accord.",
    "reason": "grève",
    "visit": "0198a000-0000-7000-8000-000000000001",
    "declaration": "0198a000-0000-7000-8000-000000000002",
}
#: Free words of people, hostile ones too: doubled by the extension table, accents, other scripts, line ends, places.
WILD = st.one_of(
    st.text(max_size=400),
    st.text(alphabet="€[]{}|^~\\", max_size=400),
    st.text(alphabet="êçœàé 日\n%(s", max_size=400),
    st.just("€" * 500),
    st.just(""),
)
INSTANT = st.datetimes(datetime(2020, 1, 1), timezones=st.just(ZoneInfo("UTC"))).map(datetime.isoformat)
EXTREMES = st.fixed_dictionaries(
    dict.fromkeys(("title", "place", "reason", "voucher", "text", "reference"), WILD)
    | dict.fromkeys(("when", "was", "until", "hour"), INSTANT)
    | {"list": st.one_of(WILD, st.lists(st.just("certificat d'origine"), max_size=30))}
    | {"count": st.integers(0, 10**6), "code": st.just("4821"), "secret": st.just("481920")}
)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", TEMPLATES.values(), ids=list(TEMPLATES))
@settings(max_examples=40, deadline=None)
@given(
    facts=EXTREMES, answers=st.booleans(), zone=st.sampled_from(["Africa/Abidjan", "Europe/Lisbon", "Africa/Luanda"])
)
def test_every_text_message_is_one_message(
    template: Template, language: str, facts: dict[str, object], answers: bool, zone: str
) -> None:
    text = compose.text_message(template, language, facts, ZoneInfo(zone), answers=answers)

    assert gsm7.septets(text) <= 160
    assert gsm7.plain(text) == text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "text", [value for name, value in vars(words).items() if name.isupper() and isinstance(value, str)]
)
def test_every_answer_fits_too(text: str, language: str) -> None:
    times = ", ".join(f"{number} = terça. 30/12 10h00" for number in (1, 2, 3))
    said = say(text, language, title="C 4821312345678901.", when="terça. 30/12 10h00", list=times, code="4821")

    assert gsm7.septets(gsm7.plain(said)) <= 160


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", TEMPLATES.values(), ids=list(TEMPLATES))
def test_ordinary_facts_are_not_shortened(template: Template, language: str) -> None:
    facts = {name: value for name, value in FACTS.items() if name != "reason"}
    text = compose.text_message(template, language, facts, ABIDJAN)

    shown = {"title", "place", "reference", "voucher"} & {name for name in facts if f"%({name})s" in template.sms}
    assert [name for name in shown if gsm7.plain(str(facts[name])) not in text] == []


def test_the_code_stands_in_a_text_that_can_be_answered_and_in_no_other() -> None:
    template = TEMPLATES["appointment_confirmed"]

    assert "DEPLACER 4821" in compose.text_message(template, "fr", FACTS, ABIDJAN, answers=True)
    assert "4821 " not in compose.text_message(template, "fr", FACTS | {"title": "C 1"}, ABIDJAN)


def test_every_pair_of_answers_has_its_words() -> None:
    assert {each.answers for each in TEMPLATES.values() if each.answers} <= set(ANSWERS)


def test_the_hour_is_that_of_the_office() -> None:
    lisbon = ZoneInfo("Europe/Lisbon")
    text = compose.text_message(TEMPLATES["reminder_day"], "en", FACTS | {"when": "2026-07-01T09:00:00+00:00"}, lisbon)

    assert "Wed 1/7 10:00" in text


def test_a_mail_names_the_reason_the_page_and_how_to_stop() -> None:
    mail = compose.mail(TEMPLATES["appointment_withdrawn"], "fr", FACTS, ABIDJAN, public_url="https://visites.example/")

    assert "grève" in mail.text
    assert f"https://visites.example/declarant/declarations/{FACTS['declaration']}" in mail.text
    assert "https://visites.example/declarant/notices" in mail.text


def test_a_mail_says_the_language_asked_for_and_a_text_message_does_not() -> None:
    template, facts = TEMPLATES["appointment_confirmed"], FACTS | {"language": ["anglais"]}

    mail = compose.mail(template, "en", facts, ABIDJAN, public_url="https://visites.example/")

    assert "Language of the visit, as asked: English." in mail.text
    assert "anglais" not in compose.text_message(template, "fr", facts, ABIDJAN)


def test_a_per_cent_sign_in_a_reason_is_only_a_sign() -> None:
    facts = FACTS | {"reason": "100 % des aires %(title)s"}

    assert "100 % des aires" in compose.text_message(TEMPLATES["appointment_withdrawn"], "fr", facts, ABIDJAN)


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=list(TEMPLATES))
def test_the_values_of_a_registered_template_are_never_empty_or_broken(template: Template) -> None:
    values = compose.parameters(template, "fr", {"title": "C 1\n2", "text": ""}, ABIDJAN)

    assert len(values) == len(template.parameters)
    assert [value for value in values if not value or "\n" in value] == []


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=list(TEMPLATES))
def test_a_notice_leads_to_a_page_even_without_its_visit(template: Template) -> None:
    assert "%(" not in compose.path_of(template, {})
    assert "%(" not in compose.path_of(template, FACTS)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("day", range(7))
def test_a_day_and_hour_are_never_cut(language: str, day: int) -> None:
    when = datetime(2026, 12, 24 + day, 10, 30, tzinfo=ABIDJAN)
    text = compose.text_message(TEMPLATES["reminder_day"], language, FACTS | {"when": when.isoformat()}, ABIDJAN)

    assert compose.short_day_time(when, language, ABIDJAN) in text
