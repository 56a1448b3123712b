"""When a message out of the blue is about a claim, whatever it was taken for."""

import re

from rasa_sdk.events import FollowupAction

from actions.backend_client import Backend
from actions.cues import is_question, resumes
from actions.draft_words import known_fields, known_slots
from actions.errors import Absent, StepUp
from actions.heard import hear
from actions.names import FORM, Intent, Reply
from actions.normalise.products import Products
from actions.normalise.text import fold
from actions.step_up import ask_for_proof
from actions.turn import Event, Turn

# A question about the terms often names a product and what may happen to it; it takes a day or a sum to be a claim.
QUESTIONS = frozenset(
    {
        *(Intent.ASK_COVERAGE, Intent.ASK_CLAIM_PROCESS, Intent.ASK_DOCUMENTS_NEEDED, Intent.ASK_REVIEW_TIME),
        *(Intent.ASK_PAYMENT_PROCESS, Intent.ASK_DEDUCTIBLE, Intent.ASK_SECURITY, Intent.OUT_OF_SCOPE),
    }
)
# Whoever says no more than this may simply have come back to a claim begun earlier.
COMING_BACK = frozenset({Intent.GREET, Intent.HELP, Intent.AFFIRM})
# What going on with a claim may be taken for.
SOUNDS_LIKE = frozenset({Intent.WITHDRAW_CLAIM, Intent.CHECK_CLAIM_STATUS, Intent.ASK_CLAIM_PROCESS, Intent.CANCEL})
_ASKS_OR_ENDS = re.compile(
    r"\b(?:withdraw\w*|cancel\w*|tak(?:e|ing) (?:it |that |this )?back|drop\w*|scrap\w*|stop\w*|don'?t|not)\b|撤|取消|不要|不想|别"
    r"|^\W*(?:when|how|is|are|has|have|did|do|does|will|what|why|can you tell)\b|什么时候|多久|怎么|为什么"
)
_MAY_I = re.compile(r"\b(?:can|could|may) (?:i|we)\b|能不能|可不可以|可以|能")  # asked for, and no question about it
SURE = 0.7


def opened() -> list[Event]:
    form: Event = FollowupAction(FORM)
    return [form]


def tells_of_claim(turn: Turn, products: Products) -> bool:
    """Whether the message tells a claim, or more of the one that is known."""
    if not turn.text:
        return False
    known = known_slots(turn)
    if known and hear(turn, products, None, known, turn.text).something:
        return turn.intent not in QUESTIONS
    change = hear(turn, products, None, set(), turn.text).change
    if turn.intent == Intent.INFORM:
        return bool(change.claim_type or change.description or (change.incident_on and change.amount_minor))
    if not (change.claim_type and change.description):
        return False
    if turn.intent not in QUESTIONS or (turn.intent == Intent.OUT_OF_SCOPE and turn.confidence < SURE):
        return True
    return bool(change.incident_on or change.amount_minor) and not is_question(turn.text)


async def taken_up(turn: Turn, backend: Backend) -> list[Event] | None:
    """Go on with a claim begun earlier: in this chat, or asked for by name also in another one, once that is proved."""
    if turn.in_form or turn.awaiting is not None:
        return None
    if turn.text and resumes(turn.text):
        return await resume(turn, backend)
    if turn.intent in COMING_BACK and await begun(turn, backend):
        return opened()
    return None


async def intercept(turn: Turn, backend: Backend) -> list[Event] | None:
    """ "Carry on with the claim I began by text", where it sounds like something else about a claim."""
    if turn.intent not in SOUNDS_LIKE or turn.in_form or turn.awaiting is not None or not resumes(turn.text):
        return None
    folded = fold(turn.text)
    asks = is_question(turn.text) and not _MAY_I.search(folded)
    if asks or _ASKS_OR_ENDS.search(folded):
        return None
    return await _resumed(turn, backend)


async def resume(turn: Turn, backend: Backend) -> list[Event]:
    found = await _resumed(turn, backend)
    if found is None:
        turn.say(Reply.NO_DRAFT)
        return []
    return found


async def _resumed(turn: Turn, backend: Backend) -> list[Event] | None:
    """None where no claim was begun."""
    try:
        view = await backend.resume_draft(turn.conversation_id, asked=True)
    except StepUp as refusal:
        return ask_for_proof(turn, refusal)
    except Absent:
        return None
    return opened() if known_fields(view) else None


async def begun(turn: Turn, backend: Backend) -> bool:
    """Whether a claim has been begun that this chat may go on with."""
    try:
        return bool(known_fields(await backend.resume_draft(turn.conversation_id, asked=False)))
    except Absent:
        return False
