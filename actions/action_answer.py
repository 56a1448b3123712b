"""Questions and small talk outside of the form."""

from functools import partial

from actions import answers, miss, opening, step_up, switch
from actions.action_appeal import appeal, reason_in
from actions.action_claim_status import tell_claim_named, tell_claim_status
from actions.action_fallback import not_understood
from actions.action_submit_claim import submit
from actions.cues import asks_why_less, attacks, disagrees, hesitates, insults, is_no_sentence, is_nonsense, is_unsure
from actions.names import ActionName, Intent, Reply, Slot
from actions.talk import TalkAction
from actions.turn import Event, Turn, slot
from backend.claims.schemas import AppealWords, Which

CALMLY = frozenset({Intent.OUT_OF_SCOPE, Intent.CHITCHAT, Intent.DENY, Intent.BOT_CHALLENGE})
# What keys hit at random are taken for.
NOT_MEANT = frozenset(
    {Intent.OUT_OF_SCOPE, Intent.CHITCHAT, Intent.HELP, Intent.DENY, Intent.ASK_DEDUCTIBLE, Intent.GREET}
)
# What somebody who only thinks aloud may be taken for.
SAID_TO_US = frozenset({Intent.THANK, Intent.CHITCHAT, Intent.GOODBYE, Intent.OUT_OF_SCOPE})
# "How is CL-7K2M9QXD doing?" is about that claim, whatever it was taken for.
MAY_NAME_A_CLAIM = frozenset({*answers.SIDE} - {Intent.THANK, Intent.GOODBYE, Intent.REPEAT})
# "Why was I paid only 259?" is about what was decided.
MAY_ASK_WHY = frozenset(
    {
        *(Intent.ASK_PAYMENT_PROCESS, Intent.ASK_DEDUCTIBLE, Intent.ASK_SECURITY, Intent.ASK_CLAIM_PROCESS),
        *(Intent.OUT_OF_SCOPE, Intent.CHITCHAT),
    }
)


class ActionAnswer(TalkAction):
    NAME = ActionName.ANSWER

    async def act(self, turn: Turn) -> list[Event]:
        if turn.intent == Intent.REPEAT:
            turn.say_again()
            return []
        if turn.intent in NOT_MEANT and (is_nonsense(turn.text) or is_unsure(turn.text)):
            return await not_understood(turn, self.backend)
        events = await self._goes_on(turn)
        if events is not None:
            return events
        if turn.intent == Intent.OUT_OF_SCOPE and is_no_sentence(turn.text):
            return await self._no_sentence(turn)
        await self._answer(turn)
        step_up.remind(turn)
        if not turn.said:
            turn.say(Reply.HELP)
        return [slot(Slot.OTHER, None)] if turn.intent == Intent.DENY else []

    async def _no_sentence(self, turn: Turn) -> list[Event]:
        """Words that make no sentence are taken for something we don't do; said again and again, a person helps."""
        products = await self.backend.products()
        out = partial(answers.say_out_of_scope, turn, products, custom=miss.UNDERSTOOD)
        events, gone = await miss.missed(turn, self.backend, out)
        if not gone:
            step_up.remind(turn)
        return events

    async def _goes_on(self, turn: Turn) -> list[Event] | None:
        """More than its intent says: a claim asked for by number, a yes to something, one told in passing, or anger."""
        if turn.intent in MAY_ASK_WHY and turn.awaiting is None and asks_why_less(turn.text):
            return await tell_claim_status(turn, self.backend, Which())
        named = await tell_claim_named(turn, self.backend) if turn.intent in MAY_NAME_A_CLAIM else None
        return await self._goes_on_unnamed(turn) if named is None else named

    async def _goes_on_unnamed(self, turn: Turn) -> list[Event] | None:
        if turn.intent == Intent.AFFIRM and turn.awaiting is None:
            if turn.slots.get(Slot.CONFIRMED):
                # Confirmed before, and the filing failed on the way: this is the same message, tried again.
                return await submit(turn, self.backend)
            following = await switch.begin_next(turn, self.backend)
            if following is not None:
                return following
        upset = await self._upset(turn)
        if upset is not None:
            return upset
        if turn.intent == Intent.CODE_FAILED:
            return None
        if opening.tells_of_claim(turn, await self.backend.products()):
            return opening.opened()
        return await opening.taken_up(turn, self.backend)

    async def _upset(self, turn: Turn) -> list[Event] | None:
        if turn.intent not in CALMLY:
            return None
        if turn.awaiting is None and disagrees(turn.text):  # "that's not fair", after the word of a decision
            return await appeal(turn, self.backend, AppealWords(words=reason_in(turn.text)))
        return await miss.insulted(turn, self.backend) if insults(turn.text) and not attacks(turn.text) else None

    async def _answer(self, turn: Turn) -> None:
        if turn.intent in SAID_TO_US and hesitates(turn.text):
            return  # somebody who thinks aloud hasn't thanked us
        if turn.intent in {Intent.AFFIRM, Intent.DENY}:
            if turn.awaiting is None:
                turn.say(Reply.HELP if turn.intent == Intent.AFFIRM else Reply.NO_PROBLEM)
        elif turn.intent != Intent.CODE_FAILED and not await answers.answer(turn, self.backend):
            turn.say(Reply.HELP)
