"""What providers say became of a notice: kept once, in any order, never backwards."""

from visits.notices import queries
from visits.notices.notices import wake
from visits.notices.tables import Notice, NoticeReceipt
from visits.notify.port import Receipt
from visits.store.work import Work

#: States a receipt may still change: what was believed lost may have arrived after all.
OPEN = frozenset({"waiting", "sent", "failed", "expired"})


async def receipt(work: Work, provider: str, told: Receipt) -> bool:
    """Take a receipt; one that is faster than our own record waits for it. False if it changes nothing."""
    if told.outcome not in ("delivered", "failed"):
        return False
    notice = await queries.notice_with_provider_id(work, provider, told.provider_id)
    if notice is None:
        await _keep(work, provider, told)
        return False
    return await apply(work, notice, told)


async def apply(work: Work, notice: Notice, told: Receipt) -> bool:
    """Write what became of a notice, which is locked."""
    if notice.state not in OPEN or (told.outcome == "failed" and notice.state == "failed"):
        return False
    notice.state, notice.open, notice.ended_at = told.outcome, False, work.now
    notice.sent_at = notice.sent_at or work.now
    notice.error = "" if told.outcome == "delivered" else told.error or "refused"
    notice.detail = "" if told.outcome == "delivered" else told.detail
    if told.outcome == "failed":
        await instead(work, notice)
    return True


async def early(work: Work, notice: Notice) -> None:
    """Apply what came before we had written the provider's id down."""
    if notice.provider_id:
        for each in await queries.early_receipts(work, notice.provider, notice.provider_id):
            told = Receipt(provider_id=each.provider_id, outcome=each.outcome, error=each.error, detail=each.detail)
            await apply(work, notice, told)
            await work.session.delete(each)


async def instead(work: Work, notice: Notice) -> None:
    """What WhatsApp could not bring goes as a text message, where the person wants those too."""
    if notice.channel != "whatsapp" or notice.person_id is None:
        return
    contact = await queries.contact_of(work, notice.person_id)
    if contact is None or "sms" not in contact.channels or contact.phone != notice.address:
        return
    made = await queries.add_notice(
        work,
        person_id=notice.person_id,
        visit_id=notice.visit_id,
        declaration_id=notice.declaration_id,
        appointment_id=notice.appointment_id,
        office_id=notice.office_id,
        channel="sms",
        address=notice.address,
        template=notice.template,
        language=notice.language,
        facts=notice.facts,
        urgent=notice.urgent,
        key=f"{notice.key}/sms",
        due_at=work.now,
        expires_at=notice.expires_at,
    )
    if made is not None:
        await wake(work)


async def _keep(work: Work, provider: str, told: Receipt) -> None:
    if not told.provider_id or await queries.early_receipts(work, provider, told.provider_id):
        return
    work.session.add(
        NoticeReceipt(
            provider=provider,
            provider_id=told.provider_id[:200],
            outcome=told.outcome,
            error=told.error,
            detail=told.detail,
            at=work.now,
        )
    )
