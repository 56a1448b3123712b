"""Gathering what the rules look at, as it is now."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from backend.claims import repository as claims
from backend.claims.models import Claim
from backend.claims.rules import looks_same
from backend.customers import repository as customers
from backend.customers.models import PayoutAccount
from backend.kit.db import Session
from backend.photos import repository as photos
from backend.policies import catalogue
from backend.policies import repository as policies
from backend.policies.rules import covered_since
from backend.review import repository
from backend.review.repository import Other
from backend.review.rules import Facts

A_YEAR, A_QUARTER, A_MONTH = timedelta(days=365), timedelta(days=90), timedelta(days=30)


async def gather(session: Session, claim: Claim) -> Facts:
    """Everything but the anomaly score. Pace is looked back at from when the claim was filed, so asking later changes little;
    what other claims take from the limits is as of now. The policy stays locked: of two claims decided at the same
    moment the second sees what the first was given."""
    policy = await policies.get(session, claim.policy_id, lock=True)
    customer = await customers.get(session, claim.customer_id)
    product = catalogue.product(claim.claim_type)
    facts = Facts(
        claim_type=claim.claim_type,
        currency=claim.currency,
        amount_minor=claim.amount_minor,
        limit_minor=product.limits[claim.currency],
        deductible_minor=product.deductible[claim.currency],
        fast_lane_minor=product.fast_lane_limit[claim.currency],
        waiting_days=product.waiting_days,
        photo_required=product.photo == "required",
        incident_on=claim.incident_on,
        submitted_on=claim.submitted_at.astimezone(ZoneInfo(customer.time_zone)).date(),
        policy_starts_on=covered_since(await policies.terms(session, [policy.number]), policy.starts_on),
        policy_ends_on=policy.ends_on,
        event_limit_minor=product.event_limit.get(claim.currency),
        deductible_year_minor=product.deductible_year.get(claim.currency),
        deductible_taken_minor=await repository.deductibles_taken(session, claim) if product.deductible_year else 0,
        **await _evidence(session, claim),
        **await _payee(session, claim),
        **_history(claim, await repository.others(session, claim)),
    )
    usual = await repository.usual_amount(session, claim.claim_type, claim.currency)
    if usual is None:
        return facts
    return replace(facts, usual_count=usual.count, usual_minor=usual.median_minor, usual_most_minor=usual.most_minor)


async def _evidence(session: Session, claim: Claim) -> dict[str, Any]:
    """The very same file from somebody else is one thing; a photo that only looks the same is for a person to compare."""
    seen = await claims.photos(session, claim.draft_id)
    found = await photos.claims_with_same(session, claim) if seen else []
    return {
        "photos": seen,
        "photos_unreadable": await photos.unreadable(session, claim.draft_id) if seen else 0,
        "photos_declined": False if seen else await repository.photos_declined(session, claim.draft_id),
        "same_photo": tuple(each.number for each in found if not each.own and each.same_file),
        "similar_photo": tuple(each.number for each in found if not each.own and not each.same_file),
        "same_photo_own": tuple(each.number for each in found if each.own),
    }


async def _payee(session: Session, claim: Claim) -> dict[str, Any]:
    accounts = await customers.accounts(session, claim.customer_id)
    account: PayoutAccount | None = next((each for each in accounts if each.current), None)
    changed = await customers.contact_changed_at(session, claim.customer_id, claim.submitted_at)
    return {
        "account_age_days": (claim.submitted_at - account.created_at).days if account else None,
        "account_currency": account.currency if account else None,
        "account_changed": account is not None and any(each.created_at < account.created_at for each in accounts),
        "account_changing": any(not each.current and _newer(each, account) for each in accounts)
        and await customers.account_is_changing(session, claim.customer_id),
        "contact_changed_days": (claim.submitted_at - changed).days if changed else None,
    }


def _newer(other: PayoutAccount, account: PayoutAccount | None) -> bool:
    return account is None or other.created_at > account.created_at


def _history(claim: Claim, others: list[Other]) -> dict[str, Any]:
    """What the customer's other claims say about this one."""
    before = [other for other in others if other.earlier]
    same = [other for other in before if other.claim_type == claim.claim_type]
    event = [other for other in same if _same_event(claim, other)]
    taking = [other for other in others if other.counts and other.policy_id == claim.policy_id]
    return {
        "earlier_minor": sum(other.given_minor for other in taking),
        "event_earlier_minor": sum(o.given_minor for o in taking if o.incident_on == claim.incident_on),
        "same_event": tuple(sorted(other.number for other in event)),
        "claims_30_days": _since(before, claim.submitted_at - A_MONTH),
        "claims_365_days": _since(before, claim.submitted_at - A_YEAR),
        "same_kind_90_days": _since(same, claim.submitted_at - A_QUARTER),
    }


def _since(others: list[Other], start: datetime) -> int:
    return sum(other.submitted_at >= start for other in others)


def _same_event(claim: Claim, other: Other) -> bool:
    """The same day, or the next one and a similar sum: told on another channel, days and sums come out differently."""
    if other.incident_on == claim.incident_on:
        return True
    return looks_same(claim.incident_on, claim.amount_minor, other.incident_on, other.amount_minor)
