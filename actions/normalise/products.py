"""Which kind of claim a text is about, and whether it tells what happened."""

import re
from enum import StrEnum

from actions.normalise.text import fold, negated


class ClaimType(StrEnum):
    """The five products; the backend's catalogue has their terms."""

    DEVICE_SCREEN = "device_screen"
    MOTOR_GLASS = "motor_glass"
    TRAVEL_DELAY = "travel_delay"
    OUTPATIENT = "outpatient"
    HOME_WATER = "home_water"


# (weight, words): 3 names the thing insured, 2 all but does, 1 fits it. English at word boundaries.
_WORDS: dict[ClaimType, list[tuple[int, str]]] = {
    ClaimType.DEVICE_SCREEN: [
        (
            3,
            (
                r"phone|iphone\w*|smartphone|cell ?phone|cellphone|mobile|handset|tablet|ipad|laptop|macbook|"
                r"device screen|device|samsung|galaxy|pixel \d+|"
                r"手机屏?|平板|ipad|笔记本|电脑|苹果手机|华为|小米|碎屏|换屏|外屏|内屏|屏幕险?|设备"
            ),
        ),
        (2, r"screen|display|lcd|touch ?screen|屏"),
        (1, r"cracked|cracks?|shattered|spider ?web|dropped|摔|碎|裂"),
    ],
    ClaimType.MOTOR_GLASS: [
        (
            4,
            (
                r"windscreen|windshield|wind ?shield|wind ?screen|car glass|auto glass|motor glass|car window|sunroof|"
                r"车玻璃|挡风玻璃|风挡|前挡|后挡|车窗|天窗|汽车玻璃"
            ),
        ),
        (3, r"rear window|side window|玻璃"),
        (2, r"car|truck|van|suv|motor|vehicle|车子?|汽车"),
        (1, r"pebble|gravel|stone chip|rock|motorway|highway|glass|石子|石头|高速"),
    ],
    ClaimType.TRAVEL_DELAY: [
        (
            3,
            (
                r"flight|flew|airline|airplane|plane|airport|travel delay|trip delay|航班|飞机|机场|航空|延误险|"
                r"旅行延误|"
                r"航延"
            ),
        ),
        (
            2,
            (
                r"delayed?|delays|stranded|layover|missed (?:my )?connection|cancelled trip|train|ferry|延误|晚点|滞留|"
                r"改签"
            ),
        ),
        (1, r"travel|trip|luggage|hotel|旅行|出差|酒店"),
    ],
    ClaimType.OUTPATIENT: [
        (
            3,
            (
                r"doctor|clinic|outpatient|hospital|\bgp\b|physician|medical|prescription|dentist|a&e|polyclinic|fever|"
                r"flu|门诊|看病|医院|看医生|诊所|医生|挂号|就医|看诊|急诊|发烧|感冒"
            ),
        ),
        (
            2,
            (
                r"sick|ill|cough|rash|infection|stomach|medicine|meds|sprain\w*|x-?ray|咳嗽|肚子疼|胃疼|生病|开药|药费|"
                r"拍片|皮疹|扭伤|过敏|肠胃"
            ),
        ),
        (1, r"pain|hurt|injur\w+|treatment|consultation|疼|受伤|治疗"),
    ],
    ClaimType.HOME_WATER: [
        (
            3,
            (
                r"burst pipe|pipes?|water ?leak|leak(?:s|ing|ed|y)?|plumbing|ceiling|water heater|boiler|"
                r"washing machine|"
                r"water damage|home water|flood(?:ed|ing)?|漏水|水管|爆管|渗水|天花板|热水器|洗衣机|水浸|水淹|家财|"
                r"家里进水|泡水"
            ),
        ),
        (
            2,
            (
                r"kitchen|bathroom|basement|apartment|flat|house|home|sink|toilet|厨房|卫生间|浴室|地下室|房子|家里|"
                r"客厅|"
                r"地板|墙|楼上"
            ),
        ),
        (1, r"water|damp|mould|mold|soaked|水|发霉|淹"),
    ],
}  # fmt: skip - a table
NAMED, HINT = 3, 2
_PATTERNS: dict[ClaimType, list[tuple[int, re.Pattern[str]]]] = {
    kind: [(weight, re.compile(rf"(?<![a-z])(?:{words})(?![a-z])")) for weight, words in entries]
    for kind, entries in _WORDS.items()
}
_HAPPENED = re.compile(
    r"(?<![a-z])(?:crack\w*|broke\w*|smash\w*|drop(?:ped|s)?|fell|fall(?:en|s)?|shatter\w*|hit|struck|chip(?:ped)?|"
    r"stone|pebble|gravel|delay(?:ed)?|"
    r"cancel+ed|stranded|missed|sick|ill|fever|flu|cough\w*|rash|burst|leak(?:ed|ing|s|y)?|flood\w*|damag\w+|"
    r"scratch\w*|stolen|slip(?:ped)?|"
    r"sprain\w*|injur\w+|soak(?:ed)?|drip\w*|stuck|ran over|sat on|stepped on|knocked|spilled|spilt|vandal\w*|hurt|"
    r"vomit\w*|infect\w*|late|dead|black|"
    r"treated|poison\w*|sore|ache\w*|saw (?:a |the |my |our )?(?:doctor|gp)|wet|ruined|bust(?:ed)?)(?![a-z])|"
    r"碎|裂|摔|砸|坏|掉[了地到下]|破|漏|爆|延误|取消|晚点|发烧|感冒|咳|看病|看医生|受伤|撞|刮|淹|泡|渗|崩|疼|痛|"
    r"拉肚子|扭|烫|过敏|滑|堵|花屏|黑屏|滞留|生病|吐"
)


def read_product(text: str, *, asked: bool = False) -> ClaimType | None:
    """The kind of claim; None where the text names none, or two alike. A hint will do where it was `asked` for."""
    folded = fold(text)
    scores = {kind: _score(folded, patterns) for kind, patterns in _PATTERNS.items()}
    best, second = sorted(scores.values(), reverse=True)[:2]
    if best < (HINT if asked else NAMED) or best == second:
        return None
    return next(kind for kind, score in scores.items() if score == best)


def _score(folded: str, patterns: list[tuple[int, re.Pattern[str]]]) -> int:
    """Each weight counts once, and one more where two different words of it are there."""
    score = 0
    for weight, pattern in patterns:
        found = {match.group() for match in pattern.finditer(folded) if not negated(folded, match.start())}
        score += (weight + (len(found) > 1)) if found else 0
    return score


def tells_what_happened(text: str) -> bool:
    return _HAPPENED.search(fold(text)) is not None
