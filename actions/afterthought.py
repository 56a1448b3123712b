"""What is put right of a confirmed claim while the proof for filing it is awaited.

The code names the sum that it is for, so it can't stand for another: it is taken back, and the claim is read back anew.
"""

import re

from rasa_sdk.events import FollowupAction

from actions import form_reading, switch
from actions.backend_client import Backend
from actions.draft_words import known_slots
from actions.form_questions import month_kept
from actions.heard import hear
from actions.names import FORM, Ask, Awaiting, Intent, Reply, Slot
from actions.normalise import amounts, dates
from actions.normalise.choices import corrects, wants_change
from actions.normalise.products import Products, tells_what_happened
from actions.turn import Event, Turn, slot
from backend.claims.schemas import DraftChange

PROOFS = frozenset({Awaiting.CODE, Awaiting.IDENTITY, None})  # None: one couldn't be asked for just now
UNSURE_DAY = frozenset({dates.Sure.AMBIGUOUS, dates.Sure.VAGUE, dates.Sure.SEVERAL})
_FIGURES = re.compile(r"[\d\s-]+")  # a code that has lost a digit is no sum


async def intercept(turn: Turn, backend: Backend) -> list[Event] | None:
    """None for what says nothing else about the claim than what was confirmed."""
    if turn.in_form or turn.acted or turn.external or turn.awaiting not in PROOFS or not turn.slots.get(Slot.CONFIRMED):
        return None
    if not turn.text or _FIGURES.fullmatch(turn.text) or turn.intent == Intent.CANCEL:
        return None
    products = await backend.products()
    if switch.other_product(turn, products, turn.text) is not None:
        return None
    change, ask = _put_right(turn, products)
    if ask is None:
        return None
    await backend.cancel_code(turn.conversation_id)
    if change is not None:
        await backend.change_draft(turn.conversation_id, change)
    if turn.awaiting is Awaiting.CODE:
        turn.say(Reply.REOPENED)
    form: Event = FollowupAction(FORM)
    kept = month_kept(turn) if ask is Ask.INCIDENT_ON else []
    return [*kept, slot(Slot.CONFIRMED, None), slot(Slot.AWAITING, None), slot(Slot.REQUESTED, ask.value), form]


def _put_right(turn: Turn, products: Products) -> tuple[DraftChange | None, Ask | None]:
    """What is to change, and what to ask then; nothing to ask where the text is about something else."""
    heard = hear(turn, products, Ask.CONFIRMED, known_slots(turn), turn.text)
    plain = heard.change.amount_minor is None or heard.amount.priced or corrects(turn.text)  # "hello 1" is no sum
    story = not heard.adds or heard.amount.priced or tells_what_happened(products, turn.text)
    if heard.something and plain and story and not form_reading.leaves(turn, products, Ask.CONFIRMED, heard):
        return heard.change, Ask.CONFIRMED
    if heard.date.sure in UNSURE_DAY and corrects(turn.text):
        return None, Ask.INCIDENT_ON
    if heard.amount.sure is amounts.Sure.UNCLEAR and heard.amount.alone:
        return None, Ask.AMOUNT
    field = form_reading.field_to_change(turn, Ask.CONFIRMED, turn.text) if corrects(turn.text) else None
    if field is not None and turn.intent in {Intent.INFORM, Intent.DENY, Intent.FILE_CLAIM}:
        return None, field
    return None, Ask.CONFIRMED if wants_change(turn.text) else None
