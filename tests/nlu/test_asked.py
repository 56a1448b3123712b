"""The same words mean what was asked, in the command and in the product."""

from datetime import date

import pytest

from actions.names import Ask, Intent, Slot
from actions.normalise.products import Products
from anpei.nlu import entities
from anpei.nlu_asked import Reading, as_answer
from backend.policies import catalogue
from backend.policies.schemas import ProductView
from tests.actions.talk import Talk

PRODUCTS = Products.of(ProductView.model_validate(each, from_attributes=True) for each in catalogue.products())
TODAY = date(2026, 11, 18)


def read(text: str, asked: str | None, intent: str, confidence: float = 0.9) -> Reading:
    """What the command makes of a text that the model took for `intent`."""
    ranking = [{"name": intent, "confidence": confidence}, {"name": "deny", "confidence": 0.05}]
    reading = Reading(intent, confidence, ranking, entities(text, PRODUCTS, "en", TODAY, asked))
    return as_answer(text, asked, PRODUCTS, reading) if asked else reading


@pytest.mark.parametrize(
    ("asked", "intent", "facts"),
    [
        ("claim_type", "inform", {"claim_type": "device_screen"}),
        ("amount", "inform", {"amount": {"value": 1.0, "currency": None}}),
        ("confirmed", "affirm", {}),
        ("photo", "affirm", {}),
        (None, "inform", {}),
    ],
)
def test_one_is_what_was_asked(asked: str | None, intent: str, facts: dict[str, object]) -> None:
    found = read("1", asked, "inform")
    assert (found.intent, found.facts) == (intent, facts)


@pytest.mark.parametrize("text", ["the second one", "2", "2.", "第二个", "Car glass", "车玻璃"])
def test_the_second_is_the_second_of_the_list(text: str) -> None:
    second = PRODUCTS.views[1]
    if text in {"Car glass", "车玻璃"}:
        text = second.names["zh" if text == "车玻璃" else "en"]
    assert read(text, "claim_type", "appeal_decision", 0.4).facts["claim_type"] == second.key


@pytest.mark.parametrize("asked", ["incident_date", "incident_on", "date"])
def test_a_day_answers_when(asked: str) -> None:
    found = read("Tuesday", asked, "nlu_fallback", 0.3)
    assert (found.intent, found.facts) == ("inform", {"date": "2026-11-17"})
    assert read("3rd", asked, "inform").facts == {"date": "2026-11-03"}
    assert read("3rd", "amount", "inform").facts.get("date") is None


def test_yes_that_carries_a_fact_stays_a_yes() -> None:
    assert read("yes, 240", "amount", "affirm").intent == "affirm"
    assert read("no, tuesday", "date", "deny").intent == "deny"


@pytest.mark.parametrize(
    ("text", "asked", "intent"),
    [
        ("yup, seventy five pounds", "amount", "affirm"),
        ("wrong, 8 november", "incident_date", "deny"),
        ("是，就是860块", "amount", "affirm"),
        ("no 3", "claim_type", "inform"),
        ("1,200", "amount", "inform"),
    ],
)
def test_a_yes_or_no_before_the_fact_counts(text: str, asked: str, intent: str) -> None:
    assert read(text, asked, "inform").intent == intent


@pytest.mark.parametrize("text", ["tues", "ystd"])
def test_a_fact_alone_is_no_yes(text: str) -> None:
    assert read(text, "incident_date", "affirm").intent == "inform"


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("don't have one", "deny"),
        ("no pics sorry, already binned it", "deny"),
        ("没拍照", "deny"),
        ("hang on taking a pic", "add_document"),
        ("pic of the smashed screen coming up", "add_document"),
        ("图来了", "add_document"),
        ("why do you need a photo?", "inform"),
    ],
)
def test_words_about_the_photo_that_was_asked_for(text: str, intent: str) -> None:
    assert read(text, "photo", "inform").intent == intent
    assert read(text, "photo", "talk_to_human").intent == "talk_to_human"


def test_a_story_is_the_story_that_was_asked_for() -> None:
    assert read("it fell in the lift and cracked", "description", "file_claim").intent == "inform"
    assert read("it fell in the lift and cracked", None, "file_claim").intent == "file_claim"


@pytest.mark.parametrize(
    ("text", "intent"),
    [("get me a person", "talk_to_human"), ("forget it", "cancel"), ("my wife is bleeding", "report_emergency")],
)
@pytest.mark.parametrize("asked", ["amount", "date", "claim_type", "description"])
def test_what_is_plainly_no_answer_stays_what_it_is(text: str, intent: str, asked: str) -> None:
    assert read(text, asked, intent).intent == intent


def test_a_question_is_no_answer() -> None:
    assert read("is 300 the most you pay?", "amount", "ask_coverage").intent == "ask_coverage"


def test_a_slot_nobody_knows_changes_nothing() -> None:
    assert read("1", "favourite_colour", "inform") == read("1", None, "inform")


async def test_in_the_form_the_same_number_means_what_was_asked() -> None:
    """A sum where the sum is asked, the day where the day is asked, a yes at the read-back."""
    talk = Talk()
    await talk.hear("my phone screen cracked", Intent.FILE_CLAIM)
    assert talk.asked == Ask.INCIDENT_ON
    await talk.hear("3rd", Intent.FALLBACK, 0.3)
    assert (talk.slots[Slot.INCIDENT_ON], talk.asked) == ("2026-11-03", Ask.AMOUNT)
    await talk.hear("3", Intent.FALLBACK, 0.3)
    assert talk.asked != Ask.AMOUNT
    assert talk.backend.asked("/draft")[-1]["amount_minor"] == 300


@pytest.mark.parametrize(("text", "asked"), [("yes", None), ("1", None), ("no", Ask.CORRECTION), ("2", Ask.CORRECTION)])
async def test_at_the_read_back_a_number_is_a_choice(text: str, asked: Ask | None) -> None:
    talk = Talk()
    talk.backend.photos = 1
    await talk.hear("my phone screen cracked yesterday, the repair is 180 dollars", Intent.FILE_CLAIM)
    assert talk.asked == Ask.CONFIRMED
    await talk.hear(text, Intent.INFORM)
    assert talk.asked == asked
