"""What the database holds after a step, against the model and against itself."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any
from uuid import UUID

from tests.properties.booking_model import BOOKS, GRID, Port

#: Everything that must agree, in one value: times, what is booked for them, what is free, what ends, who is booked.
ROWS = """
select json_build_object(
  'times', (select coalesce(json_agg(json_build_array(id, visit_id, status,
      extract(epoch from lower(during) - $1::timestamptz) / 60, extract(epoch from upper(during) - $1) / 60,
      extract(epoch from expires_at - $1) / 60, made_by is null, audience = 'staff' or priority <> '[]')), '[]')
    from appointment where status in ('held', 'confirmed')),
  'parts', (select coalesce(json_agg(json_build_array(appointment_id, role, resource_id,
      extract(epoch from lower(during) - $1) / 60, extract(epoch from upper(during) - $1) / 60)), '[]')
    from booking_part where live),
  'bits', (select json_agg(json_build_array(day - ($1 at time zone 'UTC')::date, resource_id, work, free)) from day_bits
    where day < ($1 at time zone 'UTC')::date + 2 and resource_id = any($2::uuid[])),
  'ends', (select coalesce(json_agg(subject_id), '[]') from due where kind = 'hold_end' and done_at is null),
  'booked', (select coalesce(json_agg(id), '[]') from visit where state = 'booked'))::text
"""


def agree(port: Port, rows: Mapping[str, Any], visits: Sequence[UUID], names: Mapping[str, str]) -> None:
    """The rows say what the model says; what is new of resources is told to the model, if it could be."""
    live = {str(each.id): each for each in port.live()}
    number = {str(each): index for index, each in enumerate(visits)}
    assert {
        (row[0], number[row[1]], row[2], row[3], row[4], row[5] if row[2] == "held" else None, row[7])
        for row in rows["times"]
    } == {
        (each, its.visit, its.status, its.start, its.end, its.expires if its.status == "held" else None, its.apart)
        for each, its in live.items()
    }
    _parts(port, rows, names)
    _bits(port, rows, names)
    held = {each for each, its in live.items() if its.status == "held"}
    assert held <= set(rows["ends"]), "a hold without an end"
    assert {number[each] for each in rows["booked"]} == {
        each.visit for each in live.values() if each.status == "confirmed"
    }


def _parts(port: Port, rows: Mapping[str, Any], names: Mapping[str, str]) -> None:
    found: dict[str, dict[str, str]] = {str(each.id): {} for each in port.live()}
    taken: dict[str, list[tuple[int, int]]] = {}
    for appointment, role, resource, start, end in rows["parts"]:
        found[appointment][role.split(":")[0]] = names[resource]
        time = port.times[UUID(appointment)]
        assert (start, end) == (time.start, time.end), "booked for other hours than told"
        taken.setdefault(names[resource], []).append((start, end))
    for name, stretches in taken.items():
        stretches.sort()
        assert all(one[1] <= other[0] for one, other in pairwise(stretches)), f"{name} twice"
    for each in port.live():
        parts = found[str(each.id)]
        if not each.parts:
            assert sorted(parts) == sorted(role.replace("agency_officer", "agency") for role in port.roles[each.visit])
            assert all(port.works(name, each.start, each.end) for name in parts.values()), "booked when nobody works"
            each.parts = parts
        assert parts == each.parts, "other resources than before"


def _bits(port: Port, rows: Mapping[str, Any], names: Mapping[str, str]) -> None:
    for day, resource, work, free in rows["bits"]:
        name, busy = names[resource], 0
        if day not in (0, 1):
            continue
        for each in port.live():
            if name in each.parts.values() and each.start in BOOKS[day]:
                busy |= (1 << (each.end - each.start) // GRID) - 1 << (each.start - BOOKS[day].start) // GRID
        assert work == port.work_bits(name, day), f"{name} does not work as told"
        assert free == work & ~busy, f"{name} is not free as booked"
