"""What the assistant can't take: said plainly. In the form the open question comes again after this."""

from actions import step_up
from actions.names import ActionName, Entity, Reply
from actions.talk import TalkAction
from actions.turn import Event, Turn

REPLIES: dict[str, Reply] = {
    "voice": Reply.VOICE,
    "audio": Reply.VOICE,
    "no_words": Reply.NO_WORDS,
    "sticker": Reply.NO_WORDS,
    "unreadable_photo": Reply.UNREADABLE_PHOTO,
}


class ActionUnsupported(TalkAction):
    NAME = ActionName.UNSUPPORTED

    async def act(self, turn: Turn) -> list[Event]:
        turn.say(REPLIES.get(turn.entity(Entity.WHAT) or "", Reply.UNSUPPORTED))
        if not turn.in_form:
            step_up.remind(turn)
        return []
