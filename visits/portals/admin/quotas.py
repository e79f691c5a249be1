"""/admin/policies/{office}/quotas: places kept for some visits, limits of others; shown what they hit, then saved."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath, FromQuery

from scheduling import Quota, QuotaKind, windows
from visits.booking import quotas_rows
from visits.booking.quotas import CLASSES, KEPT_FOR, LIMITED, PUBLIC, STAFF, Pool
from visits.booking.quotas_change import MOST_PLACES, MOST_RULES, TooManyRules, checked_pools
from visits.errors import Refusal
from visits.journey.states import BY_APPOINTMENT, LEVEL_NAMES, Level
from visits.roles import ADMINS
from visits.sites import queries
from visits.sites.admin import set_policies
from visits.sites.hours import grid_of
from visits.sites.policies import Policies, policy
from visits.sites.tables import Office, Site
from visits.store.work import Work
from visits.texts import N_
from visits.web.forms import Form
from visits.web.language import say, say_many
from visits.web.pages import go, language_of, page
from visits.web.route import get, post

Asked = Request[Any, Any, Any]
EVERYWHERE = N_("partout")
WHOM: dict[str, str] = CLASSES | {PUBLIC: N_("les déclarants"), STAFF: N_("le bureau")}
WEEKDAYS = (N_("lundi"), N_("mardi"), N_("mercredi"), N_("jeudi"), N_("vendredi"), N_("samedi"), N_("dimanche"))
#: How long before a window what is left of it is for everybody; empty: never.
RELEASES: dict[str, str] = {
    "": N_("jamais"),
    "0": N_("à son début"),
    "60": N_("1 heure avant"),
    "120": N_("2 heures avant"),
    "240": N_("4 heures avant"),
    "720": N_("12 heures avant"),
    "1440": N_("1 jour avant"),
    "2880": N_("2 jours avant"),
}


def address(office_id: UUID) -> str:
    """The page of an office's quotas."""
    return f"/admin/policies/{office_id}/quotas"


@get("/admin/policies/{office_id:uuid}/quotas", roles=ADMINS)
async def shown(request: Asked, work: Work, office_id: FromPath[UUID]) -> Response[str]:
    """The quotas in force."""
    return await _list(request, work, await queries.office_by_id(work, office_id))


@get("/admin/policies/{office_id:uuid}/quotas/new", roles=ADMINS)
async def ask_new(request: Asked, work: Work, office_id: FromPath[UUID], kind: FromQuery[str] = "") -> Response[str]:
    """The form of a new quota."""
    office = await queries.office_by_id(work, office_id)
    form = Form({"kind": [kind if kind in set(QuotaKind) else QuotaKind.KEPT]}, language_of(request))
    return await _new(request, work, office, form)


@post("/admin/policies/{office_id:uuid}/quotas/new", roles=ADMINS)
async def add(request: Asked, work: Work, office_id: FromPath[UUID]) -> Response[Any]:
    """First what the quota would hit; with `confirmed`, the quota."""
    form = await Form.of(request)
    office = await queries.office_by_id(work, office_id)
    sites = await queries.sites_of(work, office.id)
    pool = _typed(form, {str(each.id) for each in sites})
    if form.errors:
        return await _new(request, work, office, form)
    stored = _pools(office)
    try:
        wanted = checked_pools([*stored, pool], [each.id for each in sites])
    except Refusal as refusal:
        form.blame(request, "places", refusal)
        return await _new(request, work, office, form)
    if pool in stored:
        return go(address(office.id), flash=N_("Cette règle existe déjà."), kind="warn")
    if not form.ticked("confirmed"):
        return await _new(request, work, office, form, preview=pool)
    await _save(work, office, wanted)
    return go(address(office.id), flash=N_("La règle est enregistrée et vaut dès maintenant."))


@post("/admin/policies/{office_id:uuid}/quotas/remove", roles=ADMINS)
async def remove(request: Asked, work: Work, office_id: FromPath[UUID]) -> Response[Any]:
    """First what goes; with `confirmed`, it is gone. What others took away meanwhile is gone already."""
    form = await Form.of(request)
    office = await queries.office_by_id(work, office_id)
    gone = next((each for each in _pools(office) if _key(each) == form.values.get("rule", "")), None)
    if gone is None:
        return go(address(office.id), flash=N_("Cette règle n'est plus là."), kind="warn")
    if not form.ticked("confirmed"):
        return await _list(request, work, office, leaving=gone)
    await _save(work, office, [each for each in _pools(office) if each != gone])
    return go(address(office.id), flash=N_("La règle est retirée."))


def told(pool: Pool, sites: dict[str, str], language: str) -> tuple[str, str]:
    """A quota in words: what it does for whom, and when and where."""
    quota = pool.quota
    whom = ", ".join(say(WHOM[each], language) for each in quota.whom)
    one, many = (
        (N_("%(num)s place gardée : %(whom)s"), N_("%(num)s places gardées : %(whom)s"))
        if quota.kind is QuotaKind.KEPT
        else (N_("%(num)s rendez-vous au plus : %(whom)s"), N_("%(num)s rendez-vous au plus : %(whom)s"))
    )
    title = say_many(one, many, quota.places, language, whom=whom)
    parts = [say(N_("de %(begin)s à %(end)s"), language, begin=_clock(quota.begin), end=_clock(quota.end))]
    if quota.hourly:
        parts.append(say(N_("chaque heure"), language))
    if quota.weekdays:
        parts.append(", ".join(say(WEEKDAYS[each - 1], language) for each in quota.weekdays))
    if pool.levels:
        parts.append(", ".join(say(LEVEL_NAMES[Level(each)], language) for each in pool.levels))
    if pool.site:
        parts.append(sites.get(pool.site, pool.site))
    if quota.release is None:
        parts.append(say(N_("jamais libéré"), language))
    else:
        parts.append(say(N_("libéré %(before)s avant"), language, before=quota.release))
    return title, " · ".join(parts)


