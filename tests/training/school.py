"""A small project to train, with a held-out set, and its servers: real Rasa, in a folder of its own."""

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from backend.kit.passes import Passes

ROOT = Path(__file__).parent.parent.parent
BOT = ROOT / "bot/.venv/bin/python"
TOKEN = "a token of the tests"
TRAINING_SECONDS, START_SECONDS = 120, 60

LEARNT = {
    "en": {
        "greet": ["hello", "hi there", "good morning", "hey", "hello bot", "good day to you", "hi", "good evening"],
        "check_claim_status": [
            "where is my claim",
            "claim status please",
            "any news on my claim",
            "status of my claim",
            "is my claim done",
            "what about my claim",
            "how is my claim going",
            "check my claim",
        ],
        "inform": [
            "it cost 480 dollars",
            "last tuesday",
            "my phone screen",
            "around 300",
            "about 50 dollars",
            "the windscreen",
            "on friday",
            "it was the screen",
        ],
    },
    "zh": {
        "greet": ["你好", "您好", "早上好", "喂", "你好呀", "大家好", "晚上好", "嗨你好"],
        "check_claim_status": [
            "我的理赔到哪一步了",
            "理赔进度",
            "查一下我的案子",
            "案子怎么样了",
            "理赔好了吗",
            "查询理赔",
            "案子进度",
            "理赔状态",
        ],
        "inform": ["上周二", "大概三百块", "手机屏幕", "花了480元", "五十块钱", "是屏幕碎了", "周五的事", "前挡风玻璃"],
    },
}  # fmt: skip - as short as it can be read
HELD_OUT = {
    "en": {
        "greet": [
            f"{start} {end}" for start in ("hello", "good morning", "hey") for end in ("all", "folks", "team", "you")
        ],
        "check_claim_status": [
            f"{start} claim {end}"
            for start in ("status of the", "any news of my", "where is that")
            for end in ("now", "today", "please", "then")
        ],
    },
    "zh": {"greet": ["你好啊", "您好呀"], "check_claim_status": ["我的案子进度", "理赔怎么样了"]},
}  # fmt: skip - as above


@dataclass
class School:
    """A project under `root`, and the command lines over it."""

    root: Path
    database: str
    ports: list[int] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        plain = {name: value for name, value in os.environ.items() if not name.startswith("ANPEI_")}
        return plain | {
            "ANPEI_BOT_PROJECT": str(self.root),
            "ANPEI_DATABASE_URL": self.database,
            "ANPEI_RASA_TRACKER_URL": self.database.replace("+psycopg", ""),
            "ANPEI_RASA_TOKEN": TOKEN,
            "ANPEI_ACTIONS_URL": "http://127.0.0.1:9",
            "COLUMNS": "200",
        }

    def nlu(self, *arguments: str, stdin: str = "", status: int = 0) -> str:
        """Run `anpei nlu …`, which must end with `status`; what it printed, errors after the rest."""
        return self._run([sys.executable, "-m", "anpei.cli", "nlu", *arguments], stdin, status)

    def bot(self, *arguments: str) -> str:
        return self._run([str(BOT), "-m", "bot", *arguments], "", 0)

    def _run(self, command: list[str], stdin: str, status: int) -> str:
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, input=stdin, capture_output=True, text=True, check=False,
            timeout=TRAINING_SECONDS,
        )  # fmt: skip
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr

    def live(self) -> str:
        return Path(json.loads(self.bot("live"))["live"]).name

    def people(self) -> dict[Path, bytes]:
        """The files of examples that people wrote."""
        return {path: path.read_bytes() for path in self.root.glob("data/nlu/*/*.yml")}

    @contextmanager
    def servers(self, count: int) -> Iterator[None]:
        """Serve the live model in as many processes; they are up when this begins, and gone after it."""
        running = []
        for _ in range(count):
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                port = free.getsockname()[1]
            environment = self.environment | {"ANPEI_RASA_PORT": str(port)}
            running.append(subprocess.Popen([str(BOT), "-m", "bot", "serve"], cwd=ROOT, env=environment))
            self.ports.append(port)
        try:
            deadline = time.monotonic() + START_SECONDS
            while len(json.loads(self.bot("live"))["workers"]) < count:
                assert time.monotonic() < deadline
            yield
        finally:
            for process in running:
                process.terminate()
                process.wait(20)
            self.ports.clear()

    def say(self, text: str, sender: str, message_id: str, server: int = 0) -> list[dict[str, object]]:
        """One turn, as the gateway asks for it."""
        answer = httpx.post(
            f"http://127.0.0.1:{self.ports[server]}/webhooks/rest/webhook",
            headers={"Authorization": Passes(TOKEN, "gateway").bearer()},
            json={"sender": sender, "message": text, "metadata": {"language": "en", "message_id": message_id}},
            timeout=20,
        )
        answer.raise_for_status()
        found: list[dict[str, object]] = answer.json()
        return found


def found(root: Path, database: str) -> School:
    """Make the project; nothing is trained."""
    shutil.copytree(ROOT / "bot/tests/project", root)
    (root / "data/nlu.yml").unlink()
    rules = root / "data/rules.yml"
    rules.write_text(rules.read_text().replace("action_status", "utter_default"))  # there is no action server
    for name in ("config.yml", "endpoints.yml", "credentials.yml"):
        shutil.copy(ROOT / name, root)
    (root / "tests/nlu").mkdir(parents=True)
    for language, intents in LEARNT.items():
        teach(root, language, intents)
        lines = [{"text": text, "intent": intent} for intent, own in HELD_OUT[language].items() for text in own]
        _jsonl(root / f"tests/nlu/{language}.jsonl", lines)
    _jsonl(root / "tests/nlu/must_pass.jsonl", [{"text": "hello", "lang": "en", "intent": "greet"}])
    return School(root, database)


def teach(root: Path, language: str, intents: dict[str, list[str]]) -> None:
    """Write the examples of a language, as a person would."""
    blocks = "".join(
        f"  - intent: {intent}  # by hand\n    examples: |\n" + "".join(f"      - {line}\n" for line in lines)
        for intent, lines in intents.items()
    )
    path = root / f"data/nlu/{language}/all.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'version: "3.1"\nnlu:\n{blocks}')


def _jsonl(path: Path, lines: list[dict[str, str]]) -> None:
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))


class Writer(threading.Thread):
    """A customer who writes without a pause until told to stop; keeps what was answered, or went wrong."""

    def __init__(self, school: School, name: str, server: int) -> None:
        super().__init__(daemon=True)
        self.school, self.sender, self.server, self.writing = school, name, server, True
        self.answers: list[list[dict[str, object]] | httpx.HTTPError] = []

    def run(self) -> None:
        while self.writing:
            try:
                self.answers.append(self.school.say("hello", self.sender, "m", self.server))
            except httpx.HTTPError as error:
                self.answers.append(error)
