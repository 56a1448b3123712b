"""Where a claim stands."""

from actions.backend_client import Backend
from actions.errors import Absent, StepUp
from actions.names import ActionName, Entity, Reply, Slot
from actions.normalise.numbers import claim_number
from actions.step_up import ask_for_proof
from actions.talk import TalkAction
from actions.turn import Event, Turn, slot

REPLIES = {
    "approved": Reply.CLAIM_APPROVED,
    "partly_approved": Reply.CLAIM_APPROVED,
    "denied": Reply.CLAIM_DENIED,
}


class ActionClaimStatus(TalkAction):
    NAME = ActionName.CLAIM_STATUS

    async def act(self, turn: Turn) -> list[Event]:
        return await tell_claim_status(turn, self.backend, number_in(turn))


def number_in(turn: Turn) -> str | None:
    """The claim number of the message, if it has one."""
    return turn.entity(Entity.CLAIM_NUMBER) or claim_number(turn.text, expected=True)


async def tell_claim_status(turn: Turn, backend: Backend, number: str | None) -> list[Event]:
    """`number` None: the latest claim."""
    try:
        claim = await backend.claim_status(turn.conversation_id, number)
    except StepUp as refusal:
        return ask_for_proof(turn, refusal)
    except Absent as absent:
        return say_absent(turn, absent)
    turn.say(
        REPLIES.get(claim.status, Reply.CLAIM_STATUS),
        number=claim.number,
        product=turn.in_words(claim.product_name),
        amount=turn.in_words(claim.amount_text),
        approved=turn.in_words(claim.approved_text or claim.amount_text),
        next_step=turn.in_words(claim.next),
    )
    return [slot(Slot.AWAITING, None), slot(Slot.CLAIM_NUMBER, claim.number)]


def say_absent(turn: Turn, absent: Absent) -> list[Event]:
    turn.say(Reply.CLAIM_NOT_FOUND if absent.code == "claim_not_found" else Reply.NO_CLAIMS)
    return [slot(Slot.AWAITING, None)]
