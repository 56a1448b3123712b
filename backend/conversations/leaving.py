"""What every reply costs the database: answer, sent, receipt, as in statements.py."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.types.json import Jsonb

from backend.conversations.models import Channel, OutStatus
from backend.conversations.rules import AFTER
from backend.conversations.schemas import News, Receipt
from backend.conversations.statements import ADDRESS, TEXT
from backend.kit.db import Database
from backend.kit.ids import new_id
from backend.kit.jobs import Queue, deferring
from backend.kit.sealing import keyring


def delivery_job(message: str, seconds: str = "0") -> str:
    """SQL that adds the job of a message in so many seconds; `message` is what its row is called."""
    arguments, at = f"jsonb_build_object('message_id', {message}.id::text)", f"now() + make_interval(secs => {seconds})"
    lock = f"'deliver:' || {message}.conversation_id"
    return deferring("conversations.deliver", Queue.DELIVERIES, lock, arguments, at)


# The answer is being sent from here on by this process (`by`), if nothing older waits to be; else a job sends it. Whether
# more waits is asked in an order, so that its index is used: by its reckoning most messages wait, and any will do. A message
# that came while this ran isn't seen that way, but the row of the conversation, waited for, says when the latest came.
ANSWER = f"""
WITH conversation AS (
    SELECT id, channel, address, language, owner, epoch, last_inbound_at FROM conversations
    WHERE id = %(conversation)s FOR UPDATE
), handled AS (
    UPDATE messages SET handled_at = %(now)s FROM conversation
    WHERE messages.id = %(message)s AND messages.handled_at IS NULL RETURNING messages.id, messages.at
), more AS (
    SELECT (SELECT id FROM messages WHERE conversation_id = %(conversation)s AND author = 'customer' AND handled_at IS NULL
            AND id <> %(message)s ORDER BY position LIMIT 1) IS NOT NULL
           OR last_inbound_at IS DISTINCT FROM (SELECT at FROM messages WHERE id = %(message)s) AS waits
    FROM conversation
), freed AS (
    UPDATE conversations
    SET turn = CASE WHEN more.waits OR turn IS DISTINCT FROM %(turn)s::text THEN turn END,
        misunderstood = CASE WHEN handled.id IS NULL OR owner = 'agent' THEN misunderstood
                             WHEN %(misunderstood)s THEN misunderstood + 1 ELSE 0 END
    FROM more LEFT JOIN handled ON true
    WHERE conversations.id = %(conversation)s
), said AS (
    INSERT INTO messages (id, conversation_id, channel, author, kind, text, detail, choices, at, status, attempts, epoch,
                          reply_to)
    SELECT %(reply)s, conversation.id, conversation.channel, 'bot', 'text', %(text)s,
           CASE WHEN %(ask_contact)s AND conversation.channel = 'telegram' THEN '{{"ask_contact": true}}'::jsonb
                ELSE '{{}}'::jsonb END
           || CASE WHEN older.waits THEN '{{}}'::jsonb ELSE jsonb_build_object('by', %(process)s::text) END,
           %(choices)s, %(now)s, CASE WHEN older.waits THEN 'queued' ELSE 'sending' END,
           CASE WHEN older.waits THEN 0 ELSE 1 END, conversation.epoch, handled.id
    FROM conversation, handled, LATERAL (SELECT EXISTS (
        SELECT 1 FROM messages WHERE conversation_id = %(conversation)s AND status IN ('queued', 'sending')
    ) AS waits) older
    WHERE conversation.owner <> 'agent'
    RETURNING id, conversation_id, status, detail
)
SELECT said.status, said.detail ? 'ask_contact' AS ask_contact, conversation.address, conversation.language,
       CASE WHEN said.status = 'queued' THEN {delivery_job("said")} END AS job, more.waits AS more
