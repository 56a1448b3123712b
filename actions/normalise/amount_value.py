"""What the figures and words of a sum come to."""

import re
from decimal import Decimal

from actions.normalise.numbers import NUMBER_WORD, chinese_number, english_number, figures


def value_of(groups: dict[str, str | None]) -> Decimal | None:
    """Of what a pattern for sums found, by the names of its groups."""
    words = groups.get("words")
    if words is not None:
        value = english_number(words) if words.isascii() else chinese_number(words)
        tail = groups.get("tail")
        return value + _cents(tail) if value is not None and tail else value
    value = figures(groups["figures"] or "")
    scale = groups.get("scale")
    if value is not None and groups.get("half"):
        value += Decimal("0.5")
    rest = "".join(re.findall(r"\d", groups.get("tail") or ""))
    if value is not None and rest:  # 98块5
        return value + Decimal(rest).scaleb(-len(rest))
    if value is None or not scale:
        return value
    if "零" in scale:  # 1万零5百
        return chinese_number(f"{groups['figures']}{scale}")
    size = {
        "k": 1000,
        "hundred": 100,
        "thousand": 1000,
        "grand": 1000,
        "w": 10_000,
        "lakh": 100_000,
        "lakhs": 100_000,
        "万": 10_000,
        "千": 1000,
        "百": 100,
    }[scale.rstrip("0123456789千百") or scale[0]]
    rest = scale[1:].rstrip("千百")  # 1万2千 is 1万2
    tail = rest if rest.isdigit() else "0"  # 3千5 is 3500
    return value * size + int(tail) * size // 10 + int(groups.get("more") or 0)


def _cents(tail: str) -> Decimal:
    """八十五块六, 四块四毛五, "ninety dollars and fifty cents"."""
    if tail.isascii() and not tail.isdigit():
        return (english_number(" ".join(re.findall(NUMBER_WORD, tail))) or Decimal(0)) / 100
    if tail == "半":
        return Decimal("0.5")
    if tail.endswith(("便士", "分", "仙")) and "角" not in tail and "毛" not in tail:
        return (chinese_number(tail.strip("零便士分仙")) or Decimal(0)) / 100
    digits = [chinese_number(char) or Decimal(0) for char in tail if char not in "零毛角分"]
    return sum((digit.scaleb(-place) for place, digit in enumerate(digits, 1)), Decimal(0))
