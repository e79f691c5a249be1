"""Lines of calendar files: what they ask for, and every reason why one cannot be read."""

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID, uuid5

import pytest

from visits.sites.cells import Known, Named, day_of
from visits.sites.csv_text import read
from visits.sites.languages import bits_of, others
from visits.sites.lines import COLUMNS, AwayPlan, DayPlan, HoursPlan, PlacePlan, Planned, planned
from visits.sites.skills import skills_in

SITE = UUID(int=1)


def named(name: str, kind: str, site: str = "") -> Named:
    return Named(id=uuid5(SITE, f"{kind}{name}{site}"), kind=kind, name=name, site=site)


AWA, BAY_A, OTHER_BAY_A = named("Koné Awa", "officer"), named("Aire A", "bay", "TC01"), named("Aire A", "bay", "TC02")
KNOWN = Known(
    today=date(2026, 11, 23),
    sites={"TC01": SITE, "TC02": UUID(int=2)},
    resources=[AWA, BAY_A, OTHER_BAY_A],
    everywhere=True,
)


def plans(kind: str, text: str, known: Known = KNOWN) -> Planned:
    return planned(kind, read(text, COLUMNS[kind]).lines, known)


def faults(kind: str, text: str, known: Known = KNOWN) -> list[tuple[int, str, str]]:
    return [(each.line, each.column, each.refusal.code) for each in plans(kind, text, known).faults]


@pytest.mark.parametrize("text", ["24/12/2026", "24-12-26", "24.12.2026", "2026-12-24", "24 12 2026"])
def test_a_day_is_read_as_people_write_it(text: str) -> None:
    assert day_of(text) == date(2026, 12, 24)


@pytest.mark.parametrize("text", ["", "12/24/2026", "31/11/2026", "hier", "24/12", "01/01/9999"])
def test_what_is_no_day_is_none(text: str) -> None:
    assert day_of(text) is None


def test_a_closed_day() -> None:
    found = plans("days", "jour;nom;on travaille;à confirmer;tous les bureaux\n25/12/2026;Noël;;OUI;non\n")

    assert list(found.plans.values()) == [
        DayPlan(day=date(2026, 12, 25), name="Noël", works=False, tentative=True, everywhere=False)
    ]


def test_every_fault_of_every_line_is_told_with_its_column() -> None:
    text = "jour;nom;on travaille\n31/02/2027;;peut-être\n01/01/2020;Fête;\n;x;\n"

    assert faults("days", text) == [
        (2, "day", "day-unclear"),
        (2, "name", "cell-empty"),
        (2, "works", "answer-unclear"),
        (3, "day", "past-day"),
        (4, "day", "cell-empty"),
    ]


def test_only_administrators_close_every_office_but_anybody_may_send_back_what_is_there() -> None:
    noel = (date(2026, 12, 25), "Noël", False, False, True)
    supervisor = Known(today=KNOWN.today, days=frozenset({noel}))
    text = "jour;nom;tous les bureaux\n25/12/2026;Noël;oui\n26/12/2026;Fête;oui\n"

    assert faults("days", text, supervisor) == [(3, "everywhere", "only-administrators")]


def test_season_hours_of_a_week() -> None:
    text = (
        "ressource;genre;site;à partir du;jusqu'au;lundi;mardi;mercredi;jeudi;vendredi;samedi;dimanche\n"
        "koné awa;vérificateur;;08/02/2027;09/03/2027;8:00-12:00, 13:00-15:00;;;;22h-6h;;\n"
    )
    (found,) = plans("hours", text).plans.values()

    assert found == HoursPlan(
        resource=AWA,
        first=date(2027, 2, 8),
        last=date(2027, 3, 9),
        week=((1, ((480, 720), (780, 900))), (5, ((1320, 1800),))),
    )


def test_who_is_meant_must_be_one() -> None:
    heading = "ressource;genre;site;du;au;raison\n"
    stretch = "24/12/2026;24/12/2026;congé\n"

    assert faults("absences", f"{heading}Aire A;;;{stretch}") == [(2, "resource", "several-called-so")]
    assert faults("absences", f"{heading}Aire A;aire;tc02;{stretch}") == []
    assert faults("absences", f"{heading}Personne;;;{stretch}") == [(2, "resource", "nobody-called-so")]
    assert faults("absences", f"{heading}Aire A;camion;TC01;{stretch}") == [(2, "kind", "kind-unclear")]


def test_days_are_whole_and_hours_are_hours() -> None:
    text = "ressource;du;au;raison\nKoné Awa;24/12/2026;31/12/2026;congé\nKoné Awa;2026-12-23 14h;23/12/26 16:30;rdv\n"
    whole, hours = (each for each in plans("absences", text).plans.values() if isinstance(each, AwayPlan))

    assert (whole.start, whole.end) == (datetime(2026, 12, 24), datetime(2027, 1, 1))
    assert (hours.start, hours.end) == (datetime(2026, 12, 23, 14), datetime(2026, 12, 23, 16, 30))


def test_a_stretch_must_last_and_not_be_over() -> None:
    text = "site;du;au;raison\nTC09;24/12/2026;24/12/2026;a\n;24/12/2026;23/12/2026;a\n;1/1/2026;2/1/2026;a\n;x 9;y;a\n"

    assert faults("closures", text) == [
        (2, "site", "site-unclear"),
        (3, "to", "ends-before-it-begins"),
        (4, "to", "past-day"),
        (5, "from", "moment-unclear"),
        (5, "to", "moment-unclear"),
    ]


