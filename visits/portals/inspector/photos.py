"""/inspector/visits/{id}/photos: take a photo as evidence, and look at one."""

import asyncio
from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.datastructures import UploadFile
from litestar.params import FromPath
from litestar.response import Stream

from visits.declarations.queries import case_of
from visits.errors import Refusal
from visits.fieldwork import evidence, queries
from visits.fieldwork.words import About
from visits.portals.inspector.visit import AWAY, again, base_of
from visits.portals.posted import choice, device_at, fix_of, item_of, sent_id, text
from visits.roles import INSPECTORS, OFFICE_STAFF
from visits.store.tools import Tools
from visits.store.work import Work
from visits.texts import N_
from visits.web.pages import go
from visits.web.route import get, post


class PhotoRemoved(Refusal):
    """The photo was kept as long as the office's policy says."""

    code, status = "photo-removed", 410
    says = N_("Photo supprimée au terme de sa durée de conservation. Son empreinte reste : %(sha256)s")


@post("/inspector/visits/{visit_id:uuid}/photos", roles=INSPECTORS)
async def add(request: Request[Any, Any, Any], visit_id: FromPath[UUID]) -> Response[Any]:
    """Look at the photo, store it, add it; the page it was taken on is shown again."""
    form = await request.form()
    step = _step(text(form, "step"), visit_id)
    try:
        await _add(request, visit_id, form)
    except Refusal as refusal:
        if refusal.status in AWAY:
            raise
        return await again(request, visit_id, step, refusal)
    return go(f"{base_of(visit_id)}/{step}" if step else base_of(visit_id))


async def _add(request: Request[Any, Any, Any], visit_id: UUID, form: Any) -> None:
    tools: Tools = request.app.state.tools
    when = device_at(form)
    case = await tools.database.run(request.user, evidence.may_add, visit_id, when)
    upload = form.get("photo")
    content = await upload.read(evidence.BYTES + 1) if isinstance(upload, UploadFile) else b""
    picture = await asyncio.to_thread(evidence.look, content, case.office.tz)
    blob = await tools.blobs.put(content)
    await tools.database.run(
        request.user,
        evidence.add_photo,
        visit_id,
        blob,
        picture,
        id=sent_id(form),
        about=choice(form, "about", About, N_("sujet de la photo")),
        item=item_of(form),
        container=text(form, "container") or None,
        caption=text(form, "caption"),
        fix=fix_of(form),
        device_at=when,
    )


def _step(path: str, visit_id: UUID) -> str:
    """The step a form came from, if it is one of this visit."""
    own = base_of(visit_id) + "/"
    return path.removeprefix(own) if path.startswith(own) and ".." not in path else ""


@get("/inspector/visits/{visit_id:uuid}/photos/{number:int}", roles=OFFICE_STAFF)
async def photo(work: Work, request: Request[Any, Any, Any], visit_id: FromPath[UUID], number: FromPath[int]) -> Stream:
    """One piece of evidence, byte for byte."""
    case = await case_of(work, visit_id)
    piece = await queries.evidence_by_number(work, case.visit.id, number)
    if piece.removed_at is not None:
        raise PhotoRemoved(sha256=piece.sha256)
    tools: Tools = request.app.state.tools
    return Stream(
        tools.blobs.get(piece.blob),
        media_type=piece.media_type,
        headers={
            "content-length": str(piece.size),
            "x-content-type-options": "nosniff",
            "content-security-policy": "default-src 'none'; sandbox",
            "content-disposition": f'inline; filename="P{piece.number}"',
            "cross-origin-resource-policy": "same-origin",
            "cache-control": "private, max-age=86400, immutable",
        },
    )


ROUTES = [add, photo]
