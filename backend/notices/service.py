"""Proactive messages: each goes where the customer filed, in the language of that conversation."""

from datetime import datetime
from typing import Any
from uuid import UUID

from backend.claims.models import Claim, ClaimStatus
from backend.conversations import repository as conversations
from backend.conversations import service as messages
from backend.conversations.models import Author, Conversation, OutStatus
from backend.customers import repository as customers
from backend.customers.models import ChangeKind, Customer
from backend.identity.rules import BY_OWN_CODE, CODE_LIFE, LINK_LIFE, Operation
from backend.kit.db import Session
from backend.kit.money import Money
from backend.kit.settings import Settings
from backend.kit.words import moment_words
from backend.notices.texts import ASKED_FOR, DEDUCTIBLE, words

NOWHERE = ""  # the number that messages are written to which must cost what a real one costs, and reach nobody


async def send_code(
    session: Session,
    settings: Settings,
    customer: Customer | None,
    challenge_id: UUID,
    code: str,
    purpose: Operation,
    about: dict[str, Any] | None,
    now: datetime,
) -> None:
    """A one-time code, always by SMS to the phone on file, whichever channel asked for it.

    It says what it is for: one that changes where money goes says so, and one for money names amount and account.
    `customer` None: the same statements are run, for a message that leads nowhere.
    """
    phone, language = (customer.phone, customer.language) if customer else (NOWHERE, "en")
    conversation = await messages.conversation_for_phone(session, phone, language, now)
    params: dict[str, Any] = {"minutes": int(CODE_LIFE.total_seconds() // 60)}
    key = "payee_code" if purpose in BY_OWN_CODE else "code"
    if about is not None:
        key = "money_code"
        amount = Money(str(about["currency"]), int(about["minor"])).words(conversation.language)
        params |= {"amount": amount, "account": f"••{about['last_four']}"}
    text = words(key, conversation.language, **params)
    detail, status = {"challenge": str(challenge_id)}, OutStatus.QUEUED if customer else OutStatus.SUPPRESSED
    await messages.say_secret(session, settings, conversation, text, code, now, detail=detail, status=status)


async def send_link(
    session: Session, settings: Settings, conversation: Conversation, key: str, url: str, now: datetime
) -> None:
    """A one-time link, to the chat it was asked for in; known to nobody else."""
    minutes = int(LINK_LIFE.total_seconds() // 60)
    await messages.say_secret(
        session, settings, conversation, words(key, conversation.language, minutes=minutes), url, now
    )


async def claim_moved(session: Session, claim: Claim, reasons: list[dict[str, Any]], now: datetime) -> None:
    """Tell of a decision. `reasons` are the decision's; what made a claim go to a person isn't the customer's to know."""
    conversation = await conversations.get(session, claim.conversation_id)
    customer = await customers.get(session, claim.customer_id)
    language = conversation.language
    params: dict[str, Any] = {
        "number": claim.number,
        "amount": claim.amount.words(language),
        "approved": claim.approved.words(language) if claim.approved else "",
        "due": moment_words(claim.due_at, customer.time_zone)[language],
        "deductible": "",
        "reason": _reason(reasons, language),
    }
    taken = next((reason for reason in reasons if reason["code"] == "deductible_applied"), None)
    if claim.status is ClaimStatus.APPROVED and taken is not None:
        deductible = Money(claim.currency, int(taken["deductible_minor"])).words(language)
        params["deductible"] = DEDUCTIBLE[language].format(amount=params["amount"], deductible=deductible)
    # What is asked for is an open question: the next words in this conversation may well answer it.
    detail = {"asks": claim.number} if claim.status is ClaimStatus.NEEDS_INFO else None
    text = words(claim.status.value, language, **params)
    await messages.say(session, conversation, text, Author.SYSTEM, now, detail=detail)


def _reason(reasons: list[dict[str, Any]], language: str) -> str:
    """A person's words, or what the rules ask for; empty, or with a space after it."""
    said = next((str(reason["text"]) + " " for reason in reasons if reason.get("text")), "")
    return said or next((ASKED_FOR[each["code"]][language] for each in reasons if each["code"] in ASKED_FOR), "")


async def answer_missing(
    session: Session, claim: Claim, reasons: list[dict[str, Any]], day: dict[str, str], now: datetime
) -> None:
    """What the decision asked for hasn't come. `day`: until when it is waited for, in both languages."""
    conversation = await conversations.get(session, claim.conversation_id)
    language = conversation.language
    params = {"number": claim.number, "reason": _reason(reasons, language), "day": day[language]}
    text = words("answer_missing", language, **params)
    await messages.say(session, conversation, text, Author.SYSTEM, now, detail={"asks": claim.number})


async def decided_without_answer(session: Session, claim: Claim, now: datetime) -> None:
    """It never came: a person decides on what there is. What is sent now goes to the claim still."""
    conversation = await conversations.get(session, claim.conversation_id)
    customer = await customers.get(session, claim.customer_id)
    due = moment_words(claim.due_at, customer.time_zone)[conversation.language]
    text = words("decided_without_answer", conversation.language, number=claim.number, due=due)
    await messages.say(session, conversation, text, Author.SYSTEM, now, detail={"asks": claim.number})


async def claim_withdrawn(session: Session, claim: Claim, now: datetime) -> None:
    """For where the claim was filed, when it was taken back elsewhere."""
    conversation = await conversations.get(session, claim.conversation_id)
    text = words("withdrawn", conversation.language, number=claim.number)
    await messages.say(session, conversation, text, Author.SYSTEM, now)


async def decision_stands(
    session: Session, claim: Claim, reasons: list[dict[str, Any]], now: datetime, *, owed: bool = False
) -> None:
    """An appeal for more didn't change the decision. `owed`: what it had approved is still to be paid."""
    conversation = await conversations.get(session, claim.conversation_id)
    customer = await customers.get(session, claim.customer_id)
    reason = next((str(reason["text"]) + " " for reason in reasons if reason.get("text")), "")
    due = moment_words(claim.due_at, customer.time_zone)[conversation.language]
    key = "decision_stands_owed" if owed else "decision_stands"
    text = words(key, conversation.language, number=claim.number, reason=reason, due=due)
    await messages.say(session, conversation, text, Author.SYSTEM, now)


async def claim_paid(session: Session, claim: Claim, amount: Money, account: str, now: datetime) -> None:
    conversation = await conversations.get(session, claim.conversation_id)
    text = words(
        "paid",
        conversation.language,
        number=claim.number,
        amount=amount.words(conversation.language),
        account=account,
    )
    await messages.say(session, conversation, text, Author.SYSTEM, now)


async def receipt_ready(session: Session, settings: Settings, claim: Claim, link: str, now: datetime) -> None:
    """The link is a secret of the customer's: stored sealed until it has left, as codes are."""
    conversation = await conversations.get(session, claim.conversation_id)
    text = words("receipt", conversation.language, number=claim.number)
    await messages.say_secret(session, settings, conversation, text, link, now)


async def payout_held(session: Session, claim: Claim, now: datetime, *, payee: bool) -> None:
    """`payee`: for the name that goes with the account; else for the sum."""
    key = "payout_held_payee" if payee else "payout_held"
    await tell(session, await conversations.get(session, claim.conversation_id), key, now)


async def payout_failed(session: Session, claim: Claim, now: datetime) -> None:
    conversation = await conversations.get(session, claim.conversation_id)
    text = words("payout_failed", conversation.language, number=claim.number)
    await messages.say(session, conversation, text, Author.SYSTEM, now)


async def draft_moved(
    session: Session,
    conversation: Conversation,
    key: str,
    what: dict[str, str],
    now: datetime,
    day: dict[str, str] | None = None,
) -> None:
    """A draft will be deleted on a day, or has been. `what` it is about and `day` in both languages."""
    language = conversation.language
    text = words(key, language, what=what[language], day=day[language] if day else "")
    await messages.say(session, conversation, text, Author.SYSTEM, now)


async def contact_changed(session: Session, told: list[Conversation], kind: ChangeKind, now: datetime) -> None:
    """For every contact we had before: something about the customer was changed, and can be put back."""
    for conversation in told:
        await tell(session, conversation, f"{kind.value}_changed", now)


async def account_will_change(
    session: Session, conversation: Conversation, account: str, when: dict[str, str], now: datetime, *, asked_here: bool
) -> None:
    """`account` masked, `when` it takes effect in both languages."""
    key = "account_cooling" if asked_here else "account_cooling_elsewhere"
    await tell(session, conversation, key, now, account=account, when=when[conversation.language])


async def tell(session: Session, conversation: Conversation, key: str, now: datetime, **params: Any) -> None:
    """One of the texts, in the conversation's language."""
    await messages.say(session, conversation, words(key, conversation.language, **params), Author.SYSTEM, now)
