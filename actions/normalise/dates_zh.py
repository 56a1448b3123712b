"""Days in Chinese, in the same form as dates_en."""

import re
from collections.abc import Callable
from datetime import date, timedelta

from actions.normalise import calendar, festivals
from actions.normalise.calendar import Days, Pattern, one
from actions.normalise.numbers import chinese_number
from actions.normalise.text import HAN

_N = r"(?:\d{1,3}|[一二两三四五六七八九十廿卅俩仨]{1,3})"
_NOT_A_DAY = r"(?!楼|线|店|车(?![窗玻被子上前后])|房|门(?!诊)|院|馆|机|厅|口|桌|码|保单|单|药|假|游|内|元|圆|币|嘅药)"
_FIGURES = r"(?P<month>1[0-2]|0?[1-9])[./](?P<day>3[01]|[12]\d|0?[1-9])(?!\d)"
_WEEK = r"(?:周|星期|礼拜|(?<!礼)拜(?=[一二三四五六]))"  # 拜二 in Singapore
_WEEKDAYS = {
    "一": 0,
    "二": 1,
    "三": 2,
    "四": 3,
    "五": 4,
    "六": 5,
    "日": 6,
    "天": 6,
    "末": 6,
    "1": 0,
    "2": 1,
    "3": 2,
    "4": 3,
    "5": 4,
    "6": 5,
    "7": 6,
}  # fmt: skip - one map
_NOT_ABOUT = r"(?!节?(?:前(?!一[天晚夜日])|后(?!一[天日])|[以之][前后]|左右|那阵|那几天|那段|那会|附近|期间|放?假|长假|小长假|快乐))"
_NO_PRICE = r"(?!\s*(?:[万千百元块个小米公寸]|cm|km|[a-z$£€¥]))"
_PRICE_BEFORE = re.compile(r"(?:[花付共价钱费额收退赔款计元块]|金额|账单|[$£€¥a-z])[^,。;]{0,4}$")
# The day beside a feast.
BESIDE = re.compile(r"(?<=[一节夜诞庆秋午宵明])(?:那天)?的?(?:(?P<before>前一天|头一天)|后一天|第二天|次日|隔天)")
MOST_WEEKS = 520  # more is no day that anybody remembers by its weekday
_WEEKS = {"上上": -2, "大上": -2, "再上": -2, "上": -1, "这": 0, "本": 0, "下": 1}
_YEARS = {"今年": 0, "去年": -1, "前年": -2}


WEEKDAY_NAMED = re.compile(rf"{_WEEK}([一二三四五六日天])")


def weekday_of(name: str) -> int:
    """Of what WEEKDAY_NAMED finds; 0 is Monday."""
    return _WEEKDAYS[name]


_SPOKEN = str.maketrans({"廿": "二十", "卅": "三十", "俩": "两", "仨": "三"})


def _count(words: str) -> int:
    if words.isdigit():
        return int(words)
    return int(chinese_number(words.translate(_SPOKEN)) or 0)


def _named(match: re.Match[str], today: date) -> Days:
    """2026年11月3日, 去年11月3号, 十一月三号, 11月3."""
    month, number = _count(match["month"]), _count(match["day"])
    if match["roc"]:  # of the Republic: 民国115年 is 2026
        return one(calendar.day(1911 + int(match["roc"]), month, number))
    if match["year"]:
        return one(calendar.day(calendar.full_year(int(match["year"])), month, number))
    if match["which"]:
        return one(calendar.day(today.year + _YEARS[match["which"]], month, number))
    return one(calendar.without_year(today, month, number))


def _numbered(match: re.Match[str], today: date) -> Days:
    number = _count(match["day"])
    if match["which"] and match["which"].startswith("上"):
        return one(calendar.numbered_last_month(today, number))
    return one(calendar.last_numbered(today, number))


def _weekday(match: re.Match[str], today: date) -> Days:
    weekday = _WEEKDAYS[match["weekday"]]
    if match["which"]:
        return one(calendar.weekday_of_week(today, weekday, _WEEKS[match["which"]]))
    return (calendar.last_weekday(today, weekday),)  # 周日, said on a Sunday, is a week ago


