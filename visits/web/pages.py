"""Renders pages: one template environment per language, a fresh nonce and the headers of a strict page."""

import secrets
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import MediaType, Request, Response
from litestar.datastructures import Cookie
from markupsafe import Markup

from visits.roles import SEARCHERS, Role
from visits.texts import N_
from visits.web import draw
from visits.web.built import asset
from visits.web.language import choose, install, say

PRODUCT = "Visites"
LANGUAGE_COOKIE = "visits-language"
FLASH_COOKIE = "visits-flash"

_HERE = Path(__file__).parent
FOLDERS = (_HERE / "templates", _HERE.parent / "portals" / "templates")

#: The sections each kind of user sees in the header: path, text.
SECTIONS: dict[Role, tuple[tuple[str, str], ...]] = {
    Role.VISIT_CHIEF: (
        ("/chief", N_("À traiter")),
        ("/supervisor/board", N_("Aujourd'hui")),
        ("/chief/declarations", N_("Déclarations")),
    ),
    Role.OFFICE_HEAD: (
        ("/chief", N_("À traiter")),
        ("/supervisor/board", N_("Aujourd'hui")),
        ("/chief/declarations", N_("Déclarations")),
        ("/admin/calendars", N_("Calendriers")),
    ),
    Role.SUPERVISOR: (
        ("/supervisor/board", N_("Aujourd'hui")),
        ("/chief/declarations", N_("Déclarations")),
        ("/supervisor/witness", N_("Témoin")),
        ("/admin/calendars", N_("Calendriers")),
    ),
    Role.INSPECTOR: (
        ("/inspector/day", N_("Ma journée")),
        ("/inspector/queue", N_("À traiter")),
        ("/inspector/scan", N_("Vérifier un code")),
        ("/inspector/interests", N_("Mes liens")),
    ),
    Role.DECLARANT: (("/declarant", N_("Mes déclarations")), ("/declarant/notices", N_("Mes avis"))),
    Role.FIRM_ADMIN: (
        ("/declarant", N_("Mes déclarations")),
        ("/declarant/firm", N_("Mon cabinet")),
        ("/declarant/notices", N_("Mes avis")),
    ),
    Role.IMPORTER: (
        ("/declarant", N_("Mes déclarations")),
        ("/declarant/firm", N_("Mon entreprise")),
        ("/declarant/notices", N_("Mes avis")),
    ),
    Role.ADMIN: (
        ("/admin/people", N_("Personnes")),
        ("/admin/offices", N_("Bureaux")),
        ("/admin/checklists", N_("Pièces")),
        ("/admin/policies", N_("Règles")),
        ("/admin/firms", N_("Cabinets")),
        ("/admin/notices", N_("Avis")),
        ("/integrity/interests", N_("Liens")),
        ("/integrator", N_("Liaisons")),
    ),
    Role.AGENCY_OFFICER: (("/agency", N_("Visites conjointes")),),
    Role.TERMINAL: (
        ("/terminal", N_("Mises en place")),
        ("/terminal/ships", N_("Navires")),
        ("/terminal/scanner", N_("Scanner")),
        ("/terminal/gate", N_("Sortie")),
    ),
    Role.INTEGRITY: (
        ("/integrity", N_("Journal")),
        ("/integrity/draws", N_("Tirages")),
        ("/integrity/interests", N_("Liens")),
        ("/supervisor/witness", N_("Témoin")),
    ),
    Role.INTEGRATOR: (("/integrator", N_("Liaisons")),),
}


