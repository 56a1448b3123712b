"""Kinds of claim in the words of more people, and words that only look like one."""

import pytest

from actions.normalise.products import read_product
from tests.actions.catalogue import PRODUCTS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("had a crown done, need it claiming", "outpatient"),
        ("散瞳验光检查95块", "outpatient"),
        ("一天看俩科室 免赔额扣一回还是两回", "outpatient"),
        ("Bag didn't come off the belt, got it a day later", "travel_delay"),
        ("the baggage came on day 3, not same day", "travel_delay"),
        ("the Acela to Boston stood outside New Haven for five hours", "travel_delay"),
        ("从早上八点拖到晚上十一点才起飞", "travel_delay"),
        ("手鸡平幕碎了 想里赔", "device_screen"),
        ("through the back windae o the Land Rover", "motor_glass"),
        ("榴莲掉下来，正中我辆Myvi的前镜", "motor_glass"),
        ("water comin through the light fittin", "home_water"),
        ("报上去的4600块水损有结论没得", "home_water"),
        ("淋浴间软管崩了", "home_water"),
        ("braces for my 14yo", "outpatient"),
        ("did MRI at Gleneagles", "outpatient"),
        ("a second invoice, radiology", "outpatient"),
        ("new dentures fitted", "outpatient"),
        ("went to docter on mondy", "outpatient"),
        ("拔罐一次一百五", "outpatient"),
        ("核磁共振做了", "outpatient"),
        ("my train from euston got binned", "travel_delay"),
        ("The train from Leeds on fri was three n a half hours late", "travel_delay"),
        ("if my train's 50 min late does that count", "travel_delay"),
        ("my suitcase showed up 3 days after i did", "travel_delay"),
        ("Bag never came out at Changi", "travel_delay"),
        ("Landed and no suitcase", "travel_delay"),
        ("avanti train sat outside Crewe for three hours", "travel_delay"),
        ("行李晚了两天才到", "travel_delay"),
        ("電話爆mon嗰單", "device_screen"),
        ("my phobe scrren is crackd", "device_screen"),
        ("lorry chucked a stone, chip right in my eyeline", "motor_glass"),
        ("immersion tank went pop", "home_water"),
        ("暖气管接口崩了，客厅泡了", "home_water"),
        ("屋企水喉爆咗", "home_water"),
    ],
)
def test_kinds_in_other_words(text: str, expected: str) -> None:
    assert read_product(PRODUCTS, text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "please phone me after 5",
        "the lass on the phone was rude",
        "they rang and I put the phone down",
        "Phone died halfway thru",
        "a man phoned yesterday",
        "my medical letters went to the old house",
        "book me a table",
        "i'm filling in the form",
    ],
)
def test_words_that_only_look_like_a_kind(text: str) -> None:
    assert read_product(PRODUCTS, text) is None
