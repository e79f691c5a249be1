"""Why this inspector: told from the stored record alone, with the names and numbers of that moment."""

from fractions import Fraction
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlmodel import col

from tests.support.stage import Stage
from tests.support.steps_assignment import assigned, draws, policy
from tests.support.steps_booking import booked, calendars, to_book, tomorrow
from tests.support.steps_publication import a_published_day
from visits.assignment.interests import declare
from visits.assignment.record import digest_of, line_of
from visits.assignment.replace import replace
from visits.assignment.rules import RULES, Officer, Policy
from visits.assignment.tables import Draw
from visits.assignment.told import DETAILS, facts_of, tell
from visits.fieldwork.checkin import arrive
from visits.ids import new_id
from visits.journey.tables import Visit
from visits.people.tables import Person
from visits.sites.tables import Resource
from visits.store.tables import Audit
from visits.web.language import say

ONE, TWO, THREE = (UUID(int=number) for number in (1, 2, 3))


def a_draw(**changes: object) -> Draw:
    """Two could come, with shares of 3 and 1; a third had seen the declarant too often."""
    facts: dict[str, object] = {
        "candidates": [
            {"resource": str(TWO), "weight": 1, "chance": "1/4", "name": "Aya", "visits": 4},
            {"resource": str(ONE), "weight": 3, "chance": "3/4", "name": "Koffi", "visits": 0},
        ],
        "excluded": [
            {"resource": str(THREE), "rule": "cool_off", "name": "Yao", "facts": {"met": 2, "days": 30, "most": 2}}
        ],
        "chosen": ONE,
    }
    return Draw(**(facts | changes))


def test_the_record_says_who_with_what_chance_and_which_rule_kept_whom_away() -> None:
    told = tell(a_draw())

    assert [(each.letter, each.name, each.chance) for each in told.candidates] == [
        ("A", "Aya", Fraction(1, 4)),
        ("B", "Koffi", Fraction(3, 4)),
    ]
    assert (told.chosen.name, told.chosen.letter, told.chosen.visits) == ("Koffi", "B", 0)
    [yao] = told.excluded
    assert say(yao.text, "fr", **yao.facts).startswith("a déjà vu ce déclarant 2 fois en 30")


@pytest.mark.parametrize("language", ["fr", "en", "pt"])
def test_every_rule_is_told_in_three_languages(language: str) -> None:
    for rule in RULES:
        assert say(rule.says, language)
        assert language == "fr" or say(rule.says, language) != say(rule.says, "fr")
    for text in DETAILS.values():
        facts = {"met": 2, "days": 30, "most": 2, "regret": 12, "stay": 3}
        assert "2" in say(text, language, **facts)


@pytest.mark.parametrize(
    ("language", "facts", "text"),
    [
        ("fr", {"stay": 4, "most": 3}, "servait à ce terminal depuis 4 jours, pour 3 au plus"),
        ("fr", {}, "devait changer de terminal"),
        ("en", {}, "had to change terminals"),
        ("pt", {}, "devia mudar de terminal"),
    ],
)
def test_a_rule_that_is_gone_is_still_told_of_its_records(language: str, facts: dict[str, int], text: str) -> None:
    rotated = {"resource": str(THREE), "rule": "rotation", "name": "Yao", "facts": facts}

    told = tell(a_draw(excluded=[rotated]))

    [yao] = told.excluded
    assert say(yao.text, language, **yao.facts) == text
    [(counted, _)] = told.counts
    assert "terminal" in say(counted, language)


def test_a_rule_nobody_knows_any_more_is_told_by_its_code() -> None:
    told = tell(a_draw(excluded=[{"resource": str(THREE), "rule": "moon", "name": "Yao"}]))

    assert [each.text for each in told.excluded] == ["moon"]
    assert told.counts == (("moon", 1),)


def test_a_record_of_before_names_were_kept_takes_those_of_today() -> None:
    old = a_draw(candidates=[{"resource": str(ONE), "weight": 1, "chance": "1/1"}], excluded=[])

    assert tell(old, {ONE: "Koffi"}).chosen.name == "Koffi"
    assert tell(old).chosen.name == ""


