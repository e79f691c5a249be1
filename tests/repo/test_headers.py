"""Every page is strict: one nonce each, nothing from elsewhere, not framed, not kept."""

import re

import httpx
import pytest
from litestar import Litestar

from tests.repo.routes import Called, in_role, routes, with_every_role
from tests.repo.test_access import STREAMS
from tests.support.stage import Stage
from visits.roles import Role
from visits.web.route import PUBLIC

POLICY = {
    "default-src": "'none'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "visits",
}
HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-store",
}


def faults(answer: httpx.Response, nonces: set[str]) -> list[str]:
    """What is wrong with a page's headers, or with the markup they allow."""
    found = [name for name, value in HEADERS.items() if answer.headers.get(name) != value]
    said = dict(
        part.strip().partition(" ")[::2] for part in answer.headers.get("content-security-policy", "").split(";")
    )
    found += [name for name, value in POLICY.items() if said.get(name) != value]
    nonce = re.fullmatch(r"'nonce-([\w-]{20,})' 'strict-dynamic'", said.get("script-src", ""))
    if not nonce or nonce[1] in nonces:
        found.append("nonce")
    else:
        nonces.add(nonce[1])
        if [script for script in re.findall(r"<script[^>]*>", answer.text) if f'nonce="{nonce[1]}"' not in script]:
            found.append("script without the nonce")
    if re.search(r"<[^>]+\s(style|on\w+)=", answer.text):
        found.append("style or handler in the markup")
    if re.search(r"""(src|href)="(https?:)?//""", answer.text):
        found.append("something from elsewhere")
    return found


async def pages(browser: httpx.AsyncClient, every: list[Called]) -> dict[str, httpx.Response]:
    """The pages that open without naming a thing."""
    shown = {}
    for each in every:
        if each.method == "GET" and not each.parameters and each.name not in STREAMS:
            answer = await browser.get(each.path)
            if answer.headers.get("content-type", "").startswith("text/html") and answer.status_code == 200:
                shown[each.path] = answer
    return shown


@pytest.mark.slow  # every page of a role
@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SYSTEM])
async def test_every_page_of_a_role_is_strict(stage: Stage, app: Litestar, role: Role) -> None:
    await with_every_role(stage)
    nonces: set[str] = set()
    mine = [each for each in routes(app) if each.roles == PUBLIC or role in each.roles]

    async with in_role(stage, role) as browser:
        shown = await pages(browser, mine)

    assert shown
    assert {path: wrong for path, answer in shown.items() if (wrong := faults(answer, nonces))} == {}


async def test_refusals_are_strict_pages_too(stage: Stage) -> None:
    nonces: set[str] = set()
    async with stage.browser("declarant") as browser:
        for path in ("/nowhere", "/admin/people", "/chief"):
            answer = await browser.get(path)
            assert answer.status_code in (403, 404)
            assert faults(answer, nonces) == []
