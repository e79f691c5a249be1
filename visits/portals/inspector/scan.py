"""/inspector/scan: is this confirmation ours, for here, and does it still count? Checked on the tablet itself.

The page carries the keys and the ended appointments of the office; without script the same is asked of the server.
"""

import json
from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Request, Response

from visits.booking import tokens
from visits.booking.token_keys import current_of, known_at
from visits.booking.tokens import REFUSALS, Known, looks_like_one, verify
from visits.errors import NotFound, Refusal
from visits.journey.states import LEVEL_NAMES
from visits.portals.telling import at_office
from visits.roles import INSPECTORS
from visits.sites.queries import office_by_id
from visits.store.work import Work
from visits.texts import N_
from visits.web.built import STATIC, manifest
from visits.web.language import say
from visits.web.pages import language_of, page
from visits.web.problem import sentence
from visits.web.route import PUBLIC, get, post

#: Longer than any confirmation, however it is spaced.
LONGEST = 400

#: What the tablet says besides the reasons of `tokens`.
TEXTS: dict[str, str] = {
    "heading": N_("Ce code ne compte pas"),
    "known-at": N_("Annulations et clés connues de cette tablette : %(time)s."),
    "other-day": N_("Ce n'est pas pour aujourd'hui."),
    "no-code": N_("Aucun code n'est lisible sur cette image. Rapprochez-vous, ou tapez le code."),
    "no-camera": N_("La caméra n'est pas accessible. Choisissez une photo, ou tapez le code."),
    "unknown": N_("Aucun rendez-vous confirmé sous cette référence dans ce bureau."),
    "needs-network": N_("Sans réseau, une référence seule ne prouve rien. Scannez le code, ou tapez-le en entier."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What the server found."""

    good: bool
    heading: str
    lines: tuple[str, ...]


@get("/inspector/scan", roles=INSPECTORS)
async def scan(work: Work, request: Request[Any, Any, Any]) -> Response[str]:
    """The camera, a picture, or the code typed."""
    return await _page(work, request)


@post("/inspector/scan", roles=INSPECTORS)
async def check(work: Work, request: Request[Any, Any, Any]) -> Response[str]:
    """The same asked of the server: a whole code, or the reference of a visit."""
    typed = str((await request.form()).get("code") or "").strip()[:LONGEST]
    office = await office_by_id(work, work.actor.office)
    zone, language = at_office(request, office), language_of(request)
    try:
        if looks_like_one(typed):
            claim = verify(typed, await known_at(work, office), work.now)
            reference, starts_at, level = claim.reference, claim.starts_at, claim.level
        else:
            reference, starts_at, level = await current_of(work, office.id, typed)
    except NotFound:
        return await _page(work, request, typed=typed, found=_no(request, say(TEXTS["unknown"], language)))
    except REFUSALS as no:
        return await _page(work, request, typed=typed, found=_no(request, sentence(request, _local(no, zone))))
    today = starts_at.astimezone(zone).date() == work.now.astimezone(zone).date()
    lines = [say(LEVEL_NAMES[level], language).capitalize()] + ([] if today else [say(TEXTS["other-day"], language)])
    heading = say(N_("%(reference)s – %(when)s"), language, reference=reference, when=starts_at.astimezone(zone))
    return await _page(work, request, found=Result(good=True, heading=heading, lines=tuple(lines)))


@get("/inspector/scan/known", roles=INSPECTORS)
async def known(work: Work) -> dict[str, Any]:
    """What changed since the page was opened: keys, and from which sequence on the texts of a visit count."""
    return _written(await known_at(work, await office_by_id(work, work.actor.office)), work.now)


@get("/inspector/scan-worker.js", roles=PUBLIC)
async def worker() -> Response[bytes]:
    """The script that keeps the page on the tablet; it must lie beside the page to be allowed to."""
    return Response(
        (STATIC / manifest()["scan-worker.js"]).read_bytes(),
        media_type="text/javascript; charset=utf-8",
        headers={"cache-control": "no-cache", "x-content-type-options": "nosniff"},
    )


async def _page(
    work: Work, request: Request[Any, Any, Any], *, typed: str = "", found: Result | None = None
) -> Response[str]:
    office = await office_by_id(work, work.actor.office)
    at_office(request, office)
    language = language_of(request)
    places = {"office": "{office}", "when": "{when}", "time": "{time}"}
    texts = TEXTS | {each.code: each.says for each in REFUSALS}
    return page(
        request,
        "inspector/scan.html",
        status=200 if found is None or found.good else 409,
        now=work.now,
        zone=office.tz,
        known=json.dumps(_written(await known_at(work, office), work.now)),
        texts=json.dumps({code: say(text, language, **places) for code, text in texts.items()}),
        levels=json.dumps([say(LEVEL_NAMES[each], language).capitalize() for each in tokens.LEVELS]),
        typed=typed,
        found=found,
    )


def _no(request: Request[Any, Any, Any], why: str) -> Result:
    return Result(good=False, heading=say(TEXTS["heading"], language_of(request)), lines=(why,))


def _local(no: Refusal, zone: Any) -> Refusal:
    """Its instants on the office's clock."""
    facts = {name: each.astimezone(zone) if isinstance(each, datetime) else each for name, each in no.facts.items()}
    return type(no)(**facts)


def _written(known: Known, now: datetime) -> dict[str, Any]:
    return {
        "at": now.isoformat(),
        "office": known.office.hex(),
        "offices": {tag.hex(): name for tag, name in known.offices.items()},
        "keys": {str(number): b64encode(key).decode() for number, key in known.keys.items()},
        "sequences": {str(visit): sequence for visit, sequence in known.sequences.items()},
    }


ROUTES = [scan, check, known, worker]
