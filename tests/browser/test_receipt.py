"""A receipt in a browser: opened once, readable for everybody, and checked by the page without a call to anybody."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.browser.looks import accessible, screenshot
from tests.browser.phones import Phones
from tests.support.live import Live

pytestmark = pytest.mark.browser
OLIVER = "+447911123456"


async def paid(page: Page, live: Live) -> str:
    """File a claim on the phone until its receipt comes; the link."""
    phones = await Phones.open(page, live.url, OLIVER)
    await phones.write("sms", "my phone screen cracked yesterday, the repair is 180 pounds")
    await phones.hears("sms", "photo")
    await phones.send_sample_photo("sms")
    await phones.hears("sms", r"180\.00")
    await phones.write("sms", "1")
    await phones.hears("sms", r"\b\d{6}\b")
    await phones.send_code("sms")
    found = re.search(r"http\S+/receipt/\w{26}", await phones.hears("sms", "receipt for claim"))
    assert found
    return found.group()


async def test_open_keep_and_check(page: Page, live: Live, tmp_path: Path) -> None:
    link = await paid(page, live)
    await page.set_viewport_size({"width": 390, "height": 844})
    await page.goto(link)
    await accessible(page)
    await page.get_by_role("button", name="Show my receipt").click()
    await expect(page.get_by_role("heading", name="Receipt", level=1)).to_be_visible()
    await accessible(page)
    await screenshot(page, "receipt")
    async with page.expect_download() as waiting:
        await page.get_by_role("link", name="Download the proof").click()
    file = tmp_path / "receipt.tlog-proof"
    await (await waiting.value).save_as(file)

    await page.get_by_role("link", name="Check a receipt").click()
    await expect(page.get_by_role("heading", name="Check a receipt")).to_be_visible()
    calls: list[str] = []
    await page.wait_for_load_state("networkidle")
    page.on("request", lambda request: calls.append(request.url))
    await page.context.set_offline(True)
    await check(page, file)
    await expect(page.get_by_role("status")).to_contain_text("The receipt is genuine")
    await expect(page.get_by_role("status")).to_contain_text("£")
    await accessible(page)
    await page.get_by_label("An older receipt").set_input_files(file)
    await page.get_by_role("button", name="Check").click()
    await expect(page.get_by_role("status")).to_contain_text("continues")
    assert calls == []

    await page.get_by_label("An older receipt").set_input_files([])
    text = file.read_text()
    index = re.search(r"\nindex (\d+)\n", text)
    assert index
    forgeries = {
        "another entry": text.replace(index.group(), f"\nindex {int(index.group(1)) ^ 1}\n"),
        "no receipt": "hello\n\nworld\n",
        "another signature": re.sub(r"(— \S+ \S{20})(\S)", lambda at: at[1] + ("B" if at[2] == "A" else "A"), text),
    }
    for name, forged in forgeries.items():
        wrong = tmp_path / name
        wrong.write_text(forged)
        await check(page, wrong)
        await expect(page.get_by_role("status"), name).to_contain_text("The receipt does not hold")
    await page.context.set_offline(False)


async def check(page: Page, file: Path) -> None:
    await page.get_by_label("Receipt file").set_input_files(file)
    await page.get_by_role("button", name="Check").click()


async def test_in_chinese(page: Page, live: Live) -> None:
    await page.goto(f"{live.url}/receipt/verify?lang=zh")
    await expect(page.get_by_role("heading", name="验证凭证")).to_be_visible()
    await accessible(page)
    await page.goto(f"{live.url}/receipt/{'0' * 26}")
    await expect(page.get_by_role("heading", name="链接无法打开")).to_be_visible()
    await accessible(page)
