"""Ask what a day may ask of one person where its row is locked: minutes of visits, and a rest that is left."""

from alembic import op

revision = "0023_day_load"
down_revision = "0022_witness"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '3s'")
    # What the draw counts: the hours of the visits alone, neither the time around them nor the roads.
    op.execute(
        """
        create function visit_minutes(of_resource uuid, on_day date, gone uuid[])
        returns integer language sql stable as $$
            select cast(coalesce(sum(extract(epoch from upper(a.during) - lower(a.during)) / 60), 0) as integer)
            from booking_part p
            join appointment a on a.id = p.appointment_id
            where p.resource_id = of_resource and p.day = on_day and p.live and p.id <> all(gone)
        $$
        """
    )
    # The rows are taken as before, and are ours then: this statement sees all that was committed while we waited for
    # them. Who has too much raises inside the block, and every lock it took ends at once.
    op.execute(
        """
        create function take_places(
            wanted_office uuid, days date[], resources uuid[], masks bigint[], spares bigint[],
            gone uuid[], loads integer[], most integer,
            rest_works bigint[], rest_pauses bigint[], rest integer, people text[]
        )
        returns boolean language plpgsql as $$
        begin
            if not take_places(wanted_office, days, resources, masks, spares) then
                return false;
            end if;
            perform 1 / cast(
                (most is null or wanted.load = 0 or visit_minutes(b.resource_id, b.day, gone) + wanted.load <= most)
                and (pauses.pause is null or strpos(
                    cast(cast(b.free & pauses.pause as bit(64)) as text), repeat('1', rest)) <> 0)
                as int)
            from day_bits b
            join unnest(days, resources, masks, loads) as wanted(day, resource_id, mask, load)
                on b.day = wanted.day and b.resource_id = wanted.resource_id
            left join unnest(rest_works, rest_pauses) as pauses(work, pause)
                on pauses.work = b.work and b.kind = any(people)
            where b.office_id = wanted_office and wanted.mask <> 0;
            return true;
        exception when division_by_zero then
            return false;
        end $$
        """
    )


def downgrade() -> None:
    op.execute(
        "drop function take_places(uuid, date[], uuid[], bigint[], bigint[], uuid[], integer[], integer, bigint[],"
        " bigint[], integer, text[])"
    )
    op.execute("drop function visit_minutes(uuid, date, uuid[])")
