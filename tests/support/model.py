"""The model of the tree as it is, trained once however many tests, and rows of tests, need it."""

import subprocess
from pathlib import Path

from anpei.supervisor import BOT_PYTHON

ROOT = Path(__file__).parent.parent.parent
TRAINING_SECONDS = 240


def trained() -> Path:
    """Where the model is. Two that ask at once wait for one training."""
    subprocess.run([str(BOT_PYTHON), "-m", "bot", "train"], cwd=ROOT, check=True, timeout=TRAINING_SECONDS)
    path = subprocess.run(
        [str(BOT_PYTHON), "-m", "bot", "model-path"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return Path(path.stdout.strip())
