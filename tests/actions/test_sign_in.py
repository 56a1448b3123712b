"""What is said of passkeys and signing out, and what only sounds like it."""

import pytest

from actions.sign_in import wants_factors, wants_out

FACTORS = [
    "I want to set up a passkey", "set up authenticator app", "how do I enable two-factor authentication?", "passkey",
    "add a pass key please", "remove my authenticator", "turn on 2FA", "设置通行密钥", "我想绑定身份验证器", "开启两步验证",
    "通行密钥怎么设置？", "删除我的验证器",
]  # fmt: skip
OUT = [
    "log me out everywhere", "sign out of all devices", "Log out everywhere!", "log out", "please sign me out",
    "end all my sessions", "退出所有登录", "在所有设备上退出", "全部退出", "退出登录", "请注销所有设备",
]  # fmt: skip
NEITHER = [
    "my phone fell and the screen broke while I was looking at the passkey that the bank wanted me to set up last week",
    "I logged out of the hotel and missed my flight", "my car was towed out of all parking lots", "where is my claim",
    "我在退房的时候手机摔坏了", "我想退保", "我要设置收款账户", "the fire alarm went off everywhere", "add my bank account",
]  # fmt: skip


@pytest.mark.parametrize("text", FACTORS)
def test_asks_for_factors(text: str) -> None:
    assert wants_factors(text)
    assert not wants_out(text)


@pytest.mark.parametrize("text", OUT)
def test_asks_to_be_signed_out(text: str) -> None:
    assert wants_out(text)
    assert not wants_factors(text)


@pytest.mark.parametrize("text", NEITHER)
def test_asks_for_neither(text: str) -> None:
    assert not wants_out(text)
    assert not wants_factors(text)
