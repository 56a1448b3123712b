"""What every message costs the database: five statements, each one round trip and a transaction by itself.

Receive, begin, answer, sent, receipt. They say in SQL what `service` says with the mapper for everything rarer; each may
be repeated without harm. docs/decisions/0011 tells what it saves.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from psycopg.types.json import Jsonb

from backend.conversations.models import Channel, OutStatus, Owner
from backend.conversations.rules import AFTER, COUNTED_OVER
from backend.conversations.schemas import Inbound, News, Receipt
from backend.customers.service import Person
from backend.kit.db import Database
from backend.kit.ids import new_id
from backend.kit.jobs import Queue, deferring
from backend.kit.sealing import address_lookup, keyring

ADDRESS, TEXT = ("conversations", "address"), ("messages", "text")  # sealed here as models.py does
# Longer than a provider is waited for (channels/*/send.py), so that nobody sends what is being sent.
SEND_AGAIN_AFTER = "60 seconds"

_TURN = deferring(
    "conversations.turn",
    Queue.TURNS,
    "'turn:' || conversation_id",
    "jsonb_build_object('conversation_id', conversation_id::text)",
)
RECEIVE = f"""
WITH conversation AS (
    INSERT INTO conversations (id, channel, address, address_lookup, language, language_chosen, journey, owner, epoch, misunderstood,
                               created_at, last_inbound_at, busy_until)
    VALUES (%(conversation)s, %(channel)s, %(address)s, %(lookup)s, %(language)s, false, 1, 'bot', 0, 0, %(now)s, %(now)s,
            %(now)s + %(share)s)
    ON CONFLICT (channel, address_lookup) DO UPDATE SET last_inbound_at = excluded.last_inbound_at,
        busy_until = least(greatest(conversations.busy_until, %(now)s) + %(share)s, %(now)s + %(hour)s + %(share)s)
    RETURNING id, busy_until > %(now)s + %(hour)s AS over
), message AS (
    INSERT INTO messages (id, conversation_id, channel, author, kind, text, detail, choices, provider_message_id, at,
                          attempts, epoch)
    SELECT %(message)s, id, %(channel)s, 'customer', %(kind)s, %(text)s,
           CASE WHEN over THEN %(detail)s || jsonb_build_object('over', true) ELSE %(detail)s END, '[]', %(provider_id)s, %(now)s, 0, 0
    FROM conversation
    ON CONFLICT (channel, provider_message_id) DO NOTHING
    RETURNING conversation_id
)
SELECT {_TURN} FROM message
"""  # noqa: S608 - put together of constants; values go apart


async def receive(db: Database, inbound: Inbound, text: str, language: str, now: datetime, share: timedelta) -> bool:
    """Store a message of which nothing is withheld, with its turn. False for a duplicate. `share`: rules.share_of."""
    conversation_id, message_id, keys = new_id(), new_id(), keyring()
    row = await db.statement(
        RECEIVE,
        {
            "conversation": conversation_id,
            "channel": inbound.channel.value,
            "address": keys.seal(inbound.address.encode(), *ADDRESS, conversation_id),
            "lookup": address_lookup(inbound.address),
            "language": language,
            "message": message_id,
            "kind": inbound.kind.value,
            "text": keys.seal(text.encode(), *TEXT, message_id),
            "detail": Jsonb({**inbound.detail, "media": [ref.model_dump() for ref in inbound.media]}),
            "provider_id": inbound.provider_message_id,
            "now": now,
            "share": share,
            "hour": COUNTED_OVER,
        },
    )
    return row is not None


# A text that no code is in is stamped at once with the tracker it is put to: a turn that starts again asks there first
# what became of it.
BEGIN = """
WITH waiting AS (
    SELECT id, kind, text, detail,
           detail ->> 'carrier_word' AS carrier_word,
           kind = 'text' AND detail ->> 'carrier_word' IS DISTINCT FROM 'stop' AND NOT detail ?| '{code,code_passed}' AND coalesce(jsonb_array_length(detail -> 'media'), 0) = 0 AS plain
    FROM messages
    WHERE conversation_id = %(conversation)s AND author = 'customer' AND handled_at IS NULL
    ORDER BY position LIMIT 1
), stamped AS (
    UPDATE messages
    SET detail = messages.detail || jsonb_build_object('sender', conversations.id::text || '.' || conversations.journey)
    FROM waiting, conversations
    WHERE messages.id = waiting.id AND conversations.id = %(conversation)s AND conversations.owner <> 'agent'
      AND waiting.plain AND NOT waiting.detail ? 'sender'
)
SELECT waiting.id, waiting.text, waiting.detail ->> 'sender' AS sender, waiting.plain, waiting.carrier_word,
       waiting.detail ? 'over' AS over,
       conversation.channel, conversation.address, conversation.language, conversation.language_chosen,
       conversation.journey, conversation.owner, conversation.epoch, conversation.opted_out_at IS NOT NULL AS opted_out,
       session.customer_id AS known_customer, customer.id AS customer, customer.language AS customer_language,
       customer.time_zone, customer.currency, customer.country,
       said.id AS said, said.choices, latest.asks
