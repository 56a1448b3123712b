"""Where a claim stands."""

from actions import errand
from actions.backend_client import Backend
from actions.errand import Do, Errand
from actions.errors import Absent, StepUp
from actions.names import ActionName, Reply, Slot
from actions.normalise.numbers import claim_number
from actions.step_up import ask_for_proof
from actions.talk import TalkAction
from actions.turn import Event, Turn, slot
from backend.claims.schemas import ClaimBrief, Which

REPLIES = {
    "approved": Reply.CLAIM_APPROVED,
    "partly_approved": Reply.CLAIM_APPROVED,
    "denied": Reply.CLAIM_DENIED,
}


class ActionClaimStatus(TalkAction):
    NAME = ActionName.CLAIM_STATUS

    async def act(self, turn: Turn) -> list[Event]:
        which = errand.meant(turn, await self.backend.products())
        return errand.come_back(turn, await tell_claim_status(turn, self.backend, which))


async def tell_claim_status(turn: Turn, backend: Backend, which: Which) -> list[Event]:
    """Where the claim named stands; where several may be meant, each in a line and a question."""
    try:
        claim = await backend.claim_status(turn.conversation_id, which)
    except StepUp as refusal:
        return ask_for_proof(turn, refusal)
    except Absent as absent:
        return say_absent(turn, absent)
    if claim.others:
        first = ClaimBrief(
            number=claim.number,
            claim_type=claim.claim_type,
            product_name=claim.product_name,
            amount_text=claim.amount_text,
            state=claim.state,
            status=claim.status,
        )
        return errand.ask_which(turn, Do.CLAIM_STATUS, Reply.CLAIMS_OPEN, [first, *claim.others])
    turn.say(
        REPLIES.get(claim.status, Reply.CLAIM_STATUS),
        number=claim.number,
        product=turn.in_words(claim.product_name),
        amount=turn.in_words(claim.amount_text),
        approved=turn.in_words(claim.approved_text or claim.amount_text),
        next_step=turn.in_words(claim.next),
    )
    return [*errand.over(), slot(Slot.CLAIM_NUMBER, claim.number)]


async def tell_claim_named(turn: Turn, backend: Backend) -> list[Event] | None:
    """Where the claim stands whose number a message has, whatever else it was taken for; None where it has none."""
    number = claim_number(turn.text) if turn.text and turn.awaiting is None else None
    return None if number is None else await tell_claim_status(turn, backend, Which(number=number))


@errand.answers(Do.CLAIM_STATUS)
async def answered(turn: Turn, backend: Backend, asked: Errand) -> list[Event] | None:
    which = errand.chosen(turn, await backend.products(), asked)
    return await tell_claim_status(turn, backend, which) if which else None


def say_absent(turn: Turn, absent: Absent) -> list[Event]:
    none_yet = Reply.NO_OTHER_CLAIMS if turn.in_form else Reply.NO_CLAIMS  # in the middle of one, no other is offered
    turn.say(Reply.CLAIM_NOT_FOUND if absent.code == "claim_not_found" else none_yet)
    return errand.over()
