"""/declarant/notices: where one's notices go, proved by a code; what was sent, and what became of it."""

from typing import Any
from zoneinfo import ZoneInfo

from litestar import Request, Response

from visits.errors import BadInput
from visits.notices import contacts, queries
from visits.notices.contacts import EMAIL, PHONE
from visits.notices.telling import CHANNELS
from visits.notify.channels.mail import is_address
from visits.portals.noticed import rows
from visits.roles import FIRM
from visits.sites.queries import offices
from visits.store.work import Work
from visits.texts import N_
from visits.web.forms import Form
from visits.web.language import say
from visits.web.pages import go, language_of, page
from visits.web.route import get, post

Asked = Request[Any, Any, Any]
PATH = "/declarant/notices"

WHERE = {
    "email": N_("E-mail, avec le rendez-vous pour votre calendrier"),
    "sms": N_("SMS, même sans Internet"),
    "whatsapp": N_("WhatsApp ; un SMS s'il n'arrive pas"),
}
NOT_AN_ADDRESS = N_("Donnez une adresse comme nom@exemple.ci.")
WRONG_CODE = N_("Ce code ne correspond pas, ou il est trop ancien. Redonnez l'adresse pour un nouveau code.")


@get(PATH, roles=FIRM)
async def shown(request: Asked, work: Work) -> Response[str]:
    """What was chosen, and the last notices."""
    return await _show(request, work, Form({}, language_of(request)))


@post(PATH, roles=FIRM)
async def save(request: Asked, work: Work) -> Response[Any]:
    """Keep it; a new address gets its code at once."""
    form = await Form.of(request)
    typed, email = form.text("phone", required=False, longest=40), form.text("email", required=False, longest=254)
    phone = ""
    try:
        phone = contacts.phone_of(typed) if typed else ""
    except contacts.BadPhone as refusal:
        form.blame(request, "phone", refusal)
    if email and not is_address(email):
        form.refuse("email", NOT_AN_ADDRESS)
    if form.errors:
        return await _show(request, work, form)
    try:
        asked = await contacts.save(
            work,
            phone=phone,
            email=email,
            channels=form.many("channels"),
            everything=form.ticked("everything"),
        )
    except contacts.TooManyCodes as refusal:
        form.blame(request, "phone", refusal)
        return await _show(request, work, form)
    if asked:
        return go(PATH, flash=N_("C'est enregistré. Donnez le code que vous allez recevoir."))
    return go(PATH, flash=N_("Vos avis iront là."))


@post(PATH + "/code", roles=FIRM)
async def prove(request: Asked, work: Work) -> Response[Any]:
    """The code that came; a wrong one counts, so it is committed too."""
    form = await Form.of(request)
    kind = form.values.get("kind", "")
    if kind not in (PHONE, EMAIL):
        raise BadInput(field="kind")
    if await contacts.prove(work, kind, form.values.get(f"code_{kind}", "")[:20]):
        return go(PATH, flash=N_("L'adresse est vérifiée. Vos avis y arrivent."))
    form.refuse(f"code_{kind}", WRONG_CODE)
    return await _show(request, work, form)


async def _show(request: Asked, work: Work, form: Form) -> Response[str]:
    language = language_of(request)
    contact = await contacts.mine(work)
    known = await offices(work)
    zone = ZoneInfo(known[0].tz) if known else ZoneInfo("UTC")
    request.state.tz = zone.key
    waiting = await queries.proofs_waiting(work, contact.person_id)
    told = await queries.notices_of_person(work, contact.person_id)
    proved = {
        PHONE: (contact.phone, contact.phone_verified_at),
        EMAIL: (contact.email, contact.email_verified_at),
    }
    typed = form.values if "phone" in form.values or "email" in form.values else None
    return page(
        request,
        "declarant/notices.html",
        status=422 if form.errors else 200,
        form=form,
        phone=typed.get("phone", "") if typed else waiting.get(PHONE, contact.phone),
        email=typed.get("email", "") if typed else waiting.get(EMAIL, contact.email),
        chosen=form.many("channels") if typed else contact.channels,
        everything=form.ticked("everything") if typed else contact.everything,
        channels=[(name, say(text, language)) for name, text in WHERE.items()],
        waiting=[(kind, address) for kind, address in waiting.items() if proved[kind][0] != address],
        reached=any(at for _, at in proved.values()) and bool(contact.channels),
        proved={kind: address if at else "" for kind, (address, at) in proved.items()},
        rows=rows([(each, None) for each in told], language, zone, work.now, whole=True),
        names={name: say(text, language) for name, text in CHANNELS.items()},
    )


ROUTES = [shown, save, prove]
