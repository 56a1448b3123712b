"""Everything an operator can set, from the environment only. Names are part of the outside contract."""

import ipaddress
import os
import re
import secrets
from contextlib import suppress
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from backend.kit import crypto

DEVELOPMENT_SECRET = "development-only-secret-do-not-deploy"  # noqa: S105 - refused in production, see check()
PRACTICE_BANK = "http://127.0.0.1:5060"
SIMULATED_ACCOUNT = "AC" + "0" * 31 + "1"
SHORTEST_SECRET = 32


class Environment(StrEnum):
    DEVELOPMENT = "development"
    PRODUCTION = "production"


class PayoutRail(StrEnum):
    """How payments reach the bank."""

    BANK_API = "bank_api"
    ISO20022 = "iso20022"  # files


class InsecureSettings(Exception):
    """Production was started with something only development may use; the message names each."""


class MissingSettings(InsecureSettings):
    """Something was chosen that needs more to be set; the message names each."""


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="ANPEI_", extra="ignore", populate_by_name=True)

    env: Environment = Environment.DEVELOPMENT
    port: int = 8000
    public_url: str = ""
    # Hosts of their own for agents and for customers' pages (docs/decisions/0033); without them the public one's.
    desk_url: str = ""
    pages_url: str = ""
    # With both, `anpei up` takes TLS itself on tls_port, and the web port stays on this machine (docs/decisions/0030).
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    tls_port: int = 8443
    data_dir: Path = Path("var")
    bot_project: Path | None = None  # a Rasa project in place of this repository's
    database_url: str = ""
    migration_url: str = ""  # the same database as its owner, who alone changes its structure; else database_url
    rasa_tracker_url: str = ""  # the same as Rasa's own account; else database_url
    redis_url: str = ""
    rasa_url: str = "http://127.0.0.1:5005"  # of several servers all, a comma between them
    rasa_servers: int = Field(1, ge=1, le=16)  # how many `anpei up` starts
    rasa_token: SecretStr = SecretStr(DEVELOPMENT_SECRET)
    # Seals Rasa's trackers: 32 bytes in base64; several with commas, the newest first. Empty: from the master key.
    rasa_tracker_key: SecretStr = SecretStr("")
    actions_url: str = "http://127.0.0.1:5055"
    actions_token: SecretStr = SecretStr("")  # of Rasa to the action server; `anpei up` makes one
    api_token: SecretStr = SecretStr(DEVELOPMENT_SECRET)
    bank_url: str = PRACTICE_BANK
    payout_rail: PayoutRail = PayoutRail.BANK_API
    # Of the file rail (docs/money.md): folders shared with whatever carries files to and from the bank, and who pays.
    iso_outgoing: Path | None = None
    iso_incoming: Path | None = None
    iso_debtor_name: str = ""
    iso_debtor_iban: SecretStr = SecretStr("")
    iso_debtor_bic: str = ""
    iso_currency: str = Field("EUR", pattern="^[A-Z]{3}$")  # of that account, and the only one its files carry
    secret: SecretStr = SecretStr(DEVELOPMENT_SECRET)  # several with commas, the newest first: see keys
    master_key: SecretStr = SecretStr(
        ""
    )  # wraps the data keys; several, the newest first, while it changes; development makes one of its own, see master_secret
    worker_concurrency: int = 16
    messages_an_hour: int = Field(120, ge=12)  # of one chat that the bot answers; a claim takes a dozen
    desk_authenticator: bool | None = None  # whether agents need an authenticator app; unset: in production
    log_level: str = "INFO"
    clamd_url: str = ""  # ClamAV's daemon, which looks at photos before they are kept: unix:///path, tcp://host:port
    log_collector: str = ""  # where every process's lines go as they are written: syslog over TLS, tls://host:6514
    log_collector_ca: Path | None = None  # whom to trust there, in PEM; else whom this machine trusts
    metrics_token: SecretStr = SecretStr("")  # production gives /metrics to who has it, and to nobody without one
    log_key: SecretStr = SecretStr("")  # PRIVATE+KEY+…: signs the tamper-evident log (`anpei audit new-key`)
    log_public_key: str = ""  # its public half, for processes that sign nothing; `anpei up` sets it
    checkpoint_file: Path | None = None  # where signed checkpoints are published; else audit/checkpoints in data_dir
    witness_url: str = ""  # an outside witness that cosigns them: the submission prefix of C2SP tlog-witness
    witness_key: str = ""  # and its public key

    sim_signal_secret: SecretStr = SecretStr("")  # signs POST /webhooks/sim-change; without it that is off

    twilio_account_sid: str = Field("", alias="TWILIO_ACCOUNT_SID")
    twilio_auth_token: SecretStr = Field(SecretStr(""), alias="TWILIO_AUTH_TOKEN")
    twilio_from: str = Field("", alias="TWILIO_FROM")
    twilio_messaging_service_sid: str = Field("", alias="TWILIO_MESSAGING_SERVICE_SID")
    twilio_api_base_url: str = Field("", alias="TWILIO_API_BASE_URL")
    telegram_bot_token: SecretStr = Field(SecretStr(""), alias="TELEGRAM_BOT_TOKEN")
    telegram_webhook_secret: SecretStr = Field(SecretStr(""), alias="TELEGRAM_WEBHOOK_SECRET")
    telegram_api_base_url: str = Field("", alias="TELEGRAM_API_BASE_URL")

    @property
    def development(self) -> bool:
        return self.env is Environment.DEVELOPMENT

    @property
    def simulator(self) -> bool:
        """Development without provider credentials talks to the stand-in providers."""
        absent = not self.twilio_account_sid and not self.telegram_bot_token.get_secret_value()
        return self.development and (absent or self.twilio_account_sid == SIMULATED_ACCOUNT)

    @property
    def agents_need_authenticator(self) -> bool:
        return not self.development if self.desk_authenticator is None else self.desk_authenticator

    @property
    def pages_address(self) -> str:
        """Where links in messages lead."""
        return (self.pages_url or self.public_url).rstrip("/")

    @property
    def secrets(self) -> tuple[bytes, ...]:
        """Key material of ANPEI_SECRET, the newest first; never used as is, see `keys`. Raises InsecureSettings."""
        # White space beside a comma is for the eye. At the ends it is part of a secret, as it was when there was but one.
        found = [part.encode() for part in re.split(r"\s*,\s*", self.secret.get_secret_value()) if part]
        if not found:
            raise InsecureSettings("set ANPEI_SECRET in the environment, at least 32 characters")
        return tuple(found)

    def keys(self, purpose: str) -> crypto.Keys:
        """What follows from ANPEI_SECRET for one purpose (docs/decisions/0035)."""
        return crypto.keys_of(self.secrets, purpose)

    @cached_property
    def master_secret(self) -> bytes:
        """Key material of the master key. Development without one keeps its own in the data folder, readable by us alone.

        Raises InsecureSettings in production without one.
        """
        given = self.master_key.get_secret_value()
        if given:
            return given.encode()
        if not self.development:
            raise InsecureSettings("set ANPEI_MASTER_KEY in the environment, at least 32 characters")
        return _own_master_key(self.data_dir / "master.key")

    def prepared(self) -> "Settings":
        """These settings with what follows from others filled in, checked for the environment."""
        update: dict[str, object] = {}
        if not self.public_url:
            update["public_url"] = f"http://127.0.0.1:{self.port}"
        if self.simulator:
            base = f"http://127.0.0.1:{self.port}/simulator"
            update |= {
                "twilio_account_sid": SIMULATED_ACCOUNT,
                "twilio_auth_token": SecretStr("simulated-twilio-auth-token"),
                "twilio_from": "+12025550199",
                "twilio_api_base_url": f"{base}/twilio",
                "telegram_bot_token": SecretStr("100000001:simulated-telegram-bot-token"),
                "telegram_webhook_secret": SecretStr("simulated-telegram-webhook-secret"),
                "telegram_api_base_url": f"{base}/telegram",
            }
        prepared = self.model_copy(update=update)
        prepared.check()
        return prepared

    def check(self) -> None:
        """Raise InsecureSettings where production would run on a default or missing secret, MissingSettings where what was
        chosen can't run."""
        self._check_files()
        if self.development:
            return
        tokens = {"ANPEI_API_TOKEN": self.api_token, "ANPEI_RASA_TOKEN": self.rasa_token}
        wrong = [name for name, value in tokens.items() if _weak(value.get_secret_value())]
        for name, value in {"ANPEI_SECRET": self.secret, "ANPEI_MASTER_KEY": self.master_key}.items():
            several = value.get_secret_value().split(",")
            if any(map(_weak, several)):
                wrong.append(f"{name} (each of several)" if several[1:] else name)
        if self.twilio_account_sid and not self.twilio_auth_token.get_secret_value():
            wrong.append("TWILIO_AUTH_TOKEN")
        if self.telegram_bot_token.get_secret_value() and not self.telegram_webhook_secret.get_secret_value():
            wrong.append("TELEGRAM_WEBHOOK_SECRET")
        if not self.log_key.get_secret_value() and not self.log_public_key:
            wrong.append("ANPEI_LOG_KEY (anpei audit new-key NAME makes one)")
        optional = {"ANPEI_SIM_SIGNAL_SECRET": self.sim_signal_secret, "ANPEI_METRICS_TOKEN": self.metrics_token}
        wrong += [name for name, value in optional.items() if 0 < len(value.get_secret_value()) < SHORTEST_SECRET]
        if self.witness_url and not self.witness_key:
            wrong.append("ANPEI_WITNESS_KEY")
        addresses = {
            "ANPEI_PUBLIC_URL": self.public_url,
            "ANPEI_DESK_URL": self.desk_url or self.public_url,
            "ANPEI_PAGES_URL": self.pages_address,
        }
        wrong += [f"{name} (must be https)" for name, url in addresses.items() if not url.startswith("https://")]
        if self.payout_rail is PayoutRail.BANK_API and self.bank_url == PRACTICE_BANK:
            wrong.append("ANPEI_BANK_URL (your bank's; or ANPEI_PAYOUT_RAIL=iso20022)")
        wrong += self._in_the_clear()
        if wrong:
            raise InsecureSettings("set in the environment, at least 32 characters each: " + ", ".join(wrong))

    def _in_the_clear(self) -> list[str]:
        """Where another machine would be spoken to without TLS, or to one that only says that it is the right one."""
        servers = {
            "ANPEI_DATABASE_URL (with sslmode=verify-full)": self.database_url,
            "ANPEI_MIGRATION_URL (with sslmode=verify-full)": self.migration_url,
            "ANPEI_RASA_TRACKER_URL (with sslmode=verify-full)": self.rasa_tracker_url,
            "ANPEI_REDIS_URL (must be rediss)": self.redis_url,
            "ANPEI_RASA_URL (must be https)": self.rasa_url,
            "ANPEI_ACTIONS_URL (must be https)": self.actions_url,
            "ANPEI_CLAMD_URL (on this machine: it speaks in the clear)": self.clamd_url,
            "ANPEI_BANK_URL (must be https)": self.bank_url,
            "ANPEI_WITNESS_URL (must be https)": self.witness_url,
            "TWILIO_API_BASE_URL (must be https)": self.twilio_api_base_url,
            "TELEGRAM_API_BASE_URL (must be https)": self.telegram_api_base_url,
        }
        return [name for name, urls in servers.items() if not all(map(_private, urls.split(",")))]

    def _check_files(self) -> None:
        if self.payout_rail is not PayoutRail.ISO20022:
            return
        needed = {
            "ANPEI_ISO_DEBTOR_NAME": self.iso_debtor_name,
            "ANPEI_ISO_DEBTOR_IBAN": self.iso_debtor_iban.get_secret_value(),
        }
        wrong = [name for name, value in needed.items() if not value.strip()]
        for name, folder in (("ANPEI_ISO_OUTGOING", self.iso_outgoing), ("ANPEI_ISO_INCOMING", self.iso_incoming)):
            if folder is None or not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
                wrong.append(f"{name} (a folder that we may write to)")
        if self.iso_outgoing is not None and self.iso_outgoing == self.iso_incoming:
            wrong.append("ANPEI_ISO_INCOMING (another folder than ANPEI_ISO_OUTGOING)")
        if wrong:
            raise MissingSettings("payments by file need: " + ", ".join(wrong))


def _weak(secret: str) -> bool:
    return secret.strip() == DEVELOPMENT_SECRET or len(secret.strip()) < SHORTEST_SECRET


def _private(url: str) -> bool:
    """Whether nobody on the way can read along: it stays on this machine, or goes by TLS to a server that proves its name."""
    parts = urlsplit(url.strip())
    options = parse_qs(parts.query)
    if parts.scheme == "https" or options.get("sslmode") == ["verify-full"]:
        return True
    if parts.scheme == "rediss":
        return options.get("ssl_cert_reqs", ["required"]) == ["required"]
    hosts = options.get("host") or [parts.hostname or ""]
    return all(host in {"", "localhost"} or host.startswith("/") or _loopback(host) for host in hosts)


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _own_master_key(path: Path) -> bytes:
    """Made once; of two processes that start together one makes it and both read it."""
    if path.exists():
        return path.read_bytes()
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(48))
    with suppress(FileExistsError):
        os.link(draft, path)  # whole or not at all, and never over another's
    draft.unlink()
    return path.read_bytes()
