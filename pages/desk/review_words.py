"""Findings of a review in the words of the desk."""

from typing import Any

from backend.kit.money import Money
from pages.kit.texts import Texts


def finding(t: Texts, reason: dict[str, Any], currency: str) -> dict[str, str]:
    """{severity, words} of what a rule found, amounts in words; a finding newer than this page by its code."""
    params = {key: _word(t, key, value, currency) for key, value in reason.items() if key not in {"code", "severity"}}
    if "permille" in reason:
        params["tenths"] = f"{reason['permille'] / 10:.1f}"
    return {"severity": str(reason.get("severity") or "note"), "words": t.known("why", reason["code"], **params)}


def findings(t: Texts, reasons: tuple[dict[str, Any], ...], currency: str) -> list[dict[str, str]]:
    return [finding(t, reason, currency) for reason in reasons]


def _word(t: Texts, key: str, value: Any, currency: str) -> str:
    if key.endswith("_minor") and isinstance(value, int):
        return Money(currency, value).words(t.language)
    if key == "why":
        return ("、" if t.language == "zh" else ", ").join(t.known("unusual", each) for each in value)
    return ", ".join(value) if isinstance(value, list) else str(value)
