"""Outside of the form, what was not understood: the two likeliest readings are offered, then a person."""

from actions import answers, miss, opening, step_up
from actions.action_claim_status import tell_claim_named
from actions.backend_client import Backend
from actions.cues import attacks, insults, restarts, tells_of_loss
from actions.names import ActionName, Intent, Reply
from actions.talk import TalkAction
from actions.titles import TITLES
from actions.turn import Event, Turn, button

READINGS = 2
WORTH_OFFERING = 0.05  # a reading less likely than this is none
# Offered where the model has no second idea: what most people come for.
USUAL = (Intent.FILE_CLAIM, Intent.CHECK_CLAIM_STATUS)


class ActionFallback(TalkAction):
    NAME = ActionName.FALLBACK

    async def act(self, turn: Turn) -> list[Event]:
        if opening.tells_of_claim(turn, await self.backend.products()) or restarts(turn.text):
            return opening.opened()  # a story that names what was damaged is a claim, whatever it was taken for
        named = await tell_claim_named(turn, self.backend)
        return await self._no_claim(turn) if named is None else named

    async def _no_claim(self, turn: Turn) -> list[Event]:
        if attacks(turn.text):
            await answers.out_of_scope(turn, self.backend)
            step_up.remind(turn)
            return []
        if insults(turn.text):
            return await miss.insulted(turn, self.backend)
        taken = await opening.taken_up(turn, self.backend)
        if taken is not None:
            return taken
        if tells_of_loss(turn.text):
            await answers.out_of_scope(turn, self.backend)
            step_up.remind(turn)
            return []
        return await not_understood(turn, self.backend)


async def not_understood(turn: Turn, backend: Backend) -> list[Event]:
    events, gone = await miss.missed(turn, backend, lambda: _ask_back(turn))
    if not gone:
        step_up.remind(turn)
    return events


def _ask_back(turn: Turn) -> None:
    named = [Intent(name) for name in turn.ranking if name in TITLES and turn.likely.get(name, 1.0) >= WORTH_OFFERING]
    likeliest = list(dict.fromkeys([*named, *USUAL]))[:READINGS]
    choices = [button(TITLES[intent][turn.language], intent) for intent in likeliest]
    turn.say(Reply.FALLBACK, buttons=choices, custom=miss.UNDERSTOOD)
