"""Whoever uses the sample port finds no way on its pages that leads nowhere."""

import re
from collections import Counter
from collections.abc import AsyncIterator

import httpx
import pytest
from lxml import html

from tests.support.sample_day import sample_day
from visits.app import make_app
from visits.demo import cast
from visits.demo.lives import Town
from visits.people import queries as people
from visits.people.signin import open_session

pytestmark = pytest.mark.soak  # some 700 pages

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


@pytest.mark.parametrize("login", PEOPLE)
async def test_every_way_leads_to_a_page(town: Town, login: str) -> None:
    nowhere, opened = [], 0
    kinds: Counter[str] = Counter()
    came_from = {town.actors[login].home: ""}
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=make_app(town.tools)),  # type: ignore[arg-type]
        base_url=f"http://{cast.TENANT['host']}",
        headers={"accept": "text/html", "sec-fetch-site": "same-origin", "accept-language": "fr"},
        cookies={"visits-session": await token_of(town, login)},
        follow_redirects=True,
    ) as client:
        waiting = list(came_from)
        while waiting:
            path = waiting.pop()
            kinds[_SAME.sub("*", path)] += 1
            if kinds[_SAME.sub("*", path)] > OF_A_KIND:
                continue
            answer = await client.get(path)
            opened += 1
            if answer.status_code >= 400:
                nowhere.append((answer.status_code, path, came_from[path]))
            elif answer.headers["content-type"].startswith("text/html") and answer.text:
                for way in html.fromstring(answer.text).xpath("//a/@href | //form[@method='get']/@action"):
                    to = str(way).split("#")[0]
                    if to.startswith("/") and not to.startswith(("/static", "/language")) and to not in came_from:
                        came_from[to] = path
                        waiting.append(to)

    assert nowhere == []
    assert opened > 5
