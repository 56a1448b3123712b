"""What a message in the form is: an answer, something beside it, or something that the rules take."""

from actions import answers
from actions.cues import attacks, hesitates, insults, is_nonsense, is_question, is_unsure, restarts
from actions.heard import LONGEST_FACT, REVIEWING, Heard
from actions.names import Ask, Entity, Intent, Slot
from actions.normalise.choices import (
    Choice,
    corrects,
    field_named,
    has_no_photo,
    names_no_photo,
    promises_photo,
    wants_change,
    yes_or_no,
)
from actions.normalise.numbers import claim_number
from actions.normalise.products import Products, read_product, tells_what_happened
from actions.normalise.text import size
from actions.turn import Turn

LEAVES = frozenset(
    {
        *(Intent.CANCEL, Intent.WITHDRAW_CLAIM, Intent.APPEAL_DECISION, Intent.COMPLAIN, Intent.TALK_TO_HUMAN),
        *(Intent.REPORT_EMERGENCY, Intent.REPORT_SUSPICIOUS, Intent.CHECK_CLAIM_STATUS, Intent.CHECK_PAYMENT_STATUS),
        *(Intent.LIST_POLICIES, Intent.CHANGE_PAYOUT_ACCOUNT, Intent.CHANGE_CONTACT_DETAILS, Intent.CHANGE_LANGUAGE),
        *(Intent.CODE_PASSED, Intent.CODE_FAILED, Intent.IDENTIFIED, Intent.UNSUPPORTED, Intent.RESUME),
    }
)
# A greeting or thanks may carry facts ("hi, my phone broke"); a question about the terms doesn't.
MAY_CARRY_FACTS = frozenset(
    {
        *(Intent.GREET, Intent.THANK, Intent.HELP, Intent.CHITCHAT, Intent.OUT_OF_SCOPE, Intent.GOODBYE),
        *(Intent.ADD_DOCUMENT, Intent.REPEAT, Intent.BOT_CHALLENGE),
    }
)
ASKS_US = frozenset({Intent.REPEAT, Intent.BOT_CHALLENGE, Intent.HELP})  # no story, unless it says what happened
MONEY_OR_CANCEL = frozenset({Intent.CHECK_PAYMENT_STATUS, Intent.CHECK_CLAIM_STATUS, Intent.CANCEL})
CHANGES = frozenset({Intent.CHANGE_PAYOUT_ACCOUNT, Intent.CHANGE_CONTACT_DETAILS, Intent.CHANGE_LANGUAGE})
# A story may sound like any intent. Only a clear one counts while the story is what was asked for.
CLEAR = 0.7
MANY_WORDS = 4.0
LONGEST_INSULT = 8.0
LONGEST_ORDER = 6.0  # "please scrap this and start over" has six words
FACTS = (Ask.CLAIM_TYPE, Ask.INCIDENT_ON, Ask.AMOUNT, Ask.DESCRIPTION, Ask.PHOTO)


def leaves(turn: Turn, products: Products, asked: Ask, heard: Heard) -> bool:
    """Whether the message is about something else that the rules know."""
    if turn.intent not in LEAVES or is_short_answer(asked, turn.text) or heard.guesses(asked):
        return False
    if turn.external or not turn.text:
        return True
    if _is_about_this(turn, products, asked, heard):
        return False
    if asked is Ask.DESCRIPTION:
        return turn.confidence >= CLEAR
    answered = heard.answers(asked) or (asked in REVIEWING and heard.something)
    return not answered or (turn.confidence >= CLEAR and heard.rest >= MANY_WORDS)


def _is_about_this(turn: Turn, products: Products, asked: Ask, heard: Heard) -> bool:
    """Whether what sounds like something else is about the claim being told."""
    if turn.intent in CHANGES and field_to_change(turn, asked, turn.text) is not None:
        return True  # "change the date"
    if turn.intent == Intent.CANCEL and _tells_of_cancelling(turn, products):
        return True
    puts_right = heard.something and (corrects(turn.text) or names_no_photo(turn.text))
    return turn.intent in MONEY_OR_CANCEL and puts_right  # "the money isn't 450 but 405", "forget it, no photo"


def adds_to_filed(turn: Turn, products: Products) -> bool:
    """Whether a photo or paper is meant for a claim that is filed, and not for the one being told."""
    if turn.intent != Intent.ADD_DOCUMENT or not turn.text:
        return False
    named = read_product(products, turn.text)
    other = named is not None and turn.slots.get(Slot.CLAIM_TYPE) not in {None, named}
    return other or claim_number(turn.text) is not None


