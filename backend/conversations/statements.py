"""What every message costs the database on its way in; leaving.py has the way out.

Receive, which begins the turn; begin, where a turn goes on or a job has it. Each is one round trip and a transaction by
itself, says in SQL what `service` says with the mapper for everything rarer, and may be repeated without harm.
docs/decisions/0011 tells what it saves, 0026 who answers.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from backend.conversations.models import Channel, Kind, Owner
from backend.conversations.rules import COUNTED_OVER
from backend.conversations.schemas import Inbound
from backend.customers.service import Person
from backend.kit.db import Database
from backend.kit.ids import new_id
from backend.kit.jobs import Queue, deferring
from backend.kit.processes import is_dead
from backend.kit.sealing import address_lookup, keyring

ADDRESS, TEXT = ("conversations", "address"), ("messages", "text")  # sealed here as models.py does
# Longer than any turn may take (at_once.py): whoever holds one for this long has lost it.
TURN_LOST_AFTER = "2 minutes"


def turn_job(row: str) -> str:
    """SQL that adds the job of a turn; `row` is what has the `conversation_id`."""
    arguments = f"jsonb_build_object('conversation_id', {row}.conversation_id::text)"
    return deferring("conversations.turn", Queue.TURNS, f"'turn:' || {row}.conversation_id", arguments)


def busy(now: str, share: str, hour: str) -> str:
    """SQL of how far into time a chat is busy with one message more (rules.share_of), of its row and what is given in SQL."""
    return f"least(greatest(conversations.busy_until, {now}) + {share}, {now} + {hour} + {share})"


# Nobody is answering in a conversation, or nobody who is still there.
FREE = f"""(turn IS NULL OR turn_at < now() - interval '{TURN_LOST_AFTER}' OR {is_dead("split_part(turn, '.', 1)")})"""
# What a turn must know beside its message; `conversation` is the row of one.
FACTS = """
       conversation.channel, conversation.address, conversation.language, conversation.language_chosen,
       conversation.journey, conversation.owner, conversation.epoch, conversation.opted_out_at IS NOT NULL AS opted_out,
       session.customer_id AS known_customer, customer.id AS customer, customer.language AS customer_language,
       customer.time_zone, customer.currency, customer.country,
       said.at AS said_at, said.choices, latest.asks
"""
FROM = """
LEFT JOIN identity_sessions session ON session.conversation_id = conversation.id
LEFT JOIN customers customer ON CASE WHEN session.customer_id IS NOT NULL THEN customer.id = session.customer_id
                                     ELSE conversation.channel = 'sms' AND customer.phone_lookup = conversation.address_lookup END
