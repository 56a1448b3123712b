"""What somebody may want while their own words are awaited, and is no part of them."""

from actions.names import Intent
from actions.normalise.text import size
from actions.turn import Turn

LONGEST_ASIDE = 8.0
CLEAR = 0.7
# What somebody may want while a reason is awaited, said shortly and clearly; anything longer is the reason.
ASIDES = frozenset(
    {
        *(Intent.TALK_TO_HUMAN, Intent.REPORT_SUSPICIOUS, Intent.CHANGE_LANGUAGE, Intent.BOT_CHALLENGE, Intent.REPEAT),
        *(Intent.HELP, Intent.CHECK_CLAIM_STATUS, Intent.CHECK_PAYMENT_STATUS, Intent.LIST_POLICIES, Intent.GREET),
        *(Intent.ASK_SECURITY, Intent.ASK_REVIEW_TIME, Intent.ASK_PAYMENT_PROCESS, Intent.ASK_DEDUCTIBLE),
        *(Intent.ASK_COVERAGE, Intent.ASK_CLAIM_PROCESS, Intent.ASK_DOCUMENTS_NEEDED, Intent.THANK, Intent.GOODBYE),
    }
)


def beside_the_point(turn: Turn) -> bool:
    """Whether the message is no reason but something else that somebody may want in between."""
    if not turn.text or turn.intent == Intent.REPORT_EMERGENCY:
        return True
    return turn.intent in ASIDES and turn.confidence >= CLEAR and size(turn.text) <= LONGEST_ASIDE
