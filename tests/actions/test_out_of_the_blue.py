"""Messages that begin or go on with a claim, whatever else they sound like."""

import pytest

from actions.names import ActionName, Intent, Slot
from actions.normalise.products import read_product
from tests.actions.catalogue import PRODUCTS
from tests.actions.talk import Talk


async def test_a_day_and_a_sum_out_of_the_blue_begin_a_claim() -> None:
    talk = Talk()
    await talk.act(ActionName.INFORM, "hiya, doc's bill from 11 nov, 12 hundred... no wait 120 dollars", Intent.INFORM)
    assert (talk.said, talk.raised) == ([], ["followup"])
    await talk.hear("hiya, that's from 11 nov, 120 dollars", Intent.INFORM)
    assert (talk.slots[Slot.AMOUNT], talk.slots[Slot.INCIDENT_ON]) == (12000, "2026-11-11")


@pytest.mark.parametrize(
    ("text", "product"),
    [("doc's bill, 120", "outpatient"), ("docs visit on tuesday", "outpatient"), ("i saw the doc", "outpatient"), ("send the docs later", None)],
)  # fmt: skip
def test_doc_is_a_doctor_where_it_can_be_nothing_else(text: str, product: str | None) -> None:
    assert read_product(PRODUCTS, text) == product


@pytest.mark.parametrize(
    ("text", "intent", "language"),
    [
        ("carry on with the claim i started on telegram", Intent.WITHDRAW_CLAIM, "en"),
        ("go on with my claim", Intent.CHECK_CLAIM_STATUS, "en"),
        ("继续办上次没填完的理赔", Intent.CHECK_CLAIM_STATUS, "zh"),
    ],
)
async def test_going_on_with_a_claim_takes_none_back(text: str, intent: Intent, language: str) -> None:
    talk = Talk(language=language)
    talk.backend.draft = {"claim_type": "device_screen", "amount_minor": 9900}
    assert await talk.act(ActionName.WITHDRAW, text, intent) == []
    assert talk.raised[:1] == ["followup"]


@pytest.mark.parametrize("text", ["please withdraw the claim i started on telegram", "when will you finish my claim"])
async def test_what_asks_or_ends_goes_on_with_nothing(text: str) -> None:
    talk = Talk()
    talk.backend.draft = {"claim_type": "device_screen", "amount_minor": 9900}
    await talk.act(ActionName.WITHDRAW, text, Intent.WITHDRAW_CLAIM)
    assert "followup" not in talk.raised