FROM conversation CROSS JOIN more LEFT JOIN said ON true
"""  # noqa: S608 - put together of constants; values go apart


@dataclass(frozen=True, slots=True)
class Answered:
    """`ours`: the reply is for us to send at once. `more`: another message waits for its turn, under the same lease.

    Nothing is said, and nothing is ours, where a person holds the conversation.
    """

    reply_id: UUID
    ours: bool
    more: bool
    ask_contact: bool
    address: str
    language: str


async def answer(
    db: Database,
    waiting: tuple[UUID, UUID, str],
    text: str,
    choices: tuple[dict[str, str], ...],
    now: datetime,
    *,
    ask_contact: bool,
    misunderstood: bool,
) -> Answered:
    """Mark a message answered and store the reply, unless a person took the conversation meanwhile; end the lease.

    `waiting`: (conversation, message, turn).
    """
    conversation_id, message_id, turn = waiting
    reply_id = new_id()
    row = await db.statement(
        ANSWER,
        {
            "conversation": conversation_id,
            "message": message_id,
            "turn": turn,
            "process": turn.partition(".")[0],
            "reply": reply_id,
            "text": keyring().seal(text.encode(), *TEXT, reply_id),
            "choices": Jsonb(list(choices)),
            "now": now,
            "ask_contact": ask_contact,
            "misunderstood": misunderstood,
        },
    )
    ours = row.status == OutStatus.SENDING
    address = keyring().open(row.address, *ADDRESS, conversation_id).decode()
    return Answered(reply_id, ours, row.more, bool(row.ask_contact), address, row.language)


SENT = """
UPDATE messages
SET provider_message_id = %(provider_id)s, status = CASE status WHEN 'sending' THEN 'sent' ELSE status END,
    detail = detail - '{sealed,by}'::text[]
WHERE id = %(message)s
"""


async def sent(db: Database, message_id: UUID, provider_id: str) -> None:
    """Note that a message has left. Of a secret nothing stays."""
    await db.statement(SENT, {"message": message_id, "provider_id": provider_id})


# By our id where the provider gives it back: that finds a message whose id there we are yet to learn, or never will.
RECEIPTS = """
WITH news AS (
    SELECT * FROM unnest(%(provider_ids)s::text[], %(messages)s::uuid[], %(statuses)s::text[], %(errors)s::text[])
        AS news (provider_id, message, status, error)
), found AS (
    SELECT messages.id, news.* FROM news
    JOIN messages ON messages.channel = %(channel)s AND messages.id = coalesce(news.message, (
        SELECT id FROM messages sent WHERE sent.channel = %(channel)s AND sent.provider_message_id = news.provider_id
    ))
    ORDER BY messages.id FOR UPDATE OF messages
), moved AS (
    UPDATE messages
    SET status = found.status, error = found.error, detail = (messages.detail || %(detail)s) - '{sealed,by}'::text[],
        provider_message_id = coalesce(messages.provider_message_id, found.provider_id)
    FROM found WHERE messages.id = found.id AND (%(before)s::jsonb -> found.status) ? messages.status
    RETURNING found.provider_id
)
SELECT array(SELECT provider_id FROM found) AS known, array(SELECT provider_id FROM moved) AS moved
"""
BEFORE = {status.value: [before.value for before, may in AFTER.items() if status in may] for status in OutStatus}


async def receipts(db: Database, channel: Channel, said: Sequence[Receipt], now: datetime) -> dict[str, News]:
    """Move sent messages on by what their provider says, never back; by the provider's id, what was news.

    `said`: one of each message.
    """
    row = await db.statement(
        RECEIPTS,
        {
            "channel": channel.value,
            "provider_ids": [each.provider_message_id for each in said],
            "messages": [each.message_id for each in said],
            "statuses": [each.status.value for each in said],
            "errors": [each.error for each in said],
            "detail": Jsonb({"status_at": now.isoformat()}),
            "before": Jsonb(BEFORE),
        },
    )
    known, moved = set(row.known), set(row.moved)
    return {
        each.provider_message_id: News.MOVED
        if each.provider_message_id in moved
        else News.NONE
        if each.provider_message_id in known
        else News.UNKNOWN
        for each in said
    }


LATER = f"""
WITH left_to_it AS (
    UPDATE messages SET detail = detail - 'by' WHERE id = %(message)s AND status = 'sending' RETURNING id, conversation_id
)
SELECT {delivery_job("left_to_it", "%(seconds)s::float")} AS job FROM left_to_it
"""  # noqa: S608 - put together of constants; values go apart


async def deliver_later(db: Database, message_id: UUID, seconds: float) -> None:
    """Have a job send in so many seconds what we were to send."""
    await db.statement(LATER, {"message": message_id, "seconds": seconds})
