"""A hostile file opens no file, no connection, takes no memory and gets no answer but a refusal."""

import socket
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visits.clearance.asycuda.limits import Limits
from visits.clearance.asycuda.read import read
from visits.clearance.asycuda.refusals import (
    DoctypeForbidden,
    FieldTooLong,
    FileTooLarge,
    NotWellFormed,
    TooDeep,
    TooManyElements,
    Unreadable,
)

BAD = Path(__file__).parents[3] / "data" / "asycuda-bad"
CONTROL = (BAD / "00_control_ok.xml").read_bytes()
#: Reads the control, then the file on standard input, and prints by how many kilobytes its memory grew.
MEASURE = f"""
import resource, sys
from datetime import UTC, datetime
from pathlib import Path
from visits.clearance.asycuda.read import read
from visits.clearance.asycuda.refusals import Unreadable
now = datetime(2026, 4, 1, tzinfo=UTC)
read(Path({str(BAD / "00_control_ok.xml")!r}).read_bytes(), now=now)
source = sys.stdin.buffer.read()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    read(source, now=now)
except Unreadable as refusal:
    print(refusal.code)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.slow(reason="starts a process for each bomb, whose memory can then be measured")
@pytest.mark.parametrize(
    ("bomb", "code"),
    [
        pytest.param((BAD / "03_billion_laughs.xml").read_bytes(), "doctype_forbidden", id="billion laughs"),
        pytest.param((BAD / "04_quadratic_blowup.xml").read_bytes(), "doctype_forbidden", id="quadratic"),
        pytest.param(CONTROL.replace(b"<Nbers>", b"<a>" * 200_000), "too_deep", id="deep"),
        pytest.param(CONTROL.replace(b"<null/>", b"<null/>" * 1_000_000, 2), "too_many_elements", id="many"),
        pytest.param(CONTROL.replace(b"TC01", b"A" * (20 << 20)), "field_too_long", id="long"),
    ],
)
def test_a_bomb_takes_no_memory(bomb: bytes, code: str) -> None:
    ran = subprocess.run([sys.executable, "-c", MEASURE], input=bomb, capture_output=True, check=True)

    told, kilobytes = ran.stdout.split()
    assert told.decode() == code
    assert int(kilobytes) * 1024 < max(50 << 20, 10 * len(bomb))


def test_no_connection_is_made_for_a_parameter_entity(now: datetime) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0)
        port = listener.getsockname()[1]
        source = (BAD / "02_xxe_parameter_entity_http.xml").read_bytes()

        with pytest.raises(DoctypeForbidden):
            read(source.replace(b"127.0.0.1:9", b"127.0.0.1:%d" % port), now=now)
        with pytest.raises(BlockingIOError):
            listener.accept()


def test_no_part_of_a_named_file_appears_in_the_refusal(tmp_path: Path, now: datetime) -> None:
    secret = tmp_path / "secret"
    secret.write_text("not for you")
    source = (BAD / "01_xxe_external_file.xml").read_bytes()

    with pytest.raises(DoctypeForbidden) as refused:
        read(source.replace(b"/etc/hostname", str(secret).encode()), now=now)

    assert refused.value.facts == {}


def test_an_entity_nobody_declared_is_not_well_formed(now: datetime) -> None:
    with pytest.raises(NotWellFormed) as refused:
        read(CONTROL.replace(b"TC01", b"&x;"), now=now)

    assert refused.value.facts == {"line": 51, "column": 31}


def test_a_flood_of_attributes_is_told_by_its_place(now: datetime) -> None:
    flood = b"<Nbers " + b" ".join(b'a%d=""' % n for n in range(65)) + b">"

    with pytest.raises(NotWellFormed) as refused:
        read(CONTROL.replace(b"<Nbers>", flood), now=now)

    assert refused.value.facts == {"line": 5, "column": 9}


def test_a_doctype_behind_a_comment_is_refused_too(now: datetime) -> None:
    with pytest.raises(DoctypeForbidden):
        read(b"<!-- " + b" " * 100_000 + b"--><?x y?><!DOCTYPE ASYCUDA><ASYCUDA/>", now=now)


def test_the_last_level_allowed_is_allowed(now: datetime) -> None:
    nested = b"<ASYCUDA><Item/>" + b"<x>" * 63 + b"</x>" * 63 + b"</ASYCUDA>"

    assert read(nested, now=now).items
    with pytest.raises(TooDeep):
        read(nested, now=now, limits=Limits(depth=63))


def test_a_text_of_4096_characters_passes_whatever_blanks_are_around_it(now: datetime) -> None:
    longest = b" \n" * 9000 + b"A &amp;" * 1365 + b"B" + b" \n" * 9000

    assert len(read(CONTROL.replace(b"TC01", longest), now=now).location_of_goods or "") == 4096
    with pytest.raises(FieldTooLong) as refused:
        read(CONTROL.replace(b"TC01", b"A" + longest), now=now)
    assert refused.value.facts == {"field": "Transport/Location_of_goods", "limit": 4096}


@pytest.mark.parametrize(
    ("limits", "refusal"),
    [
        (Limits(elements=100), TooManyElements),
        (Limits(bytes=6000), FileTooLarge),
        (Limits(field=6), FieldTooLong),
    ],
)
def test_limits_are_settings(limits: Limits, refusal: type[Unreadable], now: datetime) -> None:
    with pytest.raises(refusal):
        read(CONTROL, now=now, limits=limits)


def test_every_refusal_has_its_own_code_and_a_sentence_that_can_be_said() -> None:
    classes = [Unreadable, *Unreadable.__subclasses__()]
    facts = {"line": 1, "column": 2, "limit": 3, "field": "x"}

    assert len({kind.code for kind in classes}) == len(classes) == 18
    assert all(kind.says % facts for kind in classes)


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, len(CONTROL)), st.integers(0, 40), st.binary(max_size=12)),
        min_size=1,
        max_size=6,
    )
)
def test_a_mutilated_file_is_read_or_refused_and_nothing_else(changes: list[tuple[int, int, bytes]]) -> None:
    source = CONTROL
    for at, length, put in changes:
        source = source[:at] + put + source[at + length :]

    read_or_refused(source)


@settings(deadline=None)
@given(st.data())
def test_shuffled_tags_are_read_or_refused_and_nothing_else(data: st.DataObject) -> None:
    lines = CONTROL.splitlines(keepends=True)
    order = data.draw(st.lists(st.sampled_from(lines), max_size=60))

    read_or_refused(b"<ASYCUDA>" + b"".join(order) + b"</ASYCUDA>")


def read_or_refused(source: bytes) -> None:
    with suppress(Unreadable):
        read(source, now=datetime(2026, 4, 1, tzinfo=UTC))
