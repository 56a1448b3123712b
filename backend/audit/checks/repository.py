"""Queries of the checks. They read other nouns' tables as an auditor would: what is stored, not what the code thinks."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text

from backend.audit.checks.results import MOST_FINDINGS
from backend.audit.models import AuditCheckpoint, AuditCosignature, AuditEntry
from backend.kit.db import Session


@dataclass(frozen=True, slots=True)
class Source:
    """A table whose every row has a leaf. `differs`: SQL that is true where the row `f` isn't what payload `p` says."""

    table: str
    at: str
    differs: str


SOURCES = (
    Source(
        "claim_events",
        "at",
        "p ->> 'what' <> 'claim.' || f.kind OR p ->> 'actor' <> f.actor OR p -> 'data' <> f.data::jsonb",
    ),
    Source("payout_events", "at", "p ->> 'what' <> 'payout.' || f.status OR p -> 'data' <> f.data::jsonb"),
    Source(
        "review_decisions",
        "at",
        "p -> 'data' ->> 'outcome' <> f.outcome OR p ->> 'actor' <> f.decided_by"
        " OR p -> 'data' ->> 'currency' <> f.currency OR p -> 'data' ->> 'rules_version' <> f.rules_version"
        " OR (p -> 'data' ->> 'approved_minor')::bigint IS DISTINCT FROM f.approved_minor",
    ),
    Source("code_challenges", "issued_at", "p -> 'data' ->> 'customer' IS DISTINCT FROM f.customer_id::text"),
    Source("customer_changes", "asked_at", "p ->> 'subject' <> f.customer_id::text"),
    Source("vault_accesses", "at", "p ->> 'actor' <> f.actor OR p -> 'data' ->> 'purpose' <> f.purpose"),
    Source("payee_checks", "at", "p -> 'data' ->> 'match' <> f.match"),
    Source("payout_exceptions", "opened_at", "p ->> 'what' = 'exception.opened' AND p -> 'data' ->> 'of' <> f.kind"),
    Source("handoffs", "requested_at", "p ->> 'subject' <> f.conversation_id::text"),
)
NUMBERED = (("claim_events", "claim_id"), ("payout_events", "payout_id"))  # rows numbered 1, 2, 3 … under a parent
# Facts older than the log itself have no leaf, and can't have one.
BEGAN = "(SELECT coalesce(min(at), 'infinity') FROM audit_entries)"


OVER = "('rejected', 'returned', 'cancelled')"  # of a payout: nothing of it moves or has arrived


async def take_time(session: Session) -> None:
    """An audit reads whole tables; what serves customers may not take that long, this may."""
    await session.execute(text("SET LOCAL statement_timeout = '15min'"))


async def _ids(session: Session, query: str, **params: Any) -> list[UUID]:
    return list(await session.scalars(text(f"{query} LIMIT {MOST_FINDINGS}"), params))


async def checkpoints(session: Session) -> AsyncIterator[AuditCheckpoint]:
    async for row in await session.stream_scalars(select(AuditCheckpoint).order_by(AuditCheckpoint.size)):
        yield row


async def leaves(session: Session, first: int, limit: int) -> Sequence[tuple[int, bytes, bytes | None, str | None]]:
    """(index, commitment, salt, payload) from a place on."""
    found = await session.execute(
        select(AuditEntry.leaf_index, AuditEntry.commitment, AuditEntry.salt, AuditEntry.payload)
        .where(AuditEntry.leaf_index >= first)
        .order_by(AuditEntry.leaf_index)
        .limit(limit)
    )
    return [(index or 0, committed, salt, payload) for index, committed, salt, payload in found]


async def last_cosigned(session: Session, witness: str) -> datetime | None:
    return await session.scalar(select(func.max(AuditCosignature.at)).where(AuditCosignature.witness == witness))


async def key_since(session: Session, key: str) -> datetime | None:
    return await session.scalar(select(func.min(AuditCheckpoint.at)).where(AuditCheckpoint.key == key))


async def data_keys(session: Session) -> list[tuple[str, int, datetime]]:
    """(purpose, version, made) of the newest key of each purpose."""
    query = "SELECT DISTINCT ON (purpose) purpose, version, created_at FROM data_keys ORDER BY purpose, version DESC"
    return [(row[0], row[1], row[2]) for row in await session.execute(text(query))]


async def count(session: Session, source: Source) -> int:
    return await session.scalar(text(f"SELECT count(*) FROM {source.table}")) or 0


async def unlogged(session: Session, source: Source) -> list[UUID]:
    return await _ids(
        session,
        f"SELECT f.id FROM {source.table} f WHERE f.{source.at} >= {BEGAN} AND NOT EXISTS"
        f" (SELECT 1 FROM audit_entries e WHERE e.source = '{source.table}' AND e.source_id = f.id)",
    )


async def orphaned(session: Session, source: Source) -> list[UUID]:
    return await _ids(
        session,
        f"SELECT e.source_id FROM audit_entries e WHERE e.source = '{source.table}'"
        f" AND NOT EXISTS (SELECT 1 FROM {source.table} f WHERE f.id = e.source_id)",
    )