def _weekday_before(match: re.Match[str], today: date) -> Days:
    since = calendar.last_weekday(today, _WEEKDAYS[match["other"]]) if match["other"] else today
    since -= timedelta(days="今昨前".index(match["near"] or "今"))
    return (calendar.last_weekday(since, _WEEKDAYS[match["weekday"]]),)


def _before(days: int) -> Callable[[re.Match[str], date], Days]:
    return lambda _match, today: one(calendar.back(today, days))


def _ago(days_each: int) -> Callable[[re.Match[str], date], Days]:
    return lambda match, today: one(calendar.back(today, _count(match["count"]) * days_each))


def _yearly(month: int, number: int) -> Callable[[re.Match[str], date], Days]:
    return lambda _match, today: one(calendar.without_year(today, month, number))


def _lunar(month: int, number: int, later: int = 0) -> Callable[[re.Match[str], date], Days]:
    return lambda _match, today: one(festivals.lunar(today, month, number, later))


def _lunar_named(match: re.Match[str], today: date) -> Days:
    """正月初八, 腊月二十三, 农历八月十五, 大年初三."""
    month = {"正": 1, "冬": 11, "腊": 12}.get(match["month"] or "正") or _count(match["month"])
    return one(festivals.lunar(today, month, _count(match["day"].removeprefix("初"))))


def _term(match: re.Match[str], today: date) -> Days:
    return one(festivals.term(today, match["term"]))


def _little_new_year(_match: re.Match[str], today: date) -> Days:
    """小年 is the 23rd in the north and the 24th in the south."""
    found = (festivals.lunar(today, 12, 23), festivals.lunar(today, 12, 24))
    return tuple(day for day in found if day is not None) or None


def _nth(month: int, weekday: int, number: int) -> Callable[[re.Match[str], date], Days]:
    return lambda _match, today: one(calendar.last_nth(today, month, weekday, number, 0))


def _last_of(today: date, month: int) -> Days:
    """The last day of the latest such month that is over, or of this one."""
    for number in (31, 30, 29, 28):
        found = calendar.without_year(today, month, number)
        if found is not None:
            return (found,)
    return None


def _month_first(match: re.Match[str], today: date) -> Days:
    """11/12 in a Chinese text is the 12th of November; elsewhere it may be either."""
    if not HAN.search(match.string):
        return None
    return one(calendar.without_year(today, int(match["month"]), int(match["day"])))


def _lone_figures(match: re.Match[str], today: date) -> Days:
    return None if _PRICE_BEFORE.search(match.string, 0, match.start()) else _month_first(match, today)


def in_words(folded: str) -> str:
    """11/12, 11.12, 11-12 and 1112, and nothing else, as 11月12日."""
    match = re.fullmatch(r"\W*(1[0-2]|0?[1-9])[./-](3[01]|[12]\d|0?[1-9])\W*", folded)
    match = match or re.fullmatch(r"\W*(1[0-2]|0[1-9])(3[01]|[12]\d|0[1-9])\W*", folded)
    return f"{int(match[1])}月{int(match[2])}日" if match else folded


def _vague(_match: re.Match[str], _today: date) -> Days:
    return ()


