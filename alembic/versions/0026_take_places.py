"""Lock, judge the day and take places in one statement; add up visits only where the steps that are busy exceed."""

from alembic import op

revision = "0026_take_places"
down_revision = "0025_posting"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '3s'")
    # Those of before stay: processes of the version before may still run.
    # Forty rivals queued behind one row: who loses it raises inside the block, whose subtransaction ends with every
    # lock it took at once, not a round trip later. The rows are judged as they are once locked: enough of them, free,
    # a rest left. Steps that are busy are at least the minutes of the visits in them; only where they are too many are
    # the visits themselves added up, by a statement of its own, which sees what was committed while we waited.
    op.execute(
        """
        create function take_places(
            wanted_office uuid, days date[], resources uuid[], masks bigint[], spares bigint[],
            gone uuid[], loads integer[], most integer, step integer,
            rest_works bigint[], rest_pauses bigint[], rest integer, people text[]
        )
        returns boolean language plpgsql as $$
        declare
            locked integer;
            full_days integer;
        begin
            begin
                select count(*) filter (where judged.mask <> 0 and judged.free = 1 and judged.rested = 1),
                    count(*) filter (where judged.full_day)
                into locked, full_days from (
                    select wanted.mask,
                        1 / cast((b.free | wanted.spare) & b.work & wanted.mask = wanted.mask as int) as free,
                        1 / cast(
                            wanted.mask = 0 or not b.kind = any(people)
                            or coalesce(strpos(cast(cast(
                                (b.free | wanted.spare) & ~wanted.mask
                                & rest_pauses[array_position(rest_works, b.work)]
                                as bit(64)) as text), repeat('1', rest)) <> 0, true)
                            as int) as rested,
                        wanted.load > 0
                        and bit_count(cast(b.work & ~((b.free | wanted.spare) & ~wanted.mask) as bit(64))) * step > most
                            as full_day
                    from day_bits b
                    join unnest(days, resources, masks, spares, loads) as wanted(day, resource_id, mask, spare, load)
                        on b.day = wanted.day and b.resource_id = wanted.resource_id
                    where b.office_id = wanted_office
                    order by b.day, b.resource_id
                    for update of b
                ) judged;
                if locked <> (select count(*) from unnest(masks) as each(mask) where each.mask <> 0) then
                    raise division_by_zero;
                end if;
                if full_days > 0 then
                    perform 1 / cast(visit_minutes(wanted.resource_id, wanted.day, gone) + wanted.load <= most as int)
                    from unnest(days, resources, loads) as wanted(day, resource_id, load)
                    where wanted.load > 0;
                end if;
            exception when division_by_zero then
                return false;
            end;
            update day_bits b
            set free = ((b.free | wanted.spare) & b.work) & ~wanted.mask, version = b.version + 1
            from unnest(days, resources, masks, spares) as wanted(day, resource_id, mask, spare)
            where b.office_id = wanted_office and b.day = wanted.day and b.resource_id = wanted.resource_id;
            return true;
        end $$
        """
    )


def downgrade() -> None:
    op.execute(
        "drop function take_places(uuid, date[], uuid[], bigint[], bigint[], uuid[], integer[], integer, integer,"
        " bigint[], bigint[], integer, text[])"
    )