async def altered(session: Session, source: Source) -> list[UUID]:
    """Rows that say something else than was logged of them. Erased leaves say nothing any more."""
    return await _ids(
        session,
        f"SELECT f.id FROM {source.table} f JOIN audit_entries e ON e.source = '{source.table}' AND e.source_id = f.id"
        f" CROSS JOIN LATERAL (SELECT e.payload::jsonb AS p) logged WHERE e.payload IS NOT NULL AND ({source.differs})",
    )


async def gaps(session: Session, table: str, parent: str) -> list[UUID]:
    return await _ids(
        session,
        f"SELECT {parent} FROM {table} GROUP BY {parent} HAVING min(position) <> 1 OR max(position) <> count(*)",
    )


async def decision_inputs(session: Session, since: datetime) -> list[tuple[UUID, str, dict[str, Any]]]:
    """(decision, digest logged, inputs as they are now) of the period."""
    found = await session.execute(
        text(
            "SELECT d.id, e.payload::jsonb -> 'data' ->> 'inputs_sha256', d.inputs FROM review_decisions d"
            " JOIN audit_entries e ON e.source = 'review_decisions' AND e.source_id = d.id"
            " WHERE d.at >= :since AND e.payload IS NOT NULL"
        ),
        {"since": since},
    )
    return [(row, logged, inputs) for row, logged, inputs in found]


async def booked_otherwise(session: Session, since: datetime) -> list[UUID]:
    """Payouts settled in the period of which the books have another sum as paid, or none."""
    return await _ids(
        session,
        "SELECT p.id FROM payouts p LEFT JOIN LATERAL (SELECT sum(e.amount_minor) AS minor FROM ledger_transactions t"
        "  JOIN ledger_entries e ON e.transaction_id = t.id"
        "  WHERE t.kind = 'settled' AND t.source_id = p.id AND e.account = 'bank') booked ON true"
        " WHERE p.status = 'settled' AND p.settled_at >= :since AND booked.minor IS DISTINCT FROM -p.amount_minor",
        since=since,
    )


async def overpaid(session: Session) -> list[str]:
    query = (
        f"SELECT c.number FROM claims c JOIN payouts p ON p.claim_id = c.id AND p.status NOT IN {OVER}"
        f" GROUP BY c.id HAVING sum(p.amount_minor) > coalesce(c.approved_minor, 0) LIMIT {MOST_FINDINGS}"
    )
    return list(await session.scalars(text(query)))


async def paid_without_payout(session: Session) -> list[str]:
    query = (
        "SELECT number FROM claims c WHERE status = 'paid' AND NOT EXISTS"
        f" (SELECT 1 FROM payouts p WHERE p.claim_id = c.id AND p.status = 'settled') LIMIT {MOST_FINDINGS}"
    )
    return list(await session.scalars(text(query)))


async def settled_without_leaf(session: Session) -> list[UUID]:
    return await _ids(
        session,
        f"SELECT p.id FROM payouts p WHERE p.status = 'settled' AND p.settled_at >= {BEGAN} AND NOT EXISTS"
        " (SELECT 1 FROM audit_entries e WHERE e.source = 'payouts' AND e.source_id = p.id)",
    )


async def reveals(session: Session, since: datetime) -> Sequence[Any]:
    """Rows (actor, day, count, no_reason) of accesses to the vault. In whose words the reason is stands with the access."""
    query = (
        "SELECT p ->> 'actor' AS actor, at::date AS day, count(*) AS count,"
        " count(*) FILTER (WHERE coalesce(trim(p -> 'data' ->> 'purpose'), trim(p -> 'data' ->> 'reason'), '') = '') AS no_reason"
        " FROM audit_entries CROSS JOIN LATERAL (SELECT payload::jsonb AS p) logged"
        " WHERE kind = 'vault' AND at >= :since AND payload IS NOT NULL AND p ->> 'what' LIKE '%reveal%'"
        " GROUP BY 1, 2 ORDER BY 3 DESC"
    )
    return (await session.execute(text(query), {"since": since})).all()


async def purposes(session: Session, since: datetime) -> list[tuple[str, str, int]]:
    """(who, what for, how often) of accesses to the vault."""
    query = "SELECT actor, purpose, count(*) FROM vault_accesses WHERE at >= :since GROUP BY 1, 2 ORDER BY 3 DESC"
    return [(row[0], row[1], row[2]) for row in await session.execute(text(query), {"since": since})]


async def sign_in_failures(session: Session, since: datetime) -> Sequence[Any]:
    """Rows (actor, day, count)."""
    query = (
        "SELECT p ->> 'actor' AS actor, at::date AS day, count(*) AS count"
        " FROM audit_entries CROSS JOIN LATERAL (SELECT payload::jsonb AS p) logged"
        " WHERE kind = 'agent' AND at >= :since AND p ->> 'what' = 'agent.sign_in_failed' GROUP BY 1, 2 ORDER BY 3 DESC"
    )
    return (await session.execute(text(query), {"since": since})).all()


