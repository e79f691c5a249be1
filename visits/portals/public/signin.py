"""The door: /signin, its second step /signin/code, /signout and the one-time links /invitation/{token}."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

from litestar import Request, Response
from litestar.datastructures import Cookie
from litestar.params import FromPath, FromQuery

from visits.actor import Actor
from visits.errors import NotFound, Refusal
from visits.people import queries, signin
from visits.people.access import cookie_name
from visits.people.passwords import SAMPLE_PASSWORD, SHORTEST, fingerprint
from visits.people.signin import CODE_WAIT, CodeNeeded, DoorClosed, SignedIn, TooManyTries, WrongCredentials
from visits.people.tables import Invitation, Membership, Person
from visits.portals.public.language import own_path
from visits.roles import NAMES, Role
from visits.sites.policies import code_rule
from visits.store.tools import Tools
from visits.store.work import Work
from visits.texts import N_
from visits.web.pages import go, page
from visits.web.problem import sentence, wants_page
from visits.web.route import PUBLIC, get, post

Asked = Request[Any, Any, Any]

#: Holds the sealed second step; it goes to /signin/code only.
CODE_COOKIE = "visits-signin-code"
CODE_PATH = "/signin/code"


@dataclass(frozen=True, slots=True)
class SampleGroup:
    """The sample people of one role, for the one-tap buttons of a training installation."""

    role: str
    people: list[Person]


# ---------- the front door ----------


@get("/", roles=PUBLIC)
async def front(request: Asked) -> Response[None]:
    """Home for who is signed in, the door for everybody else."""
    actor: Actor = request.user
    if actor.person is None:
        return go("/signin")
    return go(actor.home if actor.roles else "/account/code")


@get("/signin", roles=PUBLIC)
async def ask(request: Asked, work: Work, next: FromQuery[str] = "") -> Response[Any]:
    """Login and password; while training also the sample people."""
    if request.user.person is not None:
        return go(_onward(next, request.user.home))
    return await _form(request, work, next=next)


@post("/signin", roles=PUBLIC)
async def enter(request: Asked) -> Response[Any]:
    """The first step; a try is counted before it is made, in a transaction of its own."""
    data = await request.form()
    login, password, wanted = (str(data.get(name, "")) for name in ("login", "password", "next"))
    tools, nobody = _tools(request), _nobody(request)
    try:
        await tools.database.run(nobody, signin.count, login, _address(request))
        answer = await tools.database.run(nobody, _check, tools, login, password)
    except (WrongCredentials, TooManyTries) as refusal:
        if not wants_page(request):
            raise
        async with tools.database.work(nobody) as work:
            return await _form(request, work, next=wanted, login=login, refusal=refusal)
    if isinstance(answer, CodeNeeded):
        there = go(CODE_PATH)
        there.set_cookie(_code_cookie(request, f"{answer.door}|{quote(wanted)}", int(CODE_WAIT.total_seconds())))
        return there
    return await _through(request, answer, wanted)


async def _check(work: Work, tools: Tools, login: str, password: str) -> SignedIn | CodeNeeded:
    return await signin.sign_in(work, tools.vault, login, password, await code_rule(work))


@get(CODE_PATH, roles=PUBLIC)
async def ask_code(request: Asked) -> Response[Any]:
    """The second step, as long as its door is open."""
    door, _, _ = request.cookies.get(CODE_COOKIE, "").partition("|")
    return page(request, "public/signin_code.html", error="") if door else go("/signin")


@post(CODE_PATH, roles=PUBLIC)
async def enter_code(request: Asked) -> Response[Any]:
    """Check the one-time code; tries count under the person's login."""
    code = str((await request.form()).get("code", ""))
    door, _, wanted = request.cookies.get(CODE_COOKIE, "").partition("|")
    tools, nobody = _tools(request), _nobody(request)
    try:
        await tools.database.run(nobody, signin.count_at_door, tools.vault, door, _address(request))
        signed = await tools.database.run(nobody, signin.give_code, tools.vault, door, code)
    except DoorClosed:
        return go("/signin", flash=N_("L'attente du code est finie. Recommencez."), kind="warn")
    except (WrongCredentials, TooManyTries) as refusal:
        if not wants_page(request):
            raise
        text = sentence(request, refusal)
        return page(request, "public/signin_code.html", status=refusal.status, error=text)
    answer = await _through(request, signed, unquote(wanted))
    answer.set_cookie(_code_cookie(request, "", 0))
    return answer


@post("/signin/sample", roles=PUBLIC)
async def enter_as_sample(request: Asked) -> Response[Any]:
    """Become a sample person; there is no such door outside a training installation."""
    tools = _tools(request)
    if not tools.settings.training:
        raise NotFound()
    login = str((await request.form()).get("login", ""))
    signed = await tools.database.run(_nobody(request), signin.sign_in_sample, login)
    return await _through(request, signed, "")


