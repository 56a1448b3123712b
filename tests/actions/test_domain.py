"""domain.yml, names.py, the rules and the actions name the same things, in both languages."""

import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from actions.draft_words import GSM_7, PROBLEMS
from actions.names import FORM, ActionName, Ask, Entity, Intent, Reply, Slot
from actions.registry import ACTIONS
from actions.titles import TITLES
from backend.conversations.texts import TEXTS as GATEWAY

ROOT = Path(__file__).resolve().parents[2]
DOMAIN: dict[str, Any] = YAML(typ="safe").load(ROOT / "domain.yml")
RULES = [rule for path in sorted((ROOT / "data/rules").glob("*.yml")) for rule in YAML(typ="safe").load(path)["rules"]]
RESPONSES: dict[str, list[dict[str, Any]]] = DOMAIN["responses"]
# Twilio acts on these as whole messages, so no customer is asked to send one (docs of Advanced Opt-Out).
OPT_OUT_WORDS = {"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "start", "yes", "unstop", "help", "info"}


def english(name: str) -> dict[str, Any]:
    return next(variation for variation in RESPONSES[name] if "condition" not in variation)


def chinese(name: str) -> dict[str, Any]:
    return next(variation for variation in RESPONSES[name] if "condition" in variation)


def places(text: str) -> set[str]:
    return set(re.findall(r"{(\w+)}", text))


def test_domain_and_names_agree() -> None:
    assert {next(iter(intent)) for intent in DOMAIN["intents"]} == set(Intent)
    assert set(DOMAIN["entities"]) == set(Entity)
    assert set(DOMAIN["slots"]) == set(Slot) - {Slot.REQUESTED}
    assert set(DOMAIN["actions"]) == set(ActionName)
    assert set(RESPONSES) == set(Reply)
    assert list(DOMAIN["forms"]) == [FORM]
    assert set(DOMAIN["forms"][FORM]["required_slots"]) <= set(Ask)


def test_every_action_has_its_class() -> None:
    assert {action.NAME for action in ACTIONS} == set(ActionName)


def test_no_slot_steers_the_dialogue() -> None:
    """What may be done is the backend's to decide; a slot that a customer could set must not open a rule."""
    assert all(slot["influence_conversation"] is False for slot in DOMAIN["slots"].values())


@pytest.mark.parametrize("name", sorted(RESPONSES))
def test_both_languages_say_the_same(name: str) -> None:
    """One variation each, the same places to fill, the same choices."""
    assert len(RESPONSES[name]) == 2
    first, second = english(name), chinese(name)
    assert second["condition"] == [{"type": "slot", "name": "language", "value": "zh"}]
    assert places(first["text"]) == places(second["text"])
    assert [b["payload"] for b in first.get("buttons", [])] == [b["payload"] for b in second.get("buttons", [])]
    assert re.search(r"[\u4e00-\u9fff]", second["text"]) or places(second["text"])


@pytest.mark.parametrize("name", sorted(RESPONSES))
def test_english_fits_an_sms(name: str) -> None:
    variation = english(name)
    titles = [button["title"] for button in variation.get("buttons", [])]
    assert len(variation["text"]) <= 300
    assert set(variation["text"] + "".join(titles)) - {"{", "}"} <= GSM_7
    assert not {title.lower() for title in titles} & OPT_OUT_WORDS
    assert not set(re.findall(r'(?:send|say|reply) "(\w+)"', variation["text"].lower())) & OPT_OUT_WORDS


@pytest.mark.parametrize("key", ["emergency", "emergency_number", "crisis", "crisis_line"])
def test_the_gateway_says_what_the_bot_says_in_danger(key: str) -> None:
    """Where a person holds the conversation, and the bot is silent."""
    assert GATEWAY[key] == {"en": english(f"utter_{key}")["text"], "zh": chinese(f"utter_{key}")["text"]}


def test_every_choice_is_a_known_intent() -> None:
    for variations in RESPONSES.values():
        for variation in variations:
            for button in variation.get("buttons", []):
                assert button["payload"].removeprefix("/").partition("{")[0] in set(Intent)


def test_every_intent_has_one_rule() -> None:
    """Outside of the form nothing goes without an answer."""
    opening = [step["intent"] for rule in RULES for step in rule["steps"] if "intent" in step]
    assert sorted(opening) == sorted(Intent)


def test_every_reply_is_used() -> None:
    source = "".join(path.read_text() for path in (ROOT / "actions").rglob("*.py") if path.name != "names.py")
    asked = {f"utter_ask_{ask}" for ask in Ask}  # Rasa's form says these
    in_rules = {step["action"] for rule in RULES for step in rule["steps"] if "action" in step}
    unused = [r for r in Reply if f"Reply.{r.name}" not in source and r not in asked and r not in in_rules]
    assert unused == []


def test_silent_questions_have_no_response() -> None:
    """The form stays silent on these, so that something else is answered first."""
    assert not {f"utter_ask_{ask}" for ask in (Ask.PAUSED, Ask.DATE_CHOICE)} & set(RESPONSES)


def test_examples_and_intents_agree() -> None:
    """Every intent a customer can have is taught in both languages, and none besides."""
    for language in ("en", "zh"):
        taught = {
            str(example["intent"]).partition("/")[0]
            for path in (ROOT / "data/nlu" / language).glob("*.yml")
            for example in YAML(typ="safe").load(path)["nlu"]
            if "intent" in example
        }
        assert taught == {i.value for i in Intent if not i.startswith("EXTERNAL_") and i is not Intent.FALLBACK}


def test_titles_are_in_both_languages() -> None:
    assert all(set(title) == {"en", "zh"} for title in TITLES.values())
    assert all(set(title["en"]) <= GSM_7 for title in TITLES.values())
    assert set(PROBLEMS.values()) <= set(Reply)