def is_aside(turn: Turn, products: Products, asked: Ask, heard: Heard) -> bool:
    """Whether the message is a side question rather than an answer."""
    if turn.intent not in answers.SIDE or turn.external or is_short_answer(asked, turn.text) or heard.guesses(asked):
        return False
    if turn.text and ((turn.intent in MAY_CARRY_FACTS and _says_nothing(turn)) or _promises(asked, turn.text)):
        return False  # not known, or nothing at all: a miss, whatever it sounds like
    if turn.intent == Intent.OUT_OF_SCOPE and tells_what_happened(products, turn.text):
        return False  # more of the story, whatever it sounds like
    if asked is Ask.DESCRIPTION and turn.text:
        asks = turn.text.rstrip().endswith(("?", "？"))
        asks = asks or (turn.intent in ASKS_US and not tells_what_happened(products, turn.text))
        return turn.confidence >= CLEAR and (asks or not (turn.intent in MAY_CARRY_FACTS and heard.rest >= MANY_WORDS))
    if heard.answers(asked):
        return False
    told = heard.change.model_fields_set - {
        "description"
    }  # "hang on, is a crack from before covered" tells nothing else
    puts_right = (
        bool(told) and corrects(turn.text) and not is_question(turn.text)
    )  # "wait, 3 days ago ... should be wednesday"
    return not (heard.something and (turn.intent in MAY_CARRY_FACTS or turn.confidence < CLEAR or puts_right))


def _promises(asked: Ask, text: str) -> bool:
    return asked is Ask.PHOTO and promises_photo(text)


def _says_nothing(turn: Turn) -> bool:
    thinks = turn.intent in {Intent.THANK, Intent.GOODBYE, Intent.CHITCHAT} and hesitates(turn.text)
    return thinks or is_unsure(turn.text) or is_nonsense(turn.text)


def is_anger(products: Products, text: str) -> bool:
    """Whether a text is nothing but an insult: somebody swears in many a story."""
    return insults(text) and size(text) <= LONGEST_INSULT and not _about_a_claim(products, text)


def is_attack(products: Products, text: str) -> bool:
    return attacks(text) and not _about_a_claim(products, text)


def begins_anew(turn: Turn, asked: Ask | None, text: str) -> bool:
    """Whether the claim is to be told again from the start; in a story, things are restarted too."""
    if not text or not restarts(text):
        return False
    return turn.intent == Intent.CANCEL or (asked is not Ask.DESCRIPTION and size(text) <= LONGEST_ORDER)


def is_short_answer(asked: Ask, text: str) -> bool:
    """Whether the text is one of the few that a question with set answers expects, whatever intent it looks like."""
    if not text or asked not in {*REVIEWING, Ask.PHOTO}:
        return False
    named = asked in REVIEWING and field_named(text) is not None and size(text) <= LONGEST_FACT
    return named or wants_change(text) or yes_or_no(text) is not Choice.NONE


def decided(turn: Turn, text: str) -> Choice:
    """Yes or no, in words or by what the message was taken for."""
    said = yes_or_no(text)
    if said is Choice.NONE and turn.intent == Intent.AFFIRM:
        return Choice.YES
    return Choice.NO if said is Choice.NONE and turn.intent == Intent.DENY else said


def declines_photo(turn: Turn, text: str) -> bool:
    """ "No" to the photo; "no, it was 160" is about something else."""
    plain = yes_or_no(text) is Choice.NO or has_no_photo(text)
    return plain or (turn.intent == Intent.DENY and size(text) <= LONGEST_FACT)


def field_to_change(turn: Turn, asked: Ask, text: str) -> Ask | None:
    """The fact to change: of a pressed choice, or named; in the middle of the claim only where it is to change."""
    named = turn.entity(Entity.FIELD)
    if (
        named is None
        and size(text) <= MANY_WORDS * 2
        and not has_no_photo(text)
        and (asked in REVIEWING or corrects(text) or "改" in text)
    ):
        named = field_named(text)
    return Ask(named) if named in FACTS else None


def _tells_of_cancelling(turn: Turn, products: Products) -> bool:
    """ "Flight cancelled" drops nothing; 取消 by itself does."""
    if read_product(products, turn.text, asked=True) is not None:
        return True
    return turn.confidence < CLEAR and tells_what_happened(products, turn.text)


def _about_a_claim(products: Products, text: str) -> bool:
    return tells_what_happened(products, text) or read_product(products, text) is not None
