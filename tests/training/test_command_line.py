"""The trainers' loop from end to end, as a trainer types it: real models, real servers, a real inbox."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from backend.conversations.models import Author, Channel, Kind, Message
from backend.kit.db import Database
from backend.training import service
from tests.support import people
from tests.training.school import LEARNT, School, Writer, found, teach


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory, database_url: str) -> School:
    """A project with a model of its examples."""
    school = found(tmp_path_factory.mktemp("school") / "root", database_url)
    school.bot("train")
    return school


@pytest.fixture
def pupil(school: School, tmp_path: Path) -> School:
    """The same, in a copy of its own, with its model live."""
    copy = School(Path(shutil.copytree(school.root, tmp_path / "root")), school.database)
    copy.nlu("promote", "--by", "mei", "--why", "the first")
    return copy


async def marked(database: Database, school: School, text: str) -> None:
    """A customer says it to the bot, and an agent marks it."""
    now = datetime.now(UTC)
    async with database.transaction() as session:
        chat = await people.conversation(session, now)
        message = Message(
            conversation_id=chat.id, channel=Channel.SMS, author=Author.CUSTOMER, kind=Kind.TEXT, text=text, at=now
        )
        session.add(message)
        await session.flush()
        await session.refresh(message)
        await service.flag(session, chat.id, message.position, message.id, now)
    school.say(text, chat.sender, str(message.id))


async def test_from_a_message_to_a_live_model_and_back(database: Database, pupil: School) -> None:
    """Inbox, label, train, compare, promote under load, and back: no turn is lost, no file of people changes."""
    before, first = pupil.people(), pupil.live()
    with pupil.servers(2):
        await marked(database, pupil, "howdy partner, my name is Grace Hopper")
        [entry] = [json.loads(line) for line in pupil.nlu("inbox", "--json").splitlines()]
        assert entry["text"] == "howdy partner, my name is Sam Lee"
        assert "flagged" in entry["reasons"]
        assert {label["intent"] for label in entry["likeliest"]} <= {"greet", "check_claim_status", "inform"}
        assert "howdy partner" in pupil.nlu("inbox")

        labels = pupil.root / "labels.jsonl"
        labels.write_text(json.dumps(entry | {"intent": "greet"}) + "\n")
        assert "1 examples written, 0 lines refused" in pupil.nlu("label", "--file", str(labels), "--by", "mei")
        assert pupil.nlu("inbox", "--json") == ""
        assert pupil.people() == before

        told = [line.split() for line in pupil.bot("train").splitlines()]
        assert ["en", "greet", "1", "0"] in told
        assert "nothing speaks against the candidate" in pupil.nlu("compare")
        writers = [Writer(pupil, f"writer-{n}.1", n) for n in range(2)]
        for writer in writers:
            writer.start()
        assert "2 servers followed" in pupil.nlu("promote", "--by", "mei", "--why", "howdy")
        assert pupil.live() != first
        assert "2 servers followed" in pupil.nlu("rollback", "--by", "li", "--why", "a try")
        assert pupil.live() == first
        for writer in writers:
            writer.writing = False
            writer.join(30)
    answers = [answer for writer in writers for answer in writer.answers]
    assert all(isinstance(answer, list) and answer[0]["text"] == "Hello" for answer in answers)
    assert min(len(writer.answers) for writer in writers) > 20
    steps = [(step["by"], step["why"]) for step in json.loads(pupil.bot("live"))["history"]]
    assert [by for by, _ in steps] == ["mei", "mei", "li"]
    assert steps[1][1].startswith("howdy; en macro-F1 ")


def test_a_worse_candidate_is_refused_with_its_reasons(pupil: School) -> None:
    """Two intents mixed up in English: the mean falls, both intents fall, and a line that must pass is lost."""
    first = pupil.live()
    english = LEARNT["en"]
    teach(pupil.root, "en", english | {"greet": english["inform"], "inform": english["greet"]})
    pupil.bot("train")
    for command in ("compare", "promote"):
        told = pupil.nlu(command, status=1)
        assert "must pass: 'hello' (en) is greet, the candidate says inform" in told
        assert "macro-F1 (en): 1.000 → " in told
        assert "intent greet (en, 12 lines): F1 1.00 → 0.00" in told
        assert "the candidate must not go live" in told
    assert pupil.live() == first


def test_a_candidate_that_knows_the_questions_is_refused(pupil: School) -> None:
    """Held-out lines among its examples; a model of which nobody knows the examples can't be judged."""
    line = "this is a held out line that nobody would ever write twice"
    path = pupil.root / "tests/nlu/en.jsonl"
    path.write_text(path.read_text() + json.dumps({"text": line, "intent": "inform"}) + "\n")
    [record] = pupil.root.glob("var/models/*.examples.json")
    content = json.loads(record.read_text())
    content["examples"]["en"]["inform"].append(line)
    record.write_text(json.dumps(content))
    assert "it was trained on held-out lines: 'this is a held out" in pupil.nlu("compare", status=1)
    record.unlink()
    assert "nobody knows what" in pupil.nlu("compare", status=2)


def test_there_is_no_way_back_from_the_first(pupil: School) -> None:
    assert "no earlier live model" in pupil.nlu("rollback", status=1)
    assert "is live already" in pupil.nlu("promote", status=2)


def test_labels_from_a_table_are_taken_one_by_one(pupil: School) -> None:
    """What is refused is told with its line and keeps nothing else from being written."""
    table = pupil.root / "labels.tsv"
    table.write_text(
        "en\tgreet\thowdy partner\nen\tnonsense\tflibber\nzh\tgreet\t哈喽在不在\nen\t-\tgibbet\nen\t\tlater\n"
    )
    told = pupil.nlu("label", "--file", str(table), "--by", "mei", status=1)
    assert "2 examples written, 1 lines refused" in told
    assert "labels.tsv:2: there is no intent 'nonsense'" in told
    written = sorted(path.relative_to(pupil.root).as_posix() for path in pupil.root.glob("data/nlu/*/from_inbox/*.yml"))
    assert written == ["data/nlu/en/from_inbox/greet.yml", "data/nlu/zh/from_inbox/greet.yml"]
    table.write_text("en\tgreet\n")
    assert "not a file of labels" in pupil.nlu("label", "--file", str(table), status=2)


async def test_labels_are_asked_for_one_by_one(database: Database, pupil: School) -> None:
    """A number takes a reading; what can't be is told, and asked again; what no label fits does not come back."""
    with pupil.servers(1):
        await marked(database, pupil, "howdy partner")
        await marked(database, pupil, "flibber gibbet")
        entries = [json.loads(line) for line in pupil.nlu("inbox", "--json").splitlines()]
    answers = {"howdy partner": "nonsense\ngreet\n", "flibber gibbet": "-\n"}
    stdin = "".join(answers[entry["text"]] for entry in entries)
    told = pupil.nlu("label", "--by", "mei", stdin=stdin)
    assert "there is no intent 'nonsense'" in told
    assert "1 examples written" in told
    assert pupil.nlu("inbox", "--json") == ""


def test_what_cannot_be_read_is_said(pupil: School) -> None:
    assert "neither like 7d" in pupil.nlu("inbox", "--since", "yesterdayish", status=2)
    pupil.database = "postgresql+psycopg://nobody@127.0.0.1:9/none"
    assert "no database" in pupil.nlu("inbox", status=2)


def test_the_checks_name_what_is_wrong(pupil: School) -> None:
    assert "intent greet has 8 examples, fewer than 60" in pupil.nlu("check", status=1)
