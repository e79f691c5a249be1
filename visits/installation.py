"""Brings an installation up: its database (embedded when none is named), roles, migrations."""

import dataclasses
from dataclasses import dataclass

from visits.errors import Refusal
from visits.settings import Settings
from visits.store import migrate
from visits.store.embedded import Embedded
from visits.store.provision import provision
from visits.texts import N_


class NoOwner(Refusal):
    """What was asked changes the installation itself, and the application's role may not do that."""

    code, status = "no-owner", 503
    says = N_("Il manque l'accès du propriétaire de la base : donnez VISITS_OWNER_DATABASE_URL.")


@dataclass(frozen=True, slots=True)
class Installation:
    """Settings with a database that is there; `embedded` is the bundled server if it is used."""

    settings: Settings
    embedded: Embedded | None = None


async def bring_up(settings: Settings, *, upgrade: bool = True) -> Installation:
    """Start or find the database and bring it to the newest revision.

    With DATABASE_URL set, the operator has made the roles (docs/operate/install.md) and migrations run only if
    VISITS_OWNER_DATABASE_URL is set too.
    """
    if settings.database_url:
        if upgrade and settings.owner_database_url:
            await migrate.upgrade(settings.owner_database_url)
        return Installation(settings)
    embedded = Embedded(settings.data / "postgres")
    embedded.start()
    await provision(embedded.dsn(Embedded.superuser, "postgres"))
    settings = dataclasses.replace(
        settings, database_url=embedded.dsn("visits_app"), owner_database_url=embedded.dsn("visits_owner")
    )
    if upgrade:
        await migrate.upgrade(settings.owner_database_url)
    return Installation(settings, embedded)
