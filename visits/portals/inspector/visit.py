"""/inspector/visits/{id}: the visit on the tablet, one thing at a time, and its start, pauses and end."""

from collections.abc import Awaitable, Callable
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath

from visits.booking.where import where_of
from visits.declarations.queries import Case
from visits.errors import NotFound, Refusal
from visits.fieldwork import queries, run
from visits.ids import new_id
from visits.journey.states import State
from visits.portals.inspector import facts
from visits.portals.inspector.course import Course, Stop, course_of
from visits.portals.posted import Form, device_at, fix_of, sent_id, text
from visits.portals.telling import at_office, road
from visits.roles import INSPECTORS
from visits.store.work import Work
from visits.web.pages import go, language_of, page
from visits.web.problem import sentence
from visits.web.route import get, post

P = ParamSpec("P")
T = TypeVar("T")
AnyRequest = Request[Any, Any, Any]

#: Refusals that are no answer to what was typed: shown as pages of their own.
AWAY = frozenset({401, 403, 404})
#: Screens that are no stop of the course.
SCREENS = frozenset({"suspend", "trouble", "end", "other", "people"})


def base_of(visit_id: UUID) -> str:
    """The address of a visit."""
    return f"/inspector/visits/{visit_id}"


async def show(
    work: Work,
    request: AnyRequest,
    visit_id: UUID,
    *,
    step: str = "",
    typed: Form | None = None,
    refusal: Refusal | None = None,
) -> Response[str]:
    """The page of a visit at one of its steps; a refused form is shown again with what was typed in it."""
    case = await queries.seen(work, visit_id)
    record = await queries.record_of(work, visit_id)
    language = language_of(request)
    course = course_of(case, record, language, here=request.url.path)
    stop = next((each for each in course.stops if each.href == f"{base_of(visit_id)}/{step}"), None)
    if step and stop is None and step not in SCREENS:
        raise NotFound()
    kind = _screen(case, course, step, stop)
    if not step and stop is None and kind == "step":
        stop = course.next
        course = course_of(case, record, language, here=stop.href if stop else "")
        kind = stop.kind if stop else "end"
    elif stop is not None and kind == "step":
        kind = stop.kind
    zone = at_office(request, case.office)
    where = await where_of(work, case.visit)
    kept = await queries.appointment_of(work, visit_id) if where.premises else None
    return page(
        request,
        f"inspector/{kind}.html",
        status=refusal.status if refusal else 200,
        refusal=sentence(request, refusal) if refusal else "",
        refused=refusal.code if refusal else "",
        typed=typed or {},
        case=case,
        visit=case.visit,
        base=base_of(visit_id),
        course=course,
        record=record,
        stop=stop,
        place=" · ".join(part for part in (case.title, where.bay or where.name) if part),
        home=where.premises,
        road=road(where.premises, kept.during.lower if kept else None, language, zone) if where.premises else "",
        photos=facts.photos(course, stop, language),
        now=work.now,
        zone=zone,
        new_id=new_id,
        **await facts.of_screen(work, request, kind, course, stop),
    )


def _screen(case: Case, course: Course, step: str, stop: Stop | None) -> str:
    """Which template answers: the state of the visit decides first, then the step asked for."""
    state = State(case.visit.state)
    if step in SCREENS:
        allowed = {
            "suspend": state is State.RUNNING,
            "trouble": state in (State.BOOKED, State.RUNNING),
            "end": state is State.RUNNING,
            "other": state in queries.UNSIGNED,
            "people": state in (State.BOOKED, State.RUNNING, State.SUSPENDED) and not course.plan.desk,
        }
        if allowed[step]:
            return step
    if state in (State.BOOKED, State.AT_DESK):
        return "before"
    if state is State.SUSPENDED and stop is None:
        return "still"
    if state is State.RUNNING or (stop is not None and state in queries.UNSIGNED):
        return "step"
    return "after"


async def perform(
    request: AnyRequest,
    visit_id: UUID,
    step: str,
    use_case: Callable[Concatenate[Work, P], Awaitable[T]],
    *args: P.args,
    **named: P.kwargs,
) -> Response[Any]:
    """Run one deed in a transaction of its own, then see what comes next; a refusal keeps what was typed."""
    database = request.app.state.database
    try:
        await database.run(request.user, use_case, *args, **named)
    except Refusal as refusal:
        if refusal.status in AWAY:
            raise
        return await again(request, visit_id, step, refusal)
    return go(base_of(visit_id))


async def again(request: AnyRequest, visit_id: UUID, step: str, refusal: Refusal) -> Response[Any]:
    """The step with the refusal and the typed values."""
    typed = dict(await request.form())

    async def shown(work: Work) -> Response[str]:
        return await show(work, request, visit_id, step=step, typed=typed, refusal=refusal)

    return await request.app.state.database.run(request.user, shown)  # type: ignore[no-any-return]


# ---------- routes ----------


@get("/inspector/visits/{visit_id:uuid}", roles=INSPECTORS)
async def visit(work: Work, request: AnyRequest, visit_id: FromPath[UUID]) -> Response[str]:
    """The visit at its next missing thing."""
    return await show(work, request, visit_id)


@get("/inspector/visits/{visit_id:uuid}/suspend", roles=INSPECTORS)
async def pause(work: Work, request: AnyRequest, visit_id: FromPath[UUID]) -> Response[str]:
    """Why the visit stands still."""
    return await show(work, request, visit_id, step="suspend")


@get("/inspector/visits/{visit_id:uuid}/end", roles=INSPECTORS)
async def ending(work: Work, request: AnyRequest, visit_id: FromPath[UUID]) -> Response[str]:
    """What lacks before the end."""
    return await show(work, request, visit_id, step="end")


@post("/inspector/visits/{visit_id:uuid}/start", roles=INSPECTORS)
async def start(request: AnyRequest, visit_id: FromPath[UUID]) -> Response[Any]:
    """Begin."""
    form = await request.form()
    named = {"id": sent_id(form), "fix": fix_of(form), "device_at": device_at(form)}
    return await perform(request, visit_id, "", run.start, visit_id, **named)  # type: ignore[arg-type]


@post("/inspector/visits/{visit_id:uuid}/suspend", roles=INSPECTORS)
async def suspend(request: AnyRequest, visit_id: FromPath[UUID]) -> Response[Any]:
    """Stand still for a named reason."""
    form = await request.form()
    return await perform(
        request,
        visit_id,
        "suspend",
        run.suspend,
        visit_id,
        id=sent_id(form),
        reason=text(form, "reason"),
        note=text(form, "note"),
        device_at=device_at(form),
    )


@post("/inspector/visits/{visit_id:uuid}/resume", roles=INSPECTORS)
async def resume(request: AnyRequest, visit_id: FromPath[UUID]) -> Response[Any]:
    """Go on."""
    form = await request.form()
    return await perform(request, visit_id, "", run.resume, visit_id, id=sent_id(form), device_at=device_at(form))


@post("/inspector/visits/{visit_id:uuid}/end", roles=INSPECTORS)
async def end(request: AnyRequest, visit_id: FromPath[UUID]) -> Response[Any]:
    """Over, every gap done or explained."""
    form = await request.form()
    reasons = {key.removeprefix("gap-"): str(value) for key, value in form.items() if key.startswith("gap-")}
    return await perform(
        request, visit_id, "end", run.end, visit_id, id=sent_id(form), reasons=reasons, device_at=device_at(form)
    )


ROUTES = [visit, pause, ending, start, suspend, resume, end]
