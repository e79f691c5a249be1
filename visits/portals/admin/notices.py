"""/admin/notices: by which way each channel leaves, with a trial message; what left, without a word of any case."""

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Request, Response
from litestar.params import FromPath, FromQuery

from visits.errors import NotFound
from visits.ids import new_id
from visits.notices import notices, queries
from visits.notices.contacts import BadPhone, phone_of
from visits.notices.telling import CHANNELS
from visits.notify import setup
from visits.notify.channels.known import ADAPTERS, DEFAULT, adapter_of
from visits.notify.channels.mail import is_address
from visits.portals.declarant.notices import NOT_AN_ADDRESS
from visits.portals.noticed import rows
from visits.roles import ADMINS
from visits.sites.queries import offices
from visits.store.tools import Tools
from visits.store.work import Work
from visits.texts import N_
from visits.web.forms import Form
from visits.web.language import say
from visits.web.pages import go, language_of, page
from visits.web.route import get, post

Asked = Request[Any, Any, Any]
PATH = "/admin/notices"
NAMES = CHANNELS | {"ussd": N_("menu USSD")}


@get(PATH, roles=ADMINS)
async def shown(request: Asked, work: Work) -> Response[str]:
    """Every channel with its way, and the last notices."""
    return await _list(request, work, Form({}, language_of(request)))


@get(PATH + "/{channel:str}", roles=ADMINS)
async def one(
    request: Asked, work: Work, channel: FromPath[str], office: FromQuery[str] = "", adapter: FromQuery[str] = ""
) -> Response[str]:
    """The settings of one channel, for all offices or for one."""
    return await _one(request, work, channel, office, adapter, Form({}, language_of(request)))


@post(PATH + "/{channel:str}", roles=ADMINS)
async def save(request: Asked, work: Work, channel: FromPath[str]) -> Response[Any]:
    """Set it; secrets left empty stay."""
    form = await Form.of(request)
    office_id = await _office(work, form.values.get("office", ""))
    kind = adapter_of(channel, form.values.get("adapter", ""))
    if kind is None:
        raise NotFound()
    options, secrets = {}, {}
    for field in kind.fields:
        needed = field.required and not field.secret
        if field.choices:
            options[field.name] = form.choice(field.name, field.choices)
        elif field.secret:
            secrets[field.name] = form.text(field.name, required=False, longest=2000)
        else:
            options[field.name] = form.text(field.name, required=needed, longest=2000)
    if options.get("url") and not options["url"].startswith(("https://", "http://")):
        form.refuse("url", N_("Donnez une adresse qui commence par https://."))
    for name in ("port", "validity"):
        if options.get(name) and not (options[name].isdecimal() and 0 < int(options[name]) < 65536):
            form.refuse(name, N_("Donnez un nombre entre 1 et 65535."))
    if form.errors:
        return await _one(request, work, channel, form.values.get("office", ""), kind.name, form)
    tools: Tools = request.app.state.tools
    await setup.save(
        work,
        tools.vault,
        office_id=office_id,
        channel=channel,
        adapter=kind.name,
        options=options,
        secrets=secrets,
    )
    return go(PATH, flash=N_("Le canal est réglé. Envoyez-vous un message d'essai."))


@post(PATH + "/channels/{channel_id:uuid}/forget", roles=ADMINS)
async def forget(work: Work, channel_id: FromPath[UUID]) -> Response[None]:
    """Back to the folder, or to the way of all offices."""
    await setup.forget(work, channel_id)
    return go(PATH, flash=N_("Ce réglage n'existe plus. Rien ne sort plus par là."))


@post(PATH + "/channels/{channel_id:uuid}/hook", roles=ADMINS)
async def hook(request: Asked, work: Work, channel_id: FromPath[UUID]) -> Response[str]:
    """A new address for the provider to call, shown this once."""
    secret = await setup.new_hook(work, channel_id)
    row = await queries.channel_by_id(work, channel_id)
    root = request.app.state.settings.public_url.rstrip("/")
    return page(
        request,
        "admin/notices_hook.html",
        name=say(NAMES[row.channel], language_of(request)),
        addresses=[root + setup.HOOK % {"kind": kind, "secret": secret} for kind in setup.hooks_of(row)],
    )


