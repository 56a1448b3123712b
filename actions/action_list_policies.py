"""The policies that the customer holds."""

from actions import errand
from actions.backend_client import Backend
from actions.errors import StepUp
from actions.names import ActionName, Reply, Slot
from actions.step_up import ask_for_proof
from actions.talk import TalkAction
from actions.turn import Event, Turn, slot


class ActionListPolicies(TalkAction):
    NAME = ActionName.LIST_POLICIES

    async def act(self, turn: Turn) -> list[Event]:
        return errand.come_back(turn, await tell_policies(turn, self.backend))


async def tell_policies(turn: Turn, backend: Backend) -> list[Event]:
    try:
        held = await backend.policies(turn.conversation_id)
    except StepUp as refusal:
        return ask_for_proof(turn, refusal)
    until = "至" if turn.language == "zh" else " to "
    lines = [f"{policy.number} {turn.in_words(policy.product_name)}{until}{policy.ends_on}" for policy in held]
    turn.say(Reply.POLICIES if held else Reply.NO_POLICIES, policies="\n".join(lines))
    return [slot(Slot.AWAITING, None)]
