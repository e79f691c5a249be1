"""`visits draw verify`: replay published files of draws, on any machine, without a database and without us."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

from scheduling import POSTING, Replayed, replay
from visits.assignment.record import FINDINGS
from visits.texts import N_
from visits.web.language import say, say_many

#: Days of an earlier copy: office and day, with what was published then.
Known = Mapping[tuple[str, str], Mapping[str, Any]]


#: Told of a day written before its file said when it was first booked.
UNDATED = N_(
    "Fichier d'une version plus ancienne : il ne dit pas quand les réservations ont ouvert, le retard de "
    "l'empreinte ne peut pas être vérifié"
)
#: What a day promises before it is drawn.
PROMISES = ("commitment", "committed_at", "anchor", "first_day")


def verify_files(files: Sequence[Path], *, since: Sequence[Path] = (), language: str, out: TextIO) -> int:
    """One line for each day and each draw; 2 if any does not follow, 1 if a day is still sealed, else 0.

    `since` are copies of the files taken earlier: what they had published must still stand.
    """
    copies = {path: _days(path) for path in since}
    known: dict[tuple[str, str], Mapping[str, Any]] = {}
    for path, days in copies.items():
        if not days:
            print(_plain(f"{path.name}:1 {say(FINDINGS['malformed'], language)} [malformed]"), file=out)
            return 2
        known |= days
    earlier, seen = known, set()
    replayed = wrong = sealed = 0
    for path in files:
        for each in _read(path):
            code = each.code or _changed(each, known)
            if code == "sealed":
                code = _changed(each, earlier) or code
            if "format" in each.told:
                # Two files that tell of one day are held to each other.
                seen.add((each.office, each.day))
                known = {(each.office, each.day): each.told} | known if code in (None, "sealed") else known
            print(_plain(f"{path.name}:{each.line} {_said(each, code, language)}"), file=out)
            replayed += each.position > 0
            sealed += code == "sealed"
            wrong += code is not None and code != "sealed"
    for path, days in copies.items():
        if seen.isdisjoint(days):
            print(_plain(f"{path.name}:1 {say(FINDINGS['other'], language)} [other]"), file=out)
            wrong += 1
    told = say_many(N_("%(num)s tirage rejoué"), N_("%(num)s tirages rejoués"), replayed, language)
    failed = say_many(N_("%(num)s ligne fausse"), N_("%(num)s lignes fausses"), wrong, language)
    print(f"{told}, {failed}.", file=out)
    return 2 if wrong else int(sealed > 0)


def _read(path: Path) -> Iterator[Replayed]:
    """A file that cannot be read, or has nothing in it, is wrong in its first line."""
    try:
        with path.open("rb") as lines:
            empty = True
            for each in replay(lines):
                empty = False
                yield each
    except OSError:
        empty = True
    if empty:
        yield Replayed(1, 0, "malformed")


def _said(each: Replayed, code: str | None, language: str) -> str:
    where = f"{each.office} {each.day}".strip()
    if each.position:
        where += f" {say(N_('n° %(n)s'), language, n=each.position)}"
    if code is not None:
        return f"{where}{': ' if where else ''}{say(FINDINGS[code], language)} [{code}]"
    if not each.position:
        notes = [N_("Les deux se correspondent"), *([UNDATED] if each.undated else [])]
        return f"{where}: {' – '.join([*(say(note, language) for note in notes), *_unwitnessed(each.told, language)])}"
    drawn = _drawn(each.told, language)
    [chance] = [one["chance"] for one in each.told["candidates"] if one["letter"] == each.told["chosen"]]
    return f"{where}: {drawn}, {chance} – {say(N_('Conforme'), language)}"


def _plain(text: str) -> str:
    """What a file says never moves the cursor, begins a line or paints one: it cannot pass for an answer of ours."""
    return "".join(each if each.isprintable() else "?" for each in text)


def _unwitnessed(day: Mapping[str, Any], language: str) -> list[str]:
    """A day whose witness did not bring the value in time, as its public page says it."""
    witness = day["witness"]
    if witness is None or witness["value"]:
        return []
    late = f" {say(N_('Son nombre, connu trop tard :'), language)} {witness['late']}" if witness["late"] else ""
    return [say(N_("Le témoin n'a pas donné son nombre à temps."), language) + late]


def _drawn(line: Mapping[str, Any], language: str) -> str:
    """Whoever was drawn, by letter; of a posting the terminal."""
    if line["purpose"] != POSTING:
        return say(N_("Agent %(letter)s"), language, letter=line["chosen"])
    place = [each["letter"] for each in line["candidates"]].index(line["chosen"])
    return say(N_("Terminal %(code)s, pour un agent"), language, code=line["terminals"][place])


# -- an earlier copy -----------------------------------------------------------------------------------------
def _days(path: Path) -> Known:
    """The days a file tells of; none if any of it cannot be read."""
    found = {}
    try:
        for line in path.read_bytes().splitlines():
            told = json.loads(line)
            if "format" in told:
                if not isinstance(told.get("digests"), list | None):
                    return {}
                found[str(told["office"]), str(told["day"])] = told
    except (OSError, KeyError, TypeError, ValueError, RecursionError):
        return {}
    return found


def _changed(each: Replayed, known: Known) -> str | None:
    """Does a day or a line differ from what an earlier copy had of it?"""
    before = known.get((each.office, each.day))
    if before is None:
        return None
    digests = before.get("digests") or []
    if not each.position:
        same = all(_promise(each.told, name) == _promise(before, name) for name in PROMISES)
        now = each.told.get("digests") or []
        # Once its seed is known, nothing is drawn for a day any more.
        whole = len(now) == len(digests) if before.get("seed") else len(now) >= len(digests)
        return None if same and whole else "promise"
    return "promise" if each.position <= len(digests) and each.told["digest"] != digests[each.position - 1] else None


def _promise(day: Mapping[str, Any], name: str) -> Any:
    witness = day.get("witness")
    return day.get(name) if name in day else witness.get(name) if isinstance(witness, dict) else None
