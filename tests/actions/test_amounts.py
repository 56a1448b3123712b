"""Sums of money in both languages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.normalise.amounts import Sure, read_amount
from actions.normalise.currencies import WORDS

ONES = ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")


@pytest.mark.parametrize(
    ("text", "minor", "currency"),
    [
        ("my phone screen cracked yesterday, the repair is 180 dollars", 18000, "USD"),
        ("$180", 18000, "USD"),
        ("$1,200.50", 120050, "USD"),
        ("about $1.2k", 120000, "USD"),
        ("one hundred eighty dollars", 18000, "USD"),
        ("eighty five pounds", 8500, "GBP"),
        ("£85", 8500, "GBP"),
        ("S$128.50", 12850, "SGD"),
        ("62 sing dollars", 6200, "SGD"),
        ("320 aussie dollars", 32000, "AUD"),
        ("RMB 1200", 120000, "CNY"),
        ("1200 yuan", 120000, "CNY"),
        ("€1.200,50", 120050, "EUR"),
        ("昨天手机屏碎了,修了1200块", 120000, "USD"),
        ("1200元人民币", 120000, "CNY"),
        ("三百来块", 30000, "USD"),
        ("八十五块六", 8560, "USD"),
        ("加上药费一共四百二", 42000, "USD"),
        ("花了260", 26000, "USD"),
        ("500英镑", 50000, "GBP"),
        ("12,000 yen", 12000, "JPY"),
        ("roughly half a grand, in dollars", 50000, "USD"),
        ("12 hundred dollars", 120000, "USD"),
        ("ninety-nine dollars and fifty cents", 9950, "USD"),
        ("$45 for the consult and $30 for the meds, so $75", 7500, "USD"),
        ("3 nights at 80 each, so 240", 24000, "USD"),
        ("pls claim 55.20 for the gp visit", 5520, "USD"),
        ("the flight was 6 hours late, hotel was 140", 14000, "USD"),
        ("发票上写的1,299.00", 129900, "USD"),
        ("住宿300欧", 30000, "EUR"),
        ("一百二十三块四毛五", 12345, "USD"),
        ("两百五十块零五毛", 25050, "USD"),
        ("11月3号漏水,换地板4200", 420000, "USD"),
        ("pay 180 to [account ••7890 #k3x9]", 18000, "USD"),
        ("three forty nine ninety nine for the screen", 34999, "USD"),
        ("it was ninety nine pound fifty", 9950, "GBP"),
        ("89 pounds 99, thanks", 8999, "GBP"),
        ("£62 and 40p for the dentist", 6240, "GBP"),
        ("amount is wrong, is 830 kuai", 83000, "CNY"),
        ("总共四笔：120、80、45、55，合计300块", 30000, "USD"),
        ("药店那笔59块别算了，就算看门诊的130块", 13000, "USD"),
        ("前面说两千二那是没打折的,实付两千零六十", 206000, "USD"),
        ("门诊费捌佰零伍元陆角", 80560, "USD"),
        ("发票是2046元6角", 204660, "USD"),
        ("换屏要2k5 帮我申请理赔吧555", 250000, "USD"),
        ("一共1万零5百", 1050000, "USD"),
        ("builder reckons 2 and a half grand", 250000, "USD"),
        ("amount is 4 hundred and 20 euros", 42000, "EUR"),
        ("physio receipt says fifty five fifty, pounds obviously", 5550, "GBP"),
        ("I typed 50. Meant 500. Quid.", 50000, "GBP"),
        ("it's only 58 pounds 20 for the taxi", 5820, "GBP"),
        ("cost me $310 n the pills $42, total 352", 35200, "USD"),
        ("came to £134.75 in all (60 + 49.75 + 25)", 13475, "GBP"),
        ("140 isn't worth it", 14000, "USD"),
        ("the Apple guy said three twenty nine", 32900, "USD"),
        ("两样合计97 pounds才对", 9700, "GBP"),
        ("刚刚那个275是美金", 27500, "USD"),
        ("新币一百二十块半", 12050, "SGD"),
        ("修了新币two hundred ninety", 29000, "SGD"),
        ("74 pound 15", 7415, "GBP"),
        ("it was 40 euro 50", 4050, "EUR"),
        ("iphone 14, gbp 300", 30000, "GBP"),
        ("the bill is Rs. 2,350/- dated 12 november", 235000, "INR"),
        ("rupees one thousand four hundred and twenty", 142000, "INR"),
        ("about 1.5 lakh rupees", 15000000, "INR"),
        ("4 grand in dollars", 400000, "USD"),
        ("has the hundred and eighty five for the leak been paid", 18500, "USD"),
        ("延误赔偿金澳币三百元", 30000, "AUD"),
        ("付了120加币", 12000, "CAD"),
        ("马币1500左右", 150000, "MYR"),
        ("那个1680的换屏单批下来没", 168000, "USD"),
        ("起付线是不是100块", 10000, "USD"),
        ("1350收到了,谢谢", 135000, "USD"),
        ("維修報價六百元", 60000, "USD"),
        ("where's my 240", 24000, "USD"),
        ("send the 130 to my paypal", 13000, "USD"),
        ("the quote says 415 plus tax", 41500, "USD"),
        ("they want 640 for a new one", 64000, "USD"),
        ("euros 68", 6800, "EUR"),
        ("45000 naira", 4500000, "NGN"),
        ("壹仟贰佰元整", 120000, "USD"),
    ],
)
def test_a_sum(text: str, minor: int, currency: str) -> None:
    """块 and 元 are whatever is local to the customer, here USD."""
    reading = read_amount(text, "USD")
    assert (reading.sure, reading.minor, reading.currency) == (Sure.EXACT, minor, currency)


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("180", 18000),
        ("1.2k", 120000),
        ("about 1,2k", 120000),
        ("two grand", 200000),
        ("一千二", 120000),
        ("五百八", 58000),
        ("3千5", 350000),
        ("1.2万", 1200000),
        ("forty nine ninety nine", 4999),
        ("one twenty fifty", 12050),
        ("two fifty", 25000),
        ("two point five grand", 250000),
        ("1,2k", 120000),
        ("1k5", 150000),
        ("1万2千", 1200000),
        ("两百五", 25000),
        ("一万出头", 1000000),
        ("三百来块", 30000),
        ("don't know yet, they're still quoting, guess 600", 60000),
        ("no, 198 not 189", 19800),
        ("不是189,是198", 19800),
        ("189 should be 198", 19800),
        ("consultation 45, meds 20, total 65", 6500),
    ],
)
def test_an_answer_to_how_much(text: str, minor: int) -> None:
    reading = read_amount(text, "USD", asked=True)
    assert (reading.sure, reading.minor, reading.currency) == (Sure.EXACT, minor, "USD")


@pytest.mark.parametrize("text", ["between 150 and 200", "150-200", "几百块", "a few hundred", "paid 45 and meds 20"])
def test_several_or_rough_sums_are_unclear(text: str) -> None:
    assert read_amount(text, "USD", asked=True).sure is Sure.UNCLEAR


@pytest.mark.parametrize(
    "text",
    [
        "delayed 4 hours",
        "samsung s22",
        "iphone 15",
        "小米14",
        "CL-7K2M9QXD",
        "it's 2 years old",
        "第二个",
        "at 6pm",
        "one of them",
        "换玻璃要交4S店的单子",
        "现在用的号是13900001111",
        "my other number is 07700 900123",
        "门牌号是1203",
        "我要理赔55555",
        "to insure a 2019 Corsa",
        "催了八百遍没人理",
        "twelve fifty",
        "",
        "the last digit is 7 not 1",
        "someone call me after 5",
        "that's grand, do that",
        "火车晚点证明 你们认12306的截图不",
    ],
)
def test_no_sum(text: str) -> None:
    assert read_amount(text, "USD", asked=True).sure is Sure.NONE


@given(st.integers(1, 9), st.integers(2, 9), st.integers(2, 9), st.integers(1, 9), st.integers(1, 9))
def test_a_price_read_out_is_the_price(hundreds: int, tens: int, cent_tens: int, ones: int, cents: int) -> None:
    """ "Three forty nine ninety nine", as prices are read from a till."""
    words = f"{ONES[hundreds]} {TENS[tens]} {ONES[ones]} {TENS[cent_tens]} {ONES[cents]}"
    reading = read_amount(words, "USD", asked=True)
    assert reading.minor == hundreds * 10000 + tens * 1000 + ones * 100 + cent_tens * 10 + cents


@given(st.integers(1, 9999), st.sampled_from(sorted(WORDS)))
def test_a_sign_before_or_after_is_the_same(units: int, sign: str) -> None:
    if not sign.isascii() or sign == "$":
        return
    before, after = read_amount(f"{sign} {units}", "USD"), read_amount(f"{units} {sign}", "USD")
    assert (before.minor, before.currency) == (after.minor, after.currency)


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("漏水3,300那个案子我不追了", 330000),
        ("双十一摔的那个屏 680咋还没到卡上", 68000),
        ("forget it, I'll pay the screen myself, 140 is not worth it", 14000),
        ("customer since 1989, never treated so badly", None),
        ("Lufthansa, LH 778, seven hours late", None),
        ("write me a 500 word essay", None),
        ("邮箱是163的不是126", None),
        ("hotel 220, dinner 90", None),
        ("180", None),
    ],
)
def test_a_number_nobody_asked_for(text: str, minor: int | None) -> None:
    """It is a sum where it is the only one, of three digits or more, and nothing says what else it counts."""
    assert read_amount(text, "USD").minor == minor


def test_dollars_are_the_customers_own() -> None:
    assert read_amount("$85", "SGD").currency == "SGD"
    assert read_amount("$85", "GBP").currency == "USD"
    assert read_amount("85", None, asked=True).currency is None
    assert read_amount("1200块", None).currency == "CNY"


def test_what_is_a_date_is_no_sum() -> None:
    assert read_amount("on 3/11 it cost 50", "USD", without=[(3, 7)]).minor == 5000