@post("/signout", roles=PUBLIC)
async def leave(request: Asked, work: Work) -> Response[None]:
    """End the session on the server, and have the browser forget everything of ours."""
    await signin.sign_out(work)
    answer = go("/signin", flash=N_("Vous êtes déconnecté."))
    answer.headers["clear-site-data"] = '"cache", "storage"'
    answer.set_cookie(_session_cookie(request, "", 0))
    return answer


# ---------- one-time links ----------


@get("/invitation/{token:str}", roles=PUBLIC)
async def ask_password(request: Asked, work: Work, token: FromPath[str]) -> Response[Any]:
    """Who was invited chooses a password; opening the link uses nothing up, since mail scanners open links."""
    person = await _invited(work, token)
    return page(request, "public/invitation.html", person=person, least=SHORTEST, error="")


@post("/invitation/{token:str}", roles=PUBLIC)
async def choose_password(request: Asked, token: FromPath[str]) -> Response[Any]:
    """Set the password once and go in."""
    password = str((await request.form()).get("password", ""))
    tools, nobody = _tools(request), _nobody(request)
    try:
        signed = await tools.database.run(nobody, _choose, token, password)
    except Refusal as refusal:
        if not wants_page(request) or isinstance(refusal, DoorClosed):
            raise
        async with tools.database.work(nobody) as work:
            person = await _invited(work, token)
        text = sentence(request, refusal)
        return page(request, "public/invitation.html", status=422, person=person, least=SHORTEST, error=text)
    return await _through(request, signed, "")


async def _choose(work: Work, token: str, password: str) -> SignedIn:
    return await signin.choose_password(work, token, password, await code_rule(work))


async def _invited(work: Work, token: str) -> Person:
    invitation: Invitation | None = await queries.invitation_for_update(work, fingerprint(token))
    if invitation is None:
        raise DoorClosed()
    return await queries.person_by_id(work, invitation.person_id)


# ---------- shared by the doors ----------


async def _form(
    request: Asked, work: Work, *, next: str, login: str = "", refusal: Refusal | None = None
) -> Response[str]:
    training = request.app.state.settings.training
    groups = _grouped(await queries.samples(work)) if training else []
    shown = page(
        request,
        "public/signin.html",
        status=refusal.status if refusal else 200,
        next=next,
        login=login,
        error=sentence(request, refusal) if refusal else "",
        groups=groups,
        sample_password=SAMPLE_PASSWORD,
    )
    if refusal and "wait" in refusal.facts:
        shown.headers["retry-after"] = str(refusal.facts["wait"])
    return shown


def _grouped(found: Sequence[tuple[Person, Membership]]) -> list[SampleGroup]:
    """Each person once, under the role that decides the home page."""
    first: dict[Role, dict[str, Person]] = {}
    for person, membership in found:
        first.setdefault(Role(membership.role), {}).setdefault(person.login, person)
    seen: set[str] = set()
    groups = []
    for role in Role:
        here = [person for login, person in first.get(role, {}).items() if login not in seen]
        seen.update(person.login for person in here)
        if here:
            groups.append(SampleGroup(role=NAMES[role], people=here))
    return groups


async def _through(request: Asked, signed: SignedIn, wanted: str) -> Response[None]:
    """Into the house with a fresh session; one that the browser still had ends."""
    await _tools(request).database.run(request.user, signin.sign_out)
    answer = go(_onward(wanted, signed.home))
    answer.set_cookie(_session_cookie(request, signed.token, signed.seconds))
    return answer


def _onward(wanted: str, home: str) -> str:
    """Where the person wanted to go, if it is ours and not the door again."""
    door = wanted.split("?")[0].rstrip("/") in ("", "/signin", "/signin/code", "/signout")
    return home if door or not wanted.isascii() else own_path(wanted, home)


def _session_cookie(request: Asked, value: str, seconds: int) -> Cookie:
    secure = request.app.state.settings.secure
    name = cookie_name(secure=secure)
    return Cookie(key=name, value=value, path="/", max_age=seconds, secure=secure, httponly=True, samesite="lax")


def _code_cookie(request: Asked, value: str, seconds: int) -> Cookie:
    secure = request.app.state.settings.secure
    return Cookie(
        key=CODE_COOKIE,
        value=value,
        path=CODE_PATH,
        max_age=seconds,
        secure=secure,
        httponly=True,
        samesite="lax",
    )


def _tools(request: Asked) -> Tools:
    tools: Tools = request.app.state.tools
    return tools


def _nobody(request: Asked) -> Actor:
    """At the door nobody is anybody yet, whatever session the browser still has."""
    return Actor(tenant=request.user.tenant, roles=frozenset())


def _address(request: Asked) -> str:
    return request.client.host if request.client else ""


ROUTES = [front, ask, enter, ask_code, enter_code, enter_as_sample, leave, ask_password, choose_password]
