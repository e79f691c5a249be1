"""/admin and /admin/people: who can sign in, with which roles, until when."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Request, Response
from litestar.params import FromPath, FromQuery

from visits.booking.materialise import materialise
from visits.people import admin, invite
from visits.people import queries as people
from visits.people.invite import Duty, Link, Newcomer
from visits.people.tables import Membership, Person
from visits.portals.admin import queries
from visits.portals.admin.choices import OFFICERS, Places
from visits.portals.start import start
from visits.roles import ADMINS, NAMES, Role
from visits.sites import admin as sites
from visits.sites.policies import spoken
from visits.sites.queries import office_by_id
from visits.store.work import Work
from visits.texts import N_
from visits.web.forms import Form
from visits.web.language import NAMES as LANGUAGES
from visits.web.pages import go, language_of, page, page_number
from visits.web.route import get, post

Asked = Request[Any, Any, Any]

LEFT_BEHIND = N_("C'est enregistré. Des rendez-vous à venir sont à replacer : le chef de visite les a dans sa file.")


@get("/admin", roles=ADMINS)
async def home(request: Asked) -> Response[None]:
    """Administrators begin with people."""
    return go("/admin/people")


@get("/admin/people", roles=ADMINS)
async def listed(
    request: Asked, work: Work, q: FromQuery[str] = "", show: FromQuery[str] = "", p: FromQuery[int] = 1
) -> Response[str]:
    """Everybody, found by name or login."""
    state = show if show in queries.STATES else ""
    found, total = await queries.people_matching(work, q.strip(), state, page_number(p))
    places = await Places.of(work)
    return page(
        request,
        "admin/people.html",
        rows=[(each.person, [(NAMES[Role(one.role)], places.where(one)) for one in each.held]) for each in found],
        total=total,
        q=q.strip(),
        state=state,
        states=list(queries.STATES.items()),
        current=page_number(p),
        last=max(1, -(-total // queries.PAGE)),
        start=await start(work, "/admin/people"),
    )


# ---------- inviting ----------


@get("/admin/people/new", roles=ADMINS)
async def ask_new(request: Asked, work: Work) -> Response[str]:
    """The form of an invitation."""
    return await _new(request, work, Form({}, language_of(request)))


@post("/admin/people/new", roles=ADMINS)
async def invite_person(request: Asked, work: Work) -> Response[str]:
    """Add a person and show the one-time link."""
    form = await Form.of(request)
    newcomer = _newcomer(form, await spoken(work))
    duty = (await Places.of(work)).duty(form)
    if form.errors or duty is None:
        return await _new(request, work, form)
    try:
        link = await invite.invite(work, newcomer, (duty,))
    except invite.LoginTaken as refusal:
        form.blame(request, "login", refusal)
        return await _new(request, work, form)
    await _calendar(work, link.person, duty)
    return link_page(request, link, back=f"/admin/people/{link.person.id}")


def _newcomer(form: Form, languages: Sequence[str]) -> Newcomer:
    return Newcomer(
        login=form.text("login", longest=60),
        name=form.text("name", longest=120),
        quality=form.text("quality", required=False, longest=120),
        language=form.choice("language", languages),
    )


async def _calendar(work: Work, person: Person, duty: Duty) -> None:
    """Who is drawn or booked has a calendar from the first day."""
    if duty.role in OFFICERS and duty.office:
        agency = duty.agency if duty.role is Role.AGENCY_OFFICER else None
        await sites.add_officer(work, duty.office, person.id, person.name, agency)
        await materialise(work, await office_by_id(work, duty.office))


async def _new(request: Asked, work: Work, form: Form) -> Response[str]:
    return page(
        request,
        "admin/person_new.html",
        status=422 if form.errors else 200,
        form=form,
        options=(await Places.of(work)).options(language_of(request)),
        languages_spoken=[(each, LANGUAGES[each]) for each in await spoken(work)],
    )


def link_page(request: Asked, link: Link, *, back: str, frame: str = "desk.html") -> Response[str]:
    """The one-time link as text and as QR code; it is shown this once."""
    address = request.app.state.settings.public_url.rstrip("/") + link.path
    return page(
        request,
        "admin/link.html",
        frame=frame,
        person=link.person,
        address=address,
        path=link.path,
        until=link.until,
        back=back,
    )


# ---------- one person ----------


@get("/admin/people/{person_id:uuid}", roles=ADMINS)
async def shown(request: Asked, work: Work, person_id: FromPath[UUID]) -> Response[str]:
    """One person: roles, access, end of duty."""
    return await _one(request, work, person_id, Form({}, language_of(request)))


@post("/admin/people/{person_id:uuid}/name", roles=ADMINS)
async def describe(request: Asked, work: Work, person_id: FromPath[UUID]) -> Response[Any]:
    """Another name or quality."""
    form = await Form.of(request)
    name, quality = form.text("name", longest=120), form.text("quality", required=False, longest=120)
    if form.errors:
        return await _one(request, work, person_id, form)
    await admin.describe(work, person_id, name, quality)
    return go(_path(person_id), flash=N_("Le nom et la qualité sont enregistrés."))


@post("/admin/people/{person_id:uuid}/link", roles=ADMINS)
async def new_link(request: Asked, work: Work, person_id: FromPath[UUID]) -> Response[str]:
    """A new one-time link; the password and the sessions end."""
    return link_page(request, await invite.reset(work, person_id), back=_path(person_id))


@post("/admin/people/{person_id:uuid}/code", roles=ADMINS)
async def remove_code(request: Asked, work: Work, person_id: FromPath[UUID]) -> Response[None]:
    """The phone is lost."""
    await admin.remove_code(work, person_id)
    return go(_path(person_id), flash=N_("Le code est retiré. La personne en ajoute un autre à sa connexion."))


@post("/admin/people/{person_id:uuid}/lock", roles=ADMINS)
async def lock(request: Asked, work: Work, person_id: FromPath[UUID]) -> Response[None]:
    """Out at once."""
    await admin.lock(work, person_id)
    return go(_path(person_id), flash=N_("Le compte est fermé et ses connexions arrêtées. Vous pouvez le rouvrir."))


@post("/admin/people/{person_id:uuid}/unlock", roles=ADMINS)
async def unlock(request: Asked, work: Work, person_id: FromPath[UUID]) -> Response[None]:
    """In again."""
    await admin.unlock(work, person_id)
    return go(_path(person_id), flash=N_("Le compte est rouvert."))


@post("/admin/people/{person_id:uuid}/roles", roles=ADMINS)
async def add_role(request: Asked, work: Work, person_id: FromPath[UUID]) -> Response[Any]:
    """One more role."""
    form = await Form.of(request)
    duty = (await Places.of(work)).duty(form)
    if duty is None:
        return await _one(request, work, person_id, form)
    try:
        await admin.add_role(work, person_id, duty)
    except admin.RoleHeld as refusal:
        form.blame(request, "role", refusal)
        return await _one(request, work, person_id, form)
    await _calendar(work, await people.person_by_id(work, person_id), duty)
    return go(_path(person_id), flash=N_("Le rôle est donné. La personne se reconnecte pour l'avoir."))


@post("/admin/people/roles/{membership_id:uuid}/end", roles=ADMINS)
async def end_role(request: Asked, work: Work, membership_id: FromPath[UUID]) -> Response[None]:
    """A role ends now, and the calendar with the last role that needs one."""
    ended = await admin.end_role(work, membership_id)
    held = await people.memberships_of(work, ended.person_id)
    if Role(ended.role) in OFFICERS and not any(Role(each.role) in OFFICERS for each in held):
        await _close_calendars(work, ended.person_id, work.now.date() - timedelta(days=1))
    return go(_path(ended.person_id), flash=N_("Le rôle est terminé et les connexions arrêtées."))


@get("/admin/people/roles/{membership_id:uuid}/deputy", roles=ADMINS)
async def ask_deputy(request: Asked, work: Work, membership_id: FromPath[UUID]) -> Response[str]:
    """Who stands in, and until when."""
    return await _deputy(request, work, membership_id, Form({}, language_of(request)))


@post("/admin/people/roles/{membership_id:uuid}/deputy", roles=ADMINS)
async def deputise(request: Asked, work: Work, membership_id: FromPath[UUID]) -> Response[Any]:
    """Somebody else holds the role too, up to a day included."""
    form = await Form.of(request)
    held = await people.membership_for_update(work, membership_id)
    last = form.day("deputy_until")
    deputy = await people.person_by_login(work, form.text("deputy", longest=60))
    if deputy is None:
        form.refuse("deputy", N_("Personne n'a cet identifiant."))
    if form.errors or deputy is None or last is None:
        return await _deputy(request, work, membership_id, form)
    until = datetime.combine(last + timedelta(days=1), time(), tzinfo=await _zone(work, held.office_id))
    try:
        await admin.appoint_deputy(work, membership_id, deputy.id, until)
    except (admin.EndsInThePast, admin.NotDeputisable, admin.RoleHeld) as refusal:
        form.blame(request, "deputy_until" if isinstance(refusal, admin.EndsInThePast) else "deputy", refusal)
        return await _deputy(request, work, membership_id, form)
    return go(_path(held.person_id), flash=N_("La suppléance est enregistrée."))


async def _deputy(request: Asked, work: Work, membership_id: UUID, form: Form) -> Response[str]:
    held = await people.membership_for_update(work, membership_id)
    return page(
        request,
        "admin/deputy.html",
        status=422 if form.errors else 200,
        person=await people.person_by_id(work, held.person_id),
        role=NAMES[Role(held.role)],
        form=form,
    )


@post("/admin/people/{person_id:uuid}/end", roles=ADMINS)
async def end_duty(request: Asked, work: Work, person_id: FromPath[UUID]) -> Response[Any]:
    """The last day of duty; without a day, now. The officer's calendar ends with it."""
    form = await Form.of(request)
    last = form.day("last_day", required=False)
    held = await people.memberships_of(work, person_id)
    zone = await _zone(work, next((each.office_id for each in held if each.office_id), None))
    at = datetime.combine(last + timedelta(days=1), time(), tzinfo=zone) if last else work.now
    if last and at <= work.now:
        form.refuse("last_day", admin.EndsInThePast.says)
    if form.errors:
        return await _one(request, work, person_id, form)
    await admin.end_duty(work, person_id, at)
    stranded = await _close_calendars(work, person_id, last or work.now.astimezone(zone).date() - timedelta(days=1))
    if stranded:
        return go(_path(person_id), flash=LEFT_BEHIND, kind="warn")
    return go(_path(person_id), flash=N_("La fin de service est enregistrée."))


