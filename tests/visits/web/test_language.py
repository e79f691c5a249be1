"""One language is chosen, and each fact is shown as that language writes it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from jinja2 import DictLoader, Environment

from visits.texts import N_
from visits.web import language
from visits.web.language import choose, counted, dotted, natural, say, say_many
from visits.web.typo import NARROW as NN
from visits.web.typo import NBSP as NB

DAY = date(2026, 11, 24)
AT = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)
LUANDA = ZoneInfo("Africa/Luanda")

CHOSEN = {
    "nothing said": (None, None, "fr"),
    "the browser's first": ("pt-BR,en;q=0.8", None, "pt"),
    "the heaviest, not the first": ("en;q=0.3,pt;q=0.9", None, "pt"),
    "one we do not speak": ("de,en;q=0.5", None, "en"),
    "refused with weight nought": ("en;q=0", None, "fr"),
    "the person's own choice": ("en", "pt", "pt"),
    "an unknown choice": ("en", "xx", "en"),
    "a broken header": ("pt;q=x,,;;q=1", None, "fr"),
}


@pytest.mark.parametrize(("accept", "cookie", "expected"), CHOSEN.values(), ids=CHOSEN)
def test_the_language_is_the_persons_then_the_browsers_then_the_offices(
    accept: str | None, cookie: str | None, expected: str
) -> None:
    assert choose(accept, cookie, "fr") == expected


SHOWN = {
    "long day": (
        [language.date_long(DAY, lang) for lang in language.LANGUAGES],
        [f"mardi 24{NB}novembre", "Tuesday 24 November", "terça-feira, 24 de novembro"],
    ),
    "first of a month, with its year": (
        [language.date_long(date(2026, 12, 1), lang, year=True) for lang in language.LANGUAGES],
        [f"mardi 1er{NB}décembre 2026", "Tuesday 1 December 2026", "terça-feira, 1 de dezembro de 2026"],
    ),
    "time of day": (
        [language.time_of(AT, lang) for lang in language.LANGUAGES],
        [f"10{NB}h{NB}30", "10:30", "10:30"],
    ),
    "full hour": (
        [language.time_of(AT.replace(hour=8, minute=0), lang) for lang in language.LANGUAGES],
        [f"8{NB}h", "08:00", "08:00"],
    ),
    "day and time in the office's zone": (
        [language.day_time(AT, lang, LUANDA) for lang in language.LANGUAGES],
        [
            f"mardi 24{NB}novembre à 11{NB}h{NB}30",
            "Tuesday 24 November, 11:30",
            "terça-feira, 24 de novembro, 11:30",
        ],
    ),
    "duration": (
        [language.duration(timedelta(hours=3, minutes=5, seconds=59), lang) for lang in language.LANGUAGES],
        [f"3{NB}h{NB}05"] * 3,
    ),
    "duration under an hour": ([language.duration(timedelta(minutes=38), "fr")], [f"38{NB}min"]),
    "duration of whole hours": ([language.duration(timedelta(hours=16), "fr")], [f"16{NB}h"]),
    "duration under a minute": (
        [language.duration(timedelta(seconds=59), lang) for lang in language.LANGUAGES],
        ["moins d’une minute", "less than a minute", "menos de um minuto"],
    ),
    "figure": (
        [language.number(1486500, lang) for lang in language.LANGUAGES],
        [f"1{NN}486{NN}500", "1,486,500", f"1{NN}486{NN}500"],
    ),
    "decimals": (
        [language.number(Decimal("6.40"), lang, 1) for lang in language.LANGUAGES],
        ["6,4", "6.4", "6,4"],
    ),
    "francs without cents": (
        [language.money(1486500, "XOF", lang) for lang in language.LANGUAGES],
        [f"1{NN}486{NN}500{NB}FCFA", f"1,486,500{NB}FCFA", f"1{NN}486{NN}500{NB}FCFA"],
    ),
    "kwanzas with cents": ([language.money(Decimal("12.5"), "AOA", "pt")], [f"12,50{NB}AOA"]),
    "weight": ([language.weight(8400, "fr")], [f"8{NN}400{NB}kg"]),
    "share": ([language.percent(0.845, lang, 1) for lang in ("fr", "en")], [f"84,5{NB}%", "84.5%"]),
    "countdown": ([language.countdown(timedelta(seconds=272))], [f"4{NB}min{NB}32"]),
    "countdown that is over": ([language.countdown(timedelta(seconds=-5))], [f"0{NB}min{NB}00"]),
}


@pytest.mark.parametrize(("shown", "expected"), SHOWN.values(), ids=SHOWN)
def test_each_language_writes_it_its_own_way(shown: list[str], expected: list[str]) -> None:
    assert shown == expected


SINCE = {
    "a while ago": (AT - timedelta(minutes=130), "fr", f"2{NB}h{NB}10"),
    "yesterday": (AT - timedelta(hours=18), "fr", f"hier 16{NB}h{NB}30"),
    "just after midnight": (AT.replace(hour=0, minute=0), "fr", f"10{NB}h{NB}30"),
    "just before midnight": (AT.replace(hour=0, minute=0) - timedelta(minutes=1), "fr", f"hier 23{NB}h{NB}59"),
    "last week": (AT - timedelta(days=7), "fr", f"mardi 17{NB}novembre"),
    "yesterday in English": (AT - timedelta(hours=18), "en", "since yesterday 16:30"),
    "a while ago in English": (AT - timedelta(minutes=130), "en", f"for 2{NB}h{NB}10"),
    "a while ago in Portuguese": (AT - timedelta(minutes=130), "pt", f"há 2{NB}h{NB}10"),
    "yesterday in Portuguese": (AT - timedelta(hours=18), "pt", "desde ontem, 16:30"),
}


@pytest.mark.parametrize(("at", "lang", "expected"), SINCE.values(), ids=SINCE)
def test_since_names_the_length_today_and_the_moment_before(at: datetime, lang: str, expected: str) -> None:
    assert language.since(at, AT, lang, UTC) == expected


def test_yesterday_is_the_offices_not_the_servers() -> None:
    just_after_midnight_there = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)

    assert language.since(just_after_midnight_there, AT, "fr", LUANDA) == f"11{NB}h"


def test_a_fact_never_passes_through_the_french_spaces() -> None:
    assert say(N_("Un champ n'est pas rempli comme il faut : %(field)s."), "fr", field="n° d'ordre ?") == (
        f"Un champ n’est pas rempli comme il faut{NB}: n° d'ordre ?."
    )


def test_facts_are_shown_by_their_kind() -> None:
    facts = {"at": AT, "day": DAY, "span": timedelta(minutes=5), "count": 1284, "code": "7K4M", "yes": True}

    text = say("%(at)s|%(day)s|%(span)s|%(count)s|%(code)s|%(yes)s", "en", **facts)

    assert text == (f"Tuesday 24 November, 10:30|Tuesday 24 November|5{NB}min|1,284|7K4M|True")


def test_a_text_not_translated_yet_is_shown_in_french() -> None:
    assert say("Un texte d'essai que personne n'a traduit", "en") == "Un texte d’essai que personne n’a traduit"


@pytest.mark.parametrize(
    ("n", "expected"), [(0, "0 visite"), (1, "1 visite"), (2, "2 visites"), (1284, f"1{NN}284 visites")]
)
def test_french_counts_nought_as_one(n: int, expected: str) -> None:
    assert say_many("%(num)s visite", "%(num)s visites", n, "fr") == expected


def test_a_template_speaks_one_language_and_escapes_its_facts() -> None:
    environment = Environment(
        loader=DictLoader({"page": '{{ lang }} {{ _("<b>C\'est à</b> %(who)s", who=who) }}'}), autoescape=True
    )
    language.install(environment, "fr")

    page = environment.get_template("page").render(who="l'agent <A>")

    assert page == "fr <b>C’est à</b> l&#39;agent &lt;A&gt;"


def test_a_template_shows_days_and_figures_by_filters() -> None:
    environment = Environment(
        loader=DictLoader({"page": "{{ at|day_time(lang, zone) }} {{ n|number(lang) }}"}), autoescape=True
    )
    language.install(environment, "en")

    assert environment.get_template("page").render(at=AT, n=1284, zone=UTC) == "Tuesday 24 November, 10:30 1,284"


@pytest.mark.parametrize(
    ("unit", "figure", "shown"),
    [("Carton", 420, "cartons"), ("Carton", 1, "carton"), ("Colis", 2, "colis"), ("KGM", 2, "KGM"), ("m³", 2, "m³")],
)
def test_packages_are_counted_in_the_plural_and_codes_stay(unit: str, figure: int, shown: str) -> None:
    assert counted(unit, figure) == shown


@pytest.mark.parametrize(("code", "shown"), [("87083000", "8708.30.00"), ("870830", "8708.30"), ("8708.30", "8708.30")])
def test_a_tariff_code_has_its_dots(code: str, shown: str) -> None:
    assert dotted(code) == shown


def test_names_with_numbers_are_put_in_the_order_of_their_numbers() -> None:
    names = ["Agent 10", "Agent 2", "agent 11", "Agent 1", "Aya", "3e agent"]

    assert sorted(names, key=natural) == ["3e agent", "Agent 1", "Agent 2", "Agent 10", "agent 11", "Aya"]


@pytest.mark.parametrize(("n", "said"), [(0, "0 free"), (1, "1 free"), (3, "3 free")])
def test_a_counted_text_marked_in_two_halves_is_said_in_the_persons_language(n: int, said: str) -> None:
    assert say_many("%(num)s libre", "%(num)s libres", n, "en") == said
