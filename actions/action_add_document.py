"""Puts photos and papers to a claim that is filed: asked for in words, or sent out of the blue."""

from rasa_sdk.events import FollowupAction

from actions import errand
from actions.action_claim_status import say_absent
from actions.backend_client import Backend
from actions.errand import Do, Errand, Step
from actions.errors import Absent, Refused, StepUp
from actions.names import FORM, ActionName, Intent, Reply
from actions.normalise.choices import Choice
from actions.step_up import ask_for_proof
from actions.talk import TalkAction
from actions.titles import TITLES
from actions.turn import Event, Turn, button
from backend.claims.schemas import OperationView, PhotosFor


class ActionAddDocument(TalkAction):
    NAME = ActionName.ADD_DOCUMENT

    async def act(self, turn: Turn) -> list[Event]:
        which = errand.meant(turn, await self.backend.products())
        return await add(turn, self.backend, PhotosFor(number=which.number, product=which.product, asked=True))


async def add(turn: Turn, backend: Backend, wanted: PhotosFor) -> list[Event]:
    """What the customer asked for; photos that have come already are taken, else the next one is."""
    try:
        view = await backend.place_photos(turn.conversation_id, wanted)
    except StepUp as refusal:
        return ask_for_proof(turn, refusal)
    except Absent as absent:
        return say_absent(turn, absent)
    except Refused as refusal:
        turn.say(Reply.DOCUMENT_TOO_LATE, number=refusal.params.get("number", ""))
        return errand.over()
    if view.claim is None:
        return _which(turn, Reply.WHICH_CLAIM, view)
    if view.done:
        return _added(turn, view)
    named = {"number": view.claim.number, "product": turn.in_words(view.claim.product_name)}
    return errand.ask(turn, Errand(Do.ADD_DOCUMENT, Step.PHOTO, Reply.SEND_PHOTO_FOR, named, number=view.claim.number))


async def place(turn: Turn, backend: Backend) -> list[Event]:
    """A photo out of the blue: for the claim that is open, or the one of them that is meant, or a new one."""
    try:
        view = await backend.place_photos(turn.conversation_id, PhotosFor())
    except (Absent, Refused):
        turn.say(Reply.PHOTO_NEW)  # nothing is open that it could be for
        return []
    if view.claim is None:
        return _which(turn, Reply.WHICH_FOR_PHOTO, view)
    if view.done:
        return _added(turn, view)
    form: Event = FollowupAction(FORM)  # the draft that was begun has it
    return [form]


def _which(turn: Turn, reply: Reply, view: OperationView) -> list[Event]:
    new = button(TITLES[Intent.FILE_CLAIM][turn.language], Intent.FILE_CLAIM)
    return errand.ask_which(turn, Do.ADD_DOCUMENT, reply, view.choices, (new,))


def _added(turn: Turn, view: OperationView) -> list[Event]:
    if view.claim is not None:
        turn.say(Reply.PHOTO_ADDED, number=view.claim.number, product=turn.in_words(view.claim.product_name))
    return errand.over()


@errand.answers(Do.ADD_DOCUMENT)
async def answered(turn: Turn, backend: Backend, asked: Errand) -> list[Event] | None:
    if asked.step is Step.WHICH:
        which = errand.chosen(turn, await backend.products(), asked)
        return await add(turn, backend, PhotosFor(number=which.number, asked=True)) if which else None
    if turn.intent == Intent.PHOTO:
        wanted = PhotosFor(number=asked.number, message_id=turn.message_id, asked=True)
        return await add(turn, backend, wanted)
    match errand.decided(turn):
        case Choice.NO:
            turn.say(Reply.KEPT_AS_IS)
            return errand.over()
        case Choice.YES:
            errand.say_again(turn)
            return []
    return None