PATTERNS: list[Pattern] = [
    # Of the Chinese calendar, before the same words are read as of the other one.
    (re.compile(r"二月二(?:龙抬头|那天|当天)|龙抬头(?:那天|当天)?"), _lunar(2, 2)),
    (re.compile(r"三月三(?:那天|当天|歌圩)"), _lunar(3, 3)),
    (
        re.compile(
            rf"(?:(?:农历|阴历|旧历)(?=[正腊冬一二三四五六七八九十\d])|(?=[正腊冬]月))(?P<month>[正腊冬]|{_N})月(?P<day>初[一二三四五六七八九十]|{_N})[日号]?{_NOT_ABOUT}"
        ),
        _lunar_named,
    ),
    # 不是昨天,是再前一个周六: counted from the day that it isn't.
    (
        re.compile(
            rf"不是(?:(?P<near>[今昨前])天|上?个?{_WEEK}(?P<other>[一二三四五六日天])),?(?:是|而是)?(?:[再更][前上]|前|再)一?个?{_WEEK}(?P<weekday>[一二三四五六日天])"
        ),
        _weekday_before,
    ),
    # 两周前的昨天, 上周的今天
    (
        re.compile(rf"(?P<count>{_N})个?{_WEEK}(?:之|以)?前的?(?P<then>[昨明])天"),
        lambda match, today: one(
            calendar.back(today, _count(match["count"]) * calendar.WEEK + (1 if match["then"] == "昨" else -1))
        ),
    ),
    (re.compile(rf"上个?{_WEEK}的?(?:今天|这天|这个?时候)"), _before(calendar.WEEK)),
    (
        re.compile(r"(?:一|上)个?月(?:之?前)?的?今天"),
        lambda _match, today: one(calendar.numbered_last_month(today, today.day)),
    ),
    (
        re.compile(
            rf"(?:(?:民国(?P<roc>\d{{2,3}})|(?<!\d)(?P<year>20\d\d|\d\d))年|(?P<which>今年|去年|"
            rf"前年))?的?(?P<month>{_N})月份?的?(?P<day>{_N})(?:[日号]{_NOT_A_DAY}|(?![\d个天元块月周]))"
        ),
        _named,
    ),
    (
        re.compile(
            rf"(?<![\d.$¥/]){_FIGURES}(?=\s*(?:[号日](?!用)|那天|当天|晚|早上|上午|中午|下午|凌晨|在|摔|撞|碎|漏|出|坏|去|看|被|我|掉|裂|爆|延|航|飞|丢|崩|发生|砸|刮|蹭|淹|滑|崴|放|误|取消|住院|那))"
        ),
        _month_first,
    ),
    (re.compile(rf"(?<![\d.$¥/]){_FIGURES.replace('[./]', '/')}(?![\d/])"), _month_first),
    (
        re.compile(
            rf"(?<=[是在于])(?<!共是)(?<!价是)(?<!费是)(?<!额是){_FIGURES.replace('[./]', '[.]')}的?(?=\s*(?:[,。;!?]|$))"
        ),
        _lone_figures,
    ),
    # By itself among other words, and no price beside it: 车窗被砸 11.28 丰台.
    (re.compile(rf"(?<=[\s,，。;(]){_FIGURES.replace('[./]', '[.]')}(?=[\s,。;)]|$){_NO_PRICE}"), _lone_figures),
    # At the head of a report: 11.19 高速上…
    (re.compile(rf"^{_FIGURES}(?=\s+[\u4e00-\u9fff])(?!\s+[万千百元块个])"), _month_first),
    (re.compile(rf"(?P<which>上个?月|这个?月|本月|当月)的?(?P<day>{_N})[号日]{_NOT_A_DAY}"), _numbered),
    (re.compile(rf"(?P<which>上个?月)的?(?P<day>{_N})(?=\s*(?:那天|晚|早|,|。|$))"), _numbered),
    (
        re.compile(rf"(?<![\d咗足万千百])(?P<which>)(?![两俩仨])(?P<day>{_N})[号日]{_NOT_A_DAY}(?!线|路|先[到至])"),
        _numbered,
    ),
    (re.compile(r"大大前[天日晚]"), _before(4)),
    (re.compile(r"大前[天日晚]"), _before(3)),
    (re.compile(r"(?<![几年])前(?:[天日晚夜儿]|个儿)(?!子)"), _before(2)),
    (re.compile(r"昨[天日晚夜早儿个]个?|隔天前|[琴尋寻噚][日晚]|夜(?:儿个?|个儿?)(?!子|园|里)"), _before(1)),
    (
        re.compile(
            r"今[天日早晚晨儿朝]|(?:刚才|刚刚|方才)(?![那这你的说讲走]|漏了)|(?<!天)刚(?=[摔碎裂坏爆漏撞掉砸被到])|半个?(?:小时|钟头)前"
        ),
        _before(0),
    ),
    (re.compile(rf"(?:{_N}|几)个?多?(?:小时|钟头|分钟)(?:之|以)?前"), _before(0)),
    (re.compile(rf"(?:双十一|双11|光棍节){_NOT_ABOUT}"), _yearly(11, 11)),
    (re.compile(r"双十(?:节|国庆)"), _yearly(10, 10)),
    (re.compile(rf"屠妖节{_NOT_ABOUT}"), lambda _match, today: one(festivals.diwali(today))),
    (
        re.compile(rf"国庆节?假?期?第(?P<day>{_N})天"),
        lambda match, today: one(calendar.without_year(today, 10, _count(match["day"]))),
    ),
    (
        re.compile(rf"(?P<month>{_N})月份?的?最后一天"),
        lambda match, today: _last_of(today, _count(match["month"])),
    ),
    (re.compile(r"上个?月的?最后一天"), lambda _match, today: one(calendar.back(today.replace(day=1), 1))),
    (
        re.compile(rf"(?P<month>{_N})月份?的?第(?P<nth>[一二三四五])个{_WEEK}(?P<weekday>[一二三四五六日天])"),
        lambda match, today: one(
            calendar.last_nth(today, _count(match["month"]), _WEEKDAYS[match["weekday"]], _count(match["nth"]), 0)
            if _count(match["month"]) in range(1, 13)
            else None
        ),
    ),
    (re.compile(rf"万圣[节夜]?{_NOT_ABOUT}"), _yearly(10, 31)),
    (re.compile(rf"感恩节{_NOT_ABOUT}"), lambda _match, today: one(calendar.last_nth(today, 11, 3, 4, 0))),
    (re.compile(r"黑色星期五|黑五(?:当天|那天)"), lambda _match, today: one(calendar.last_nth(today, 11, 3, 4, 1))),
    (re.compile(rf"教师节{_NOT_ABOUT}"), _yearly(9, 10)),
    (re.compile(rf"儿童节{_NOT_ABOUT}|六一(?:当天|那天)"), _yearly(6, 1)),
    (re.compile(r"五一(?:当天|那天)"), _yearly(5, 1)),
    (re.compile(rf"(?:除夕|年三十|大年夜)(?:夜|当天|那天|晚上?)?{_NOT_ABOUT}"), _lunar(1, 1, festivals.NEW_YEARS_EVE)),
    (re.compile(rf"(?:大年|(?<![今去明前])年)初(?P<month>)(?P<day>[一二三四五六七八九十]){_NOT_ABOUT}"), _lunar_named),
    (re.compile(r"春节(?:当天|那天)"), _lunar(1, 1)),
    (re.compile(rf"元宵节?{_NOT_ABOUT}"), _lunar(1, 15)),
    (re.compile(rf"端午节?{_NOT_ABOUT}"), _lunar(5, 5)),
    (re.compile(rf"七夕节?{_NOT_ABOUT}"), _lunar(7, 7)),
    (re.compile(rf"(?:中元节|七月半|鬼节){_NOT_ABOUT}"), _lunar(7, 15)),
    (re.compile(rf"中秋节?{_NOT_ABOUT}"), _lunar(8, 15)),
    (re.compile(rf"重阳节?{_NOT_ABOUT}"), _lunar(9, 9)),
    (re.compile(rf"腊八(?!粥|蒜|豆)节?{_NOT_ABOUT}"), _lunar(12, 8)),
    (re.compile(rf"(?<!大)(?:北方|南方)?小年(?!轻|青|纪|龄)夜?{_NOT_ABOUT}"), _little_new_year),
    # Those that are weather, too, only where they are called a term.
    (re.compile(rf"(?P<term>清明|冬至|夏至|立春|立夏|立秋|立冬|春分|秋分|惊蛰)节?(?:气)?{_NOT_ABOUT}"), _term),
    (
        re.compile(
            r"(?P<term>小寒|大寒|雨水|谷雨|小满|芒种|小暑|大暑|处暑|白露|寒露|霜降|小雪|大雪)(?:这个?|那个?)?节气"
        ),
        _term,
    ),
    (re.compile(rf"平安夜{_NOT_ABOUT}"), _yearly(12, 24)),
    (
        re.compile(rf"圣诞节?(?:当天|那天|当晚|晚上)|圣诞节{_NOT_ABOUT}|圣诞(?=前一[天日晚]|后一[天日])"),
        _yearly(12, 25),
    ),
    (re.compile(r"国庆节?(?:放假)?(?:当天|那天|当晚|头一?天)|国庆节?(?=前一[天日晚])"), _yearly(10, 1)),
    (re.compile(rf"元旦节?(?:当天|那天|当晚)|元旦{_NOT_ABOUT}"), _yearly(1, 1)),
    (re.compile(rf"白色情人节{_NOT_ABOUT}"), _yearly(3, 14)),
    (re.compile(rf"(?<!白色)情人节{_NOT_ABOUT}"), _yearly(2, 14)),
    (re.compile(rf"(?:双十二|双12){_NOT_ABOUT}"), _yearly(12, 12)),
    (re.compile(rf"(?:三八)?(?:妇女|女神|女王)节{_NOT_ABOUT}|三八(?:节|当天|那天)"), _yearly(3, 8)),
    (re.compile(rf"植树节{_NOT_ABOUT}"), _yearly(3, 12)),
    (re.compile(rf"愚人节{_NOT_ABOUT}"), _yearly(4, 1)),
    (re.compile(rf"青年节{_NOT_ABOUT}|五四(?:当天|那天)"), _yearly(5, 4)),
    (re.compile(rf"建军节{_NOT_ABOUT}"), _yearly(8, 1)),
    (re.compile(rf"母亲节{_NOT_ABOUT}"), _nth(5, 6, 2)),
    (re.compile(rf"父亲节{_NOT_ABOUT}"), _nth(6, 6, 3)),
    # 228当天, 520那天, 618当天: a day of figures that everybody knows.
    (re.compile(r"(?<!\d)(?P<month>2|5|6)\.?(?P<day>28|20|18)(?:当天|那天)"), _month_first),
    (re.compile(rf"(?P<count>{_N})(?:天|日)(?:之|以)?前"), _ago(1)),
    (
        re.compile(rf"(?P<count>{_N})个?{_WEEK}(?:之|以)?前的?(?:那个?)?{_WEEK}(?P<weekday>[一二三四五六日天1-6])"),
        lambda match, today: one(
            calendar.weekday_of_week(today, _WEEKDAYS[match["weekday"]], -min(_count(match["count"]), MOST_WEEKS))
        ),
    ),
    (re.compile(rf"(?P<count>{_N})个?{_WEEK}(?:之|以)?前"), _ago(calendar.WEEK)),
    (
        re.compile(rf"刚刚?过去?的?(?P<which>)(?:这|那)?个?{_WEEK}(?P<weekday>[一二三四五六日天1-7])(?!\d)"),
        _weekday,
    ),
    (
        re.compile(rf"(?P<which>上上|大上|再上|上|这|本|下)?个?{_WEEK}(?P<weekday>[一二三四五六日天1-7])(?!\d)"),
        _weekday,
    ),
    (
        re.compile(
            rf"几天前|前几天|前些天|前些日子|前阵子|前一阵|不久前|最近|好几天|(?:{_N}|几|半)个?月(?:之|以)?前|"
            rf"上个?{_WEEK}末?|"
            rf"{_WEEK}末|(?:上个?|这个?|本|{_N})月(?:份)?(?:初|底|末|中旬?|上旬|下旬)?(?![\d一二三四五六七八九十])|"
            rf"月初|月底|年初|年底|去年|前年|国庆|五一|中秋|春节|元旦|端午|清明|万圣|感恩节|圣诞|重阳|七夕|元宵|教师节|双十一|双11|情人节|"
            rf"(?:十|\d0|[二三]十)[来几多]天(?:之|以)?前|"
            rf"(?:{_N}|几|半)年前"
        ),
        _vague,
    ),
]

# Only as the answer to "when?".
ASKED: list[Pattern] = [
    # No event lies ahead; who answers so is told that it hasn't come.
    (re.compile(r"^\W*(?:是|就是)?明[天日早晚]\W*$"), _before(-1)),
    (
        re.compile(r"^\W*(?:是|就是)?(?P<more>大)?后天\W*$"),
        lambda match, today: one(calendar.back(today, -3 if match["more"] else -2)),
    ),
    (re.compile(r"^\W*刚\W*$|^\W*现在\W*$"), _before(0)),
    (re.compile(rf"(?P<which>上个?月|这个?月|本月)的?(?P<day>{_N})(?![\d天个元块月周])"), _numbered),
    (re.compile(r"^\W*(?P<which>)(?P<day>[一二三四五六七八九十]{1,3}|\d{1,2})[号日]"), _numbered),
]
