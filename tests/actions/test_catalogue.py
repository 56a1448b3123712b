"""Adding a product is adding an entry: it is recognised, offered and explained without a line of code."""

import json
import re
from pathlib import Path

import pytest

from actions.names import ActionName, Ask, Intent, Slot
from actions.normalise.products import read_product, tells_what_happened
from tests.actions.catalogue import PRODUCTS, ready, with_pet
from tests.actions.played_backend import PlayedBackend
from tests.actions.talk import Talk

ROOT = Path(__file__).resolve().parents[2]
SOURCES = (*(ROOT / "actions").rglob("*.py"), *(ROOT / "anpei").rglob("*.py"), ROOT / "domain.yml", ROOT / "config.yml")


@pytest.mark.parametrize(
    ("text", "story"),
    [("my dog swallowed a sock, had to go to the vet", True), ("狗误吞了袜子,去了宠物医院", True), ("my puppy", False)],
)
def test_a_sixth_product_is_recognised(tmp_path: Path, text: str, story: bool) -> None:
    six = ready(with_pet(tmp_path))
    assert read_product(six, text) == "pet_vet"
    assert tells_what_happened(six, text) is story
    assert read_product(PRODUCTS, text) != "pet_vet"


def test_a_sixth_product_takes_nothing_from_the_others(tmp_path: Path) -> None:
    six = ready(with_pet(tmp_path))
    for text in ("my phone screen cracked", "高速上石子把挡风玻璃崩了", "航班延误了一晚", "saw the doctor", "水管爆了"):
        assert read_product(six, text) == read_product(PRODUCTS, text) is not None


@pytest.mark.parametrize(("language", "title"), [("en", "Pet at the vet"), ("zh", "宠物医疗险")])
async def test_a_sixth_product_is_offered_and_taken(tmp_path: Path, language: str, title: str) -> None:
    talk = Talk(PlayedBackend(products=with_pet(tmp_path)), language=language)
    await talk.hear("I want to file a claim", Intent.FILE_CLAIM)
    assert talk.asked == Ask.CLAIM_TYPE
    assert await talk.act(ActionName.ASK_CLAIM_TYPE, "I want to file a claim", Intent.FILE_CLAIM) == [
        "utter_ask_claim_type"
    ]
    choices = talk.messages[0]["buttons"]
    assert len(choices) == 6
    assert choices[-1] == {"title": title, "payload": '/inform{"claim_type":"pet_vet"}'}
    entities = json.loads(choices[-1]["payload"].removeprefix("/inform"))
    await talk.hear("", Intent.INFORM, **entities)
    assert (talk.slots[Slot.CLAIM_TYPE], talk.asked) == ("pet_vet", Ask.INCIDENT_ON)


async def test_a_sixth_product_is_claimed_in_one_message_and_explained(tmp_path: Path) -> None:
    talk = Talk(PlayedBackend(products=with_pet(tmp_path)))
    await talk.hear("my cat was hurt yesterday, the vet took $90", Intent.FILE_CLAIM)
    assert (talk.slots[Slot.PRODUCT_NAME], talk.asked) == ("Pet at the vet", Ask.CONFIRMED)
    await talk.act(ActionName.ANSWER, "what do you cover for cats", Intent.ASK_COVERAGE)
    assert talk.messages[0]["covers"] == "Visits to the vet."


async def test_a_choice_of_no_product_is_none() -> None:
    """Anybody can type a choice; only what the catalogue has counts."""
    talk = Talk()
    await talk.hear("I want to file a claim", Intent.FILE_CLAIM)
    await talk.hear("", Intent.INFORM, claim_type="yacht")
    assert talk.asked == Ask.CLAIM_TYPE


def test_the_catalogue_alone_names_products() -> None:
    keys = re.compile("|".join(rf"\b{view.key}\b" for view in PRODUCTS.views if "_" in view.key))
    assert [str(path.relative_to(ROOT)) for path in SOURCES if keys.search(path.read_text())] == []