def test_a_record_that_names_no_candidate_tells_no_name() -> None:
    assert tell(a_draw(chosen=THREE)).chosen.name == ""


@pytest.mark.parametrize(
    ("code", "officer", "facts"),
    [
        ("cool_off", {"met": 3}, {"met": 3, "days": 30, "most": 2}),
        ("cool_off", {"met": 1}, {}),
        ("detour", {"regret": 25}, {"regret": 25, "most": 10}),
        ("full_day", {}, {"most": 420}),
        ("conflict", {"tied": True}, {}),
    ],
)
def test_the_numbers_a_rule_was_decided_by(code: str, officer: dict[str, int], facts: dict[str, int]) -> None:
    assert facts_of(code, Officer(id=ONE, **officer), Policy()) == facts  # type: ignore[arg-type]


# -- what is stored --------------------------------------------------------------------------------------------
async def name_of(stage: Stage, visit: Visit) -> str:
    async with stage.work() as work:
        resource = await work.session.get_one(Resource, visit.inspector_id)
        return str((await work.session.get_one(Person, resource.person_id)).name)


async def renamed(stage: Stage) -> None:
    """Everybody is called otherwise, and has left."""
    async with stage.work() as work:
        for person in await work.session.scalars(select(Person)):
            person.name, person.state = "Tout autre nom", "ended"
        for resource in await work.session.scalars(select(Resource).where(col(Resource.kind) == "officer")):
            resource.name = "tout autre nom"


@pytest.mark.parametrize("published", [False, True], ids=["a draw of the day", "a route"])
async def test_names_stay_those_of_the_draw(stage: Stage, published: bool) -> None:
    visit = (await a_published_day(stage))[0] if published else await assigned(stage)
    name = await name_of(stage, visit)
    await renamed(stage)

    [made] = await draws(stage, visit)

    told = tell(made)
    assert told.chosen.name == name
    assert len({each.name for each in told.candidates} | {each.name for each in told.excluded}) == 3
    assert sum(each.chance for each in told.candidates) == 1


async def test_what_tells_a_draw_changes_nothing_of_its_proof(stage: Stage) -> None:
    [made] = await draws(stage, await assigned(stage))

    assert digest_of(made) == made.digest
    assert "Exemple" not in str(line_of(made, named=True))


async def test_the_numbers_behind_a_rule_are_stored_with_it(stage: Stage) -> None:
    await calendars(stage)
    await policy(stage, cool_off_most=1, publish_hour=24)
    first = await assigned(stage, await to_book(stage), tomorrow(stage, 9))
    second = await booked(stage, await to_book(stage), tomorrow(stage, 9))
    stage.clock.set(tomorrow(stage, 9))
    from tests.support.steps_assignment import drawn

    made = await drawn(stage, second.id)

    assert made is not None
    [kept] = [each for each in made.excluded if each["resource"] == str(first.inspector_id)]
    assert kept["rule"] == "cool_off"
    assert kept["facts"] == {"met": 1, "days": 30, "most": 1}


# -- pages -----------------------------------------------------------------------------------------------------
def plain(html: str) -> str:
    """Text with ordinary spaces and apostrophes."""
    return " ".join(html.replace("\u202f", " ").replace("\xa0", " ").replace("\u2019", "'").split())


@pytest.mark.parametrize("who", ["chief", "supervisor", "integrity"])
async def test_those_who_answer_for_the_draw_read_why_and_that_is_noted(stage: Stage, who: str) -> None:
    await stage.run("inspector1", declare, stage.firm.code, "family")
    visit = await assigned(stage)
    name = await name_of(stage, visit)
    await renamed_but(stage, who)

    async with stage.browser(who) as browser:
        shown = plain((await browser.get(f"/office/visits/{visit.id}/draw")).text)

    assert f"Pourquoi {name} ?" in shown
    assert "Sa chance était de 1 / 2, soit 50 %." in shown
    assert "a un lien inscrit au registre" in shown
    async with stage.work() as work:
        seen = await work.session.scalars(select(col(Audit.person_id)).where(col(Audit.action) == "draw_seen"))
        assert list(seen) == [stage.actor(who).person]