FROM waiting
JOIN conversations conversation ON conversation.id = %(conversation)s
LEFT JOIN identity_sessions session ON session.conversation_id = conversation.id
LEFT JOIN customers customer ON CASE WHEN session.customer_id IS NOT NULL THEN customer.id = session.customer_id
                                     ELSE conversation.channel = 'sms' AND customer.phone_lookup = conversation.address_lookup END
LEFT JOIN LATERAL (
    SELECT id, choices FROM messages
    WHERE conversation_id = conversation.id AND author = 'bot' ORDER BY position DESC LIMIT 1
) said ON true
LEFT JOIN LATERAL (
    SELECT detail ->> 'asks' AS asks FROM messages
    WHERE conversation_id = conversation.id AND author <> 'customer' ORDER BY position DESC LIMIT 1
) latest ON true
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """The oldest unanswered message, and what a turn must know of its conversation.

    `plain`: words and nothing else, to be put to the bot. `over`: it came after as many as a chat may send (overflow.py). `customer` may be recognised by the number and not yet be
    `known_customer`. `choices` are those of the bot's latest message; `spoken` whether there is one. `asks`: the number of
    a claim that the last thing said to them asks something for. `carrier_word`: stop, start or help, where the message is
    nothing else and the carrier acts on it, too.
    """

    message_id: UUID
    conversation_id: UUID
    text: str
    plain: bool
    over: bool
    carrier_word: str | None
    opted_out: bool
    asked_before: bool
    sender: str
    channel: Channel
    address: str
    language: str
    language_chosen: bool
    owner: Owner
    epoch: int
    known_customer: UUID | None
    customer: Person | None
    spoken: bool
    choices: list[dict[str, str]]
    asks: str | None


async def begin(db: Database, conversation_id: UUID) -> Waiting | None:
    """None where nothing waits."""
    row = await db.statement(BEGIN, {"conversation": conversation_id})
    if row is None:
        return None
    person = Person(row.customer, row.customer_language, row.time_zone, row.currency, row.country)
    return Waiting(
        message_id=row.id,
        conversation_id=conversation_id,
        text=keyring().open(row.text, *TEXT, row.id).decode(),
        plain=row.plain,
        over=row.over,
        carrier_word=row.carrier_word,
        opted_out=row.opted_out,
        asked_before=row.sender is not None,
        sender=row.sender or f"{conversation_id}.{row.journey}",
        channel=Channel(row.channel),
        address=keyring().open(row.address, *ADDRESS, conversation_id).decode(),
        language=row.language,
        language_chosen=row.language_chosen,
        owner=Owner(row.owner),
        epoch=row.epoch,
        known_customer=row.known_customer,
        customer=person if row.customer is not None else None,
        spoken=row.said is not None,
        choices=row.choices or [],
        asks=row.asks,
    )


# The answer is being sent from here on, if nothing older waits to be; the job sends it should we die before it is noted.
# Whether more waits is asked in an order, so that its index is used: by its reckoning most messages wait, and any will do.
_DELIVERY = deferring(
    "conversations.deliver",
    Queue.DELIVERIES,
    "'deliver:' || said.conversation_id",
    "jsonb_build_object('message_id', said.id::text)",
    f"CASE WHEN said.status = 'sending' THEN now() + interval '{SEND_AGAIN_AFTER}' END",
)
ANSWER = f"""
WITH conversation AS (
    SELECT id, channel, address, language, owner, epoch FROM conversations WHERE id = %(conversation)s FOR UPDATE
), handled AS (
    UPDATE messages SET handled_at = %(now)s FROM conversation
    WHERE messages.id = %(message)s AND messages.handled_at IS NULL RETURNING messages.id
), counted AS (
    UPDATE conversations SET misunderstood = CASE WHEN %(misunderstood)s THEN misunderstood + 1 ELSE 0 END
    FROM handled
    WHERE conversations.id = %(conversation)s AND owner <> 'agent' AND (%(misunderstood)s OR misunderstood <> 0)
), said AS (
    INSERT INTO messages (id, conversation_id, channel, author, kind, text, detail, choices, at, status, attempts, epoch,
                          reply_to)
    SELECT %(reply)s, conversation.id, conversation.channel, 'bot', 'text', %(text)s,
           CASE WHEN %(ask_contact)s AND conversation.channel = 'telegram' THEN '{{"ask_contact": true}}'::jsonb
                ELSE '{{}}'::jsonb END,
           %(choices)s, %(now)s, CASE WHEN older.waits THEN 'queued' ELSE 'sending' END,
           CASE WHEN older.waits THEN 0 ELSE 1 END, conversation.epoch, handled.id
    FROM conversation, handled, LATERAL (SELECT EXISTS (
        SELECT 1 FROM messages WHERE conversation_id = %(conversation)s AND status IN ('queued', 'sending')
    ) AS waits) older
    WHERE conversation.owner <> 'agent'
    RETURNING id, conversation_id, status, detail
)
SELECT said.status, said.detail ? 'ask_contact' AS ask_contact, conversation.address, conversation.language,
       CASE WHEN said.id IS NOT NULL THEN {_DELIVERY} END AS job,
       (SELECT id FROM messages WHERE conversation_id = %(conversation)s AND author = 'customer' AND handled_at IS NULL
        AND id <> %(message)s ORDER BY position LIMIT 1) IS NOT NULL AS more
FROM conversation LEFT JOIN said ON true
"""  # noqa: S608 - put together of constants; values go apart