async def effect(work: Work, office: Office, pool: Pool) -> tuple[str, dict[str, object]]:
    """What a quota hits in the days declarants can book: a text and its facts."""
    grid, days = grid_of(office), policy(office, Policies).horizon_days
    first = grid.day_of(work.now)
    last = first + timedelta(days=days - 1)
    begun = await quotas_rows.begun(work, office.id, first, last)
    found, others, full = 0, 0, 0
    for ahead in range(days):
        day = first + timedelta(days=ahead)
        for window in windows(pool.quota, grid, day):
            if not window.holds(work.now):
                continue
            inside = [each for each in begun.get(day, ()) if window.during.start <= each.at < window.during.end]
            mine = [each for each in inside if pool.counts(each.standing, level=each.level, site=each.site)]
            found += max(0, pool.quota.places - len(mine))
            others += len(inside) - len(mine)
            full += len(mine) >= pool.quota.places
    if pool.quota.kind is QuotaKind.KEPT:
        return N_(
            "Places gardées sur %(days)s jours : %(found)s. Les %(others)s autres rendez-vous déjà pris à ces heures "
            "tiennent."
        ), {"days": days, "found": found, "others": others}
    return N_("Plages déjà pleines sur %(days)s jours : %(full)s. Les rendez-vous pris tiennent."), {
        "days": days,
        "full": full,
    }


def _pools(office: Office) -> list[Pool]:
    return [Pool.of(each) for each in policy(office, Policies).quotas]


async def _save(work: Work, office: Office, wanted: Any) -> None:
    await set_policies(
        work, office.id, replace(policy(office, Policies), quotas=tuple(each.as_json() for each in wanted))
    )


def _typed(form: Form, sites: set[str]) -> Pool:
    kind = QuotaKind(form.choice("kind", list(QuotaKind)) if form.values.get("kind") in set(QuotaKind) else "kept")
    allowed = KEPT_FOR if kind is QuotaKind.KEPT else LIMITED
    whom = tuple(each for each in allowed if each in form.many("whom"))
    if not whom:
        form.refuse("whom", N_("Dites pour qui."))
    begin, end = _minutes(form, "begin"), _minutes(form, "end")
    if not form.errors and begin >= end:
        form.refuse("end", N_("La fin vient après le début."))
    places = form.whole("places", 1 if kind is QuotaKind.KEPT else 0, MOST_PLACES)
    release = form.choice("release", RELEASES) if form.values.get("release") else ""
    site = form.choice("site", sites) if form.values.get("site") else ""
    return Pool(
        quota=Quota(
            kind=kind,
            whom=whom,
            places=places,
            begin=begin,
            end=max(end, begin + 1),
            hourly=form.values.get("hourly") == "1",
            weekdays=tuple(day for day in range(1, 8) if str(day) in form.many("weekdays")),
            release=timedelta(minutes=int(release)) if release.isdecimal() else None,
        ),
        site=site,
        levels=tuple(each for each in Level if each in BY_APPOINTMENT and each in form.many("levels")),
    )


def _minutes(form: Form, name: str) -> int:
    """A time of day as minutes; midnight at the end is the end of the day."""
    hours, _, rest = form.values.get(name, "").partition(":")
    if hours.isdecimal() and rest.isdecimal() and int(hours) <= 24 and int(rest) < 60:
        found = int(hours) * 60 + int(rest)
        if found <= 1440:
            return 1440 if name == "end" and not found else found
    form.refuse(name, N_("Donnez une heure, comme 08:30."))
    return 0


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _key(pool: Pool) -> str:
    return repr(pool)


async def _list(request: Asked, work: Work, office: Office, leaving: Pool | None = None) -> Response[str]:
    request.state.tz = office.tz
    language, sites = language_of(request), await queries.sites_of(work, office.id)
    named = _named(sites)
    pools = _pools(office)
    return page(
        request,
        "admin/quotas.html",
        bureau=office,
        rows=[(_key(each), *told(each, named, language)) for each in pools],
        leaving=(_key(leaving), *told(leaving, named, language)) if leaving else None,
        full=say(TooManyRules.says, language, most=MOST_RULES) if len(pools) >= MOST_RULES else "",
    )


async def _new(request: Asked, work: Work, office: Office, form: Form, preview: Pool | None = None) -> Response[str]:
    request.state.tz = office.tz
    language, sites = language_of(request), await queries.sites_of(work, office.id)
    kept = form.values.get("kind") != QuotaKind.MOST
    text, facts = await effect(work, office, preview) if preview else ("", {})
    return page(
        request,
        "admin/quota_new.html",
        status=422 if form.errors else 200,
        bureau=office,
        form=form,
        kept=kept,
        whom=[(each, say(WHOM[each], language)) for each in (KEPT_FOR if kept else LIMITED)],
        weekdays=[(str(day), say(name, language)) for day, name in enumerate(WEEKDAYS, 1)],
        levels=[(str(each), say(LEVEL_NAMES[each], language)) for each in Level if each in BY_APPOINTMENT],
        sites=[("", say(EVERYWHERE, language)), *_named(sites).items()],
        releases=[(value, say(each, language)) for value, each in RELEASES.items()],
        preview=told(preview, _named(sites), language) if preview else None,
        effect=say(text, language, **facts) if text else "",
        sent=[(name, value) for name in form.values for value in form.many(name)] if preview else [],
    )


def _named(sites: Any) -> dict[str, str]:
    found: list[Site] = list(sites)
    return {str(each.id): f"{each.code} {each.name}" for each in found}


ROUTES = [shown, ask_new, add, remove]
