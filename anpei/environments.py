"""What of the environment each process is given: what it needs, by this table, and no more (docs/security.md).

Secrets stand in `SECRETS`, each with who has it. What else an operator sets for Anpei goes to web and worker, which read it
as `Settings`, and to others by name (`ALSO`). Of what is not ours each process has what programs commonly need
(`COMMON`, `BEGINNINGS`); another program's secrets, which may stand in the same environment, nobody has.
"""

import ctypes
import shutil
import sys
from collections.abc import Iterable
from enum import StrEnum

from backend.kit.settings import Settings


class Part(StrEnum):
    WEB = "web"
    WORKER = "worker"
    ACTIONS = "actions"
    RASA = "rasa"
    BANK = "bank"
    REDIS = "redis"
    LOGS = "logs"


_OURS = frozenset({Part.WEB, Part.WORKER})
_WORKER, _RASA = frozenset({Part.WORKER}), frozenset({Part.RASA})

SECRETS: dict[str, frozenset[Part]] = {
    "ANPEI_DATABASE_URL": _OURS,
    "ANPEI_MIGRATION_URL": frozenset(),  # `anpei up` alone
    "ANPEI_REDIS_URL": _OURS,
    "ANPEI_MASTER_KEY": _OURS,
    "ANPEI_SECRET": _OURS,
    "ANPEI_API_TOKEN": _OURS | {Part.ACTIONS},
    "ANPEI_ACTIONS_TOKEN": frozenset({Part.ACTIONS, Part.RASA}),
    "ANPEI_RASA_TOKEN": _OURS | _RASA,
    "ANPEI_RASA_TRACKER_URL": _RASA,
    "ANPEI_RASA_TRACKER_KEY": _RASA,
    "ANPEI_LOG_KEY": _WORKER,  # web has the public key
    "ANPEI_SIM_SIGNAL_SECRET": frozenset({Part.WEB}),
    "ANPEI_METRICS_TOKEN": frozenset({Part.WEB}),
    "ANPEI_ISO_DEBTOR_IBAN": _OURS,
    "TWILIO_AUTH_TOKEN": _OURS,
    "TELEGRAM_BOT_TOKEN": _OURS,
    "TELEGRAM_WEBHOOK_SECRET": _OURS,
    "PGPASSWORD": _OURS,
    "PGPASSFILE": _OURS,
}
_PROXIES = {name for upper in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY") for name in (upper, upper.lower())}
ALSO: dict[Part, frozenset[str]] = {
    Part.ACTIONS: frozenset({"ANPEI_API_URL", "ANPEI_PORT", "ANPEI_ENV"}),
    Part.LOGS: frozenset({"ANPEI_DATA_DIR", "ANPEI_LOG_COLLECTOR", "ANPEI_LOG_COLLECTOR_CA"}),
    Part.RASA: frozenset(
        {
            "ANPEI_ENV", "ANPEI_DATA_DIR", "ANPEI_BOT_PROJECT", "ANPEI_ACTIONS_URL", "ANPEI_RASA_HOST",
            "ANPEI_RASA_PORT", "ANPEI_RASA_STOCK", "LOG_LEVEL", "PGSSLROOTCERT", "PGSSLMODE",
        }
    ),
    Part.WEB: frozenset({*_PROXIES, "FORWARDED_ALLOW_IPS", "PGSSLROOTCERT", "PGSSLMODE"}),
    Part.WORKER: frozenset({*_PROXIES, "PGSSLROOTCERT", "PGSSLMODE"}),
}  # fmt: skip
COMMON = frozenset(
    {"PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "TZ", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR"}
)
# How libraries of numbers compute is the machine's matter: on some processors a wrong choice computes wrongly.
NUMBERS = ("OPENBLAS_", "OMP_", "MKL_", "BLIS_")
BEGINNINGS = ("LC_", "LD_", "DYLD_", "PYTHON", "MALLOC_", "COVERAGE_", "SUPERVISOR_", *NUMBERS)


def needs(part: Part | None, name: str) -> bool:
    """Whether a process of this kind (None: any other) has the variable."""
    if name in COMMON or name.startswith(BEGINNINGS):
        return True
    if part is None:
        return False
    if name in SECRETS:
        return part in SECRETS[name]
    return name in ALSO.get(part, ()) or (part in _OURS and name in _settings())


def withheld(program: str, environment: Iterable[str]) -> list[str]:
    """The names that a program (`web`, `rasa2`) doesn't get."""
    part = _part(program)
    return sorted(name for name in environment if not needs(part, name))


def of(program: str, environment: dict[str, str]) -> dict[str, str]:
    """What of an environment a program gets."""
    part = _part(program)
    return {name: value for name, value in environment.items() if needs(part, name)}


def stripping(program: str, environment: Iterable[str]) -> list[str]:
    """The beginning of a command that takes from it what isn't its own: names alone, no value stands on a command line."""
    return [shutil.which("env") or "/usr/bin/env", *(f"-u{name}" for name in withheld(program, environment))]


def _part(program: str) -> Part | None:
    name = "web" if program == "edge" else program.rstrip("0123456789")
    return Part(name) if name in {part.value for part in Part} else None


def _settings() -> frozenset[str]:
    """The variables that Settings reads."""
    return frozenset(field.alias or f"ANPEI_{name.upper()}" for name, field in Settings.model_fields.items())


def keep_to_itself() -> None:
    """Close this process's memory and environment to others of the same user: what Rasa may not have it must not read here.

    Linux alone. Starting another program opens that one again; root reads everything.
    """
    if sys.platform == "linux":
        set_dumpable = 4  # PR_SET_DUMPABLE of <linux/prctl.h>
        ctypes.CDLL(None, use_errno=True).prctl(set_dumpable, 0, 0, 0, 0)
