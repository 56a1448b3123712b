"""What comes to mind once the claim is filed: "oh and it was the left ear" goes to it, and begins no other."""

import re
from typing import Any

from actions import errand
from actions.backend_client import Backend
from actions.cues import adds_another
from actions.errand import Do, Errand, Step
from actions.errors import Absent, Refused, StepUp
from actions.names import Intent, Reply
from actions.normalise.products import read_product
from actions.normalise.text import fold
from actions.step_up import ask_for_proof
from actions.turn import Event, Turn
from backend.claims.schemas import InformationGiven

# What may be taken for a fact told; a question is one, whatever it begins with: "also, what's my deductible".
TELLS = frozenset({Intent.INFORM, Intent.FILE_CLAIM, Intent.AFFIRM, Intent.DENY})
# What more of the story may sound like, where no word of it asks anything: 哦对了，楼下天花板也湿了.
SOUNDS_LIKE = frozenset({Intent.ASK_COVERAGE, Intent.OUT_OF_SCOPE, Intent.FALLBACK})
_ASKS = re.compile(
    r"\b(?:what|when|how|who|which|why|is|are|am|does|do|did|can|could|will|would|should|cover\w*|insur\w*|want|need|please|pls|give|tell|book)\b"
    r"|[吗呢?？]|什么|多少|怎么|哪|能|可以|赔|保|算不算|要不要|想|帮|请"
)
_GOES_ON = re.compile(
    r"^\W*(?:(?:oh|ah|uh|um+|sorry|hey|wait)\b[\s,.]*)*"
    r"(?:and\b|also\b|plus\b|p\.?s\b|btw\b|by the way|(?:one|another) more thing|another thing|just to add|to add\b|"
    r"(?:i |we )?(?:also |just )?(?:forgot|should have (?:said|mentioned)|should've (?:said|mentioned)|meant to (?:say|add)))"
    r"|^\W*(?:[哦噢啊呃嗯]\W*)*(?:对了|还有|另外|忘了?说|忘记说|忘了?(?:提|讲)|刚才?忘|补充|再补充|顺便|顺带)"
    r"|\b(?:i )?forgot to (?:say|mention)(?: it| that)?\W*$|忘[了记]?(?:说|提|讲)了?\W*$"
)
# The whole of it put right, from its first word on; "... no wait, 120" in the middle tells a claim of its own.
_PUTS_RIGHT = re.compile(
    r"^\W*(?:no|not|wait|sorry|actually|oops|hang on|hold on|correction|typo|my bad|my mistake|scratch that)\b"
    r"|\bactually\W*$"
    r"|^\W*(?:不对|不是|搞错|弄错|说错|写错|更正|纠正|刚才|刚刚|等等|等下|其实)"
)


async def intercept(turn: Turn, backend: Backend) -> list[Event] | None:
    """None for what belongs to no claim filed here a moment ago; the backend knows whether there is one."""
    busy = turn.in_form or turn.acted or turn.external or turn.awaiting is not None
    if busy or not turn.text or not _tells(turn) or not _of_the_last(turn):
        return None
    product = read_product(await backend.products(), turn.text)
    if product is not None and (adds_another(turn.text) or turn.intent == Intent.FILE_CLAIM):
        return None  # 还有我家水管也爆了: another claim
    try:
        given = InformationGiven(product=product, words=turn.text, lately=True)
        view = await backend.add_information(turn.conversation_id, given)
    except StepUp as refusal:
        return ask_for_proof(turn, refusal)
    except Absent:
        return None
    except Refused as refusal:
        return _again(turn, str(refusal.params.get("number", "")))
    number = view.claim.number if view.claim else ""
    turn.say(Reply.ANSWER_PASSED_ON, number=number, day=turn.in_words(view.due_at_text))
    return []


def _tells(turn: Turn) -> bool:
    return turn.intent in TELLS or (turn.intent in SOUNDS_LIKE and _ASKS.search(fold(turn.text)) is None)


def _of_the_last(turn: Turn) -> bool:
    return goes_on(turn.text) or (turn.intent == Intent.INFORM and _PUTS_RIGHT.search(fold(turn.text)) is not None)


def goes_on(text: str) -> bool:
    """Whether a text adds to what was told before it."""
    return _GOES_ON.search(fold(text)) is not None


def _again(turn: Turn, number: str) -> list[Event]:
    """It is decided: only a person who looks at it again can take anything more into account."""
    named: dict[str, Any] = {"number": number}
    sure = Errand(Do.APPEAL_DECISION, Step.SURE, Reply.LOOK_AGAIN, named, number=number, words=turn.text)
    return errand.ask(turn, sure)
