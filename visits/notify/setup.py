"""How channels are set: adapter, options, sealed secrets, and the address a provider calls."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import msgspec

from visits.errors import BadInput, NotFound
from visits.ids import new_id
from visits.notices import queries
from visits.notices.tables import NoticeChannel
from visits.notify.channels.known import ADAPTERS, DEFAULT, Adapter, adapter_of
from visits.notify.port import Settings
from visits.people.passwords import fingerprint, new_token
from visits.sites.queries import office_by_id
from visits.store.vault import Vault
from visits.store.work import Work

#: Under each tenant's own host: the secret is the last part of the address.
HOOK = "/api/notices/%(kind)s/%(secret)s"


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How a channel leaves for an office."""

    channel: str
    adapter: str
    settings: Settings
    id: UUID | None = None

    @property
    def provider(self) -> str:
        """Under which name its message ids count."""
        return str(self.id) if self.id else DEFAULT

    @property
    def takes_answers(self) -> bool:
        """May people answer what it sends?"""
        return self.settings.text("answers", "yes" if self.id is None else "no") == "yes"


async def way_for(work: Work, vault: Vault, office_id: UUID | None, channel: str) -> Way:
    """The way of an office, else the administration's, else the folder of files."""
    row = await queries.channel_for(work, office_id, channel)
    return way_of(vault, row) if row is not None else Way(channel=channel, adapter=DEFAULT, settings=Settings())


def way_of(vault: Vault, row: NoticeChannel) -> Way:
    """A channel's row with its secrets opened."""
    return Way(
        channel=row.channel,
        adapter=row.adapter,
        settings=Settings(version=row.changed_at.isoformat(), options=row.options, secrets=_opened(vault, row)),
        id=row.id,
    )


async def save(
    work: Work,
    vault: Vault,
    *,
    office_id: UUID | None,
    channel: str,
    adapter: str,
    options: Mapping[str, str],
    secrets: Mapping[str, str],
) -> NoticeChannel:
    """Set a channel. A secret left empty stays as it was, as long as the adapter does."""
    kind = adapter_of(channel, adapter)
    if kind is None:
        raise BadInput(field="adapter")
    if office_id is not None:
        await office_by_id(work, office_id)
    row = await queries.channel_of(work, office_id, channel, lock=True)
    kept = _opened(vault, row) if row is not None and row.adapter == adapter else {}
    if row is None:
        row = NoticeChannel(id=new_id(), office_id=office_id, channel=channel, adapter=adapter, changed_at=work.now)
        work.session.add(row)
    row.adapter = adapter
    row.options = {
        field.name: str(options.get(field.name) or field.default) for field in kind.fields if not field.secret
    }
    row.secrets = _sealed(vault, row, _merged(kind, kept, secrets))
    row.changed_at, row.changed_by = work.now, work.actor.person
    await work.session.flush()
    work.audit("notice_channel_set", row.id, office=office_id, channel=channel, adapter=adapter)
    return row


async def forget(work: Work, channel_id: UUID) -> None:
    """Back to what stands above: the administration's way, or the folder."""
    row = await queries.channel_by_id(work, channel_id)
    work.audit("notice_channel_forgotten", row.id, office=row.office_id, channel=row.channel)
    await work.session.delete(row)


async def new_hook(work: Work, channel_id: UUID) -> str:
    """A fresh secret for the address the provider calls; the one before opens nothing any more."""
    row = await queries.channel_by_id(work, channel_id)
    kind = adapter_of(row.channel, row.adapter)
    if kind is None or not kind.calls_back:
        raise NotFound()
    token = new_token()
    row.hook = fingerprint(token)
    work.audit("notice_hook_made", row.id, office=row.office_id, channel=row.channel)
    return token


async def way_behind(work: Work, vault: Vault, secret: str, channel: str) -> tuple[Way, NoticeChannel]:
    """The channel whose provider calls with this secret, or NotFound."""
    row = await queries.channel_with_hook(work, fingerprint(secret))
    if row is None or row.channel != channel:
        raise NotFound()
    return way_of(vault, row), row


def hooks_of(row: NoticeChannel) -> list[str]:
    """The kinds of calls a channel's provider makes."""
    return {"sms": ["texts", "receipts"], "whatsapp": ["whatsapp"], "ussd": ["ussd"]}.get(row.channel, [])


def channels() -> list[str]:
    """Every channel, in the order shown."""
    return list(ADAPTERS)


def _opened(vault: Vault, row: NoticeChannel) -> dict[str, str]:
    if not row.secrets:
        return {}
    return msgspec.json.decode(vault.open(row.secrets, _purpose(row)), type=dict[str, str])


def _sealed(vault: Vault, row: NoticeChannel, secrets: Mapping[str, str]) -> bytes | None:
    return vault.seal(msgspec.json.encode(dict(secrets)), _purpose(row)) if secrets else None


def _merged(kind: Adapter, kept: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    names = [field.name for field in kind.fields if field.secret]
    return {name: value for name in names if (value := given.get(name) or kept.get(name, ""))}


def _purpose(row: NoticeChannel) -> str:
    return f"notice-channel:{row.id}"
