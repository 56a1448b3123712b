"""Where the money is."""

from actions import errand
from actions.action_claim_status import say_absent, tell_claim_status
from actions.backend_client import Backend
from actions.cues import asks_why_less
from actions.errors import Absent, StepUp
from actions.names import ActionName, Reply
from actions.step_up import ask_for_proof
from actions.talk import TalkAction
from actions.turn import Event, Turn
from backend.claims.schemas import Which
from backend.payouts.schemas import PaymentState

REPLIES = {
    PaymentState.NONE: Reply.PAYMENT_NONE,
    PaymentState.WAITING: Reply.PAYMENT_WAITING,
    PaymentState.HELD: Reply.PAYMENT_HELD,
    PaymentState.ON_THE_WAY: Reply.PAYMENT_ON_THE_WAY,
    PaymentState.PAID: Reply.PAYMENT_PAID,
    PaymentState.FAILED: Reply.PAYMENT_FAILED,
}


class ActionPaymentStatus(TalkAction):
    NAME = ActionName.PAYMENT_STATUS

    async def act(self, turn: Turn) -> list[Event]:
        which = errand.meant(turn, await self.backend.products())
        if asks_why_less(turn.text):  # the decision says what was taken off, and what one can do about it
            return errand.come_back(turn, await tell_claim_status(turn, self.backend, which))
        return errand.come_back(turn, await tell_payment_status(turn, self.backend, which))


async def tell_payment_status(turn: Turn, backend: Backend, which: Which) -> list[Event]:
    """Of the claim named; else of the one that is being paid, or of the latest."""
    try:
        payment = await backend.payment_status(turn.conversation_id, which)
    except StepUp as refusal:
        return ask_for_proof(turn, refusal)
    except Absent as absent:
        return say_absent(turn, absent)
    turn.say(
        REPLIES[payment.state],
        number=payment.claim_number,
        amount=turn.in_words(payment.amount_text),
        account=payment.account_masked or "",
        day=turn.in_words(payment.date_text),
    )
    return errand.over()