LEFT JOIN LATERAL (
    SELECT at, choices FROM messages
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
    `known_customer`. `choices` are those of the bot's latest message, and `said_at` is when it was said. `asks`: the number of
    a claim that the last thing said to them asks something for. `carrier_word`: stop, start or help, where the message is
    nothing else and the carrier acts on it, too. `turn`: the lease that this is answered under.
    """

    message_id: UUID
    conversation_id: UUID
    turn: str
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
    said_at: datetime | None
    choices: list[dict[str, str]]
    asks: str | None


def _facts(row: Any) -> dict[str, Any]:
    """What `FACTS` found, as Waiting has it."""
    person = Person(row.customer, row.customer_language, row.time_zone, row.currency, row.country)
    return {
        "over": row.over,
        "opted_out": row.opted_out,
        "channel": Channel(row.channel),
        "language": row.language,
        "language_chosen": row.language_chosen,
        "owner": Owner(row.owner),
        "epoch": row.epoch,
        "known_customer": row.known_customer,
        "customer": person if row.customer is not None else None,
        "said_at": row.said_at,
        "choices": row.choices or [],
        "asks": row.asks,
    }


# The turn begins with the message where nobody answers yet; without a `turn` a job has it. A text that no code is in is
# stamped with the tracker it is put to: a turn that starts again asks there first what became of it.
RECEIVE = f"""
WITH conversation AS (
    INSERT INTO conversations (id, channel, address, address_lookup, language, language_chosen, journey, owner, epoch, misunderstood,
                               created_at, last_inbound_at, busy_until, turn, turn_at)
    VALUES (%(conversation)s, %(channel)s, %(address)s, %(lookup)s, %(language)s, false, 1, 'bot', 0, 0, %(now)s, %(now)s,
            %(now)s + %(share)s, %(turn)s::text, now())
    ON CONFLICT (channel, address_lookup) DO UPDATE
    SET last_inbound_at = excluded.last_inbound_at,
        busy_until = {busy("%(now)s", "%(share)s", "%(hour)s")},
        turn = coalesce(conversations.turn, excluded.turn),
        turn_at = CASE WHEN conversations.turn IS NULL THEN excluded.turn_at ELSE conversations.turn_at END
    RETURNING *, busy_until > %(now)s + %(hour)s AS over
), older AS (
    SELECT EXISTS (
        SELECT 1 FROM messages
        WHERE conversation_id = (SELECT id FROM conversation) AND author = 'customer' AND handled_at IS NULL
    ) AS waits
), message AS (
    INSERT INTO messages (id, conversation_id, channel, author, kind, text, detail, choices, provider_message_id, at,
                          attempts, epoch)
    SELECT %(message)s, id, %(channel)s, 'customer', %(kind)s, %(text)s,
           CASE WHEN %(plain)s AND turn = %(turn)s::text AND NOT older.waits AND owner <> 'agent'
                THEN %(detail)s::jsonb || jsonb_build_object('sender', id::text || '.' || journey) ELSE %(detail)s::jsonb END
           || CASE WHEN over THEN '{{"over": true}}'::jsonb ELSE '{{}}'::jsonb END,
           '[]', %(provider_id)s, %(now)s, 0, 0
    FROM conversation, older
    ON CONFLICT (channel, provider_message_id) DO NOTHING
    RETURNING id, conversation_id
)
SELECT conversation.id, message.id IS NOT NULL AS stored, coalesce(conversation.turn = %(turn)s::text, false) AS ours, older.waits,
       conversation.over,
       CASE WHEN %(turn)s::text IS NULL AND message.id IS NOT NULL THEN {turn_job("message")} END AS job,
{FACTS}
FROM conversation CROSS JOIN older LEFT JOIN message ON true
{FROM}
"""  # noqa: S608 - put together of constants; values go apart


@dataclass(frozen=True, slots=True)
class Begun:
    """A turn that is ours. `waiting` is None where an older message is to be answered first."""

    conversation_id: UUID
    turn: str
    waiting: Waiting | None


@dataclass(frozen=True, slots=True)
class Arrived:
    """`new`: not a duplicate. `begun`: the turn to go on with, where it is for us to answer."""

    new: bool
    begun: Begun | None = None


async def receive(
    db: Database, inbound: Inbound, text: str, language: str, now: datetime, share: timedelta, turn: str | None
) -> Arrived:
    """Store a message of which nothing is withheld, and begin its turn under the lease `turn`; None leaves it to a job.

    `share`: rules.share_of.
    """
    conversation_id, message_id, keys = new_id(), new_id(), keyring()
    carrier_word = inbound.detail.get("carrier_word")
    plain = inbound.kind is Kind.TEXT and carrier_word != "stop" and not inbound.media
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
            "plain": plain,
            "turn": turn,
        },
    )
    if turn is None or not row.ours:
        return Arrived(row.stored)
    if not row.stored:
        await release(db, row.id, turn)
        return Arrived(new=False)
    if row.waits:
        return Arrived(new=True, begun=Begun(row.id, turn, None))
    waiting = Waiting(
        message_id=message_id,
        conversation_id=row.id,
        turn=turn,
        text=text,
        plain=plain,
        carrier_word=carrier_word,
        asked_before=False,
        sender=f"{row.id}.{row.journey}",
        address=inbound.address,
        **_facts(row),
    )
    return Arrived(new=True, begun=Begun(row.id, turn, waiting))


BEGIN = f"""
WITH conversation AS (
    UPDATE conversations SET turn = %(turn)s::text, turn_at = now()
    WHERE id = %(conversation)s AND (turn = %(turn)s::text OR {FREE}) AND EXISTS (
        SELECT 1 FROM messages WHERE conversation_id = %(conversation)s AND author = 'customer' AND handled_at IS NULL
    )
    RETURNING *
), waiting AS (
    SELECT id, kind, text, detail,
           detail ->> 'carrier_word' AS carrier_word,
           kind = 'text' AND detail ->> 'carrier_word' IS DISTINCT FROM 'stop' AND NOT detail ?| '{{code,code_passed}}' AND coalesce(jsonb_array_length(detail -> 'media'), 0) = 0 AS plain
    FROM messages
    WHERE conversation_id = %(conversation)s AND author = 'customer' AND handled_at IS NULL
    ORDER BY position LIMIT 1
), stamped AS (
    UPDATE messages
    SET detail = messages.detail || jsonb_build_object('sender', conversation.id::text || '.' || conversation.journey)
    FROM waiting, conversation
    WHERE messages.id = waiting.id AND conversation.owner <> 'agent' AND waiting.plain AND NOT waiting.detail ? 'sender'
)
SELECT waiting.id, waiting.text, waiting.detail ->> 'sender' AS sender, waiting.plain, waiting.carrier_word,
       waiting.detail ? 'over' AS over,
{FACTS}
FROM waiting CROSS JOIN conversation
{FROM}
"""  # noqa: S608 - put together of constants; values go apart


async def begin(db: Database, conversation_id: UUID, turn: str) -> Waiting | None:
    """The oldest message that waits, to be answered under the lease `turn`; None where none does or somebody else has it."""
    row = await db.statement(BEGIN, {"conversation": conversation_id, "turn": turn})
    if row is None:
        return None
    return Waiting(
        message_id=row.id,
        conversation_id=conversation_id,
        turn=turn,
        text=keyring().open(row.text, *TEXT, row.id).decode(),
        plain=row.plain,
        carrier_word=row.carrier_word,
        asked_before=row.sender is not None,
        sender=row.sender or f"{conversation_id}.{row.journey}",
        address=keyring().open(row.address, *ADDRESS, conversation_id).decode(),
        **_facts(row),
    )


HOLD = f"""
UPDATE conversations SET turn = %(turn)s::text, turn_at = now()
WHERE id = %(conversation)s AND (turn = %(turn)s::text OR {FREE}) RETURNING id
"""  # noqa: S608 - put together of constants; values go apart


async def hold(db: Database, conversation_id: UUID, turn: str) -> bool:
    """Take the lease for what the bot says of its own accord; False where somebody else has it."""
    return await db.statement(HOLD, {"conversation": conversation_id, "turn": turn}) is not None


RELEASE = "UPDATE conversations SET turn = NULL WHERE id = %(conversation)s AND turn = %(turn)s::text"


async def release(db: Database, conversation_id: UUID, turn: str) -> None:
    """Let go of a lease; nothing where it is somebody else's by now."""
    await db.statement(RELEASE, {"conversation": conversation_id, "turn": turn})


TO_A_JOB = f"""
WITH freed AS (
    UPDATE conversations SET turn = NULL WHERE id = %(conversation)s AND turn = %(turn)s::text RETURNING id AS conversation_id
)
SELECT {turn_job("freed")} AS job FROM freed
"""  # noqa: S608 - put together of constants; values go apart


async def leave_to_a_job(db: Database, conversation_id: UUID, turn: str) -> None:
    """Let go of a lease, and have a job go on with what waits."""
    await db.statement(TO_A_JOB, {"conversation": conversation_id, "turn": turn})


WAITS = """
SELECT id FROM messages
WHERE conversation_id = %(conversation)s AND author = 'customer' AND handled_at IS NULL ORDER BY position LIMIT 1
"""


async def waits(db: Database, conversation_id: UUID) -> bool:
    """Whether a message is unanswered."""
    return await db.statement(WAITS, {"conversation": conversation_id}) is not None
