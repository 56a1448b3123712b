"""Answers to side questions, the same inside the form and outside of it."""

from typing import Any

from actions.backend_client import Backend
from actions.cues import asks_how_much, asks_when_decided, is_gone, tells_of_loss
from actions.names import Entity, Intent, Reply, Slot
from actions.normalise.products import Products, read_product
from actions.turn import Turn
from backend.policies.schemas import ProductView

PLAIN: dict[Intent, Reply] = {
    Intent.GREET: Reply.GREET,
    Intent.GOODBYE: Reply.GOODBYE,
    Intent.THANK: Reply.THANK,
    Intent.BOT_CHALLENGE: Reply.BOT_CHALLENGE,
    Intent.HELP: Reply.HELP,
    Intent.CHITCHAT: Reply.CHITCHAT,
    Intent.ASK_CLAIM_PROCESS: Reply.FAQ_CLAIM_PROCESS,
    Intent.ASK_REVIEW_TIME: Reply.FAQ_REVIEW_TIME,
    Intent.ASK_PAYMENT_PROCESS: Reply.FAQ_PAYMENT_PROCESS,
    Intent.ASK_SECURITY: Reply.FAQ_SECURITY,
}
# About a product's terms: in general, and for one product.
TERMS: dict[Intent, tuple[Reply, Reply]] = {
    Intent.ASK_COVERAGE: (Reply.FAQ_COVERAGE, Reply.FAQ_COVERAGE_PRODUCT),
    Intent.ASK_DOCUMENTS_NEEDED: (Reply.FAQ_DOCUMENTS, Reply.FAQ_DOCUMENTS_PRODUCT),
    Intent.ASK_DEDUCTIBLE: (Reply.FAQ_DEDUCTIBLE, Reply.FAQ_DEDUCTIBLE_PRODUCT),
}
# In the middle of a claim these are said without offering to start something else.
IN_FORM: dict[Intent, Reply] = {
    Intent.GREET: Reply.WELCOME,
    Intent.THANK: Reply.THANK,
    Intent.GOODBYE: Reply.GOODBYE_DRAFT,
    Intent.HELP: Reply.HELP_DRAFT,
    Intent.CHITCHAT: Reply.CHITCHAT_DRAFT,
    Intent.OUT_OF_SCOPE: Reply.OUT_OF_SCOPE_DRAFT,
    Intent.ADD_DOCUMENT: Reply.SEND_PHOTO_HERE,
}
SIDE: frozenset[Intent] = frozenset({*PLAIN, *TERMS, *IN_FORM, Intent.OUT_OF_SCOPE, Intent.REPEAT})


async def answer(turn: Turn, backend: Backend) -> bool:
    """Answer a side question; False where the intent is none."""
    if turn.intent not in SIDE:
        return False
    intent = Intent(turn.intent)
    if intent is Intent.ASK_COVERAGE and asks_when_decided(turn.text):
        intent = Intent.ASK_REVIEW_TIME
    if intent in TERMS:
        await _terms(turn, backend, intent)
    elif turn.in_form and intent in IN_FORM:
        turn.say(IN_FORM[intent])
    elif intent is Intent.OUT_OF_SCOPE:
        await out_of_scope(turn, backend)
    elif intent in PLAIN:
        turn.say(PLAIN[intent])
    return True


async def out_of_scope(turn: Turn, backend: Backend) -> None:
    say_out_of_scope(turn, await backend.products())


def say_out_of_scope(turn: Turn, products: Products, custom: dict[str, Any] | None = None) -> None:
    """Say plainly what we can't do and what we can, the kinds of claim by name: "I lost my bag" is none of them."""
    reply = Reply.LOSS_NOT_COVERED if is_gone(turn.text) else Reply.OUT_OF_SCOPE
    turn.say(reply, custom=custom, products=_names(turn, products))


async def _terms(turn: Turn, backend: Backend, intent: Intent) -> None:
    general, particular = TERMS[intent]
    products = await backend.products()
    if intent is Intent.ASK_COVERAGE and turn.text and tells_of_loss(turn.text):
        say_out_of_scope(turn, products)
        return
    said = turn.entity(Entity.CLAIM_TYPE) or read_product(products, turn.text, asked=True)
    product = products.find(said or turn.slots.get(Slot.CLAIM_TYPE))
    if product is None:
        turn.say(general, products=_names(turn, products))
        return
    replies = [particular]
    if intent is Intent.ASK_COVERAGE and asks_how_much(turn.text):
        replies.append(Reply.FAQ_DEDUCTIBLE_PRODUCT)  # how much is paid: what is covered, less this
    for reply in replies:
        turn.say(
            reply,
            product=turn.in_words(product.names),
            covers=turn.in_words(product.covers),
            documents=turn.in_words(product.documents),
            deductible=_deductible(turn, product),
        )


def _names(turn: Turn, products: Products) -> str:
    return ("、" if turn.language == "zh" else ", ").join(turn.in_words(product.names) for product in products.views)


def _deductible(turn: Turn, product: ProductView) -> str:
    """In the customer's currency; in each of the product's where we don't know it."""
    currencies = [turn.currency] if turn.currency in product.deductible else list(product.deductible)
    comma = "、" if turn.language == "zh" else ", "
    return comma.join(product.deductible_words(currency, turn.language) for currency in currencies)