async def _close_calendars(work: Work, person_id: UUID, last: date) -> bool:
    """End the officer's calendars; says whether appointments are left that others must take."""
    stranded = False
    for office_id in await sites.end_officer(work, person_id, last):
        await work.session.flush()
        stranded |= bool((await materialise(work, await office_by_id(work, office_id))).stranded)
    return stranded


async def _zone(work: Work, office_id: UUID | None) -> ZoneInfo:
    return ZoneInfo((await office_by_id(work, office_id)).tz) if office_id else ZoneInfo("UTC")


async def _one(request: Asked, work: Work, person_id: UUID, form: Form) -> Response[str]:
    person = await people.person_by_id(work, person_id)
    places = await Places.of(work)
    held = await people.duties_of(work, person.id)
    deputies = {each.deputy_of: each for each in await people.deputies_of(work, [one.id for one in held])}
    stand_ins = {key: await people.person_by_id(work, each.person_id) for key, each in deputies.items()}
    return page(
        request,
        "admin/person.html",
        status=422 if form.errors else 200,
        person=person,
        myself=person.id == request.user.person,
        roles=[_role(work, each, places, stand_ins.get(each.id)) for each in held],
        seen=await people.last_seen(work, person.id),
        now=work.now,
        form=form,
        options=places.options(language_of(request)),
    )


def _role(work: Work, held: Membership, places: Places, deputy: Person | None) -> dict[str, Any]:
    return {
        "id": held.id,
        "name": NAMES[Role(held.role)],
        "where": places.where(held),
        "since": held.since,
        "until": held.until,
        "running": held.until is None or held.until > work.now,
        "stands_in": held.deputy_of is not None,
        "deputy": deputy,
    }


def _path(person_id: UUID) -> str:
    return f"/admin/people/{person_id}"


ROUTES = [
    home,
    listed,
    ask_new,
    invite_person,
    shown,
    describe,
    new_link,
    remove_code,
    lock,
    unlock,
    add_role,
    end_role,
    ask_deputy,
    deputise,
    end_duty,
]