@cache
def environment(language: str) -> Environment:
    """The templates with one language's texts and filters; a missing variable is a bug, not a blank."""
    made = Environment(
        loader=FileSystemLoader(FOLDERS),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    install(made, language)
    draw.install(made)
    made.globals.update(asset=asset, product=PRODUCT, say=lambda text, **facts: say(text, language, **facts))
    return made


def language_of(request: Request[Any, Any, Any]) -> str:
    """The person's own choice, else the browser's, else French."""
    user = request.scope.get("user")
    default = user.language if user is not None and user.person else "fr"
    cookie = request.cookies.get(LANGUAGE_COOKIE)
    accept = None if user is not None and user.person else request.headers.get("accept-language")
    return choose(accept, cookie, default)


def page_number(asked: int) -> int:
    """The page of a list that was asked for, within what a list can have."""
    return min(max(asked, 1), 100_000)


def page(request: Request[Any, Any, Any], template: str, *, status: int = 200, **context: Any) -> Response[str]:
    """A whole page, rendered now, so that a fault in it rolls the transaction back."""
    nonce = secrets.token_urlsafe(16)
    user = request.scope.get("user")
    actor = user if user is not None and user.person else None
    path = request.url.path
    here = path + (f"?{request.url.query}" if request.url.query else "")
    language = language_of(request)
    flash, flash_cookies = _take_flash(request)
    shared = {
        "nonce": nonce,
        "status": status,
        "actor": actor,
        "searches": actor is not None and actor.is_a(*SEARCHERS),
        "here": here,
        "flash": flash,
        "nav": _nav(actor, path, language),
        "office": getattr(request.state, "office_name", None),
        "tz": ZoneInfo(getattr(request.state, "tz", "UTC")),
        "training": request.app.state.settings.training,
        "help_href": f"/help?from={quote(path)}",
        "form_key": secrets.token_urlsafe(18),
    }
    text = environment(language).get_template(template).render(**shared, **context)
    return Response(
        text,
        status_code=status,
        media_type=MediaType.HTML,
        headers=strict_headers(nonce),
        cookies=flash_cookies,
    )


def fragment(request: Request[Any, Any, Any], template: str, **context: Any) -> Markup:
    """A piece of a page in the request's language."""
    tz = ZoneInfo(getattr(request.state, "tz", "UTC"))
    return Markup(environment(language_of(request)).get_template(template).render({"tz": tz} | context))  # noqa: S704


def strict_headers(nonce: str) -> dict[str, str]:
    """Headers of every page: nothing from elsewhere, no inline code, not framed, not cached by others."""
    policy = "; ".join(
        (
            "default-src 'none'",
            f"script-src 'nonce-{nonce}' 'strict-dynamic'",
            "style-src 'self'",
            "img-src 'self' data: blob:",
            "connect-src 'self'",
            "manifest-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types visits",
        )
    )
    return {
        "content-security-policy": policy,
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "camera=(self), geolocation=(self), microphone=(self), payment=(), usb=()",
        "cache-control": "no-store",
    }


def go(path: str, *, flash: str = "", kind: str = "ok") -> Response[None]:
    """See the next page; `flash` is a French sentence (marked `N_`) shown there once."""
    cookies = (
        [
            Cookie(
                key=FLASH_COOKIE,
                value=quote(f"{kind}|{flash}"),
                path="/",
                max_age=60,
                httponly=True,
                samesite="lax",
            )
        ]
        if flash
        else []
    )
    return Response(None, status_code=303, headers={"location": path}, cookies=cookies)


def _take_flash(request: Request[Any, Any, Any]) -> tuple[dict[str, str] | None, list[Cookie]]:
    """The sentence the last action left, shown once and escaped like any other text."""
    raw = unquote(request.cookies.get(FLASH_COOKIE, ""))
    kind, _, text = raw.partition("|")
    if not text:
        return None, []
    gone = [Cookie(key=FLASH_COOKIE, value="", path="/", max_age=0, httponly=True, samesite="lax")]
    return {"kind": kind, "text": say(text, language_of(request))}, gone


def _nav(actor: Any, path: str, language: str) -> list[tuple[str, str, bool]]:
    if actor is None:
        return []
    seen: dict[str, str] = {}
    for role in Role:
        if role in actor.roles:
            for href, text in SECTIONS.get(role, ()):
                seen.setdefault(href, text)
    best = max((href for href in seen if path == href or path.startswith(href + "/")), key=len, default="")
    return [(href, say(text, language), href == best) for href, text in seen.items()]
