"""What production does not start with."""

import os
import time
from pathlib import Path

import pytest
from pydantic import SecretStr

from anpei.roles import Accounts
from anpei.supervisor import Ports, Program, process_environment, supervised
from backend.kit.settings import DEVELOPMENT_SECRET, PRACTICE_BANK, Environment, InsecureSettings, Settings

STRONG = SecretStr("k" * 40)


def test_practice_money_is_for_development_alone(tmp_path: Path) -> None:
    """`anpei up` in production pays by the bank that was set, and starts none of its own."""
    real = production(bank_url="https://bank.example")
    ports = Ports(actions=1, bank=2, rasas=[3])
    environment = process_environment(real, tmp_path, Accounts("", "", ""), "unix://", ports)
    assert environment["ANPEI_BANK_URL"] == "https://bank.example"
    practice = process_environment(Settings(), tmp_path, Accounts("", "", ""), "unix://", ports)
    assert practice["ANPEI_BANK_URL"] == "http://127.0.0.1:2"


def test_logs_are_for_us_alone(tmp_path: Path) -> None:
    with supervised([Program("idle", ["sleep", "60"])], dict(os.environ), tmp_path):
        deadline = time.monotonic() + 20
        while not (tmp_path / "log" / "idle.log").exists():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert (tmp_path / "log").stat().st_mode & 0o777 == 0o700


def production(**more: object) -> Settings:
    return Settings(
        env=Environment.PRODUCTION, public_url="https://anpei.test", secret=STRONG, master_key=STRONG, api_token=STRONG,
        rasa_token=STRONG, log_key=STRONG, bank_url="https://bank.example",
    ).model_copy(update=more)  # fmt: skip


def test_with_all_that_is_needed_it_starts() -> None:
    production().check()


@pytest.mark.parametrize("name", ["secret", "master_key", "api_token", "rasa_token"])
@pytest.mark.parametrize("value", ["", "short", DEVELOPMENT_SECRET])
def test_a_default_or_short_secret_is_refused(name: str, value: str) -> None:
    with pytest.raises(InsecureSettings, match=f"ANPEI_{name.upper()}"):
        production(**{name: SecretStr(value)}).check()


@pytest.mark.parametrize("name", ["secret", "master_key"])
@pytest.mark.parametrize("other", ["", "short", DEVELOPMENT_SECRET, f" {DEVELOPMENT_SECRET} "])
def test_each_of_several_secrets_is_a_good_one(name: str, other: str) -> None:
    """What was made under the development secret anybody could have made: it is not even accepted as an old one."""
    good = "n" * 40
    production(**{name: SecretStr(f"{good}, {STRONG.get_secret_value()}")}).check()
    for several in (f"{good},{other}", f"{other},{good}"):
        with pytest.raises(InsecureSettings, match=rf"ANPEI_{name.upper()} \(each of several\)"):
            production(**{name: SecretStr(several)}).check()


def test_nobody_is_paid_by_the_practice_bank() -> None:
    with pytest.raises(InsecureSettings, match="ANPEI_BANK_URL"):
        production(bank_url=PRACTICE_BANK).check()


@pytest.mark.parametrize("name", ["metrics_token", "sim_signal_secret"])
def test_what_may_be_missing_may_not_be_short(name: str) -> None:
    with pytest.raises(InsecureSettings, match=f"ANPEI_{name.upper()}"):
        production(**{name: SecretStr("short")}).check()


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("public_url", "http://anpei.test"),
        ("database_url", "postgresql://anpei@db.internal/anpei"),
        ("database_url", "postgresql://anpei@db.internal/anpei?sslmode=require"),
        ("database_url", "postgresql://anpei@/anpei?host=db.internal"),
        ("redis_url", "redis://cache.internal:6379"),
        ("redis_url", "rediss://cache.internal:6379?ssl_cert_reqs=none"),
        ("rasa_url", "http://127.0.0.1:5005,http://rasa.internal:5005"),
        ("actions_url", "http://10.0.0.7:5055"),
        ("bank_url", "http://bank.example"),
        ("witness_url", "http://witness.example"),
        ("twilio_api_base_url", "http://stand-in.example"),
        ("telegram_api_base_url", "http://stand-in.example"),
    ],
)
def test_nothing_goes_to_another_machine_in_the_clear(name: str, url: str) -> None:
    with pytest.raises(InsecureSettings, match=name.upper()):
        production(**{name: url, "witness_key": "some"}).check()


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("database_url", "postgresql+psycopg://anpei@db.internal/anpei?sslmode=verify-full"),
        ("database_url", "postgresql+psycopg://postgres@/anpei?host=/srv/anpei/pg"),
        ("redis_url", "rediss://cache.internal:6379"),
        ("redis_url", "unix:///srv/anpei/redis.sock"),
        ("rasa_url", "http://127.0.0.1:5005,https://rasa.internal"),
        ("actions_url", "http://[::1]:5055"),
        ("bank_url", "https://bank.example"),
    ],
)
def test_this_machine_and_tls_are_taken(name: str, url: str) -> None:
    production(**{name: url}).check()
