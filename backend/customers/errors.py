"""What a customer can't change by message.

NotFound
└── NoChange         nothing is waiting to be confirmed (any more)
Refused
├── NumberTaken      another customer has this phone number, or may still put it back
└── PersonNeeded     a change was stopped a short while ago: only a person may begin another
"""

from backend.kit.errors import NotFound, Refused


class NoChange(NotFound):
    code = "no_change"


class NumberTaken(Refused):
    code = "number_taken"


class PersonNeeded(Refused):
    code = "person_needed"
