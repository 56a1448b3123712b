"""Has another person look at a decision, for the customer's own reasons."""

import re
from typing import Any

from actions import errand
from actions.action_claim_status import say_absent, tell_claim_status
from actions.asides import beside_the_point
from actions.backend_client import Backend
from actions.cues import asks_why
from actions.errand import Do, Errand, Step
from actions.errors import Absent, Refused, StepUp
from actions.names import ActionName, Intent, Reply
from actions.normalise.choices import Choice, yes_or_no
from actions.normalise.text import fold, size
from actions.step_up import ask_for_proof
from actions.talk import TalkAction
from actions.turn import Event, Turn
from backend.claims.schemas import AppealWords

# What says that one disagrees, and not why.
_BARE = re.compile(
    r"\b(?:i|i'm|i'd|id|we|you|me|my|the|your|this|that|it|its|on|of|for|to|with|against|about|at|a|an|and|so|am|is|was|"
    r"be|been|do|does|don't|dont|not|can|could|want|wanna|would|like|please|pls|how|hi|hello|appeal|appealing|dispute|"
    r"disputing|contest|challenge|disagree|disagreeing|agree|object|complain|decision|decide[ds]?|result|outcome|ruling|"
    r"verdict|claims?|deni(?:ed|al)|den(?:y|ies)|reject\w*|refus\w*|declin\w*|turned|down|review\w*|again|look|looked|"
    r"reconsider\w*|second|different|another|else|someone|somebody|person|opinion|have|has|get|need|make|file|wrong|unfair|"
    r"happy|accept|number)\b|\bcl[\s-]*[0-9a-z]{8}\b"
    r"|我|我们|你们|您|要|想|请|对|的|这个|那个|这|那|个|结果|决定|结论|理赔|赔付|审核|申诉|上诉|复议|复核|复审|异议|不服|不同意|"
    r"不认可|不认同|不接受|不满意|拒赔|被拒|拒绝|拒了|重新|再|看看|看|一下|一次|有|提出|提|怎么|可以|能|吗|呢|了|啊|吧|不公平|不合理"
)
# A complaint about us is for a person, not for whoever looks at the decision again; one about the decision is its reason.
_COMPLAINT = re.compile(r"\bcomplain(?:t|ts|ing)?\b|\bombudsman\b|投诉")
_OF_THE_DECISION = re.compile(
    r"\b(?:decision|decided|denied|denial|refus\w+|reject\w+|declin\w+|turned down|verdict|outcome)\b"
    r"|拒赔|被拒|拒绝|结果|决定|结论|理赔金额|赔少|不赔"
)
WORDS_OF_A_REASON = 3.0
SHORT_ANSWER = 5.0


class ActionAppeal(TalkAction):
    NAME = ActionName.APPEAL

    async def act(self, turn: Turn) -> list[Event]:
        which = errand.meant(turn, await self.backend.products())
        if asks_why(turn.text):  # a question is no appeal: what was decided says why
            return await tell_claim_status(turn, self.backend, which)
        wanted = AppealWords(number=which.number, product=which.product, words=reason_in(turn.text))
        return await appeal(turn, self.backend, wanted)


def _complains(turn: Turn) -> bool:
    said = fold(turn.text)
    return turn.intent == Intent.COMPLAIN and bool(_COMPLAINT.search(said)) and not _OF_THE_DECISION.search(said)


def reason_in(text: str, words: float = WORDS_OF_A_REASON) -> str | None:
    """The whole text where it gives a reason, and doesn't only say that one disagrees."""
    return text if size(_BARE.sub(" ", fold(text))) >= words else None


async def appeal(turn: Turn, backend: Backend, wanted: AppealWords) -> list[Event]:
    try:
        view = await backend.appeal(turn.conversation_id, wanted)
    except StepUp as refusal:
        return ask_for_proof(turn, refusal)
    except Absent as absent:
        return say_absent(turn, absent)
    except Refused as refusal:
        turn.say(Reply.APPEAL_NOT_YET, number=refusal.params.get("number", ""))
        return errand.over()
    if view.claim is None:
        return errand.ask_which(turn, Do.APPEAL_DECISION, Reply.WHICH_CLAIM, view.choices)
    named: dict[str, Any] = {"number": view.claim.number, "product": turn.in_words(view.claim.product_name)}
    if not view.done:
        words = Errand(Do.APPEAL_DECISION, Step.WORDS, Reply.APPEAL_WORDS, named, number=view.claim.number)
        return errand.ask(turn, words)
    turn.say(Reply.APPEALED, **named, day=turn.in_words(view.due_at_text))
    return errand.over()


@errand.answers(Do.APPEAL_DECISION)
async def answered(turn: Turn, backend: Backend, asked: Errand) -> list[Event] | None:
    if asked.step is Step.WHICH:
        which = errand.chosen(turn, await backend.products(), asked)
        return await appeal(turn, backend, AppealWords(number=which.number)) if which else None
    if asked.step is Step.SURE:
        return await _confirmed(turn, backend, asked)
    if beside_the_point(turn) or _complains(turn):
        return None
    said = errand.decided(turn) if size(turn.text) <= SHORT_ANSWER else yes_or_no(turn.text)
    if said is Choice.NO:
        turn.say(Reply.KEPT_AS_IS)
        return errand.over()
    if said is Choice.YES or reason_in(turn.text, words=1) is None:
        errand.say_again(turn)  # "ok", 不服: that much is known
        return []
    return await appeal(turn, backend, AppealWords(number=asked.number, words=turn.text))


async def _confirmed(turn: Turn, backend: Backend, asked: Errand) -> list[Event] | None:
    """What was added too late: whether it is to be looked at again for that."""
    match errand.decided(turn):
        case Choice.YES:
            return await appeal(turn, backend, AppealWords(number=asked.number, words=asked.words))
        case Choice.NO:
            turn.say(Reply.KEPT_AS_IS)
            return errand.over()
    return None
