"""What can go wrong between a message and its answer.

Unavailable
├── BotSilent      Rasa took the message and said nothing: never proof of success (its REST channel hides crashes)
├── BotUnreachable Rasa could not be asked
└── TurnHeld       somebody else is answering in this conversation, or is yet to
"""

from backend.kit.errors import Unavailable


class BotSilent(Unavailable):
    code = "bot_silent"


class BotUnreachable(Unavailable):
    code = "bot_unreachable"


class TurnHeld(Unavailable):
    code = "turn_held"