async def code_figures(session: Session, since: datetime) -> tuple[int, int, int, int, int]:
    """(issued, passed, failed, decoys) of the period, and conversations locked now."""
    query = (
        "SELECT count(*), count(*) FILTER (WHERE status = 'passed'), count(*) FILTER (WHERE status = 'failed'),"
        " count(*) FILTER (WHERE customer_id IS NULL) FROM code_challenges WHERE issued_at >= :since"
    )
    row = (await session.execute(text(query), {"since": since})).one()
    locked = await session.scalar(
        text("SELECT count(*) FROM identity_sessions WHERE locked_until > :since"), {"since": since}
    )
    return row[0], row[1], row[2], row[3], locked or 0


async def codes_by_country(session: Session, since: datetime) -> list[tuple[str, int, int]]:
    """(country, sent, entered)."""
    query = (
        "SELECT c.country, count(*), count(*) FILTER (WHERE h.status = 'passed') FROM code_challenges h"
        " JOIN customers c ON c.id = h.customer_id WHERE h.issued_at >= :since GROUP BY 1"
    )
    return [(row[0], row[1], row[2]) for row in await session.execute(text(query), {"since": since})]


async def paused_prefixes(session: Session) -> list[tuple[str, int, int]]:
    """(prefix, sent, verified) of number ranges that get no codes until a person has looked."""
    query = "SELECT prefix, sent, verified FROM sms_prefix_pauses WHERE released_at IS NULL ORDER BY paused_at"
    return [(row[0], row[1], row[2]) for row in await session.execute(text(query))]


async def customers_with_many_codes(session: Session, since: datetime, many: int) -> list[tuple[UUID, Any, int]]:
    """(customer, day, codes)."""
    query = (
        "SELECT customer_id, issued_at::date, count(*) FROM code_challenges"
        " WHERE issued_at >= :since AND customer_id IS NOT NULL GROUP BY 1, 2 HAVING count(*) >= :many"
        f" ORDER BY 3 DESC LIMIT {MOST_FINDINGS}"
    )
    return [(row[0], row[1], row[2]) for row in await session.execute(text(query), {"since": since, "many": many})]


async def overdue(session: Session, now: datetime) -> list[tuple[str, datetime, str]]:
    """(number, due, status) of claims without a decision in time, the longest first."""
    query = (
        "SELECT number, due_at, status FROM claims WHERE status IN ('submitted', 'in_review') AND due_at < :now"
        f" ORDER BY due_at LIMIT {MOST_FINDINGS}"
    )
    return [(row[0], row[1], row[2]) for row in await session.execute(text(query), {"now": now})]


async def open_claims(session: Session) -> int:
    query = "SELECT count(*) FROM claims WHERE status IN ('submitted', 'in_review', 'needs_info')"
    return await session.scalar(text(query)) or 0


async def payout_totals(session: Session) -> dict[tuple[bool, str], int]:
    """Of payouts that stand: (settled, currency) and their sum in minor units."""
    found = await session.execute(
        text(
            "SELECT status = 'settled', currency, sum(amount_minor) FROM payouts"
            f" WHERE status NOT IN {OVER} AND status NOT IN ('created', 'held') GROUP BY 1, 2"
        )
    )
    return {(settled, currency): int(minor) for settled, currency, minor in found}


async def owed_and_forgotten(session: Session) -> list[str]:
    """Claims with an amount owed for which no payment waits, and that nobody is asked to look into."""
    query = (
        "SELECT c.number FROM claims c JOIN LATERAL (SELECT -sum(e.amount_minor) AS minor FROM ledger_entries e"
        "  WHERE e.claim_id = c.id AND e.account = 'claims_payable') owed ON true"
        # What was ordered isn't owed any more: another payment that is on its way or has arrived is no answer.
        " JOIN LATERAL (SELECT coalesce(sum(p.amount_minor), 0) AS minor FROM payouts p"
        "  WHERE p.claim_id = c.id AND p.status IN ('created', 'held')) waits ON owed.minor > waits.minor"
        " WHERE c.status NOT IN ('in_review', 'needs_info')"  # a person has it before them
        " AND NOT EXISTS (SELECT 1 FROM payout_exceptions x WHERE x.claim_id = c.id AND x.resolved_at IS NULL)"
        f" LIMIT {MOST_FINDINGS}"
    )
    return list(await session.scalars(text(query)))


async def unowned(session: Session, before: datetime) -> list[tuple[str, str, datetime]]:
    """(kind, source, opened) of exceptions about money that nobody has taken up since before then."""
    query = (
        "SELECT kind, source, opened_at FROM payout_exceptions WHERE resolved_at IS NULL AND owner IS NULL"
        f" AND opened_at < :before ORDER BY opened_at LIMIT {MOST_FINDINGS}"
    )
    return [(row[0], row[1], row[2]) for row in await session.execute(text(query), {"before": before})]
