"""A photo while no claim is being told. The gateway has stored it; here it finds its claim."""

from rasa_sdk.events import FollowupAction

from actions import step_up
from actions.action_add_document import add, place
from actions.draft_words import known_slots
from actions.heard import hear
from actions.names import FORM, ActionName, Awaiting, Entity
from actions.normalise.numbers import claim_number
from actions.talk import TalkAction
from actions.turn import Event, Turn
from backend.claims.schemas import PhotosFor


class ActionPhoto(TalkAction):
    NAME = ActionName.PHOTO

    async def act(self, turn: Turn) -> list[Event]:
        caption = turn.entity(Entity.CAPTION) or ""
        products = await self.backend.products()
        number = claim_number(caption)
        if number is not None:
            return await add(turn, self.backend, PhotosFor(number=number, message_id=turn.message_id, asked=True))
        if known_slots(turn) or hear(turn, products, None, set(), caption).something:
            form: Event = FollowupAction(FORM)
            return [form]
        events = await place(turn, self.backend)
        if turn.awaiting is not Awaiting.ANSWER:
            step_up.remind(turn)
        return events
