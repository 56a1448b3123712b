"""Queries about agents."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update

from backend.agents.models import Agent
from backend.kit.db import Session


async def by_username(session: Session, username: str) -> Agent | None:
    found = await session.scalars(select(Agent).where(Agent.username == username))
    return found.one_or_none()


async def get(session: Session, agent_id: UUID) -> Agent | None:
    return await session.get(Agent, agent_id)


async def everyone(session: Session) -> list[Agent]:
    return list(await session.scalars(select(Agent).order_by(Agent.username)))


async def note_seen(session: Session, agent_id: UUID, now: datetime, unless_since: datetime) -> None:
    await session.execute(
        update(Agent)
        .where(Agent.id == agent_id, func.coalesce(Agent.seen_at, unless_since) <= unless_since)
        .values(seen_at=now)
        .execution_options(synchronize_session=False)
    )


async def note_still_seen(session: Session, agent_id: UUID, now: datetime) -> None:
    await session.execute(
        update(Agent)
        .where(Agent.id == agent_id, Agent.seen_at.is_not(None))
        .values(seen_at=now)
        .execution_options(synchronize_session=False)
    )


async def seen_after(session: Session, since: datetime) -> bool:
    """Whether anybody who works here was at the desk after that."""
    found = await session.scalars(select(Agent.id).where(Agent.ended_at.is_(None), Agent.seen_at > since).limit(1))
    return found.first() is not None


async def use_step(session: Session, agent_id: UUID, step: int) -> bool:
    """Use up a step of the app; False where it, or a later one, was used before. One statement: no race."""
    done = await session.execute(
        update(Agent)
        .where(Agent.id == agent_id, func.coalesce(Agent.last_step, -1) < step)
        .values(last_step=step)
        .returning(Agent.id)
    )
    return done.first() is not None
