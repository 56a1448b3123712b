"""The review job."""

from datetime import timedelta
from uuid import UUID

import structlog
from procrastinate import JobContext, RetryStrategy

from backend.claims import repository as claims
from backend.conversations.behind import turns_over
from backend.kit.db import Session
from backend.kit.jobs import Queue, app, enqueue, services_of
from backend.kit.services import Services
from backend.kit.wake import wake
from backend.photos import service as photos
from backend.review import lateness, repository, service

log = structlog.get_logger()
OVERDUE = timedelta(minutes=5)
USUAL_SINCE = timedelta(days=730)


async def enqueue_review(session: Session, claim_id: UUID, task: str = "review.review_claim") -> None:
    await enqueue(session, task, {"claim_id": str(claim_id)}, queue=Queue.REVIEWS, lock=f"claim:{claim_id}")


@app.task(name="review.begin", queue=Queue.REVIEWS.value, pass_context=True, retry=5)
async def begin(context: JobContext, claim_id: str, again: bool = False) -> None:
    """For one release: nothing here adds this job any more, but some of the release before wait at an upgrade, and its web
    goes on adding them beside this worker. `again`: the customer has sent what the rules missed."""
    services = services_of(context)
    async with services.db.transaction() as session:
        await enqueue_review(session, UUID(claim_id), "review.review_again" if again else "review.review_claim")


async def _look_at_photos(session: Session, claim_id: UUID, services: Services) -> None:
    """Those whose own job hasn't run yet; nearly always none."""
    claim = await claims.get(session, claim_id)
    await photos.look_at(session, services.clock(), draft_id=claim.draft_id)


@app.task(
    name="review.review_claim",
    queue=Queue.REVIEWS.value,
    pass_context=True,
    retry=RetryStrategy(max_attempts=10, exponential_wait=2),
)
async def review_claim(context: JobContext, claim_id: str, behind: str | None = None) -> None:
    """`behind`: the conversation that filed it, where the customer reads "filed" before "approved"."""
    services = services_of(context)
    if behind is not None:
        await turns_over(services.db, UUID(behind))
    async with services.db.transaction() as session:
        await _look_at_photos(session, UUID(claim_id), services)
        await service.review_claim(session, UUID(claim_id), services.clock())
    await wake(services.redis, "desk")


@app.task(
    name="review.review_again",
    queue=Queue.REVIEWS.value,
    pass_context=True,
    retry=RetryStrategy(max_attempts=10, exponential_wait=2),
)
async def review_again(context: JobContext, claim_id: str, behind: str | None = None) -> None:
    """The rules have looked at it before, and the customer has sent what they missed.

    `behind`: the conversation it was sent in, where "I've added your photo" is read before what came of it.
    """
    services = services_of(context)
    if behind is not None:
        await turns_over(services.db, UUID(behind))
    async with services.db.transaction() as session:
        await _look_at_photos(session, UUID(claim_id), services)
        await service.review_again(session, UUID(claim_id), services.clock())
    await wake(services.redis, "desk")


@app.periodic(cron="*/5 * * * *")
@app.task(name="review.sweep", queue=Queue.UPKEEP.value, pass_context=True)
async def sweep(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - the engine passes when it was due
    """A claim whose review job was lost or used up its tries is taken up again: none is forgotten."""
    services = services_of(context)
    async with services.db.transaction() as session:
        for claim_id in await repository.unreviewed(session, services.clock() - OVERDUE):
            await enqueue_review(session, claim_id)


@app.periodic(cron="*/10 * * * *")
@app.task(name="review.watch_the_clock", queue=Queue.UPKEEP.value, pass_context=True)
async def watch_the_clock(context: JobContext, timestamp: int) -> None:
    """Warn of claims whose 48 hours run out, each share once: in the log, and at every open desk."""
    services = services_of(context)
    async with services.db.transaction() as session:
        passed = await lateness.warn(session, services.clock())
    for claim_id, percent in passed:
        log.warning("review.late", claim=str(claim_id), percent=percent, timestamp=timestamp)
    if passed:
        await wake(services.redis, "desk")


@app.periodic(cron="41 2 * * *")
@app.task(name="review.usual_amounts", queue=Queue.UPKEEP.value, pass_context=True)
async def usual_amounts(context: JobContext, timestamp: int) -> None:
    """What is usual is worked out at night, so that a review reads one row."""
    services = services_of(context)
    now = services.clock()
    async with services.db.transaction() as session:
        known = await repository.remember_usual_amounts(session, now - USUAL_SINCE, now)
    log.info("review.usual_amounts", products=known, timestamp=timestamp)
