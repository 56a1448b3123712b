"""A person takes over, and hands back. Who holds a conversation changes only here, by compare-and-set on its epoch."""

from datetime import datetime
from typing import Any
from uuid import UUID

from backend.agents import service as agents
from backend.audit import service as audit
from backend.claims import repository as claims
from backend.conversations import repository as conversations
from backend.conversations import service as messages
from backend.conversations.models import Author, Conversation, Message, OutStatus, Owner
from backend.conversations.ports import UNKNOWN
from backend.conversations.texts import words
from backend.handoff import repository
from backend.handoff.errors import AlreadyTaken, NewMessage, NotYours, StillAnswered
from backend.handoff.models import Handoff, HandoffStatus
from backend.handoff.rules import Held, may_take_over, waits_too_long
from backend.handoff.schemas import ClaimLine, CustomerContext, HandoffPlace, Line, PolicyLine, QueueItem
from backend.identity import service as identity
from backend.kit.db import Session
from backend.kit.errors import Invalid
from backend.kit.ids import new_id
from backend.kit.jobs import Queue, enqueue
from backend.kit.money import Money, plain_words
from backend.policies import catalogue
from backend.policies import repository as policies
from backend.policies.rules import worth_showing
from backend.training.rules import FLAG

MAX_REPLY = 1500
EMERGENCY = "emergency"
PUT_BACK = "put_back"  # of the message that says so


async def request(
    session: Session, conversation_id: UUID, reason: str, now: datetime, *, text: str | None = None
) -> HandoffPlace:
    """Put a conversation in the queue. Asking again keeps its place; danger is seen whatever it was asked for before."""
    conversation = await conversations.locked(session, conversation_id)
    handoff = await repository.open_for(session, conversation_id)
    if handoff is None:
        handoff = Handoff(
            id=new_id(),
            conversation_id=conversation_id,
            reason=reason,
            summary=await _summary(session, conversation, text, now),
            requested_at=now,
        )
        session.add(handoff)
        _log(session, "handoff.requested", "customer", handoff, now, reason=reason)
        conversation.owner = Owner.QUEUED
        conversation.epoch += 1
        await session.flush()
    elif reason == EMERGENCY:
        await _alarm(session, conversation, handoff, text, now)
    place = await repository.waiting_before(session, handoff) + 1
    return HandoffPlace(position=place, open=await agents.anybody_at_desk(session, now))


async def _alarm(
    session: Session, conversation: Conversation, handoff: Handoff, text: str | None, now: datetime
) -> None:
    """Seen at the top of everybody's list, also where a person holds it, until they answer."""
    held = handoff.status is HandoffStatus.TAKEN
    known = handoff.alarmed_at is not None if held else handoff.reason == EMERGENCY
    if known:
        return
    if held:  # what it was taken for stays
        handoff.alarmed_at = now
    else:
        handoff.reason = EMERGENCY
    handoff.summary = await _summary(session, conversation, text, now)
    _log(session, "handoff.urgent", "customer", handoff, now)


async def waits_for(session: Session, conversation_id: UUID) -> str | None:
    """The reason why a conversation is in the queue or with a person; None where it isn't."""
    handoff = await repository.open_for(session, conversation_id)
    return handoff.reason if handoff is not None else None


async def _summary(session: Session, conversation: Conversation, text: str | None, now: datetime) -> str:
    """What an agent should know before reading a word: who, what is being told, and the customer's last words."""
    proof = await identity.proof(session, conversation.id, now)
    parts = [f"{proof.customer.name}, level {proof.level.value}" if proof.customer else "Unknown customer"]
    draft = await claims.open_draft(session, conversation.id)
    if draft is not None and draft.claim_type:
        known = [catalogue.product(draft.claim_type).names["en"]]
        known += [f"on {draft.incident_on.isoformat()}"] if draft.incident_on else []
        if draft.amount_minor:
            minor = draft.amount_minor
            known += [Money(draft.currency, minor).words("en") if draft.currency else plain_words(minor)]
        parts.append("filing a claim: " + ", ".join(known))
    last = text or await _last_words(session, conversation.id)
    if last:
        parts.append(f"“{last[:160]}”")
    return " · ".join(parts)


