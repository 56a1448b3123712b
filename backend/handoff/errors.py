"""What an agent can't do.

Refused
├── AlreadyTaken   somebody else took the conversation first
├── StillAnswered  whoever holds it is there and has answered
├── NotYours       only who holds a conversation writes in it or hands it back
└── NewMessage     the customer wrote since the agent last looked: read first (`since` is the position)
"""

from backend.kit.errors import Refused


class AlreadyTaken(Refused):
    code = "already_taken"


class StillAnswered(Refused):
    code = "still_answered"


class NotYours(Refused):
    code = "not_yours"


class NewMessage(Refused):
    code = "new_message"
