"""Trains stock Rasa's model with the project's own examples, and tells what that costs."""

import hashlib
import json
import os
import shutil
import subprocess
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent
STOCK = ROOT / "bench" / "stock"
PLACE = ROOT / "var" / "bench" / "stock"
ENVIRONMENT = PLACE / "venv"
PYTHON = ENVIRONMENT / "bin" / "python"
QUIET = {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3", "SQLALCHEMY_SILENCE_UBER_WARNING": "1"}
STOCK_EPOCHS = 100
# DIET takes one to three minutes an epoch on these examples, hours for the stock 100. Its speed in use doesn't depend
# on how long it learnt, so by default it learns for a few epochs, and the cost of 100 is reckoned from theirs.
DEFAULT_EPOCHS = 4
SLOW = "DIETClassifier"


@dataclass(frozen=True)
class StockModel:
    """A trained model; CPU seconds of the whole training as run, and of DIET's part of it."""

    path: str
    epochs: int
    cpu_seconds: float
    slow_cpu_seconds: float

    @property
    def stock_cpu_seconds(self) -> float:
        """What 100 epochs cost: measured if so many were run, else reckoned."""
        return self.cpu_seconds + self.slow_cpu_seconds * (STOCK_EPOCHS / self.epochs - 1)


def environment() -> None:
    """Install the full Rasa, TensorFlow included, from bot/'s lock file into an environment of its own."""
    uv = shutil.which("uv") or str(ROOT / ".uv" / "bin" / "uv")
    command = [uv, "sync", "--quiet", "--project", str(ROOT / "bot"), "--frozen", "--no-dev", "--extra", "neural"]
    command += ["--python", str(ROOT / "bot" / ".venv" / "bin" / "python")]  # the interpreter, not its packages
    subprocess.run(command, check=True, env=os.environ | {"UV_PROJECT_ENVIRONMENT": str(ENVIRONMENT)})


def model(epochs: int = DEFAULT_EPOCHS) -> StockModel:
    """The model for the examples as they are; trained unless kept from before."""
    kept = PLACE / f"{_hash(epochs)}.tar.gz"
    note = kept.with_suffix(".json")
    if not (kept.exists() and note.exists()):
        note.write_text(json.dumps(asdict(_train(kept, epochs))))
    return StockModel(**json.loads(note.read_text()))


def _train(target: Path, epochs: int) -> StockModel:
    print(f"training stock Rasa, DIET for {epochs} epochs (minutes each) …", flush=True)
    config = PLACE / "config.yml"
    stock = (STOCK / "config.yml").read_text()
    config.write_text(
        stock.replace(f"- name: {SLOW}\n    epochs: {STOCK_EPOCHS}", f"- name: {SLOW}\n    epochs: {epochs}")
    )
    command = [str(PYTHON), "-m", "rasa", "train", "--domain", "domain.yml", "--config", str(config), "--force"]
    command += ["--data", "data", str(ROOT / "data" / "nlu"), "--out", str(target.parent)]
    command += ["--fixed-model-name", target.name]
    log_path = PLACE / "train.log"
    with log_path.open("w") as log:
        settings = os.environ | QUIET | {"RASA_MAX_CACHE_SIZE": "0"}
        process = subprocess.Popen(command, cwd=STOCK, env=settings, stdout=log, stderr=log)
    total, slow = _watch(psutil.Process(process.pid), log_path)
    if process.wait() != 0:
        raise RuntimeError(f"stock Rasa's training failed: see {log_path}")
    return StockModel(str(target), epochs, total, slow)


def _watch(process: psutil.Process, log: Path) -> tuple[float, float]:
    """The CPU seconds of the process until it ends, and those between DIET's first and last line in its log."""
    began = ended = used = 0.0
    while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
        used = sum(process.cpu_times()[:2])
        text = log.read_text(errors="replace")
        if not began and f"Starting to train component '{SLOW}'" in text:
            began = used
        if not ended and f"Finished training component '{SLOW}'" in text:
            ended = used
        time.sleep(0.25)
    return used, ended - began


def _hash(epochs: int) -> str:
    digest = hashlib.sha256(str(epochs).encode())
    files = [STOCK / "config.yml", STOCK / "domain.yml", *(STOCK / "data").glob("*.yml")]
    files += (ROOT / "data" / "nlu").rglob("*.yml")
    for path in sorted(files):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


if __name__ == "__main__":
    PLACE.mkdir(parents=True, exist_ok=True)
    environment()
    print(model())
