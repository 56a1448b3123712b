"""Brings in a person. What keeps people safe is said first."""

from actions import opening
from actions.action_cancel_claim import cancel
from actions.action_fallback import not_understood
from actions.heard import hear
from actions.names import ActionName, Handoff, Intent, Reply
from actions.person import REASONS, hand_over
from actions.safety import keep_safe
from actions.talk import TalkAction
from actions.turn import Event, Turn
from backend.claims.schemas import DraftChange

FIRST: dict[Handoff, Reply] = {Handoff.SUSPICIOUS: Reply.SUSPICIOUS, Handoff.COMPLAINT: Reply.COMPLAINT}


class ActionRequestHuman(TalkAction):
    NAME = ActionName.REQUEST_HUMAN

    async def act(self, turn: Turn) -> list[Event]:
        if turn.text and turn.intent in {Intent.CANCEL, Intent.INFORM}:
            return await self._no_emergency(turn)
        reason = REASONS.get(turn.intent, Handoff.ASKED)
        if reason is Handoff.EMERGENCY:
            return await keep_safe(turn, self.backend, turn.text)
        if reason in FIRST:
            turn.say(FIRST[reason])
        events = await hand_over(turn, self.backend, reason, turn.text)
        if reason is Handoff.COMPLAINT and turn.in_form:
            turn.say(Reply.MEANWHILE)
            return []  # the form stays open: it asks its open question after this
        if reason is Handoff.COMPLAINT and await self._tells_claim_too(turn):
            turn.say(Reply.MEANWHILE)
            return opening.opened()
        return events

    async def _tells_claim_too(self, turn: Turn) -> bool:
        """ "My phone broke on Monday, 200 dollars, and nobody helps": whoever is angry needn't tell it twice."""
        products = await self.backend.products()
        told = hear(turn, products, None, set(), turn.text).change if turn.text else DraftChange()
        return bool(told.claim_type and told.description and (told.incident_on or told.amount_minor))

    async def _no_emergency(self, turn: Turn) -> list[Event]:
        """It was taken for an emergency, and is none for certain (safety.py): what it tells besides counts."""
        if turn.intent == Intent.CANCEL:
            return await cancel(turn, self.backend)
        if opening.tells_of_claim(turn, await self.backend.products()):
            return opening.opened()
        if turn.said:  # the safety words: somebody should look
            return await hand_over(turn, self.backend, Handoff.EMERGENCY, turn.text)
        return await not_understood(turn, self.backend)
