"""The review job."""

from datetime import timedelta
from uuid import UUID

from procrastinate import JobContext, RetryStrategy

from backend.kit.db import Session
from backend.kit.jobs import Queue, app, enqueue
from backend.kit.services import Services
from backend.kit.wake import wake
from backend.review import repository, service

OVERDUE = timedelta(minutes=5)


@app.task(name="review.begin", queue=Queue.REVIEWS.value, pass_context=True, retry=5)
async def begin(context: JobContext, claim_id: str, again: bool = False) -> None:
    """Runs behind the turn that filed the claim (same lock); the review itself holds up no conversation.

    `again`: the rules have looked at it before, and the customer has sent what they missed.
    """
    services: Services = context.additional_context["services"]
    async with services.db.transaction() as session:
        await enqueue_review(session, UUID(claim_id), "review.review_again" if again else "review.review_claim")


async def enqueue_review(session: Session, claim_id: UUID, task: str = "review.review_claim") -> None:
    await enqueue(session, task, {"claim_id": str(claim_id)}, queue=Queue.REVIEWS, lock=f"claim:{claim_id}")


@app.task(
    name="review.review_claim",
    queue=Queue.REVIEWS.value,
    pass_context=True,
    retry=RetryStrategy(max_attempts=10, exponential_wait=2),
)
async def review_claim(context: JobContext, claim_id: str) -> None:
    services: Services = context.additional_context["services"]
    async with services.db.transaction() as session:
        await service.review_claim(session, UUID(claim_id), services.clock())
    await wake(services.redis, "desk")


@app.task(
    name="review.review_again",
    queue=Queue.REVIEWS.value,
    pass_context=True,
    retry=RetryStrategy(max_attempts=10, exponential_wait=2),
)
async def review_again(context: JobContext, claim_id: str) -> None:
    services: Services = context.additional_context["services"]
    async with services.db.transaction() as session:
        await service.review_again(session, UUID(claim_id), services.clock())
    await wake(services.redis, "desk")


@app.periodic(cron="*/5 * * * *")
@app.task(name="review.sweep", queue=Queue.UPKEEP.value, pass_context=True)
async def sweep(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - the engine passes when it was due
    """A claim whose review job was lost or used up its tries is taken up again: none is forgotten."""
    services: Services = context.additional_context["services"]
    async with services.db.transaction() as session:
        for claim_id in await repository.unreviewed(session, services.clock() - OVERDUE):
            await enqueue_review(session, claim_id)
