"""`anpei nlu parse`: what the product understands of a message, by the model that serves and the parsers that run."""

import json
import subprocess
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TextIO

from babel.numbers import get_currency_precision

from actions.names import Ask
from actions.normalise.amounts import Sure, read_amount
from actions.normalise.dates import read_date
from actions.normalise.numbers import claim_number, policy_number
from actions.normalise.products import Products, read_product
from anpei.nlu_asked import QUESTIONS, Reading, as_answer
from backend.conversations.rules import detect_language, neutralise
from backend.policies import catalogue
from backend.policies.schemas import ProductView

ROOT = Path(__file__).parent.parent
BOT = (str(ROOT / "bot" / ".venv" / "bin" / "python"), "-m", "bot", "parse")
# What a plain number or "块" means where no customer is known; who counts in 蚊 is likeliest in Hong Kong.
HOME = {"en": "USD", "zh": "CNY"}
AMOUNT_SLOTS = {name for name, ask in QUESTIONS.items() if ask is Ask.AMOUNT}
DATE_SLOTS = {name for name, ask in QUESTIONS.items() if ask in {Ask.INCIDENT_ON, Ask.DATE_CHOICE}}

# Whoever says these may give a claim's number without its CL-.
WITH_NUMBER = dict.fromkeys(
    ("check_claim_status", "check_payment_status", "add_document", "withdraw_claim", "appeal_decision"), "claim_number"
)


def parse_lines(lines: Iterable[str], out: TextIO, *, lang: str | None, today: str | None, asked: str | None) -> int:
    """Write a JSON line for each message; 0, or the exit status of the model's reader."""
    messages = [neutralise(line.rstrip("\n")).replace("\n", " ") for line in lines]
    if not messages:
        return 0
    result = subprocess.run(
        BOT, cwd=ROOT, input="\n".join(messages) + "\n", stdout=subprocess.PIPE, text=True, check=False
    )
    if result.returncode != 0:
        return result.returncode
    day = date.fromisoformat(today) if today else datetime.now(UTC).date()
    products = Products.of(ProductView.model_validate(each, from_attributes=True) for each in catalogue.products())
    for message, parsed in zip(messages, result.stdout.splitlines(), strict=True):
        found = json.loads(parsed)
        language = lang or detect_language(message, "en")
        facts = entities(message, products, language, day, asked or WITH_NUMBER.get(found["intent"]))
        reading = Reading(found["intent"], found["confidence"], found["ranking"], facts)
        if asked:
            reading = as_answer(message, asked, products, reading)
        line = {
            "text": message,
            "intent": reading.intent,
            "confidence": reading.confidence,
            "ranking": reading.ranking,
            "entities": reading.facts,
        }
        out.write(json.dumps(line, ensure_ascii=False) + "\n")
    return 0


def entities(text: str, products: Products, language: str, today: date, asked: str | None) -> dict[str, Any]:
    """The facts a message names, normalised; only those that are certain."""
    day = read_date(text, today, asked=asked in DATE_SLOTS, chinese=language == "zh")
    home = "HKD" if language == "zh" and "蚊" in text else HOME[language]
    amount = read_amount(text, home, asked=asked in AMOUNT_SLOTS, without=day.spans)
    found: dict[str, Any] = {
        "claim_type": read_product(products, text, asked=asked == "claim_type"),
        "date": day.day.isoformat() if day.day else None,
        "claim_number": claim_number(text, expected=asked == "claim_number"),
        "policy_number": policy_number(text, expected=asked == "policy_number"),
    }
    if amount.sure is Sure.EXACT and amount.minor is not None:
        precision = get_currency_precision(amount.currency) if amount.currency else 2
        said = amount.currency if amount.named else None
        value = Decimal(amount.minor).scaleb(-precision)
        found["amount"] = {"value": float(value), "currency": said}  # JSON knows no decimals
    return {name: value for name, value in found.items() if value is not None}
