"""The live model: its pointer, and servers that follow it while customers write."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from bot.live import NotLive, Pointer, Worker, describe, promote, rollback, settle, workers
from bot.project import ROOT, Project
from bot.record import changes, read
from bot.tests.test_serving import TOKEN, Rasa
from bot.training import train

ADDED = "      - peekaboo zebra\n"


@pytest.fixture(scope="module")
def trained(project: Project, tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, Path, Path]:
    """A project with two models of one release: the second has learnt one more greeting."""
    root = tmp_path_factory.mktemp("live") / "root"
    shutil.copytree(project.root, root, ignore=shutil.ignore_patterns("var"))
    (root / "data/nlu/en").mkdir(parents=True)
    examples = (root / "data/nlu.yml").rename(root / "data/nlu/en/nlu.yml")
    ours = Project(root, root / "var")
    os.environ.update(RASA_MAX_CACHE_SIZE="0", RASA_TELEMETRY_ENABLED="false", TQDM_DISABLE="1")
    here = Path.cwd()
    try:
        first = train(ours)
        text = examples.read_text()
        marker = "intent: greet\n    examples: |\n"
        assert marker in text
        examples.write_text(text.replace(marker, marker + ADDED))
        second = train(ours)
    finally:
        os.chdir(here)
    return ours, first, second


@pytest.fixture
def alone(trained: tuple[Project, Path, Path]) -> Iterator[tuple[Project, Path, Path]]:
    """The two models, and none live."""
    for path in trained[0].models.glob("live-*"):
        path.unlink()
    return trained


Two = tuple[Project, Path, Path]


def test_examples_alone_do_not_make_a_release(alone: Two) -> None:
    """The two models differ in their examples; their release is one, so they can take each other's place."""
    ours, first, second = alone
    assert first.name != second.name
    assert json.loads(first.with_name(first.name[: -len(".tar.gz")] + ".examples.json").read_text())["release"] == (
        ours.release
    )
    before = ours.release
    domain = ours.root / "domain.yml"
    text = domain.read_text()
    domain.write_text(text + "\n# more\n")
    assert ours.release != before
    domain.write_text(text)


def test_a_record_says_what_a_model_was_trained_on(alone: Two) -> None:
    """What changed is told by intent and language."""
    _, first, second = alone
    before, after = read(first), read(second)
    assert before is not None
    assert after is not None
    assert changes(before, after) == {("en", "greet"): (["peekaboo zebra"], [])}
    assert changes(after, before) == {("en", "greet"): ([], ["peekaboo zebra"])}


def test_training_says_what_changed(alone: Two, capsys: pytest.CaptureFixture[str]) -> None:
    """Counted per intent since the live model, also when there is nothing to train."""
    ours, first, _ = alone
    Pointer.of(ours).point(first, by="a test", why="")
    train(ours)
    told = capsys.readouterr().out
    assert f"since the live model {first.name}" in told
    assert [line.split() for line in told.splitlines() if "greet" in line] == [["en", "greet", "1", "0"]]


def test_the_first_model_served_becomes_live_and_stays(alone: Two) -> None:
    """Newer examples do not reach customers by a restart: somebody promotes them."""
    ours, first, second = alone
    assert settle(ours) == second
    Pointer.of(ours).point(first, by="a test", why="")
    assert settle(ours) == first


def test_rollback_goes_back_step_by_step(alone: Two) -> None:
    """Back, and back again; not to and fro between two models."""
    ours, first, second = alone
    third = ours.models / "anpei-third.tar.gz"
    shutil.copy(second, third)
    pointer = Pointer.of(ours)
    for model in (first, second, third):
        promote(ours, model, by="a test", why="", wait=1)
    assert rollback(ours, by="a test", why="", wait=1)["live"] == second.name
    assert rollback(ours, by="a test", why="", wait=1)["live"] == first.name
    with pytest.raises(NotLive, match="no earlier"):
        rollback(ours, by="a test", why="", wait=1)
    assert len(pointer.history()) == 5
    third.unlink()


def test_what_is_no_model_of_this_release_is_refused(alone: Two, tmp_path: Path) -> None:
    """A file elsewhere, the live one again, and a model of other rules."""
    ours, first, second = alone
    elsewhere = tmp_path / first.name
    shutil.copy(first, elsewhere)
    with pytest.raises(NotLive, match="not a model in"):
        promote(ours, elsewhere, by="a test", why="", wait=1)
    promote(ours, first, by="a test", why="", wait=1)
    with pytest.raises(NotLive, match="already"):
        promote(ours, first, by="a test", why="", wait=1)
    config = ours.root / "config.yml"
    text = config.read_text()
    config.write_text(text + "\n# other\n")
    try:
        with pytest.raises(NotLive, match="another release"):
            promote(ours, second, by="a test", why="", wait=1)
    finally:
        config.write_text(text)


