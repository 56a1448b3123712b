"""What a customer writes after "we need something more from you": it goes to the claim, and to whoever asked.

The request is a notice of the backend's, so no question is open in the conversation yet; the gateway says that the last
thing the customer read asks for something (`Turn.asks`). From then on it is an open question like any other.
"""

from actions import errand
from actions.asides import beside_the_point
from actions.backend_client import Backend
from actions.cues import adds_another, is_nonsense
from actions.errand import Do, Errand, Step
from actions.errors import Absent, Refused, StepUp
from actions.names import Intent, Reply
from actions.normalise.choices import Choice, photo_comes_later, yes_or_no
from actions.normalise.text import size
from actions.step_up import ask_for_proof
from actions.turn import Event, Turn
from backend.claims.schemas import InformationGiven

# What is plainly about something else than what was asked for.
ELSEWHERE = frozenset(
    {
        *(Intent.WITHDRAW_CLAIM, Intent.APPEAL_DECISION, Intent.CHANGE_PAYOUT_ACCOUNT, Intent.CHANGE_CONTACT_DETAILS),
        *(Intent.COMPLAIN, Intent.CANCEL),
    }
)
SURE = 0.8
LONGEST_PROMISE = 8.0  # words: "I'll send it when I get home tonight"


def awaited(number: str) -> Errand:
    return Errand(Do.ANSWER_REQUEST, Step.WORDS, Reply.ANSWER_AWAITED, {"number": number}, number=number)


async def intercept(turn: Turn, backend: Backend) -> list[Event] | None:
    """Take the first words after the request; None where they are about something else."""
    if (
        not turn.asks
        or turn.acted
        or turn.external
        or not turn.text
        or errand.open_errand(turn) is not None
        or turn.asked is not None
    ):
        return None
    return await answered(turn, backend, awaited(turn.asks))


@errand.answers(Do.ANSWER_REQUEST)
async def answered(turn: Turn, backend: Backend, asked: Errand) -> list[Event] | None:
    if turn.intent == Intent.PHOTO or _elsewhere(turn):
        return None
    promised = photo_comes_later(turn.text) and size(turn.text) <= LONGEST_PROMISE
    if yes_or_no(turn.text) is Choice.YES or promised or is_nonsense(turn.text):
        return errand.ask(turn, asked)  # "ok", "will send it later"
    try:
        given = InformationGiven(number=asked.number, words=turn.text)
        view = await backend.add_information(turn.conversation_id, given)
    except StepUp as refusal:
        return ask_for_proof(turn, refusal)
    except (Absent, Refused):
        return None  # decided or taken back meanwhile: it is read as anything else
    turn.say(Reply.ANSWER_PASSED_ON, number=asked.number, day=turn.in_words(view.due_at_text))
    return errand.over()


def _elsewhere(turn: Turn) -> bool:
    if turn.intent in ELSEWHERE and turn.confidence >= SURE:
        return True
    if turn.intent == Intent.FILE_CLAIM and adds_another(turn.text):
        return True
    return beside_the_point(turn)
