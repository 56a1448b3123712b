"""Nothing leaves with a secret in it: messages, log lines, errors. What triggers is masked, counted, and still leaves."""

import json
import logging
import subprocess
import sys
from datetime import datetime

import pytest
import structlog
from prometheus_client import REGISTRY
from ruamel.yaml import YAML
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from anpei.logs import FIELDS, Scrubbing, ScrubbingJson, scrub
from backend.conversations import delivery, service
from backend.conversations.models import Author
from backend.conversations.texts import TEXTS as GATEWAY
from backend.kit.db import Database
from backend.kit.settings import Settings
from backend.notices.texts import TEXTS as NOTICES
from backend.vault.guard import Way, guarded
from backend.vault.rules import recognise
from tests.support import people

CARD = "4111 1111 1111 1111"


def stopped(way: Way, kind: str = "card") -> float:
    return REGISTRY.get_sample_value("anpei_leaks_stopped_total", {"way": way.value, "kind": kind}) or 0


async def test_a_message_is_masked_counted_and_sent(database: Database, settings: Settings, now: datetime) -> None:
    before = stopped(Way.MESSAGE)
    async with database.transaction() as session:
        conversation = await people.conversation(session, now)
        message = await service.say(session, conversation, f"we paid to {CARD}", Author.AGENT, now)
        assert service.full_text(settings, message) == "we paid to [card ••1111]"
    assert stopped(Way.MESSAGE) == before + 1
    assert delivery.guarded_choice({"title": CARD, "payload": "/affirm"}).title == "[card ••1111]"


async def test_the_code_message_keeps_its_code(database: Database, settings: Settings, now: datetime) -> None:
    async with database.transaction() as session:
        conversation = await people.conversation(session, now)
        words = "{secret} is your Anpei code. It works for 5 minutes."
        message = await service.say_secret(session, settings, conversation, words, "482913", now)
        assert service.full_text(settings, message).startswith("482913 is your Anpei code")


def test_none_of_our_own_texts_triggers_it() -> None:
    """The false alarms of the guard on everything that Anpei says: none."""
    domain = YAML(typ="safe").load(open("domain.yml", encoding="utf-8"))["responses"]  # noqa: PTH123, SIM115 - a test
    said = [each.get("text", "") for variants in domain.values() for each in variants]
    said += [str(words) for words in (GATEWAY, NOTICES)]
    assert len(said) > 100
    assert [each for each in said if recognise(each)] == []


def test_a_log_line_is_scrubbed_field_by_field() -> None:
    line = scrub(
        None,
        "info",
        {"event": f"paid {CARD}", "name": "Grace", "error": "to +12025550101, grace@example.com", "count": 3},
    )
    assert line == {"event": "paid [card ••1111]", "name": "[withheld]", "error": "to ••0101, [e-mail]", "count": 3}


def test_an_exception_in_a_log_line_is_scrubbed() -> None:
    error = ValueError(f"no such account: GB82WEST12345698765432 of {CARD}")
    line = structlog.processors.format_exc_info(None, "error", {"event": "failed", "exc_info": error})
    assert "12345698765432" not in str(scrub(None, "error", line))
    assert "4111 1111" not in str(scrub(None, "error", line))


def test_libraries_lines_are_scrubbed() -> None:
    record = logging.LogRecord("twilio", logging.WARNING, "", 0, "To=%s card %s", ("+12025550101", CARD), None)
    assert Scrubbing("%(message)s").format(record) == "To=••0101 card [card ••1111]"


def test_a_librarys_line_is_one_object_whatever_is_in_it() -> None:
    """Nobody can write a second line into the log, and the time is UTC."""
    said = 'x\n{"event": "payout.released"}'
    record = logging.LogRecord("telegram", logging.WARNING, "", 0, "%s", (said,), None)
    record.created = 0.0
    line = ScrubbingJson().format(record)
    assert "\n" not in line
    assert json.loads(line) == {
        "event": said, "logger": "telegram", "level": "warning", "timestamp": "1970-01-01T00:00:00+00:00",
    }  # fmt: skip
    assert Scrubbing("%(asctime)sZ %(message)s").format(record).startswith("1970-01-01 00:00:00,")


def test_an_error_of_the_web_server_is_scrubbed_too() -> None:
    """In a process by itself: a logging set-up is the process's."""
    program = (
        "import logging, uvicorn; from anpei.logs import configure; from backend.kit.settings import Settings;"
        "uvicorn.Config('anpei.web:app');"
        "configure(Settings().prepared());"
        f"logging.getLogger('uvicorn.error').error('broke on {CARD}')"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "broke on [card ••1111]" in done.stdout + done.stderr
    assert CARD not in done.stdout + done.stderr


async def test_an_error_of_the_database_does_not_tell_its_values(database: Database) -> None:
    with pytest.raises(SQLAlchemyError) as error:
        async with database.transaction() as session:
            await session.execute(text("SELECT :number / 0"), {"number": 482913})
    assert "482913" not in str(error.value)


@pytest.mark.parametrize("field", ["text", "phone", "name", "address", "body", "holder", "email", "words", "summary"])
def test_what_people_are_has_no_field(field: str) -> None:
    assert field not in FIELDS


def test_a_guarded_text_is_clean() -> None:
    assert recognise(guarded(f"{CARD} 11010519491231002X 078-05-1120 my code is 482913", Way.PAGE)) == []
