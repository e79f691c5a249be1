"""Who gets in: roles per route with deny as the default, and unsafe requests only from our own pages.

Guards wait for nothing and are `async` all the same: a plain function would be sent to another thread at every request.
"""

from typing import Any
from urllib.parse import urlsplit

from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler

from visits.errors import NotAllowed, Refusal
from visits.texts import N_
from visits.web.route import PUBLIC

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class SignInFirst(Refusal):
    """The page is for people who are signed in."""

    code, status = "sign-in-first", 401
    says = N_("Connectez-vous pour continuer.")


class CodeFirst(Refusal):
    """The person is signed in but must add a one-time code before anything else."""

    code, status = "code-first", 403
    says = N_("Votre rôle demande un code à usage unique. Ajoutez-le avant de continuer.")


class ForeignOrigin(Refusal):
    """An unsafe request came from another site's page (product, Decided 23)."""

    code, status = "foreign-origin", 403
    says = N_("Cette demande ne vient pas d'une page de ce service. Rien n'a été changé.")


async def roles_of_route(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Deny unless the route names one of the person's roles, or is public."""
    allowed = handler.opt.get("roles")
    if allowed == PUBLIC:
        return
    actor = connection.user
    if actor.person is None and not actor.roles:
        raise SignInFirst()
    if not actor.roles:
        raise CodeFirst()
    if not allowed or actor.roles.isdisjoint(allowed):
        raise NotAllowed()


async def own_origin(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Refuse an unsafe request of a browser session that does not come from our own pages; keys need no origin."""
    if connection.scope.get("method", "GET") in SAFE or connection.auth == "key":
        return
    if handler.opt.get("called_by_provider"):  # the address holds a secret; no cookie counts there
        return
    site = connection.headers.get("sec-fetch-site")
    if site is not None:
        if site in ("same-origin", "none"):
            return
        raise ForeignOrigin()
    origin = connection.headers.get("origin")
    host = connection.headers.get("host", "")
    if origin is None or urlsplit(origin).netloc != host:
        raise ForeignOrigin()
