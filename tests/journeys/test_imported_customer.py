"""From the insurer's file to a filed claim: who is in it is known by their number, and covered as it says."""

import os
import subprocess
import sys
from pathlib import Path

from tests.support.customer import Customer
from tests.support.live import ROOT, Live

LI = "+12025550188"


def bring_in(live: Live, file: Path) -> None:
    """As operations people do beside a running product."""
    environment = {**os.environ, "ANPEI_DATA_DIR": str(live.data)}
    command = [sys.executable, "-m", "anpei.cli", "policies", "import", str(file)]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, timeout=60)


async def test_a_claim_from_the_file_on(live: Live, tmp_path: Path) -> None:
    head, row = (ROOT / "docs" / "policies.csv").read_text().splitlines()[:2]
    row = row.replace("+12025550143", LI).replace("2026-03-01", "2020-03-01").replace("2027-02-28", "2099-02-28")
    file = tmp_path / "policies.csv"
    file.write_text(f"{head}\n{row}\n")
    bring_in(live, file)
    async with Customer(live, LI) as li:
        await li.says("my phone screen cracked yesterday, the repair is 180 dollars", "photo")
        await li.photo()
        await li.hears(r"\$180\.00")
        await li.says("1", "sent a 6-digit code")
        await li.says(await li.code(), r"CL-\w{8}")
        [(number,)] = live.rows("SELECT p.number FROM claims c JOIN policies p ON p.id = c.policy_id")
        assert number == "MP-2026-00417"
