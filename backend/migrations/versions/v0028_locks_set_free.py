"""A job that waited for another's lock is announced when that lock is free.

Procrastinate announces a job when it comes; one that came while its lock was held then waits for the workers' next look.
"""

from alembic import op

revision = "0028"
down_revision = "0027"

ANNOUNCE = """
CREATE FUNCTION announce_next_of_lock() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    waiting record;
BEGIN
    SELECT id, queue_name INTO waiting FROM procrastinate_jobs
    WHERE lock = NEW.lock AND status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now())
    ORDER BY id LIMIT 1;
    IF FOUND THEN
        PERFORM pg_notify(channel, json_build_object('type', 'job_inserted', 'job_id', waiting.id)::text)
        FROM unnest(ARRAY['procrastinate_queue_v1#' || waiting.queue_name, 'procrastinate_any_queue_v1']) AS channel;
    END IF;
    RETURN NULL;
END;
$$
"""
TRIGGER = """
CREATE TRIGGER announce_next_of_lock AFTER UPDATE OF status ON procrastinate_jobs
FOR EACH ROW WHEN (OLD.status = 'doing' AND NEW.status <> 'doing' AND NEW.lock IS NOT NULL)
EXECUTE FUNCTION announce_next_of_lock()
"""


def upgrade() -> None:
    op.execute("CREATE INDEX ix_procrastinate_jobs_waiting_for_lock ON procrastinate_jobs (lock) WHERE status = 'todo'")
    op.execute(ANNOUNCE)
    op.execute(TRIGGER)


def downgrade() -> None:
    op.execute("DROP TRIGGER announce_next_of_lock ON procrastinate_jobs")
    op.execute("DROP FUNCTION announce_next_of_lock")
    op.execute("DROP INDEX ix_procrastinate_jobs_waiting_for_lock")
