"""What a person does for the customer, because it can't be done by message yet."""

from actions.action_cancel_claim import cancel
from actions.action_request_human import hand_over
from actions.names import ActionName, Handoff, Intent, Reply
from actions.talk import TalkAction
from actions.titles import TITLES
from actions.turn import Event, Turn

REPLIES: dict[Intent, Reply] = {
    Intent.WITHDRAW_CLAIM: Reply.NOT_HERE_WITHDRAW,
    Intent.APPEAL_DECISION: Reply.NOT_HERE_APPEAL,
    Intent.ADD_DOCUMENT: Reply.NOT_HERE_DOCUMENT,
    Intent.CHANGE_PAYOUT_ACCOUNT: Reply.NOT_HERE_ACCOUNT,
    Intent.CHANGE_CONTACT_DETAILS: Reply.NOT_HERE_CONTACT,
}


class ActionNotHere(TalkAction):
    NAME = ActionName.NOT_HERE

    async def act(self, turn: Turn) -> list[Event]:
        intent = Intent(turn.intent)
        if intent is Intent.WITHDRAW_CLAIM and turn.in_form:
            return await cancel(turn, self.backend)  # the claim at hand isn't filed yet: there is nothing to take back
        turn.say(REPLIES[intent])
        return await hand_over(turn, self.backend, Handoff.ASKED, turn.text or TITLES[intent][turn.language])
