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
from actions.normalise.products import read_product, tells_what_happened
from tests.actions.catalogue import PRODUCTS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("my phone screen cracked yesterday", "device_screen"),
        ("手机屏幕昨天摔碎了", "device_screen"),
        ("手机screen爆了,想claim", "device_screen"),
        ("dropped my ipad", "device_screen"),
        ("a pebble hit my windscreen on the motorway", "motor_glass"),
        ("高速上石子把挡风玻璃崩了", "motor_glass"),
        ("flight delayed 6 hours", "travel_delay"),
        ("a six hour delay at Heathrow", "travel_delay"),
        ("前档被高尔夫球砸中", "motor_glass"),
        ("马桶水箱裂开，淹到走廊", "home_water"),
        ("chest infection, saw dr twice", "outpatient"),
        ("就係部電話個mon爆咗", "device_screen"),
        ("天气原因晚点", "travel_delay"),
        ("航班延误了一晚", "travel_delay"),
        ("saw the doctor for a fever", "outpatient"),
        ("高铁晚点三小时", "travel_delay"),
        ("带孩子去看门诊", "outpatient"),
        ("kitchen pipe burst last night", "home_water"),
        ("楼上漏水把天花板泡了", "home_water"),
    ],
)
def test_a_product(text: str, expected: str) -> None:
    assert read_product(PRODUCTS, text) == expected
    assert tells_what_happened(PRODUCTS, text) or "门诊" in text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("need 2 claim 4 fone scrn", "device_screen"),
        ("it was the rear quarter glass", "motor_glass"),
        ("excess for escape of water", "home_water"),
        ("崴脚去骨科拍了片子", "outpatient"),
        ("physio appointment", "outpatient"),
        ("拔牙", "outpatient"),
        ("train to paris cancelled", "travel_delay"),
        ("火车停运", "travel_delay"),
        ("van window smashed", "motor_glass"),
        ("地板泡了", "home_water"),
    ],
)
def test_a_product_without_what_happened(text: str, expected: str) -> None:
    assert read_product(PRODUCTS, text) == expected


@pytest.mark.parametrize("text", ["hello", "180 dollars", "yesterday", "水", "home", "不是手机"])
def test_no_product(text: str) -> None:
    assert read_product(PRODUCTS, text) is None


def test_a_hint_will_do_where_asked() -> None:
    assert read_product(PRODUCTS, "screen", asked=True) == "device_screen"
    assert read_product(PRODUCTS, "not the phone, the windscreen") == "motor_glass"


def test_chinese_words_count_next_to_english() -> None:
    assert tells_what_happened(PRODUCTS, "windscreen裂了")
    assert not tells_what_happened(PRODUCTS, "a claim, please")


@pytest.mark.parametrize("text", ["CL-7K2M9QXD", "cl 7k2m 9qxd", "Cl7k2m9qxd", "claim cl-7k2m-9qxd please"])
def test_a_claim_number_however_mangled(text: str) -> None:
    assert claim_number(text) == "CL-7K2M9QXD"


def test_a_number_without_its_letters_counts_where_expected() -> None:
    assert claim_number("7k2m9qxd", expected=True) == "CL-7K2M9QXD"
    assert claim_number("7k2m9qxd") is None
    assert claim_number("track claim 7K2M 9QXD") == "CL-7K2M9QXD"
    assert claim_number("my claim for the iphone15") is None
    assert claim_number("a claim on policy PL-7K2M9QXD") is None


@pytest.mark.parametrize(
    "text",
    [
        "C L dash 7 K 2 M 9 Q X D",
        "CL/7K2M/9QXD",
        "c-l 7 k 2 m 9 q x d",
        "赔案编号：c l 7 k 2 m 9 q x d",
        "cl－7k2m9qxd",
    ],
)
def test_a_claim_number_spelt_out(text: str) -> None:
    assert claim_number(text) == "CL-7K2M9QXD"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("my policy number is TRV-810442", "TRV-810442"),
        ("Policy HO-77120, in the name of Delacroix.", "HO-77120"),
        ("保单号是hm20938814", "HM20938814"),
        ("policy PL-7K2M9QXD", "PL-7K2M9QXD"),
        ("is my policy good until 2027?", None),
        ("policy for the iphone15", None),
    ],
)
def test_a_policy_number_of_another_form_is_believed_where_it_is_named(text: str, expected: str | None) -> None:
    assert policy_number(text) == expected
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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("POL-KD47-2209", "POL-KD47-2209"),
        ("POL-7HQ3-1180", "POL-7HQ3-1180"),
        ("幫我check下POL-HK47-9051仲有冇效", "POL-HK47-9051"),
        ("保单号POL-KD83-2291", "POL-KD83-2291"),
        ("Pol no. HH-482915", "HH-482915"),
        ("my policy is KD47-2209", "KD47-2209"),
        ("my policy started 12/11/2026", None),
        ("policy from 2026-11-02", None),
    ],
)
def test_policy_numbers_of_other_insurers(text: str, expected: str | None) -> None:
    assert policy_number(text) == expected
    assert claim_number(text, expected=True) is None
