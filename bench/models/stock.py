"""Stock Rasa's pipeline on the held-out lines, beside the others in results.json.

`bot/.venv/bin/python -m bench.models.stock [--epochs N] [--without FILE]` trains it on the project's examples (DIET takes
minutes of a core an epoch: the stock 100 would take hours) in the environment that `python -m bench.stock_model` installs.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np

from bench.models import results, scores
from bench.models.compare import figures
from bench.models.examples import LANGUAGES, held_out
from bot.project import ROOT, Project

STOCK = ROOT / "bench" / "stock"
PLACE = ROOT / "var" / "bench" / "stock"
PYTHON = PLACE / "venv" / "bin" / "python"
QUIET = {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3", "SQLALCHEMY_SILENCE_UBER_WARNING": "1"}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.models.stock")
    parser.add_argument("--epochs", type=int, default=8, help="of DIET's stock 100")
    parser.add_argument("--without", default="", help="leave out the example files of this name")
    parser.add_argument("--model", type=Path, help="trained before, with the same settings")
    options = parser.parse_args()
    if not PYTHON.exists():
        sys.exit(f"{PYTHON} is missing: run `.venv/bin/python -m bench.stock_model` once")
    model = options.model or _train(options.epochs, options.without)
    exam = held_out()
    lines = "".join(json.dumps({"text": line.text}) + "\n" for line in exam)
    done = subprocess.run(
        [str(PYTHON), str(STOCK / "understand.py"), str(model.resolve())],
        input=lines,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        env=os.environ | QUIET,
    )
    answers = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    wanted = np.array([line.intent for line in exam])
    first, sure = np.array([each["first"] for each in answers]), np.array([each["sure"] for each in answers])
    blind = {}
    for language in LANGUAGES:
        rows = np.array([line.language == language for line in exam])
        blind[language] = figures(wanted[rows], first[rows])
        blind[language]["ece"] = scores.calibration_error(wanted[rows] == first[rows], sure[rows])
    name = f"stock Rasa: DIET, {options.epochs} epochs" + (f", without {options.without}" if options.without else "")
    found = {
        "model": Project.from_environment().hash(),
        "ms": float(np.median([each["ms"] for each in answers])),
        "blind": blind,
    }
    results.keep(name, found)
    print(json.dumps(found, indent=1))


def _train(epochs: int, without: str) -> Path:
    """The NLU half of stock's configuration, on a copy of the examples."""
    examples, config = PLACE / "examples", PLACE / "nlu.yml"
    shutil.rmtree(examples, ignore_errors=True)
    skip = shutil.ignore_patterns(f"{without}.yml") if without else None
    shutil.copytree(ROOT / "data" / "nlu", examples, ignore=skip)
    stock = (STOCK / "config.yml").read_text(encoding="utf-8")
    config.write_text(
        stock.replace(
            "- name: DIETClassifier\n    epochs: 100", f"- name: DIETClassifier\n    epochs: {epochs}"
        ).replace(
            "  - name: ResponseSelector\n    epochs: 100\n",
            "",  # there is nothing to select from here
        ),
        encoding="utf-8",
    )
    command = [str(PYTHON), "-m", "rasa", "train", "nlu", "--config", str(config), "--nlu", str(examples)]
    command += ["--domain", str(STOCK / "domain.yml"), "--out", str(PLACE), "--fixed-model-name", f"nlu{epochs}"]
    subprocess.run(command, check=True, cwd=PLACE, env=os.environ | QUIET)
    return PLACE / f"nlu{epochs}.tar.gz"


if __name__ == "__main__":
    main()