async def _last_words(session: Session, conversation_id: UUID) -> str:
    thread = await conversations.thread(session, conversation_id, 0, limit=10)
    theirs = (messages.readable(m) for m in reversed(thread) if m.author is Author.CUSTOMER)
    return next((text for text in theirs if text), "")


async def queue(session: Session) -> list[QueueItem]:
    return [
        QueueItem(
            handoff.id,
            conversation.id,
            conversation.channel.value,
            conversation.language,
            handoff.reason,
            handoff.summary,
            handoff.status.value,
            handoff.agent_id,
            agent.name if agent else None,
            handoff.requested_at,
            customer.name if customer else None,
            conversation.epoch,
            Held(handoff.waiting_since, handoff.alarmed_at, agent.seen_at if agent else None),
        )
        for handoff, conversation, agent, customer in await repository.queue(session)
    ]


async def take(session: Session, handoff_id: UUID, agent_id: UUID, now: datetime) -> Handoff:
    """From now on the bot is silent. Raises AlreadyTaken where a colleague was faster."""
    handoff, conversation = await _locked(session, handoff_id)
    if handoff.status is HandoffStatus.TAKEN and handoff.agent_id == agent_id:
        return handoff
    if handoff.status is not HandoffStatus.QUEUED:
        raise AlreadyTaken
    _log(session, "handoff.taken", f"agent:{agent_id}", handoff, now)
    _give(handoff, conversation, agent_id, now)
    return handoff


async def take_over(
    session: Session, handoff_id: UUID, agent_id: UUID, epoch: int, now: datetime, *, supervises: bool
) -> Handoff:
    """From a colleague who doesn't answer or isn't there; by a supervisor from anybody. `epoch` is what was seen of it.

    Raises AlreadyTaken where it has changed hands since, StillAnswered where its agent is there and has answered.
    """
    handoff, conversation = await _locked(session, handoff_id)
    if handoff.status is not HandoffStatus.TAKEN or conversation.epoch != epoch:
        raise AlreadyTaken
    if handoff.agent_id == agent_id:
        return handoff
    if not may_take_over(await _held(session, handoff), now, supervises=supervises):
        raise StillAnswered
    _log(session, "handoff.taken_over", f"agent:{agent_id}", handoff, now, held_by=handoff.agent_id)
    _give(handoff, conversation, agent_id, now)
    return handoff


async def _locked(session: Session, handoff_id: UUID) -> tuple[Handoff, Conversation]:
    """Both rows, the conversation first, as everybody locks them. Raises NotFound."""
    conversation = await conversations.locked(session, await repository.conversation_of(session, handoff_id))
    return await repository.get(session, handoff_id), conversation


def _give(handoff: Handoff, conversation: Conversation, agent_id: UUID, now: datetime) -> None:
    handoff.status, handoff.agent_id = HandoffStatus.TAKEN, agent_id
    handoff.taken_at = handoff.waiting_since = now
    handoff.alarmed_at = now if handoff.alarmed_at is not None else None  # at the top still, and time to answer
    conversation.owner = Owner.AGENT
    conversation.epoch += 1


async def _held(session: Session, handoff: Handoff) -> Held:
    agent = await agents.find(session, handoff.agent_id) if handoff.agent_id else None
    return Held(handoff.waiting_since, handoff.alarmed_at, agent.seen_at if agent else None)


async def customer_waits(session: Session, conversation_id: UUID, since: datetime) -> None:
    """The customer has written to the person who holds the conversation."""
    handoff = await repository.open_for(session, conversation_id)
    if handoff is not None and handoff.status is HandoffStatus.TAKEN and handoff.waiting_since is None:
        handoff.waiting_since = since


