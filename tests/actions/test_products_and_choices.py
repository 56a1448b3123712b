"""Products, numbers of papers, and the short answers."""

import pytest

from actions.normalise.choices import (
    Choice,
    corrects,
    has_no_photo,
    language_named,
    photo_comes_later,
    wants_change,
    wants_new_code,
    yes_or_no,
)
from actions.normalise.numbers import claim_number, policy_number
from actions.normalise.products import ClaimType, read_product, tells_what_happened


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("my phone screen cracked yesterday", ClaimType.DEVICE_SCREEN),
        ("手机屏幕昨天摔碎了", ClaimType.DEVICE_SCREEN),
        ("dropped my ipad", ClaimType.DEVICE_SCREEN),
        ("a pebble hit my windscreen on the motorway", ClaimType.MOTOR_GLASS),
        ("高速上石子把挡风玻璃崩了", ClaimType.MOTOR_GLASS),
        ("flight delayed 6 hours", ClaimType.TRAVEL_DELAY),
        ("航班延误了一晚", ClaimType.TRAVEL_DELAY),
        ("saw the doctor for a fever", ClaimType.OUTPATIENT),
        ("带孩子去看门诊", ClaimType.OUTPATIENT),
        ("kitchen pipe burst last night", ClaimType.HOME_WATER),
        ("楼上漏水把天花板泡了", ClaimType.HOME_WATER),
    ],
)
def test_a_product(text: str, expected: ClaimType) -> None:
    assert read_product(text) is expected
    assert tells_what_happened(text) or "门诊" in text


@pytest.mark.parametrize("text", ["hello", "180 dollars", "yesterday", "水", "home", "不是手机"])
def test_no_product(text: str) -> None:
    assert read_product(text) is None


def test_a_hint_will_do_where_asked() -> None:
    assert read_product("screen", asked=True) is ClaimType.DEVICE_SCREEN
    assert read_product("not the phone, the windscreen") is ClaimType.MOTOR_GLASS


@pytest.mark.parametrize("text", ["CL-7K2M9QXD", "cl 7k2m 9qxd", "Cl7k2m9qxd", "claim cl-7k2m-9qxd please"])
def test_a_claim_number_however_mangled(text: str) -> None:
    assert claim_number(text) == "CL-7K2M9QXD"


def test_a_number_without_its_letters_counts_where_expected() -> None:
    assert claim_number("7k2m9qxd", expected=True) == "CL-7K2M9QXD"
    assert claim_number("7k2m9qxd") is None
    assert claim_number("the claim was filed yesterday", expected=True) is None
    assert policy_number("it's pl 3v8kd2mx") == "PL-3V8KD2MX"


@pytest.mark.parametrize(
    "text", ["yes", "Yes!", "ok", "file it", "send it", "1", "对的", "好的", "是", "提交吧", "没问题"]
)
def test_yes(text: str) -> None:
    assert yes_or_no(text) is Choice.YES


@pytest.mark.parametrize("text", ["no", "Nope.", "2", "不对", "不是", "that's wrong"])
def test_no(text: str) -> None:
    assert yes_or_no(text) is Choice.NO


@pytest.mark.parametrize("text", ["yes but it was 150", "no, 198 not 189", "不是昨天,是前天", "maybe", ""])
def test_more_than_yes_or_no(text: str) -> None:
    assert yes_or_no(text) is Choice.NONE


def test_small_answers() -> None:
    assert has_no_photo("I don't have one")
    assert has_no_photo("没有照片")
    assert photo_comes_later("等一下")
    assert photo_comes_later("give me a minute")
    assert wants_new_code("didn't get it")
    assert wants_new_code("没收到")
    assert not wants_new_code("how is my claim doing")
    assert corrects("actually it was 150")
    assert wants_change("change something")
    assert wants_change("改一下")
    assert language_named("speak chinese") == "zh"
    assert language_named("说英文") == "en"
