"""Starts, finds and stops the bundled PostgreSQL, for installations that name no database of their own.

The server outlives a crash of Visits and the next start attaches to it. It is reached by a unix socket in a
folder only its account may enter; that folder is the lock, so connections need no password.
"""

import asyncio
import contextlib
import hashlib
import logging
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from enum import IntEnum
from pathlib import Path
from urllib.parse import quote

import psutil

from visits.errors import Refusal
from visits.store import binaries
from visits.texts import N_

if sys.platform != "win32":
    import fcntl

log = logging.getLogger(__name__)

#: Waits before each try to start: right after a crash the old server's processes need a moment to leave.
PAUSES = (0.0, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4)
#: Seconds a server gets to come up; replaying a long log after a power cut takes its time.
PATIENCE = 120
#: A socket's address holds 107 bytes, and a host name with a comma or a space is read as several.
SOCKET_PATH_LIMIT = 100 - len("/.s.PGSQL.5432")
UNFIT_FOR_SOCKET = re.compile(r"[^\w./+-]")
#: Not the environment's choice: every process must look for the socket in the same place.
SHORT = Path("/tmp")  # noqa: S108  (a folder made by anybody else is refused)

SETTINGS = {
    "listen_addresses": "",
    "port": "5432",
    "max_connections": "100",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
    "idle_in_transaction_session_timeout": "5min",
    # The log tells codes and slow statements, never the values people typed.
    "log_min_duration_statement": "500ms",
    "log_parameter_max_length": "0",
    "log_error_verbosity": "terse",
}
#: One file a weekday, overwritten a week later.
LOGGING = {
    "logging_collector": "on",
    "log_filename": "postgres-%a.log",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_truncate_on_rotation": "on",
}
#: Tests only: a power cut may lose everything.
FAST = {
    "max_connections": "300",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
}


class OutOfReach(Refusal):
    """The data folder lies where the server's account may not go."""

    code, status = "data-out-of-reach", 503
    says = N_(
        "Le compte %(account)s ne peut pas entrer dans %(folder)s. "
        "Choisissez un autre dossier avec VISITS_DATA, par exemple /var/lib/visits."
    )


class NotOurs(Refusal):
    """The folder belongs to somebody else, who could read the data."""

    code, status = "data-not-ours", 503
    says = N_("Le dossier %(folder)s appartient à un autre compte. Choisissez-en un autre avec VISITS_DATA.")


class OtherVersion(Refusal):
    """The data was written by another major version of PostgreSQL; nothing was touched."""

    code, status = "data-other-version", 503
    says = N_(
        "Les données sont de PostgreSQL %(have)s et le serveur fourni est %(want)s. "
        "Rien n'a été modifié. Sauvegardez avec l'ancienne version de Visits, puis restaurez avec celle-ci."
    )


class NotStarted(Refusal):
    """The server did not come up or did not stop; its last words are given."""

    code, status = "database-not-started", 503
    says = N_("PostgreSQL n'a pas obéi. Ses derniers mots : %(log)s")


class Answer(IntEnum):
    """What `pg_isready` heard; the numbers are its exit codes."""

    READY = 0
    STARTING = 1
    SILENT = 2


