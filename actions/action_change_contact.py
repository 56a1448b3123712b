"""Changes the customer's e-mail or postal address, and brings a new phone number before a person."""

import re

from rasa_sdk.events import ActiveLoop

from actions import errand
from actions.backend_client import Backend
from actions.errand import Do, Errand, Step
from actions.errors import Absent, StepUp
from actions.names import ActionName, Entity, Intent, Reply, Slot
from actions.normalise.choices import Choice, yes_or_no
from actions.normalise.text import fold
from actions.step_up import ask_for_proof
from actions.talk import TalkAction
from actions.turn import Event, Turn, slot
from backend.customers.schemas import ContactKind, ContactView, ContactWanted

_KINDS: dict[ContactKind, re.Pattern[str]] = {
    "email": re.compile(r"\be-?\s?mails?\b|@|邮箱|邮件|电邮|邮址"),
    "phone": re.compile(r"\b(?:phone|mobile|cell|telephone|sim|number)\b|手机|电话|号码|手机号|换号"),
    "address": re.compile(r"\b(?:address|moved|moving|live|street|road|postcode|zip)\b|地址|搬家|搬到|住址|住在"),
}
# What stands before a new postal address; the words before it are no part of it.
_ADDRESS = re.compile(
    r"(?:\bto\b|\bis(?: now)?\b|\bnow\b|改成|改为|换成|变成|搬到|地址是|新地址|[:：])[\s:：是]*(?=\S*.*\d)(.+)$",
    re.DOTALL,
)
ASK: dict[str, Reply] = {
    "email": Reply.CONTACT_EMAIL,
    "phone": Reply.CONTACT_PHONE,
    "address": Reply.CONTACT_ADDRESS,
}


class ActionChangeContact(TalkAction):
    NAME = ActionName.CHANGE_CONTACT

    async def act(self, turn: Turn) -> list[Event]:
        kind = kind_named(turn.text)
        text = turn.text
        if kind == "address":
            found = _ADDRESS.search(turn.text)
            text = found.group(1) if found else ""
        return await change(turn, self.backend, ContactWanted(kind=kind, text=text or None))


def kind_named(text: str) -> ContactKind | None:
    """Which contact a text is about. "My e-mail address" is an e-mail, "the number and street" an address."""
    folded = fold(text)
    if _KINDS["email"].search(folded):
        return "email"
    return next((kind for kind in ("address", "phone") if _KINDS[kind].search(folded)), None)


async def change(turn: Turn, backend: Backend, wanted: ContactWanted, *, unreadable: bool = False) -> list[Event]:
    """Have the new contact read and kept, and read it back; or ask for what is lacking."""
    try:
        view = await backend.ask_contact(turn.conversation_id, wanted)
    except StepUp as refusal:
        return ask_for_proof(turn, refusal)
    if view.kind is None:
        return errand.ask(turn, Errand(Do.CHANGE_CONTACT, Step.KIND, Reply.CONTACT_KIND))
    if view.value is None:
        if unreadable:
            turn.say(Reply.CONTACT_UNREADABLE)
        return errand.ask(turn, Errand(Do.CHANGE_CONTACT, Step.VALUE, ASK[view.kind], kind=view.kind))
    return errand.ask(turn, Errand(Do.CHANGE_CONTACT, Step.SURE, Reply.CONTACT_SURE, {"contact": view.value}))


async def confirm(turn: Turn, backend: Backend) -> list[Event]:
    try:
        view = await backend.confirm_contact(turn.conversation_id)
    except StepUp as refusal:
        return ask_for_proof(turn, refusal)
    except Absent:
        return errand.ask(turn, Errand(Do.CHANGE_CONTACT, Step.KIND, Reply.CONTACT_KIND))  # kept too long ago
    return _done(turn, view)


def _done(turn: Turn, view: ContactView) -> list[Event]:
    if view.position is None:
        turn.say(Reply.CONTACT_CHANGED, contact=view.value or "")
        return errand.over()
    turn.say(Reply.CONTACT_PERSON, contact=view.value or "", position=view.position)
    closed: Event = ActiveLoop(None)
    return [*errand.over(), closed, slot(Slot.REQUESTED, None)]


@errand.answers(Do.CHANGE_CONTACT)
async def answered(turn: Turn, backend: Backend, asked: Errand) -> list[Event] | None:
    if turn.intent in {Intent.TALK_TO_HUMAN, Intent.REPORT_EMERGENCY, Intent.REPORT_SUSPICIOUS}:
        return None
    said = yes_or_no(turn.text) if asked.step is not Step.SURE else errand.decided(turn)
    if said is Choice.NO:
        turn.say(Reply.KEPT_AS_IS)
        return errand.over()
    if asked.step is Step.SURE:
        return await confirm(turn, backend) if said is Choice.YES else await _put_right(turn, backend)
    pressed = turn.entity(Entity.FIELD)
    if asked.step is Step.KIND:
        kind = pressed or kind_named(turn.text)
        return (
            await change(turn, backend, ContactWanted.model_validate({"kind": kind, "text": turn.text or None}))
            if kind
            else None
        )
    if not turn.text or turn.text.rstrip().endswith(("?", "？")):
        return None
    wanted = ContactWanted.model_validate({"kind": asked.kind, "text": turn.text})
    return await change(turn, backend, wanted, unreadable=True)


async def _put_right(turn: Turn, backend: Backend) -> list[Event] | None:
    """ "No, it's grace@…" to what was read back: the new one is read back in its place."""
    if "@" not in turn.text:
        return None
    return await change(turn, backend, ContactWanted(kind="email", text=turn.text))
