"""/account: who one is here, the language of one's notices, another password, a one-time code."""

from typing import Any

from litestar import Request, Response

from visits.errors import Refusal
from visits.people import account, queries
from visits.people.passwords import SHORTEST, WeakPassword, totp_address
from visits.roles import EVERYBODY, NAMES, Role
from visits.sites.policies import spoken
from visits.store.tools import Tools
from visits.store.work import Work
from visits.texts import N_
from visits.web.forms import Form
from visits.web.guards import SignInFirst
from visits.web.language import NAMES as LANGUAGES
from visits.web.pages import PRODUCT, go, page
from visits.web.problem import sentence
from visits.web.route import PUBLIC, get, post

Asked = Request[Any, Any, Any]


@get("/account", roles=EVERYBODY)
async def show(request: Asked, work: Work) -> Response[str]:
    """One's own account."""
    return await _show(request, work, {})


@post("/account/language", roles=EVERYBODY)
async def speak(request: Asked, work: Work) -> Response[Any]:
    """The language of notices, and of pages where the browser says nothing else."""
    form = await Form.of(request)
    language = form.choice("language", await spoken(work))
    if form.errors:
        return await _show(request, work, form.errors)
    (await account.myself(work)).language = language
    return go("/account", flash=N_("Votre langue est enregistrée."))


@post("/account/password", roles=EVERYBODY)
async def change_password(request: Asked, work: Work) -> Response[Any]:
    """Another password; the present one is asked first."""
    data = await request.form()
    try:
        await account.change_password(work, str(data.get("old_password", "")), str(data.get("password", "")))
    except (account.OldPasswordWrong, WeakPassword) as refusal:
        field = "password" if isinstance(refusal, WeakPassword) else "old_password"
        return await _show(request, work, {field: sentence(request, refusal)})
    return go("/account", flash=N_("Le nouveau mot de passe est enregistré. Vos autres connexions sont fermées."))


@get("/account/code", roles=PUBLIC)
async def offer_code(request: Asked, work: Work) -> Response[Any]:
    """A secret for the authenticator app, as QR code and as text. Open to who must add one before anything else."""
    if request.user.person is None:
        raise SignInFirst()
    person = await account.myself(work)
    if person.totp:
        return go("/account")
    tools: Tools = request.app.state.tools
    return _offer(request, *account.offered_secret(tools.vault, person), person.login)


@post("/account/code", roles=PUBLIC)
async def add_code(request: Asked, work: Work) -> Response[Any]:
    """The first code proves that the app has the secret."""
    if request.user.person is None:
        raise SignInFirst()
    data = await request.form()
    sealed, code = str(data.get("sealed", "")), str(data.get("code", ""))
    tools: Tools = request.app.state.tools
    person = await account.myself(work)
    try:
        await account.add_code(work, tools.vault, sealed, code)
    except account.CodeWrong as refusal:
        try:
            offer = account.opened_secret(tools.vault, person, sealed), sealed
        except account.CodeWrong:
            offer = account.offered_secret(tools.vault, person)
        return _offer(request, *offer, person.login, refusal)
    return go("/", flash=N_("Le code est ajouté. Il sera demandé à chaque connexion."))


def _offer(request: Asked, secret: str, sealed: str, login: str, refusal: Refusal | None = None) -> Response[str]:
    return page(
        request,
        "public/account_code.html",
        status=refusal.status if refusal else 200,
        error=sentence(request, refusal) if refusal else "",
        address=totp_address(secret, login, PRODUCT),
        secret=" ".join(secret[place : place + 4] for place in range(0, len(secret), 4)),
        sealed=sealed,
        must=not request.user.roles,
    )


async def _show(request: Asked, work: Work, errors: dict[str, str]) -> Response[str]:
    person = await account.myself(work)
    held = await queries.memberships_of(work, person.id)
    return page(
        request,
        "public/account.html",
        status=422 if errors else 200,
        person=person,
        roles=[NAMES[Role(each.role)] for each in held],
        spoken=[(each, LANGUAGES[each]) for each in await spoken(work)],
        least=SHORTEST,
        errors=errors,
    )


ROUTES = [show, speak, change_password, offer_code, add_code]