def test_a_new_place_needs_a_site_and_a_person_an_invitation() -> None:
    heading = "ressource;genre;site;dernier jour\n"
    (known,) = plans("resources", f"{heading}aire a;aire;TC01;31/12/2026\n").plans.values()

    assert known == PlacePlan(known=BAY_A, kind="bay", name="aire a", site=SITE, last=date(2026, 12, 31))
    assert faults("resources", f"{heading}Chariot 1;chariot;;\n") == [(2, "site", "cell-empty")]
    assert faults("resources", f"{heading}Traoré;vérificateur;;\n") == [(2, "kind", "by-invitation")]
    assert faults("resources", f"{heading}Chariot 1;;TC01;\n") == [(2, "kind", "cell-empty")]


ABLE = replace(
    KNOWN,
    resources=[replace(AWA, grade=1, skills=0b1001), BAY_A],
    skills=skills_in(["1 : Produits chimiques : 28", "2 : Animaux vivants : 01", "3 : Gaz, comprimé : 27"]),
)
HEADING = "ressource;genre;site;dernier jour;grade;habilitations\n"


EN, AR = bits_of(["en"]), bits_of(["ar"])
SPEAKS = replace(ABLE, resources=[replace(AWA, grade=1, skills=0b1001 | AR), BAY_A], languages=others("fr"))


@pytest.mark.parametrize(
    ("cells", "skills"),
    [
        (";", None),
        (";arabe", None),
        (";ANGLAIS, ar", 0b1001 | EN | AR),
        (";aucune", 0b1001),
        ("2;en", 0b1010 | EN),
    ],
    ids=["empty", "as it is", "names and codes", "none of them", "with other skills"],
)
def test_an_officers_languages_change_where_the_file_says_so(cells: str, skills: int | None) -> None:
    text = f"{HEADING[:-1]};langues\nKoné Awa;vérificateur;;;;{cells}\n"
    (plan,) = plans("resources", text, SPEAKS).plans.values()

    assert isinstance(plan, PlacePlan)
    assert plan.skills == skills


def test_a_language_nobody_offers_and_one_of_a_place_are_told_in_their_cells() -> None:
    text = (
        f"{HEADING[:-1]};langues\nKoné Awa;vérificateur;;;;;klingon\nAire A;aire;TC01;;;;en\n"
        "Koné Awa;vérificateur;;;;;français\n"
    )

    assert faults("resources", text, SPEAKS) == [
        (2, "languages", "no-such-language"),
        (3, "languages", "only-officers"),
        (4, "languages", "no-such-language"),
    ]


@pytest.mark.parametrize(
    ("cells", "grade", "skills"),
    [
        (";", None, None),
        ("1;Produits chimiques", None, None),
        ("2;", 2, None),
        ("; animaux VIVANTS, 1", None, 0b1011),
        (";3", None, 0b1100),
        (";aucune", None, 0b1000),
    ],
    ids=["empty", "as it is", "grade", "names and numbers", "only a number", "none of them"],
)
def test_an_officers_grade_and_skills_change_where_the_file_says_so(
    cells: str, grade: int | None, skills: int | None
) -> None:
    (plan,) = plans("resources", f"{HEADING}Koné Awa;vérificateur;;;{cells}\n", ABLE).plans.values()

    assert isinstance(plan, PlacePlan)
    assert (plan.grade, plan.skills) == (grade, skills)


def test_each_line_says_what_is_wrong_with_grade_and_skills() -> None:
    text = (
        f"{HEADING}Koné Awa;vérificateur;;;21;Chimie\nKoné Awa;vérificateur;;;deux;1, x\n"
        "Aire A;aire;TC01;;3;1\nAire Z;aire;TC01;;;1\n"
    )

    assert faults("resources", text, ABLE) == [
        (2, "grade", "grade-unclear"),
        (2, "skills", "skill-unknown"),
        (3, "grade", "grade-unclear"),
        (3, "skills", "skill-unknown"),
        (4, "grade", "only-officers"),
        (4, "skills", "only-officers"),
        (5, "skills", "only-officers"),
    ]


def test_a_supervisor_changes_no_grade_and_may_send_an_export_back() -> None:
    supervised = replace(ABLE, everywhere=False)
    changed, same = (f"{HEADING}Koné Awa;vérificateur;;;{cells}\n" for cells in ("2;2", "1;Produits chimiques"))

    assert faults("resources", changed, supervised) == [
        (2, "grade", "qualified-by-administrators"),
        (2, "skills", "qualified-by-administrators"),
    ]
    assert faults("resources", same, supervised) == []


def test_the_same_line_twice_counts_once_and_another_word_about_it_is_a_fault() -> None:
    text = "site;du;au;raison\n;24/12/2026;24/12/2026;a\n;24/12/2026;24/12/2026;a\n;24/12/2026;24/12/2026;b\n"
    found = plans("closures", text)

    assert list(found.plans) == [2]
    assert [(each.line, each.refusal.code, each.refusal.facts) for each in found.faults] == [
        (4, "said-twice", {"line": 2})
    ]
