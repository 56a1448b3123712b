"""From a claim to a proof in the customer's hands: paid, told, opened once, verified offline, held against an older one."""

import os
import re
import subprocess
import sys
from pathlib import Path

import httpx

from tests.support.customer import Customer
from tests.support.live import ROOT, Live

GRACE, WANG = "+12025550101", "+8613800138000"


def anpei(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "anpei.cli", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, check=False)


async def receipt(link: str, language: str, expect: str) -> str:
    """Open the link as a browser would; the file."""
    async with httpx.AsyncClient(follow_redirects=True, headers={"accept-language": language}) as browser:
        assert expect not in (await browser.get(link)).text
        assert expect in (await browser.post(link)).text
        return (await browser.get(f"{link}/proof")).text


def kept(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


async def test_claim_paid_receipt_verified(live: Live, tmp_path: Path) -> None:
    async with Customer(live, GRACE) as grace, httpx.AsyncClient(base_url=live.url) as http:
        await grace.says("my phone screen cracked yesterday, the repair is 180 dollars", "photo")
        await grace.photo()
        await grace.hears(r"\$180\.00")
        await grace.says("1", "sent a 6-digit code")
        await grace.says(await grace.code(), r"CL-\w{8}")
        told = await grace.hears(r"receipt for claim CL-\w{8}: http\S+/receipt/\w{26} ", seconds=90)
        first = kept(tmp_path / "first", await receipt(re.search(r"http\S+", told).group(), "en", "$155.00"))

        async with Customer(live, WANG) as wang:
            await wang.says("手机屏幕昨天摔碎了,修要1200块", "照片")
            await wang.photo()
            await wang.hears(r"¥1,200\.00")
            await wang.says("1", "尾号")
            await wang.says(await wang.code(), r"CL-\w{8}")
            told = await wang.hears(r"付款凭证：http\S+/receipt/\w{26} ", seconds=90)
        second = kept(tmp_path / "second", await receipt(re.search(r"http\S+", told).group(), "zh-CN", "••6688"))

        key = (await http.get("/log/key")).text.strip()
        alone = anpei("verify", first, "--key", key, ANPEI_DATABASE_URL="postgresql://nowhere.invalid/none")
        assert alone.returncode == 0, alone.stdout
        assert "$155.00" in alone.stdout
        old, new = (int(re.search(rb"\n(\d+)\n", path.read_bytes()[60:]).group(1)) for path in (first, second))
        asked = await http.get("/log/consistency", params={"old": old, "new": new})
        steps = kept(tmp_path / "steps", asked.text)
        both = anpei("verify", second, "--older", first, "--consistency", steps, "--key", key)
        assert both.returncode == 0, both.stdout
        forged = kept(tmp_path / "forged", second.read_text().replace("index ", "index 1", 1))
        assert anpei("verify", forged, "--key", key).returncode == 1

    assert live.rows("SELECT count(*) FROM messages WHERE text LIKE '%%/receipt/%%'") == [(0,)]
    report = anpei("audit", ANPEI_DATA_DIR=str(live.data), ANPEI_BANK_URL="http://127.0.0.1:1")
    assert "passed       The log is what was signed" in report.stdout, report.stdout + report.stderr
    assert "not checked  The bank agrees" in report.stdout
    assert list((live.data / "audit").glob("report-*.html"))
