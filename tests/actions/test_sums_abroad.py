"""Money of other countries, prices in the end, what a thing cost when it was new, and numbers that only look like sums."""

import pytest

from actions.normalise.amounts import Sure, read_amount


@pytest.mark.parametrize(
    ("text", "value", "currency"),
    [
        ("₱4,350 all in with the labs", 4350, "PHP"),
        ("P2,300 checkup and meds", 2300, "PHP"),
        ("1,200 pesos for the dentist", 1200, "PHP"),
        ("R1900 fitted", 1900, "ZAR"),
        ("the plumber took R2 850 cash off me", 2850, "ZAR"),
        ("quoted R28 000 for braces", 28000, "ZAR"),
        ("two thousand three hundred rand", 2300, "ZAR"),
        ("₦5,000 for the lab", 5000, "NGN"),
        ("N38,500 for the drugs", 38500, "NGN"),
        ("KSh 3,200 for the x-ray", 3200, "KES"),
        ("2,500/= for the doctor", 2500, "KES"),
        ("Rs.3400 for the side glass", 3400, "INR"),
        ("RM1,180 at the clinic", 1180, "MYR"),
        ("Rp 450.000 at the clinic", 450000, "IDR"),
        ("NT$2,300 for the emergency room", 2300, "TWD"),
        ("the bus cost 450 kr", 450, "SEK"),
        ("1 850 CZK for the doctor", 1850, "CZK"),
        ("350 zł for the display", 350, "PLN"),
        ("AED 380 for the filling", 380, "AED"),
        ("USD$275", 275, "USD"),
        ("85,000 won at the clinic", 85000, "KRW"),
        ("they want a hunner n twenty quid", 120, "GBP"),
        ("two hunnid bucks", 200, "USD"),
        ("千八蚊", 1800, "GBP"),
        ("台幣2,600，11/22", 2600, "TWD"),
        ("总共花了1,800塊台幣", 1800, "TWD"),
        ("八百块港币", 800, "HKD"),
        ("一百五十万印尼盾", 1500000, "IDR"),
        ("三千比索", 3000, "PHP"),
        ("7,500 ghana cedis for the implants", 7500, "GHS"),
        ("9 grand Jamaican for the taxi", 9000, "JMD"),
        ("花了331软妹币", 331, "CNY"),
        ("两千二百五 人民币", 2250, "CNY"),
    ],
)
def test_money_of_other_countries(text: str, value: int, currency: str) -> None:
    reading = read_amount(text, "GBP")
    minor = value if currency == "KRW" else value * 100
    assert (reading.sure, reading.minor, reading.currency) == (Sure.EXACT, minor, currency)


@pytest.mark.parametrize(
    ("text", "home", "currency"),
    [
        ("450 kr", "DKK", "DKK"),
        ("1200 pesos", "MXN", "MXN"),
        ("Rs 500", "PKR", "PKR"),
        ("500 shillings", "UGX", "UGX"),
        ("500 shillings", "GBP", "KES"),
    ],
)
def test_a_name_that_countries_share_is_of_the_customers_own(text: str, home: str, currency: str) -> None:
    assert read_amount(text, home).currency == currency


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("they said 229 at first but there was a coupon so i ended up paying 199", 199),
        ("plumber was £95 but next door went halves so what I actually paid is £47.50", 47.5),
        ("quote was 500, final bill 430", 430),
        ("they wanted £320 but my mate got it down to £210", 210),
        ("it was 240, 190 after the discount", 190),
        ("quoted 310, in the end 280", 280),
        ("airline coughed up the 600", 600),
        ("what do I pay on a $900 laptop panel", 900),
        ("I want to send 20k to my brother", 20000),
        ("报价900，最后付了750", 750),
        ("本来要八百，砍价到六百五", 650),
        ("原来说1500，券后1320", 1320),
    ],
)
def test_the_price_in_the_end_is_meant(text: str, value: float) -> None:
    assert read_amount(text, "GBP").minor == round(value * 100)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Paid $449 for it last Christmas, repair man charged me $139", 139),
        ("I bought it for $999 in September, the fix is $279", 279),
        ("phone cost me £800 new, screen repair £149", 149),
        ("my £1,100 laptop got knocked off the desk, £260 to repair the display", 260),
        ("bought last christmas for 300, repair 120", 120),
        ("买的时候花了六千多，现在换个屏要一千五", 1500),
        ("去年花5999买的手机，换屏1280", 1280),
        ("原价8999的本子，修2100", 2100),
        ("bought a new ticket for $268", 268),
        ("a £180 phone repair", 180),
    ],
)
def test_what_it_cost_when_new_is_no_damage(text: str, value: int) -> None:
    assert read_amount(text, "GBP").minor == value * 100


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("New claim please. Dentist. 85.", 85),
        ("dentist, yesterday, 85", 85),
        ("看牙,45", 45),
        ("late by 14 hours!!! 14!!! Spent 5,640 on the hotel", 5640),
    ],
)
def test_a_number_that_is_a_sentence_of_its_own_is_the_sum(text: str, value: int) -> None:
    assert read_amount(text, "GBP").minor == value * 100


@pytest.mark.parametrize(
    "text",
    [
        "use the card ending 4471 not the old one",
        "my mobile ending in 331",
        "the number that starts with 139",
        "尾号4471那张卡",
        "139开头那个号",
        "about a million tiny cubes of glass",
        "shattered into 1000 little pieces",
        "is POL-KD47-2209 still active",
        "I was on the forty headed home",
        "laptop, sunday, 22",
        "dropped my huawei p30",
        "the room number is R12",
        "i live at flat 204",
        "my son is 14 and broke his tooth",
        "you won't pay",
        "万一手机碎了我该怎么报",
    ],
)
def test_no_sum(text: str) -> None:
    assert read_amount(text, "GBP").sure is Sure.NONE


def test_a_week_before_a_number_is_no_flight() -> None:
    """ "ek 130" would be one of Emirates."""
    assert read_amount("chiro twice last week 130 total", "GBP").minor == 13000


@pytest.mark.parametrize(
    ("text", "home", "currency"),
    [
        ("連埋藥費560蚊", None, "HKD"),
        ("連埋藥費560蚊", "CNY", "HKD"),
        ("連埋藥費560蚊", "SGD", "SGD"),
        ("连埋药费560蚊", "CNY", "CNY"),
        ("六十八块五新币", "CNY", "SGD"),
        ("68块5美金", "CNY", "USD"),
        ("两万三日元", "CNY", "JPY"),
    ],
)
def test_whose_money_it_is(text: str, home: str | None, currency: str) -> None:
    assert read_amount(text, home).currency == currency


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("是57加币80分，税算进去了", 5780),
        ("总共一百八十五镑六十便士", 18560),
        ("拾掇下来1w2", 1200000),
        ("扎针灸一百二一回", 12000),
        ("血常规+流感抗原 258.6 现在退了", 25860),
    ],
)
def test_parts_of_a_sum(text: str, minor: int) -> None:
    reading = read_amount(text, None)
    assert (reading.sure, reading.minor) == (Sure.EXACT, minor)


@pytest.mark.parametrize(("home", "currency"), [(None, "HKD"), ("CNY", "CNY"), ("GBP", "GBP"), ("HKD", "HKD")])
def test_mun_is_money_of_where_the_customer_is(home: str | None, currency: str) -> None:
    assert read_amount("六百二十蚊", home).currency == currency
