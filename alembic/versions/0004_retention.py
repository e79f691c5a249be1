"""What has been kept long enough may go: positions, photos, authors of ratings, by functions that can do nothing else."""

from alembic import op

revision = "0004_retention"
down_revision = "0003_jobs"
branch_labels = None
depends_on = None

#: The tables stay append-only for the application. Each function runs as the owner, who is held to the administration
#: of the transaction by row security like everybody, and only ever takes away.
FUNCTIONS = {
    "forget_positions(arrivals uuid[], pieces uuid[]) returns void": """
        update check_in set latitude = null, longitude = null, accuracy_metres = null where id = any(arrivals);
        update evidence set latitude = null, longitude = null where id = any(pieces);
    """,
    "forget_photos(pieces uuid[], moment timestamptz) returns setof uuid": """
        update evidence set removed_at = moment where id = any(pieces) and removed_at is null returning id;
    """,
    "forget_raters(ratings uuid[]) returns void": """
        update rating set firm_id = null, remark = '' where id = any(ratings);
    """,
}


def upgrade() -> None:
    op.execute("set local lock_timeout = '3s'")
    op.execute("alter table evidence add column if not exists removed_at timestamptz")
    op.execute("create index if not exists ix_check_in_at on check_in (at) where latitude is not null")
    op.execute("create index if not exists ix_evidence_at on evidence (at) where removed_at is null")
    for signature, body in FUNCTIONS.items():
        op.execute(
            f"create function {signature} language sql security definer"
            f" set search_path = pg_catalog, public, pg_temp as $$ {body} $$"
        )
        name = signature.split(" returns")[0]
        op.execute(f"revoke all on function {name} from public")
        op.execute(f"grant execute on function {name} to visits_app, visits_retention")


def downgrade() -> None:
    for signature in FUNCTIONS:
        op.execute(f"drop function {signature.split(' returns')[0]}")
    op.execute("drop index ix_check_in_at")
    op.execute("drop index ix_evidence_at")
    op.execute("alter table evidence drop column removed_at")