async def reply(
    session: Session, conversation_id: UUID, agent_id: UUID, text: str, now: datetime, after_position: int
) -> Message:
    """Write to the customer. `after_position` is the last line the agent has seen.

    Raises NotYours, NewMessage where the customer has written since, Invalid for an empty or over-long text.
    """
    text = text.strip()
    if not text or len(text) > MAX_REPLY:
        raise Invalid(field="text", limit=MAX_REPLY)
    conversation = await conversations.locked(session, conversation_id)
    handoff = await repository.open_for(session, conversation_id)
    if handoff is None or handoff.status is not HandoffStatus.TAKEN or handoff.agent_id != agent_id:
        raise NotYours
    if await conversations.customer_wrote_since(session, conversation_id, after_position):
        raise NewMessage(since=after_position)
    message = await messages.say(session, conversation, text, Author.AGENT, now, detail={"agent": str(agent_id)})
    handoff.waiting_since = handoff.alarmed_at = None
    _log(session, "handoff.replied", f"agent:{agent_id}", handoff, now, message=message.id)
    return message


async def hand_back(session: Session, handoff_id: UUID, agent_id: UUID, now: datetime, note: str = "") -> None:
    """The bot goes on where it was: the customer is told, and the open question comes back."""
    handoff, conversation = await _locked(session, handoff_id)
    if handoff.status is not HandoffStatus.TAKEN or handoff.agent_id != agent_id:
        raise NotYours
    handoff.status, handoff.ended_at = HandoffStatus.HANDED_BACK, now
    handoff.waiting_since = handoff.alarmed_at = None
    _log(session, "handoff.handed_back", f"agent:{agent_id}", handoff, now)
    await identity.report_settled(session, conversation.id, f"agent:{agent_id}", now)
    handoff.summary = f"{handoff.summary} · {note.strip()[:500]}" if note.strip() else handoff.summary
    conversation.owner = Owner.BOT
    conversation.epoch += 1
    await messages.say(session, conversation, words("handed_back", conversation.language), Author.SYSTEM, now)
    await enqueue(
        session,
        "conversations.resume",
        {"conversation_id": str(conversation.id), "epoch": conversation.epoch},
        queue=Queue.TURNS,
        lock=f"turn:{conversation.id}",
    )


async def give_up(session: Session, agent_id: UUID, by: str, now: datetime) -> int:
    """Put back into the queue, at their old places, the conversations of somebody who won't go on; how many."""
    count = 0
    for each in await repository.taken(session, by=agent_id):
        handoff, conversation = await _locked(session, each.id)
        if handoff.status is HandoffStatus.TAKEN and handoff.agent_id == agent_id:
            _requeue(session, handoff, conversation, by, now)
            count += 1
    return count


async def unanswered(session: Session, now: datetime) -> list[UUID]:
    """The hand-offs that are to be put back."""
    held = await repository.taken(session)
    return [each.id for each in held if waits_too_long(await _held(session, each), now)]


async def put_back(session: Session, handoff_id: UUID, now: datetime) -> UUID | None:
    """Let anybody answer what its agent has not, and say so once; whose conversation it is, None where they have meanwhile."""
    handoff, conversation = await _locked(session, handoff_id)
    await _heed_answer(session, handoff)
    if handoff.status is not HandoffStatus.TAKEN or not waits_too_long(await _held(session, handoff), now):
        return None
    _requeue(session, handoff, conversation, "clock", now)
    if not await conversations.told_since(session, conversation.id, PUT_BACK, handoff.requested_at):
        text = words(PUT_BACK, conversation.language)
        await messages.say(session, conversation, text, Author.SYSTEM, now, detail={PUT_BACK: True})
    return conversation.id