async def renamed_but(stage: Stage, who: str) -> None:
    """Every officer is called otherwise now."""
    async with stage.work() as work:
        for name in ("inspector1", "inspector2", "inspector3"):
            (await work.session.get_one(Person, stage.actor(name).person)).name = "Tout autre nom"


async def test_an_inspector_reads_nothing_of_it(stage: Stage) -> None:
    visit = await assigned(stage)
    async with stage.browser("inspector1") as browser:
        assert (await browser.get(f"/office/visits/{visit.id}/draw")).status_code == 403


@pytest.mark.parametrize("language", ["en", "pt"])
async def test_the_page_is_told_in_the_readers_language(stage: Stage, language: str) -> None:
    visit = await assigned(stage)
    async with stage.work() as work:
        (await work.session.get_one(Person, stage.actor("chief").person)).language = language
    async with stage.browser("chief") as browser:
        shown = plain((await browser.get(f"/office/visits/{visit.id}/draw")).text)

    assert {"en": "Why ", "pt": "Porquê "}[language] in shown


async def seen(stage: Stage, visit: Visit) -> str:
    async with stage.browser("declarant") as browser:
        answer = await browser.get(f"/declarant/visits/{visit.id}/draw")
        track = await browser.get(f"/declarant/declarations/{visit.declaration_id}")
    assert answer.status_code == 200
    return plain(answer.text + track.text)


async def test_the_declarant_reads_letters_and_no_name_until_the_check_in(stage: Stage) -> None:
    visit = await assigned(stage)
    name = await name_of(stage, visit)

    before = await seen(stage, visit)
    assert "3 vérificateurs pouvaient être tirés" in before
    assert "1 / 3" in before
    assert not any(each in before for each in ("Inspector1", "Inspector2", "Inspector3", "Tiré</span>"))
    stage.clock.set(tomorrow_start(stage))
    await stage.run("declarant", arrive, visit.id, id=new_id())

    after = await seen(stage, visit)
    assert f"Votre vérificateur : {name}" in after
    others = {"Inspector1 Exemple", "Inspector2 Exemple", "Inspector3 Exemple"} - {name}
    assert not any(each in after for each in others)


def tomorrow_start(stage: Stage):  # type: ignore[no-untyped-def]
    return stage.clock.now().replace(hour=10, minute=0)


async def test_the_name_comes_so_many_minutes_before_and_not_earlier(stage: Stage) -> None:
    await calendars(stage)
    await policy(stage, reveal_minutes=30)
    visit = await assigned(stage, await to_book(stage))
    name = await name_of(stage, visit)

    stage.clock.set(tomorrow_start(stage).replace(hour=9, minute=29))
    early = await seen(stage, visit)
    stage.clock.move(minutes=1)
    due = await seen(stage, visit)

    assert name not in early
    assert "Son nom paraît ici" in early
    assert name in due


async def test_the_clock_and_the_office_stand_there_from_the_beginning(stage: Stage) -> None:
    await calendars(stage)
    await policy(stage, contact="guichet 4, 27 21 00 00 00")
    visit = await booked(stage, await to_book(stage))

    shown = await seen(stage, visit)

    assert "Le vérificateur n'est pas encore tiré" in shown
    assert shown.count("Bureau à joindre : Abidjan-Port · guichet 4, 27 21 00 00 00") == 2
    assert "depuis" in shown


async def test_a_replacement_is_said_without_its_reason_or_name(stage: Stage) -> None:
    visit = await assigned(stage)
    await stage.run("system", replace, stage.tools, visit.id, "ill")

    shown = await seen(stage, visit)

    assert "Un nouveau tirage a remplacé le premier." in shown
    assert "maladie" not in shown
    assert "Inspector" not in shown


async def test_another_firms_draw_is_not_there(stage: Stage) -> None:
    visit = await assigned(stage)
    async with stage.browser("other_declarant") as browser:
        assert (await browser.get(f"/declarant/visits/{visit.id}/draw")).status_code == 404
