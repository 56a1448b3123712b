"""Examples with a claim's details put to them: whoever asks, urges or complains may name product, day and sum, too.

People do so in more ways than examples can be written for, and a classifier then hears a claim being told. So each short
example of such an intent is learnt once more with a clause of that kind, drawn without chance: the same examples always
give the same ones.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.text import HAN

SEED = 7
_HAN = re.compile(f"[{HAN}]")
LONGEST = {"en": 80, "zh": 26}  # characters: a longer one has details of its own


@dataclass(frozen=True)
class Clauses:
    """`forms` have places for a product, a day and a sum; `joins` stand between them and the example."""

    forms: tuple[str, ...]
    products: tuple[str, ...]
    days: tuple[str, ...]
    sums: tuple[str, ...]
    joins: tuple[str, ...]

    def one(self, chance: random.Random) -> str:
        """Return a clause."""
        return chance.choice(self.forms).format(
            product=chance.choice(self.products), day=chance.choice(self.days), sum=chance.choice(self.sums)
        )


CLAUSES = {
    "en": Clauses(
        forms=(
            "it was {day}",
            "for the {product}",
            "the {product} one",
            "it's about the {product}, {day}",
            "{sum}",
            "{product}, {sum}",
            "{product} {day}",
            "that's {sum}",
            "my {product} was {day}",
            "it happened {day}",
            "{sum} in all",
            "it came to {sum}",
            "({day}, {sum})",
            "the {product} from {day}",
            "i paid {sum} {day}",
            "{day} it was, {sum}",
        ),
        products=(
            "windscreen",
            "car window",
            "phone screen",
            "ipad screen",
            "cracked screen",
            "burst pipe",
            "leak",
            "ceiling",
            "flooded kitchen",
            "delayed flight",
            "cancelled train",
            "missed connection",
            "doctor's visit",
            "clinic visit",
            "prescription",
            "dentist bill",
        ),
        days=(
            "yesterday",
            "last tuesday",
            "on monday",
            "on the 9th",
            "nov 12",
            "4 november",
            "the day before yesterday",
            "two weeks ago",
            "last friday night",
            "on 21 oct",
            "this morning",
            "on the 3rd",
            "saturday",
        ),
        sums=(
            "£160",
            "210 dollars",
            "90 quid",
            "$45.50",
            "300 bucks",
            "1,250",
            "eighty pounds",
            "€64",
            "S$120",
            "2.3k",
            "140 dollars",
            "two grand",
            "£35",
        ),
        joins=(", ", " ", ". "),
    ),
    "zh": Clauses(
        forms=(
            "{day}的事",
            "{product}的",
            "{product}那单",
            "{day}{product}",
            "{sum}",
            "{product} {sum}",
            "{day}的{product}",
            "一共{sum}",
            "花了{sum}",
            "{day}出的事",
            "{product}那个 {sum}",
            "{day} {sum}",
            "{sum}的那笔",
            "就是{day}那个{product}",
        ),
        products=(
            "挡风玻璃",
            "车窗",
            "手机屏",
            "平板屏",
            "水管爆了",
            "漏水",
            "厨房泡水",
            "航班延误",
            "火车晚点",
            "转机没赶上",
            "门诊",
            "看牙",
            "药费",
            "天花板",
        ),
        days=(
            "昨天",
            "上周二",
            "周一",
            "9号",
            "11月12号",
            "前天",
            "大前天",
            "上周五晚上",
            "10月21",
            "今早",
            "3号",
            "星期六",
            "双十一",
        ),
        sums=(
            "160块",
            "两千一",
            "¥90",
            "四百五",
            "300元",
            "1250",
            "八十五块五",
            "S$120",
            "2.3k",
            "一千四",
            "三百来块",
            "1,980",
            "€64",
        ),
        joins=("，", " ", ""),
    ),
}  # fmt: skip - lists of words


def with_details(examples: Iterable[tuple[str, str]], intents: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Return (text, intent) of what is to be learnt besides `examples`, of those `intents`."""
    chance, wanted = random.Random(SEED), set(intents)
    for text, intent in examples:
        language = "zh" if _HAN.search(text) else "en"
        if intent in wanted and len(text) < LONGEST[language]:
            clauses = CLAUSES[language]
            first, second = text, clauses.one(chance)
            if chance.random() < 0.5:
                first, second = second, first
            yield f"{first}{chance.choice(clauses.joins)}{second}", intent
