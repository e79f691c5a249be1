"""/inspector/visits/{id}/boxes/{n}: one container: its number and seal, its opening, its new seal."""

from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath

from visits.declarations.queries import Case
from visits.errors import NotFound
from visits.fieldwork import findings, queries
from visits.fieldwork.run import outline_of
from visits.fieldwork.words import Method, Moment, SealState
from visits.portals.inspector.visit import perform, show
from visits.portals.posted import choice, device_at, maybe_id, sent_id, text, whole
from visits.roles import INSPECTORS
from visits.store.work import Work
from visits.texts import N_
from visits.web.route import get, post


def _part(part: str) -> Any:
    @get(
        f"/inspector/visits/{{visit_id:uuid}}/boxes/{{place:int}}/{part}",
        roles=INSPECTORS,
        operation_id=f"portals.inspector.boxes.show_{part}",
    )
    async def shown(
        work: Work, request: Request[Any, Any, Any], visit_id: FromPath[UUID], place: FromPath[int]
    ) -> Response[str]:
        """One part of a box."""
        return await show(work, request, visit_id, step=f"boxes/{place}/{part}")

    return shown


def _container(case: Case, place: int) -> str:
    boxes = outline_of(case).boxes
    if not 1 <= place <= len(boxes):
        raise NotFound()
    return boxes[place - 1].number


@post("/inspector/visits/{visit_id:uuid}/boxes/{place:int}/number", roles=INSPECTORS)
async def number(request: Request[Any, Any, Any], visit_id: FromPath[UUID], place: FromPath[int]) -> Response[Any]:
    """The number painted on the box, and the seal that closes it."""
    form = await request.form()
    first, second = sent_id(form), sent_id(form, "seal_id")

    async def deeds(work: Work) -> None:
        container = _container(await queries.seen(work, visit_id), place)
        await findings.read_number(
            work,
            visit_id,
            id=first,
            container=container,
            read=text(form, "read") or container,
            confirmed=bool(text(form, "confirmed")),
            device_at=device_at(form),
        )
        await findings.seal(
            work,
            visit_id,
            id=second,
            container=container,
            moment=Moment.BEFORE,
            number=text(form, "seal"),
            state=choice(form, "state", SealState, N_("état du plomb")),
            corrects=maybe_id(form, "corrects"),
            device_at=device_at(form),
        )

    return await perform(request, visit_id, f"boxes/{place}/number", deeds)


@post("/inspector/visits/{visit_id:uuid}/boxes/{place:int}/opening", roles=INSPECTORS)
async def opening(request: Request[Any, Any, Any], visit_id: FromPath[UUID], place: FromPath[int]) -> Response[Any]:
    """How the box was opened, how much of it, and what was counted and weighed in it."""
    form = await request.form()

    async def deeds(work: Work) -> None:
        container = _container(await queries.seen(work, visit_id), place)
        when = device_at(form)
        packages = whole(form, "packages", N_("colis comptés"))
        await findings.opened(
            work,
            visit_id,
            id=sent_id(form),
            container=container,
            method=choice(form, "method", Method, N_("méthode")),
            percent=whole(form, "percent", N_("part dépotée")),
            device_at=when,
        )
        if packages is not None:
            await findings.counted(
                work,
                visit_id,
                id=sent_id(form, "count_id"),
                container=container,
                packages=packages,
                opened=whole(form, "packages_opened", N_("colis ouverts")),
                device_at=when,
            )

    return await perform(request, visit_id, f"boxes/{place}/opening", deeds)


@post("/inspector/visits/{visit_id:uuid}/boxes/{place:int}/seal", roles=INSPECTORS)
async def seal(request: Request[Any, Any, Any], visit_id: FromPath[UUID], place: FromPath[int]) -> Response[Any]:
    """The new seal."""
    form = await request.form()

    async def deeds(work: Work) -> None:
        await findings.seal(
            work,
            visit_id,
            id=sent_id(form),
            container=_container(await queries.seen(work, visit_id), place),
            moment=Moment.AFTER,
            number=text(form, "seal"),
            corrects=maybe_id(form, "corrects"),
            device_at=device_at(form),
        )

    return await perform(request, visit_id, f"boxes/{place}/seal", deeds)


ROUTES = [*(_part(part) for part in ("number", "opening", "seal")), number, opening, seal]