class Embedded:
    """One server in one folder; any number of processes may start it, attach to it and stop it."""

    #: The bootstrap role. It passes every row-level rule: only for provisioning, never for the application.
    superuser = "postgres"

    def __init__(self, root: Path, *, fast: bool = False) -> None:
        self.root = root.absolute()
        self.fast = fast
        self.data = self.root / "data"
        #: Whether `start` found the server already running.
        self.attached = False

    @property
    def socket_folder(self) -> Path:
        """Where the socket is: the data's own folder when its path fits, else a short one in /tmp."""
        path = str(self.root)
        if len(os.fsencode(path)) <= SOCKET_PATH_LIMIT and not UNFIT_FOR_SOCKET.search(path):
            return self.root
        return SHORT / f"vpg-{hashlib.sha256(os.fsencode(path)).hexdigest()[:12]}"

    def dsn(self, role: str = "visits_app", database: str = "visits") -> str:
        """The address of a database, as asyncpg and psycopg both read it."""
        return f"postgresql://{role}@/{database}?host={quote(str(self.socket_folder))}&port=5432"

    def start(self) -> None:
        """Return with the server running: attached to, started, or made and started."""
        self._prepare()
        with self._one_at_a_time():
            self._create()
            self._check_version()
            self.attached = self._ask() is Answer.READY
            if not self.attached:
                self._bring_up()

    def stop(self) -> None:
        """Stop the server in good order, whoever started it; no harm if it is not running."""
        self._prepare()
        with self._one_at_a_time():
            if not self._processes():
                return
            if self._run("pg_ctl", "-w", "-t", str(PATIENCE), "-m", "fast", "stop").returncode:
                raise NotStarted(log=self._last_words())

    async def watch(self, *, every: float = 5.0) -> AsyncIterator[None]:
        """Bring the server back whenever it is gone, for as long as somebody listens; yield each time."""
        while True:
            await asyncio.sleep(every)
            if await asyncio.to_thread(self._ask) is not Answer.SILENT:
                continue
            try:
                await asyncio.to_thread(self.start)
            except NotStarted as fault:
                log.error("%s", fault)
            else:
                yield

    def _prepare(self) -> None:
        """Find the programs and the account, and give the account its private folders."""
        self._account = binaries.server_account()
        self._programs = binaries.programs(self._account)
        self.root.parent.mkdir(parents=True, exist_ok=True)
        for folder in {self.root, self.socket_folder}:
            self._private(folder)
        if not self._account.reaches(self.root):
            raise OutOfReach(folder=self.root, account=self._account.name)

    def _private(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, exist_ok=True)
        owner = folder.lstat().st_uid
        # In /tmp anybody could have made the folder first, or a link in its place.
        if folder.is_symlink() or owner not in {os.geteuid(), self._account.uid}:
            raise NotOurs(folder=folder)
        if owner != self._account.uid:
            os.chown(folder, self._account.uid, self._account.gid)
        folder.chmod(0o700)

    @contextlib.contextmanager
    def _one_at_a_time(self) -> Iterator[None]:
        """A second starter waits here, then finds the server running; a dead process holds no lock."""
        lock = os.open(self.root / "start.lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def _create(self) -> None:
        """Make the cluster once. It is made aside: `initdb` writes PG_VERSION long before it has finished."""
        if self.data.exists():
            return
        draft = self.root / "data.draft"
        shutil.rmtree(draft, ignore_errors=True)
        rules = ["--auth=trust", "--encoding=UTF8", "--locale=C", "--locale-provider=builtin"]
        # The built-in locale sorts the same on every machine and after every upgrade of the system.
        rules += ["--builtin-locale=C.UTF-8", *(["--no-sync", "--no-data-checksums"] if self.fast else [])]
        made = self._run("initdb", "-D", str(draft), "-U", self.superuser, *rules)
        if made.returncode:
            raise NotStarted(log=made.stdout)
        draft.rename(self.data)
        _sync_folder(self.root)

    def _check_version(self) -> None:
        have = (self.data / "PG_VERSION").read_text().strip()
        want = self._run("postgres", "--version").stdout.split()[2].split(".")[0]
        if have != want:
            raise OtherVersion(have=have, want=want)

    def _bring_up(self) -> None:
        for pause in PAUSES:
            time.sleep(pause)
            if self._ask() is not Answer.SILENT:
                self._await_ready()
                return
            if self._processes():
                continue
            # Nobody serves this folder: these name a dead server, even if its number is in use again.
            (self.data / "postmaster.pid").unlink(missing_ok=True)
            (self.socket_folder / ".s.PGSQL.5432.lock").unlink(missing_ok=True)
            if self._launch():
                return
        raise NotStarted(log=self._last_words())

    def _launch(self) -> bool:
        """Start the server in a session of its own: Ctrl-C on Visits must not end it before Visits."""
        folder = str(self.socket_folder)
        settings = SETTINGS | {"unix_socket_directories": folder}
        settings |= FAST if self.fast else LOGGING | {"log_directory": str(self.root / "log")}
        options = shlex.join(part for item in settings.items() for part in ("-c", "=".join(item)))
        started = self._run("pg_ctl", "-w", "-t", str(PATIENCE), "-l", "start.log", "-o", options, "start")
        return started.returncode == 0

    def _await_ready(self) -> None:
        """Wait for a server somebody else started, perhaps still replaying its log."""
        for _ in range(PATIENCE * 10):
            if self._ask() is Answer.READY:
                return
            time.sleep(0.1)
        raise NotStarted(log=self._last_words())

    def _ask(self) -> Answer:
        """Connect and see; a pid file proves nothing."""
        folder = str(self.socket_folder)
        heard = self._run("pg_isready", "-q", "-h", folder, "-p", "5432", "-d", "postgres", "-U", self.superuser)
        return Answer(min(heard.returncode, Answer.SILENT))

    def _processes(self) -> list[psutil.Process]:
        """The living server processes of this folder: all of them work in the data folder, orphans too."""
        found = []
        data = str(self.data.resolve())
        for process in psutil.process_iter():
            # Gone, a zombie, or not ours to ask about: then it is no server of this folder.
            with contextlib.suppress(psutil.Error):
                if process.name().startswith("postgres") and process.cwd() == data:
                    found.append(process)
        return found

    def _run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one of the programs as the account, in a clean environment.

        `pg_ctl` gets no pipe: the server would inherit it and we would wait for its end for ever.
        """
        output = subprocess.DEVNULL if program == "pg_ctl" else subprocess.PIPE
        environment = {"LC_ALL": "C.UTF-8", "TZ": "UTC", "PGDATA": str(self.data)}
        return subprocess.run(  # noqa: S603
            [self._programs / program, *arguments],
            check=False,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=self.root,
            env=environment | {"PATH": os.environ.get("PATH", os.defpath)},
            start_new_session=True,
            **self._account.drop,
        )

    def _last_words(self) -> str:
        logs = [
            self.root / "start.log",
            *sorted(self.root.glob("log/*.log"), key=lambda log: log.stat().st_mtime),
        ]
        told = "".join(log.read_text(errors="replace")[-1000:] for log in (logs[0], logs[-1]) if log.exists())
        return told or str(self.root)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