async def _heed_answer(session: Session, handoff: Handoff) -> None:
    """What an agent has answered doesn't wait, whichever release's desk they wrote at: the one before notes no waiting."""
    answer = await conversations.last_of_agent(session, handoff.conversation_id)
    if answer is None:
        return
    if handoff.waiting_since is not None and answer.at > handoff.waiting_since:
        after = await conversations.first_of_customer(session, handoff.conversation_id, answer.position)
        handoff.waiting_since = after.at if after is not None else None
    if handoff.alarmed_at is not None and answer.at > handoff.alarmed_at:
        handoff.alarmed_at = None


def _requeue(session: Session, handoff: Handoff, conversation: Conversation, by: str, now: datetime) -> None:
    """At its old place. The bot answers until somebody takes it."""
    _log(session, "handoff.given_up", by, handoff, now, held_by=handoff.agent_id)
    handoff.status, handoff.agent_id, handoff.taken_at = HandoffStatus.QUEUED, None, None
    if handoff.alarmed_at is not None:
        handoff.reason = EMERGENCY
    handoff.waiting_since = handoff.alarmed_at = None
    conversation.owner = Owner.QUEUED
    conversation.epoch += 1


def _log(session: Session, what: str, actor: str, handoff: Handoff, now: datetime, **data: Any) -> None:
    """Who held the conversation, and that something was said; never what."""
    where, row = handoff.conversation_id, handoff.id
    audit.record(session, audit.Event(audit.Kind.AGENT, what, actor, where, now, data, "handoffs", row))


async def thread(session: Session, conversation_id: UUID, after_position: int = 0) -> list[Line]:
    found = await conversations.thread(session, conversation_id, after_position)
    media = await conversations.media_of(session, [message.id for message in found])
    return [_line(message, tuple(media.get(message.id, ()))) for message in found]


def _line(message: Message, media_ids: tuple[UUID, ...]) -> Line:
    text = messages.readable(message)
    kind = message.kind.value if message.kind.value != "unsupported" else str(message.detail.get("what", "other"))
    return Line(
        message.position,
        message.author.value,
        (text or "").replace("{secret}", "••••••"),
        kind if text is not None else "unreadable",
        message.at,
        _status(message),
        media_ids,
        tuple(choice["title"] for choice in message.choices),
        FLAG in message.detail,
    )


def _status(message: Message) -> str | None:
    """Of a message of ours; `unconfirmed` where it may have arrived, and nobody knows."""
    if message.status is OutStatus.FAILED and message.error == UNKNOWN:
        return "unconfirmed"
    return message.status.value if message.status else None


async def context(session: Session, conversation_id: UUID, now: datetime) -> CustomerContext:
    conversation = await conversations.get(session, conversation_id)
    proof = await identity.proof(session, conversation_id, now)
    draft = await claims.open_draft(session, conversation_id)
    customer = proof.customer
    held = worth_showing(await policies.of_customer(session, customer.id) if customer else [], now.date())
    filed = await claims.of_customer(session, customer.id) if customer else []
    return CustomerContext(
        name=customer.name if customer else None,
        phone=identity.mask_phone(customer.phone) if customer else None,
        language=conversation.language,
        channel=conversation.channel.value,
        level=proof.level.value,
        policies=tuple(PolicyLine(p.number, p.product, p.starts_on, p.ends_on, p.currency) for p in held),
        claims=tuple(
            [
                ClaimLine(
                    claim.id,
                    claim.number,
                    claim.claim_type,
                    claim.status.value,
                    claim.amount.words("en"),
                    claim.submitted_at,
                    claim.lane.value if claim.lane else None,
                    tuple((event.at, event.kind, event.actor) for event in await claims.timeline(session, claim.id)),
                )
                for claim in filed
            ]
        ),
        draft={
            "claim_type": draft.claim_type,
            "incident_on": draft.incident_on,
            "amount": Money(draft.currency, draft.amount_minor).words("en")
            if draft.currency and draft.amount_minor is not None
            else None,
            "description": draft.description,
        }
        if draft
        else None,
    )


async def media(session: Session, media_id: UUID) -> tuple[str, bytes]:
    found = await conversations.media(session, media_id)
    return found.content_type, found.content
