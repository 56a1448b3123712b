"""What a customer may do with a claim that is filed: add to it, take it back, disagree with what was decided."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend.claims import repository, rules
from backend.claims.errors import ClaimNotFound, NoClaims, NoneFits, TooLate
from backend.claims.models import Appeal, Claim, ClaimStatus, Lane
from backend.claims.schemas import InformationGiven, PhotosFor, Which
from backend.claims.service import close_appeal, move, reopen
from backend.customers.models import Customer
from backend.kit.db import Session
from backend.kit.ids import read_number
from backend.kit.jobs import Queue, enqueue
from backend.ledger import service as ledger
from backend.notices import service as notices
from backend.payouts import repository as payouts
from backend.review import repository as reviews
from backend.review.models import Outcome

TAKES_WORDS = frozenset({ClaimStatus.NEEDS_INFO, ClaimStatus.IN_REVIEW})


@dataclass(frozen=True, slots=True)
class Operation:
    """`claim` is the one meant, once it is clear; else `choices` are those it may be. `done`: nothing is lacking."""

    claim: Claim | None
    choices: tuple[Claim, ...] = ()
    done: bool = False
    photos: int = 0


async def choose(
    session: Session, customer: Customer, which: Which, fits: Collection[ClaimStatus], first: ClaimStatus | None = None
) -> Operation:
    """The customer's claim that is meant, among those in a status that `fits`; those in `first` go before the others.

    Raises NoClaims, ClaimNotFound, NoneFits, TooLate.
    """
    if which.number is not None:
        canonical = read_number("CL", which.number)
        claim = await repository.by_number(session, customer.id, canonical) if canonical else None
        if claim is None:
            raise ClaimNotFound(number=which.number[:20])
        if claim.status not in fits:
            raise TooLate(number=claim.number, status=claim.status.value)
        return Operation(claim)
    filed = await repository.of_customer(session, customer.id)
    if not filed:
        raise NoClaims
    found = [claim for claim in filed if claim.status in fits]
    if which.product is not None:
        found = [claim for claim in found if claim.claim_type == which.product] or found
    found = [claim for claim in found if claim.status is first] or found
    if not found:
        latest = filed[0]
        raise NoneFits(number=latest.number, status=latest.status.value)
    return Operation(found[0]) if len(found) == 1 else Operation(None, tuple(found))


async def withdraw(
    session: Session, customer: Customer, conversation_id: UUID, which: Which, now: datetime, *, confirmed: bool
) -> Operation:
    """Take a claim back once the customer has named it and said that they are sure; asked again, the same answer.

    Raises as `choose` does.
    """
    try:
        chosen = await choose(session, customer, which, rules.UNDECIDED)
    except TooLate as late:
        if late.params["status"] != ClaimStatus.WITHDRAWN:
            raise
        return Operation(await repository.by_number(session, customer.id, str(late.params["number"])), done=True)
    if chosen.claim is None or which.number is None or not confirmed:
        return chosen
    claim = await repository.get(session, chosen.claim.id, lock=True)
    if claim.status not in rules.UNDECIDED or await payouts.ordered_for_claim(session, claim.id):
        raise TooLate(number=claim.number, status=claim.status.value)
    await close_appeal(session, claim, now)
    await ledger.release(session, claim.id, claim.currency, now)
    await move(session, claim, ClaimStatus.WITHDRAWN, "customer", {"conversation": str(conversation_id)}, now)
    if claim.conversation_id != conversation_id:
        await notices.claim_withdrawn(session, claim, now)  # where it was filed they should know of it, too
    return Operation(claim, done=True)


async def appeal(session: Session, customer: Customer, which: Which, words: str | None, now: datetime) -> Operation:
    """Have another person look at a decision. Done once the customer's reason is known; more words add to it.

    Raises as `choose` does.
    """
    reopened = await _appealed(session, customer, which)
    chosen = reopened or await choose(session, customer, which, rules.APPEALABLE, ClaimStatus.DENIED)
    if chosen.claim is None:
        return chosen
    words = (words or "").strip()
    if not words:
        return Operation(chosen.claim, done=reopened is not None)
    claim = await repository.get(session, chosen.claim.id, lock=True)
    standing = await repository.open_appeal(session, claim.id)
    if standing is not None:
        if words not in standing.words:
            standing.words = f"{standing.words}\n{words}"[: rules.MAX_DESCRIPTION * 2]
            await repository.record(
                session, claim.id, "appeal_explained", "customer", {"appeal": str(standing.id)}, now
            )
        return Operation(claim, done=True)
    decision = await reviews.latest_verdict(session, claim.id)
    if decision is None or claim.status not in rules.APPEALABLE:
        raise TooLate(number=claim.number, status=claim.status.value)
    by_person = decision.decided_by.startswith("agent:")
    opened = Appeal(
        claim_id=claim.id,
        decision_id=decision.id,
        words=words[: rules.MAX_DESCRIPTION],
        not_by=decision.decided_by if by_person else None,
        opened_at=now,
    )
    session.add(opened)
    await session.flush()
    await repository.record(session, claim.id, "appealed", "customer", {"appeal": str(opened.id)}, now)
    if claim.status in rules.REOPENED_AT_ONCE:
        await reopen(session, claim, now)
    return Operation(claim, done=True)


async def _appealed(session: Session, customer: Customer, which: Which) -> Operation | None:
    """The claim that is being looked at again already: said twice, an appeal is one."""
    claims = await repository.under_appeal(session, customer.id)
    canonical = read_number("CL", which.number) if which.number else None
    found = [claim for claim in claims if canonical is None or claim.number == canonical]
    return Operation(found[0]) if len(found) == 1 else None


async def place_photos(
    session: Session, customer: Customer, conversation_id: UUID, wanted: PhotosFor, now: datetime
) -> Operation:
    """Put photos that wait in a conversation to a filed claim, and have it looked at again where they were missing.

    Photos sent in a row go where the first one went. `photos` 0: the claim is clear, and none has come yet.
    Raises as `choose` does.
    """
    photos = await repository.loose_photos(session, conversation_id, wanted.message_id, now - rules.LOOSE_PHOTOS)
    same = None
    if wanted.number is None and wanted.product is None and not wanted.asked:
        same = await repository.just_added_to(session, conversation_id, now - rules.PHOTOS_TOGETHER)
    if same is not None and same.status in rules.UNDECIDED:
        chosen = Operation(same)
    else:
        chosen = await choose(session, customer, wanted, rules.UNDECIDED, ClaimStatus.NEEDS_INFO)
    if chosen.claim is None or not photos:
        return Operation(chosen.claim, chosen.choices, photos=0)
    claim = await repository.get(session, chosen.claim.id, lock=True)
    for photo in photos:
        await repository.bring_over(session, claim.draft_id, photo, now)
    await repository.record(session, claim.id, "documents_added", "customer", {"photos": len(photos)}, now)
    await _look_again(session, claim, conversation_id, now)
    return Operation(claim, done=True, photos=len(photos))


async def add_information(
    session: Session, customer: Customer, conversation_id: UUID, given: InformationGiven, now: datetime
) -> Operation:
    """Put what a customer writes to a claim that waits for it, and have a person look at it; or to the one just filed.

    Written in several messages, what comes after the first is added, too. Raises as `choose` does.
    """
    if given.lately:
        chosen = Operation(await filed_lately(session, customer, conversation_id, given, now))
        if chosen.claim is not None and chosen.claim.status not in rules.UNDECIDED:
            raise TooLate(number=chosen.claim.number, status=chosen.claim.status.value)
    else:
        chosen = await choose(session, customer, given, TAKES_WORDS, ClaimStatus.NEEDS_INFO)
    if chosen.claim is None:
        return chosen
    claim = await repository.get(session, chosen.claim.id, lock=True)
    words = given.words.strip()
    if words and words not in claim.description:
        told = f"{claim.description}\n+ {words}"
        claim.description = told[: rules.MAX_DESCRIPTION * 2]
        await repository.record(session, claim.id, "information_given", "customer", {"characters": len(words)}, now)
    if claim.status is ClaimStatus.NEEDS_INFO:
        claim.lane, claim.due_at = Lane.ADJUSTER, rules.due(now)
        await move(session, claim, ClaimStatus.IN_REVIEW, "customer", {"why": "information_given"}, now)
    return Operation(claim, done=True)


async def filed_lately(
    session: Session, customer: Customer | None, conversation_id: UUID, which: Which, now: datetime
) -> Claim:
    """The claim that the conversation has just filed. Raises NoClaims."""
    since = now - rules.FILED_LATELY
    claim = await repository.filed_lately(session, customer.id, conversation_id, since) if customer else None
    if claim is None or which.product not in {None, claim.claim_type}:
        raise NoClaims
    return claim


async def _look_again(session: Session, claim: Claim, conversation_id: UUID, now: datetime) -> None:
    """By whoever was waiting for it: the person who asked, or the rules that missed a photo."""
    decision = await reviews.latest_decision(session, claim.id)
    if decision is None:
        return
    by_rules = decision.decided_by == "rules"
    missed = any(reason["code"] in {"photo_missing", "photo_declined"} for reason in decision.reasons)
    if by_rules and (decision.outcome is Outcome.ASK or (missed and claim.status is ClaimStatus.IN_REVIEW)):
        arguments = {"claim_id": str(claim.id), "behind": str(conversation_id)}
        await enqueue(session, "review.review_again", arguments, queue=Queue.REVIEWS, lock=f"claim:{claim.id}")
    elif claim.status is ClaimStatus.NEEDS_INFO:
        claim.due_at = rules.due(now)
        await move(session, claim, ClaimStatus.IN_REVIEW, "customer", {"why": "documents_added"}, now)
