"""`python -m bench.reference`: the anomaly model's first reference, simulated ordinary claims.

No claim of ours has been paid yet when an insurer starts, so the first reference is made up, from assumptions that are
written down here and in the file's provenance.
"""

import argparse
import csv
import io
import json
import random
from hashlib import sha256
from pathlib import Path

from backend.policies import catalogue
from backend.review.features import FEATURES, NO_CHANGE_DAYS, OLD_DAYS, roundness

ROWS = 3000
SEED = 20261123
FOLDER = Path(__file__).parent.parent / "backend" / "review" / "reference"
ASSUMPTIONS = {
    "amount": "log-normal about 45 % of the fast lane's limit (sigma 0.6), at most the product's limit; 4 in 10 are quotes"
    " rounded to tens, 15 in 100 to hundreds",
    "policy_age": "uniform over the policy's year after the waiting period",
    "report_delay": "geometric: half on the same or the next day, 1 in 20 after a fortnight",
    "claims_year": "Poisson 1 earlier ones, spread evenly over the year; half of them for the same product",
    "account_age": "as old as the customer, one to 1,500 days before the policy's start; 1 in 12 changed it since",
    "contact_quiet": "1 in 12 changed a contact within the year",
}


def row(rng: random.Random) -> tuple[int, ...]:
    product = rng.choice(catalogue.products())
    currency = rng.choice(sorted(product.limits))
    fast, limit = product.fast_lane_limit[currency], product.limits[currency]
    amount = min(limit, max(product.deductible[currency] + 100, round(fast * 0.45 * rng.lognormvariate(0, 0.6))))
    step = rng.choices((10_000, 1_000, 100, 1), (15, 40, 25, 20))[0]
    amount = max(step, amount // step * step)
    policy_age = rng.randint(product.waiting_days, 364)
    delay = min(90, int(rng.expovariate(1 / 3.5)))
    earlier = [rng.randint(1, 365) for _ in range(_poisson(rng, 1.0))]
    same = [days for days in earlier if rng.random() < 0.5]
    taken = sum(rng.randint(fast // 5, fast * 5 // 2) for _ in same)
    account = policy_age + rng.randint(1, 1500)
    if rng.random() < 1 / 12:
        account = rng.randint(30, max(31, account))
    return (
        amount * 1000 // fast,
        min(1000, (taken + amount) * 1000 // limit),
        policy_age,
        delay,
        sum(days <= 30 for days in earlier),
        len(earlier),
        sum(days <= 90 for days in same),
        min(account, OLD_DAYS),
        rng.randint(31, 364) if rng.random() < 1 / 12 else NO_CHANGE_DAYS,
        roundness(amount),
    )


def _poisson(rng: random.Random, mean: float) -> int:
    count, left = 0, rng.expovariate(1)
    while left < mean:
        count, left = count + 1, left + rng.expovariate(1)
    return count


def write(version: str, rows: list[tuple[int, ...]], provenance: dict[str, object], folder: Path) -> Path:
    """The rows and where they come from, side by side; the path of the rows."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(FEATURES)
    writer.writerows(rows)
    content = text.getvalue().encode()
    file = folder / f"{version}.csv"
    file.write_bytes(content)
    whole = {"version": version, "rows": len(rows), "sha256": sha256(content).hexdigest(), **provenance}
    file.with_suffix(".json").write_text(json.dumps(whole, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return file


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.reference", description=__doc__)
    parser.add_argument("--version", default="2026-11-23")
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    provenance: dict[str, object] = {
        "what": "simulated ordinary claims; nobody's real ones",
        "made_by": f"python -m bench.reference --version {options.version} --seed {options.seed}",
        "licence": "Apache-2.0, as the repository",
        "assumptions": ASSUMPTIONS,
    }
    print(write(options.version, [row(rng) for _ in range(ROWS)], provenance, FOLDER))


if __name__ == "__main__":
    main()
