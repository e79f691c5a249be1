"""What the simulated clearance system knows and does. Its state is one SQLite file that outlives kill -9.

Acts and the messages that follow from them are written in one transaction, so nothing it promised is forgotten;
message ids follow from the act, so nothing it says twice counts twice.
"""

import json
import random
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from visits.clearance.asycuda.read import read
from visits.clock import Clock

#: Longest wait between two tries of a message, in seconds.
SLOWEST = 60

_SCHEMA = """
create table if not exists act (
    message_key text primary key, number text not null unique, year integer not null, declaration text not null,
    visit text not null, version integer not null, digest text not null, result text, body text not null,
    received_at text not null, times integer not null default 1
);
create table if not exists voucher (declaration text primary key, number text not null unique);
create table if not exists outbox (
    id text primary key, place integer not null, kind text not null, about text not null, body blob not null,
    due_at text not null, state text not null default 'waiting', tries integer not null default 0,
    answer text not null default '', sent_at text
);
create index if not exists outbox_waiting on outbox (state, due_at, place);
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """An inspection act; `new` the first time its report came."""

    number: str
    new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A declaration (XML) or message (JSON) on its way to Visits."""

    id: str
    kind: str
    about: str
    body: bytes
    tries: int = 0


class Simulator:
    """The simulated system over a file, or `:memory:` for tests."""

    def __init__(
        self, path: Path | str, clock: Clock, *, seed: int = 1, delay: float = 2.0, late_acts: bool = False
    ) -> None:
        self.clock = clock
        self.late_acts = late_acts
        self._seed = seed
        self._delay = delay
        if isinstance(path, Path):
            path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
        self._db.row_factory = sqlite3.Row
        self._db.execute("pragma journal_mode = wal")
        self._db.execute("pragma synchronous = full")
        self._db.executescript(_SCHEMA)

    def close(self) -> None:
        """Let the file go."""
        self._db.close()

    # ---------- reports in ----------

    def receive(self, report: dict[str, Any]) -> Act:
        """Give a report its act number, once; its lane, voucher and (if so set) acknowledgement follow later."""
        key = report["id"]
        with self._writing():
            known = self._db.execute("select number from act where message_key = ?", (key,)).fetchone()
            if known:
                self._db.execute("update act set times = times + 1 where message_key = ?", (key,))
                return Act(number=known["number"], new=False)
            now = self.clock.now()
            number = f"SW-{now.year}-{self._count('act', now.year) + 1}"
            about = report["declaration"]
            self._db.execute(
                "insert into act (message_key, number, year, declaration, visit, version, digest, result, body,"
                " received_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    key,
                    number,
                    now.year,
                    _key(about),
                    report["visit"],
                    report["version"],
                    report["digest"],
                    report.get("content", {}).get("result"),
                    json.dumps(report),
                    now.isoformat(),
                ),
            )
            self._follow(number, about, report, now)
        return Act(number=number, new=True)

    def _follow(self, number: str, about: dict[str, Any], report: dict[str, Any], now: datetime) -> None:
        """What a clearance system says after an act: perhaps the act itself, another lane, the voucher."""
        chance = random.Random(f"{self._seed}/{report['id']}")  # noqa: S311
        at = now
        if self.late_acts:
            at += self._pause(chance)
            facts = {"visit": report["visit"], "version": report["version"], "act": number}
            self._say(f"{number}-act", "report_acknowledged", about, at, **facts)
        at += self._pause(chance)
        self._say(f"{number}-lane", "lane_rerouted", about, at, lane="green", reason=f"Acte {number}")
        at += self._pause(chance)
        self._say(f"{number}-release", "release_issued", about, at, voucher=self._voucher(_key(about), now.year))

    def _voucher(self, declaration: str, year: int) -> str:
        """The voucher of a declaration; a corrected report does not give a second one."""
        known = self._db.execute("select number from voucher where declaration = ?", (declaration,)).fetchone()
        if known:
            return str(known["number"])
        count = self._db.execute("select count(*) from voucher").fetchone()[0]
        number = f"BAE-{year}-{count + 1:06}"
        self._db.execute("insert into voucher values (?, ?)", (declaration, number))
        return number

    # ---------- what it says by itself ----------

    def emit_declaration(self, xml: bytes, *, lane: str | None = None, agency: str | None = None) -> str:
        """Register a declaration and select it: the SAD goes out, then its lane. Returns its key."""
        stamp = read(xml, now=self.clock.now()).registration_key
        if stamp is None:
            raise ValueError("not a registered declaration")
        about = {"office": stamp.office, "year": stamp.year, "serial": stamp.serial or "", "number": stamp.number}
        key = _key(about)
        now = self.clock.now()
        with self._writing():
            copies = self._db.execute("select count(*) from outbox where about = ?", (key,)).fetchone()[0]
            self._post(f"{key}-sad-{copies + 1}", "declaration", key, xml, now)
            if lane:
                extra = {"agency": agency} if agency else {}
                hits = [{"rule": "R-117", "text": "quantités"}]
                self._say(f"{key}-lane-{copies + 1}", "lane_chosen", about, now, lane=lane, hits=hits, **extra)
        return key

    def emit_message(self, message: dict[str, Any]) -> str:
        """Say anything else; the message is sent as it is given."""
        with self._writing():
            body = json.dumps(message).encode()
            self._post(message["id"], "message", _key(message["declaration"]), body, self.clock.now())
        return str(message["id"])

    # ---------- messages out ----------

    def due(self) -> list[Letter]:
        """What should be sent now; of one declaration only the first that waits, so that its order holds."""
        rows = self._db.execute(
            "select id, kind, about, body, tries, min(place) from outbox o where state = 'waiting'"
            " group by about having due_at <= ? order by place",
            (self.clock.now().isoformat(),),
        ).fetchall()
        return [
            Letter(id=row["id"], kind=row["kind"], about=row["about"], body=row["body"], tries=row["tries"])
            for row in rows
        ]

    def sent(self, letter: Letter, answer: str) -> None:
        """Visits took it."""
        self._settle(letter, "sent", answer)

    def refused(self, letter: Letter, answer: str) -> None:
        """Visits will not take it, however often it comes."""
        self._settle(letter, "refused", answer)

    def failed(self, letter: Letter, answer: str) -> None:
        """Nobody took it; later again."""
        wait = timedelta(seconds=min(SLOWEST, 2 ** min(letter.tries, 10)))
        with self._writing():
            self._db.execute(
                "update outbox set tries = tries + 1, answer = ?, due_at = ? where id = ?",
                (answer[:500], (self.clock.now() + wait).isoformat(), letter.id),
            )

    def acts(self) -> list[dict[str, Any]]:
        """Every act, newest first, without its content."""
        rows = self._db.execute(
            "select number, declaration, visit, version, result, digest, json_extract(body, '$.pdf.sha256') as pdf,"
            " received_at, times from act"
            " order by received_at desc, number desc"
        ).fetchall()
        return [dict(row) for row in rows]

    def letters(self) -> list[dict[str, Any]]:
        """Every message out, newest first, without its content."""
        rows = self._db.execute(
            "select id, kind, about, state, tries, answer, due_at, sent_at from outbox order by place desc limit 200"
        ).fetchall()
        return [dict(row) for row in rows]

    # ---------- small things ----------

    def _say(self, message_id: str, kind: str, about: dict[str, Any], at: datetime, **facts: Any) -> None:
        message = {"type": kind, "id": message_id, "at": at.isoformat(), "declaration": about, **facts}
        self._post(message_id, "message", _key(about), json.dumps(message).encode(), at)

    def _post(self, letter_id: str, kind: str, about: str, body: bytes, at: datetime) -> None:
        place = self._db.execute("select coalesce(max(place), 0) + 1 from outbox").fetchone()[0]
        self._db.execute(
            "insert into outbox (id, place, kind, about, body, due_at) values (?, ?, ?, ?, ?, ?)"
            " on conflict (id) do nothing",
            (letter_id, place, kind, about, body, at.isoformat()),
        )

    def _settle(self, letter: Letter, state: str, answer: str) -> None:
        with self._writing():
            self._db.execute(
                "update outbox set state = ?, answer = ?, sent_at = ?, tries = tries + 1 where id = ?",
                (state, answer[:500], self.clock.now().isoformat(), letter.id),
            )

    def _count(self, table: str, year: int) -> int:
        return int(self._db.execute(f"select count(*) from {table} where year = ?", (year,)).fetchone()[0])  # noqa: S608

    def _pause(self, chance: random.Random) -> timedelta:
        return timedelta(seconds=self._delay * chance.uniform(1, 2))

    @contextmanager
    def _writing(self) -> Iterator[None]:
        self._db.execute("begin immediate")
        try:
            yield
        except BaseException:
            self._db.execute("rollback")
            raise
        self._db.execute("commit")


def _key(about: dict[str, Any]) -> str:
    return f"{about['office']}/{about['year']}/{about.get('serial') or ''}/{about['number']}"
