"""Goes on with what waited for the proof of identity."""

from collections.abc import Awaitable, Callable
from typing import Any

from actions import opening
from actions.action_add_document import add
from actions.action_appeal import appeal
from actions.action_change_account import change_account
from actions.action_change_contact import change, confirm
from actions.action_claim_status import tell_claim_status
from actions.action_list_policies import tell_policies
from actions.action_payment_status import tell_payment_status
from actions.action_submit_claim import submit
from actions.action_withdraw import withdraw
from actions.backend_client import Backend
from actions.names import ActionName, Reply, Slot
from actions.step_up import enrol
from actions.talk import TalkAction
from actions.turn import Event, Turn, slot
from backend.claims.schemas import AppealWords, PhotosFor, Which, Withdrawal
from backend.customers.schemas import ContactWanted
from backend.identity.schemas import Pending

Given = dict[str, Any]
# What each of the backend's operations goes on with, given what it was asked for.
ONWARD: dict[str, Callable[[Turn, Backend, Given], Awaitable[list[Event]]]] = {
    "submit_claim": lambda turn, backend, _: submit(turn, backend),
    "claim_status": lambda turn, backend, given: tell_claim_status(turn, backend, Which(**given)),
    "payment_status": lambda turn, backend, given: tell_payment_status(turn, backend, Which(**given)),
    "list_policies": lambda turn, backend, _: tell_policies(turn, backend),
    "add_document": lambda turn, backend, given: add(turn, backend, PhotosFor(**given)),
    "withdraw_claim": lambda turn, backend, given: withdraw(turn, backend, Withdrawal(**given)),
    "appeal_decision": lambda turn, backend, given: appeal(turn, backend, AppealWords(**given)),
    "change_contact": lambda turn, backend, given: change(turn, backend, ContactWanted(**given)),
    "confirm_contact": lambda turn, backend, _: confirm(turn, backend),
    "change_number": lambda turn, backend, _: confirm(turn, backend),
    "resume_draft": lambda turn, backend, _: resume(turn, backend),
    "enrol_factor": lambda turn, backend, _: enrol(turn, backend),
    "change_account": lambda turn, backend, _: change_account(turn, backend),
}


async def resume(turn: Turn, backend: Backend) -> list[Event]:
    """The claim begun in another chat."""
    return [slot(Slot.AWAITING, None), *await opening.resume(turn, backend)]


class ActionContinue(TalkAction):
    NAME = ActionName.CONTINUE

    async def act(self, turn: Turn) -> list[Event]:
        pending = await self.backend.take_pending(turn.conversation_id, turn.message_id)
        if turn.slots.get(Slot.CONFIRMED) and pending.operation != "submit_claim":
            # Something else was asked while the code for a confirmed claim was awaited; the claim comes first.
            return [*await submit(turn, self.backend), *await self._answer(turn, pending)]
        return await self._answer(turn, pending)

    async def _answer(self, turn: Turn, pending: Pending) -> list[Event]:
        onward = ONWARD.get(pending.operation or "")
        if onward is not None:
            return await onward(turn, self.backend, pending.arguments)
        if not turn.said and not turn.in_form and await opening.begun(turn, self.backend):
            return [slot(Slot.AWAITING, None), *opening.opened()]  # begun here or, now that it is proved, elsewhere
        if not turn.said:
            turn.say(Reply.VERIFIED)
        return [slot(Slot.AWAITING, None)]
