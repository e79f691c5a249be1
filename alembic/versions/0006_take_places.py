"""Taking places of resources is one step inside the database: lock in order, judge, give back, take."""

from alembic import op

revision = "0006_take_places"
down_revision = "0006_calendars"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A row that is lost raises inside the block: its subtransaction ends, and with it every lock it took, at once.
    # Forty rivals queued behind one row are answered in milliseconds; were each of them to roll back by itself, every
    # lock would last a round trip longer.
    op.execute(
        """
        create function take_places(wanted_office uuid, days date[], resources uuid[], masks bigint[], spares bigint[])
        returns boolean language plpgsql as $$
        declare
            locked integer;
        begin
            begin
                select count(*) filter (where judged.mask <> 0 and judged.free = 1) into locked from (
                    select wanted.mask,
                        1 / cast((b.free | wanted.spare) & b.work & wanted.mask = wanted.mask as int) as free
                    from day_bits b
                    join unnest(days, resources, masks, spares) as wanted(day, resource_id, mask, spare)
                        on b.day = wanted.day and b.resource_id = wanted.resource_id
                    where b.office_id = wanted_office
                    order by b.day, b.resource_id
                    for update of b
                ) judged;
                if locked <> (select count(*) from unnest(masks) as each(mask) where each.mask <> 0) then
                    raise division_by_zero;
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
    op.execute("drop function take_places(uuid, date[], uuid[], bigint[], bigint[])")