@post(PATH + "/trial", roles=ADMINS)
async def trial(request: Asked, work: Work) -> Response[Any]:
    """A message to oneself by the way that is set."""
    form = await Form.of(request)
    channel = form.choice("channel", CHANNELS.keys() - {"none"})
    to = form.text("to", longest=254)
    if to and channel == "email" and not is_address(to):
        form.refuse("to", NOT_AN_ADDRESS)
    if to and channel in ("sms", "whatsapp"):
        try:
            to = phone_of(to)
        except BadPhone as refusal:
            form.blame(request, "to", refusal)
    if form.errors:
        return await _list(request, work, form)
    office_id = await _office(work, form.values.get("office", ""))
    await notices.send_to(
        work,
        channel=channel,
        address=to,
        template="trial",
        facts={},
        key=f"trial/{new_id()}",
        language=work.actor.language,
        person=work.actor.person,
        office=office_id,
    )
    work.audit("notice_trial", office=office_id, channel=channel)
    return go(PATH, flash=N_("Le message d'essai part. Ce qu'il devient paraît plus bas."))


async def _list(request: Asked, work: Work, form: Form) -> Response[str]:
    language = language_of(request)
    known = await offices(work)
    zone = ZoneInfo(known[0].tz) if known else ZoneInfo("UTC")
    request.state.tz = zone.key
    codes = {each.id: each.code for each in known}
    set_ = await queries.channels(work)
    last = rows(await queries.outbox(work, None, limit=30), language, zone, work.now)
    # Administrators read nothing of a case: neither its number nor whom it concerns.
    plain = [each | {"about": "", "person": "", "visit_id": None} for each in last]
    ways = [
        {
            "channel": channel,
            "name": say(NAMES[channel], language),
            "set": [
                {
                    "id": each.id,
                    "office": each.office_id,
                    "where": codes.get(each.office_id, "") if each.office_id else "",
                    "way": say(_title(each.channel, each.adapter), language),
                    "hook": each.hook is not None,
                    "calls": _calls(each.channel, each.adapter),
                    "at": each.changed_at,
                }
                for each in set_
                if each.channel == channel
            ],
        }
        for channel in ADAPTERS
    ]
    return page(
        request,
        "admin/notices.html",
        status=422 if form.errors else 200,
        ways=ways,
        rows=plain,
        form=form,
        channels=[(name, say(NAMES[name], language)) for name in ("email", "sms", "whatsapp")],
        offices=_choices(known, language),
        outside=sum(each.adapter not in (DEFAULT, "console") for each in set_),
    )


async def _one(request: Asked, work: Work, channel: str, office: str, adapter: str, form: Form) -> Response[str]:
    if channel not in ADAPTERS:
        raise NotFound()
    language = language_of(request)
    known = await offices(work)
    row = await queries.channel_of(work, await _office(work, office), channel)
    chosen = adapter_of(channel, adapter or (row.adapter if row else "")) or ADAPTERS[channel][0]
    kept = row.options if row is not None and row.adapter == chosen.name else {}
    fields = [
        {
            "name": field.name,
            "label": say(field.label, language),
            "hint": say(field.hint, language) if field.hint else "",
            "choices": [(value, say(text, language)) for value, text in (field.choices or {}).items()],
            "secret": field.secret,
            "lines": field.lines,
            "required": field.required and not field.secret,
            "value": form.values.get(field.name, kept.get(field.name, field.default)) if not field.secret else "",
        }
        for field in chosen.fields
    ]
    return page(
        request,
        "admin/notices_channel.html",
        status=422 if form.errors else 200,
        channel=channel,
        name=say(NAMES[channel], language),
        chosen=chosen,
        adapters=[(each.name, say(each.title, language), say(each.hint, language)) for each in ADAPTERS[channel]],
        fields=fields,
        sealed=row is not None and row.adapter == chosen.name and row.secrets is not None,
        where=office,
        offices=_choices(known, language),
        form=form,
    )


async def _office(work: Work, text: str) -> UUID | None:
    """The office a form names; empty means all."""
    if not text:
        return None
    found = next((each for each in await offices(work) if str(each.id) == text), None)
    if found is None:
        raise NotFound()
    return found.id


def _choices(known: Any, language: str) -> list[tuple[str, str]]:
    return [
        ("", say(N_("tous les bureaux"), language)),
        *((str(each.id), f"{each.code} {each.name}") for each in known),
    ]


def _title(channel: str, adapter: str) -> str:
    found = adapter_of(channel, adapter)
    return found.title if found else adapter


def _calls(channel: str, adapter: str) -> bool:
    found = adapter_of(channel, adapter)
    return found is not None and found.calls_back


ROUTES = [shown, one, save, forget, hook, trial]
