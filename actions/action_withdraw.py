"""Takes back a claim that is filed, once the customer has said that they are sure."""

from typing import Any

from actions import errand
from actions.action_cancel_claim import cancel
from actions.action_claim_status import say_absent
from actions.backend_client import Backend
from actions.errand import Do, Errand, Step
from actions.errors import Absent, Refused, StepUp
from actions.names import ActionName, Reply
from actions.normalise.choices import Choice
from actions.step_up import ask_for_proof
from actions.talk import TalkAction
from actions.turn import Event, Turn
from backend.claims.schemas import Withdrawal


class ActionWithdraw(TalkAction):
    NAME = ActionName.WITHDRAW

    async def act(self, turn: Turn) -> list[Event]:
        which = errand.meant(turn, await self.backend.products())
        if turn.in_form and which.number is None:
            return await cancel(turn, self.backend)  # the claim at hand isn't filed yet: there is nothing to take back
        return await withdraw(turn, self.backend, Withdrawal(**which.model_dump()))


async def withdraw(turn: Turn, backend: Backend, wanted: Withdrawal) -> list[Event]:
    try:
        view = await backend.withdraw(turn.conversation_id, wanted)
    except StepUp as refusal:
        return ask_for_proof(turn, refusal)
    except Absent as absent:
        return say_absent(turn, absent)
    except Refused as refusal:
        turn.say(Reply.WITHDRAW_TOO_LATE, number=refusal.params.get("number", ""))
        return errand.over()
    if view.claim is None:
        return errand.ask_which(turn, Do.WITHDRAW_CLAIM, Reply.WHICH_CLAIM, view.choices)
    named: dict[str, Any] = {"number": view.claim.number, "product": turn.in_words(view.claim.product_name)}
    if not view.done:
        sure = Errand(Do.WITHDRAW_CLAIM, Step.SURE, Reply.WITHDRAW_SURE, named, number=view.claim.number)
        return errand.ask(turn, sure)
    turn.say(Reply.WITHDRAWN, **named)
    return errand.over()


@errand.answers(Do.WITHDRAW_CLAIM)
async def answered(turn: Turn, backend: Backend, asked: Errand) -> list[Event] | None:
    if asked.step is Step.WHICH:
        which = errand.chosen(turn, await backend.products(), asked)
        return await withdraw(turn, backend, Withdrawal(number=which.number)) if which else None
    match errand.decided(turn):
        case Choice.YES:
            return await withdraw(turn, backend, Withdrawal(number=asked.number, confirmed=True))
        case Choice.NO:
            turn.say(Reply.KEPT_AS_IS)
            return errand.over()
    return None
