"""Whoever uses the sample port finds no way on its pages that leads nowhere, and breaks nothing by what is typed."""

import random
import re
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from lxml import html

from tests.support.sample_day import sample_day
from visits.app import make_app
from visits.demo import cast
from visits.demo.lives import Town
from visits.people import queries as people
from visits.people.signin import open_session

pytestmark = pytest.mark.soak  # some 700 pages, and as many forms

#: Ids, days and numbers: pages that differ in nothing else are of one kind, of which some are opened.
_SAME = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|20\d\d-\d\d-\d\d[^/&]*|=[^&]*|\d+")
OF_A_KIND = 3
#: Who opens several stands for all of a role; one of the inspectors speaks another language.
PEOPLE = [
    each.login for each in cast.people() if each.login.endswith(("1", "cabinet1")) or each.login == "verificateur6"
]


@pytest.fixture(scope="module")
async def town(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    async with sample_day(tmp_path_factory.mktemp("ways"), a_day=8) as there:
        yield there


async def token_of(town: Town, login: str) -> str:
    async with town.tools.database.work(town.actors["system"]) as work:
        person = await people.person_by_id(work, town.actors[login].person)  # type: ignore[arg-type]
        return (await open_session(work, person)).token


def browser(town: Town, token: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=make_app(town.tools), raise_app_exceptions=False),  # type: ignore[arg-type]
        base_url=f"http://{cast.TENANT['host']}",
        headers={"accept": "text/html", "sec-fetch-site": "same-origin", "accept-language": "fr"},
        cookies={"visits-session": token},
    )


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A page that was opened, and from which."""

    path: str
    came_from: str
    status: int
    page: Any = None


async def walk(client: httpx.AsyncClient, start: str) -> AsyncIterator[Seen]:
    """Some pages of every kind that can be reached from here."""
    kinds: Counter[str] = Counter()
    came_from = {start: ""}
    waiting = [start]
    while waiting:
        path = waiting.pop()
        kinds[_SAME.sub("*", path)] += 1
        if kinds[_SAME.sub("*", path)] > OF_A_KIND:
            continue
        answer = await client.get(path, follow_redirects=True)
        told = answer.status_code < 400 and answer.headers["content-type"].startswith("text/html") and answer.text
        page = html.fromstring(answer.text) if told else None
        yield Seen(path=path, came_from=came_from[path], status=answer.status_code, page=page)
        for way in page.xpath("//a/@href") if page is not None else ():
            to = str(way).split("#")[0]
            if to.startswith("/") and not to.startswith(("/static", "/language")) and to not in came_from:
                came_from[to] = path
                waiting.append(to)


@pytest.mark.parametrize("login", PEOPLE)
async def test_every_way_leads_to_a_page(town: Town, login: str) -> None:
    async with browser(town, await token_of(town, login)) as client:
        seen = [each async for each in walk(client, town.actors[login].home)]

    assert [(each.status, each.path, each.came_from) for each in seen if each.status >= 400] == []
    assert len(seen) > 5


#: What a form never asked for: nothing, the ends of time and of numbers, characters that are no text.
RUBBISH = (
    *("", "x", "-1", "99999999999999999999", "1e999", "nan", "100 %s", "é" * 3000, "\x00", "\u0663", "[]", "{}"),
    *("0001-01-01", "9999-12-31", "2026-13-45", "25:61", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"),
    "00000000-0000-0000-0000-000000000000",
)
TURNS = 6
#: Not sent: it would end the walk.
ENDS = ("/signout",)


@pytest.mark.parametrize("login", PEOPLE)
async def test_no_rubbish_in_a_form_is_a_fault_of_ours(town: Town, login: str) -> None:
    chance = random.Random(login)
    sent: set[tuple[str, tuple[str, ...]]] = set()
    faults = []
    async with browser(town, await token_of(town, login)) as client:
        for seen in [each async for each in walk(client, town.actors[login].home)]:
            for form in seen.page.xpath("//form") if seen.page is not None else ():
                action, method = form.get("action") or seen.path, form.get("method") or "get"
                names = tuple(sorted({*form.xpath(".//@name")}))
                if action in ENDS or (_SAME.sub("*", action), names) in sent:
                    continue
                sent.add((_SAME.sub("*", action), names))
                for _ in range(TURNS):
                    typed = {name: chance.choice(RUBBISH) for name in names}
                    if method == "get":
                        answer = await client.get(action, params=typed)
                    elif form.get("enctype"):
                        answer = await client.post(
                            action, files={name: ("a.csv", typed[name].encode()) for name in names}
                        )
                    else:
                        answer = await client.post(action, data=typed)
                    if answer.status_code >= 500:
                        faults.append((answer.status_code, method, action, typed))

    assert faults == []
