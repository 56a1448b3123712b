"""Proof of identity, in words. What the backend asks for is said here; codes themselves never come this way."""

from actions import errand, sign_in
from actions.backend_client import Backend
from actions.cues import sounds_like_fraud
from actions.errors import StepUp
from actions.names import Awaiting, Intent, Reply, Slot
from actions.normalise.choices import misses_code, wants_new_code
from actions.normalise.numbers import policy_number
from actions.turn import Event, Turn, slot

REFUSED = {"sms_distrusted": Reply.SMS_DISTRUSTED, "codes_paused": Reply.CODES_PAUSED}
SOON = 60  # minutes that somebody may wait for, rather than for a person
MINUTES, DIGITS = 5, 6  # of a code, where the backend doesn't say


def ask_for_proof(turn: Turn, refusal: StepUp) -> list[Event]:
    """Say what the backend wants to see first; the operation waits there."""
    if refusal.code == "code_sent":
        phone = str(refusal.params.get("phone", ""))[-4:]
        params = refusal.params
        reply = Reply.CODE_SENT if params.get("digits", DIGITS) == DIGITS else Reply.PAYEE_CODE_SENT
        turn.say(reply, phone=phone, minutes=params.get("minutes", MINUTES))
        return [slot(Slot.AWAITING, Awaiting.CODE)]
    if refusal.code == "identify":
        turn.say(Reply.ASK_IDENTIFY, custom={"ask_contact": True})
        return [slot(Slot.AWAITING, Awaiting.IDENTITY)]
    if refusal.code == "factor":
        turn.say(_factor_asked(refusal))
        return [slot(Slot.AWAITING, Awaiting.CODE)]
    minutes = int(refusal.params.get("minutes", 0))
    if refusal.code == "locked" and 0 < minutes <= SOON:
        turn.say(Reply.CODES_SOON, minutes=minutes)
    else:
        turn.say(REFUSED.get(refusal.code, Reply.LOCKED))
    return [slot(Slot.AWAITING, None)]


def _factor_asked(refusal: StepUp) -> Reply:
    """What they have decides what is asked for; the link for a passkey goes past us."""
    if not refusal.params.get("passkey"):
        return Reply.FACTOR_CODE
    return Reply.FACTOR_BOTH if refusal.params.get("authenticator") else Reply.FACTOR_PASSKEY


def remind(turn: Turn) -> None:
    """Ask again for the proof, or the answer, that is still open, after something else has been answered."""
    if turn.awaiting is Awaiting.CODE:
        turn.say(Reply.CODE_AGAIN)
    elif turn.awaiting is Awaiting.IDENTITY:
        turn.say(Reply.ASK_IDENTIFY, custom={"ask_contact": True})
    elif turn.awaiting is Awaiting.ANSWER:
        errand.say_again(turn)


async def intercept(turn: Turn, backend: Backend) -> list[Event] | None:
    """Answer what is plainly about the proof, whatever intent it was taken for; None where it isn't."""
    if turn.external or turn.intent == Intent.TALK_TO_HUMAN or not turn.text:
        return None
    if sign_in.wants_factors(turn.text):
        return await enrol(turn, backend)
    if sign_in.wants_out(turn.text):
        return await _log_out(turn, backend)
    number = policy_number(turn.text, expected=turn.awaiting is Awaiting.IDENTITY)
    if number is not None and (turn.awaiting is Awaiting.IDENTITY or not turn.in_form):
        return await _identify(turn, backend, number)
    if turn.awaiting is Awaiting.CODE and wants_new_code(turn.text):
        return await _resend(turn, backend)
    return _no_code(turn)


def _no_code(turn: Turn) -> list[Event] | None:
    """They wait for a code, and none is on its way: what they were asked last still stands."""
    if turn.awaiting is not None or not misses_code(turn.text) or sounds_like_fraud(turn.text):
        return None
    if turn.in_form and turn.asked is not None:
        turn.say(Reply.CODE_NONE_YET)
        return []
    turn.say(Reply.CODE_NONE)
    return []


async def _identify(turn: Turn, backend: Backend, number: str) -> list[Event]:
    try:
        answer = await backend.identify(turn.conversation_id, number)
    except StepUp as refusal:
        return ask_for_proof(turn, refusal)
    turn.say(Reply.IDENTIFY_SENT, minutes=answer.minutes)
    return [slot(Slot.AWAITING, Awaiting.CODE)]


async def enrol(turn: Turn, backend: Backend) -> list[Event]:
    """Have the link to the page of passkeys and authenticators sent, once they have proved who they are."""
    try:
        sent = await backend.enrol_factor(turn.conversation_id)
    except StepUp as refusal:
        return ask_for_proof(turn, refusal)
    turn.say(Reply.FACTOR_LINK, minutes=sent.minutes)
    return [slot(Slot.AWAITING, None)]


async def _log_out(turn: Turn, backend: Backend) -> list[Event]:
    try:
        await backend.log_out(turn.conversation_id)
    except StepUp:
        await backend.cancel_code(turn.conversation_id)  # nobody is known here: there is nothing to end, or to wait for
    turn.say(Reply.LOGGED_OUT)
    return [slot(Slot.AWAITING, None)]


async def _resend(turn: Turn, backend: Backend) -> list[Event]:
    try:
        answer = await backend.resend_code(turn.conversation_id)
    except StepUp as refusal:
        return ask_for_proof(turn, refusal)
    if answer.sent:
        turn.say(Reply.CODE_RESENT, minutes=MINUTES)
    elif answer.wait_seconds > 0:
        turn.say(Reply.CODE_WAIT, seconds=answer.wait_seconds)
    else:
        turn.say(Reply.CODE_NONE)
        return [slot(Slot.AWAITING, None)]
    return []
