"""Goes on in the other language. The rule says so after this, when the slot has changed."""

from actions.names import ActionName, Slot
from actions.normalise.choices import language_named
from actions.talk import TalkAction
from actions.turn import Event, Turn, slot


class ActionChangeLanguage(TalkAction):
    NAME = ActionName.CHANGE_LANGUAGE

    async def act(self, turn: Turn) -> list[Event]:
        language = language_named(turn.text) or ("en" if turn.language == "zh" else "zh")
        await self.backend.change_language(turn.conversation_id, language)
        return [slot(Slot.LANGUAGE, language)]
