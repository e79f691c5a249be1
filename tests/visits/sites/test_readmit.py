"""The only administrator lost his sign-in: the operator lets him in, and everybody who watches sees it."""

import asyncio

import pytest
from sqlalchemy import select
from sqlmodel import col

from tests.support.stage import Stage
from visits.actor import system
from visits.cli import main
from visits.people import queries
from visits.people.invite import Link, NotNow
from visits.people.passwords import fingerprint
from visits.people.signin import DoorClosed, SignedIn, choose_password, sign_in
from visits.people.tables import Person
from visits.sites.readmit import NoAdministrator, NobodyCalled, readmit
from visits.store.tables import Audit

PASSWORD = "un quai sous la pluie"


async def readmitted(stage: Stage, login: str = "admin", **more: bool) -> Link:
    return await stage.tools.database.run(system(stage.tenant, "admin link"), readmit, login, **more)


async def test_the_administrator_chooses_a_new_password_and_is_in(stage: Stage) -> None:
    link = await readmitted(stage)

    await stage.run("system", choose_password, link.token, PASSWORD)

    assert isinstance(await stage.run("system", sign_in, stage.tools.vault, "admin", PASSWORD), SignedIn)


async def test_only_the_newest_link_works_and_old_sessions_end(stage: Stage) -> None:
    cookie = await stage.token("admin")
    first = await readmitted(stage)
    await readmitted(stage, " ADMIN ")

    with pytest.raises(DoorClosed):
        await stage.run("system", choose_password, first.token, PASSWORD)
    async with stage.work() as work:
        assert await queries.session_of(work, fingerprint(cookie)) is None


@pytest.mark.parametrize(("lost", "asks"), [(False, True), (True, False)], ids=["kept", "lost too"])
async def test_the_code_is_forgotten_only_when_the_telephone_is_lost_too(stage: Stage, lost: bool, asks: bool) -> None:
    async with stage.work() as work:
        person = await queries.person_by_id(work, stage.actors["admin"].person)  # type: ignore[arg-type]
        person.totp = b"sealed"

    await readmitted(stage, lost_code=lost)

    async with stage.work() as work:
        admin = await work.session.get_one(Person, stage.actors["admin"].person)
        assert (admin.totp is not None) is asks


async def test_the_integrity_officer_reads_it_in_the_journal(stage: Stage) -> None:
    await readmitted(stage)

    async with stage.browser("integrity") as browser:
        shown = (await browser.get("/integrity")).text

    assert "Nouveau lien d’un administrateur, donné sur la machine" in shown
    assert "admin link" in shown


@pytest.mark.parametrize(
    ("login", "refusal"),
    [("nobody", NobodyCalled), ("chief", NoAdministrator), ("declarant", NoAdministrator)],
)
async def test_nobody_else_is_given_a_link(stage: Stage, login: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        await readmitted(stage, login)

    async with stage.work() as work:
        told = await work.session.scalars(select(Audit).where(col(Audit.action) == "administrator_readmitted"))
        assert told.all() == []


async def test_a_locked_administrator_stays_out(stage: Stage) -> None:
    async with stage.work() as work:
        person = await queries.person_by_id(work, stage.actors["admin"].person)  # type: ignore[arg-type]
        person.state = "locked"

    with pytest.raises(NotNow):
        await readmitted(stage)


@pytest.mark.slow(reason="looks for the database, as the command does")
async def test_the_command_prints_the_link_once_or_one_sentence(
    alone: Stage,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")
    monkeypatch.setenv("DATABASE_URL", alone.tools.settings.database_url)
    monkeypatch.setenv("VISITS_DATA", str(alone.tools.settings.data))
    monkeypatch.setenv("VISITS_PUBLIC_URL", "https://visites.example")

    assert await asyncio.to_thread(main, ["admin", "link", "--login", "admin"]) == 0
    said = capsys.readouterr()
    assert said.out.count(f"https://{alone.host}/invitation/") == 1
    assert "/invitation/" not in said.err + caplog.text

    assert await asyncio.to_thread(main, ["admin", "link", "--login", "nobody"]) == 1
    refused = capsys.readouterr()
    assert refused.out == ""
    assert "nobody" in refused.err
    assert "Traceback" not in refused.err