def test_a_server_that_has_gone_is_not_waited_for(alone: Two) -> None:
    """A worker killed without a word leaves its file; its silence tells."""
    ours, first, _ = alone
    gone = Worker("gone-1", ours.release, "anpei-old.tar.gz")
    gone.say(ours.models)
    os.utime(gone.path(ours.models), (time.time() - 60,) * 2)
    assert workers(Pointer.of(ours)) == []
    promote(ours, first, by="a test", why="", wait=1)
    gone.path(ours.models).unlink()


@contextmanager
def server(ours: Project, database_url: str) -> Iterator[Rasa]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {
        "ANPEI_BOT_PROJECT": str(ours.root),
        "ANPEI_RASA_PORT": str(port),
        "ANPEI_RASA_TOKEN": TOKEN,
        "ANPEI_RASA_TRACKER_URL": database_url,
        "ANPEI_ACTIONS_URL": "http://127.0.0.1:9",
    }
    process = subprocess.Popen([sys.executable, "-m", "bot", "serve"], cwd=ROOT, env=environment)
    rasa = Rasa(port)
    try:
        deadline = time.monotonic() + 60
        while True:
            assert process.poll() is None
            assert time.monotonic() < deadline
            try:
                rasa.ask("/version")
                break
            except OSError:
                time.sleep(0.1)
        yield rasa
    finally:
        process.terminate()
        process.wait(20)


class Customer(threading.Thread):
    """Writes without a pause until told to stop; keeps every answer."""

    def __init__(self, rasa: Rasa, name: str) -> None:
        super().__init__(daemon=True)
        self.rasa, self.sender, self.answers, self.writing = rasa, name, [], True

    def run(self) -> None:
        while self.writing:
            began = time.monotonic()
            status, body = self.rasa.say("hello", self.sender, "en")
            self.answers.append((status, body, time.monotonic() - began))


def told_to_rasa(database_url: str) -> int:
    """How many messages of the customers above the trackers hold."""
    with create_engine(database_url).connect() as connection:
        query = "SELECT count(*) FROM rasa.events WHERE type_name = 'user' AND sender_id LIKE 'swap-%%'"
        return int(connection.exec_driver_sql(query).scalar())


def understood(rasa: Rasa) -> float:
    """The confidence in a greeting that only the second model has learnt."""
    status, body = rasa.ask("/model/parse", {"text": "peekaboo zebra"})
    assert status == 200
    return float(body["intent"]["confidence"]) if body["intent"]["name"] == "greet" else 0.0


def test_a_swap_loses_no_turn(alone: Two, database_url: str) -> None:
    """Two servers, six customers who never pause: promoted, refused and rolled back, and every turn is answered."""
    ours, first, second = alone
    Pointer.of(ours).point(first, by="a test", why="")
    with ExitStack() as stack:
        servers = [stack.enter_context(server(ours, database_url)) for _ in range(2)]
        deadline = time.monotonic() + 20
        while len(workers(Pointer.of(ours))) < 2:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        before = [understood(rasa) for rasa in servers]
        customers = [Customer(rasa, f"swap-{index}.{n}") for n, rasa in enumerate(servers) for index in range(3)]
        for customer in customers:
            customer.start()
        done = promote(ours, second, by="a test", why="knows zebras", wait=60)
        assert len(done["workers"]) == 2
        after = [understood(rasa) for rasa in servers]
        broken = ours.models / "anpei-broken.tar.gz"
        broken.write_bytes(second.read_bytes()[:1000])
        with pytest.raises(NotLive, match="can't load"):
            promote(ours, broken, by="a test", why="", wait=60)
        assert Pointer.of(ours).model() == second
        rolled = rollback(ours, by="a test", why="", wait=60)
        assert rolled["live"] == first.name
        back = [understood(rasa) for rasa in servers]
        for customer in customers:
            customer.writing = False
        for customer in customers:
            customer.join(30)
        told = describe(ours)
    assert all(new > old for old, new in zip(before, after))
    assert back == before
    answers = [answer for customer in customers for answer in customer.answers]
    assert [status for status, _, _ in answers if status != 200] == []
    assert {body[0]["text"] for _, body, _ in answers} == {"Hello"}
    assert told_to_rasa(database_url) == len(answers)
    assert all(len(customer.answers) > 20 for customer in customers)
    assert {worker["model"] for worker in told["workers"]} == {first.name}
    slowest = max(answer[2] for answer in answers)
    print(f"{len(answers)} turns, none lost; the slowest {slowest:.2f} s; followed in {done['seconds']} s")
    assert workers(Pointer.of(ours)) == []  # they take their files along when they end
