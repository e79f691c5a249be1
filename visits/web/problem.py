"""Turns refusals and faults into RFC 9457 problem details for programs, and into pages for people."""

import logging
import re
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import msgspec
from litestar import MediaType, Request, Response
from litestar.exceptions import HTTPException, ValidationException
from sqlalchemy.exc import DBAPIError

from visits.errors import BadInput, NotFound, Refusal
from visits.ids import new_id
from visits.store.work import sqlstate
from visits.texts import N_
from visits.web.language import say, translations
from visits.web.pages import language_of, page

log = logging.getLogger("visits.web")

ROOT = "https://visits.example/problems/"


class TooBusy(Refusal):
    """A lock was not free in time; trying again is safe."""

    code, status = "too-busy", 409
    says = N_("Trop de demandes au même moment. Rien n'est perdu. Réessayez.")


class Unwritable(Refusal):
    """A text holds a character no database keeps: U+0000, or half of a pair."""

    code, status = "unwritable", 422
    says = N_("Un texte contient un caractère qui ne peut pas être enregistré.")


class Broken(Refusal):
    """A fault of ours."""

    code, status = "fault", 500
    says = N_("Un défaut de notre côté. Rien n'est perdu. Référence : %(reference)s.")


#: SQLSTATEs that mean «try again», not «we are broken».
BUSY = frozenset({"40001", "40P01", "55P03"})
#: SQLSTATEs of a character that is no text: character_not_in_repertoire, untranslatable_character.
NO_TEXT = frozenset({"22021", "22P05"})
_MISSING = re.compile(r"parameter '(\w+)'")


def wants_page(request: Request[Any, Any, Any]) -> bool:
    """Does a person wait for this answer, in a browser?"""
    return not request.url.path.startswith(("/api/", "/schema")) and "text/html" in request.headers.get("accept", "")


def on_refusal(request: Request[Any, Any, Any], refusal: Refusal) -> Response[Any]:
    """A refusal as problem details or as a page; somebody not signed in is led to the door."""
    if not wants_page(request):
        return problem(request, refusal)
    if refusal.status == HTTPStatus.UNAUTHORIZED and request.method == "GET":
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return Response(None, status_code=303, headers={"location": f"/signin?next={quote(here)}"})
    return page(
        request,
        "error.html",
        status=refusal.status,
        sentence=sentence(request, refusal),
        code=refusal.code,
        back=_back(request),
    )


def sentence(request: Request[Any, Any, Any], refusal: Refusal) -> str:
    """The refusal's sentence in the language of the request; words among its facts are translated too."""
    language = language_of(request)
    words = translations(language).gettext
    facts = {name: words(value) if type(value) is str and value else value for name, value in refusal.facts.items()}
    return say(refusal.says, language, **facts)


def problem(request: Request[Any, Any, Any], refusal: Refusal) -> Response[Any]:
    """RFC 9457 problem details."""
    body = {
        "type": ROOT + refusal.code,
        "title": HTTPStatus(refusal.status).phrase,
        "status": refusal.status,
        "code": refusal.code,
        "detail": sentence(request, refusal),
        "instance": request.url.path,
        **{
            name: value
            for name, value in refusal.facts.items()
            if name not in ("type", "title", "status", "code", "detail", "instance")
        },
    }
    headers = {"retry-after": str(refusal.facts["wait"])} if "wait" in refusal.facts else {}
    return Response(
        msgspec.json.encode(body, enc_hook=str),
        status_code=refusal.status,
        media_type="application/problem+json",
        headers=headers,
    )


def on_http(request: Request[Any, Any, Any], fault: HTTPException) -> Response[Any]:
    """Litestar's own refusals (no such route, method, body) in our shape."""
    if isinstance(fault, ValidationException):
        fields = [str(each.get("key", "")) for each in fault.extra or [] if isinstance(each, dict)]
        fields += _MISSING.findall(fault.detail)[: not fields]
        return on_refusal(request, BadInput(field=", ".join(fields) or fault.detail[:100]))
    if fault.status_code == HTTPStatus.NOT_FOUND:
        return on_refusal(request, NotFound())
    other = Refusal()
    other.__class__ = type(
        "Http",
        (Refusal,),
        {
            "code": HTTPStatus(fault.status_code).phrase.lower().replace(" ", "-"),
            "status": fault.status_code,
            "says": Refusal.says,
        },
    )
    return on_refusal(request, other)


def on_fault(request: Request[Any, Any, Any], fault: Exception) -> Response[Any]:
    """Anything else is a bug: logged with a reference, told without its text."""
    if isinstance(fault, DBAPIError) and sqlstate(fault) in BUSY:
        return on_refusal(request, TooBusy())
    if isinstance(fault, DBAPIError) and sqlstate(fault) in NO_TEXT:
        return on_refusal(request, Unwritable())
    reference = str(new_id())
    log.error("fault %s on %s", reference, request.scope.get("path_template", "?"), exc_info=fault)
    return on_refusal(request, Broken(reference=reference[-12:]))


def _back(request: Request[Any, Any, Any]) -> str:
    """The page the person came from, if it is ours."""
    referer = request.headers.get("referer", "")
    own = f"{request.url.scheme}://{request.headers.get('host', '')}/"
    if referer.startswith(own):
        return "/" + referer.removeprefix(own)
    user = request.scope.get("user")
    return str(user.home) if user is not None else "/"


HANDLERS: dict[Any, Any] = {Refusal: on_refusal, HTTPException: on_http, Exception: on_fault}
__all__ = ["HANDLERS", "MediaType", "problem", "wants_page"]
