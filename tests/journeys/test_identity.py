"""Level 3 and signing out through signed webhooks, in both languages."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pyotp
import pytest

from tests.support.agent import csrf_of
from tests.support.customer import Customer
from tests.support.live import Live

OLIVER, TAN = "+447911123456", "+6591234567"
IBAN = "GB82 WEST 1234 5698 7654 32"
LINK = r"http://localhost:\d+(/identity/\S+)"


@pytest.fixture(autouse=True)
def no_factors(live: Live) -> None:
    live.rows("WITH gone AS (DELETE FROM auth_factors RETURNING id) SELECT count(*) FROM gone")
    live.rows("WITH gone AS (DELETE FROM customer_security RETURNING 1) SELECT count(*) FROM gone")


@pytest.fixture
async def browser(live: Live) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(
        base_url=live.url, follow_redirects=True, headers={"accept": "text/html", "accept-language": "en"}
    ) as client:
        yield client


async def enrol(said: str, browser: httpx.AsyncClient) -> pyotp.TOTP:
    """Add an authenticator on the page that the link leads to; a messenger looks at the link first."""
    found = re.search(LINK, said)
    assert found
    assert "Continue" in (await browser.get(found.group(1))).text
    assert (await browser.post(found.group(1))).status_code == 200
    page = (await browser.get("/identity/factors/authenticator")).text
    key = re.search(r'<code class="key">([A-Z2-7 ]+)</code>', page)
    assert key
    totp = pyotp.TOTP(key.group(1).replace(" ", ""))
    form = {"csrf": csrf_of(page), "code": totp.now()}
    added = await browser.post("/identity/factors/authenticator", data=form)
    assert "Your authenticator app is added." in added.text
    return totp


def a_day_later(live: Live) -> None:
    """The factor counts, and the step used to enrol it is long past."""
    [(kind,)] = live.rows("UPDATE auth_factors SET counts_from = now(), last_step = 0 RETURNING kind")
    assert kind == "authenticator"


async def test_an_authenticator_changes_the_account_at_once_and_the_old_phone_puts_it_back(
    live: Live, browser: httpx.AsyncClient
) -> None:
    """English on Telegram; told and stopped by SMS."""
    async with Customer(live, OLIVER, "telegram") as chat, Customer(live, OLIVER) as phone:
        await chat.says("hello", "Anpei")
        await chat.contact()
        await chat.hears("know it's you")
        await chat.says("I'd like to set up an authenticator app", "6-digit code")
        await chat.says(await chat.code(), "sending you a link")
        totp = await enrol(await chat.hears(LINK), browser)
        await phone.hears("another chat an authenticator app was added")
        a_day_later(live)
        await chat.says("I want to change my bank account for payouts", "authenticator app shows")
        await chat.says("000000" if totp.now() != "000000" else "000001", "isn't right")
        await chat.says(totp.at(datetime.now(UTC)), "new account number")
        await chat.says(f"it's {IBAN}", "From now on we pay you to your account .*5432")
        await phone.hears("from now on.*STOP CHANGE here")
        await phone.says("STOP CHANGE", "Stopped")
        await chat.hears("was stopped")
        accounts = live.rows(
            "SELECT last_four FROM payout_accounts a JOIN customers c ON c.id = a.customer_id WHERE current AND a.last_four = '5432'"
        )
        assert accounts == []
        assert live.rows("SELECT count(*) FROM auth_factors WHERE removed_at IS NULL") == [(0,)]


async def test_the_same_in_chinese_by_sms_without_the_app(live: Live, browser: httpx.AsyncClient) -> None:
    """No app at hand: a longer code by SMS, and a day."""
    async with Customer(live, TAN) as phone:
        await phone.says("我想设置身份验证器", "6位验证码")
        await phone.says(await phone.code(), "我马上发给您")
        await enrol(await phone.hears(LINK), browser)
        await phone.hears("身份验证器已添加")
        a_day_later(live)
        await phone.says("我要更换收款账户", "身份验证器上显示的6位数字")
        await phone.says("重新发送", "新的验证码已发送")
        code = re.search(r"\d{8}", await phone.hears(r"验证码\d{8}用于更换"))
        assert code
        await phone.says(code.group(), "账号")
        await phone.says("GB82 WEST 1234 5698 7654 32", "5432.*停止更改")
        assert live.rows("SELECT status, strong FROM customer_changes") == [("cooling", False)]


@pytest.mark.parametrize(
    ("number", "asks", "code_asked", "out", "done"),
    [
        (OLIVER, "where is my claim", "6-digit code", "log me out everywhere", "signed out everywhere"),
        (TAN, "我的理赔到哪了", "6位验证码", "退出所有登录", "所有登录都已退出"),
    ],
)
async def test_signing_out(live: Live, number: str, asks: str, code_asked: str, out: str, done: str) -> None:
    async with Customer(live, number) as phone:
        await phone.says(asks, code_asked)
        await phone.says(await phone.code(), ".")
        await phone.says(out, done)
        soon = datetime.now(UTC) + timedelta(seconds=1)
        assert live.rows("SELECT count(*) FROM identity_sessions WHERE verified_until > %s", soon) == [(0,)]


async def test_the_code_that_files_a_claim_names_the_sum_and_the_account(live: Live) -> None:
    async with Customer(live, OLIVER) as phone:
        await phone.says("my phone screen cracked yesterday, the repair is 150 pounds", "photo")
        await phone.photo()
        await phone.hears(r"£150\.00")
        await phone.says("1", "6-digit code")
        said = await phone.hears(r"\d{6} is your Anpei code to file a claim for £150\.00")
        account = live.rows("SELECT last_four FROM payout_accounts a JOIN customers c ON c.id = a.customer_id"
                            " WHERE current AND c.country = 'GB'")  # fmt: skip
        assert str(account[0][0]) in said
        code = re.search(r"\d{6}", said)
        assert code
        await phone.says(code.group(), r"CL-\w{8}")
