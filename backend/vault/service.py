"""Secrets in, tokens out; and back again only for a named purpose, by name, with a reason, on the record."""

import secrets
from datetime import datetime
from uuid import UUID

from backend.audit import service as audit
from backend.kit.db import Session
from backend.kit.ids import new_id
from backend.kit.sealing import keyring
from backend.vault import repository
from backend.vault.errors import NoSuchSecret, ReasonNeeded
from backend.vault.models import Purpose, VaultAccess, VaultItem
from backend.vault.rules import Found, Secret, mask_numbers, recognise, replace

# No digit-only reference, nothing that spells a word: "#k3x9" can't be taken for an amount or read as an insult.
LETTERS, FIGURES = "bcdfghjkmnpqrstvwxz", "23456789"
SHORTEST_REASON = 8
TRIES = 20


async def withhold(session: Session, conversation_id: UUID, text: str, now: datetime) -> str:
    """`text` with each account, card and national id number kept in the vault and a token in its place.

    Of codes nothing is kept. The same number twice in a conversation has the same token.
    """
    found = recognise(text)
    stand_ins = {}
    for each in found:
        if each.kind is not Secret.CODE and each.value not in stand_ins:
            stand_ins[each.value] = (await keep(session, conversation_id, each, now)).token
    return replace(text, found, lambda each: stand_ins.get(each.value, each.masked))


async def keep(session: Session, conversation_id: UUID, found: Found, now: datetime) -> VaultItem:
    """The conversation's item with this value, made if there is none."""
    digest = keyring().lookup(f"vault|{conversation_id}", f"{found.kind.value}:{found.value}")
    known = await repository.by_digest(session, conversation_id, digest)
    if known is not None:
        return known
    item = VaultItem(
        conversation_id=conversation_id,
        ref=await _unused_ref(session, conversation_id),
        kind=found.kind,
        last_four=found.value[-4:],
        digest=digest,
        value=found.value,
        created_at=now,
    )
    session.add(item)
    await session.flush()
    return item


async def _unused_ref(session: Session, conversation_id: UUID) -> str:
    for _ in range(TRIES):
        ref = "".join(secrets.choice(which) for which in (LETTERS, FIGURES, LETTERS, FIGURES))
        if await repository.by_ref(session, conversation_id, ref) is None:
            return ref
    return "".join(secrets.choice(LETTERS) for _ in range(12))


async def kept(session: Session, conversation_id: UUID) -> list[VaultItem]:
    """What a conversation's tokens stand for, oldest first; the value itself is for `reveal` alone."""
    return await repository.items(session, conversation_id)


async def reveal(
    session: Session, conversation_id: UUID, ref: str, actor: str, purpose: Purpose, reason: str, now: datetime
) -> str:
    """The number behind a token, and who looked, for what and why, for ever. Raises NoSuchSecret, ReasonNeeded."""
    if len(reason.strip()) < SHORTEST_REASON:
        raise ReasonNeeded(field="reason", limit=SHORTEST_REASON)
    item = await repository.by_ref(session, conversation_id, ref)
    if item is None:
        raise NoSuchSecret
    access = VaultAccess(
        id=new_id(), item_id=item.id, actor=actor, purpose=purpose, reason=reason.strip()[:500], at=now
    )
    session.add(access)
    audit.record(
        session,
        audit.Event(
            audit.Kind.VAULT,
            "vault.revealed",
            actor,
            conversation_id,
            now,
            {"purpose": purpose.value, "reason": mask_numbers(access.reason), "item": item.id, "of": item.kind.value},
            "vault_accesses",
            access.id,
        ),
    )
    await session.flush()
    return item.value