@dataclass(frozen=True, slots=True)
class Answered:
    """`job`: what delivers the reply; None where nothing was said, because a person holds the conversation.

    `ours`: it is for us to send at once. `more`: another message waits for its turn.
    """

    reply_id: UUID
    ours: bool
    job: int | None
    more: bool
    ask_contact: bool
    address: str
    language: str


async def answer(
    db: Database,
    conversation_id: UUID,
    message_id: UUID,
    text: str,
    choices: tuple[dict[str, str], ...],
    now: datetime,
    *,
    ask_contact: bool,
    misunderstood: bool,
) -> Answered:
    """Mark a message answered and store the reply, unless a person took the conversation meanwhile."""
    reply_id = new_id()
    row = await db.statement(
        ANSWER,
        {
            "conversation": conversation_id,
            "message": message_id,
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
    return Answered(reply_id, ours, row.job, row.more, bool(row.ask_contact), address, row.language)


SENT = """
UPDATE messages
SET provider_message_id = %(provider_id)s, status = CASE status WHEN 'sending' THEN 'sent' ELSE status END,
    detail = detail - 'sealed'
WHERE id = %(message)s
RETURNING CASE WHEN %(job)s::bigint IS NOT NULL THEN procrastinate_cancel_job_v1(%(job)s, false, true) END
"""


async def sent(db: Database, message_id: UUID, provider_id: str, job: int | None) -> None:
    """Note that a message has left, and drop the `job` that would have sent it. Of a secret nothing stays."""
    await db.statement(SENT, {"message": message_id, "provider_id": provider_id, "job": job})


RECEIPT = """
WITH found AS (
    SELECT id FROM messages WHERE channel = %(channel)s AND provider_message_id = %(provider_id)s
), moved AS (
    UPDATE messages SET status = %(status)s, error = %(error)s, detail = messages.detail || %(detail)s
    FROM found WHERE messages.id = found.id AND messages.status = ANY(%(before)s)
    RETURNING messages.id
)
SELECT EXISTS (SELECT 1 FROM found) AS known, EXISTS (SELECT 1 FROM moved) AS moved
"""


async def receipt(db: Database, said: Receipt, now: datetime) -> News:
    row = await db.statement(
        RECEIPT,
        {
            "channel": said.channel.value,
            "provider_id": said.provider_message_id,
            "status": said.status.value,
            "error": said.error,
            "detail": Jsonb({"status_at": now.isoformat()}),
            "before": [status.value for status, may in AFTER.items() if said.status in may],
        },
    )
    if not row.known:
        return News.UNKNOWN
    return News.MOVED if row.moved else News.NONE


RESCHEDULE = """
UPDATE procrastinate_jobs SET scheduled_at = now() + make_interval(secs => %(seconds)s)
WHERE id = %(job)s AND status = 'todo'
"""


async def reschedule(db: Database, job: int, seconds: float) -> None:
    """Have a job that waits run in so many seconds."""
    await db.statement(RESCHEDULE, {"job": job, "seconds": seconds})


HURRY = """
WITH due AS (
    UPDATE procrastinate_jobs SET scheduled_at = now()
    WHERE lock = 'deliver:' || %(conversation)s AND status = 'todo' AND scheduled_at > now() RETURNING id
)
SELECT count(*) AS hurried FROM due
"""


async def hurry_deliveries(db: Database, conversation_id: UUID) -> int:
    """Have sent now what a worker that died was sending; how many."""
    row = await db.statement(HURRY, {"conversation": str(conversation_id)})
    return int(row.hurried)
