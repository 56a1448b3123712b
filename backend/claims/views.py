"""Claims and drafts put into words, for actions and the desk."""

from collections.abc import Sequence

from backend.claims.drafts import Here, Told, still_missing
from backend.claims.models import Claim, ClaimStatus
from backend.claims.operations import Operation
from backend.claims.rules import Problem
from backend.claims.schemas import ClaimBrief, ClaimView, DraftView, OperationView, ProblemView
from backend.customers.models import Customer
from backend.identity.rules import Level
from backend.kit.money import Money, plain_words
from backend.kit.words import LANGUAGES, date_words, moment_words
from backend.policies import catalogue

# What happens next, for each status, in the customer's words. {due} is when, by the 48-hour promise.
NEXT_STEP: dict[ClaimStatus, dict[str, str]] = {
    ClaimStatus.SUBMITTED: {
        "en": "We're checking it now and will write to you here, by {due} at the latest.",
        "zh": "我们正在审核，最晚{due}前会在这里告诉您结果。",
    },
    ClaimStatus.IN_REVIEW: {
        "en": "A colleague is looking at it and will decide by {due}. We'll write to you here.",
        "zh": "同事正在处理，{due}前会有结果，我们会在这里通知您。",
    },
    ClaimStatus.NEEDS_INFO: {
        "en": "We've asked you for something more to go on. You can send it right here.",
        "zh": "我们还在等您补充的资料，直接发到这里就行。",
    },
    ClaimStatus.APPROVED: {"en": "The payment is being prepared.", "zh": "正在准备付款。"},
    ClaimStatus.PARTLY_APPROVED: {"en": "The payment is being prepared.", "zh": "正在准备付款。"},
    ClaimStatus.DENIED: {
        "en": "If you disagree, tell us why and another colleague will look at it.",
        "zh": "如果您不同意，请告诉我们原因，会由另一位同事重新审核。",
    },
    ClaimStatus.PAYING: {"en": "The money is on its way to you.", "zh": "赔款正在付给您。"},
    ClaimStatus.PAID: {"en": "The money has been paid out.", "zh": "赔款已经付出。"},
    ClaimStatus.CLOSED: {"en": "There is nothing left to do.", "zh": "已经办结，您不用再做什么。"},
    ClaimStatus.WITHDRAWN: {"en": "It was withdrawn.", "zh": "已撤回。"},
    ClaimStatus.DUPLICATE: {"en": "It is handled with your earlier claim.", "zh": "与您之前的理赔一并处理。"},
}
# The same in a few words, for lists.
STATE: dict[ClaimStatus, dict[str, str]] = {
    ClaimStatus.SUBMITTED: {"en": "being checked", "zh": "审核中"},
    ClaimStatus.IN_REVIEW: {"en": "with a colleague", "zh": "同事审核中"},
    ClaimStatus.NEEDS_INFO: {"en": "waiting for you", "zh": "等您补充资料"},
    ClaimStatus.APPROVED: {"en": "approved", "zh": "已通过"},
    ClaimStatus.PARTLY_APPROVED: {"en": "approved in part", "zh": "部分通过"},
    ClaimStatus.DENIED: {"en": "turned down", "zh": "未通过"},
    ClaimStatus.PAYING: {"en": "being paid", "zh": "付款中"},
    ClaimStatus.PAID: {"en": "paid", "zh": "已付款"},
    ClaimStatus.CLOSED: {"en": "closed", "zh": "已办结"},
    ClaimStatus.WITHDRAWN: {"en": "taken back", "zh": "已撤回"},
    ClaimStatus.DUPLICATE: {"en": "handled with another", "zh": "并案处理"},
}


def both(money: Money) -> dict[str, str]:
    return {language: money.words(language) for language in LANGUAGES}


def draft_view(draft: Told, problems: list[Problem], here: Here) -> DraftView:
    product = catalogue.find(draft.claim_type) if draft.claim_type else None
    currency = draft.currency or (here.customer.currency if here.customer else None)
    amount_text = None
    if draft.amount_minor is not None:
        minor = draft.amount_minor
        amount_text = both(Money(currency, minor)) if currency else dict.fromkeys(LANGUAGES, plain_words(minor))
    return DraftView(
        claim_type=draft.claim_type,
        incident_on=draft.incident_on,
        amount_minor=draft.amount_minor,
        currency=currency,
        description=draft.description,
        photos=draft.photos,
        photo_rule=product.photo if product else None,
        missing=still_missing(draft, draft.photos),
        problems=[ProblemView(code=p.code, field=p.field, params=p.params) for p in problems],
        amount_text=amount_text,
        date_text=date_words(draft.incident_on) if draft.incident_on else None,
        product_name=product.names if product else None,
        known_customer=here.level >= Level.RECOGNISED,
        today=here.today,
    )


def brief(claim: Claim, *, amounts: bool = True) -> ClaimBrief:
    """`amounts` False for a conversation below level 2."""
    return ClaimBrief(
        number=claim.number,
        claim_type=claim.claim_type,
        product_name=catalogue.product(claim.claim_type).names,
        amount_text=both(claim.amount) if amounts else None,
        state=STATE[claim.status],
        status=claim.status,
    )


def operation_view(found: Operation, customer: Customer, *, amounts: bool = True) -> OperationView:
    claim = found.claim
    return OperationView(
        claim=brief(claim, amounts=amounts) if claim else None,
        choices=[brief(choice, amounts=amounts) for choice in found.choices],
        done=found.done,
        due_at_text=moment_words(claim.due_at, customer.time_zone) if claim else None,
        photos=found.photos,
    )


def claim_view(
    claim: Claim, customer: Customer, reasons: list[dict[str, str]], others: Sequence[Claim] = ()
) -> ClaimView:
    due = moment_words(claim.due_at, customer.time_zone)
    return ClaimView(
        number=claim.number,
        claim_type=claim.claim_type,
        product_name=catalogue.product(claim.claim_type).names,
        status=claim.status,
        state=STATE[claim.status],
        amount_text=both(claim.amount),
        approved_text=both(claim.approved) if claim.approved else None,
        due_at_text=due,
        reasons=reasons,
        next={language: NEXT_STEP[claim.status][language].format(due=due[language]) for language in LANGUAGES},
        others=[brief(other) for other in others],
    )
